//! What commands say to a French reader: all of it comes from the catalogue, or is data.
//!
//! The program puts each French message in ⟦brackets⟧. A sentence outside of them was written in the code, in English.

use std::fs;

use relance_scm::{ServiceConfig, ServiceKind};
use relance_testkit::daemon::Daemon;

use crate::french_texts::{outside, sentences};
use crate::support::{name, relance};

/// Commands about a service that runs, one that failed and one that cannot start, and mistakes.
const LINES: &[&str] = &[
    "list",
    "status",
    "status bad",
    "health",
    "why",
    "why bad",
    "why gone",
    "failures",
    "events",
    "config good",
    "failure good",
    "access good",
    "doctor --all",
    "explain 7031 1053",
    "simulate good",
    "simulate good bad --compare",
    "simulate --script nonsense",
    "notify list",
    "notify queue",
    "notify check FOLDER/notify.toml",
    "notify send a hello --file FOLDER/reach.toml",
    "apply --dry-run -f FOLDER/services.toml",
    "test FOLDER/test.toml",
    "daemon --config FOLDER/relance.toml",
    "start good",
    "start gone",
    "stop bad",
    "control good 99",
    "grant good nosuchuser start",
    "wait good --state nonsense",
    "create x --umask 9 -- /bin/x",
    "create x --start-type nonsense -- /bin/x",
    "logs bad --since nonsense",
    "import /nowhere",
    "backup /nowhere/x",
    "statsu",
];

#[test]
fn what_commands_say_is_french_or_data() {
    let daemon = Daemon::start(relance());
    populate(&daemon);
    let folder = daemon.folder().display().to_string();
    let mut foreign = Vec::new();
    for line in LINES {
        let words: Vec<String> = line
            .split(' ')
            .map(|word| word.replace("FOLDER", &folder))
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut command = daemon.client(&words);
        command
            .env("RELANCE_LANG", "fr")
            .env("RELANCE_TEXTS_MARKED", "1");
        let output = command.output().expect("the program runs");
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        // What a summary names as the command to go on with.
        let outside = outside(&text);
        let told = sentences(&outside).filter(|line| !line.contains(" relance "));
        foreign.extend(told.map(|text| format!("{line}: {text}")));
        foreign.extend(english(&text).map(|text| format!("{line}: {text}")));
    }
    assert!(foreign.is_empty(), "not French:\n{}", foreign.join("\n"));
}

/// English inside of French: the parameters of messages.
fn english(text: &str) -> impl Iterator<Item = String> {
    let is_english = |line: &&str| {
        [" the ", " is ", " cannot ", "refused", "expected "]
            .iter()
            .any(|word| line.contains(word))
    };
    let lines = text.lines().filter(is_english);
    lines.map(str::to_owned).collect::<Vec<_>>().into_iter()
}

fn populate(daemon: &Daemon) {
    for (service, line) in [
        ("good", "/bin/sleep 100000"),
        ("bad", "/bin/sh -c \"exit 3\""),
        ("gone", "/nowhere/program"),
    ] {
        let mut config = ServiceConfig::new(name(service), line);
        config.kind = ServiceKind::Program;
        daemon.create(config);
    }
    // They fail, and the commands above tell of it.
    for service in ["bad", "gone"] {
        let output = daemon.client(&["start", service]).output();
        assert!(!output.expect("the program runs").status.success());
    }
    use std::os::unix::fs::PermissionsExt;
    for (file, text) in [
        ("notify.toml", "[target.a]\nother = 1\n"),
        (
            "reach.toml",
            "[target.a]\nwebhook = 'http://127.0.0.1:1/'\n",
        ),
        ("services.toml", "[[service]]\nname = 'a'\nnofile = 1\n"),
        ("test.toml", "sevices = []\n"),
        ("relance.toml", "sockt = 'x'\n"),
    ] {
        let path = daemon.folder().join(file);
        fs::write(&path, text).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("a mode");
    }
}
