//! Completion in bash, as the packages install it: what it offers is what the program and its manager say.

use std::path::Path;
use std::process::Command;

use relance_scm::ServiceConfig;
use relance_testkit::daemon::Daemon;

use crate::support::{name, relance};

const SCRIPT: &str = "packaging/completions/relance.bash";

/// What is offered for the last of these words.
fn offered(daemon: &Daemon, words: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let complete = r#"source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _relance
        printf '%s\n' "${COMPREPLY[@]}""#;
    let output = Command::new("bash")
        .args(["-c", complete, "bash"])
        .arg(root.join(SCRIPT))
        .arg(relance())
        .args(words)
        .env("RELANCE_SOCKET", daemon.socket())
        .output()
        .expect("bash runs");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn commands_options_and_services_are_offered() {
    let daemon = Daemon::start(relance());
    for service in ["mailer", "worker"] {
        daemon.create(ServiceConfig::new(name(service), "/bin/true"));
    }

    assert_eq!(offered(&daemon, &["stat"]), ["status"]);
    assert_eq!(offered(&daemon, &["status", "w"]), ["worker"]);
    assert_eq!(offered(&daemon, &["status", ""]), ["mailer", "worker"]);
    assert_eq!(offered(&daemon, &["simulate", "--scr"]), ["--script"]);
    assert_eq!(offered(&daemon, &["help", "simul"]), ["simulate"]);
    assert!(offered(&daemon, &["status", "nobody"]).is_empty());
}
