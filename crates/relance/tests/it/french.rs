//! What the command line and the manager say to a French reader.

use std::process::Output;

use relance_scm::{ServiceConfig, ServiceKind};
use relance_testkit::daemon::Daemon;

use crate::support::{name, relance};

/// A command in a terminal whose language is French.
fn french(daemon: &Daemon, arguments: &[&str]) -> Output {
    let mut command = daemon.client(arguments);
    command.env("RELANCE_LANG", "fr_FR.UTF-8");
    command.output().expect("the program runs")
}

fn program(daemon: &Daemon, service: &str, line: &str) {
    let mut config = ServiceConfig::new(name(service), line);
    config.kind = ServiceKind::Program;
    daemon.create(config);
}

/// What a command says when it fails, without the spaces that do not break.
fn refusal(output: &Output) -> String {
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

#[test]
fn starts_controls_and_settings_that_fail_say_why_in_french() {
    let daemon = Daemon::start(relance());
    program(&daemon, "missing", "/nowhere/program");
    program(&daemon, "stopped", "/bin/sleep 100000");
    let says = |arguments: &[&str], wanted: &str| {
        let text = refusal(&french(&daemon, arguments));
        assert!(text.contains(wanted), "{text}");
    };
    says(
        &["start", "missing"],
        "missing ne peut pas démarrer : le dossier du programme /nowhere/program n’existe pas ; corrigez la ligne de commande",
    );
    says(
        &["stop", "stopped"],
        "stopped ne tourne pas ; démarrez-le d’abord",
    );
    says(
        &["cancel-recovery", "stopped"],
        "aucune action de récupération de stopped n’est en attente",
    );
    says(
        &["config", "stopped", "--pass-env", "a b"],
        "« a b » ne désigne pas de variable à transmettre",
    );
    says(&["stop", "no*"], "aucun service ne correspond à « no* »");
}

#[test]
fn what_a_command_cannot_read_is_said_in_french() {
    let daemon = Daemon::start(relance());
    let file = daemon.folder().join("twice.toml");
    let service = "[[service]]\nname = 'a'\ncommand_line = '/a'\n";
    std::fs::write(&file, [service, service].concat()).expect("a file");
    let file = file.to_string_lossy();
    let says = |arguments: &[&str], status: i32, wanted: &str| {
        let output = french(&daemon, arguments);
        let text = refusal(&output);
        assert!(text.starts_with(wanted), "{text}");
        assert_eq!(output.status.code(), Some(status), "{text}");
    };
    says(
        &["logs", "a", "--line", "3"],
        2,
        "erreur : il n’y a pas d’option --line ; vouliez-vous dire --lines ? (87 ERROR_INVALID_PARAMETER)\n\
         utilisation : relance logs",
    );
    says(
        &["apply", "--file", "/nowhere"],
        2,
        "erreur : /nowhere ne peut pas être lu : il n’existe pas",
    );
    says(
        &["import", "/nowhere"],
        3,
        "erreur : /nowhere ne peut pas être lu : il n’existe pas (2 ERROR_FILE_NOT_FOUND)",
    );
    says(
        &["apply", "--file", &file],
        2,
        &format!("erreur : {file}:5:8 : a est décrit ici et à {file}:2:8"),
    );
    says(
        &["daemon", "--config", "/nowhere"],
        78,
        "erreur : il n’y a pas de réglages /nowhere ; nommez le fichier avec --config",
    );
    says(
        &["daemon", "--state", "/etc/passwd"],
        78,
        "erreur : /etc/passwd, sur le chemin vers le dossier d’état, n’est pas un dossier",
    );
    let php = french(&daemon, &["php", "doctor", "--php", "/nowhere"]);
    let text = String::from_utf8_lossy(&php.stdout).replace('\u{a0}', " ");
    assert!(text.contains("il ne peut pas être exécuté"), "{text}");
}

#[test]
fn json_is_the_same_in_each_language() {
    let daemon = Daemon::start(relance());
    program(&daemon, "stopped", "/bin/sleep 100000");
    for arguments in [
        &["stop", "stopped", "--json"][..],
        &["stop", "--all", "--json"],
        &["start", "--all", "--no-wait", "--json"],
        &["stop", "--nosuch", "--json"],
        &["apply", "--file", "/nowhere", "--json"],
    ] {
        let output = french(&daemon, arguments);
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(
            text.contains("is not running; start it first")
                || text.contains("started")
                || text.contains("there is no option --nosuch")
                || text.contains("it does not exist"),
            "{text}"
        );
    }
}

#[test]
fn what_commands_show_is_french() {
    let daemon = Daemon::start(relance());
    program(&daemon, "bad", "/bin/sh -c \"exit 3\"");
    let says = |arguments: &[&str], wanted: &[&str]| {
        let output = french(&daemon, arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let text = text.replace(['\u{a0}', '\u{202f}'], " ");
        for part in wanted {
            assert!(text.contains(part), "{part} in {text}");
        }
    };
    says(
        &["status", "bad"],
        &["état", "code de sortie", "pas d’action de récupération"],
    );
    says(&["list"], &["NOM", "ÉTAT", "DÉMARRAGE"]);
    says(
        &["failure", "bad"],
        &["remise à zéro", "non : seulement les plantages"],
    );
    says(
        &["health", "bad"],
        &["pas bien : bad n’a jamais démarré (sur 1)"],
    );
    says(&["doctor"], &["problèmes : 0"]);
    says(
        &["config", "bad"],
        &["Sorte", "un réglage que Windows n’a pas"],
    );
    says(&["events"], &["Le service bad a été installé"]);
}
