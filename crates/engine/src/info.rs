//! Makes what clients see of a service from its record.

use std::sync::Arc;
use std::time::Duration;

use relance_policy::explain::cause_of;
use relance_policy::record::{EndReason, StartCause};
use relance_policy::{End, PendingAction, Run, ServiceRecord, Time, delays};
use relance_scm::config::StartType;
use relance_scm::event_log::Timestamp;
use relance_scm::manager::{EndInfo, HeldInfo, PendingInfo, RecoveryInfo, RunInfo, ServiceInfo};
use relance_scm::status::ServiceStatus;
use relance_scm::{EndCauseKind, WENT_INTO_BACKGROUND};
use relance_texts::Sentence;

/// The engine's clock and the wall clock at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks {
    pub(crate) now: Time,
    pub(crate) wall: Timestamp,
}

impl Clocks {
    /// A moment of the engine's clock on the wall clock.
    fn wall_of(self, time: Time) -> Timestamp {
        let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        if time >= self.now {
            Timestamp(self.wall.0.saturating_add(millis(time - self.now)))
        } else {
            Timestamp(self.wall.0.saturating_sub(millis(self.now - time)))
        }
    }
}

/// The status of a service as its record says it (S51).
pub(crate) fn status_of(record: &ServiceRecord) -> ServiceStatus {
    ServiceStatus {
        service_type: record.config.service_type,
        state: record.state,
        controls_accepted: record.controls_accepted,
        exit_code: record.exit_code,
        checkpoint: record.checkpoint,
        wait_hint: record.wait_hint,
        process_id: record.pid(),
        service_flags: 0,
    }
}

/// Everything about a service.
pub(crate) fn service_info(record: &ServiceRecord, clocks: Clocks) -> ServiceInfo {
    let failure_count = record.failure_count_at(clocks.now);
    ServiceInfo {
        id: record.id,
        config: Arc::clone(&record.config),
        status: status_of(record),
        marked_for_delete: record.marked_for_delete,
        run: record
            .run
            .as_ref()
            .map(|run| run_info(run, record.state_since, clocks)),
        recovery: RecoveryInfo {
            failure_count,
            last_failure_at: record.last_failure_at.map(|at| clocks.wall_of(at)),
            resets_at: record
                .resets_at()
                .filter(|_| failure_count > 0)
                .map(|at| clocks.wall_of(at)),
            pending: record
                .pending_actions
                .iter()
                .map(|p| pending_info(p, clocks))
                .collect(),
            next_action: delays::next_action(record, failure_count + 1),
            gave_up: record.gave_up().is_some(),
            derived: false,
        },
        last_end: record.last_end.as_ref().map(|end| end_info(end, clocks)),
        restart_wanted: record.restart.map(|restart| clocks.wall_of(restart.since)),
        next_start: record
            .scheduled
            .filter(|_| record.config.start_type != StartType::Disabled)
            .and_then(|scheduled| scheduled.next)
            .map(|next| Timestamp(next.saturating_mul(1000))),
        held: record.held().map(|down| HeldInfo {
            needed: down.needed.clone(),
            since: clocks.wall_of(down.since),
            starts_at: down.start_at.map(|at| clocks.wall_of(at)),
        }),
        // The record does not hold this.
        output_problem: None,
    }
}

fn run_info(run: &Run, state_since: Option<Time>, clocks: Clocks) -> RunInfo {
    RunInfo {
        id: run.id,
        started_at: clocks.wall_of(run.started_at),
        state_since: clocks.wall_of(state_since.unwrap_or(run.started_at)),
        cause: match run.cause {
            StartCause::Demand => "demand",
            StartCause::Auto => "auto",
            StartCause::Dependency => "dependency",
            StartCause::Recovery(..) => "recovery",
            StartCause::Recycle | StartCause::Ceiling(_) => "recycle",
            StartCause::Restart => "restart",
            StartCause::DependencyBack => "dependency back",
            StartCause::Schedule => "schedule",
        },
        stopping: run.stop.is_some(),
        // The record does not hold these.
        status_text: None,
        reloading: false,
        main_process_id: None,
    }
}

fn pending_info(pending: &PendingAction, clocks: Clocks) -> PendingInfo {
    PendingInfo {
        action: pending.action,
        due: clocks.wall_of(pending.due),
        failure_count: pending.failure_count,
        executing: pending.executing,
        delayed_by: pending.delayed.map(|delayed| delayed.by),
    }
}

/// X63.
fn left_processes(end: &End) -> bool {
    let cause = end.cause.as_ref();
    cause.is_some_and(|cause| cause.kind == EndCauseKind::LeftProcesses)
}

/// What its cause says of a run that could not be started.
fn start_problem(end: &End) -> Option<Sentence> {
    let cause = end.cause.as_ref()?;
    let cannot_start = cause.kind == EndCauseKind::CannotStart && !cause.text.is_empty();
    cannot_start.then(|| cause.said())
}

fn end_info(end: &End, clocks: Clocks) -> EndInfo {
    EndInfo {
        run: end.run,
        at: clocks.wall_of(end.at),
        exit: end.exit,
        lived: end.lived,
        exit_code: end.exit_code,
        failure: end.failure,
        went_wrong: end.reason.is_bad(),
        cause: cause_of(end),
        summary: match end.reason {
            EndReason::Stopped | EndReason::RequestedStopWithError if end.ceiling.is_some() => {
                "recycled"
            }
            EndReason::Crashed => "crashed",
            EndReason::Stopped if left_processes(end) => WENT_INTO_BACKGROUND,
            EndReason::Stopped | EndReason::NotListed => "stopped",
            EndReason::StoppedWithError
            | EndReason::FlagNotSet
            | EndReason::NoActions
            | EndReason::RequestedStopWithError => "stopped with an error",
            EndReason::StartFailed(_) => "start failed",
            EndReason::StartOverdue => "start failed",
            EndReason::StopOverdue => "killed",
            EndReason::Terminated => "terminated",
            EndReason::Recycled(_) | EndReason::RecycledTooOften(_) => "recycled",
            EndReason::Final(_) => "stopped for good",
            EndReason::Shutdown => "shut down",
        },
        problem: start_problem(end),
    }
}
