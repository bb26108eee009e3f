//! An account that holds up the start of its own service holds up nothing else.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;

use crate::support::{name, printed, refused, relance, write_program};

const NOBODY: u32 = 65534;

/// Somebody who has a lease on a file: a process that opens it, to execute it too, waits until it is given back (45 s, then
/// the kernel takes it).
struct Lease {
    holder: Child,
    until: Option<ChildStdin>,
}

impl Lease {
    fn on(path: &Path) -> Self {
        // F_SETLEASE, F_WRLCK; the signal that says that somebody waits is not heard.
        let script = "$SIG{IO} = 'IGNORE'; $| = 1; open(F, '+<', $ARGV[0]) or die; \
            fcntl(F, 1024, 1) or die \"no lease: $!\"; print \"held\\n\"; <STDIN>";
        let mut holder = Command::new("perl")
            .args(["-e", script])
            .arg(path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("perl runs");
        let until = holder.stdin.take();
        let mut said = String::new();
        let output = holder.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut said).expect("a line");
        assert_eq!(said, "held\n");
        Self { holder, until }
    }

    fn give_back(mut self) {
        drop(self.until.take());
        self.holder.wait().expect("our child");
    }
}

#[test]
fn x112_a_program_that_its_account_holds_up_keeps_no_other_service_waiting() {
    if !rustix::process::getuid().is_root() {
        return eprintln!("not run: needs root");
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("ours");
    let program = folder.path().join("program");
    write_program(&program, b"#!/bin/sh\nexec sleep 1000\n");
    chown(&program, Some(NOBODY), None).expect("we are root");
    let daemon = Daemon::start(relance());
    let path = program.to_str().expect("UTF-8");
    printed(
        &daemon,
        &["create", "held", "--account", "nobody", "--", path],
    );
    let sleep = ["--", "/bin/sleep", "1000"];
    let others = [("root", vec![]), ("nobody", vec!["--account", "nobody"])];
    for (service, account) in &others {
        printed(
            &daemon,
            &[&["create", service], &account[..], &sleep].concat(),
        );
    }
    let lease = Lease::on(&program);
    let said = refused(&daemon, &["start", "held"]);
    assert!(said.contains("was not executed in time"), "{said}");
    for (service, _) in &others {
        printed(&daemon, &["start", service]);
        daemon.wait_for_state(&name(service), ServiceState::Running);
    }
    lease.give_back();
    printed(&daemon, &["start", "held"]);
    daemon.wait_for_state(&name("held"), ServiceState::Running);
}
