//! The record of one service: everything that policy knows of it, and the laws that it keeps.
//!
//! Laws, checked by [`ServiceRecord::check_laws`] after every step of the tests and simulations:
//!
//! - STOPPED if and only if there is no current run. A process that outlives its STOPPED report is
//!   not the current run but `previous`; it never speaks for the service again (S11, R8.13).
//! - There are at most two processes of a service, and the second is not started before the first
//!   has ended: no service is ever run twice at a time.
//! - Checkpoint and wait hint are 0 outside the pending states (S13); controls accepted are 0 while
//!   stopped.
//! - The counter moves in `failure` only, by one, and only when a run ends; a run ends at most once
//!   (R10).
//! - Pending actions are never cancelled by starts, stops or configuration (R31, R39): only by the
//!   system's shutdown, the record's removal, or an administrator's explicit word. Those of a program
//!   that would start it are also superseded by a start and by a stop (X21).
//! - After STOP was delivered to a run, no other control is (S31).
//! - Every deadline is a field of the record, so that a new engine that reads the record knows them
//!   all: [`ServiceRecord::next_deadline`].

mod asked;
mod deadline;
mod end;
mod laws;
mod needed;
mod pending_action;
mod recycle;
mod restart;
pub(crate) mod restored;
mod run;
mod scheduled;
mod starting;
mod tries;

use std::sync::Arc;
use std::time::Duration;

pub use relance_scm::run::{RunId, ServiceId};

use relance_scm::settings::{RELOAD_SIGNAL, SCHEDULE};
use relance_scm::{Control, ControlsAccepted, ExitCode, ServiceConfig, ServiceKind, ServiceState};

use crate::time::Time;

pub use asked::Asked;
pub use deadline::Timer;
pub(crate) use end::is_of_probes;
pub use end::{End, EndReason};
pub use needed::NeededDown;
pub(crate) use needed::WhenDependencyFails;
pub use pending_action::{Delayed, PendingAction};
pub use recycle::{Recycle, RecyclePhase};
pub use restart::RestartWanted;
pub use run::{ControlId, PendingControl, Previous, Run, RunPhase, StartCause, StopCause};
pub use scheduled::Scheduled;
pub use tries::Tries;

/// How long a process may take to connect (S43).
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// Actions that may be pending for one service (R38); one more is refused with 1816, in the log.
pub(crate) const PENDING_ACTIONS_MAX: usize = 64;

/// Identity of a queued recovery action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ActionId {
    /// Of which service.
    pub service: ServiceId,
    /// 1 for the first action ever queued.
    pub number: u32,
}

/// Planned restarts since a moment (X11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Recycling {
    /// When the first of them was asked for.
    pub since: Time,
    /// How many there were.
    pub count: u32,
}

/// The shutdown of the system, for one service (S45 to S47).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ShutdownPhase {
    /// Services that need this one still run: it is told to stop after them (X20).
    Needed,
    /// PRESHUTDOWN was sent; what follows waits until then.
    Preshutdown(Time),
    /// STOP or SHUTDOWN was sent; the run's `kill_at` ends it.
    Stopping,
}

/// How long a shutdown of the system waits (S45, S47).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShutdownLimits {
    /// After PRESHUTDOWN, unless the service has its own.
    pub preshutdown: Duration,
    /// After STOP or SHUTDOWN.
    pub wait_to_kill: Duration,
}

impl ShutdownLimits {
    /// The times of a service that has set none itself.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.preshutdown + self.wait_to_kill
    }
}

impl Default for ShutdownLimits {
    fn default() -> Self {
        Self {
            preshutdown: Duration::from_secs(10),
            wait_to_kill: Duration::from_secs(5),
        }
    }
}

/// What is on record about one service. There are many records, and older ones are kept for slow
/// readers, so parts that few services have are boxed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceRecord {
    /// Its identity.
    pub id: ServiceId,
    /// Its configuration, as committed.
    pub config: Arc<ServiceConfig>,
    /// Deleted, but not stopped yet (C30, C31).
    pub marked_for_delete: bool,
    /// The state on record.
    pub state: ServiceState,
    /// Since when it is in that state; `None`: since the boot, or the record is from a version that
    /// did not store it.
    pub state_since: Option<Time>,
    /// The controls it takes.
    pub controls_accepted: ControlsAccepted,
    /// The exit code on record.
    pub exit_code: ExitCode,
    /// 0 outside the pending states.
    pub checkpoint: u32,
    /// 0 outside the pending states.
    pub wait_hint: Duration,
    /// The current run; `None` if and only if the state is STOPPED.
    pub run: Option<Box<Run>>,
    /// The process of an earlier run that has not ended yet.
    pub previous: Option<Box<Previous>>,
    /// The number of the last run.
    pub runs: u32,
    /// Failures since boot or since the reset (R11).
    pub failure_count: u32,
    /// When the last failure happened (R12).
    pub last_failure_at: Option<Time>,
    /// Actions that wait for their time.
    pub pending_actions: Vec<PendingAction>,
    /// The number of the last action ever queued.
    pub actions_queued: u32,
    /// Planned restarts in a row after runs of less than a second.
    pub short_recycles: u8,
    /// Planned restarts of the current period (X11).
    pub recycling: Option<Recycling>,
    /// Restarts after failures, where a limit counts them (X83).
    pub tries: Option<Box<Tries>>,
    /// How the last run ended.
    pub last_end: Option<Box<End>>,
    /// A restart that somebody asked for.
    pub restart: Option<RestartWanted>,
    /// Who asked for the last start and the last stop (X67).
    pub asked: Option<Arc<Asked>>,
    /// A service that it needs is down, and its settings react to that (X70).
    pub needed_down: Option<NeededDown>,
    /// When it is started by the clock, if it has a schedule (X72).
    pub scheduled: Option<Scheduled>,
    /// Set once the system shuts down (R40).
    pub shutting_down: bool,
    /// How long that shutdown waits.
    pub limits: ShutdownLimits,
    /// How far the shutdown of the current run has come.
    pub shutdown: Option<ShutdownPhase>,
}

impl ServiceRecord {
    /// The record of a service that was never started (S1).
    #[must_use]
    pub fn new(id: ServiceId, config: Arc<ServiceConfig>) -> Self {
        Self {
            id,
            config,
            marked_for_delete: false,
            state: ServiceState::Stopped,
            state_since: None,
            controls_accepted: ControlsAccepted::NONE,
            exit_code: ExitCode::NEVER_STARTED,
            checkpoint: 0,
            wait_hint: Duration::ZERO,
            run: None,
            previous: None,
            runs: 0,
            failure_count: 0,
            last_failure_at: None,
            pending_actions: Vec::new(),
            actions_queued: 0,
            short_recycles: 0,
            recycling: None,
            tries: None,
            last_end: None,
            restart: None,
            asked: None,
            needed_down: None,
            scheduled: None,
            shutting_down: false,
            limits: ShutdownLimits::default(),
            shutdown: None,
        }
    }

    /// The record at a boot: earlier failures no longer count (R19, C31), but the numbers of runs and actions
    /// go on.
    #[must_use]
    pub fn at_boot(&self) -> Self {
        Self {
            runs: self.runs,
            actions_queued: self.actions_queued,
            marked_for_delete: self.marked_for_delete,
            scheduled: self.scheduled.map(|scheduled| Scheduled {
                is_queued: false,
                ..scheduled
            }),
            ..Self::new(self.id, Arc::clone(&self.config))
        }
    }

    /// The record with the configuration that it had before, because a change of it could not be
    /// written; what happened to the service meanwhile stays. A run that began under the change, and
    /// has no process yet, goes on as what the service was before.
    #[must_use]
    pub fn with_config_of(&self, before: &Self) -> Self {
        let mut record = self.clone();
        record.config = Arc::clone(&before.config);
        record.marked_for_delete = before.marked_for_delete;
        if self.marked_for_delete != before.marked_for_delete
            || self.schedule() != before.schedule()
        {
            record.scheduled = before.scheduled;
        }
        let spawned = before
            .run
            .as_ref()
            .filter(|run| !run.phase.is_before_spawn());
        if let Some(run) = &mut record.run
            && spawned.is_none_or(|before| before.id != run.id)
        {
            run.kind = before.config.kind;
            record.controls_accepted = accepted_at_first(run.kind, &record.config);
        }
        record
    }

    /// When it is started by the clock, as configured.
    pub(crate) fn schedule(&self) -> Option<Box<str>> {
        self.config.extensions.get(SCHEDULE)
    }

    /// The kind of service: the one its run was started as, or else the configured one.
    #[must_use]
    pub fn kind(&self) -> ServiceKind {
        let run = self.run.as_ref();
        run.map_or(self.config.kind, |run| run.kind)
    }

    /// Process id on record: 0 when stopped (S51).
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.run.as_ref().map_or(0, |run| run.pid)
    }

    /// The counter as it would be before a failure at `now`: 0 once the reset period is over (R13),
    /// although the stored counter only moves at a failure.
    #[must_use]
    pub fn failure_count_at(&self, now: Time) -> u32 {
        if self.reset_is_over(now) {
            0
        } else {
            self.failure_count
        }
    }

    /// When the counter starts again, if it ever does: `None` without failures, with an INFINITE period (R15),
    /// or without actions (R16); where a run has to last for that (X82), while none runs.
    #[must_use]
    pub fn resets_at(&self) -> Option<Time> {
        let settings = &self.config.failure_actions;
        if !self.config.has_actions() {
            return None;
        }
        if let Some(time) = self.config.reset_after_run() {
            self.last_failure_at?;
            return Some(self.run.as_ref()?.spawned_at? + time);
        }
        Some(self.last_failure_at? + settings.reset_period.duration()?)
    }

    pub(crate) fn reset_is_over(&self, now: Time) -> bool {
        self.resets_at().is_some_and(|at| now >= at)
    }
}

/// A program can be stopped from its first moment; a service says itself what it takes (S23).
pub(crate) fn accepted_at_first(kind: ServiceKind, config: &ServiceConfig) -> ControlsAccepted {
    match kind {
        ServiceKind::Program => {
            let accepted = ControlsAccepted::STOP.union(ControlsAccepted::SHUTDOWN);
            match config.extensions.get(RELOAD_SIGNAL) {
                Some(_) => accepted.union(Control::ParamChange.accept_bit()),
                None => accepted,
            }
        }
        ServiceKind::Service => ControlsAccepted::NONE,
    }
}
