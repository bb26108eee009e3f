//! The ways to end a run: asking a program to stop, ending it by force, and the kills that follow when the time
//! is over. `ending` decides what the end then means.

use std::time::Duration;

use relance_scm::event::Event;
use relance_scm::settings::{STOP_COMMAND, STOP_DEADLINE, STOP_GRACE, WATCHDOG_SIGNAL};
use relance_scm::{EndCause, EndCauseKind, ExitCode, ServiceKind, ServiceState};
use relance_texts::{Lang, cause};

use crate::action::{Action, Answer, DenyReason};
use crate::draft::Draft;
use crate::ending;
use crate::record::{EndReason, RunId, RunPhase, ServiceRecord, StopCause};
use crate::stop_command;
use crate::time::millis;

/// A kill is repeated after this time, because it may have been lost with the engine.
pub(crate) const KILL_AGAIN: Duration = Duration::from_secs(5);

/// Asks a program to stop. Without a process there is nothing to ask, and it is stopped.
pub(crate) fn stop_program(draft: &mut Draft, id: RunId, phase: RunPhase) {
    match phase {
        RunPhase::WaitingForDependencies
        | RunPhase::WaitingForPrevious
        | RunPhase::WaitingForRecycle(_) => stopped_before_spawn(draft, id),
        // The signal follows when the process exists.
        RunPhase::Spawning => draft.enter(ServiceState::StopPending),
        RunPhase::Connecting(_) | RunPhase::Active => signal_stop(draft, id),
    }
}

/// The stop sequence of a program: its command or its signal now, the kill after its grace.
pub(crate) fn signal_stop(draft: &mut Draft, id: RunId) {
    let grace = draft.record.config.extensions.get(STOP_GRACE);
    let kill_at = draft.now + grace;
    draft.enter(ServiceState::StopPending);
    draft.record.wait_hint = grace;
    let is_gentle = draft.record.is_being_recycled();
    if let Some(run) = draft.run(id)
        && !is_gentle
    {
        run.kill_at = Some(run.kill_at.map_or(kill_at, |at| at.min(kill_at)));
    }
    if draft.record.config.extensions.get(STOP_COMMAND).is_some() {
        stop_command::begin(draft, id, grace);
    } else {
        draft.act(Action::SignalStop(id));
    }
}

/// How long a stop may take before the run is killed; `None`: as long as it likes.
pub(crate) fn stop_time(record: &ServiceRecord) -> Option<Duration> {
    let extensions = &record.config.extensions;
    match record.kind() {
        ServiceKind::Program => Some(extensions.get(STOP_GRACE)),
        ServiceKind::Service => deadline(record),
    }
}

/// How long a service may take to stop; zero counts as not set.
fn deadline(record: &ServiceRecord) -> Option<Duration> {
    let deadline = record.config.extensions.get(STOP_DEADLINE);
    deadline.filter(|deadline| !deadline.is_zero())
}

/// A stop, restart or deletion that somebody asked for: from here on the run has its usual time to stop.
pub(crate) fn no_longer_gentle(draft: &mut Draft) {
    let was_gentle = draft.record.is_being_recycled();
    let time = stop_time(&draft.record);
    let now = draft.now;
    let Some(run) = draft.record.run.as_mut() else {
        return;
    };
    run.recycle = None;
    if was_gentle && run.kill_at.is_none() && run.stop.is_some() {
        run.kill_at = time.map(|time| now + time);
    }
}

/// A stop before there is a process.
pub(crate) fn stopped_before_spawn(draft: &mut Draft, id: RunId) {
    if draft.run(id).is_some() {
        ending::over(draft, EndReason::Stopped, ExitCode::SUCCESS);
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
                ending::over(draft, EndReason::Terminated, ExitCode::SUCCESS);
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
    let Some(run) = draft.run(id) else {
        return Answer::Stale;
    };
    run.kill_at = Some(now + KILL_AGAIN);
    let first = !std::mem::replace(&mut run.killed, true);
    // An end by force, or because it hangs, is in the log already.
    let was_asked = run.stop != Some(StopCause::Terminated) && !run.hangs();
    draft.act(Action::Terminate(id));
    if first && was_asked {
        note_kill(draft, id);
    }
    Answer::Accepted
}

/// X40: a run without a heartbeat is ended.
pub(crate) fn silent(draft: &mut Draft, id: RunId) -> Answer {
    let Some((_, time)) = draft.record.watched().filter(|(run, _)| *run == id) else {
        return Answer::Stale;
    };
    draft.log(Event::NoHeartbeat(millis(time)));
    let text = Lang::En.say(cause::NoHeartbeat { time });
    end_hung(draft, id, &text);
    Answer::Accepted
}

/// The same for a run that hangs by other signs.
pub(crate) fn hung(draft: &mut Draft, id: RunId, text: &str) -> Answer {
    if !draft.record.is_well(id) {
        return Answer::Stale;
    }
    draft.log(Event::Hung(text.into()));
    end_hung(draft, id, text);
    Answer::Accepted
}

/// A run that hangs is ended by force, or asked by a signal to leave a dump first (X44). Its end then counts
/// as any crash does, with a cause of its own.
fn end_hung(draft: &mut Draft, id: RunId, text: &str) {
    let extensions = &draft.record.config.extensions;
    let (signal, grace) = (extensions.get(WATCHDOG_SIGNAL), extensions.get(STOP_GRACE));
    let kill_at = draft.now + signal.map_or(KILL_AGAIN, |_| grace);
    if let Some(run) = draft.run(id) {
        run.end_cause = Some(EndCause::new(EndCauseKind::Hung, text).into());
        run.kill_at = Some(kill_at);
        run.killed = signal.is_none();
    }
    draft.act(match signal {
        Some(signal) => Action::Signal { run: id, signal },
        None => Action::Terminate(id),
    });
}

/// Why it is killed, and after which time.
fn note_kill(draft: &mut Draft, id: RunId) {
    let record = &draft.record;
    let own = record.kind() == ServiceKind::Program || !record.shutting_down;
    let time = if own {
        stop_time(record).unwrap_or_default()
    } else {
        record.limits.wait_to_kill
    };
    if let Some(run) = draft.run(id) {
        run.killed_after = Some(time);
    }
    draft.log(if own {
        Event::StopGraceExpired(millis(time))
    } else {
        Event::KilledAtShutdown(millis(time))
    });
}

/// X16: the time that a stopping service has, if it has a deadline.
pub(crate) fn give_deadline(draft: &mut Draft, id: RunId) {
    let Some(deadline) = deadline(&draft.record) else {
        return;
    };
    let kill_at = draft.now + deadline;
    let is_gentle = draft.record.is_being_recycled();
    if let Some(run) = draft.run(id)
        && !is_gentle
        && run.kind == ServiceKind::Service
        && run.kill_at.is_none()
    {
        run.kill_at = Some(kill_at);
    }
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
    let outlived = millis(now - previous.since);
    draft.act(Action::Terminate(id));
    // A start that was given up has its own entry.
    if !again && outlived > 0 {
        draft.log(Event::LingererKilled(outlived));
    }
    Answer::Accepted
}
