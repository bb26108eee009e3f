//! Several services from one template (X52).

use std::process::Output;

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;

use crate::contradictions::request;
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
fn x52_the_api_scales_also_while_instances_fail_and_are_slow() {
    let daemon = Daemon::start(relance());
    let line = "case %i in 1) ;; 2) exit 3;; *) trap 'sleep 1; exit 0' TERM;; esac; while :; do sleep 0.1; done";
    let create = [
        "create",
        "w@",
        "--instances",
        "1",
        "--actions",
        "restart/1h",
        "--",
        "/bin/sh",
        "-c",
        line,
    ];
    done(&daemon.relance(&create));
    done(&daemon.relance(&["start", "w@1"]));
    let scale = |count: &str| {
        let body = format!(r#"{{"instances":{count}}}"#);
        request(&daemon, "POST", "/v1/templates/w@/scale", &body)
    };
    let up = scale("4");
    assert!(
        up.contains(r#""added":["w@2","w@3","w@4"],"removed":[]"#),
        "{up}"
    );
    daemon.wait_for_state(&name("w@4"), ServiceState::Running);
    // One has failed and its restart is pending; the others need a second to stop.
    let failed = |info: &relance_scm::manager::ServiceInfo| !info.recovery.pending.is_empty();
    while !failed(&daemon.query(&name("w@2"))) {}
    let down = scale("1");
    assert!(down.contains(r#""removed":["w@4","w@3","w@2"]"#), "{down}");
    let early = scale("4");
    assert!(
        early.contains("1072") && early.contains("try again when it has stopped"),
        "{early}"
    );
    while text(&daemon.relance(&["list"])).contains("w@ (") {}
    assert!(scale("2").contains(r#""added":["w@2"]"#));
    for (count, said) in [
        ("0", "1 to 1000 instances"),
        ("1001", "1 to 1000 instances"),
        ("-1", "87"),
    ] {
        let answer = scale(count);
        assert!(answer.contains(said), "{count}: {answer}");
    }
    let body = r#"{"instances":2}"#;
    let none = request(&daemon, "POST", "/v1/templates/none@/scale", body);
    assert!(none.contains("there are no instances of none@"), "{none}");
    let plain = request(&daemon, "POST", "/v1/templates/w/scale", body);
    assert!(plain.contains("write w@"), "{plain}");
}

#[test]
fn x52_files_that_name_a_template_say_how_many_instances() {
    let daemon = Daemon::start(relance());
    let file = daemon.folder().join("services.toml");
    let service = "[[service]]\nname = \"w@\"\ncommand_line = \"/bin/sleep 1000\"\n";
    std::fs::write(&file, service).expect("a file of the test's own");
    let path = file.display().to_string();
    let refused = daemon.relance(&["apply", "--file", &path]);
    assert!(!refused.status.success());
    assert!(
        text(&refused).contains("instances = 4"),
        "{}",
        text(&refused)
    );
    let body = r#"{"name":"w@","command_line":"/bin/true"}"#;
    let refused = request(&daemon, "POST", "/v1/services", body);
    assert!(refused.contains("name an instance, like w@1"), "{refused}");
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
