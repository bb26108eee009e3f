//! Ends of processes: a failure (R1), the report of a program, or the end of something that was over
//! already (R8.13); and the ways to end a process by force.

use std::time::Duration;

use relance_scm::config::StartType;
use relance_scm::event::Event;
use relance_scm::settings::{RESTART_ON_EXIT, STOP_GRACE, STOP_SIGNAL};
use relance_scm::status::ProcessExit;
use relance_scm::{ExitCode, ServiceKind, ServiceState, Win32Error};

use crate::action::{Action, Answer, DenyReason};
use crate::record::{EndReason, Run, RunId, RunPhase, StartCause, StopCause};
use crate::step::Draft;
use crate::{control, failure, report, start};

/// A kill is repeated after this time: it may have been lost with the engine.
const KILL_AGAIN: Duration = Duration::from_secs(5);
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
    end_with(draft, EndReason::Crashed, ExitCode::PROCESS_ABORTED, true);
}

/// An end that is no failure and has no code of its own.
fn over(draft: &mut Draft, reason: EndReason, exit_code: ExitCode) {
    end_with(draft, reason, exit_code, false);
}

fn end_with(draft: &mut Draft, reason: EndReason, exit_code: ExitCode, counts: bool) {
    let from = draft.record.state;
    let Some(run) = draft.end_run(exit_code, None) else {
        return;
    };
    draft.note_end(&run, from, reason);
    if counts {
        failure::count(draft, run.id);
    }
    draft.enter(ServiceState::Stopped);
    control::complete_all(draft, &run, Err(Win32Error::BROKEN_PIPE));
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
    report::log_exit_code(draft, exit_code);
    let reason = if asked {
        EndReason::RequestedStopWithError
    } else {
        report::judge(draft, exit_code)
    };
    end_with(
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
    let Some(ended) = draft.end_run(exit_code, None) else {
        return;
    };
    draft.note_end(&ended, from, EndReason::Recycled(status));
    control::complete_all(draft, &ended, Err(Win32Error::BROKEN_PIPE));
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

/// The stop sequence of a program: its signal now, the kill after its grace.
pub(crate) fn signal_stop(draft: &mut Draft, id: RunId) {
    let grace = draft.record.config.extensions.get(STOP_GRACE);
    let kill_at = draft.now + grace;
    draft.enter(ServiceState::StopPending);
    draft.record.wait_hint = grace;
    if let Some(run) = draft.run(id) {
        run.kill_at = Some(run.kill_at.map_or(kill_at, |at| at.min(kill_at)));
    }
    draft.act(Action::SignalStop(id));
}

/// A stop before there is a process.
pub(crate) fn stopped_before_spawn(draft: &mut Draft, id: RunId) {
    if draft.run(id).is_some() {
        over(draft, EndReason::Stopped, ExitCode::SUCCESS);
        draft.remove_if_over();
    }
}

pub(crate) fn terminate_requested(draft: &mut Draft) -> Answer {
    let again = draft.now + KILL_AGAIN;
    if let Some(run) = &mut draft.record.run {
        run.stop = Some(StopCause::Terminated);
        let (id, phase) = (run.id, run.phase);
        match phase {
            RunPhase::WaitingForDependencies
            | RunPhase::WaitingForPrevious
            | RunPhase::WaitingForRecycle(_) => {
                draft.log(Event::Terminated);
                over(draft, EndReason::Terminated, ExitCode::SUCCESS);
            }
            RunPhase::Spawning | RunPhase::Connecting(_) | RunPhase::Active => {
                run.kill_at = Some(again);
                draft.act(Action::Terminate(id));
                draft.enter(ServiceState::StopPending);
            }
        }
    } else if draft.record.previous.is_none() {
        return Answer::Denied(DenyReason::NotActive);
    }
    if let Some(previous) = &mut draft.record.previous {
        previous.kill_at = Some(again);
        previous.killed = true;
        let id = previous.run;
        draft.act(Action::Terminate(id));
        draft.log(Event::Terminated);
    }
    Answer::Accepted
}

/// The time of a stopping run is over: a program's grace, or the end of a shutdown.
pub(crate) fn kill_due(draft: &mut Draft, id: RunId) -> Answer {
    let now = draft.now;
    let shutting_down = draft.record.shutting_down;
    let grace = draft.record.config.extensions.get(STOP_GRACE);
    let Some(run) = draft.run(id) else {
        return Answer::Stale;
    };
    run.kill_at = Some(now + KILL_AGAIN);
    let first = run.stop == Some(StopCause::Requested);
    draft.act(Action::Terminate(id));
    if first && !shutting_down {
        let grace_ms = u32::try_from(grace.as_millis()).unwrap_or(u32::MAX);
        draft.log(Event::StopGraceExpired(grace_ms));
    }
    Answer::Accepted
}

/// S50: the process has outlived its STOPPED report for too long. Never a failure (R8.13).
pub(crate) fn linger_over(draft: &mut Draft, id: RunId) -> Answer {
    let now = draft.now;
    let Some(previous) = draft
        .record
        .previous
        .as_mut()
        .filter(|previous| previous.run == id)
    else {
        return Answer::Stale;
    };
    previous.kill_at = Some(now + KILL_AGAIN);
    let again = std::mem::replace(&mut previous.killed, true);
    let outlived = u32::try_from((now - previous.since).as_millis()).unwrap_or(u32::MAX);
    draft.act(Action::Terminate(id));
    // A start that was given up has its own entry.
    if !again && outlived > 0 {
        draft.log(Event::LingererKilled(outlived));
    }
    Answer::Accepted
}
