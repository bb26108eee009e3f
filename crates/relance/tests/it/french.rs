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
fn json_is_the_same_in_each_language() {
    let daemon = Daemon::start(relance());
    program(&daemon, "stopped", "/bin/sleep 100000");
    for arguments in [
        &["stop", "stopped", "--json"][..],
        &["stop", "--all", "--json"],
        &["start", "--all", "--no-wait", "--json"],
    ] {
        let output = french(&daemon, arguments);
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(
            text.contains("is not running; start it first") || text.contains("started"),
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
