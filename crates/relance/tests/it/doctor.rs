//! `relance doctor` with a daemon and without one.

use std::process::Command;

use relance_testkit::daemon::Daemon;
use serde_json::Value;

use crate::support::relance;

/// What is said about something, from `--json`.
fn about<'a>(report: &'a Value, name: &str) -> Vec<(&'a str, &'a str)> {
    let findings = report["findings"].as_array().expect("findings");
    findings
        .iter()
        .filter(|finding| finding["about"] == name)
        .map(|finding| {
            let text = |field: &str| finding[field].as_str().expect("a text");
            (text("level"), text("text"))
        })
        .collect()
}

fn report(output: &std::process::Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn problems_are_found_and_end_with_3() {
    let daemon = Daemon::start(relance());
    let good = ["--actions", "restart/60000", "--reset", "60"];
    let create = [&["create", "good"], &good[..], &["--", "/bin/true"]].concat();
    assert!(daemon.relance(&create).status.success());
    let fine = daemon.relance(&["doctor", "--json"]);
    let said = report(&fine);
    assert_eq!(about(&said, "manager")[0].0, "fine");
    assert_eq!(about(&said, "good"), []);
    // The folder and the settings are those of this daemon.
    let folder = daemon.folder().to_string_lossy().into_owned();
    let of_folder = said["findings"].as_array().expect("findings").iter();
    let of_folder = of_folder.filter(|finding| {
        let about = finding["about"].as_str().expect("a text");
        about.starts_with(&folder)
    });
    assert_eq!(of_folder.count(), 2, "rights and room: {said}");

    let create = ["create", "bad", "--", "/no/such/program"];
    assert!(daemon.relance(&create).status.success());
    let actions = [
        "failure",
        "bad",
        "--actions",
        "reboot/60000",
        "--reset",
        "60",
    ];
    assert!(daemon.relance(&actions).status.success());
    let bad = daemon.relance(&["doctor", "--json"]);
    assert_eq!(bad.status.code(), Some(3));
    let said = report(&bad);
    let said = about(&said, "bad");
    assert!(said[0].0 == "problem" && said[0].1.contains("/no/such/program"));
    assert!(
        said[1].0 == "warning" && said[1].1.contains("R46"),
        "{said:?}"
    );
    // The same, for people.
    let text = daemon.relance(&["doctor"]).stdout;
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(text.contains("problem  bad: its program"), "{text}");
}

#[test]
fn r46_a_reboot_that_is_allowed_is_no_mistake() {
    let daemon = Daemon::with(relance(), &["--allow-reboot"]);
    let actions = ["--actions", "reboot/60000", "--reset", "60"];
    let create = [&["create", "a"], &actions[..], &["--", "/bin/true"]].concat();
    assert!(daemon.relance(&create).status.success());
    let said = report(&daemon.relance(&["doctor", "--json"]));
    assert_eq!(about(&said, "a"), []);
}

#[test]
fn without_a_daemon_the_socket_is_named_and_the_end_is_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("s");
    let output = Command::new(relance())
        .args(["doctor", "--json"])
        .env("RELANCE_SOCKET", &socket)
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    let said = report(&output);
    assert_eq!(about(&said, "manager")[0].0, "problem");
    let of_socket = about(&said, &socket.to_string_lossy());
    assert_eq!(of_socket, [("warning", "there is no socket")]);
}
