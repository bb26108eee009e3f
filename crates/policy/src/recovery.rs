//! Recovery actions whose time has come (R31 to R46).

use relance_scm::event::Event;
use relance_scm::{RecoveryActionKind, Win32Error};

use crate::action::{Action, Answer, DenyReason};
use crate::record::{ActionId, PendingAction, StartCause};
use crate::start;
use crate::step::Draft;

pub(crate) fn due(draft: &mut Draft, id: ActionId) -> Answer {
    let pending_actions = &mut draft.record.pending_actions;
    let Some(index) = pending_actions.iter().position(|pending| pending.id == id) else {
        return Answer::Stale;
    };
    let pending = pending_actions.remove(index);
    match pending.action.kind {
        RecoveryActionKind::None => {}
        RecoveryActionKind::Restart | RecoveryActionKind::OwnRestart => restart(draft, &pending),
        RecoveryActionKind::RunCommand => run_command(draft, &pending),
        RecoveryActionKind::Reboot => draft.act(Action::Reboot {
            id,
            action: pending.action,
        }),
    }
    Answer::Accepted
}

/// R31 to R36: a start without arguments, refused like any other, and then logged as 7032.
fn restart(draft: &mut Draft, pending: &PendingAction) {
    match start::refusal(draft) {
        // R40: a shutdown drops it silently.
        Some(DenyReason::ShuttingDown) => {}
        Some(reason) => failed(draft, pending, reason.code()),
        None => {
            start::begin(
                draft,
                StartCause::Recovery(pending.id, pending.action),
                [].into(),
            );
        }
    }
}

/// R41 to R43: not waited for; `%1%` is the counter.
fn run_command(draft: &mut Draft, pending: &PendingAction) {
    if draft.record.marked_for_delete {
        return failed(draft, pending, Win32Error::SERVICE_MARKED_FOR_DELETE);
    }
    if pending.text.is_empty() {
        return failed(draft, pending, Win32Error::NO_RECOVERY_PROGRAM);
    }
    let command = pending
        .text
        .replace("%1%", &pending.failure_count.to_string());
    draft.act(Action::RunCommand {
        id: pending.id,
        action: pending.action,
        failure_count: pending.failure_count,
        command: command.into(),
    });
}

fn failed(draft: &mut Draft, pending: &PendingAction, error: Win32Error) {
    draft.log(Event::RecoveryActionFailed(pending.action, error));
}

/// An extension: Windows cannot cancel a queued action (R31).
pub(crate) fn cancel_requested(draft: &mut Draft, id: Option<ActionId>) -> Answer {
    let (cancelled, kept): (Vec<_>, Vec<_>) = draft
        .record
        .pending_actions
        .drain(..)
        .partition(|pending| id.is_none_or(|id| id == pending.id));
    draft.record.pending_actions = kept;
    if cancelled.is_empty() {
        return Answer::Denied(DenyReason::NoPendingAction);
    }
    for pending in cancelled {
        draft.log(Event::RecoveryCancelled(pending.action));
    }
    Answer::Accepted
}
