//! Ends of processes: a failure (R1), the report of a program, or the end of something that was over
//! already (R8.13).

use std::time::Duration;

use relance_scm::config::StartType;
use relance_scm::event::Event;
use relance_scm::settings::{RESTART_ON_EXIT, STOP_SIGNAL};
use relance_scm::status::ProcessExit;
use relance_scm::{ExitCode, ServiceKind, ServiceState, Win32Error};

use crate::action::Answer;
use crate::draft::Draft;
use crate::ending::{self, over};
use crate::record::{EndReason, RunId, RunPhase, StartCause, StopCause};
use crate::start;

/// A program that asks for new starts faster than this ...
const SHORT_RUN: Duration = Duration::from_secs(1);
/// ... so many times in a row is slowed down to one start per [`SHORT_RUN`].
const SHORT_RUNS_MAX: u8 = 5;

pub(crate) fn process_exited(draft: &mut Draft, id: RunId, exit: ProcessExit) -> Answer {
    if draft
        .record
        .previous
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
    current_run_exited(draft, id, exit);
    if let Some(end) = draft.record.last_end.as_mut().filter(|end| end.run == id) {
        end.exit = Some(exit);
    }
    draft.remove_if_over();
    Answer::Accepted
}

fn current_run_exited(draft: &mut Draft, id: RunId, exit: ProcessExit) {
    let Some(run) = draft.run(id) else { return };
    let (stop, connecting) = (run.stop, matches!(run.phase, RunPhase::Connecting(_)));
    if draft.record.shutting_down {
        over(draft, EndReason::Shutdown, ExitCode::SUCCESS);
    } else if stop == Some(StopCause::Terminated) {
        draft.log(Event::Terminated);
        over(draft, EndReason::Terminated, ExitCode::SUCCESS);
    } else if connecting {
        start::not_connected(draft, id, false);
    } else {
        match draft.record.kind() {
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
    match exit {
        ProcessExit::Exited(status) if !asked && asks_for_start(draft, status) => {
            recycle(draft, u8::try_from(status).unwrap_or_default());
        }
        ProcessExit::Exited(0) => over(draft, EndReason::Stopped, ExitCode::SUCCESS),
        ProcessExit::Exited(status) if asked && status == 128 + stop_signal => {
            over(draft, EndReason::Stopped, ExitCode::SUCCESS);
        }
        ProcessExit::Exited(status) => stopped_with_status(draft, status, asked),
        ProcessExit::Signaled(_) | ProcessExit::Unknown if asked => {
            over(draft, EndReason::Stopped, ExitCode::SUCCESS);
        }
        ProcessExit::Signaled(_) | ProcessExit::Unknown => crashed(draft),
    }
}

fn stopped_with_status(draft: &mut Draft, status: i32, asked: bool) {
    let exit_code = ExitCode::ServiceSpecific(status.cast_unsigned());
    ending::log_exit_code(draft, exit_code);
    let reason = if asked {
        EndReason::RequestedStopWithError
    } else {
        ending::judge(draft, exit_code)
    };
    ending::end_with(
        draft,
        reason,
        exit_code,
        reason == EndReason::StoppedWithError,
    );
}

fn asks_for_start(draft: &Draft, status: i32) -> bool {
    let config = &draft.record.config;
    let listed = u8::try_from(status)
        .is_ok_and(|status| config.extensions.get(RESTART_ON_EXIT).contains(&status));
    listed && config.start_type != StartType::Disabled && !draft.record.marked_for_delete
}

/// X2. Planned recycling: started again at once, not counted. A program that asks for it again and again
/// within a second is started once a second, so that a mistake does not eat a processor.
fn recycle(draft: &mut Draft, status: u8) {
    let now = draft.now;
    let from = draft.record.state;
    draft.log(Event::Recycled(status));
    let exit_code = ExitCode::from_raw(if status == 0 { 0 } else { 1066 }, status.into());
    let Some(ended) = ending::end_run(draft, exit_code, None) else {
        return;
    };
    ending::note_end(draft, &ended, from, EndReason::Recycled(status));
    ending::complete_controls(draft, &ended, Err(Win32Error::BROKEN_PIPE));
    let short = now - ended.started_at < SHORT_RUN;
    draft.record.short_recycles = if short {
        draft.record.short_recycles.saturating_add(1)
    } else {
        0
    };
    draft.record.state = ServiceState::Stopped;
    let waits = draft.record.short_recycles >= SHORT_RUNS_MAX;
    if waits {
        start::begin_later(draft, now + SHORT_RUN);
    } else {
        start::begin(draft, StartCause::Recycle, [].into());
    }
}
