//! Controls: which are sent (S24 to S31), one at a time per service (S32), and how they are answered
//! (S33, S44).

use std::time::Duration;

use relance_scm::event::Event;
use relance_scm::settings::{CONTROL_SIGNALS, RELOAD_SIGNAL};
use relance_scm::{Control, ServiceKind, ServiceState, Win32Error};

use crate::action::{Action, Answer, DenyReason};
use crate::draft::Draft;
use crate::record::{ControlId, PendingControl, Run, RunId, RunPhase, ServiceRecord, StopCause};
use crate::time::millis;
use crate::{held, pending, schedule, stopping};

/// How long a service may take to answer a control (S44).
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// Controls that may wait behind one that is not answered.
const WAITING_MAX: usize = 64;

pub(crate) fn requested(draft: &mut Draft, control: Control, dependents_active: bool) -> Answer {
    if control == Control::Stop
        && let Some(answer) = stop_instead(draft)
    {
        return answer;
    }
    if let Some(reason) = refusal(draft, control, dependents_active) {
        return Answer::Denied(reason);
    }
    if control == Control::Stop {
        withdraw_restart(draft);
        schedule::take_queued(draft);
    }
    pass_on(draft, control)
}

/// Sends a control that is not refused.
pub(crate) fn pass_on(draft: &mut Draft, control: Control) -> Answer {
    match draft.record.kind() {
        ServiceKind::Service => send(draft, control),
        ServiceKind::Program => to_program(draft, control),
    }
}

/// X21, X22: a stop of a service that has stopped, or is stopping, cancels what would start it again.
fn stop_instead(draft: &mut Draft) -> Option<Answer> {
    let until = draft.now;
    let Some(run) = &mut draft.record.run else {
        let superseded = pending::superseded(draft);
        let withdrawn = withdraw_restart(draft);
        let was_held = held::superseded(draft);
        return (superseded || withdrawn || was_held).then_some(Answer::Accepted);
    };
    if run.stop.is_none() || draft.record.restart.is_none() {
        return None;
    }
    let (run, pending) = (run.id, next_control(run, Control::Stop, until));
    withdraw_restart(draft);
    stopping::no_longer_gentle(draft);
    draft.act(Action::CompleteControl {
        run,
        id: pending.id,
        result: Ok(()),
    });
    Some(Answer::Control(run, pending.id))
}

/// Whether a restart was wanted.
fn withdraw_restart(draft: &mut Draft) -> bool {
    let withdrawn = draft.record.restart.take().is_some();
    if withdrawn {
        draft.log(Event::RestartWithdrawn);
    }
    withdrawn
}

/// S28, as far as one record knows: 1115, the state, acceptance, dependents.
pub(crate) fn refusal(
    draft: &Draft,
    control: Control,
    dependents_active: bool,
) -> Option<DenyReason> {
    let record = &draft.record;
    if record.shutting_down {
        return Some(DenyReason::ShuttingDown);
    }
    let Some(run) = &record.run else {
        let mut pending = record.pending_actions.iter();
        let restarts = pending.any(|pending| pending.action.kind.restarts());
        return Some(if restarts && control == Control::Stop {
            DenyReason::RestartPending
        } else {
            DenyReason::NotActive
        });
    };
    if run.stop.is_some() {
        return Some(DenyReason::StopDelivered);
    }
    let accepted = accepts(record, control);
    match record.state {
        ServiceState::Stopped => Some(DenyReason::NotActive),
        ServiceState::StopPending => Some(DenyReason::CannotAcceptControl),
        ServiceState::StartPending if control != Control::Stop => {
            Some(DenyReason::CannotAcceptControl)
        }
        ServiceState::StartPending
        | ServiceState::Running
        | ServiceState::ContinuePending
        | ServiceState::PausePending
        | ServiceState::Paused => {
            if !accepted && record.state == ServiceState::StartPending {
                Some(DenyReason::StartNotOver(run.phase == RunPhase::Active))
            } else if !accepted {
                Some(DenyReason::ControlNotAccepted)
            } else if control == Control::Stop && dependents_active {
                Some(DenyReason::DependentsRunning)
            } else if run.waiting_controls.len() >= WAITING_MAX {
                Some(DenyReason::ControlsWaiting)
            } else {
                None
            }
        }
    }
}

/// S21: INTERROGATE and custom controls need no bit; a program takes those for which it has a signal.
fn accepts(record: &ServiceRecord, control: Control) -> bool {
    match (record.kind(), control) {
        (ServiceKind::Program, Control::User(_) | Control::ParamChange) => {
            signal_for(record, control).is_some()
        }
        _ => record.controls_accepted.contains(control.accept_bit()),
    }
}

/// X23: what a program gets for a control, besides STOP.
fn signal_for(record: &ServiceRecord, control: Control) -> Option<u8> {
    let extensions = &record.config.extensions;
    match control {
        Control::ParamChange => extensions.get(RELOAD_SIGNAL),
        Control::User(code) => extensions.get(CONTROL_SIGNALS)?.signal(code),
        Control::Stop
        | Control::Pause
        | Control::Continue
        | Control::Interrogate
        | Control::Shutdown
        | Control::NetBind(_)
        | Control::Preshutdown => None,
    }
}

/// Sends a control, or lets it wait for the one before (S32).
fn send(draft: &mut Draft, control: Control) -> Answer {
    let until = draft.now + ANSWER_TIMEOUT;
    let Some(run) = &mut draft.record.run else {
        return Answer::Denied(DenyReason::NotActive);
    };
    let pending = next_control(run, control, until);
    let id = run.id;
    if run.control.is_some() {
        run.waiting_controls.push(pending);
    } else {
        deliver(draft, pending);
    }
    Answer::Control(id, pending.id)
}

fn next_control(run: &mut Run, control: Control, until: crate::Time) -> PendingControl {
    run.controls_sent += 1;
    PendingControl {
        id: ControlId(run.controls_sent),
        control,
        until,
    }
}

fn deliver(draft: &mut Draft, pending: PendingControl) {
    let Some(run) = &mut draft.record.run else {
        return;
    };
    run.control = Some(pending);
    let id = run.id;
    if pending.control == Control::Stop {
        run.stop = Some(StopCause::Requested);
        stopping::give_deadline(draft, id);
    }
    draft.act(Action::DeliverControl {
        run: id,
        id: pending.id,
        control: pending.control,
    });
    if pending.control != Control::Interrogate {
        draft.log(Event::ControlSent(pending.control));
    }
}

/// The manager's own controls at a shutdown: they do not wait for answers to earlier ones. No caller waits for
/// the answer, but each is on record like every other control, so that a new engine sends it again. A caller
/// that waited for an answer learns that the system is shutting down.
pub(crate) fn deliver_system(draft: &mut Draft, control: Control) {
    let until = draft.now + ANSWER_TIMEOUT;
    let Some(run) = &mut draft.record.run else {
        return;
    };
    let pending = next_control(run, control, until);
    let id = run.id;
    let overtaken = run.control.replace(pending);
    if let Some(overtaken) = overtaken {
        draft.act(Action::CompleteControl {
            run: id,
            id: overtaken.id,
            result: Err(DenyReason::ShuttingDown.code()),
        });
    }
    draft.act(Action::DeliverControl {
        run: id,
        id: pending.id,
        control,
    });
    draft.log(Event::ControlSent(control));
}

/// The service answered: tell the caller, send what waited (S31: nothing after STOP).
pub(crate) fn answered(
    draft: &mut Draft,
    id: RunId,
    control: ControlId,
    code: Win32Error,
) -> Answer {
    let Some(run) = draft
        .run(id)
        .filter(|run| run.control.is_some_and(|c| c.id == control))
    else {
        return Answer::Stale;
    };
    run.control = None;
    let result = if code == Win32Error::SUCCESS {
        Ok(())
    } else {
        Err(code)
    };
    draft.act(Action::CompleteControl {
        run: id,
        id: control,
        result,
    });
    deliver_next(draft);
    Answer::Accepted
}

/// S44: 1053 and 7011; the service is left alone, and the next control is tried.
pub(crate) fn timed_out(draft: &mut Draft, id: RunId) -> Answer {
    let Some(run) = draft.run(id) else {
        return Answer::Stale;
    };
    let Some(pending) = run.control.take() else {
        return Answer::Stale;
    };
    let timeout_ms = millis(ANSWER_TIMEOUT);
    draft.log(Event::ControlTimedOut(timeout_ms));
    draft.act(Action::CompleteControl {
        run: id,
        id: pending.id,
        result: Err(Win32Error::SERVICE_REQUEST_TIMEOUT),
    });
    deliver_next(draft);
    Answer::Accepted
}

/// Sends the next waiting control that the state, which may have changed meanwhile, still lets
/// through.
fn deliver_next(draft: &mut Draft) {
    loop {
        let Some(run) = &mut draft.record.run else {
            return;
        };
        if run.control.is_some() || run.waiting_controls.is_empty() {
            return;
        }
        let waiting = run.waiting_controls.remove(0);
        let id = run.id;
        if let Some(reason) = refusal(draft, waiting.control, false) {
            if waiting.control == Control::Stop && draft.record.restart.take().is_some() {
                draft.log(Event::RestartDropped(reason.code()));
                stopping::no_longer_gentle(draft);
            }
            let result = Err(reason.code());
            draft.act(Action::CompleteControl {
                run: id,
                id: waiting.id,
                result,
            });
        } else {
            let until = draft.now + ANSWER_TIMEOUT;
            deliver(draft, PendingControl { until, ..waiting });
        }
    }
}

/// A program accepts STOP and the controls that have a signal; its record answers INTERROGATE.
fn to_program(draft: &mut Draft, control: Control) -> Answer {
    let until = draft.now;
    let Some(run) = &mut draft.record.run else {
        return Answer::Denied(DenyReason::NotActive);
    };
    let pending = next_control(run, control, until);
    let (id, phase) = (run.id, run.phase);
    if control == Control::Stop {
        run.stop = Some(StopCause::Requested);
        draft.log(Event::ControlSent(control));
        pending::superseded(draft);
        stopping::stop_program(draft, id, phase);
    } else if let Some(signal) = signal_for(&draft.record, control) {
        draft.log(Event::ControlSent(control));
        draft.act(Action::Signal { run: id, signal });
    }
    draft.act(Action::CompleteControl {
        run: id,
        id: pending.id,
        result: Ok(()),
    });
    Answer::Control(id, pending.id)
}
