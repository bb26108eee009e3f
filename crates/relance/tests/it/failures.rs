//! `relance failures`: what has failed, without reading the log.

use std::process::Output;

use relance_scm::{ServiceKind, ServiceState};
use relance_testkit::daemon::Daemon;

use crate::support::{name, relance};

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// Runs a shell line as a service until its end.
fn run(daemon: &Daemon, service: &str, line: &str) {
    let mut config = relance_scm::ServiceConfig::new(name(service), line);
    config.kind = ServiceKind::Program;
    daemon.create(config);
    let _ = daemon.start_service(&name(service));
    daemon.wait_for_state(&name(service), ServiceState::Stopped);
}

#[test]
fn failures_are_told_by_service_and_cause_with_the_last_lines() {
    let daemon = Daemon::start(relance());
    assert!(stdout(&daemon.relance(&["failures"])).starts_with("Nothing has failed since "));
    run(&daemon, "well", "/bin/true");
    run(
        &daemon,
        "order",
        "/bin/sh -c \"echo no such order; exit 3\"",
    );
    let _ = daemon.start_service(&name("order"));
    daemon.wait_until(&name("order"), |info| {
        let end = info.last_end.as_ref();
        end.is_some_and(|end| end.run.number == 2)
    });
    run(&daemon, "killed", "/bin/sh -c \"kill -9 $$\"");
    let told = stdout(&daemon.relance(&["failures"]));
    assert!(told.starts_with("2 services have failed since "), "{told}");
    assert!(told.contains("order: 2 failures, the last "), "{told}");
    let order = "ago; now STOPPED\n  2 x  exit status 3\n  | no such order\n";
    assert!(told.contains(order), "{told}");
    assert!(told.contains("killed: 1 failure, "), "{told}");
    let listed = stdout(&daemon.relance(&["list", "--failed", "--sort", "failures"]));
    let names: Vec<_> = listed
        .lines()
        .filter_map(|line| line.split_once(' '))
        .collect();
    assert_eq!(names.len(), 3, "{listed}");
    assert_eq!(
        (names[0].0, names[1].0, names[2].0),
        ("NAME", "killed", "order")
    );
    assert!(names[1].1.contains("STOPPED, failed"), "{listed}");
    assert!(stdout(&daemon.relance(&["list", "--state", "running"])).starts_with("No service"));
    let json = stdout(&daemon.relance(&["failures", "kill*", "--since", "yesterday", "--json"]));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json[0]["causes"][0]["text"], "signal 9 (KILL)");
    assert_eq!(json.as_array().map(Vec::len), Some(1), "{json}");
}

#[test]
fn a_service_that_was_deleted_is_told_as_well_and_a_moment_that_is_none_is_refused() {
    let daemon = Daemon::start(relance());
    run(&daemon, "gone", "/bin/false");
    assert!(daemon.relance(&["delete", "gone"]).status.success());
    let told = stdout(&daemon.relance(&["failures"]));
    assert!(
        told.contains("gone: 1 failure, ") && told.contains("deleted since"),
        "{told}"
    );
    let refused = daemon.relance(&["failures", "--since", "lately"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("today, yesterday, or 2026-"), "{said}");
}
