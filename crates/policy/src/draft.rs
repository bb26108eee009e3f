//! An unfinished step: the record as it will be, and the actions so far. Every decision works on one.

use std::time::Duration;

use relance_scm::ServiceState;
use relance_scm::event::Event;
use relance_scm::status::ProcessExit;

use crate::action::{Action, Answer, Step};
use crate::record::{Run, RunId, ServiceRecord};
use crate::time::Time;

/// An unfinished step.
pub(crate) struct Draft {
    pub(crate) record: ServiceRecord,
    pub(crate) actions: Vec<Action>,
    pub(crate) now: Time,
    /// How the process of a run has ended, if that is what the step is about.
    pub(crate) exit: Option<(RunId, ProcessExit)>,
    /// The run and the state before.
    before: (Option<RunId>, ServiceState),
}

fn run_and_state(record: &ServiceRecord) -> (Option<RunId>, ServiceState) {
    (record.run.as_ref().map(|run| run.id), record.state)
}

impl Draft {
    pub(crate) fn new(record: &ServiceRecord, now: Time) -> Self {
        Self {
            record: record.clone(),
            actions: Vec::new(),
            now,
            exit: None,
            before: run_and_state(record),
        }
    }

    /// The finished step.
    pub(crate) fn finish(mut self, answer: Answer) -> Step {
        if run_and_state(&self.record) != self.before {
            self.record.state_since = Some(self.now);
        }
        Step {
            record: self.record,
            actions: self.actions,
            answer,
        }
    }

    pub(crate) fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    pub(crate) fn log(&mut self, event: Event) {
        self.act(Action::Log(event));
    }

    /// The current run, if it is this one.
    pub(crate) fn run(&mut self, id: RunId) -> Option<&mut Run> {
        self.record.run.as_deref_mut().filter(|run| run.id == id)
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
            record.wait_hint = Duration::ZERO;
        }
        let logged = matches!(
            state,
            ServiceState::Running | ServiceState::Paused | ServiceState::Stopped
        );
        if changed && logged {
            self.log(Event::StateEntered(state));
        }
    }

    /// C31: a deleted service is removed once nothing of it runs.
    pub(crate) fn remove_if_over(&mut self) {
        let record = &self.record;
        if record.marked_for_delete && record.run.is_none() && record.previous.is_none() {
            self.act(Action::Remove);
        }
    }
}
