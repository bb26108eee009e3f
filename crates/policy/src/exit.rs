//! Ends of processes: a failure (R1), the report of a program, or the end of a process whose run was over
//! already (R8.13).

use relance_scm::event::Event;
use relance_scm::settings::{FAIL_ON_EXIT, STOP_SIGNAL};
use relance_scm::status::ProcessExit;
use relance_scm::{EndCause, EndCauseKind, ExitCode, ServiceKind, ServiceState, Win32Error};

use crate::action::Answer;
use crate::draft::Draft;
use crate::ending::{self, over};
use crate::record::{EndReason, RunId, RunPhase, StopCause};
use crate::{recycle, start};

pub(crate) fn process_exited(draft: &mut Draft, id: RunId, exit: ProcessExit) -> Answer {
    if draft
        .record
        .previous
        .as_ref()
        .is_some_and(|previous| previous.run == id)
    {
        draft.record.previous = None;
        if let Some(end) = draft.record.last_end.as_mut().filter(|end| end.run == id) {
            end.exit = Some(exit);
        }
        start::previous_ended(draft);
        draft.remove_if_over();
        return Answer::Accepted;
    }
    if draft.run(id).is_none() {
        return Answer::Stale;
    }
    // X3: nobody saw how.
    if exit == ProcessExit::Unknown {
        draft.log(Event::EndNotSeen);
    }
    draft.exit = Some((id, exit));
    current_run_exited(draft, id, exit);
    draft.remove_if_over();
    Answer::Accepted
}

fn current_run_exited(draft: &mut Draft, id: RunId, exit: ProcessExit) {
    let Some(run) = draft.run(id) else { return };
    let (stop, connecting) = (run.stop, matches!(run.phase, RunPhase::Connecting(_)));
    let hangs = run.hangs() && stop.is_none();
    let (kind, overdue) = (run.kind, run.killed_after.is_some());
    if draft.record.shutting_down {
        over(draft, EndReason::Shutdown, ExitCode::SUCCESS);
    } else if stop == Some(StopCause::Terminated) {
        draft.log(Event::Terminated);
        over(draft, EndReason::Terminated, ExitCode::SUCCESS);
    } else if hangs {
        // X44: it was told to leave a dump; the status of that end means nothing.
        crashed(draft);
    } else if connecting {
        start::not_connected(draft, id, false);
    } else if overdue && stop.is_none() && draft.record.state == ServiceState::StartPending {
        let code = ExitCode::Win32(Win32Error::SERVICE_REQUEST_TIMEOUT);
        ending::end_with(draft, EndReason::StartOverdue, code, true);
    } else if overdue && stop == Some(StopCause::Requested) && kind == ServiceKind::Service {
        let code = ExitCode::Win32(Win32Error::SERVICE_REQUEST_TIMEOUT);
        over(draft, EndReason::StopOverdue, code);
    } else {
        match kind {
            ServiceKind::Service => crashed(draft),
            ServiceKind::Program => program_ended(draft, exit),
        }
    }
}

/// R1, R9: STOPPED with 1067, and a failure.
fn crashed(draft: &mut Draft) {
    ending::end_with(draft, EndReason::Crashed, ExitCode::PROCESS_ABORTED, true);
}

/// A program's exit status is its STOPPED report: 0 is clean, n is 1066 with n, a signal is a crash.
/// Asked to stop, it may also die of that signal or of the kill that follows.
fn program_ended(draft: &mut Draft, exit: ProcessExit) {
    let asked = draft
        .record
        .run
        .as_ref()
        .is_some_and(|run| run.stop.is_some());
    let stop_signal = i32::from(draft.record.config.extensions.get(STOP_SIGNAL));
    let exit_code = match exit {
        ProcessExit::Exited(status) => status_code(status),
        ProcessExit::Signaled(_) | ProcessExit::Unknown if asked => {
            return over(draft, EndReason::Stopped, ExitCode::SUCCESS);
        }
        ProcessExit::Signaled(_) | ProcessExit::Unknown => return crashed(draft),
    };
    if asked {
        let by_signal = status_code(128 + stop_signal);
        return stopped_on_request(draft, exit_code, exit_code == by_signal);
    }
    if let Some(request) = recycle::request(draft, exit_code) {
        return recycle::program_ended(draft, request, exit_code);
    }
    let reason = judge(draft, exit_code);
    let run = draft.record.run.as_ref();
    if run.is_some_and(|run| left_processes(run.end_cause.as_deref())) {
        draft.log(Event::LeftProcesses);
    }
    ending::log_exit_code(draft, exit_code);
    let counts = reason == EndReason::StoppedWithError;
    ending::end_with(draft, reason, exit_code, counts);
}

/// X63: whether the manager has found that the program went into the background.
pub(crate) fn left_processes(cause: Option<&EndCause>) -> bool {
    cause.is_some_and(|cause| cause.kind == EndCauseKind::LeftProcesses)
}

/// X1: the code that a program's exit status stands for.
fn status_code(status: i32) -> ExitCode {
    match status {
        0 => ExitCode::SUCCESS,
        status => ExitCode::ServiceSpecific(status.cast_unsigned()),
    }
}

fn stopped_on_request(draft: &mut Draft, exit_code: ExitCode, by_signal: bool) {
    if by_signal || exit_code.is_success() {
        return over(draft, EndReason::Stopped, ExitCode::SUCCESS);
    }
    ending::log_exit_code(draft, exit_code);
    over(draft, EndReason::RequestedStopWithError, exit_code);
}

/// X13: which statuses are failures may be listed; 0 is one only there.
fn judge(draft: &Draft, exit_code: ExitCode) -> EndReason {
    let failing = draft.record.config.extensions.get(FAIL_ON_EXIT);
    if failing.is_empty() {
        return ending::judge(draft, exit_code);
    }
    let status = u8::try_from(exit_code.specific());
    if status.is_ok_and(|status| failing.contains(&status)) {
        ending::judge_error(draft)
    } else {
        EndReason::NotListed
    }
}
