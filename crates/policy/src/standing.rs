//! Standing orders (X111): which ends of the current run are answered by an immediate restart, whenever they come.
//! The engine hands that restart to the host before it is needed.
//!
//! The conditions ensure that the answer does not depend on the time or on anything outside the record. If it is
//! not certain there is no order: the restart then comes after the step, as usual.

use relance_scm::config::StartType;
use relance_scm::settings::{
    BACKOFF, FAIL_ON_EXIT, NO_RESTART_ON_EXIT, QUIET_HOURS, RESTART_GROUP, RESTART_JITTER,
    RESTART_LIMIT, RESTART_ON_EXIT,
};
use relance_scm::{RecoveryActionKind, ServiceConfig, ServiceKind, ServiceState};

use crate::record::{Run, RunPhase, ServiceRecord};

/// After which ends of the current run the next one is started at once. The end by a signal is always one of
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandingOrder {
    /// So is the end with any status but 0.
    pub after_statuses: bool,
}

impl ServiceRecord {
    /// The standing order for the current run; `None` where it is not certain what follows its end.
    #[must_use]
    pub fn standing_order(&self) -> Option<StandingOrder> {
        let run = self.run.as_deref()?;
        let is_certain = self.has_no_plans()
            && is_left_alone(run)
            && self.state == ServiceState::Running
            && self.restarts_at_once();
        is_certain.then(|| StandingOrder {
            after_statuses: counts_all_statuses(&self.config),
        })
    }

    /// Whether each failure of the service is followed by a restart without delay.
    #[must_use]
    pub fn restarts_at_once(&self) -> bool {
        always_restarts_at_once(&self.config)
    }

    /// Whether nothing else is planned for the service than to run.
    fn has_no_plans(&self) -> bool {
        !self.shutting_down
            && self.shutdown.is_none()
            && !self.marked_for_delete
            && self.restart.is_none()
            && self.pending_actions.is_empty()
            && self.previous.is_none()
            && self.needed_down.is_none()
            && self.scheduled.is_none()
    }
}

/// Whether the run is a program's, and nobody has begun to end it.
fn is_left_alone(run: &Run) -> bool {
    run.kind == ServiceKind::Program
        && run.phase == RunPhase::Active
        && run.stop.is_none()
        && run.kill_at.is_none()
        && run.stop_command_until.is_none()
        && !run.killed
        && run.killed_after.is_none()
        && run.recycle.is_none()
}

/// Whether each failure is followed by a restart without delay: all actions are the same, so it does not matter
/// which one the counter and the reset period choose.
fn always_restarts_at_once(config: &ServiceConfig) -> bool {
    let actions = &config.failure_actions.actions;
    let mut others = actions
        .iter()
        .filter(|action| action.kind != RecoveryActionKind::Restart || action.delay_ms() > 0);
    let set = &config.extensions;
    config.kind == ServiceKind::Program
        && config.start_type != StartType::Disabled
        && config.dependencies.is_empty()
        && !actions.is_empty()
        && others.next().is_none()
        && !config.has_rules()
        && set.get(BACKOFF).is_none()
        && set.get(RESTART_JITTER).is_zero()
        && set.get(RESTART_LIMIT).is_none()
        && set.get(QUIET_HOURS).is_none()
        && set.get(RESTART_GROUP).is_none()
}

/// Whether every status but 0 is a failure.
fn counts_all_statuses(config: &ServiceConfig) -> bool {
    let set = &config.extensions;
    config.failure_actions_on_non_crash_failures
        && set.get(FAIL_ON_EXIT).is_empty()
        && set.get(RESTART_ON_EXIT).is_empty()
        && set.get(NO_RESTART_ON_EXIT).is_empty()
}
