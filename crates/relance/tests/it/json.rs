//! `--json` changes what is printed, and nothing else: the exit status and what is done stay the same.

use std::collections::BTreeSet;
use std::process::Output;

use relance_testkit::daemon::Daemon;
use serde_json::Value;

use crate::selection::workers;

/// Lines that fail, at least one for each command. `FOLDER` is that of the test; nothing in it has these names.
const FAILING: &[&str] = &[
    "list nobody",
    "list --state nonsense",
    "status nobody",
    "top",
    "health nobody",
    "why nobody",
    "failures --since nonsense",
    "is-active --nonsense",
    "is-failed --nonsense",
    "logs nobody",
    "logs -f nobody",
    "events --service nobody",
    "events --level nonsense",
    "notify test nobody",
    "notify check FOLDER/missing.toml",
    "explain nonsense",
    "start nobody",
    "stop nobody",
    "stop worker1 --terminate-after 1s",
    "restart nobody",
    "reload worker1",
    "pause mailer",
    "continue nobody",
    "control mailer 200",
    "control mailer 5000",
    "terminate worker1",
    "wait nobody",
    "create mailer -- /bin/true",
    "create x",
    "scale nobody@ 2",
    "delete nobody",
    "config nobody",
    "config mailer --stop-signal NOPE",
    "failure nobody",
    "policy show nobody",
    "policy delete nobody",
    "cancel-recovery mailer",
    "access nobody",
    "grant mailer no-such-user start",
    "revoke nobody root",
    "enable nobody",
    "disable nobody",
    "apply -f FOLDER/missing.toml",
    "export nobody",
    "edit nobody",
    "sc start nobody",
    "sc nonsense",
    "import FOLDER/missing.conf",
    "simulate --script nonsense",
    "replay nobody --actions none/0",
    "test FOLDER/missing.toml",
    "daemon --config FOLDER/missing.toml",
    "console",
    "mcp --nonsense",
    "php doctor --nonsense",
    "doctor --nonsense",
    "backup FOLDER/backup --state FOLDER/missing",
    "restore FOLDER/missing --state FOLDER/missing",
    "upgrade --socket FOLDER/missing.sock",
    "clock advance",
    "demo --php FOLDER/missing",
    "nonsense",
];

/// Lines that answer, some of them with a status that is not 0.
const ANSWERING: &[&str] = &[
    "list",
    "status",
    "status mailer",
    "health mailer",
    "health worker1",
    "why mailer",
    "failures",
    "is-active mailer",
    "is-active worker1",
    "is-failed worker1",
    "events --limit 5",
    "notify list",
    "notify queue",
    "explain R12",
    "config mailer",
    "failure mailer",
    "policy list",
    "access mailer",
    "export mailer",
    "simulate --script crash",
    "console sessions",
    "php doctor --php FOLDER/missing",
    "doctor",
];

#[test]
fn json_changes_only_what_is_printed() {
    let daemon = workers();
    assert!(daemon.relance(&["start", "mailer"]).status.success());
    let mut wrong = Vec::new();
    for line in FAILING {
        let (plain, json) = both(&daemon, line);
        let error: Option<Value> = serde_json::from_slice(&json.stderr).ok();
        let is_error = error.is_some_and(|error| error["error"]["code"].is_number());
        let codes = (plain.status.code(), json.status.code());
        if !is_error || codes.0 != codes.1 || codes.0 == Some(0) {
            wrong.push(format!("{line}: {plain:?}\n{json:?}"));
        }
    }
    for line in ANSWERING {
        let (plain, json) = both(&daemon, line);
        let whole = serde_json::from_slice::<Value>(&json.stdout).is_ok();
        let text = String::from_utf8_lossy(&json.stdout);
        let lines = text
            .lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok());
        if !(whole || lines) || plain.status.code() != json.status.code() {
            wrong.push(format!("{line}: {plain:?}\n{json:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_command_has_a_line_here() {
    let overview = std::process::Command::new(crate::support::relance())
        .arg("help")
        .env("RELANCE_LANG", "en")
        .output()
        .expect("the program runs");
    let overview = String::from_utf8(overview.stdout).expect("text");
    let commands: BTreeSet<&str> = overview
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .collect();
    assert!(commands.len() > 45, "{commands:?}");
    let tried = FAILING
        .iter()
        .filter_map(|line| line.split(' ').next())
        .collect();
    let missing: Vec<_> = commands.difference(&tried).collect();
    assert!(
        missing.is_empty(),
        "add a line that fails to FAILING: {missing:?}"
    );
}

/// What a line comes to without and with `--json`.
fn both(daemon: &Daemon, line: &str) -> (Output, Output) {
    let folder = daemon.folder().to_str().expect("text");
    let line = line.replace("FOLDER", folder);
    let words: Vec<&str> = line.split(' ').collect();
    let plain = daemon.relance(&words);
    (plain, daemon.relance(&[&["--json"], &words[..]].concat()))
}
