//! Rules by cause (X84, X85): which failures each cause names, whose tries they use up, and rules that never decide.

use relance_policy::explain;
use relance_policy::simulate::{Script, simulate};
use relance_policy::trap::{Trap, never_decides, traps};
use relance_scm::config::{Dependency, Rules};
use relance_scm::event::Event;
use relance_scm::settings::{
    FAIL_ON_EXIT, FAILURE_RULES, NO_RESTART_ON_EXIT, PROBE, RECOVERY_POLICY, RESTART_LIMIT,
    RESTART_ON_EXIT, RETRY_FAILED_STARTS, WATCHDOG,
};
use relance_scm::status::ProcessExit;
use relance_scm::{RecoveryActionKind, RecoveryPolicy, ServiceConfig, ServiceKind, ServiceName};

use crate::support::{Host, service};

fn with(rules: &[&str]) -> ServiceConfig {
    let mut config = service("restart/60000");
    config.failure_actions_on_non_crash_failures = true;
    config.failure_actions.command = "notify".into();
    let rules = Rules::read(rules.iter().copied()).unwrap();
    config.extensions.set(FAILURE_RULES, rules);
    config
}

fn program(rules: &[&str]) -> ServiceConfig {
    let mut config = with(rules);
    config.kind = ServiceKind::Program;
    config.extensions.set(RETRY_FAILED_STARTS, true);
    config
}

/// What follows each failure of a script, in the notation of lists.
fn follows(config: &ServiceConfig, script: &str) -> Vec<String> {
    let script: Script = script.parse().unwrap();
    let timeline = simulate(config, &script);
    let failed = timeline.logged().filter_map(|(_, event)| match event {
        Event::Failed { action, .. } => Some(*action),
        _ => None,
    });
    let text = |action: Option<relance_scm::failure_actions::RecoveryAction>| {
        action.map_or("nothing".to_owned(), |action| action.to_string())
    };
    failed.map(text).collect()
}

/// Each cause is named by its own word, by those that are wider, and by no other.
#[test]
fn x84_each_cause_has_its_words() {
    let words = [
        "exit:3",
        "exit",
        "crash",
        "signal:SEGV",
        "signal",
        "watchdog",
        "probe",
        "start",
        "out-of-memory",
        "exception:App\\*",
        "exception",
        "fatal-error",
        "memory-limit",
        "time-limit",
        "parse-error",
        "missing-extension",
    ];
    let rows = [
        ("exit 3", "exit:3 exit crash"),
        ("exit 4", "exit crash"),
        ("stopped 1066/3", "exit:3 exit"),
        ("stopped 5", ""),
        ("kill SEGV", "crash signal:SEGV signal"),
        ("kill KILL", "crash signal"),
        ("hang", "watchdog"),
        ("probe-fails", "probe"),
        (
            "exception App\\Down",
            "exit crash exception:App\\* exception",
        ),
        ("exception Other", "exit crash exception"),
        ("fatal-error", "exit crash fatal-error"),
        ("memory-limit", "exit crash fatal-error memory-limit"),
        ("time-limit", "exit crash fatal-error time-limit"),
        ("parse-error", "exit crash exception parse-error"),
        (
            "missing-extension",
            "exit crash exception missing-extension",
        ),
        ("out-of-memory", "crash signal out-of-memory"),
        ("spawn-fails 2, crash", "crash signal"),
    ];
    for (script, expected) in rows {
        let named = words.into_iter().filter(|word| {
            let mut config = with(&[&format!("{word}=run/7")]);
            config
                .extensions
                .set(WATCHDOG, Some(std::time::Duration::from_secs(5)));
            follows(&config, script)[0] == "run/7"
        });
        assert_eq!(named.collect::<Vec<_>>().join(" "), expected, "{script}");
    }
}

#[test]
fn x84_the_first_rule_with_the_cause_decides_and_else_the_list() {
    let config = with(&[
        "exit:75=restart/0",
        "exit:70-79,signal:SEGV=restart/10",
        "exit=none",
    ]);
    let script = "stopped 1066/75, stopped 1066/76, kill SEGV, kill KILL, stopped 1066/1";
    let expected = [
        "restart/0",
        "restart/10",
        "restart/10",
        "restart/60000",
        "none/0",
    ];
    assert_eq!(follows(&config, script), expected);
}

#[test]
fn x84_one_cause_does_not_use_up_the_tries_of_another() {
    let mut config = with(&["exit:75=restart/1/restart/2/restart/3"]);
    config.failure_actions.actions = service("restart/10/restart/20/none/0")
        .failure_actions
        .actions;
    let script = "stopped 1066/75, crash, stopped 1066/75, stopped 1066/75, crash, stopped 1066/75";
    let expected = [
        "restart/1",
        "restart/10",
        "restart/2",
        "restart/3",
        "restart/20",
        "restart/3",
    ];
    assert_eq!(follows(&config, script), expected);
    // After the reset period each begins again.
    let again = format!("{script}, quiet 61s, stopped 1066/75, crash");
    assert_eq!(follows(&config, &again)[6..], ["restart/1", "restart/10"]);
}

#[test]
fn x84_a_program_is_judged_first_and_then_the_rules_see_it() {
    let mut config = program(&["exit:75=run/0", "any=restart/5"]);
    config.extensions.set(RESTART_ON_EXIT, [75].into());
    assert_eq!(
        follows(&config, "exit 75, exit 3"),
        ["restart/5"],
        "75 does not fail (X2)"
    );
    let starts = program(&["start=run/0"]);
    assert_eq!(
        follows(&starts, "crash, quiet 1s, spawn-fails 2, quiet 61s")[1],
        "run/0"
    );
}

#[test]
fn x84_rules_alone_are_actions_enough() {
    let mut config = program(&["exit:75=restart/5"]);
    config.failure_actions.actions = [].into();
    assert_eq!(
        follows(&config, "exit 75, exit 3"),
        ["restart/5", "nothing"]
    );
}

#[test]
fn x84_a_dependency_that_did_not_start_is_a_failure_if_a_rule_names_it() {
    for (rule, counted) in [("dependency=restart/5000", 1), ("start=restart/5000", 0)] {
        let mut config = program(&[rule]);
        let db = ServiceName::new("db").unwrap();
        config.dependencies = [Dependency::Service(db.clone())].into();
        let mut host = Host::new(config);
        host.start();
        let run = host.run();
        let failure = relance_policy::input::DependencyFailure::Failed(
            db,
            relance_scm::Win32Error::SERVICE_NEVER_STARTED,
        );
        let result = Err(failure);
        host.input(relance_policy::Input::DependenciesResolved { run, result });
        assert_eq!(host.record.failure_count, counted, "{rule}");
        assert_eq!(
            host.record.pending_actions.len(),
            counted as usize,
            "{rule}"
        );
    }
}

#[test]
fn x84_a_rule_may_say_what_follows_giving_up_but_no_restart() {
    let mut config = program(&["gave-up=restart/0/run/3", "any=restart/1"]);
    config.extensions.set(RESTART_LIMIT, Some(1));
    assert_eq!(follows(&config, "crash, crash"), ["restart/1", "run/3"]);
}

#[test]
fn x84_why_names_the_rule() {
    let mut host = Host::program(program(&["exit:75=restart/2000"]));
    let run = host.run();
    host.exited(run, ProcessExit::Exited(75));
    let sentences = explain::explain(&host.record, host.now);
    let text: Vec<_> = sentences
        .iter()
        .map(|text| text.of(relance_texts::Lang::En))
        .collect();
    let text = text.join(" ");
    let expected = "What follows is the 1st action of the rule exit:75=restart/2000 (X84).";
    assert!(text.contains(expected), "{text}");
    assert_eq!(
        host.record.pending_actions[0].action.kind,
        RecoveryActionKind::Restart
    );
}

#[test]
fn x101_why_names_the_policy() {
    let why = |config: ServiceConfig| {
        let mut host = Host::program(config);
        let run = host.run();
        host.exited(run, ProcessExit::Exited(75));
        let sentences = explain::explain(&host.record, host.now);
        let text = sentences
            .iter()
            .map(|text| text.of(relance_texts::Lang::En));
        text.collect::<Vec<_>>().join(" ")
    };
    let mut config = program(&["exit:75=restart/2000"]);
    assert!(!why(config.clone()).contains("X101"));
    config
        .extensions
        .set(RECOVERY_POLICY, Some("workers".into()));
    let text = why(config);
    assert!(text.contains("said by the policy workers"), "{text}");
}

#[test]
fn x85_of_a_policy_the_causes_are_not_known() {
    let never = |rules: &[&str]| {
        let mut policy = RecoveryPolicy::new("workers".parse().unwrap());
        let rules = Rules::read(rules.iter().copied()).unwrap();
        policy.extensions.set(FAILURE_RULES, rules);
        never_decides(&policy.as_config()).map(|(number, _)| number)
    };
    assert_eq!(
        never(&["probe=none", "error:5=none", "dependency=none"]),
        None
    );
    assert_eq!(never(&["any=none", "probe=none"]), Some(2));
    assert_eq!(never(&["gave-up=run/0"]), Some(1), "there is no limit");
}

#[test]
fn x85_a_rule_that_never_decides_is_a_trap() {
    let never = |config: &ServiceConfig| never_decides(config).map(|(number, _)| number);
    let rows: [(&[&str], Option<u32>); 10] = [
        (&["exit:75=restart/0", "any=none"], None),
        (&["any=none", "exit:75=restart/0"], Some(2)),
        (&["exit:1-9=none", "exit:3,exit:4=restart/0"], Some(2)),
        (&["exit:1-9=none", "exit:3,exit:40=restart/0"], None),
        (&["memory-limit=restart/0"], Some(1)),
        (&["exit:0=restart/0"], Some(1)),
        (&["exit:78=restart/0"], Some(1)),
        (&["gave-up=run/0"], Some(1)),
        (&["probe=restart/0"], Some(1)),
        (&["dependency=restart/0"], Some(1)),
    ];
    for (rules, expected) in rows {
        let mut config = program(rules);
        config.extensions.set(NO_RESTART_ON_EXIT, [78].into());
        assert_eq!(never(&config), expected, "{rules:?}");
    }
    let mut config = program(&["probe=restart/0"]);
    config
        .extensions
        .set(PROBE, Some("tcp:127.0.0.1:1".parse().unwrap()));
    assert_eq!(never(&config), None);
    let mut config = program(&["exit:1-9=restart/0"]);
    config.extensions.set(FAIL_ON_EXIT, [10].into());
    assert!(traps(&config).contains(&Trap::RuleNeverDecides(1)));
    assert_eq!(
        never(&with(&["memory-limit=restart/0"])),
        None,
        "a service tells of it"
    );
}
