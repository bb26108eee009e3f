//! What the console's process gives up before it serves anybody (`docs/adr/0053-console-confined.md`).
//!
//! It keeps its listening socket, threads, and connections to Unix sockets; no file, no program, no
//! other network. `calls` is the list of system calls that are left. On Windows the console is a service
//! whose privileges are taken at its installation instead.

mod calls;

use std::io;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetStatus,
    Scope,
};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit,
};
use rustix::thread::set_no_new_privs;

/// Files that it may have open: connections of browsers, and to the manager.
const FILES_MAX: u64 = 4096;
/// Memory of its own that it may have, threads' stacks included.
const MEMORY_MAX: u64 = 1 << 30;
/// The newest rules of Landlock that are asked for; an older kernel keeps those it knows.
const LANDLOCK: ABI = ABI::V6;

/// Closes this process to others and to itself. What the kernel does not have is said in the log.
///
/// # Errors
/// When what every kernel of ours has is refused: then it would not be safe to serve.
pub fn confine() -> io::Result<()> {
    // First: until then a process of the same account may look into this one.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Nofile, FILES_MAX)?;
    limit(Resource::Data, MEMORY_MAX)?;
    let given_up = confine_thread()?;
    if !given_up.files {
        tracing::warn!(
            "this kernel has no Landlock; only its account keeps the console from files"
        );
    }
    if !given_up.calls {
        tracing::warn!("this kernel has no seccomp filters; the console may use every system call");
    }
    Ok(())
}

/// What was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct GivenUp {
    /// Files, other networks, and signals to others.
    files: bool,
    /// System calls.
    calls: bool,
}

/// Closes this thread, and those it makes from now on.
fn confine_thread() -> io::Result<GivenUp> {
    set_no_new_privs(true)?;
    Ok(GivenUp {
        files: give_up_files()?,
        calls: calls::give_up()?,
    })
}

/// At most what there is.
fn limit(resource: Resource, wanted: u64) -> io::Result<()> {
    let most = getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let limit = Some(wanted.min(most));
    setrlimit(
        resource,
        Rlimit {
            current: limit,
            maximum: limit,
        },
    )?;
    Ok(())
}

/// No rule allows anything: no path may be opened, no port listened on or connected to. Paths of Unix
/// sockets are not files to Landlock.
fn give_up_files() -> io::Result<bool> {
    let restricted = ruleset(CompatLevel::BestEffort)
        .and_then(|rules| rules.create()?.restrict_self())
        .map_err(io::Error::other)?;
    Ok(restricted.ruleset != RulesetStatus::NotEnforced)
}

fn ruleset(level: CompatLevel) -> Result<Ruleset, landlock::RulesetError> {
    Ruleset::default()
        .set_compatibility(level)
        .handle_access(AccessFs::from_all(LANDLOCK))?
        .handle_access(AccessNet::from_all(LANDLOCK))?
        .scope(Scope::from_all(LANDLOCK))
}

/// Whether this kernel has Landlock.
#[must_use]
pub fn has_landlock() -> bool {
    let oldest = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1));
    oldest.is_ok_and(|rules| rules.create().is_ok())
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::net::{TcpListener, TcpStream};
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::process::Command;
    use std::thread;

    use super::*;

    #[test]
    fn only_unix_sockets_threads_and_what_was_open_are_left() {
        let folder = std::env::temp_dir().join(format!("relance-confine-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let manager = UnixListener::bind(folder.join("socket")).unwrap();
        let browsers = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = browsers.local_addr().unwrap();
        let socket = folder.join("socket");
        let confined = thread::spawn(move || {
            let given_up = confine_thread().unwrap();
            if given_up.calls {
                assert!(Command::new("/bin/true").status().is_err(), "no program");
                assert!(TcpListener::bind("127.0.0.1:0").is_err(), "no port");
                assert!(TcpStream::connect(address).is_err(), "no other network");
            }
            if given_up.calls || given_up.files {
                assert!(File::open("/etc/passwd").is_err(), "no file");
                assert!(File::create("/tmp/relance-confined").is_err());
            }
            UnixStream::connect(socket).expect("the manager");
            thread::spawn(|| ()).join().expect("a thread");
            browsers.accept().expect("what was open");
            given_up
        });
        TcpStream::connect(address).unwrap();
        let given_up = confined.join().unwrap();
        assert_eq!(given_up.files, has_landlock());
        manager.accept().unwrap();
        fs::remove_dir_all(&folder).unwrap();
    }
}
