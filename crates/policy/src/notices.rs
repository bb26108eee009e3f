//! What a run says of itself by systemd's protocol (X41, X42), except for heartbeats and the text of its
//! status, which the host keeps in memory.
//!
//! Only the state of a program follows from this: a service reports its state over the control channel.

use std::sync::Arc;
use std::time::Duration;

use relance_scm::event::Event;
use relance_scm::settings::STOP_GRACE;
use relance_scm::{EndCause, EndCauseKind, ServiceKind, ServiceState};
use relance_texts::{Lang, cause};

use crate::action::Answer;
use crate::draft::Draft;
use crate::record::{RunId, RunPhase, StopCause};
use crate::{readiness, stopping};

/// A deadline is not moved by less than this, so that a program that asks all the time does not cause a commit
/// each time.
const LEAST_EXTENSION: Duration = Duration::from_secs(1);
/// A deadline is not moved further into the future than this.
const LONGEST_EXTENSION: Duration = Duration::from_secs(24 * 60 * 60);

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// `READY=1`, a line on its descriptor, or another sign that was agreed on: it is ready.
    Ready,
    /// `STOPPING=1`: it ends by itself.
    Stopping,
    /// `EXTEND_TIMEOUT_USEC=`: its start or its stop takes so much longer from now on.
    Extend(Duration),
    /// `WATCHDOG_USEC=`: it gives a heartbeat at least so often from now on.
    Watchdog(Duration),
    /// `WATCHDOG=trigger`: it asks to be treated as hung.
    Hung,
    /// It has failed its probes: what they have shown.
    Unwell(Arc<str>),
    /// `ERRNO=`: why it is about to end.
    Error(Arc<str>),
    /// It asked for something that this manager does not have.
    Refused(&'static str),
}

pub(crate) fn noticed(draft: &mut Draft, id: RunId, notice: Notice) -> Answer {
    if draft
        .run(id)
        .is_none_or(|run| run.phase != RunPhase::Active)
    {
        return Answer::Stale;
    }
    match notice {
        Notice::Ready => return readiness::said(draft, id),
        Notice::Stopping => stops(draft, id),
        Notice::Extend(time) => extend(draft, id, time),
        Notice::Watchdog(time) => {
            if let Some(run) = draft.run(id).filter(|_| !time.is_zero()) {
                run.watchdog = Some(time);
            }
        }
        Notice::Hung => return stopping::hung(draft, id, cause::SAID_SO.of(Lang::En)),
        Notice::Unwell(text) => return stopping::hung(draft, id, &text),
        Notice::Error(text) => {
            if let Some(run) = draft.run(id).filter(|run| !run.hangs()) {
                run.end_cause = Some(EndCause::new(EndCauseKind::FatalError, &text).into());
            }
        }
        Notice::Refused(what) => draft.log(Event::NotTaken(what.into())),
    }
    Answer::Accepted
}

/// A program stops by itself: it has its stop grace for that, and its end is judged like any other.
fn stops(draft: &mut Draft, id: RunId) {
    let state = draft.record.state;
    let grace = draft.record.config.extensions.get(STOP_GRACE);
    let kill_at = draft.now + grace;
    let Some(run) = draft.run(id) else { return };
    let is_up = matches!(state, ServiceState::StartPending | ServiceState::Running);
    if run.kind != ServiceKind::Program || run.stop.is_some() || !is_up {
        return;
    }
    run.kill_at = Some(run.kill_at.map_or(kill_at, |at| at.min(kill_at)));
    draft.enter(ServiceState::StopPending);
    draft.record.wait_hint = grace;
}

/// Only an existing deadline can be moved, and never that of a shutdown or of an end by force.
fn extend(draft: &mut Draft, id: RunId, time: Duration) {
    let until = draft.now + time.min(LONGEST_EXTENSION);
    let (state, shutting_down) = (draft.record.state, draft.record.shutting_down);
    let Some(run) = draft.run(id) else { return };
    let is_killed = run.killed || run.stop == Some(StopCause::Terminated);
    let deadline = if state == ServiceState::StartPending {
        &mut run.start_until
    } else if state == ServiceState::StopPending && !is_killed && !shutting_down {
        &mut run.kill_at
    } else {
        return;
    };
    if deadline.is_some_and(|old| until >= old + LEAST_EXTENSION) {
        *deadline = Some(until);
        draft.record.wait_hint = time.min(LONGEST_EXTENSION);
    }
}
