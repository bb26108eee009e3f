//! From the process to RUNNING: programs that have to stay up first (X15) or to say that they are ready
//! (X41), starts with a deadline (X16), and services that never say RUNNING (X17).

use std::time::Duration;

use relance_scm::event::Event;
use relance_scm::settings::{READY, READY_AFTER, START_DEADLINE};
use relance_scm::{ServiceKind, ServiceState};

use crate::action::{Action, Answer};
use crate::draft::Draft;
use crate::record::{Run, RunId};
use crate::stopping::KILL_AGAIN;
use crate::time::millis;

/// A service that has not said RUNNING is logged after this time, if its wait hint is shorter.
const MUTE: Duration = Duration::from_secs(30);

/// How long a program that says when it is ready has for that, if it has no other deadline; as under systemd.
const SIGN_DEADLINE: Duration = Duration::from_secs(90);

/// The process exists (that of a service has connected). Sets the next condition for RUNNING, and
/// its deadline.
pub(crate) fn begin(draft: &mut Draft, id: RunId) {
    let (now, extensions) = (draft.now, &draft.record.config.extensions);
    let (ready_after, signs) = (extensions.get(READY_AFTER), extensions.get(READY).is_some());
    let deadline = extensions.get(START_DEADLINE);
    let deadline = deadline.filter(|deadline| !deadline.is_zero());
    let hint = draft.record.wait_hint;
    let Some(run) = draft.run(id) else { return };
    run.start_until = deadline.map(|deadline| now + deadline);
    match run.kind {
        ServiceKind::Program if signs => {
            run.unready = true;
            let deadline = deadline.unwrap_or(SIGN_DEADLINE);
            run.start_until = Some(now + deadline);
            draft.record.wait_hint = deadline;
        }
        ServiceKind::Program => stay_up(draft, id, ready_after),
        ServiceKind::Service => run.mute_at = Some(now + hint.max(MUTE)),
    }
}

/// X15: it is RUNNING once it has stayed up for so long.
fn stay_up(draft: &mut Draft, id: RunId, time: Duration) {
    let at = draft.now + time;
    if let Some(run) = draft.run(id).filter(|_| !time.is_zero()) {
        run.ready_at = Some(at);
        draft.record.wait_hint = time;
    }
}

/// Whether a program has met every condition for RUNNING.
pub(crate) fn is_complete(run: &Run) -> bool {
    run.ready_at.is_none() && !run.unready
}

/// X41: it says that it is ready. It may still have to stay up.
pub(crate) fn said(draft: &mut Draft, id: RunId) -> Answer {
    let ready_after = draft.record.config.extensions.get(READY_AFTER);
    let Some(run) = pending(draft, id).filter(|run| run.unready && !run.killed) else {
        return Answer::Stale;
    };
    run.unready = false;
    stay_up(draft, id, ready_after);
    if draft.run(id).is_some_and(|run| is_complete(run)) {
        draft.enter(ServiceState::Running);
    }
    Answer::Accepted
}

/// S40: a report of START_PENDING is progress, and its hint says when the next one comes.
pub(crate) fn progressed(draft: &mut Draft, id: RunId) {
    let next = draft.now + draft.record.wait_hint.max(MUTE);
    if let Some(run) = draft.run(id)
        && run.mute_at.is_some()
    {
        run.mute_at = Some(next);
    }
}

/// X15: it has stayed up.
pub(crate) fn ready(draft: &mut Draft, id: RunId) -> Answer {
    let Some(run) = pending(draft, id) else {
        return Answer::Stale;
    };
    run.ready_at = None;
    draft.enter(ServiceState::Running);
    Answer::Accepted
}

/// X16: the time is over; it is killed, and what that means is decided when it has ended.
pub(crate) fn overdue(draft: &mut Draft, id: RunId) -> Answer {
    let now = draft.now;
    let Some(run) = pending(draft, id) else {
        return Answer::Stale;
    };
    let begun = run.spawned_at.unwrap_or(run.started_at);
    run.start_until = None;
    run.ready_at = None;
    run.unready = false;
    run.killed = true;
    run.killed_after = Some(now - begun);
    run.kill_at = Some(now + KILL_AGAIN);
    draft.log(Event::StartOverdue(millis(now - begun)));
    draft.act(Action::Terminate(id));
    Answer::Accepted
}

/// X17: logged once a run.
pub(crate) fn mute(draft: &mut Draft, id: RunId) -> Answer {
    let now = draft.now;
    let Some(run) = pending(draft, id) else {
        return Answer::Stale;
    };
    run.mute_at = None;
    let begun = run.spawned_at.unwrap_or(run.started_at);
    draft.log(Event::NeverRunning(millis(now - begun)));
    Answer::Accepted
}

/// The run, if it is this one and its start is not over.
fn pending(draft: &mut Draft, id: RunId) -> Option<&mut Run> {
    let is_pending = draft.record.state == ServiceState::StartPending;
    draft.run(id).filter(|run| is_pending && run.stop.is_none())
}
