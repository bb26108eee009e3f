//! Status reports: what a service says of itself is put on record, even against the intended order
//! (S9), until it has said STOPPED (S11).

use std::sync::Arc;
use std::time::Duration;

use relance_scm::event::Event;
use relance_scm::{EndCause, ExitCode, ServiceState, StatusReport};

use crate::action::{Answer, DenyReason};
use crate::draft::Draft;
use crate::record::{EndReason, Run, RunId, RunPhase};
use crate::{ending, failure, recycle, start, stopping};

/// How long a process may outlive its STOPPED report (S50).
const LINGER: Duration = Duration::from_secs(20);

pub(crate) fn status(draft: &mut Draft, id: RunId, number: u64, report: StatusReport) -> Answer {
    let previous = draft.record.previous.as_ref();
    if let Some(previous) = previous.filter(|previous| previous.run == id) {
        return if number > previous.last_report {
            Answer::Denied(DenyReason::HandleClosed)
        } else {
            Answer::Stale
        };
    }
    // A new engine reads again what the one before had not taken off the channel.
    let Some(run) = draft.run(id).filter(|run| number > run.last_report) else {
        return Answer::Stale;
    };
    run.last_report = number;
    // Only a process that said hello may report: this report is taken off the channel and ignored.
    if run.phase != RunPhase::Active {
        return Answer::Accepted;
    }
    if report.state == ServiceState::Stopped {
        stopped(draft, id, report.exit_code);
    } else {
        let record = &mut draft.record;
        record.controls_accepted = report.controls_accepted;
        record.exit_code = report.exit_code;
        record.checkpoint = report.checkpoint;
        record.wait_hint = report.wait_hint;
        draft.enter(report.state);
        start::progressed(draft, id);
        if report.state == ServiceState::StopPending {
            stopping::give_deadline(draft, id);
        }
    }
    Answer::Accepted
}

/// STOPPED: the end of the run, whatever the process does afterwards (R8.4 to R8.7, R8.13). The order
/// of the entries is E7: the error, the failure, the state.
fn stopped(draft: &mut Draft, id: RunId, exit_code: ExitCode) {
    let from = draft.record.state;
    let lingers = Some(draft.now + LINGER);
    let Some(run) = ending::end_run(draft, exit_code, lingers) else {
        return;
    };
    let request = run
        .stop
        .is_none()
        .then(|| recycle::request(draft, exit_code));
    let request = request.flatten();
    let reason = request.map_or_else(|| ending::judge(draft, exit_code), recycle::reason);
    if !matches!(reason, EndReason::Recycled(_)) {
        ending::log_exit_code(draft, exit_code);
    }
    warn_of_clean_error(draft, &run, reason);
    ending::note_end(draft, &run, from, reason);
    ending::complete_controls(draft, &run, Ok(()));
    match request {
        Some(request) => recycle::grant(draft, request, &run),
        None => {
            if reason == EndReason::StoppedWithError {
                failure::count(draft, id);
            }
            draft.enter(ServiceState::Stopped);
        }
    }
    draft.remove_if_over();
}

/// A clean stop after an error of PHP surprises people (B3): the first one in a row is logged, with the setting
/// that would make it a failure.
fn warn_of_clean_error(draft: &mut Draft, run: &Run, reason: EndReason) {
    let is_it = |reason, cause: Option<&EndCause>| {
        reason == EndReason::Stopped && cause.is_some_and(EndCause::is_error)
    };
    let before = draft.record.last_end.as_ref();
    let again = before.is_some_and(|end| is_it(end.reason, end.cause.as_deref()));
    if let Some(cause) = &run.end_cause
        && is_it(reason, Some(cause))
        && !again
    {
        let event = Event::CleanStopAfterError(cause.to_string().into());
        draft.log(event);
    }
}

/// Why the run is about to end, from the service itself; kept for the end.
pub(crate) fn cause_told(draft: &mut Draft, id: RunId, cause: Arc<EndCause>) -> Answer {
    draft.if_current(id, |draft| {
        // A run that hangs is ended for that reason; a cause that it reports while it ends is
        // ignored.
        if let Some(run) = draft.run(id).filter(|run| !run.hangs()) {
            run.end_cause = Some(cause);
        }
    })
}
