//! Recovery settings that are legal and seldom meant: where people go wrong.
//!
//! Nothing here refuses anything; tools say it beside the settings.

use std::time::Duration;

use relance_scm::{RecoveryActionKind, ResetPeriod, ServiceConfig};

/// A failure that follows a restart sooner than this, for ever, is a storm.
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
    /// R46: a reboot is configured.
    Reboot,
}

/// The traps in the recovery settings of a service. One without actions has none: it is plain that
/// nothing follows.
#[must_use]
pub fn traps(config: &ServiceConfig) -> Vec<Trap> {
    let settings = &config.failure_actions;
    let actions = &settings.actions;
    let last = actions.last();
    let none = RecoveryActionKind::None;
    let found = [
        (
            Trap::NoResetPeriod,
            settings.reset_period == ResetPeriod::Seconds(0) && actions.len() > 1,
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
            last.is_some_and(|last| last.kind.restarts() && last.delay() < STORM),
        ),
        (
            Trap::NoCommand,
            settings.has(RecoveryActionKind::RunCommand) && settings.command.is_empty(),
        ),
        (Trap::Reboot, settings.has(RecoveryActionKind::Reboot)),
    ];
    found
        .into_iter()
        .filter_map(|(trap, is_there)| is_there.then_some(trap))
        .collect()
}

#[cfg(test)]
mod tests {
    use relance_scm::ServiceName;
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
        let flag = traps_of("restart/60000", 300, false);
        assert_eq!(flag, [Trap::ErrorStopsIgnored]);
    }
}
