//! The shutdown of the system, for one service (S45 to S48, R8.12, R40, B17): PRESHUTDOWN where it is
//! taken, then STOP (or SHUTDOWN), then the kill. Nothing that ends now is a failure.

use relance_scm::event::Event;
use relance_scm::settings::STOP_GRACE;
use relance_scm::{Control, ServiceKind};

use crate::action::{Action, Answer};
use crate::draft::Draft;
use crate::record::{RunId, RunPhase, ShutdownLimits, ShutdownPhase, StopCause};
use crate::{control, schedule, stopping};

/// Nothing is started from now on. A service that others still `need` is told to stop when this comes again and
/// they no longer do (X20).
pub(crate) fn requested(draft: &mut Draft, limits: ShutdownLimits, needed: bool) -> Answer {
    let waits = draft.record.shutdown == Some(ShutdownPhase::Needed);
    if draft.record.shutting_down && (needed || !waits) {
        return Answer::Accepted;
    }
    draft.record.shutting_down = true;
    draft.record.pending_actions.clear();
    draft.record.restart = None;
    draft.record.needed_down = None;
    schedule::take_queued(draft);
    stopping::no_longer_gentle(draft);
    draft.record.limits = limits;
    let Some(run) = &draft.record.run else {
        return end_previous(draft);
    };
    let (id, phase) = (run.id, run.phase);
    if needed && !phase.is_before_spawn() {
        draft.record.shutdown = Some(ShutdownPhase::Needed);
        return end_previous(draft);
    }
    match (draft.record.kind(), phase) {
        (ServiceKind::Service, RunPhase::Active) => begin(draft, id),
        (ServiceKind::Program, _) => stop(draft, id),
        (ServiceKind::Service, RunPhase::Spawning | RunPhase::Connecting(_)) => kill(draft, id),
        (
            ServiceKind::Service,
            RunPhase::WaitingForDependencies
            | RunPhase::WaitingForPrevious
            | RunPhase::WaitingForRecycle(_),
        ) => stopping::stopped_before_spawn(draft, id),
    }
    end_previous(draft)
}

/// The process of a stopped service gets the same time as one that was told to stop.
fn end_previous(draft: &mut Draft) -> Answer {
    let kill_at = draft.now + draft.record.limits.wait_to_kill;
    if let Some(previous) = &mut draft.record.previous {
        previous.kill_at = Some(previous.kill_at.map_or(kill_at, |at| at.min(kill_at)));
    }
    Answer::Accepted
}

fn begin(draft: &mut Draft, id: RunId) {
    let accepted = draft.record.controls_accepted;
    let stopping = draft.run(id).is_some_and(|run| run.stop.is_some());
    if accepted.contains(Control::Preshutdown.accept_bit()) && !stopping {
        let timeout = draft
            .record
            .config
            .preshutdown_timeout
            .unwrap_or(draft.record.limits.preshutdown);
        draft.record.shutdown = Some(ShutdownPhase::Preshutdown(draft.now + timeout));
        control::deliver_system(draft, Control::Preshutdown);
    } else {
        stop(draft, id);
    }
}

/// S47: still there; 7043, and on with the next stage.
pub(crate) fn preshutdown_over(draft: &mut Draft, id: RunId) -> Answer {
    if !matches!(draft.record.shutdown, Some(ShutdownPhase::Preshutdown(_))) {
        return Answer::Stale;
    }
    draft.log(Event::PreshutdownOverrun);
    stop(draft, id);
    Answer::Accepted
}

/// STOP rather than SHUTDOWN where both are taken: scripts test for STOP (B17).
fn stop(draft: &mut Draft, id: RunId) {
    let kind = draft.record.kind();
    // X20: a program has its own grace; S45 is the law of services.
    let grace = match kind {
        ServiceKind::Program => draft.record.config.extensions.get(STOP_GRACE),
        ServiceKind::Service => draft.record.limits.wait_to_kill,
    };
    let kill_at = draft.now + grace;
    let accepted = draft.record.controls_accepted;
    draft.record.shutdown = Some(ShutdownPhase::Stopping);
    let Some(run) = draft.run(id) else { return };
    let asked_before = run.stop.is_some();
    let phase = run.phase;
    run.kill_at = Some(run.kill_at.map_or(kill_at, |at| at.min(kill_at)));
    if asked_before {
        return;
    }
    run.stop = Some(StopCause::Shutdown);
    match kind {
        ServiceKind::Program => stopping::stop_program(draft, id, phase),
        ServiceKind::Service => {
            let control = [Control::Stop, Control::Shutdown]
                .into_iter()
                .find(|control| accepted.contains(control.accept_bit()));
            if let Some(control) = control {
                control::deliver_system(draft, control);
            }
        }
    }
}

fn kill(draft: &mut Draft, id: RunId) {
    let now = draft.now;
    draft.record.shutdown = Some(ShutdownPhase::Stopping);
    if let Some(run) = draft.run(id) {
        run.stop = Some(StopCause::Shutdown);
        run.kill_at = Some(now);
        run.killed = true;
        draft.act(Action::Terminate(id));
        draft.log(Event::KilledUnconnected);
    }
}
