//! `relance upgrade`: another program takes over, and services run on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use relance_scm::ServiceState;
use relance_scm::manager::ServiceInfo;
use relance_testkit::cgroups::{process, wait_for_end};
use relance_testkit::daemon::Daemon;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{name, relance, write_program};

/// A program in a folder of its own that is replaced as packages replace it. A process of its own makes the
/// copy: what another test starts meanwhile would have the file open for writing, and nobody could execute it.
fn install(folder: &Path) -> PathBuf {
    let (new, program) = (folder.join("relance.new"), folder.join("relance"));
    let copy = Command::new("cp").arg(relance()).arg(&new).status();
    assert!(copy.expect("cp").success());
    fs::rename(&new, &program).expect("a name");
    program
}

fn text(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}

fn guardian(daemon: &Daemon) -> u32 {
    let lock = fs::read_to_string(daemon.folder().join("state/lock")).expect("a lock");
    lock.trim().parse().expect("a process id")
}

#[test]
fn services_run_on_while_another_program_takes_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = install(folder.path());
    let mut daemon = Daemon::with(&program, &["--pass-env", "NOTHING_*"]);
    for words in [
        &["create", "steady", "--", "sleep", "1000"][..],
        &["start", "steady"],
        &[
            "create",
            "crashing",
            "--actions",
            "restart/0",
            "--reset",
            "0",
            "--",
            "/bin/sh",
            "-c",
            "sleep 0.05; exit 1",
        ],
        // It may have crashed before anybody looks whether it runs.
        &["start", "--no-wait", "crashing"],
    ] {
        let output = daemon.relance(words);
        assert!(output.status.success(), "{words:?}: {}", text(&output));
    }
    let before = daemon.query(&name("steady"));
    let mut old = guardian(&daemon);
    for round in 0..3 {
        install(folder.path());
        let output = daemon.relance(&["upgrade"]);
        assert!(output.status.success(), "{}", text(&output));
        assert!(text(&output).contains("takes over"), "{}", text(&output));
        let new = guardian(&daemon);
        assert_ne!(new, old, "round {round}");
        let exe = fs::read_link(format!("/proc/{new}/exe")).expect("it runs");
        assert_eq!(exe, program, "the file that lies there now");
        let arguments = fs::read_to_string(format!("/proc/{new}/cmdline")).expect("it runs");
        assert!(
            arguments.contains("NOTHING_*"),
            "the same options: {arguments}"
        );
        old = new;
        let now = daemon.query(&name("steady"));
        assert_eq!(now.status.process_id, before.status.process_id);
        // Since when is reckoned from two clocks again, so it may differ by a millisecond.
        let id = |info: &ServiceInfo| info.run.as_ref().map(|run| run.id);
        assert_eq!(id(&now), id(&before));
    }
    // Recovery goes on.
    let count = daemon
        .query(&name("crashing"))
        .run
        .map_or(0, |run| run.id.number);
    daemon.wait_until(&name("crashing"), |info| {
        info.run
            .as_ref()
            .is_some_and(|run| run.id.number > count + 2)
    });
    let replaced = daemon.relance(&["events", "--id", "1109"]);
    assert_eq!(
        text(&replaced).matches("1109").count(),
        3,
        "{}",
        text(&replaced)
    );
    let _ = daemon.wait_for_end();
    let last = process(&old.to_string());
    kill_process(
        Pid::from_raw(old.cast_signed()).expect("a process id"),
        Signal::TERM,
    )
    .expect("ours");
    wait_for_end(&last);
}

#[test]
fn a_program_that_cannot_take_over_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = install(folder.path());
    let daemon = Daemon::with(&program, &[]);
    assert!(
        daemon
            .relance(&["create", "a", "--", "sleep", "1000"])
            .status
            .success()
    );
    assert!(daemon.relance(&["start", "a"]).status.success());
    daemon.wait_for_state(&name("a"), ServiceState::Running);
    let (old, new) = (guardian(&daemon), folder.path().join("relance.new"));
    for (script, part) in [
        ("#!/bin/sh\necho relance 0.0.1\n", "older than the manager"),
        ("#!/bin/sh\nexit 1\n", "does not say its version"),
        ("#!/no/such/interpreter\n", "cannot be executed"),
    ] {
        write_program(&new, script.as_bytes());
        fs::rename(&new, &program).expect("a name");
        let output = std::process::Command::new(relance())
            .args(["upgrade", "--socket"])
            .arg(daemon.socket())
            .output()
            .expect("it is executed");
        assert!(
            !output.status.success() && text(&output).contains(part),
            "{}",
            text(&output)
        );
        assert_eq!(guardian(&daemon), old);
    }
    install(folder.path());
}
