//! Decides when a hosted program is started, again, and for the last time. The decisions are those of the policy core;
//! here its record is told what happens to the program, and its actions become work for the host.
//!
//! Where the settings of the service say nothing that Windows' manager cannot do, that manager decides what follows a failure:
//! the record then has no actions, and the host ends as its program has ended. Where they do (X123), the record has all
//! of them: the host stays while a restart is to come, and ends when nothing follows.

use std::sync::Arc;

use relance_policy::budget::in_own_quiet_hours;
use relance_policy::record::RunPhase;
use relance_policy::{
    Action, ActionId, EndReason, Input, RunId, ServiceId, ServiceRecord, SpawnFailure, StartCause,
    Time, Timer, step,
};
use relance_scm::event::{Event, EventSource};
use relance_scm::status::ProcessExit;
use relance_scm::{Control, ExitCode, ServiceConfig, ServiceState, Win32Error};

/// `STATUS_CONTROL_C_EXIT`: what Ctrl-Break makes of a program that does not handle it.
const CONTROL_C_EXIT: u32 = 0xC000_013A;
/// Exit codes from here on are exceptions that nobody handled: access violation, stack overflow, ...
const FIRST_EXCEPTION: u32 = 0xC000_0000;
/// An exception, and an end by force, are to the policy what signals are on Linux: `SIGABRT`, `SIGKILL`.
const BY_EXCEPTION: ProcessExit = ProcessExit::Signaled(6);
const BY_FORCE: ProcessExit = ProcessExit::Signaled(9);

/// What happens to the host.
#[derive(Clone, Debug)]
pub(super) enum Fact {
    /// The program runs, with this process id.
    Started(RunId, u32),
    /// It could not be started.
    NotStarted(RunId, Win32Error),
    /// It has ended with this exit code; `None`: nobody knows how.
    Ended(RunId, Option<u32>),
    /// The service is to stop.
    StopRequested,
    /// What waits is to be started now.
    StartRequested,
    /// The recovery command was started, or could not be.
    CommandRun(ActionId, Result<(), Win32Error>),
    /// The settings of the service.
    Configured(Box<ServiceConfig>),
}

/// What the host does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// Start the program.
    Start(RunId),
    /// Ask it to stop.
    AskToStop,
    /// End it and everything it has started.
    Terminate,
    /// Run the recovery command; [`Fact::CommandRun`] answers.
    RunCommand(ActionId, Box<str>),
    /// Write to the event log.
    Log(Event),
}

/// How the service stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The program is being started.
    Starting,
    /// It runs.
    Running,
    /// It does not run; what follows its end comes later.
    Waiting,
    /// It is asked to stop.
    Stopping,
    /// Nothing follows: the service has stopped with this code.
    Stopped(ExitCode),
    /// Nothing follows by the host, which ends without a report, so that the manager sees what happened: a crash (R1).
    Crashed,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Keeper {
    record: ServiceRecord,
    /// Whether the host decides what follows a failure, and not the manager.
    recovers: bool,
    /// The run that was ended by force.
    ended_by_force: Option<RunId>,
    /// Entries for the log that are the manager's to write, if the service has stopped for good.
    codes: Vec<Event>,
}

impl Keeper {
    /// Of a program with these settings.
    pub(super) fn new(config: ServiceConfig) -> Self {
        let recovers = config.host_recovers();
        let record = ServiceRecord::new(ServiceId(1), Arc::new(decided(config)));
        Self {
            record,
            recovers,
            ended_by_force: None,
            codes: Vec::new(),
        }
    }

    /// The manager has started the service.
    pub(super) fn begin(&mut self, now: Time) -> Vec<Work> {
        let begin = Input::StartRequested {
            cause: StartCause::Demand,
            arguments: [].into(),
        };
        self.settled(now, vec![begin])
    }

    /// Something has happened.
    pub(super) fn take(&mut self, now: Time, fact: Fact) -> Vec<Work> {
        let mut inputs = Vec::new();
        let input = match fact {
            Fact::Started(run, pid) => Input::ProcessSpawned { run, pid, birth: 0 },
            Fact::NotStarted(run, error) => {
                let failure = SpawnFailure {
                    error,
                    logon: false,
                };
                Input::SpawnFailed { run, failure }
            }
            Fact::Ended(run, code) => {
                let exit = self.exit(run, code);
                Input::ProcessExited { run, exit }
            }
            Fact::StopRequested => {
                // A command that waits does not keep the host.
                inputs.push(Input::CancelRecoveryRequested(None));
                Input::ControlRequested {
                    control: Control::Stop,
                    dependents_active: false,
                }
            }
            Fact::StartRequested => Input::StartRequested {
                cause: StartCause::Demand,
                arguments: [].into(),
            },
            Fact::CommandRun(id, result) => Input::ActionDone { id, result },
            Fact::Configured(config) => {
                self.recovers = config.host_recovers();
                Input::ConfigChanged(Arc::new(decided(*config)))
            }
        };
        // The last one is taken first.
        inputs.push(input);
        self.settled(now, inputs)
    }

    /// Time has passed. `wall`: the time of day, in milliseconds.
    pub(super) fn tick(&mut self, now: Time, wall: u64) -> Vec<Work> {
        let mut work = Vec::new();
        while let Some((at, timer)) = self.record.next_deadline()
            && at <= now
        {
            let delayed = match timer {
                Timer::Recovery(id) => in_own_quiet_hours(&self.record, id, now, wall),
                _ => None,
            };
            let input = delayed.unwrap_or(Input::TimerFired(timer));
            work.extend(self.settled(now, vec![input]));
        }
        work
    }

    /// When something comes by itself.
    pub(super) fn next(&self) -> Option<Time> {
        self.record.next_deadline().map(|(at, _)| at)
    }

    /// How the service stands.
    pub(super) fn stage(&self) -> Stage {
        let record = &self.record;
        if let Some(run) = &record.run {
            return match (record.state, run.phase) {
                (ServiceState::StopPending, _) => Stage::Stopping,
                (_, RunPhase::WaitingForRecycle(_)) => Stage::Waiting,
                (ServiceState::Running, _) => Stage::Running,
                _ => Stage::Starting,
            };
        }
        let crashed = |reason| reason == EndReason::Crashed && !self.recovers;
        let ended = record.last_end.as_ref();
        if !record.pending_actions.is_empty() {
            Stage::Waiting
        } else if ended.is_some_and(|end| crashed(end.reason)) {
            Stage::Crashed
        } else {
            Stage::Stopped(record.exit_code)
        }
    }

    /// What an exit code is to the policy.
    fn exit(&self, run: RunId, code: Option<u32>) -> ProcessExit {
        let asked = self.record.state == ServiceState::StopPending;
        match code {
            _ if self.ended_by_force == Some(run) => BY_FORCE,
            None => ProcessExit::Unknown,
            Some(CONTROL_C_EXIT) if asked => ProcessExit::Exited(0),
            Some(FIRST_EXCEPTION..) => BY_EXCEPTION,
            Some(code) => ProcessExit::Exited(code.cast_signed()),
        }
    }

    /// Takes inputs, and those that follow at once.
    fn settled(&mut self, now: Time, mut inputs: Vec<Input>) -> Vec<Work> {
        let mut work = Vec::new();
        while let Some(input) = inputs.pop() {
            let outcome = step(&self.record, now, input);
            self.record = outcome.record;
            for action in outcome.actions {
                match action {
                    // The manager has seen to what the service needs.
                    Action::ResolveDependencies(run) => inputs.push(Input::DependenciesResolved {
                        run,
                        result: Ok(()),
                    }),
                    action => work.extend(self.work(action)),
                }
            }
        }
        // The manager itself writes with which code the service has stopped.
        let codes = std::mem::take(&mut self.codes);
        if !matches!(self.stage(), Stage::Stopped(_)) {
            work.splice(0..0, codes.into_iter().map(Work::Log));
        }
        work
    }

    fn work(&mut self, action: Action) -> Option<Work> {
        match action {
            Action::Spawn(run) => Some(Work::Start(run)),
            Action::SignalStop(_) => Some(Work::AskToStop),
            Action::Terminate(run) => {
                self.ended_by_force = Some(run);
                Some(Work::Terminate)
            }
            Action::RunCommand { id, command } => Some(Work::RunCommand(id, command)),
            Action::Log(event) => self.entry(event).map(Work::Log),
            // Not asked for: a reboot is refused with the settings, and nobody waits for the others.
            _ => None,
        }
    }

    /// The entry, if it is not the manager's to write.
    fn entry(&mut self, event: Event) -> Option<Event> {
        match event {
            Event::StoppedWithError(_) | Event::StoppedWithSpecificError(_) => {
                if self.recovers {
                    self.codes.push(event);
                }
                None
            }
            Event::Failed { .. } | Event::RecoveryActionFailed(..) | Event::StartFailed(_) => {
                self.recovers.then_some(event)
            }
            event => (event.source() == EventSource::Relance).then_some(event),
        }
    }
}

/// The settings by which the policy decides here.
fn decided(mut config: ServiceConfig) -> ServiceConfig {
    if !config.host_recovers() {
        config.failure_actions.actions = Box::default();
    }
    config
}

#[cfg(test)]
mod tests;
