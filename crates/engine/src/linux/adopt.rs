//! Adoption: after the guardian itself was killed, the next daemon finds what still runs and takes it
//! over through pidfds. Such a process is nobody's child here, so how it ends is not seen.

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use relance_policy::RunId;
use relance_wire::channel::{RUN_VARIABLE, SOCKET_VARIABLE};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::{cgroup, process};

/// How long after its process was asked for a run's process may have been created, as the kernel
/// tells it (to a hundredth of a second).
const BIRTH_TOLERANCE_NS: u64 = 2_000_000_000;
const TICK_NS: u64 = 10_000_000;

/// A process that was taken over.
pub(crate) struct Adopted {
    pub(crate) pid: u32,
    pub(crate) birth: u64,
    pub(crate) secret: String,
    /// The folder of its control group, if it has one.
    pub(crate) group: Option<PathBuf>,
    pidfd: OwnedFd,
}

impl Adopted {
    /// The process with this id, if it is the one that was created then.
    pub(crate) fn open(pid: u32, birth: u64) -> Option<Self> {
        let pidfd = open(pid).ok()?;
        // Read after the pidfd was opened: from then on the number stands for this process.
        let created = created_ns(pid)?;
        let earliest = birth.saturating_sub(TICK_NS);
        if created < earliest || created > birth.saturating_add(BIRTH_TOLERANCE_NS) {
            return None;
        }
        let secret = run_variable(pid)
            .map(|(_, secret)| secret)
            .unwrap_or_default();
        Some(Self {
            pid,
            birth,
            secret,
            group: None,
            pidfd,
        })
    }

    pub(crate) fn signal(&self, signal: i32) {
        if let Some(signal) = Signal::from_named_raw(signal) {
            let _ = pidfd_send_signal(&self.pidfd, signal);
        }
    }

    /// The process and its groups. The process group exists as long as the process does.
    pub(crate) fn terminate(&self) {
        process::kill_group(self.pid);
        if let Some(group) = &self.group
            && let Err(error) = cgroup::kill(group)
        {
            tracing::warn!(pid = self.pid, %error, "a control group cannot be killed");
        }
        let _ = pidfd_send_signal(&self.pidfd, Signal::KILL);
    }
}

impl AsFd for Adopted {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }
}

fn open(pid: u32) -> io::Result<OwnedFd> {
    let pid = i32::try_from(pid)
        .ok()
        .and_then(Pid::from_raw)
        .ok_or(io::ErrorKind::InvalidInput)?;
    Ok(pidfd_open(pid, PidfdFlags::empty())?)
}

/// A process that says of itself that it is a run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) run: RunId,
    pub(crate) pid: u32,
    pub(crate) birth: u64,
    /// Who runs it. Anybody can write an environment, so whoever believes the claim looks at this.
    pub(crate) uid: u32,
}

/// Processes of runs that were started under this socket, whoever their parent is now: session
/// leaders, because every run leads its own session; the oldest first, because a run is older than what
/// it has started.
pub(crate) fn running(socket: &Path) -> Vec<Claim> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let found = pids.filter_map(|pid| {
        let marker = format!("{SOCKET_VARIABLE}={}", socket.display());
        let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
        let ours = environment
            .split(|byte| *byte == 0)
            .any(|entry| entry == marker.as_bytes());
        if !ours || session_of(pid) != Some(pid) {
            return None;
        }
        let (run, _) = run_variable(pid)?;
        Some(Claim {
            run,
            pid,
            birth: created_ns(pid)?,
            uid: real_uid(pid)?,
        })
    });
    let mut claims: Vec<Claim> = found.collect();
    claims.sort_by_key(|claim| claim.birth);
    claims
}

/// `RELANCE_RUN=12.3:SECRET` in the environment of a process.
fn run_variable(pid: u32) -> Option<(RunId, String)> {
    let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let prefix = format!("{RUN_VARIABLE}=");
    let value = environment
        .split(|byte| *byte == 0)
        .find_map(|entry| entry.strip_prefix(prefix.as_bytes()))?;
    let (run, secret) = std::str::from_utf8(value).ok()?.split_once(':')?;
    Some((run.parse().ok()?, secret.to_owned()))
}

/// Fields of `/proc/PID/stat` behind the name, the first of which is the state.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(") ")?;
    Some(fields.split_whitespace().map(ToOwned::to_owned).collect())
}

/// Not the owner of the folder in `/proc`, which is root for a process that hides its memory.
fn real_uid(pid: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let uids = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    uids.split_whitespace().next()?.parse().ok()
}

fn session_of(pid: u32) -> Option<u32> {
    stat(pid)?.get(3)?.parse().ok()
}

/// When the process was created, nanoseconds since the machine's boot.
fn created_ns(pid: u32) -> Option<u64> {
    let ticks: u64 = stat(pid)?.get(19)?.parse().ok()?;
    let per_second = rustix::param::clock_ticks_per_second();
    Some(ticks.saturating_mul(1_000_000_000 / per_second.max(1)))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;
    use crate::linux::clock;

    #[test]
    fn a_process_is_known_by_its_id_and_its_birth() {
        let birth = clock::boottime_ns();
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        assert!(Adopted::open(child.id(), birth).is_some());
        let hour = 3600 * 1_000_000_000;
        assert!(Adopted::open(child.id(), birth.saturating_sub(hour)).is_none());
        assert!(Adopted::open(child.id(), birth + hour).is_none());
        Adopted::open(child.id(), birth)
            .unwrap()
            .signal(libc::SIGKILL);
        child.wait().unwrap();
        assert!(Adopted::open(child.id(), birth).is_none());
    }

    #[test]
    fn runs_of_a_socket_are_found_by_their_environment() {
        use std::os::unix::process::CommandExt;
        let socket = format!("/nowhere/{}.sock", std::process::id());
        let mut command = Command::new("cat");
        command
            .stdin(Stdio::piped())
            .env(SOCKET_VARIABLE, &socket)
            .env(RUN_VARIABLE, "3.4:abc");
        // SAFETY: setsid is one system call.
        unsafe {
            command.pre_exec(|| {
                libc::setsid();
                Ok(())
            });
        }
        let mut child = command.spawn().unwrap();
        let found = running(Path::new(&socket));
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].run.to_string(), found[0].pid, found[0].uid),
            (
                "3.4".to_owned(),
                child.id(),
                rustix::process::getuid().as_raw()
            )
        );
        assert!(running(Path::new("/nowhere/else.sock")).is_empty());
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
