//! One input, one step. This file finds the function that decides about each input.

use std::sync::Arc;

use relance_scm::config::StartType;
use relance_scm::event::Event;
use relance_scm::event_log::Author;

use crate::action::{Action, Answer, DenyReason, Step};
use crate::asked::{self, Purpose};
use crate::draft::Draft;
use crate::input::Input;
use crate::record::{RunId, RunPhase, ServiceRecord, Timer};
use crate::time::Time;
use crate::{
    budget, ceiling, control, dependency, exit, held, notices, pending, readiness, recovery,
    report, restart, schedule, shutdown, start, stop_command, stopping,
};

/// Decides what follows from an input.
pub fn step(record: &ServiceRecord, now: Time, input: Input) -> Step {
    step_for(record, now, input, None)
}

/// The same, for a request of somebody, which stays on record (X67).
pub fn step_for(
    record: &ServiceRecord,
    now: Time,
    input: Input,
    caller: Option<&Arc<Author>>,
) -> Step {
    let mut draft = Draft::new(record, now);
    let purpose = Purpose::of(&input);
    let answer = decide(&mut draft, input);
    settle(&mut draft);
    asked::note(&mut draft, record, purpose, answer, caller);
    draft.finish(answer)
}

fn decide(draft: &mut Draft, input: Input) -> Answer {
    match input {
        Input::StartRequested { cause, arguments } => start::requested(draft, cause, arguments),
        Input::ControlRequested {
            control,
            dependents_active,
        } => control::requested(draft, control, dependents_active),
        Input::TerminateRequested => stopping::terminate_requested(draft),
        Input::DeleteRequested => delete_requested(draft),
        Input::RestartRequested {
            dependents_active,
            with_dependents,
            after,
        } => restart::requested(draft, dependents_active, with_dependents, after),
        Input::RestartDue => restart::due(draft),
        Input::SchedulePlanned { next } => schedule::planned(draft, next),
        Input::ScheduleDue { at, next, missed } => schedule::due(draft, at, next, missed),
        Input::DependencyDown {
            needed,
            failed,
            behind_dependents,
        } => dependency::down(draft, needed, failed, behind_dependents),
        Input::DependencyBack { wait } => dependency::back(draft, wait),
        Input::CancelRecoveryRequested(id) => pending::cancel_requested(draft, id),
        Input::ShutdownRequested { limits, needed } => shutdown::requested(draft, limits, needed),
        Input::ConfigChanged(config) => config_changed(draft, config),
        Input::DependenciesResolved { run, result } => {
            start::dependencies_resolved(draft, run, result)
        }
        Input::ProcessSpawned { run, pid, birth } => start::spawned(draft, run, pid, birth),
        Input::SpawnFailed { run, failure } => start::spawn_failed(draft, run, failure),
        Input::ServiceConnected { run, pid } => start::connected(draft, run, pid),
        Input::StatusReported {
            run,
            number,
            report,
        } => report::status(draft, run, number, report),
        Input::ImpossibleStateReported { run, state } => {
            log_of(draft, run, Event::ImpossibleState(state))
        }
        Input::ChannelBroken { run } => log_of(draft, run, Event::MalformedAnswer),
        Input::CauseTold { run, cause } => report::cause_told(draft, run, cause),
        Input::CeilingReached { run, ceiling } => ceiling::reached(draft, run, ceiling),
        Input::RecycleTurn { run, in_use } => ceiling::turn(draft, run, in_use),
        Input::Hung { run } => stopping::silent(draft, run),
        Input::Noticed { run, notice } => notices::noticed(draft, run, notice),
        Input::ControlAnswered { run, id, code } => control::answered(draft, run, id, code),
        Input::ProcessFound { run, pid, birth } => start::found(draft, run, pid, birth),
        Input::ProcessExited { run, exit } => exit::process_exited(draft, run, exit),
        Input::StopCommandEnded { run, problem } => stop_command::ended(draft, run, problem),
        Input::ActionDelayed { id, until, why } => budget::delayed(draft, id, until, why),
        Input::ActionRefused { id, budget } => budget::refused(draft, id, budget),
        Input::ActionDone { id, result } => recovery::done(draft, id, result),
        Input::TimerFired(timer) => timer_fired(draft, timer),
    }
}

/// What may follow from any step.
fn settle(draft: &mut Draft) {
    restart::start_if_stopped(draft);
    schedule::start_if_stopped(draft);
    held::forget_if_over(draft);
}

fn log_of(draft: &mut Draft, run: RunId, event: Event) -> Answer {
    draft.if_current(run, |draft| draft.log(event))
}

fn timer_fired(draft: &mut Draft, timer: Timer) -> Answer {
    match timer {
        Timer::Connect(run) => start::connect_timed_out(draft, run),
        Timer::Ready(run) => readiness::ready(draft, run),
        Timer::StartDeadline(run) => readiness::overdue(draft, run),
        Timer::Mute(run) => readiness::mute(draft, run),
        Timer::StartHang(run) => start::hung(draft, run),
        Timer::Control(run) => control::timed_out(draft, run),
        Timer::StopCommand(run) => stop_command::overdue(draft, run),
        Timer::Kill(run) => stopping::kill_due(draft, run),
        Timer::Linger(run) => stopping::linger_over(draft, run),
        Timer::Preshutdown(run) => shutdown::preshutdown_over(draft, run),
        Timer::TooOld(run) => ceiling::too_old(draft, run),
        Timer::Spread(run) => ceiling::spread(draft, run),
        Timer::SlowRecycle(run) => ceiling::slow(draft, run),
        Timer::Recycle(run) => start::recycle_due(draft, run),
        Timer::Recovery(id) => recovery::due(draft, id),
        Timer::DependencyBack => dependency::start_due(draft),
    }
}

/// C30: the start type becomes disabled and the record is marked; C31: it goes when it is stopped.
fn delete_requested(draft: &mut Draft) -> Answer {
    if draft.record.marked_for_delete {
        return Answer::Denied(DenyReason::MarkedForDelete);
    }
    draft.record.marked_for_delete = true;
    draft.record.restart = None;
    draft.record.needed_down = None;
    draft.record.scheduled = None;
    stopping::no_longer_gentle(draft);
    Arc::make_mut(&mut draft.record.config).start_type = StartType::Disabled;
    draft.remove_if_over();
    Answer::Accepted
}

/// C19: the new configuration applies from the next start. The priority (B32) and limits (X76) apply at once. A change of
/// the start type is logged (7040).
fn config_changed(draft: &mut Draft, config: Arc<relance_scm::ServiceConfig>) -> Answer {
    let before = std::mem::replace(&mut draft.record.config, config);
    schedule::changed(draft, &before);
    let (old, new) = (before.start_type, draft.record.config.start_type);
    if old != new {
        draft.log(Event::StartTypeChanged(old, new));
    }
    if before.priority != draft.record.config.priority
        && let Some(run) = &draft.record.run
        && matches!(run.phase, RunPhase::Connecting(_) | RunPhase::Active)
    {
        draft.act(Action::SetPriority(run.id));
    }
    let (old, new) = (&before.extensions, &draft.record.config.extensions);
    if let Some(run) = &draft.record.run
        && !run.phase.is_before_spawn()
        && !old.limits().eq(new.limits())
    {
        let run = run.id;
        draft.act(Action::SetLimits { run, before });
    }
    Answer::Accepted
}
