//! Restarts that wait longer each time, and end (X80 to X83), with real processes and the command line.

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;

use crate::support::{name, printed, relance};

#[test]
fn x80_x83_a_program_waits_longer_and_gives_up_and_somebody_starts_it_again() {
    let daemon = Daemon::start(relance());
    let words = [
        "create",
        "worker",
        "--actions",
        "restart/20ms",
        "--backoff",
        "exponential",
        "--restart-limit",
        "2",
        "--reset",
        "1h",
        "--restart-limit-period",
        "1h",
        "--",
        "/bin/false",
    ];
    printed(&daemon, &words);
    let shown = printed(&daemon, &["failure", "worker"]);
    assert!(
        shown.contains("exponential") && shown.contains("Limit of restarts *"),
        "{shown}"
    );
    daemon.start_service(&name("worker")).expect("it starts");
    let info = daemon.wait_until(&name("worker"), |info| info.recovery.gave_up);
    assert_eq!(info.status.state, ServiceState::Stopped);
    assert_eq!(info.recovery.failure_count, 3);
    let events = printed(&daemon, &["events", "--service", "worker"]);
    for part in [
        "in 0.02 s",
        "in 0.04 s",
        "gave up: its limit of restarts is reached (2 ",
    ] {
        assert!(events.contains(part), "{part}: {events}");
    }
    // It is on record, and the next engine knows it.
    daemon.kill_engine();
    daemon.wait_until(&name("worker"), |info| info.recovery.gave_up);
    assert!(printed(&daemon, &["list"]).contains("STOPPED, gave up"));
    assert!(printed(&daemon, &["status", "worker"]).contains("relance start worker"));
    assert!(printed(&daemon, &["status"]).contains("gave up after too many restarts"));
    assert!(printed(&daemon, &["why", "worker"]).contains("(X83)"));
    daemon.start_service(&name("worker")).expect("it starts");
    let again = |info: &relance_scm::manager::ServiceInfo| {
        info.recovery.gave_up && info.recovery.failure_count == 6
    };
    daemon.wait_until(&name("worker"), again);
}

#[test]
fn x84_each_cause_is_followed_by_what_its_rule_says() {
    let daemon = Daemon::start(relance());
    let words = [
        "create",
        "worker",
        "--actions",
        "none/0",
        "--reset",
        "1h",
        "--on",
        "exit:75=restart/10ms/none/0",
        "--on",
        "signal:SEGV=none",
        "--",
        "/bin/sh",
        "-c",
        "exit 75",
    ];
    printed(&daemon, &words);
    let shown = printed(&daemon, &["failure", "worker"]);
    assert!(shown.contains("exit:75=restart/10/none/0"), "{shown}");
    let refused = daemon.relance(&["failure", "worker", "--on", "oom=restart/0"]);
    let refused = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.contains("out-of-memory"), "{refused}");
    daemon.start_service(&name("worker")).expect("it starts");
    let info = daemon.wait_until(&name("worker"), |info| info.recovery.failure_count == 2);
    assert_eq!(info.recovery.pending, []);
    // What a rule has decided is on record.
    daemon.kill_engine();
    let why = printed(&daemon, &["why", "worker"]);
    assert!(
        why.contains("the 2nd action of the rule exit:75=restart/10/none/0 (X84)"),
        "{why}"
    );
    let played = printed(
        &daemon,
        &["simulate", "worker", "--script", "exit 75, exit 3"],
    );
    assert!(played.contains("in 0.01 s: Restart"), "{played}");
}
