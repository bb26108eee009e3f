//! What the traps of recovery settings are, and how each is avoided: for `doctor` and `failure`.

use relance_policy::trap::{Trap, traps};
use relance_scm::ServiceConfig;
use relance_scm::contradictions::{self, Naming};
use relance_scm::settings::RECOVERY_POLICY;
use relance_texts::{Sentence, doctor};

use crate::cli::Manager;
use crate::lang::lang;
use crate::plain::plain;
use crate::targets;

/// The command that changes what follows a failure: that of the policy, if the service uses one (X104).
pub(crate) fn change(config: &ServiceConfig) -> String {
    match config.extensions.get(RECOVERY_POLICY) {
        Some(policy) => format!("relance policy set {policy}"),
        None => format!("relance failure {}", config.service_name),
    }
}

/// Whether it is a setting that never has an effect, so that it is said where it is set.
fn is_without_effect(trap: Trap) -> bool {
    match trap {
        Trap::NoResetPeriod
        | Trap::NoCommand
        | Trap::BackoffUnused
        | Trap::BackoffAtMaximum
        | Trap::LimitOutOfReach
        | Trap::RuleNeverDecides(_) => true,
        Trap::ErrorStopsIgnored
        | Trap::EndsWithNothing
        | Trap::RestartStorm
        | Trap::ResetInDelay
        | Trap::ResetInRun
        | Trap::Reboot => false,
    }
}

/// Says on stderr which settings about failures have no effect since a change; `shown` is what the person has called that which
/// has them.
pub(crate) fn note(
    manager: &Manager,
    shown: &str,
    before: Option<&ServiceConfig>,
    config: &ServiceConfig,
) {
    let known = before.map(without_effect).unwrap_or_default();
    let found = without_effect(config).into_iter();
    for line in found.filter(|line| !known.contains(line)) {
        eprintln!("{}", plain(&format!("{shown}: {line}")));
    }
    let before = before.map(|before| &before.extensions);
    targets::note(manager, shown, before, &config.extensions);
}

fn without_effect(config: &ServiceConfig) -> Vec<String> {
    let contradictions = contradictions::of(config, Naming::Options).into_iter();
    let contradictions = contradictions.map(|found| (found.problem, found.advice));
    let traps = traps(config).into_iter();
    let traps = traps.filter(|trap| is_without_effect(*trap));
    let traps = traps.map(|trap| sentences(trap, config, None));
    let all = contradictions.chain(traps);
    all.map(|(what, advice)| format!("{}; {}", what.of(lang()), advice.of(lang())))
        .collect()
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
        Trap::NoResetPeriod => no_reset_period(config, change),
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

/// The period is that of the list (R61), so rules alone have none.
fn no_reset_period(config: &ServiceConfig, change: &str) -> (Sentence, Sentence) {
    let advice = if config.failure_actions.actions.is_empty() {
        doctor::NoListDo { change }.into()
    } else {
        doctor::NoResetPeriodDo { change }.into()
    };
    (doctor::NO_RESET_PERIOD.into(), advice)
}
