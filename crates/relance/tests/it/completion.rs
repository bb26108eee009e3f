//! Completion in bash, as the packages install it: what it offers is what the program and its manager say.

use std::path::Path;
use std::process::Command;

use relance_scm::ServiceConfig;
use relance_testkit::daemon::Daemon;

use crate::support::{name, relance};

/// What bash offers for the last of these words, by the script that the packages install.
fn offered(daemon: &Daemon, words: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = relance().parent().expect("a folder");
    let complete = r#"PATH=$1:$PATH; source "$2"; shift 2
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9
        _clap_complete_relance relance "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\n' "${COMPREPLY[@]}""#;
    let output = Command::new("bash")
        .args(["-c", complete, "bash"])
        .arg(folder)
        .arg(root.join("packaging/completions/relance.bash"))
        .arg("relance")
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
    let names = offered(&daemon, &["status", ""]);
    assert_eq!(names[..2], ["mailer", "worker"]);
    assert!(names.contains(&"--all".to_owned()), "{names:?}");
    assert_eq!(offered(&daemon, &["simulate", "--scr"]), ["--script"]);
    assert!(offered(&daemon, &["status", "nobody"]).is_empty());
    assert_eq!(offered(&daemon, &["grant", "w"]), ["worker"]);
    let users = offered(&daemon, &["grant", "worker", "roo"]);
    assert!(users.contains(&"root".to_owned()), "{users:?}");
    assert_eq!(
        offered(&daemon, &["grant", "worker", "root", "st"]),
        ["start", "stop"]
    );
}
