//! A host in a few lines: one record, the time, and what the last step asked for.

use std::sync::Arc;
use std::time::Duration;

use relance_policy::{Action, Answer, Input, RunId, ServiceId, ServiceRecord, Time, Timer, step};
use relance_scm::event::Event;
use relance_scm::failure_actions::{ActionList, RecoveryAction};
use relance_scm::status::ProcessExit;
use relance_scm::{
    ControlsAccepted, ExitCode, ResetPeriod, ServiceConfig, ServiceKind, ServiceName, ServiceState,
    StatusReport,
};

pub(crate) fn config(actions: &[RecoveryAction], reset_period: ResetPeriod) -> ServiceConfig {
    let mut config = ServiceConfig::new(ServiceName::new("mailer").unwrap(), "/bin/mailer");
    config.failure_actions.actions = actions.into();
    config.failure_actions.reset_period = reset_period;
    config
}

/// A service with these recovery actions, in the command line's notation.
pub(crate) fn service(actions: &str) -> ServiceConfig {
    let list: ActionList = actions.parse().expect("actions");
    config(&list.0, ResetPeriod::Seconds(60))
}

pub(crate) fn host(actions: &str) -> Host {
    Host::new(service(actions))
}

pub(crate) struct Host {
    pub(crate) record: ServiceRecord,
    pub(crate) now: Time,
    pub(crate) actions: Vec<Action>,
}

impl Host {
    pub(crate) fn new(config: ServiceConfig) -> Self {
        Self {
            record: ServiceRecord::new(ServiceId(1), Arc::new(config)),
            now: Time::from_millis(1000),
            actions: Vec::new(),
        }
    }

    /// A service that runs and accepts these controls.
    pub(crate) fn running(accepted: u32) -> Self {
        let mut host = Self::new(config(&[], ResetPeriod::default()));
        host.start_and_connect();
        host.report(ServiceState::Running, accepted);
        host.actions.clear();
        host
    }

    /// A program that runs.
    pub(crate) fn program(mut config: ServiceConfig) -> Self {
        config.kind = ServiceKind::Program;
        let mut host = Self::new(config);
        host.start();
        let run = host.run();
        host.spawned(run, 100);
        host.actions.clear();
        host
    }

    pub(crate) fn input(&mut self, input: Input) -> Answer {
        let step = step(&self.record, self.now, input);
        step.record.check_laws().expect("the laws hold");
        if let Answer::Denied(_) | Answer::Stale = step.answer {
            assert_eq!(step.record, self.record, "a refusal changes nothing");
            assert!(
                step.actions.is_empty(),
                "a refusal does nothing: {:?}",
                step.actions
            );
        }
        self.record = step.record;
        self.actions.extend(step.actions);
        step.answer
    }

    pub(crate) fn run(&self) -> RunId {
        self.record.run.as_ref().expect("a run").id
    }

    pub(crate) fn start(&mut self) -> Answer {
        let cause = relance_policy::StartCause::Demand;
        self.input(Input::StartRequested {
            cause,
            arguments: [].into(),
        })
    }

    /// The process of this run exists.
    pub(crate) fn spawned(&mut self, run: RunId, pid: u32) -> Answer {
        let birth = 7;
        self.input(Input::ProcessSpawned { run, pid, birth })
    }

    pub(crate) fn connected(&mut self, run: RunId, pid: u32) -> Answer {
        self.input(Input::ServiceConnected { run, pid })
    }

    /// The process of this run has ended.
    pub(crate) fn exited(&mut self, run: RunId, exit: ProcessExit) -> Answer {
        self.input(Input::ProcessExited { run, exit })
    }

    pub(crate) fn start_and_connect(&mut self) -> RunId {
        self.start();
        let run = self.run();
        self.spawned(run, 4242);
        self.connected(run, 4242);
        run
    }

    /// The process ends, and its service had not stopped: a failure (R1).
    pub(crate) fn crash(&mut self) {
        let run = self.run();
        self.exited(run, ProcessExit::Exited(0));
    }

    pub(crate) fn report(&mut self, state: ServiceState, accepted: u32) -> Answer {
        self.report_with(state, accepted, ExitCode::SUCCESS, 0, 0)
    }

    pub(crate) fn report_with(
        &mut self,
        state: ServiceState,
        accepted: u32,
        exit_code: ExitCode,
        checkpoint: u32,
        wait_hint_ms: u64,
    ) -> Answer {
        let run = self.run();
        let report = StatusReport {
            state,
            controls_accepted: ControlsAccepted::from_raw(accepted).unwrap(),
            exit_code,
            checkpoint,
            wait_hint: Duration::from_millis(wait_hint_ms),
        };
        let number = self.record.run.as_ref().unwrap().last_report + 1;
        self.input(Input::StatusReported {
            run,
            number,
            report,
        })
    }

    /// Goes to the next deadline and lets it fire.
    pub(crate) fn next_timer(&mut self) -> Timer {
        let (at, timer) = self.record.next_deadline().expect("a deadline");
        self.now = self.now.max(at);
        self.input(Input::TimerFired(timer));
        timer
    }

    /// The entries logged since the last call.
    pub(crate) fn log(&mut self) -> Vec<u32> {
        let ids = self.events().iter().map(Event::id).collect();
        self.actions.clear();
        ids
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        let events = self.actions.iter().filter_map(|action| match action {
            Action::Log(event) => Some(event.clone()),
            _ => None,
        });
        events.collect()
    }

    pub(crate) fn did(&self, action: &Action) -> bool {
        self.actions.contains(action)
    }
}
