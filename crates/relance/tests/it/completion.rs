//! Completion in bash, zsh and fish, as the packages install it: what it offers is what the program and its manager
//! say.

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
        _relance relance "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
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

/// What another shell says with the scripts of the packages; `None` where it is not installed.
fn said(daemon: &Daemon, shell: &str, script: &str) -> Option<String> {
    let folder = relance().parent().expect("a folder").display();
    let path = std::env::var("PATH").expect("a path");
    let completions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/completions");
    let output = Command::new(shell)
        .args(["-c", script])
        .current_dir(completions)
        .env("PATH", format!("{folder}:{path}"))
        .env("HOME", daemon.folder())
        .env("RELANCE_SOCKET", daemon.socket())
        .output();
    let Ok(output) = output else {
        eprintln!("not run: needs {shell} (apt install {shell})");
        return None;
    };
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn names_with_colons_and_blanks_are_offered_as_bash_takes_them() {
    let daemon = Daemon::start(relance());
    for service in ["g:api", "g:worker", "a b"] {
        daemon.create(ServiceConfig::new(name(service), "/bin/true"));
    }
    // Bash makes three words of what is typed.
    assert_eq!(offered(&daemon, &["status", "g", ":", "a"]), ["api"]);
    assert_eq!(offered(&daemon, &["status", "g", ":"]), ["api", "worker"]);
    assert_eq!(offered(&daemon, &["stop", "x", "g", ":", "w"]), ["worker"]);
    assert_eq!(offered(&daemon, &["status", "a\\ "]), ["a\\", "b"]);
}

#[test]
fn zsh_and_fish_offer_the_same_the_first_time_they_are_asked() {
    let daemon = Daemon::start(relance());
    for service in ["g:api", "worker"] {
        daemon.create(ServiceConfig::new(name(service), "/bin/true"));
    }
    // What zsh would show is printed instead.
    let zsh = "fpath=($PWD $fpath); autoload -Uz _relance; compdef() {}; \
               _describe() { local list=$@[-1]; print -rl -- ${(P)list} }; \
               words=(relance status g); CURRENT=3; _relance";
    if let Some(said) = said(&daemon, "zsh", zsh) {
        assert_eq!(said, "g\\:api:STOPPED\n");
    }
    let fish =
        "source relance.fish; complete -C 'relance status w'; complete -C 'relance simulate --scr'";
    if let Some(said) = said(&daemon, "fish", fish) {
        assert!(said.starts_with("worker\tSTOPPED\n"), "{said}");
        assert!(said.contains("--script\t"), "{said}");
    }
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
