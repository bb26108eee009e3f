//! Recycling at soft ceilings (X55 to X58), with real processes.

use relance_scm::{ServiceKind, ServiceState};
use relance_testkit::daemon::Daemon;

use crate::support::{done, name, output_once, relance};

/// Creates and starts a program that is this script.
fn start(daemon: &Daemon, service: &str, options: &[&str], script: &str) {
    let command = ["--", "/bin/sh", "-c", script];
    done(&daemon.relance(&[&["create", service], options, &command[..]].concat()));
    done(&daemon.relance(&["start", service, "--no-wait"]));
}

/// Waits until a program has begun so many times.
fn begun(daemon: &Daemon, service: &str, times: usize) -> String {
    output_once(daemon, service, |text| {
        text.matches("begun").count() >= times
    })
}

fn stdout(daemon: &Daemon, arguments: &[&str]) -> String {
    let output = daemon.relance(arguments);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Finishes its job after it was asked to stop, which takes longer than its grace.
const WITH_A_JOB: &str = "trap 'echo asked; sleep 1; echo job done; exit 0' TERM; echo begun; \
                          while :; do sleep 0.05; done";

#[test]
fn x57_a_job_is_finished_although_it_takes_longer_than_the_grace() {
    let daemon = Daemon::start(relance());
    let options = ["--recycle-after", "1s", "--stop-grace", "100ms"];
    start(&daemon, "a", &options, WITH_A_JOB);
    let printed = begun(&daemon, "a", 2);
    let first = printed.split("begun").nth(1).unwrap_or_default();
    assert!(
        first.contains("asked") && first.contains("job done"),
        "{printed}"
    );
    let events = stdout(&daemon, &["events", "--service", "a"]);
    for id in ["1047", "1049"] {
        assert!(events.contains(id), "{id}: {events}");
    }
    assert!(
        !events.contains("1003") && !events.contains("7031"),
        "{events}"
    );
    let info = daemon.query(&name("a"));
    assert_eq!(info.recovery.failure_count, 0);
    let why = stdout(&daemon, &["why", "a"]);
    assert!(why.contains("to be recycled: it has run for 1"), "{why}");
}

#[test]
fn x58_a_program_that_counts_its_jobs_is_recycled_after_so_many() {
    let daemon = Daemon::start(relance());
    let script = "echo begun; trap 'exit 0' TERM; \
                  systemd-notify X_RELANCE_JOBS=2; systemd-notify X_RELANCE_JOBS=1; \
                  while :; do sleep 0.05; done";
    let has_notify = std::process::Command::new("systemd-notify")
        .arg("--version")
        .output();
    if has_notify.is_err() {
        eprintln!("not run: needs systemd-notify");
        return;
    }
    start(&daemon, "a", &["--recycle-after-jobs", "3"], script);
    begun(&daemon, "a", 2);
    let events = stdout(&daemon, &["events", "--service", "a"]);
    assert!(events.contains("it has done 3 jobs"), "{events}");
}

#[test]
fn x55_a_program_that_grows_is_recycled() {
    let daemon = Daemon::start(relance());
    // A shell that holds 40 MB.
    let script = "echo begun; trap 'exit 0' TERM; x=$(head -c 40000000 /dev/zero | tr '\\0' x); \
                  echo grown; while :; do sleep 0.05; done";
    start(&daemon, "a", &["--recycle-above", "20M"], script);
    assert_eq!(daemon.query(&name("a")).config.kind, ServiceKind::Program);
    begun(&daemon, "a", 2);
    let events = stdout(&daemon, &["events", "--service", "a"]);
    assert!(events.contains("of memory"), "{events}");
    done(&daemon.relance(&["stop", "a"]));
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
}

#[test]
fn x55_values_that_make_no_sense_are_refused() {
    let daemon = Daemon::start(relance());
    for (option, value) in [
        ("--recycle-above", "0"),
        ("--recycle-at", "24:00"),
        ("--recycle-at", "3"),
        ("--recycle-at", "03:60"),
        ("--recycle-at", "03:0"),
        ("--recycle-after-jobs", "0"),
        ("--recycle-after", "soon"),
    ] {
        let created = daemon.relance(&["create", "a", option, value, "--", "/bin/true"]);
        assert_eq!(created.status.code(), Some(2), "{option} {value}");
    }
    done(&daemon.relance(&["create", "a", "--recycle-at", "3:05", "--", "/bin/true"]));
    let config = stdout(&daemon, &["config", "a"]);
    assert!(config.contains("03:05"), "{config}");
}
