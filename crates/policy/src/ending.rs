//! The end of a run: what is put on record, whether it counts (R3 to R5, R8.4 to R8.7, R8.12), and the answers
//! to those who still wait for the run. Other files decide when a run has ended: `exit` for processes, `report`
//! for STOPPED reports, `start` for starts that fail, `stopping` for runs without a process.

use relance_scm::event::Event;
use relance_scm::{ControlsAccepted, ExitCode, ServiceState, Win32Error};

use crate::action::Action;
use crate::draft::Draft;
use crate::failure;
use crate::record::{End, EndReason, Previous, RecyclePhase, Run, RunPhase};
use crate::time::Time;

/// An end that does not count as a failure and has no code of its own.
pub(crate) fn over(draft: &mut Draft, reason: EndReason, exit_code: ExitCode) {
    end_with(draft, reason, exit_code, false);
}

/// Ends the current run, whose process has ended or was never created.
pub(crate) fn end_with(draft: &mut Draft, reason: EndReason, exit_code: ExitCode, counts: bool) {
    let from = draft.record.state;
    let Some(run) = end_run(draft, exit_code, None) else {
        return;
    };
    note_end(draft, &run, from, reason);
    if counts {
        failure::count(draft, run.id);
    }
    draft.enter(ServiceState::Stopped);
    complete_controls(draft, &run, Err(Win32Error::BROKEN_PIPE));
    complete_start(draft, &run);
}

/// A start that somebody still waits for was cut short.
fn complete_start(draft: &mut Draft, run: &Run) {
    if run.phase != RunPhase::Active {
        let result = Err(Win32Error::CANCELLED);
        draft.act(Action::CompleteStart {
            run: run.id,
            result,
        });
    }
}

/// Takes the current run off the record, and puts its exit code there.
///
/// `lingers` says that the process has not ended: it becomes `previous`.
pub(crate) fn end_run(
    draft: &mut Draft,
    exit_code: ExitCode,
    lingers: Option<Time>,
) -> Option<Box<Run>> {
    let run = draft.record.run.take()?;
    draft.record.exit_code = exit_code;
    draft.record.controls_accepted = ControlsAccepted::NONE;
    draft.record.shutdown = None;
    if run.pid != 0 && lingers.is_some() {
        draft.record.previous = Some(Box::new(Previous {
            run: run.id,
            pid: run.pid,
            birth: run.birth,
            since: draft.now,
            kill_at: lingers,
            killed: false,
            last_report: run.last_report,
        }));
    }
    Some(run)
}

/// Notes how the run ended, for people who ask why.
pub(crate) fn note_end(draft: &mut Draft, run: &Run, from: ServiceState, reason: EndReason) {
    draft.record.last_end = Some(Box::new(End {
        run: run.id,
        at: draft.now,
        reason,
        from,
        stop: run.stop,
        exit: draft
            .exit
            .filter(|(of, _)| *of == run.id)
            .map(|(_, exit)| exit),
        lived: run.spawned_at.map(|at| draft.now - at),
        killed_after: run.killed_after,
        ceiling: run
            .recycle
            .filter(|recycle| matches!(recycle.phase, RecyclePhase::Stopping(_)))
            .map(|recycle| recycle.ceiling),
        cause: run.end_cause.clone(),
        exit_code: draft.record.exit_code,
        failure: None,
        action: None,
        rule: None,
        needed: None,
        with_needed: run.with_needed.clone(),
        waited_for: None,
    }));
}

/// The run is over: everyone who waits for an answer to a control gets one. A service that reported STOPPED has
/// answered; of one that died, the caller learns that (S33).
pub(crate) fn complete_controls(draft: &mut Draft, run: &Run, unanswered: Result<(), Win32Error>) {
    if let Some(pending) = run.control {
        draft.act(Action::CompleteControl {
            run: run.id,
            id: pending.id,
            result: unanswered,
        });
    }
    for waiting in &run.waiting_controls {
        draft.act(Action::CompleteControl {
            run: run.id,
            id: waiting.id,
            result: Err(Win32Error::SERVICE_NOT_ACTIVE),
        });
    }
}

/// E4: 7023 for a Win32 error, 7024 for a code of the service's own.
pub(crate) fn log_exit_code(draft: &mut Draft, exit_code: ExitCode) {
    match exit_code {
        ExitCode::SUCCESS => {}
        ExitCode::Win32(error) => draft.log(Event::StoppedWithError(error)),
        ExitCode::ServiceSpecific(code) => draft.log(Event::StoppedWithSpecificError(code)),
    }
}

/// R3 to R5, R8.4 to R8.7, R8.12: what a STOPPED report means.
pub(crate) fn judge(draft: &Draft, exit_code: ExitCode) -> EndReason {
    if draft.record.shutting_down {
        EndReason::Shutdown
    } else if exit_code.is_success() {
        EndReason::Stopped
    } else {
        judge_error(draft)
    }
}

/// R3, R5, R8.5: what a stop with an error means.
pub(crate) fn judge_error(draft: &Draft) -> EndReason {
    let record = &draft.record;
    if !record.config.failure_actions_on_non_crash_failures {
        EndReason::FlagNotSet
    } else if !record.config.has_actions() {
        EndReason::NoActions
    } else {
        EndReason::StoppedWithError
    }
}
