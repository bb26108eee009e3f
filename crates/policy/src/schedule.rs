//! Starts by the clock (X72 to X74). The owner of the record says when one is due; this file decides what it
//! does.

use relance_scm::ServiceConfig;
use relance_scm::event::Event;
use relance_scm::settings::{SCHEDULE, WHEN_START_MISSED, WHEN_STILL_RUNNING};

use crate::action::{Answer, DenyReason};
use crate::draft::Draft;
use crate::record::{Scheduled, StartCause};
use crate::start;

/// A start that comes later than this was missed. A busy machine may be late by less.
const LATE: i64 = 60;

/// X73: whether a start that was planned for a time, and is looked at now, was missed. Both in seconds since 1970.
#[must_use]
pub fn is_missed(at: i64, now: i64) -> bool {
    now.saturating_sub(at) > LATE
}

/// The next time is known.
pub(crate) fn planned(draft: &mut Draft, next: Option<i64>) -> Answer {
    let has_schedule = draft.record.schedule().is_some() && !draft.record.marked_for_delete;
    let before = draft.record.scheduled;
    draft.record.scheduled = has_schedule.then(|| Scheduled {
        next,
        last: before.and_then(|scheduled| scheduled.last),
        is_queued: before.is_some_and(|scheduled| scheduled.is_queued),
    });
    Answer::Accepted
}

/// Another schedule: what was planned by the one before does not come, even if the engine is killed before it has
/// planned again.
pub(crate) fn changed(draft: &mut Draft, before: &ServiceConfig) {
    let is_same = before.extensions.get(SCHEDULE) == draft.record.schedule();
    if let Some(scheduled) = draft.record.scheduled.as_mut().filter(|_| !is_same) {
        scheduled.next = None;
    }
}

pub(crate) fn due(draft: &mut Draft, at: i64, next: Option<i64>, missed: bool) -> Answer {
    let Some(scheduled) = &mut draft.record.scheduled else {
        return Answer::Stale;
    };
    scheduled.next = next;
    // X73
    if missed && draft.record.config.extensions.get(WHEN_START_MISSED) != "run" {
        draft.log(Event::StartMissed);
        return Answer::Accepted;
    }
    scheduled.last = Some(at);
    match start::requested(draft, StartCause::Schedule, [].into()) {
        Answer::Denied(DenyReason::AlreadyRunning) => overlap(draft),
        // A service that must not be started stays stopped.
        Answer::Denied(_)
        | Answer::Accepted
        | Answer::Start(_)
        | Answer::Control(..)
        | Answer::Stale => {}
    }
    Answer::Accepted
}

/// X74: it still runs.
fn overlap(draft: &mut Draft) {
    let is_queued = draft.record.config.extensions.get(WHEN_STILL_RUNNING) == "queue";
    let Some(scheduled) = draft.record.scheduled.as_mut().filter(|_| is_queued) else {
        return draft.log(Event::StillRunning);
    };
    // One waits at most.
    if !std::mem::replace(&mut scheduled.is_queued, true) {
        draft.log(Event::StartQueued);
    }
}

/// At the end of each step: a start that waited for the run before.
pub(crate) fn start_if_stopped(draft: &mut Draft) {
    let is_stopped = draft.record.run.is_none();
    if is_stopped && take_queued(draft) {
        // A service that must not be started any more stays stopped.
        let _ = start::requested(draft, StartCause::Schedule, [].into());
    }
}

/// A stop that somebody asks for cancels a queued start. Returns whether there was one.
pub(crate) fn take_queued(draft: &mut Draft) -> bool {
    let scheduled = draft.record.scheduled.as_mut();
    scheduled.is_some_and(|scheduled| std::mem::take(&mut scheduled.is_queued))
}
