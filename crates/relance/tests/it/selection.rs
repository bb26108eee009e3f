//! Commands that are about several services.

use std::process::Output;

use relance_scm::{ServiceKind, ServiceState};
use relance_testkit::daemon::Daemon;

use crate::support::{name, relance};

/// A manager with two workers and a mailer, none of them started.
pub(crate) fn workers() -> Daemon {
    let daemon = Daemon::start(relance());
    for service in ["worker1", "worker2", "mailer"] {
        let mut config =
            relance_scm::ServiceConfig::new(name(service), "/bin/sh -c \"sleep 100000\"");
        config.kind = ServiceKind::Program;
        if service.starts_with("worker") {
            config.load_order_group = "workers".into();
        }
        daemon.create(config);
    }
    daemon
}

fn state(daemon: &Daemon, service: &str) -> ServiceState {
    daemon.query(&name(service)).status.state
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

#[test]
fn a_pattern_means_every_service_that_it_matches_and_says_which() {
    let daemon = workers();
    let started = daemon.relance(&["start", "WORKER*"]);
    let mut lines: Vec<_> = stdout(&started).lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(lines, ["worker1: started", "worker2: started"]);
    assert_eq!(state(&daemon, "worker2"), ServiceState::Running);
    assert_eq!(state(&daemon, "mailer"), ServiceState::Stopped);
    let again = daemon.relance(&["restart", "+Workers"]);
    let mut lines: Vec<_> = stdout(&again).lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(lines, ["worker1: restarted", "worker2: restarted"]);
    let stopped = daemon.relance(&["stop", "--json", "worker?", "worker1"]);
    let outcomes: serde_json::Value = serde_json::from_slice(&stopped.stdout).expect("JSON");
    assert_eq!(outcomes[0]["name"], "worker1");
    assert_eq!(outcomes[1]["done"], "stopped");
    assert_eq!(outcomes.as_array().map(Vec::len), Some(2));
}

#[test]
fn what_fails_for_one_is_done_for_the_others() {
    let daemon = workers();
    assert!(daemon.relance(&["start", "worker1"]).status.success());
    let stopped = daemon.relance(&["stop", "--all"]);
    assert_eq!(stopped.status.code(), Some(3), "two of them do not run");
    assert_eq!(stdout(&stopped), "worker1: stopped\n");
    let errors = String::from_utf8_lossy(&stopped.stderr).into_owned();
    assert!(
        errors.contains("mailer: ") && errors.contains("1062"),
        "{errors}"
    );
    assert_eq!(state(&daemon, "worker1"), ServiceState::Stopped);
}

#[test]
fn nothing_matches_is_an_error() {
    let daemon = workers();
    for command in [
        "start",
        "stop",
        "status",
        "why",
        "delete",
        "enable",
        "terminate",
    ] {
        let output = daemon.relance(&[command, "nobody*"]);
        assert_eq!(output.status.code(), Some(4), "{command}");
        let none = daemon.relance(&[command]);
        // Without a name, status is about the whole machine.
        let expected = if command == "status" { 0 } else { 2 };
        assert_eq!(none.status.code(), Some(expected), "{command}");
    }
}

#[test]
fn several_services_are_an_array_and_one_is_an_object() {
    let daemon = workers();
    let json = |words: &[&str]| {
        let output = daemon.relance(words);
        serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("JSON")
    };
    assert!(json(&["status", "mailer", "--json"]).is_object());
    assert_eq!(
        json(&["status", "mailer*", "--json"])
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(
        json(&["why", "--all", "--json"]).as_array().map(Vec::len),
        Some(3)
    );
}

#[test]
fn wait_waits_for_each_of_several() {
    let daemon = workers();
    let waited = daemon.relance(&["wait", "worker*", "--state", "stopped"]);
    let mut lines: Vec<_> = stdout(&waited).lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(lines, ["worker1: in that state", "worker2: in that state"]);
    assert!(daemon.relance(&["start", "--all"]).status.success());
    assert!(daemon.relance(&["wait", "--all"]).status.success());
    let nobody = daemon.relance(&["wait", "x*"]);
    assert_eq!(nobody.status.code(), Some(4));
}

#[test]
fn wait_says_of_a_word_that_is_no_service_what_it_is() {
    let daemon = workers();
    assert!(
        daemon
            .relance(&["wait", "worker1", "stopped"])
            .status
            .success()
    );
    let refused = daemon.relance(&["wait", "nosuch", "--state", "stopped"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(4), "{said}");
    assert!(said.contains("there is no service nosuch"), "{said}");
}

#[test]
fn forms_of_supervisorctl_and_lists_with_commas_are_understood_or_answered() {
    let daemon = workers();
    let printed = |words: &[&str]| {
        let output = daemon.relance(words);
        assert!(output.status.success(), "{output:?}");
        let mut lines: Vec<_> = stdout(&output).lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let both = ["worker1: started", "worker2: started"];
    assert_eq!(printed(&["start", "workers:*"]), both);
    assert_eq!(printed(&["stop", "workers:worker2"]), [""; 0]);
    assert_eq!(state(&daemon, "worker2"), ServiceState::Stopped);
    assert_eq!(state(&daemon, "worker1"), ServiceState::Running);
    for (typed, part) in [
        ("worker1,worker2", "by blanks: worker1 worker2"),
        ("nosuch:*", "no service matches"),
        ("workers:nosuch", "there is no service workers:nosuch"),
    ] {
        let refused = daemon.relance(&["start", typed]);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains(part), "{said}");
    }
}

#[test]
fn a_program_says_which_controls_it_takes() {
    let daemon = workers();
    assert!(daemon.relance(&["start", "mailer"]).status.success());
    for (words, part) in [
        (&["pause", "mailer"][..], "relance stop mailer"),
        (&["continue", "mailer"], "relance stop mailer"),
        (&["control", "mailer", "201"], "--control-signals 201=USR1"),
        (&["control", "mailer", "paramchange"], "--reload-signal HUP"),
    ] {
        let refused = daemon.relance(words);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(3), "1052 as ever: {said}");
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn an_empty_text_takes_a_setting_back() {
    let daemon = workers();
    let mailer = name("mailer");
    for options in [
        &[
            "--stop-grace=3s",
            "--output=null",
            "--delayed=no",
            "--log-max-age=90d",
        ][..],
        &["--stop-grace=", "--output=", "--delayed=", "--log-max-age="],
    ] {
        let changed = daemon.relance(&[&["config", "mailer"], options].concat());
        assert!(changed.status.success(), "{changed:?}");
    }
    let config = daemon.query(&mailer).config;
    assert_eq!(
        config.extensions,
        relance_scm::config::Extensions::default()
    );
}

#[test]
fn names_as_other_managers_take_them() {
    let daemon = workers();
    let started = daemon.relance(&["restart", "all"]);
    assert_eq!(stdout(&started).lines().count(), 3, "{started:?}");
    let one = daemon.relance(&["start", "--no-block", "worker1.service"]);
    let said = String::from_utf8_lossy(&one.stderr).into_owned();
    assert!(said.contains("1056"), "it runs already: {said}");
    let active = daemon.relance(&["systemctl", "is-active", "worker1.service"]);
    assert_eq!(stdout(&active), "active\n");
    let deleted = daemon.relance(&["delete", "all"]);
    assert_eq!(deleted.status.code(), Some(2));
    let said = String::from_utf8_lossy(&deleted.stderr).into_owned();
    assert!(said.contains("relance delete --all"), "{said}");
    let listed = daemon.relance(&["list", "worker*", "mailer"]);
    assert_eq!(stdout(&listed).lines().count(), 4, "{listed:?}");
    // A service may have the name of such a word.
    let config = relance_scm::ServiceConfig::new(name("All"), "/bin/true");
    daemon.create(config);
    let deleted = daemon.relance(&["delete", "all"]);
    assert!(deleted.status.success(), "{deleted:?}");
    assert_eq!(state(&daemon, "worker1"), ServiceState::Running);
}

#[test]
fn status_has_the_last_lines_when_they_are_wanted() {
    let daemon = workers();
    let script = "echo one; echo two; echo three; exec sleep 1000";
    let made = daemon.relance(&["create", "talker", "--", "/bin/sh", "-c", script]);
    assert!(made.status.success(), "{made:?}");
    assert!(daemon.relance(&["start", "talker"]).status.success());
    crate::support::output_with(&daemon, "talker", "three");
    let shown = daemon.relance(&["show", "-n2", "-l", "talker"]);
    assert!(
        stdout(&shown).ends_with("\n  | two\n  | three\n"),
        "{shown:?}"
    );
    let property = daemon.relance(&["show", "-p", "MainPID", "talker"]);
    let said = String::from_utf8_lossy(&property.stderr).into_owned();
    assert!(said.contains("relance status NAME --json"), "{said}");
}
