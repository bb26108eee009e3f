//! Budgets (X95 to X99): what they say of actions, against a naive reading, and what the record makes of it.

use std::time::Duration;

use proptest::prelude::*;
use relance_policy::budget::{Budgets, Delayed, DueAction, MachineBudgets, Used, Verdict};
use relance_policy::simulate::{Script, simulate};
use relance_policy::{Action, Answer, Input, PendingAction, Time, Timer, explain};
use relance_scm::budget::Budget;
use relance_scm::event::Event;
use relance_scm::settings::QUIET_HOURS;
use relance_texts::Lang;

use crate::support::{Host, host, service};

const MINUTE: u64 = 60_000;

fn limits(restarts: Option<&str>, reboots: Option<&str>) -> MachineBudgets {
    MachineBudgets {
        quiet_hours: None,
        restarts: restarts.map(|text| text.parse().expect("a limit")),
        reboots: reboots.map(|text| text.parse().expect("a limit")),
    }
}

/// The action that waits after a failure.
fn pending(actions: &str) -> PendingAction {
    failed(actions).record.pending_actions[0].clone()
}

fn failed(actions: &str) -> Host {
    let mut host = host(actions);
    host.start_and_connect();
    host.crash();
    host.actions.clear();
    host
}

fn due(pending: &PendingAction, at: u64) -> DueAction<'_> {
    DueAction {
        pending,
        now: Time::from_millis(at),
        wall: at.cast_signed(),
        quiet: None,
        group_is_busy: false,
        anew: false,
    }
}

/// The place of a restart that is asked about at this time.
fn place(budgets: &mut Budgets, at: u64) -> u64 {
    let pending = pending("restart/0");
    match budgets.ask(&due(&pending, at)) {
        Verdict::Now => at,
        Verdict::Later(until, why) => {
            assert_eq!(why.by, Budget::RecoveryRestarts);
            // In its place it may begin.
            let again = PendingAction {
                delayed: Some(why),
                ..pending
            };
            let until = until.as_nanos() / 1_000_000;
            assert_eq!(budgets.ask(&due(&again, until)), Verdict::Now);
            until
        }
        Verdict::Never(budget) => panic!("refused by {budget}"),
    }
}

proptest! {
    /// The naive reading: a restart is as soon as the period before it has less than the limit, and not before those that
    /// asked before it.
    #[test]
    fn x98_in_no_period_are_there_more_restarts_than_the_limit(
        count in 1_u32..5,
        period in 1_u64..40,
        asked in prop::collection::vec(0_u64..30, 1..40),
        // After how many questions the engine is killed.
        killed in prop::collection::vec(any::<bool>(), 40),
    ) {
        let text = format!("{count} in {period}ms");
        let mut budgets = Budgets::new(limits(Some(&text), None), Used::default());
        let mut naive: Vec<u64> = Vec::new();
        let mut now = 1000;
        for (pause, killed) in asked.into_iter().zip(killed) {
            now += pause;
            let allowed = |at: &u64| {
                let within = naive.iter().filter(|other| at - *other < period);
                within.count() < count as usize
            };
            let last = naive.last().copied().unwrap_or_default();
            let expected = (now.max(last)..1_000_000).find(allowed).unwrap();
            let got = place(&mut budgets, now);
            prop_assert_eq!(got.max(last), expected);
            naive.push(got);
            if killed {
                let used = budgets.used().clone();
                budgets = Budgets::new(*budgets.limits(), used);
            }
        }
        prop_assert!(budgets.used().restarts.len() <= count as usize);
    }
}

#[test]
fn x98_those_that_wait_have_their_places_in_the_order_of_their_failures() {
    let mut budgets = Budgets::new(limits(Some("2 in 1m"), None), Used::default());
    let places: Vec<u64> = (0..5).map(|_| place(&mut budgets, 10)).collect();
    assert_eq!(places, [10, 10, 10 + MINUTE, 10 + MINUTE, 10 + 2 * MINUTE]);
    budgets.booted();
    assert_eq!(
        place(&mut budgets, 5),
        5,
        "the machine's clock begins again"
    );
}

#[test]
fn x98_places_that_are_used_late_are_not_used_together() {
    let mut budgets = Budgets::new(limits(Some("1 in 1m"), None), Used::default());
    let action = pending("restart/0");
    let mut ask = |delayed, at| {
        let pending = PendingAction {
            delayed,
            ..action.clone()
        };
        budgets.ask(&due(&pending, at))
    };
    let place = |verdict| match verdict {
        Verdict::Later(until, why) => (until, Some(why)),
        other => panic!("{other:?}"),
    };
    assert_eq!(ask(None, 10), Verdict::Now);
    let (_, first) = place(ask(None, 10));
    let (_, second) = place(ask(None, 10));
    // The machine sleeps beyond both places.
    assert_eq!(ask(first, 5 * MINUTE), Verdict::Now);
    let (until, second) = place(ask(second, 5 * MINUTE));
    assert_eq!(until, Time::from_millis(6 * MINUTE));
    assert_eq!(ask(second, 6 * MINUTE), Verdict::Now);
}

#[test]
fn x122_places_that_are_given_anew_let_no_more_through_than_the_limit() {
    let mut budgets = Budgets::new(limits(Some("1 in 1m"), None), Used::default());
    let restart = pending("restart/0");
    assert_eq!(budgets.ask(&due(&restart, 0)), Verdict::Now);
    let Verdict::Later(first, _) = budgets.ask(&due(&restart, 1)) else {
        panic!("the place is taken");
    };
    let Verdict::Later(second, why) = budgets.ask(&due(&restart, 2)) else {
        panic!("two places are taken");
    };
    assert_eq!(
        (first, second),
        (Time::from_millis(MINUTE), Time::from_millis(2 * MINUTE))
    );
    // The first one is cancelled.
    budgets.give_places_anew();
    let mut waits = restart.clone();
    waits.delayed = Some(why);
    let anew = DueAction {
        anew: true,
        ..due(&waits, 3)
    };
    let Verdict::Later(until, _) = budgets.ask(&anew) else {
        panic!("a minute is not over since the restart");
    };
    assert_eq!(until, first);
}

#[test]
fn x98_commands_and_actions_without_a_budget_use_nothing() {
    let mut budgets = Budgets::new(limits(Some("1 in 1m"), Some("1 in 1d")), Used::default());
    for _ in 0..3 {
        assert_eq!(budgets.ask(&due(&pending("run/0"), 0)), Verdict::Now);
    }
    assert_eq!(*budgets.used(), Used::default());
    let mut none = Budgets::default();
    for kind in ["restart/0", "reboot/0"] {
        assert_eq!(none.ask(&due(&pending(kind), 0)), Verdict::Now);
    }
    assert_eq!(*none.used(), Used::default());
}

#[test]
fn x99_one_reboot_a_day_even_if_the_clock_is_set_back() {
    let mut budgets = Budgets::new(limits(None, Some("1 in 1d")), Used::default());
    let reboot = pending("reboot/0");
    let mut ask = |at| budgets.ask(&due(&reboot, at));
    let day = 24 * 60 * MINUTE;
    let refused = Verdict::Never(Budget::RecoveryReboots);
    assert_eq!(ask(30 * day), Verdict::Now);
    assert_eq!(ask(30 * day + MINUTE), refused);
    assert_eq!(ask(31 * day - 1), refused);
    // A clock that was wrong by a month: the reboot was just now, not in a month.
    assert_eq!(ask(5 * day), refused);
    assert_eq!(ask(6 * day - 1), refused);
    assert_eq!(ask(6 * day), Verdict::Now);
}

#[test]
fn x97_a_restart_waits_for_its_group_but_not_for_ever() {
    let mut budgets = Budgets::new(limits(Some("1 in 1m"), None), Used::default());
    let mut restart = pending("restart/0");
    let ask = |budgets: &mut Budgets, restart: &PendingAction, at, group_is_busy| {
        budgets.ask(&DueAction {
            group_is_busy,
            ..due(restart, at)
        })
    };
    let Verdict::Later(until, why) = ask(&mut budgets, &restart, 0, true) else {
        panic!("its group is busy");
    };
    assert_eq!(until, Time::from_millis(5 * MINUTE));
    assert_eq!(why.by, Budget::RestartGroup);
    assert_eq!(*budgets.used(), Used::default(), "what waits uses nothing");
    restart.delayed = Some(why);
    // Free again before that, and the budget of the machine lets it wait once more.
    assert_eq!(place(&mut budgets, MINUTE), MINUTE);
    let Verdict::Later(until, why) = ask(&mut budgets, &restart, MINUTE, false) else {
        panic!("there was a restart just now");
    };
    assert_eq!(
        (until, why.by),
        (Time::from_millis(2 * MINUTE), Budget::RecoveryRestarts)
    );
    restart.delayed = Some(why);
    // Another one starts when its time has come; the longest wait is from the first time on.
    let Verdict::Later(until, why) = ask(&mut budgets, &restart, 2 * MINUTE, true) else {
        panic!("its group is busy again");
    };
    assert_eq!(until, Time::from_millis(5 * MINUTE));
    restart.delayed = Some(why);
    assert_eq!(ask(&mut budgets, &restart, 5 * MINUTE, true), Verdict::Now);
}

#[test]
fn x96_quiet_hours_come_first_and_take_the_place_back() {
    let mut budgets = Budgets::new(limits(Some("1 in 1m"), None), Used::default());
    for kind in ["restart/0", "run/0", "reboot/0"] {
        let pending = pending(kind);
        let quiet = Some((Budget::QuietHours, 90_000));
        let Verdict::Later(until, why) = budgets.ask(&DueAction {
            quiet,
            ..due(&pending, 1000)
        }) else {
            panic!("{kind} in quiet hours");
        };
        assert_eq!(until, Time::from_millis(90_000));
        assert_eq!(
            (why.by, why.quiet_until),
            (Budget::QuietHours, Some(90_000))
        );
    }
    assert_eq!(*budgets.used(), Used::default());
    // The end is now by one clock and not yet by the other: time goes on all the same.
    let pending = pending("restart/0");
    let quiet = Some((Budget::QuietHours, 1000));
    let Verdict::Later(until, _) = budgets.ask(&DueAction {
        quiet,
        ..due(&pending, 1000)
    }) else {
        panic!("in quiet hours");
    };
    assert!(until > Time::from_millis(1000));
}

fn why(by: Budget) -> Delayed {
    Delayed {
        by,
        group_until: None,
        quiet_until: None,
    }
}

#[test]
fn x95_the_log_names_each_budget_once_and_why_says_which_it_is() {
    let mut host = failed("restart/0");
    let id = host.record.pending_actions[0].id;
    let mut delay = |by, seconds: u64| {
        let until = host.now + Duration::from_secs(seconds);
        let why = why(by);
        assert_eq!(
            host.input(Input::ActionDelayed { id, until, why }),
            Answer::Accepted
        );
    };
    delay(Budget::RecoveryRestarts, 5);
    delay(Budget::QuietHours, 60);
    delay(Budget::QuietHours, 90);
    let logged: Vec<(Budget, u64)> = host
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::Log(Event::RecoveryDelayed {
                budget, wait_ms, ..
            }) => Some((*budget, *wait_ms)),
            _ => None,
        })
        .collect();
    assert_eq!(
        logged,
        [
            (Budget::RecoveryRestarts, 5000),
            (Budget::QuietHours, 60_000)
        ]
    );
    let text = explain::explain(&host.record, host.now);
    let text: String = text.iter().map(|text| text.of(Lang::En)).collect();
    assert!(
        text.contains("1 min 30 s") && text.contains("quiet_hours"),
        "{text}"
    );
    host.now = host.now + Duration::from_secs(90);
    assert_eq!(
        host.input(Input::TimerFired(Timer::Recovery(id))),
        Answer::Accepted
    );
    assert!(host.record.run.is_some(), "it is started");
    // What is over is not delayed any more.
    let until = host.now;
    let why = why(Budget::QuietHours);
    assert_eq!(
        host.input(Input::ActionDelayed { id, until, why }),
        Answer::Stale
    );
}

#[test]
fn x99_a_reboot_that_is_refused_is_in_the_log_and_nothing_follows() {
    let mut host = failed("reboot/0");
    let id = host.record.pending_actions[0].id;
    let budget = Budget::RecoveryReboots;
    assert_eq!(
        host.input(Input::ActionRefused { id, budget }),
        Answer::Accepted
    );
    assert!(host.record.pending_actions.is_empty());
    assert!(matches!(
        host.actions[..],
        [Action::Log(Event::RecoveryRefused(
            _,
            Budget::RecoveryReboots
        ))]
    ));
    assert_eq!(
        host.input(Input::ActionRefused { id, budget }),
        Answer::Stale
    );
}

#[test]
fn x96_a_simulation_with_a_clock_has_quiet_hours() {
    let mut config = service("restart/10s");
    config
        .extensions
        .set(QUIET_HOURS, Some("02:00-04:00".into()));
    let restarted = |script: &str| {
        let script: Script = script.parse().expect("a script");
        let timeline = simulate(&config, &script);
        timeline.end
    };
    assert_eq!(
        restarted("crash @0s"),
        Time::from_millis(10_000),
        "no clock"
    );
    assert_eq!(
        restarted("clock 01:59, crash @0s"),
        Time::from_millis(10_000)
    );
    // At 02:00:05 it would be restarted; it is at 04:00.
    let end = Time::from_millis(2 * 3_600_000 + 60_000);
    assert_eq!(restarted("clock 01:59, crash @55s"), end);
    let late = "crash @0s, clock 01:59".parse::<Script>();
    assert!(late.is_err(), "the clock comes first");
}
