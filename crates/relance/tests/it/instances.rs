//! Several services from one template (X52).

use std::process::Output;

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;

use crate::support::{done, name, relance};

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// Three instances that write which they are, and wait to be told to stop.
fn three(daemon: &Daemon) {
    let line = "echo $RELANCE_INSTANCE-%i-$QUEUE; exec sleep 1000";
    let words = [
        "create",
        "w@",
        "--instances",
        "3",
        "--env",
        "QUEUE=q%i",
        "--",
        "/bin/sh",
        "-c",
        line,
    ];
    done(&daemon.relance(&words));
    done(&daemon.relance(&["start", "w@"]));
}

fn pids(daemon: &Daemon, count: u32) -> Vec<u32> {
    let names = (1..=count).map(|number| name(&format!("w@{number}")));
    names
        .map(|name| daemon.query(&name).status.process_id)
        .collect()
}

#[test]
fn x52_each_instance_knows_which_it_is_and_one_command_changes_all() {
    let daemon = Daemon::start(relance());
    three(&daemon);
    for number in 1..=3 {
        let service = format!("w@{number}");
        let info = daemon.wait_for_state(&name(&service), ServiceState::Running);
        assert_ne!(info.status.process_id, 0);
        let line = format!("{number}-{number}-q{number}");
        let log = |daemon: &Daemon| text(&daemon.relance(&["logs", &service]));
        while !log(&daemon).contains(&line) {}
    }
    done(&daemon.relance(&["config", "w@", "--stop-grace", "3s"]));
    for number in 1..=3 {
        let shown = text(&daemon.relance(&["config", &format!("w@{number}")]));
        assert!(shown.contains("3s"), "{shown}");
    }
    let listed = text(&daemon.relance(&["list"]));
    assert!(
        listed.contains("w@ (3)") && listed.contains("RUNNING"),
        "{listed}"
    );
    assert!(!listed.contains("w@2"), "{listed}");
    let opened = text(&daemon.relance(&["list", "w@"]));
    assert!(
        opened.contains("w@2") && !opened.contains("w@ (3)"),
        "{opened}"
    );
}

#[test]
fn x52_scaling_starts_copies_and_stops_the_highest() {
    let daemon = Daemon::start(relance());
    three(&daemon);
    let before = pids(&daemon, 3);
    done(&daemon.relance(&["scale", "w@", "5"]));
    daemon.wait_for_state(&name("w@5"), ServiceState::Running);
    assert_eq!(pids(&daemon, 3), before, "those that were there run on");
    done(&daemon.relance(&["scale", "w@*", "2"]));
    let opened = text(&daemon.relance(&["list", "w@"]));
    assert!(
        opened.contains("w@2") && !opened.contains("w@3"),
        "{opened}"
    );
    assert_eq!(pids(&daemon, 2), before[..2]);
    let nothing = daemon.relance(&["scale", "x@", "2"]);
    assert!(
        text(&nothing).contains("--instances 2"),
        "{}",
        text(&nothing)
    );
}

#[test]
fn x52_scaling_typed_again_starts_what_was_only_added() {
    let daemon = Daemon::start(relance());
    // As if the command had ended after it had added them.
    let words = [
        "create",
        "v@",
        "--instances",
        "4",
        "--",
        "/bin/sleep",
        "1000",
    ];
    done(&daemon.relance(&words));
    done(&daemon.relance(&["start", "v@1", "v@2"]));
    done(&daemon.relance(&["stop", "v@2"]));
    done(&daemon.relance(&["scale", "v@", "3"]));
    daemon.wait_for_state(&name("v@3"), ServiceState::Running);
    let stopped = daemon.query(&name("v@2"));
    let state = stopped.status.state;
    assert_eq!(state, ServiceState::Stopped, "somebody has stopped it");
    let listed = text(&daemon.relance(&["list", "v@"]));
    assert!(!listed.contains("v@4"), "{listed}");
}

#[test]
fn x52_a_rolling_restart_stops_at_the_first_that_fails() {
    let daemon = Daemon::start(relance());
    three(&daemon);
    let before = pids(&daemon, 3);
    done(&daemon.relance(&["restart", "w@", "--rolling"]));
    let between = pids(&daemon, 3);
    assert!(
        before.iter().zip(&between).all(|(a, b)| a != b),
        "{before:?} {between:?}"
    );
    let broken = ["config", "w@2", "--command-line", "/no/such/program"];
    done(&daemon.relance(&broken));
    let failed = daemon.relance(&["restart", "w@", "--rolling=1"]);
    let shown = text(&failed);
    assert!(!failed.status.success(), "{shown}");
    assert!(shown.contains("w@1: restarted"), "{shown}");
    assert!(
        shown.contains("w@3: left as it is, since w@2 failed"),
        "{shown}"
    );
    assert_eq!(daemon.query(&name("w@3")).status.process_id, between[2]);
}

#[test]
fn c31_a_command_says_that_a_deleted_service_still_runs() {
    let daemon = Daemon::start(relance());
    three(&daemon);
    let deleted = text(&daemon.relance(&["delete", "w@1"]));
    assert_eq!(
        deleted,
        "w@1 still runs, and is gone when it has stopped: relance stop w@1\n"
    );
    let status = text(&daemon.relance(&["status", "w@1"]));
    let state = status.lines().find(|line| line.contains("RUNNING for "));
    let state = state.expect("it runs");
    assert!(state.ends_with("marked for deletion"), "{status}");
    done(&daemon.relance(&["stop", "w@2"]));
    assert_eq!(text(&daemon.relance(&["delete", "w@2"])), "");
}

#[test]
fn x52_a_template_is_not_a_service() {
    let daemon = Daemon::start(relance());
    let refused = |words: &[&str], expected: &str| {
        let output = daemon.relance(words);
        assert!(!output.status.success());
        assert!(text(&output).contains(expected), "{}", text(&output));
    };
    refused(&["create", "w@", "--", "/bin/true"], "--instances");
    refused(
        &["create", "w", "--instances", "2", "--", "/bin/true"],
        "write w@",
    );
    refused(
        &["create", "w@", "--instances", "10000", "--", "/bin/true"],
        "a number from 1 to 1000",
    );
    three(&daemon);
    refused(
        &["create", "w@", "--instances", "2", "--", "/bin/true"],
        "relance scale w@ 2",
    );
    refused(&["config", "w@"], "w@1");
}
