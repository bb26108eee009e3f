//! One input, one step: the whole life of a service is in the tables that this file leads to.

use std::sync::Arc;

use relance_scm::config::StartType;
use relance_scm::event::Event;
use relance_scm::{ControlsAccepted, ExitCode, ServiceState};

use crate::action::{Action, Answer, DenyReason, Step};
use crate::input::{Input, Timer};
use crate::record::{End, EndReason, Previous, Run, RunId, RunPhase, ServiceRecord};
use crate::time::Time;
use crate::{control, exit, recovery, report, shutdown, start};

/// Decides what follows from an input.
pub fn step(record: &ServiceRecord, now: Time, input: Input) -> Step {
    let mut draft = Draft {
        record: record.clone(),
        actions: Vec::new(),
        now,
    };
    let answer = match input {
        Input::StartRequested { cause, arguments } => {
            start::requested(&mut draft, cause, arguments)
        }
        Input::ControlRequested {
            control,
            dependents_active,
        } => control::requested(&mut draft, control, dependents_active),
        Input::TerminateRequested => exit::terminate_requested(&mut draft),
        Input::DeleteRequested => delete_requested(&mut draft),
        Input::CancelRecoveryRequested(id) => recovery::cancel_requested(&mut draft, id),
        Input::ShutdownRequested(limits) => shutdown::requested(&mut draft, limits),
        Input::ConfigChanged(config) => config_changed(&mut draft, config),
        Input::DependenciesResolved { run, result } => {
            start::dependencies_resolved(&mut draft, run, result)
        }
        Input::ProcessSpawned { run, pid, birth } => start::spawned(&mut draft, run, pid, birth),
        Input::SpawnFailed { run, failure } => start::spawn_failed(&mut draft, run, failure),
        Input::ServiceConnected { run, pid } => start::connected(&mut draft, run, pid),
        Input::StatusReported {
            run,
            number,
            report,
        } => report::status(&mut draft, run, number, report),
        Input::ImpossibleStateReported { run, state } => {
            draft.if_current(run, |draft| draft.log(Event::ImpossibleState(state)))
        }
        Input::ChannelBroken { run } => {
            draft.if_current(run, |draft| draft.log(Event::MalformedAnswer))
        }
        Input::CauseTold { run, cause } => report::cause_told(&mut draft, run, cause),
        Input::ControlAnswered { run, id, code } => control::answered(&mut draft, run, id, code),
        Input::ProcessFound { run, pid, birth } => start::found(&mut draft, run, pid, birth),
        Input::ProcessExited { run, exit } => exit::process_exited(&mut draft, run, exit),
        Input::ActionDone { id, result } => recovery::done(&mut draft, id, result),
        Input::TimerFired(timer) => timer_fired(&mut draft, timer),
    };
    Step {
        record: draft.record,
        actions: draft.actions,
        answer,
    }
}

fn timer_fired(draft: &mut Draft, timer: Timer) -> Answer {
    match timer {
        Timer::Connect(run) => start::connect_timed_out(draft, run),
        Timer::StartHang(run) => start::hung(draft, run),
        Timer::Control(run) => control::timed_out(draft, run),
        Timer::Kill(run) => exit::kill_due(draft, run),
        Timer::Linger(run) => exit::linger_over(draft, run),
        Timer::Preshutdown(run) => shutdown::preshutdown_over(draft, run),
        Timer::Recycle(run) => start::recycle_due(draft, run),
        Timer::Recovery(id) => recovery::due(draft, id),
    }
}

/// C30: the start type becomes disabled and the record is marked; C31: it goes when it is stopped.
fn delete_requested(draft: &mut Draft) -> Answer {
    if draft.record.marked_for_delete {
        return Answer::Denied(DenyReason::MarkedForDelete);
    }
    draft.record.marked_for_delete = true;
    Arc::make_mut(&mut draft.record.config).start_type = StartType::Disabled;
    draft.remove_if_over();
    Answer::Accepted
}

/// C19: the configuration applies from the next start; 7040 says so for the start type.
fn config_changed(draft: &mut Draft, config: Arc<relance_scm::ServiceConfig>) -> Answer {
    let before = std::mem::replace(&mut draft.record.config, config);
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
    Answer::Accepted
}

/// A step in the making.
pub(crate) struct Draft {
    pub(crate) record: ServiceRecord,
    pub(crate) actions: Vec<Action>,
    pub(crate) now: Time,
}

impl Draft {
    pub(crate) fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    pub(crate) fn log(&mut self, event: Event) {
        self.act(Action::Log(event));
    }

    /// The current run, if it is this one.
    pub(crate) fn run(&mut self, id: RunId) -> Option<&mut Run> {
        self.record.run.as_mut().filter(|run| run.id == id)
    }

    /// Does something for the current run; anything else is stale.
    pub(crate) fn if_current(&mut self, id: RunId, then: impl FnOnce(&mut Self)) -> Answer {
        if self.run(id).is_none() {
            return Answer::Stale;
        }
        then(self);
        Answer::Accepted
    }

    /// Enters a state, with 7036 where Windows logs it (E8).
    pub(crate) fn enter(&mut self, state: ServiceState) {
        let record = &mut self.record;
        let changed = record.state != state;
        record.state = state;
        if !state.is_pending() {
            record.checkpoint = 0;
            record.wait_hint = std::time::Duration::ZERO;
        }
        let logged = matches!(
            state,
            ServiceState::Running | ServiceState::Paused | ServiceState::Stopped
        );
        if changed && logged {
            self.log(Event::StateEntered(state));
        }
    }

    /// Ends the current run: STOPPED with this exit code. Whoever still waits for it is answered.
    ///
    /// `lingers` says that the process has not ended: it becomes `previous`.
    pub(crate) fn end_run(&mut self, exit_code: ExitCode, lingers: Option<Time>) -> Option<Run> {
        let run = self.record.run.take()?;
        self.record.exit_code = exit_code;
        self.record.controls_accepted = ControlsAccepted::NONE;
        self.record.shutdown = None;
        if run.pid != 0 && lingers.is_some() {
            self.record.previous = Some(Previous {
                run: run.id,
                pid: run.pid,
                birth: run.birth,
                since: self.now,
                kill_at: lingers,
                killed: false,
                last_report: run.last_report,
            });
        }
        Some(run)
    }

    /// Notes how the run ended, for people who ask why.
    pub(crate) fn note_end(&mut self, run: &Run, from: ServiceState, reason: EndReason) {
        self.record.last_end = Some(End {
            run: run.id,
            at: self.now,
            reason,
            from,
            stop: run.stop,
            exit: None,
            cause: run.end_cause.clone(),
            exit_code: self.record.exit_code,
            failure: None,
            action: None,
        });
    }

    /// C31: a deleted service goes once nothing of it runs.
    pub(crate) fn remove_if_over(&mut self) {
        let record = &self.record;
        if record.marked_for_delete && record.run.is_none() && record.previous.is_none() {
            self.act(Action::Remove);
        }
    }
}
