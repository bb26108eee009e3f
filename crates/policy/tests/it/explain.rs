//! `relance why`: the paragraph for each situation people ask about.

use relance_policy::explain::explain;
use relance_policy::simulate::{Script, Simulation};
use relance_scm::ServiceKind;
use relance_scm::failure_actions::{ActionList, parse_reset_period};
use relance_scm::settings::RESTART_ON_EXIT;
use relance_texts::{Lang, Text};

use crate::support::config;

struct Case {
    actions: &'static str,
    reset: &'static str,
    flag: bool,
    program: bool,
}

const CASE: Case = Case {
    actions: "restart/60000",
    reset: "86400",
    flag: false,
    program: false,
};

fn why(case: &Case, script: &str) -> String {
    let actions: ActionList = case.actions.parse().unwrap();
    let mut config = config(&actions.0, parse_reset_period(case.reset).unwrap());
    config.failure_actions_on_non_crash_failures = case.flag;
    if case.program {
        config.kind = ServiceKind::Program;
        config.extensions.set(RESTART_ON_EXIT, [0].into());
    }
    let mut simulation = Simulation::new(config.into());
    let script: Script = script.parse().unwrap();
    for moment in &script.moments {
        simulation.play(moment);
    }
    english(&explain(simulation.record(), simulation.now()))
}

fn english(sentences: &[Text]) -> String {
    let sentences: Vec<_> = sentences.iter().map(|text| text.of(Lang::En)).collect();
    sentences.join("\n")
}

fn check(case: &Case, script: &str, expected: &[&str]) {
    assert_eq!(why(case, script), expected.join("\n"), "{script}");
}

#[test]
fn a_crash_that_will_be_recovered() {
    check(
        &CASE,
        "start, kill 11, quiet 20s",
        &[
            "mailer is STOPPED.",
            "Run 1.1 ended 20 s ago: its process ended with signal 11 (SEGV) while RUNNING, without reporting STOPPED.",
            "That is the 1st failure: a process that ends without reporting STOPPED has failed, whatever its exit status (R1, R2).",
            "Next, in 40 s: Restart the service, for the 1st failure.",
            "Failures so far: 1; without another one the counter starts again in 23 h 59 min (R12).",
        ],
    );
}

#[test]
fn a_crash_that_was_recovered() {
    check(
        &CASE,
        "start, crash, quiet 70s",
        &[
            "mailer is RUNNING: run 1.2, started 10 s ago because a recovery action restarted it.",
            "Run 1.1 ended 1 min 10 s ago: its process ended with signal 9 (KILL) while RUNNING, without reporting STOPPED.",
            "That is the 1st failure: a process that ends without reporting STOPPED has failed, whatever its exit status (R1, R2).",
            "Failures so far: 1; without another one the counter starts again in 23 h 58 min (R12).",
        ],
    );
}

#[test]
fn an_error_stop_without_the_flag_says_what_was_missing() {
    check(
        &CASE,
        "start, stopped 1066/7",
        &[
            "mailer is STOPPED.",
            "Run 1.1 ended 0 s ago: it stopped with its own error code 7 (1066).",
            "That is not a failure, because failure actions on non-crash failures are off; to have such stops recovered: relance failure mailer --on-error-stop (in PHP: 'recovery_enabled' => true) (R8.5).",
        ],
    );
}

#[test]
fn a_clean_stop_on_request() {
    check(
        &CASE,
        "start, stop",
        &[
            "mailer is STOPPED.",
            "Run 1.1 ended 0 s ago: it stopped with exit code 0, after a stop was requested.",
            "That is not a failure: it reported STOPPED without an error (R8.4).",
        ],
    );
}

#[test]
fn the_other_reasons() {
    let has = |case: &Case, script: &str, part: &str| {
        let text = why(case, script);
        assert!(text.contains(part), "{script}: {text}");
    };
    let flag = Case { flag: true, ..CASE };
    has(&CASE, "", "not started since the manager's boot");
    has(
        &CASE,
        "start, stop exit 0",
        "although a stop was requested: STOPPED was never reported (R8.2)",
    );
    has(&flag, "start, stopped 5", "a stop with an error counts");
    has(&flag, "start, stopped 5", "error 5 (access is denied)");
    has(
        &Case {
            actions: "",
            flag: true,
            ..CASE
        },
        "start, stopped 5",
        "--actions restart/1m --reset 1d (R5).",
    );
    has(
        &Case {
            actions: "",
            ..CASE
        },
        "start, crash",
        "No action follows, because none are configured (R16)",
    );
    has(
        &Case {
            actions: "none/0",
            ..CASE
        },
        "start, crash",
        "for the 1st failure the list says none",
    );
    has(
        &Case {
            actions: "run/0",
            ..CASE
        },
        "start, crash",
        "(Run the configured recovery program) is over; if it failed",
    );
    has(
        &CASE,
        "start, crash, disable, quiet 61s",
        "(Restart the service) was refused or cancelled",
    );
    has(
        &Case {
            actions: "run/9",
            ..CASE
        },
        "start, crash",
        "none is configured, so nothing will run: R43",
    );
    has(
        &Case { reset: "0", ..CASE },
        "start, crash",
        "every failure counts as the first (R14)",
    );
    has(
        &Case {
            reset: "INFINITE",
            ..CASE
        },
        "start, crash",
        "the reset period is INFINITE (R15)",
    );
    has(
        &Case { reset: "5", ..CASE },
        "start, crash, quiet 9s",
        "the next failure is the first again (R13)",
    );
    has(
        &CASE,
        "spawn-fails 2, start",
        "the start failed with the file was not found (2 ERROR_FILE_NOT_FOUND)",
    );
    has(
        &CASE,
        "no-connect, start",
        "has not connected to the manager yet",
    );
    has(
        &Case {
            program: true,
            ..CASE
        },
        "start, exit 0",
        "this exit status asks for a new start",
    );
}

#[test]
fn the_same_in_french() {
    let actions: ActionList = CASE.actions.parse().unwrap();
    let config = config(&actions.0, parse_reset_period(CASE.reset).unwrap());
    let mut simulation = Simulation::new(config.into());
    for moment in &"start, kill 11, quiet 20s"
        .parse::<Script>()
        .unwrap()
        .moments
    {
        simulation.play(moment);
    }
    let french: Vec<_> = explain(simulation.record(), simulation.now())
        .iter()
        .map(|text| text.of(Lang::Fr).replace(['\u{A0}', '\u{202F}'], " "))
        .collect();
    assert_eq!(
        french,
        [
            "mailer est arrêté (STOPPED).",
            "L’exécution 1.1 s’est terminée il y a 20 s : son processus s’est terminé avec le signal 11 (SEGV) alors qu’il était en marche (RUNNING), sans annoncer STOPPED.",
            "C’est le 1er échec : un processus qui se termine sans annoncer STOPPED a échoué, quel que soit son code de sortie (R1, R2).",
            "Prochaine action, dans 40 s : redémarrer le service, pour le 1er échec.",
            "Échecs jusqu’ici : 1 ; sans nouvel échec, le compteur repart de zéro dans 23 h 59 min (R12).",
        ]
    );
}

#[test]
fn a_run_that_the_kernel_had_no_memory_for() {
    use relance_policy::{Input, step};
    use relance_scm::status::ProcessExit;
    use relance_scm::{EndCause, EndCauseKind};

    let mut simulation = Simulation::new(config(&[], parse_reset_period("0").unwrap()).into());
    let script: Script = "start".parse().unwrap();
    simulation.play(&script.moments[0]);
    let now = simulation.now();
    let mut record = simulation.record().clone();
    let run = record.run.as_ref().expect("it runs").id;
    let text = "the kernel killed 2 of its processes";
    let cause = EndCause::new(EndCauseKind::OutOfMemory, text).into();
    let exit = ProcessExit::Signaled(9);
    for input in [
        Input::CauseTold { run, cause },
        Input::ProcessExited { run, exit },
    ] {
        record = step(&record, now, input).record;
    }
    let why = english(&explain(&record, now));
    let expected =
        "without reporting STOPPED; out of memory: the kernel killed 2 of its processes.";
    assert!(why.contains(expected), "{why}");
}
