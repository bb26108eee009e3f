//! Who may do what, in words, tried by another user of the machine.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use relance_scm::{ServiceConfig, ServiceKind};
use relance_testkit::daemon::Daemon;

use crate::support::{copy_of_relance, name, relance};

/// Exit statuses: bad usage, refused, not found.
const USAGE: i32 = 2;
const REFUSED: i32 = 3;
const NOT_FOUND: i32 = 4;

/// A daemon of root's with two programs, whose socket others reach; `None` without root.
fn daemon() -> Option<Daemon> {
    if !rustix::process::getuid().is_root() {
        eprintln!("not run: needs root");
        return None;
    }
    let daemon = Daemon::start(relance());
    let mode = fs::Permissions::from_mode(0o711);
    fs::set_permissions(daemon.folder(), mode).expect("a folder of ours");
    for service in ["web", "other"] {
        let mut config = ServiceConfig::new(name(service), "/bin/sleep 1000");
        config.kind = ServiceKind::Program;
        daemon.create(config);
    }
    Some(daemon)
}

/// Runs a command of `relance` as the user `nobody`.
fn as_nobody(daemon: &Daemon, arguments: &[&str]) -> Output {
    let program = copy_of_relance(daemon.folder());
    Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(program)
        .args(arguments)
        .env("RELANCE_SOCKET", daemon.socket())
        .output()
        .expect("setpriv runs")
}

#[track_caller]
fn ends_with(output: &Output, status: i32) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(status), "{text}{said}");
    text + &said
}

#[test]
fn one_command_lets_a_user_restart_one_service_and_no_more() {
    let Some(daemon) = daemon() else { return };
    ends_with(&as_nobody(&daemon, &["start", "web"]), REFUSED);
    let grant = ["grant", "web", "user:65534", "restart"];
    ends_with(&as_nobody(&daemon, &grant), REFUSED);

    let said = ends_with(&daemon.relance(&grant), 0);
    assert!(said.contains("user:nobody"), "{said}");
    assert!(said.contains("query, start, stop\n"), "{said}");
    let entry = "sddl: D:(A;;CCLCSWRPWPLORC;;;S-1-22-1-65534)";
    assert!(said.contains(entry), "{said}");

    for command in [["start", "web"], ["restart", "web"], ["stop", "web"]] {
        ends_with(&as_nobody(&daemon, &command), 0);
    }
    for command in [
        &["start", "other"][..],
        &["config", "web", "--description", "mine"],
        &["delete", "web"],
        &["grant", "web", "user:65534", "all"],
        &["logs", "web"],
    ] {
        ends_with(&as_nobody(&daemon, command), REFUSED);
    }

    ends_with(
        &daemon.relance(&["revoke", "web", "user:65534", "start"]),
        0,
    );
    ends_with(&as_nobody(&daemon, &["start", "web"]), REFUSED);
    ends_with(&daemon.relance(&["grant", "web", "user:65534", "logs"]), 0);
    ends_with(&as_nobody(&daemon, &["logs", "web"]), 0);
    ends_with(&as_nobody(&daemon, &["logs", "other"]), REFUSED);
    let said = ends_with(&daemon.relance(&["revoke", "web", "user:65534"]), 0);
    assert!(said.contains("this is the default"), "{said}");
    let again = daemon.relance(&["revoke", "web", "user:65534"]);
    assert!(ends_with(&again, USAGE).contains("no entry gives user:65534 that"));
}

#[test]
fn no_descriptor_locks_root_out() {
    let Some(daemon) = daemon() else { return };
    for sddl in ["D:", "D:(D;;GA;;;WD)", "D:(A;;RP;;;S-1-22-1-65534)"] {
        ends_with(&daemon.relance(&["config", "web", "--security", sddl]), 0);
        let refused = as_nobody(&daemon, &["access", "web"]);
        // X110: who has any right on it knows of it.
        let knows = sddl.contains("65534");
        ends_with(&refused, if knows { REFUSED } else { NOT_FOUND });
        let said = ends_with(&daemon.relance(&["access", "web"]), 0);
        assert!(said.contains(&format!("sddl: {sddl}\n")), "{said}");
        ends_with(&daemon.relance(&["status", "web"]), 0);
        ends_with(&daemon.relance(&["config", "web", "--security", ""]), 0);
        ends_with(&daemon.relance(&["access", "web"]), 0);
    }
}

#[test]
fn x110_a_service_without_a_right_for_a_user_is_like_one_that_does_not_exist() {
    let Some(daemon) = daemon() else { return };
    let hide = ["revoke", "web", "local-users", "query"];
    ends_with(&daemon.relance(&hide), 0);
    let commands: [&[&str]; 14] = [
        &["status"],
        &["why"],
        &["config"],
        &["start"],
        &["stop"],
        &["restart"],
        &["terminate"],
        &["delete"],
        &["logs"],
        &["access"],
        &["export"],
        &["config", "--description", "mine"],
        &["grant", "user:65534", "start"],
        &["sc", "interrogate"],
    ];
    for command in commands {
        let with = |service: &str| {
            let mut arguments = command.to_vec();
            let at = if command[0] == "sc" { 2 } else { 1 };
            arguments.insert(at, service);
            let output = as_nobody(&daemon, &arguments);
            let said = [&output.stdout[..], &output.stderr[..]].concat();
            let said = String::from_utf8_lossy(&said).replace(service, "NAME");
            (output.status.code(), said)
        };
        assert_eq!(with("web"), with("WeX"), "{command:?}");
        assert_ne!(with("web").0, Some(0), "{command:?}");
        assert_eq!(with("web"), with("WEB").clone(), "{command:?}");
    }
}

#[test]
fn who_is_not_known_is_refused_and_a_trial_changes_nothing() {
    let Some(daemon) = daemon() else { return };
    let nobody = daemon.relance(&["grant", "web", "no-such-user", "start"]);
    let said = ends_with(&nobody, NOT_FOUND);
    assert!(
        said.contains("there is no user or group \"no-such-user\""),
        "{said}"
    );
    let word = daemon.relance(&["grant", "web", "root", "reload"]);
    assert!(ends_with(&word, USAGE).contains("use query, start, stop"));
    let trial = ["grant", "web", "user:nobody", "config", "--dry-run"];
    let said = ends_with(&daemon.relance(&trial), 0);
    assert!(said.contains("user:nobody can have anything run"), "{said}");
    let output = daemon.relance(&["access", "web", "--json"]);
    let access: serde_json::Value = serde_json::from_str(&ends_with(&output, 0)).expect("JSON");
    assert_eq!(access["is_default"], true);
    let entry = &access["entries"][1];
    assert_eq!(entry["who"], "administrators");
    assert_eq!(entry["rights"], serde_json::json!(["all"]));
    assert_eq!(entry["denies"], false);
}
