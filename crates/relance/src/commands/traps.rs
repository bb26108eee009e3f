//! What the traps of recovery settings are, and how each is avoided: for `doctor` and `failure`.

use relance_policy::trap::Trap;
use relance_scm::ServiceConfig;
use relance_scm::settings::RECOVERY_POLICY;
use relance_texts::{Sentence, doctor};

/// The command that changes what follows a failure: that of the policy, if the service uses one (X104).
pub(crate) fn change(config: &ServiceConfig) -> String {
    match config.extensions.get(RECOVERY_POLICY) {
        Some(policy) => format!("relance policy set {policy}"),
        None => format!("relance failure {}", config.service_name),
    }
}

/// What the trap is, and what to do; `allows_reboot` is what the daemon's settings say, where they are known.
pub(crate) fn sentences(
    trap: Trap,
    config: &ServiceConfig,
    allows_reboot: Option<bool>,
) -> (Sentence, Sentence) {
    let change = &*change(config);
    let run = |options: &str| -> Sentence {
        let command = format!("{change} {options}");
        doctor::Run { command }.into()
    };
    match trap {
        Trap::NoResetPeriod => (
            doctor::NO_RESET_PERIOD.into(),
            doctor::NoResetPeriodDo { change }.into(),
        ),
        // What a failure is stays a setting of the service.
        Trap::ErrorStopsIgnored => {
            let command = format!("relance failure {} --on-error-stop", config.service_name);
            let advice = doctor::Run { command };
            (doctor::ERROR_STOPS.into(), advice.into())
        }
        Trap::EndsWithNothing => (
            doctor::ENDS_WITH_NOTHING.into(),
            run("--actions restart/1m --reset 1d"),
        ),
        Trap::RestartStorm => (
            doctor::RESTART_STORM.into(),
            doctor::RestartStormDo { change }.into(),
        ),
        Trap::ResetInDelay => (
            doctor::RESET_IN_DELAY.into(),
            doctor::LongerPeriodDo { change }.into(),
        ),
        Trap::ResetInRun => (
            doctor::RESET_IN_RUN.into(),
            doctor::LongerPeriodDo { change }.into(),
        ),
        Trap::BackoffUnused => (
            doctor::BACKOFF_UNUSED.into(),
            doctor::BackoffUnusedDo { change }.into(),
        ),
        Trap::BackoffAtMaximum => (
            doctor::BACKOFF_AT_MAXIMUM.into(),
            doctor::BackoffAtMaximumDo { change }.into(),
        ),
        Trap::LimitOutOfReach => (
            doctor::LIMIT_OUT_OF_REACH.into(),
            doctor::LimitOutOfReachDo { change }.into(),
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
