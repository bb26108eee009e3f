//! Recovery settings that are legal, but seldom what was meant.
//!
//! These settings are not refused; tools show a warning beside them. `rules` finds rules that never
//! decide.

mod rules;

use std::time::Duration;

use relance_scm::settings::{
    BACKOFF, BACKOFF_MAX, RESET_AFTER_RUN, RESTART_LIMIT, RESTART_LIMIT_PERIOD,
};
use relance_scm::{RecoveryActionKind, ResetPeriod, ServiceConfig};

use crate::delays;

pub use rules::never_decides;

/// Failures that keep following a restart sooner than this are a restart storm.
const STORM: Duration = Duration::from_secs(5);

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trap {
    /// R14: with a reset period of 0 every failure is the first.
    NoResetPeriod,
    /// R3: a stop with an error code is not a failure without the flag.
    ErrorStopsIgnored,
    /// R22, R25: the list ends with no action, and the service stays down.
    EndsWithNothing,
    /// R21: the last restart is repeated for ever, almost without a pause.
    RestartStorm,
    /// R43: a program is to be run and none is given.
    NoCommand,
    /// R13: a restart waits as long as the reset period, so that the failure after it is the first again.
    ResetInDelay,
    /// R13: the same, together with the time that the service lives.
    ResetInRun,
    /// R46: a reboot is configured.
    Reboot,
    /// X80: a back-off that never changes a delay.
    BackoffUnused,
    /// X80: the same, because the last action of the list waits for the longest time already.
    BackoffAtMaximum,
    /// X83: so many restarts take longer than the period in which they are counted.
    LimitOutOfReach,
    /// X85: the rule by cause with this number never decides anything.
    RuleNeverDecides(u32),
}

/// The traps in the recovery settings of a service whose last run lived for so long: those of [`traps`],
/// and that the counter starts again before the next failure comes. If a run lives as long as the period
/// itself, the period does what it is for.
#[must_use]
pub fn traps_with_run(config: &ServiceConfig, lived: Option<Duration>) -> Vec<Trap> {
    let mut found = traps(config);
    let period = config.failure_actions.reset_period.duration();
    let is_short = |lived: &Duration| period.is_some_and(|period| *lived < period);
    if let Some(lived) = lived.filter(is_short)
        && !found.contains(&Trap::ResetInDelay)
        && resets_within(config, lived)
    {
        found.push(Trap::ResetInRun);
    }
    found
}

/// Whether some restart, together with the life of the run, takes as long as the reset period, so that
/// later actions of the list are never used, or the list begins again.
fn resets_within(config: &ServiceConfig, besides: Duration) -> bool {
    let settings = &config.failure_actions;
    let period = settings.reset_period.duration();
    let counts = config.extensions.get(RESET_AFTER_RUN).is_none();
    let Some(period) = period.filter(|period| !period.is_zero() && counts) else {
        return false;
    };
    let mut restarts = settings
        .actions
        .iter()
        .filter(|action| action.kind.restarts());
    let grows = grows(config);
    let outlasts = |delay: Duration| delay + besides >= period;
    (settings.actions.len() > 1 && restarts.any(|action| outlasts(action.delay())))
        || (grows && outlasts(longest(config)))
}

/// Whether there is a back-off that makes a delay longer (X80).
fn grows(config: &ServiceConfig) -> bool {
    let listed = u32::try_from(config.failure_actions.actions.len()).unwrap_or(u32::MAX);
    let at = |number: u32| delays::wait_without_jitter(config, number);
    config.extensions.get(BACKOFF).is_some() && at(listed.saturating_add(1)) > at(listed)
}

/// Whether there is a back-off, and it changes nothing.
fn has_no_growth(config: &ServiceConfig) -> bool {
    let has_actions = !config.failure_actions.actions.is_empty();
    has_actions && config.extensions.get(BACKOFF).is_some() && !grows(config)
}

/// Whether the last action of the list is a restart that waits for as long as a back-off lets it grow.
fn is_at_maximum(config: &ServiceConfig) -> bool {
    let last = config.failure_actions.actions.last();
    let most = config.extensions.get(BACKOFF_MAX);
    last.is_some_and(|last| last.kind.restarts() && last.delay() >= most)
}

/// The longest delay that the last action comes to.
fn longest(config: &ServiceConfig) -> Duration {
    delays::wait_without_jitter(config, u32::MAX)
}

/// X83: restarts as early as the delays allow do not come to the limit within its period.
fn limit_is_out_of_reach(config: &ServiceConfig) -> bool {
    let period = config.extensions.get(RESTART_LIMIT_PERIOD);
    let limit = config.extensions.get(RESTART_LIMIT);
    let Some(limit) = limit.and_then(|limit| u32::try_from(limit).ok()) else {
        return false;
    };
    let waits = |number: u32| delays::wait_without_jitter(config, number);
    let first: Duration = (1..=limit).map(waits).sum();
    !period.is_zero() && first >= period
}

/// The traps in the recovery settings of a service. Settings without actions have none, because it is
/// obvious that nothing follows.
#[must_use]
pub fn traps(config: &ServiceConfig) -> Vec<Trap> {
    let settings = &config.failure_actions;
    let actions = &settings.actions;
    let last = actions.last();
    let none = RecoveryActionKind::None;
    let found = [
        (
            Trap::NoResetPeriod,
            settings.reset_period == ResetPeriod::Seconds(0)
                && (actions.len() > 1 || grows(config))
                && config.extensions.get(RESET_AFTER_RUN).is_none(),
        ),
        (
            Trap::ErrorStopsIgnored,
            !actions.is_empty() && !config.failure_actions_on_non_crash_failures,
        ),
        (
            Trap::EndsWithNothing,
            last.is_some_and(|last| last.kind == none),
        ),
        (
            Trap::RestartStorm,
            last.is_some_and(|last| last.kind.restarts() && longest(config) < STORM)
                && config.extensions.get(RESTART_LIMIT).is_none(),
        ),
        (
            Trap::NoCommand,
            settings.has(RecoveryActionKind::RunCommand) && settings.command.is_empty(),
        ),
        (Trap::ResetInDelay, resets_within(config, Duration::ZERO)),
        (Trap::Reboot, settings.has(RecoveryActionKind::Reboot)),
        (
            Trap::BackoffUnused,
            has_no_growth(config) && !is_at_maximum(config),
        ),
        (
            Trap::BackoffAtMaximum,
            has_no_growth(config) && is_at_maximum(config),
        ),
        (Trap::LimitOutOfReach, limit_is_out_of_reach(config)),
    ];
    let rule = never_decides(config).map(|(number, _)| Trap::RuleNeverDecides(number));
    let found = found.into_iter();
    found
        .filter_map(|(trap, is_there)| is_there.then_some(trap))
        .chain(rule)
        .collect()
}

#[cfg(test)]
mod tests {
    use relance_scm::ServiceName;
    use relance_scm::config::Extensions;
    use relance_scm::failure_actions::ActionList;

    use super::*;

    fn traps_of(actions: &str, reset: u32, flag: bool) -> Vec<Trap> {
        let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        config.failure_actions.actions = actions.parse::<ActionList>().unwrap().0.into();
        config.failure_actions.reset_period = ResetPeriod::Seconds(reset);
        config.failure_actions_on_non_crash_failures = flag;
        traps(&config)
    }

    #[test]
    fn each_trap_is_found_alone() {
        let rows = [
            ("restart/60000/restart/120000", 300, vec![]),
            ("", 0, vec![]),
            ("restart/60000/restart/60000", 0, vec![Trap::NoResetPeriod]),
            ("restart/60000/none/0", 300, vec![Trap::EndsWithNothing]),
            ("restart/0", 300, vec![Trap::RestartStorm]),
            ("run/0", 300, vec![Trap::NoCommand]),
            ("reboot/60000", 300, vec![Trap::Reboot]),
        ];
        for (actions, reset, expected) in rows {
            assert_eq!(traps_of(actions, reset, true), expected, "{actions}");
        }
        let delay = traps_of("restart/1000/restart/300000", 300, true);
        assert_eq!(delay, [Trap::ResetInDelay]);
        let flag = traps_of("restart/60000", 300, false);
        assert_eq!(flag, [Trap::ErrorStopsIgnored]);
    }

    fn traps_with(actions: &str, set: impl FnOnce(&mut Extensions)) -> Vec<Trap> {
        let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        config.failure_actions.actions = actions.parse::<ActionList>().unwrap().0.into();
        config.failure_actions.reset_period = ResetPeriod::Seconds(600);
        config.failure_actions_on_non_crash_failures = true;
        set(&mut config.extensions);
        traps(&config)
    }

    #[test]
    fn x80_a_backoff_that_changes_nothing_is_a_trap_and_one_that_does_ends_a_storm() {
        let backoff = |text: &'static str| {
            move |extensions: &mut Extensions| extensions.set(BACKOFF, text.parse().ok())
        };
        assert_eq!(traps_with("restart/1000", backoff("exponential")), []);
        assert_eq!(traps_with("restart/0", backoff("linear/1s")), []);
        let unused = traps_with("restart/6000/none/0", backoff("linear"));
        assert_eq!(unused, [Trap::EndsWithNothing, Trap::BackoffUnused]);
        let nothing = traps_with("restart/0", backoff("exponential"));
        assert_eq!(nothing, [Trap::RestartStorm, Trap::BackoffUnused]);
        let at_most = traps_with("restart/1000/restart/60000", |extensions| {
            extensions.set(BACKOFF, "exponential".parse().ok());
            extensions.set(BACKOFF_MAX, Duration::from_secs(60));
        });
        assert_eq!(at_most, [Trap::BackoffAtMaximum]);
        let resets = traps_with("restart/1000", |extensions| {
            extensions.set(BACKOFF, "exponential".parse().ok());
            extensions.set(BACKOFF_MAX, Duration::from_secs(3600));
        });
        assert_eq!(resets, [Trap::ResetInDelay]);
    }

    #[test]
    fn x83_a_limit_that_is_never_reached_is_a_trap() {
        let limit = |limit, seconds| {
            move |extensions: &mut Extensions| {
                extensions.set(RESTART_LIMIT, Some(limit));
                extensions.set(RESTART_LIMIT_PERIOD, Duration::from_secs(seconds));
            }
        };
        assert_eq!(traps_with("restart/5000", limit(5, 26)), []);
        assert_eq!(
            traps_with("restart/5000", limit(5, 25)),
            [Trap::LimitOutOfReach]
        );
        assert_eq!(
            traps_with("restart/0", limit(5, 10)),
            [],
            "what ends is not a storm"
        );
    }

    #[test]
    fn r13_a_delay_and_the_usual_run_may_outlast_the_reset_period() {
        let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        let list: ActionList = "restart/30000/restart/40000".parse().unwrap();
        config.failure_actions.actions = list.0.into();
        config.failure_actions.reset_period = ResetPeriod::Seconds(60);
        config.failure_actions_on_non_crash_failures = true;
        let with = |seconds| traps_with_run(&config, Some(Duration::from_secs(seconds)));
        assert_eq!(with(5), []);
        assert_eq!(with(20), [Trap::ResetInRun]);
        assert_eq!(with(60), [], "a run that long is what the period is for");
        assert_eq!(traps_with_run(&config, None), []);
    }
}
