//! Ends that are not counted and starts that wait, because something that the service needs is down (X70).
//! `dependency` says when it is down, and releases the service.

use relance_scm::event::Event;

use crate::draft::Draft;
use crate::record::{NeededDown, RunId, StartCause};

/// X70: if something that the service needs is down, it waits until that is back; its end is not counted, and
/// it is not started again yet. Returns whether it waits.
pub(crate) fn hold(draft: &mut Draft) -> bool {
    if draft.record.shutting_down || draft.record.marked_for_delete {
        return false;
    }
    let Some(down) = &mut draft.record.needed_down else {
        return false;
    };
    if !std::mem::replace(&mut down.is_held, true) {
        let needed = down.needed.clone();
        draft.log(Event::Held(needed));
    }
    true
}

/// The same for the end of a run, which is then on record as one that was not counted.
pub(crate) fn hold_end(draft: &mut Draft, run: RunId) -> bool {
    if !hold(draft) {
        return false;
    }
    let needed = draft.record.needed_down.as_ref();
    let needed = needed.map(|down| down.needed.clone());
    if let Some(end) = draft.record.last_end.as_mut().filter(|end| end.run == run) {
        end.needed = needed;
    }
    true
}

/// A start failed because something that it needs did not come up (D3). A caller that asked for the start was
/// told; any other start is done again when what it needs is up.
pub(crate) fn hold_start(draft: &mut Draft, run: RunId, cause: StartCause, needed: Box<str>) {
    if cause == StartCause::Demand || !draft.record.minds_dependencies() {
        return;
    }
    draft.record.needed_down = Some(NeededDown {
        needed,
        since: draft.now,
        is_held: false,
        start_at: None,
    });
    hold_end(draft, run);
}

/// A start or a stop that somebody asked for ends the wait. Returns whether it waited.
pub(crate) fn superseded(draft: &mut Draft) -> bool {
    let Some(down) = draft.record.needed_down.take_if(|down| down.is_held) else {
        return false;
    };
    draft.log(Event::HoldEnded(down.needed));
    true
}

/// At the end of each step: forgets what is down, for a stopped service that neither waits nor will be started.
pub(crate) fn forget_if_over(draft: &mut Draft) {
    let record = &mut draft.record;
    let mut pending = record.pending_actions.iter();
    let is_over = record.run.is_none()
        && record.held().is_none()
        && !pending.any(|pending| pending.action.kind.restarts());
    if is_over {
        record.needed_down = None;
    }
}
