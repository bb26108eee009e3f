//! Level 2: random settings and random scripts against the naive model.

use std::time::Duration;

use proptest::prelude::*;
use relance_policy::simulate::{Happening, StartOutcome};
use relance_scm::config::{Extensions, Rule, Rules};
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::settings::{
    BACKOFF, BACKOFF_MAX, FAILURE_RULES, NO_RESTART_ON_EXIT, QUIET_HOURS, RESET_AFTER_RUN,
    RESTART_JITTER, RESTART_LIMIT, RESTART_LIMIT_PERIOD, RETRY_FAILED_STARTS, SCHEDULE,
    WHEN_START_MISSED, WHEN_STILL_RUNNING,
};
use relance_scm::status::ProcessExit;
use relance_scm::{EndCause, EndCauseKind, ExitCode, RecoveryActionKind, ResetPeriod, Win32Error};

use crate::model::{Both, Periodic};
use crate::support::config;

fn action() -> impl Strategy<Value = RecoveryAction> {
    let delay = prop_oneof![Just(0), 1_u32..5000, Just(60_000), Just(u32::MAX)];
    (0_u32..=4, delay).prop_map(|(kind, delay)| {
        RecoveryAction::new(RecoveryActionKind::from_raw(kind).unwrap(), delay)
    })
}

fn reset() -> impl Strategy<Value = ResetPeriod> {
    prop_oneof![
        Just(ResetPeriod::Seconds(0)),
        (1_u32..100).prop_map(ResetPeriod::Seconds),
        Just(ResetPeriod::Infinite),
    ]
}

/// `None`: somebody asks for a restart.
fn happening() -> impl Strategy<Value = Option<Happening>> {
    prop_oneof![9 => ordinary().prop_map(Some), 1 => Just(None)]
}

fn ordinary() -> impl Strategy<Value = Happening> {
    let code = || (0_u32..3).prop_map(|n| ExitCode::from_raw([0, 5, 1066][n as usize], n));
    prop_oneof![
        2 => Just(Happening::Start),
        3 => (0..256).prop_map(|status| Happening::Exit(ProcessExit::Exited(status))),
        1 => Just(Happening::Exit(ProcessExit::Signaled(9))),
        2 => code().prop_map(Happening::Stopped),
        1 => Just(Happening::Caused(EndCause::new(EndCauseKind::MemoryLimit, "").into())),
        1 => Just(Happening::Stop),
        1 => Just(Happening::ExitInStop(ProcessExit::Exited(0))),
        1 => code().prop_map(Happening::StoppedInStop),
        1 => Just(Happening::NextStart(StartOutcome::FailsWith(Win32Error::FILE_NOT_FOUND))),
    ]
}

fn pause() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        (0_u64..6000).prop_map(Duration::from_millis),
        (0_u64..120).prop_map(Duration::from_secs),
        Just(Duration::from_secs(60 * 86_400)),
    ]
}

/// Up to four rules of up to two causes.
fn rules() -> impl Strategy<Value = Rules> {
    let words = [
        "any",
        "exit",
        "exit:1-9",
        "signal",
        "error:5",
        "start",
        "memory-limit",
    ];
    let cause = prop::sample::select(words.to_vec());
    let rule = (
        prop::collection::vec(cause, 1..3),
        prop::collection::vec(action(), 1..4),
    );
    let rule = rule.prop_map(|(causes, actions)| Rule {
        causes: causes.iter().map(|word| word.parse().unwrap()).collect(),
        actions: actions.into(),
    });
    let rules = prop::collection::vec(rule, 1..5).prop_map(|rules| Rules(rules.into()));
    prop_oneof![1 => Just(Rules::default()), 2 => rules]
}

/// Settings beyond Windows, each on or off.
fn extensions() -> impl Strategy<Value = Extensions> {
    let backoff = prop_oneof![
        2 => Just(None),
        1 => Just(Some("exponential")),
        1 => Just(Some("linear")),
        1 => Just(Some("linear/700ms")),
    ];
    let most = prop_oneof![Just(300_u64), Just(1), 2_u64..2000];
    let run = prop::option::of((0_u64..100).prop_map(Duration::from_secs));
    let limit = prop::option::of(1_u64..5);
    let period = prop_oneof![Just(0_u64), 1_u64..600];
    (backoff, most, any::<bool>(), run, limit, period, rules()).prop_map(
        |(backoff, most, jitter, run, limit, period, rules)| {
            let mut extensions = Extensions::default();
            let backoff = backoff.map(|text| text.parse().unwrap());
            extensions.set(BACKOFF, backoff);
            extensions.set(BACKOFF_MAX, Duration::from_secs(most));
            let jitter = if jitter { 5 } else { 0 };
            extensions.set(RESTART_JITTER, Duration::from_secs(jitter));
            extensions.set(RESET_AFTER_RUN, run);
            extensions.set(FAILURE_RULES, rules);
            extensions.set(RESTART_LIMIT, limit);
            extensions.set(RESTART_LIMIT_PERIOD, Duration::from_secs(period));
            extensions
        },
    )
}

/// What happens to a service with a schedule.
fn by_the_clock() -> impl Strategy<Value = Option<Happening>> {
    let asleep = prop_oneof![0_u64..100, 0_u64..4000];
    let asleep = asleep.prop_map(|time| Some(Happening::Asleep(Duration::from_secs(time))));
    prop_oneof![9 => ordinary().prop_map(Some), 1 => Just(None), 2 => asleep]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn x72_schedules_start_it_as_a_plain_reading_of_the_rules_says(
        actions in prop::collection::vec(action(), 0..6),
        reset in reset(),
        missed in prop::sample::select(vec!["skip", "run"]),
        running in prop::sample::select(vec!["skip", "queue"]),
        begin in -10_000_i64..10_000,
        period in prop_oneof![1_i64..120, 120_i64..5000],
        script in prop::collection::vec((by_the_clock(), 0_u64..400), 1..20),
    ) {
        let mut config = config(&actions, reset);
        config.extensions.set(SCHEDULE, Some("*:0".into()));
        config.extensions.set(WHEN_START_MISSED, missed);
        config.extensions.set(WHEN_STILL_RUNNING, running);
        let mut both = Both::by_the_clock(&config, Periodic { begin, period });
        for (what, time) in script {
            match what {
                Some(what) => both.happen(what),
                None => both.restart(),
            }
            both.pass(Duration::from_secs(time));
            both.check();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn step_does_what_a_plain_reading_of_the_rules_says(
        actions in prop::collection::vec(action(), 0..6),
        reset in reset(),
        flag: bool,
        command: bool,
        retries_starts: bool,
        // X12: the codes with which services of these scripts stop.
        final_codes in prop::sample::subsequence(vec![0_u8, 2], 0..=2),
        extensions in prop_oneof![Just(Extensions::default()), extensions()],
        quiet_hours: bool,
        // 01:59, 02:15 and some other time.
        clock in prop_oneof![Just(7140_u32), Just(8100), Just(36_000)],
        script in prop::collection::vec((happening(), pause()), 1..25),
    ) {
        let mut config = config(&actions, reset);
        config.failure_actions_on_non_crash_failures = flag;
        config.failure_actions.command = if command { "notify".into() } else { "".into() };
        config.extensions = extensions;
        config.extensions.set(RETRY_FAILED_STARTS, retries_starts);
        config.extensions.set(NO_RESTART_ON_EXIT, final_codes.into_iter().collect());
        let hours = quiet_hours.then(|| "02:00-02:30".into());
        config.extensions.set(QUIET_HOURS, hours);
        let mut both = Both::at(&config, clock);
        for (what, time) in script {
            // A start that is refused changes nothing in either.
            match what {
                Some(what) => both.happen(what),
                None => both.restart(),
            }
            both.pass(time);
            both.check();
        }
    }
}
