//! Restarts that somebody asks for (X22): one request, on record until the service has been started
//! again, even if the caller is gone or has stopped waiting, or the engine is killed.
//!
//! The service is told to stop, behind those that need it if they are restarted too. However its run then
//! ends, and however long that takes, it is started again. A stop, the deletion and the manager's own
//! stop cancel the request. A service that must not be started when its time has come, because it was
//! disabled meanwhile, stays stopped.

use relance_scm::Control;
use relance_scm::event::Event;

use crate::action::{Answer, DenyReason};
use crate::draft::Draft;
use crate::record::{RestartWanted, ServiceId, StartCause};
use crate::{control, held, pending, start, stopping};

pub(crate) fn requested(
    draft: &mut Draft,
    dependents_active: bool,
    with_dependents: bool,
    after: Option<ServiceId>,
) -> Answer {
    // A service that could not be started again is not stopped.
    if let Some(reason) = start::refusal(draft)
        && reason != DenyReason::AlreadyRunning
    {
        return Answer::Denied(reason);
    }
    let Some(run) = &draft.record.run else {
        pending::superseded(draft);
        start::begin(draft, StartCause::Restart, [].into());
        return Answer::Accepted;
    };
    if let Some(wanted) = &mut draft.record.restart {
        if wanted.recycle.take().is_some() {
            draft.log(Event::RestartAsked);
            stopping::no_longer_gentle(draft);
        }
        return Answer::Accepted;
    }
    let is_stopping = run.stop.is_some();
    let behind_dependents = dependents_active && with_dependents && !is_stopping;
    if !is_stopping
        && let Some(reason) =
            control::refusal(draft, Control::Stop, dependents_active && !with_dependents)
    {
        return Answer::Denied(reason);
    }
    draft.record.restart = Some(RestartWanted {
        since: draft.now,
        behind_dependents,
        after,
        with_needed: false,
        recycle: None,
    });
    draft.log(Event::RestartAsked);
    if !is_stopping && !behind_dependents {
        // No caller waits for the answer.
        control::pass_on(draft, Control::Stop);
    }
    Answer::Accepted
}

pub(crate) fn due(draft: &mut Draft) -> Answer {
    let Some(restart) = &mut draft.record.restart else {
        return Answer::Stale;
    };
    if draft.record.run.is_none() && restart.after.is_some() {
        restart.after = None;
        return Answer::Accepted;
    }
    if !std::mem::take(&mut restart.behind_dependents) || draft.record.run.is_none() {
        return Answer::Stale;
    }
    match control::refusal(draft, Control::Stop, false) {
        None => {
            control::pass_on(draft, Control::Stop);
        }
        // It was told to stop meanwhile.
        Some(DenyReason::StopDelivered) => {}
        Some(reason) => dropped(draft, reason),
    }
    Answer::Accepted
}

/// At the end of each step: the run of a service that is to be restarted has ended.
pub(crate) fn start_if_stopped(draft: &mut Draft) {
    let Some(restart) = draft.record.restart else {
        return;
    };
    if draft.record.run.is_some() || restart.after.is_some() {
        return;
    }
    draft.record.restart = None;
    match start::refusal(draft) {
        // X70: what it needs is down; it is started when that is back.
        None if held::hold(draft) => {}
        None => {
            let cause = restart
                .recycle
                .map_or(StartCause::Restart, StartCause::Ceiling);
            start::begin(draft, cause, [].into());
        }
        Some(reason) => dropped(draft, reason),
    }
}

fn dropped(draft: &mut Draft, reason: DenyReason) {
    draft.record.restart = None;
    draft.log(Event::RestartDropped(reason.code()));
}
