//! A service with the setting `when_dependency_fails`, while a service that it needs is down: its ends are not
//! counted, and it is started when what it needs is back (X70); or it is stopped as well (X71).
//!
//! The owner of all records finds out which services are down, and tells those that have the setting. What they
//! know is on record, so that it survives the engine. `held` says what is held.

use std::time::Duration;

use relance_scm::Control;
use relance_scm::event::Event;

use crate::action::{Answer, DenyReason};
use crate::draft::Draft;
use crate::record::{NeededDown, RestartWanted, RunPhase, StartCause, WhenDependencyFails};
use crate::{control, start};

/// Something that the service needs is down. `failed`: because of a failure; `behind_dependents`: others
/// that are restarted too need this one.
pub(crate) fn down(
    draft: &mut Draft,
    needed: Box<str>,
    failed: bool,
    behind_dependents: bool,
) -> Answer {
    if !is_concerned(draft) {
        return Answer::Stale;
    }
    let known = draft.record.needed_down.take();
    let (since, is_held) = known.map_or((draft.now, false), |known| (known.since, known.is_held));
    draft.record.needed_down = Some(NeededDown {
        needed,
        since,
        is_held,
        start_at: None,
    });
    let is_restarted = draft.record.when_dependency_fails() == WhenDependencyFails::Restart;
    if failed && is_restarted {
        stop_with_needed(draft, behind_dependents);
    }
    Answer::Accepted
}

/// Whether it runs, or is about to. A service that stays stopped need not be told: its next start looks at what
/// it needs (D2).
fn is_concerned(draft: &Draft) -> bool {
    let record = &draft.record;
    if !record.minds_dependencies() || record.shutting_down {
        return false;
    }
    let mut pending = record.pending_actions.iter();
    match &record.run {
        Some(run) => run.phase != RunPhase::WaitingForDependencies,
        None => record.held().is_some() || pending.any(|pending| pending.action.kind.restarts()),
    }
}

/// X71: it is told to stop, and is held once it has.
fn stop_with_needed(draft: &mut Draft, behind_dependents: bool) {
    let is_running = draft
        .record
        .run
        .as_ref()
        .is_some_and(|run| run.stop.is_none());
    if !is_running || draft.record.restart.is_some() {
        return;
    }
    if let Some(reason) = control::refusal(draft, Control::Stop, false) {
        return draft.log(Event::RestartDropped(reason.code()));
    }
    draft.record.restart = Some(RestartWanted {
        since: draft.now,
        behind_dependents,
        after: None,
        with_needed: true,
        recycle: None,
    });
    let needed = draft.record.needed_down.as_ref();
    if let Some(needed) = needed.map(|down| down.needed.clone()) {
        if let Some(run) = &mut draft.record.run {
            run.with_needed = Some(needed.clone());
        }
        draft.log(Event::RestartedWithNeeded(needed));
    }
    if !behind_dependents {
        control::pass_on(draft, Control::Stop);
    }
}

/// All that it needs is up. One that was held is started after `wait`.
pub(crate) fn back(draft: &mut Draft, wait: Duration) -> Answer {
    let now = draft.now;
    match &mut draft.record.needed_down {
        None => Answer::Stale,
        Some(down) if down.is_held && down.start_at.is_some() => Answer::Stale,
        Some(down) if down.is_held && !wait.is_zero() => {
            down.start_at = Some(now + wait);
            Answer::Accepted
        }
        Some(down) if down.is_held => {
            release(draft);
            Answer::Accepted
        }
        Some(_) => {
            draft.record.needed_down = None;
            Answer::Accepted
        }
    }
}

/// Its turn has come.
pub(crate) fn start_due(draft: &mut Draft) -> Answer {
    let is_due = draft
        .record
        .held()
        .is_some_and(|down| down.start_at.is_some());
    if !is_due {
        return Answer::Stale;
    }
    release(draft);
    Answer::Accepted
}

fn release(draft: &mut Draft) {
    let Some(down) = draft.record.needed_down.take() else {
        return;
    };
    match start::refusal(draft) {
        // It was started meanwhile.
        Some(DenyReason::AlreadyRunning) => {}
        Some(reason) => draft.log(Event::RestartDropped(reason.code())),
        None => {
            draft.log(Event::Released(down.needed));
            start::begin(draft, StartCause::DependencyBack, [].into());
        }
    }
}
