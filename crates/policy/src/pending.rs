//! Queued recovery actions that are dropped before their time: somebody cancels them, or a start or stop
//! of a program takes their place.

use relance_scm::ServiceKind;
use relance_scm::event::Event;

use crate::action::{Answer, DenyReason};
use crate::draft::Draft;
use crate::held;
use crate::record::{ActionId, PendingAction};

/// X21: somebody starts or stops a program, and a pending restart is dropped in favour of that. A service may
/// have several restarts ahead of it, as on Windows (R31, R38). Returns whether there were any.
pub(crate) fn superseded(draft: &mut Draft) -> bool {
    if draft.record.kind() == ServiceKind::Service {
        return false;
    }
    let restarts = |pending: &mut PendingAction| pending.action.kind.restarts();
    let dropped: Vec<_> = draft
        .record
        .pending_actions
        .extract_if(.., restarts)
        .collect();
    for pending in &dropped {
        draft.log(Event::RecoveryCancelled(pending.action));
    }
    !dropped.is_empty()
}

/// An extension: Windows cannot cancel a queued action (R31).
pub(crate) fn cancel_requested(draft: &mut Draft, id: Option<ActionId>) -> Answer {
    let (cancelled, kept): (Vec<_>, Vec<_>) = draft
        .record
        .pending_actions
        .drain(..)
        .partition(|pending| id.is_none_or(|id| id == pending.id));
    draft.record.pending_actions = kept;
    let was_held = id.is_none() && held::superseded(draft);
    if cancelled.is_empty() && !was_held {
        return Answer::Denied(DenyReason::NoPendingAction);
    }
    for pending in cancelled {
        draft.log(Event::RecoveryCancelled(pending.action));
    }
    Answer::Accepted
}
