//! Recovery actions whose time has come (R31 to R46).

use relance_scm::event::Event;
use relance_scm::{RecoveryActionKind, Win32Error};

use crate::action::{Action, Answer, DenyReason};
use crate::draft::Draft;
use crate::record::{ActionId, PendingAction, StartCause};
use crate::{held, start};

pub(crate) fn due(draft: &mut Draft, id: ActionId) -> Answer {
    let waiting = |pending: &PendingAction| pending.id == id && !pending.executing;
    let Some(index) = draft.record.pending_actions.iter().position(waiting) else {
        return Answer::Stale;
    };
    match draft.record.pending_actions[index].action.kind {
        RecoveryActionKind::RunCommand => run_command(draft, index),
        RecoveryActionKind::Reboot => {
            draft.record.pending_actions[index].executing = true;
            draft.act(Action::Reboot { id });
        }
        RecoveryActionKind::Restart | RecoveryActionKind::OwnRestart => {
            let pending = draft.record.pending_actions.remove(index);
            restart(draft, &pending);
        }
        RecoveryActionKind::None => {
            draft.record.pending_actions.remove(index);
        }
    }
    Answer::Accepted
}

/// A command or a reboot has begun, or could not (R44, R46).
pub(crate) fn done(draft: &mut Draft, id: ActionId, result: Result<(), Win32Error>) -> Answer {
    // The action may not be due yet: the previous manager carried it out and ended before the failure was on
    // record, and the delay was changed since.
    let is_done = |pending: &PendingAction| {
        let kind = pending.action.kind;
        let carried_out = matches!(
            kind,
            RecoveryActionKind::RunCommand | RecoveryActionKind::Reboot
        );
        pending.id == id && carried_out
    };
    let Some(index) = draft.record.pending_actions.iter().position(is_done) else {
        if id.number <= draft.record.actions_queued {
            return Answer::Stale;
        }
        // It was carried out for a failure that was never put on record and does not happen again (a start
        // that failed, X14). Its number must not be used again: the host would take another action with that
        // number for the same one.
        draft.record.actions_queued = id.number;
        return Answer::Accepted;
    };
    let pending = draft.record.pending_actions.remove(index);
    if let Err(error) = result {
        failed(draft, &pending, error);
    }
    Answer::Accepted
}

/// R31 to R36: a start without arguments, refused like any other, and then logged as 7032.
fn restart(draft: &mut Draft, pending: &PendingAction) {
    match start::refusal(draft) {
        // R40: a shutdown drops it silently.
        Some(DenyReason::ShuttingDown) => {}
        // X70: what it needs is down; it is started when that is back.
        None if held::hold(draft) => {}
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
fn run_command(draft: &mut Draft, index: usize) {
    let refusal = if draft.record.marked_for_delete {
        Some(Win32Error::SERVICE_MARKED_FOR_DELETE)
    } else if draft.record.pending_actions[index].text.is_empty() {
        Some(Win32Error::NO_RECOVERY_PROGRAM)
    } else {
        None
    };
    if let Some(error) = refusal {
        let pending = draft.record.pending_actions.remove(index);
        return failed(draft, &pending, error);
    }
    let pending = &mut draft.record.pending_actions[index];
    pending.executing = true;
    let (id, command) = (pending.id, pending.command());
    draft.act(Action::RunCommand { id, command });
}

fn failed(draft: &mut Draft, pending: &PendingAction, error: Win32Error) {
    draft.log(Event::RecoveryActionFailed(pending.action, error));
}
