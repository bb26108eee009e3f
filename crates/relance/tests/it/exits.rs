//! What a program says with its exit status, and starts that fail for a while.

use std::fs;
use std::os::unix::fs::symlink;

use relance_scm::ServiceState;
use relance_scm::manager::ServiceInfo;
use relance_testkit::daemon::Daemon;

use crate::support::{done, name, relance, write_program};

/// What is known of a program that was created with these options and has ended with this status.
fn ends_with(daemon: &Daemon, options: &[&str], status: u8) -> ServiceInfo {
    let line = format!("exit {status}");
    let command = ["--", "/bin/sh", "-c", &line];
    let recovery = ["--actions", "restart/1h", "--reset", "2h"];
    done(&daemon.relance(&[&["create", "a"], options, &recovery, &command].concat()));
    // Whether that says so depends on who is faster.
    let _ = daemon.relance(&["start", "a"]);
    daemon.wait_until(&name("a"), |info| info.last_end.is_some())
}

#[test]
fn x12_a_program_whose_configuration_is_broken_is_not_restarted() {
    let daemon = Daemon::start(relance());
    let info = ends_with(&daemon, &["--no-restart-on-exit", "78"], 78);
    assert!(info.recovery.pending.is_empty());
    assert_eq!(info.recovery.failure_count, 0);
    for command in [&["events", "--service", "a"][..], &["why", "a"]] {
        let told = daemon.relance(command);
        let told = String::from_utf8_lossy(&told.stdout);
        assert!(told.contains("no-restart-on-exit"), "{told}");
    }
}

#[test]
fn x13_only_one_status_restarts_a_program() {
    for (status, pending) in [(1, 1), (2, 0)] {
        let daemon = Daemon::start(relance());
        let info = ends_with(&daemon, &["--fail-on-exit", "1"], status);
        assert_eq!(info.recovery.pending.len(), pending, "status {status}");
    }
}

#[test]
fn x14_a_service_comes_back_after_its_release_was_away() {
    let daemon = Daemon::start(relance());
    let (release, current) = (daemon.folder().join("rel"), daemon.folder().join("current"));
    fs::create_dir(&release).expect("a folder");
    write_program(
        &release.join("worker"),
        &fs::read("/bin/sleep").expect("a program"),
    );
    symlink(&release, &current).expect("a link");
    let (folder, program) = (current.display().to_string(), current.join("worker"));
    let program = program.display().to_string();
    let create = [
        "create",
        "w",
        "--working-directory",
        &folder,
        "--actions",
        "restart/10ms",
        "--reset",
        "1h",
        "--",
        &program,
        "1000",
    ];
    done(&daemon.relance(&create));
    done(&daemon.relance(&["start", "w"]));
    let info = daemon.wait_for_state(&name("w"), ServiceState::Running);

    fs::remove_file(&current).expect("the link");
    let pid = i32::try_from(info.status.process_id).expect("a process");
    let pid = rustix::process::Pid::from_raw(pid).expect("a process");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("it runs");
    daemon.wait_until(&name("w"), |info| info.recovery.failure_count >= 3);
    symlink(&release, &current).expect("a link");
    daemon.wait_for_state(&name("w"), ServiceState::Running);
}
