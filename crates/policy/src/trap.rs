//! Recovery settings that are legal, but seldom what was meant.
//!
//! These settings are not refused; tools show a warning beside them. `rules` finds rules that never
//! decide.

mod rules;

use std::time::Duration;

use relance_scm::config::Cause;
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::settings::{
    BACKOFF, BACKOFF_MAX, FAILURE_RULES, RESTART_LIMIT, RESTART_LIMIT_PERIOD,
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
        && Lists::of(config).reset_within(lived)
    {
        found.push(Trap::ResetInRun);
    }
    found
}

/// The lists of which one decides what follows a failure: Windows' list, and those of the rules (X84). What follows giving up
/// (X83) is one action, and no list.
struct Lists<'a> {
    config: &'a ServiceConfig,
    lists: Vec<Box<[RecoveryAction]>>,
}

impl<'a> Lists<'a> {
    fn of(config: &'a ServiceConfig) -> Self {
        let rules = config.extensions.get(FAILURE_RULES).0.into_iter();
        let rules = rules.filter(|rule| rule.causes.iter().any(|cause| *cause != Cause::GaveUp));
        let list = config.failure_actions.actions.clone();
        let lists = std::iter::once(list).chain(rules.map(|rule| rule.actions));
        Self {
            config,
            lists: lists.filter(|list| !list.is_empty()).collect(),
        }
    }

    fn any(&self, is: impl Fn(&[RecoveryAction]) -> bool) -> bool {
        self.lists.iter().any(|list| is(list))
    }

    fn wait(&self, list: &[RecoveryAction], position: u32) -> Duration {
        delays::wait_without_jitter(self.config, list, position)
    }

    /// The longest delay that the last action of a list comes to.
    fn longest(&self, list: &[RecoveryAction]) -> Duration {
        self.wait(list, u32::MAX)
    }

    /// Whether there is a back-off that makes a delay of this list longer (X80).
    fn grows(&self, list: &[RecoveryAction]) -> bool {
        let listed = u32::try_from(list.len()).unwrap_or(u32::MAX);
        let is_longer = || self.wait(list, listed.saturating_add(1)) > self.wait(list, listed);
        self.config.extensions.get(BACKOFF).is_some() && is_longer()
    }

    /// Whether there is a back-off, and it changes nothing.
    fn have_no_growth(&self) -> bool {
        let has_backoff = self.config.extensions.get(BACKOFF).is_some();
        has_backoff && !self.lists.is_empty() && !self.any(|list| self.grows(list))
    }

    /// Whether the last action of a list is a restart that waits for as long as a back-off lets it grow.
    fn are_at_maximum(&self) -> bool {
        let most = self.config.extensions.get(BACKOFF_MAX);
        self.any(|list| {
            let last = list.last();
            last.is_some_and(|last| last.kind.restarts() && last.delay() >= most)
        })
    }

    /// Whether some restart, together with the life of the run, takes as long as the reset period, so that
    /// later actions of its list are never used, or the list begins again.
    fn reset_within(&self, besides: Duration) -> bool {
        let period = self.config.failure_actions.reset_period.duration();
        let counts = self.config.reset_after_run().is_none();
        let Some(period) = period.filter(|period| !period.is_zero() && counts) else {
            return false;
        };
        let outlasts = |delay: Duration| delay + besides >= period;
        self.any(|list| {
            let mut restarts = list.iter().filter(|action| action.kind.restarts());
            (list.len() > 1 && restarts.any(|action| outlasts(action.delay())))
                || (self.grows(list) && outlasts(self.longest(list)))
        })
    }

    /// X83: restarts as early as the delays allow do not come to the limit within its period.
    fn keep_from_limit(&self) -> bool {
        let period = self.config.extensions.get(RESTART_LIMIT_PERIOD);
        let limit = self.config.extensions.get(RESTART_LIMIT);
        let Some(limit) = limit.and_then(|limit| u32::try_from(limit).ok()) else {
            return false;
        };
        let first: Duration = match &*self.lists {
            [one] => (1..=limit).map(|number| self.wait(one, number)).sum(),
            // Failures may be decided by different lists in any order.
            lists => {
                let restarts = lists.iter().flatten();
                let restarts = restarts.filter(|action| action.kind.restarts());
                let shortest = restarts.map(|action| action.delay()).min();
                shortest.unwrap_or_default() * limit
            }
        };
        !period.is_zero() && first >= period
    }
}

/// The traps in the recovery settings of a service. Settings without actions have none, because it is
/// obvious that nothing follows.
#[must_use]
pub fn traps(config: &ServiceConfig) -> Vec<Trap> {
    let settings = &config.failure_actions;
    let last = settings.actions.last();
    let none = RecoveryActionKind::None;
    let lists = Lists::of(config);
    let holds = |kind| config.has_action(|other| other == kind);
    let found = [
        (
            Trap::NoResetPeriod,
            settings.reset_period == ResetPeriod::Seconds(0)
                && lists.any(|list| list.len() > 1 || lists.grows(list))
                && config.reset_after_run().is_none(),
        ),
        (
            Trap::ErrorStopsIgnored,
            config.has_actions() && !config.failure_actions_on_non_crash_failures,
        ),
        (
            Trap::EndsWithNothing,
            last.is_some_and(|last| last.kind == none),
        ),
        (
            Trap::RestartStorm,
            last.is_some_and(|last| {
                last.kind.restarts() && lists.longest(&settings.actions) < STORM
            }) && config.extensions.get(RESTART_LIMIT).is_none(),
        ),
        (
            Trap::NoCommand,
            holds(RecoveryActionKind::RunCommand) && settings.command.is_empty(),
        ),
        (Trap::ResetInDelay, lists.reset_within(Duration::ZERO)),
        (Trap::Reboot, holds(RecoveryActionKind::Reboot)),
        (
            Trap::BackoffUnused,
            lists.have_no_growth() && !lists.are_at_maximum(),
        ),
        (
            Trap::BackoffAtMaximum,
            lists.have_no_growth() && lists.are_at_maximum(),
        ),
        (Trap::LimitOutOfReach, lists.keep_from_limit()),
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
    use relance_scm::config::{Extensions, Rules};
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
    fn x84_the_lists_of_rules_have_the_traps_of_any_list() {
        let rules = |texts: &'static [&'static str]| {
            move |extensions: &mut Extensions| {
                let rules = Rules::read(texts.iter().copied()).unwrap();
                extensions.set(FAILURE_RULES, rules);
            }
        };
        let run = traps_with("restart/60000", rules(&["exit:3=run/0"]));
        assert_eq!(run, [Trap::NoCommand]);
        let reboot = traps_with("", rules(&["exit:3=reboot/60000"]));
        assert_eq!(reboot, [Trap::Reboot]);
        let longer = traps_with("", rules(&["exit:3=restart/600000/none/0"]));
        assert_eq!(longer, [Trap::ResetInDelay]);
        // A back-off or a limit that works for a rule is used.
        let used = traps_with("run/0", |extensions| {
            rules(&["exit:3=restart/1000"])(extensions);
            extensions.set(BACKOFF, "exponential".parse().ok());
        });
        assert_eq!(used, [Trap::NoCommand]);
        let reached = traps_with("restart/60000", |extensions| {
            rules(&["exit:3=restart/1000"])(extensions);
            extensions.set(RESTART_LIMIT, Some(10));
        });
        assert_eq!(reached, []);
        let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        rules(&["exit:3=restart/1000/none/0"])(&mut config.extensions);
        let found = [Trap::NoResetPeriod, Trap::ErrorStopsIgnored];
        assert_eq!(traps(&config), found);
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
