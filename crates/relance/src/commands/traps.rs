//! What the traps of recovery settings are, and how each is avoided: for `doctor` and `failure`.

use relance_policy::trap::Trap;
use relance_texts::{Sentence, doctor};

/// What the trap is, and what to do; `allows_reboot` is what the daemon's settings say, where they are known.
pub(crate) fn sentences(
    trap: Trap,
    name: &str,
    allows_reboot: Option<bool>,
) -> (Sentence, Sentence) {
    let run = |options: &str| -> Sentence {
        let command = format!("relance failure {name} {options}");
        doctor::Run { command }.into()
    };
    match trap {
        Trap::NoResetPeriod => (
            doctor::NO_RESET_PERIOD.into(),
            doctor::NoResetPeriodDo { name }.into(),
        ),
        Trap::ErrorStopsIgnored => (doctor::ERROR_STOPS.into(), run("--on-error-stop")),
        Trap::EndsWithNothing => (
            doctor::ENDS_WITH_NOTHING.into(),
            run("--actions restart/1m --reset 1d"),
        ),
        Trap::RestartStorm => (
            doctor::RESTART_STORM.into(),
            doctor::RestartStormDo { name }.into(),
        ),
        Trap::ResetInDelay => (
            doctor::RESET_IN_DELAY.into(),
            doctor::LongerPeriodDo { name }.into(),
        ),
        Trap::ResetInRun => (
            doctor::RESET_IN_RUN.into(),
            doctor::LongerPeriodDo { name }.into(),
        ),
        Trap::BackoffUnused => (
            doctor::BACKOFF_UNUSED.into(),
            doctor::BackoffUnusedDo { name }.into(),
        ),
        Trap::BackoffAtMaximum => (
            doctor::BACKOFF_AT_MAXIMUM.into(),
            doctor::BackoffAtMaximumDo { name }.into(),
        ),
        Trap::LimitOutOfReach => (
            doctor::LIMIT_OUT_OF_REACH.into(),
            doctor::LimitOutOfReachDo { name }.into(),
        ),
        Trap::RuleNeverDecides(number) => (
            doctor::RuleNever { number }.into(),
            doctor::RULE_NEVER_DO.into(),
        ),
        Trap::NoCommand => (doctor::NO_COMMAND.into(), run("--command LINE")),
        Trap::Reboot if allows_reboot == Some(false) => {
            (doctor::REBOOT_REFUSED.into(), doctor::REBOOT_DO.into())
        }
        Trap::Reboot => (doctor::REBOOT.into(), doctor::REBOOT_DO.into()),
    }
}
