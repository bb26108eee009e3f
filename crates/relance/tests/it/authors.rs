//! Who asked for what (X66, X67), with real processes: the entries of starts, controls and changes name the caller,
//! the schedule or nobody, also when the engine is killed between the request and what it leads to.

use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::Stage;
use rustix::process::Signal;
use serde_json::Value;

use crate::support::{name, printed, puppets, relance, running};

/// The entries of a service that have an author, as `ID PARAMETER KIND UID`.
fn asked(daemon: &Daemon, service: &str) -> Vec<String> {
    let output = daemon.relance(&["events", "--service", service, "--json", "--limit", "100"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let entries = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let named = entries.filter(|entry| !entry["by"].is_null());
    named
        .map(|entry| {
            let by = &entry["by"];
            let last = entry["parameters"].as_array().and_then(|list| list.get(1));
            let last = last.and_then(Value::as_str).unwrap_or_default();
            let kind = by["kind"].as_str().unwrap_or_default();
            format!("{} {last} {kind}", entry["event_id"])
        })
        .collect()
}

#[test]
fn x67_starts_controls_and_changes_name_who_asked() {
    let daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "web");
    daemon.create(puppets(&stage, "web", "restart/0"));
    let mut puppet = running(&daemon, &stage, "web");
    printed(&daemon, &["config", "web", "--description", "pages"]);
    printed(&daemon, &["stop", "--no-wait", "web"]);
    assert_eq!(puppet.next_control(), 1, "STOP");
    // Who asked is on record before the service does it.
    daemon.kill_engine();
    puppet.stopped(0, 0);
    daemon.wait_until(&name("web"), |info| info.run.is_none());
    let asked = asked(&daemon, "web");
    let expected = [
        "7036 running",
        "1153 description",
        "7035 stop",
        "7036 stopped",
    ];
    let expected: Vec<String> = expected.map(|entry| format!("{entry} caller")).into();
    assert_eq!(asked[1..], expected, "{asked:?}");
    assert!(asked[0].starts_with("7045 "), "{asked:?}");
    let me = if rustix::process::getuid().is_root() {
        "root".to_owned()
    } else {
        format!("user {}", rustix::process::getuid().as_raw())
    };
    let log = printed(&daemon, &["events", "--service", "web", "--asked"]);
    assert!(
        log.contains(&format!("web is now stopped. (by {me})")),
        "{log}"
    );
    let why = printed(&daemon, &["why", "web"]);
    assert!(
        why.contains(&format!("after a stop was requested (by {me})")),
        "{why}"
    );
}

#[test]
fn x67_what_nobody_asked_for_is_the_managers() {
    let daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "web");
    daemon.create(puppets(&stage, "web", "restart/0"));
    let puppet = running(&daemon, &stage, "web");
    let before = daemon.query(&name("web")).run.expect("it runs").id;
    puppet.kill(Signal::KILL);
    // Kept: a puppet ends with its connection.
    let mut second = stage.next_run();
    second.run();
    daemon.wait_until(&name("web"), |info| {
        let later = info.run.as_ref().is_some_and(|run| run.id != before);
        later && info.status.state == relance_scm::ServiceState::Running
    });
    let asked = asked(&daemon, "web");
    let expected = ["7036 running caller", "7036 running manager"];
    assert_eq!(asked[1..], expected, "{asked:?}");
    let log = printed(&daemon, &["events", "--service", "web", "--asked"]);
    assert_eq!(log.matches("7036").count(), 1, "{log}");
}
