//! Standing orders (X111): what they say in advance is what the steps do afterwards.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use relance_policy::{Action, Input, RunId, RunPhase, ServiceRecord, ShutdownLimits, Timer, step};
use relance_scm::config::{Dependency, Rule, Rules, StartType};
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::settings::{
    BACKOFF, FAIL_ON_EXIT, FAILURE_RULES, NO_RESTART_ON_EXIT, QUIET_HOURS, READY_AFTER,
    RESET_AFTER_RUN, RESTART_GROUP, RESTART_JITTER, RESTART_LIMIT, RESTART_ON_EXIT, SCHEDULE,
    STOP_COMMAND, WATCHDOG,
};
use relance_scm::status::ProcessExit;
use relance_scm::{
    Control, RecoveryActionKind, ResetPeriod, ServiceConfig, ServiceKind, ServiceName, UserControl,
};

use crate::support::{Host, service};

/// A program that has failed so often, and runs.
fn failing(config: ServiceConfig, failures: u32) -> Host {
    let mut host = Host::program(config);
    for _ in 0..failures {
        fail(&mut host);
    }
    host
}

fn fail(host: &mut Host) {
    let run = host.run();
    host.exited(run, ProcessExit::Signaled(9));
    if host.record.run.is_none() {
        host.next_timer();
    }
    let run = host.run();
    host.spawned(run, 100 + run.number);
}

/// The ends that a standing order is about.
fn ends(record: &ServiceRecord) -> Vec<ProcessExit> {
    let Some(order) = record.standing_order() else {
        return Vec::new();
    };
    let signals = [6, 9, 11, 15].map(ProcessExit::Signaled);
    let statuses = [1, 75, 127, 255].map(ProcessExit::Exited);
    let statuses = statuses.into_iter().filter(|_| order.after_statuses);
    signals.into_iter().chain(statuses).collect()
}

/// The end of the run, and the restart, `late` after it: the next run is begun, and its process asked for at once.
fn check(host: &Host, exit: ProcessExit, after: Duration, late: Duration) {
    let run = host.run();
    let next = RunId {
        number: run.number + 1,
        ..run
    };
    let ended_at = host.now + after;
    let ended = step(&host.record, ended_at, Input::ProcessExited { run, exit });
    let (due, timer) = ended.record.next_deadline().expect("a restart");
    assert!(due <= ended_at, "it is due at once");
    assert!(matches!(timer, Timer::Recovery(_)), "{timer:?}");
    let begun = step(&ended.record, ended_at + late, Input::TimerFired(timer));
    assert!(begun.actions.contains(&Action::Spawn(next)), "{begun:?}");
    let new = begun.record.run.as_ref().expect("a run");
    assert_eq!((new.id, new.phase), (next, RunPhase::Spawning));
    assert!(new.arguments.is_empty());
    assert_eq!(
        begun.record.failure_count, ended.record.failure_count,
        "counted once"
    );
    assert_eq!(begun.record.start_config(), host.record.start_config());
}

#[test]
fn x111_a_program_that_always_restarts_at_once_has_one() {
    for failures in 0..3 {
        let host = failing(service("restart/0"), failures);
        let order = host.record.standing_order().expect("an order");
        assert!(
            !order.after_statuses,
            "an exit status does not count as a failure here"
        );
    }
    let mut config = service("restart/0");
    config.failure_actions_on_non_crash_failures = true;
    let host = failing(config, 1);
    assert!(host.record.standing_order().unwrap().after_statuses);
}

#[test]
fn x111_each_setting_that_makes_the_answer_uncertain_takes_it_away() {
    type Change = fn(&mut ServiceConfig);
    let changes: [Change; 12] = [
        |config| {
            config
                .extensions
                .set(QUIET_HOURS, Some("22:00-06:00".into()));
        },
        |config| config.extensions.set(RESTART_GROUP, Some("workers".into())),
        |config| config.failure_actions.actions = [].into(),
        |config| config.failure_actions.actions = service("restart/1").failure_actions.actions,
        |config| {
            config.failure_actions.actions = service("restart/0/none/0").failure_actions.actions;
        },
        |config| config.extensions.set(RESTART_LIMIT, Some(100)),
        |config| {
            config
                .extensions
                .set(RESTART_JITTER, Duration::from_secs(1));
        },
        |config| {
            config
                .extensions
                .set(BACKOFF, Some("linear".parse().unwrap()));
        },
        |config| {
            let rule = Rule {
                causes: ["any".parse().unwrap()].into(),
                actions: [RecoveryAction::new(RecoveryActionKind::Restart, 0)].into(),
            };
            config.extensions.set(FAILURE_RULES, Rules([rule].into()));
        },
        |config| config.start_type = StartType::Disabled,
        |config| {
            let needed = ServiceName::new("database").unwrap();
            config.dependencies = [Dependency::Service(needed)].into();
        },
        |config| config.kind = ServiceKind::Service,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut host = failing(service("restart/0"), 1);
        assert!(host.record.standing_order().is_some());
        let mut config = (*host.record.config).clone();
        change(&mut config);
        host.input(Input::ConfigChanged(config.into()));
        assert_eq!(host.record.standing_order(), None, "change {number}");
    }
    let inputs: [fn(&Host) -> Input; 6] = [
        |_| Input::ControlRequested {
            control: Control::Stop,
            dependents_active: false,
        },
        |_| Input::TerminateRequested,
        |_| Input::DeleteRequested,
        |host| Input::Hung { run: host.run() },
        |_| Input::ShutdownRequested {
            limits: ShutdownLimits::default(),
            needed: true,
        },
        |_| Input::RestartRequested {
            dependents_active: false,
            with_dependents: false,
            after: None,
        },
    ];
    for (number, input) in inputs.into_iter().enumerate() {
        let mut config = service("restart/0");
        config
            .extensions
            .set(WATCHDOG, Some(Duration::from_secs(5)));
        let mut host = failing(config, 1);
        assert!(host.record.standing_order().is_some());
        host.input(input(&host));
        assert_eq!(host.record.standing_order(), None, "input {number}");
    }
}

fn actions() -> impl Strategy<Value = Vec<RecoveryAction>> {
    let kind = prop_oneof![8 => Just(RecoveryActionKind::Restart), 1 => (0_u32..=4).prop_map(|kind| {
        RecoveryActionKind::from_raw(kind).unwrap()
    })];
    let delay = prop_oneof![8 => Just(0_u32), 1 => 1_u32..5000];
    let action = (kind, delay).prop_map(|(kind, delay)| RecoveryAction::new(kind, delay));
    prop::collection::vec(action, 0..4)
}

/// Settings that may matter, each mostly off.
fn settings() -> impl Strategy<Value = ServiceConfig> {
    let off = || prop::bool::weighted(0.1);
    let list = || prop::collection::vec(off(), 4);
    let reset = prop_oneof![
        Just(ResetPeriod::Seconds(0)),
        (1_u32..100).prop_map(ResetPeriod::Seconds),
        Just(ResetPeriod::Infinite),
    ];
    (actions(), reset, any::<bool>(), list(), list(), list()).prop_map(
        |(actions, reset, flag, one, two, three)| {
            let mut config = crate::support::config(&actions, reset);
            config.failure_actions_on_non_crash_failures = flag;
            let set = &mut config.extensions;
            let statuses = |is_set: bool| {
                if is_set {
                    [1, 75].into()
                } else {
                    Box::default()
                }
            };
            set.set(FAIL_ON_EXIT, statuses(one[0]));
            set.set(RESTART_ON_EXIT, statuses(one[1]));
            set.set(NO_RESTART_ON_EXIT, statuses(one[2]));
            set.set(BACKOFF, one[3].then(|| "exponential".parse().unwrap()));
            set.set(RESTART_JITTER, Duration::from_secs(two[0].into()));
            set.set(RESTART_LIMIT, two[1].then_some(2));
            set.set(RESET_AFTER_RUN, two[2].then_some(Duration::from_secs(5)));
            set.set(SCHEDULE, two[3].then(|| "*:0/20 UTC".into()));
            set.set(STOP_COMMAND, three[0].then(|| "/bin/true".into()));
            set.set(
                READY_AFTER,
                Duration::from_millis(if three[1] { 150 } else { 0 }),
            );
            if three[2] {
                let needed = ServiceName::new("database").unwrap();
                config.dependencies = [Dependency::Service(needed)].into();
            }
            config
        },
    )
}

/// Something that happens to a program that runs.
fn happens(host: &mut Host, what: u8) {
    let run = host.record.run.as_ref().map(|run| run.id);
    match (what, run) {
        (0..4, Some(run)) => {
            host.exited(run, ProcessExit::Signaled(9));
        }
        (4, Some(run)) => {
            host.exited(run, ProcessExit::Exited(75));
        }
        (5, Some(run)) => {
            host.input(Input::Hung { run });
        }
        (6, _) => {
            let control = Control::Stop;
            let dependents_active = false;
            host.input(Input::ControlRequested {
                control,
                dependents_active,
            });
        }
        (7, _) => {
            let control = Control::User(UserControl::new(200).unwrap());
            let dependents_active = false;
            host.input(Input::ControlRequested {
                control,
                dependents_active,
            });
        }
        (8, _) => {
            host.input(Input::RestartRequested {
                dependents_active: false,
                with_dependents: false,
                after: None,
            });
        }
        (9, _) => {
            let mut config = (*host.record.config).clone();
            config.display_name = "another".into();
            host.input(Input::ConfigChanged(Arc::new(config)));
        }
        (10, _) => {
            host.input(Input::TerminateRequested);
        }
        (11, _) => {
            host.input(Input::DeleteRequested);
        }
        (12..16, _) => {
            if let Some((_, timer)) = host.record.next_deadline() {
                let spawns = host.next_timer();
                assert_eq!(spawns, timer);
            }
        }
        (16..20, Some(run)) => {
            host.spawned(run, 100 + run.number);
        }
        _ => {
            host.start();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Wherever a record says what follows, it follows, at any later time.
    #[test]
    fn x111_what_a_record_says_in_advance_is_what_the_steps_do(
        config in settings(),
        script in prop::collection::vec((0_u8..22, 0_u64..5000), 0..30),
        after in prop_oneof![Just(0_u64), 0_u64..10_000, Just(400 * 86_400_000)],
        late in prop_oneof![Just(0_u64), 0_u64..10_000],
    ) {
        let mut host = Host::program(config);
        for (what, time) in script {
            happens(&mut host, what);
            host.now = host.now + Duration::from_millis(time);
            for exit in ends(&host.record) {
                check(&host, exit, Duration::from_millis(after), Duration::from_millis(late));
            }
        }
    }
}
