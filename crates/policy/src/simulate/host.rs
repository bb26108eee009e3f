//! The ideal host of a simulation: a process starts at once, connects and runs, obeys a stop, and ends as the
//! script says. It carries out the actions of a step, and what it does comes back as facts.

use std::sync::Arc;
use std::time::Duration;

use relance_scm::status::ProcessExit;
use relance_scm::{
    Control, ControlsAccepted, EndCause, EndCauseKind, ExitCode, ServiceKind, ServiceState,
    StatusReport, Win32Error,
};

use super::{Occurrence, Simulation, StartOutcome};
use crate::action::Action;
use crate::input::{Input, SpawnFailure};
use crate::notices::Notice;
use crate::record::{ControlId, RunId};

impl Simulation {
    /// Carries an action out.
    pub(super) fn carry_out(&mut self, action: Action) {
        match action {
            Action::Spawn(run) => {
                self.ends = self.lasts.map(|time| (run, self.now + time));
                self.spawn(run);
            }
            Action::ResolveDependencies(run) => {
                self.input(Input::DependenciesResolved {
                    run,
                    result: Ok(()),
                });
            }
            Action::DeliverControl { run, id, control } => self.deliver(run, id, control),
            Action::SignalStop(run) | Action::RunStopCommand(run) if !self.ignores_stop => {
                let exit = ProcessExit::Signaled(15);
                self.input(Input::ProcessExited { run, exit });
            }
            Action::Terminate(run) => {
                self.input(Input::ProcessExited {
                    run,
                    exit: ProcessExit::Signaled(9),
                });
            }
            Action::RunCommand { id, command } => {
                self.note(Occurrence::CommandRun(command));
                self.input(Input::ActionDone { id, result: Ok(()) });
            }
            Action::Reboot { id } => {
                self.note(Occurrence::Rebooted);
                self.input(Input::ActionDone { id, result: Ok(()) });
            }
            Action::Log(event) => self.note(Occurrence::Logged(event)),
            Action::SignalStop(_)
            | Action::RunStopCommand(_)
            | Action::Signal { .. }
            | Action::SetPriority(_)
            | Action::SetLimits { .. }
            | Action::Broadcast { .. }
            | Action::CompleteStart { .. }
            | Action::CompleteControl { .. }
            | Action::Remove => {}
        }
    }

    fn spawn(&mut self, run: RunId) {
        let pid = 1000 + run.number;
        match std::mem::replace(&mut self.next_start, StartOutcome::Runs) {
            StartOutcome::FailsWith(error) => {
                let failure = SpawnFailure {
                    error,
                    logon: false,
                };
                self.input(Input::SpawnFailed { run, failure });
            }
            StartOutcome::NeverConnects => {
                self.input(Input::ProcessSpawned { run, pid, birth: 0 });
            }
            StartOutcome::ExitsBeforeConnecting => {
                self.input(Input::ProcessSpawned { run, pid, birth: 0 });
                self.input(Input::ProcessExited {
                    run,
                    exit: ProcessExit::Exited(1),
                });
            }
            StartOutcome::Runs => {
                self.input(Input::ProcessSpawned { run, pid, birth: 0 });
                if self.record.config.kind == ServiceKind::Service {
                    self.input(Input::ServiceConnected { run, pid });
                    self.report(run, ServiceState::Running, ExitCode::SUCCESS);
                } else if self.record.run.as_ref().is_some_and(|run| run.unready) {
                    let notice = Notice::Ready;
                    self.input(Input::Noticed { run, notice });
                }
            }
        }
    }

    fn deliver(&mut self, run: RunId, id: ControlId, control: Control) {
        self.input(Input::ControlAnswered {
            run,
            id,
            code: Win32Error::SUCCESS,
        });
        if control == Control::Stop {
            self.report(run, ServiceState::StopPending, ExitCode::SUCCESS);
            if !self.ignores_stop {
                self.report_stopped(run, ExitCode::SUCCESS);
            }
        }
    }

    pub(super) fn report_stopped(&mut self, run: RunId, exit_code: ExitCode) {
        match self.record.config.kind {
            ServiceKind::Service => {
                self.report(run, ServiceState::Stopped, exit_code);
                self.input(Input::ProcessExited {
                    run,
                    exit: ProcessExit::Exited(0),
                });
            }
            ServiceKind::Program => {
                let status = exit_code.specific().max(exit_code.win32().to_raw().min(1));
                let exit = ProcessExit::Exited(i32::try_from(status).unwrap_or(1));
                self.input(Input::ProcessExited { run, exit });
            }
        }
    }

    fn report(&mut self, run: RunId, state: ServiceState, exit_code: ExitCode) {
        let controls_accepted = match state {
            ServiceState::Running => ControlsAccepted::STOP
                .union(ControlsAccepted::PAUSE_CONTINUE)
                .union(ControlsAccepted::PARAM_CHANGE),
            ServiceState::Stopped
            | ServiceState::StartPending
            | ServiceState::StopPending
            | ServiceState::ContinuePending
            | ServiceState::PausePending
            | ServiceState::Paused => ControlsAccepted::NONE,
        };
        let report = StatusReport {
            state,
            controls_accepted,
            exit_code,
            checkpoint: 0,
            wait_hint: Duration::ZERO,
        };
        let number = self
            .record
            .run
            .as_ref()
            .map_or(0, |run| run.last_report + 1);
        self.input(Input::StatusReported {
            run,
            number,
            report,
        });
    }

    /// An error that the run, or the kernel, tells of and that ends it: PHP then ends with 255.
    pub(super) fn end_of(&mut self, run: RunId, cause: Arc<EndCause>) {
        let is_killed = cause.kind == EndCauseKind::OutOfMemory;
        self.input(Input::CauseTold { run, cause });
        let exit = if is_killed {
            ProcessExit::Signaled(9)
        } else {
            ProcessExit::Exited(255)
        };
        self.input(Input::ProcessExited { run, exit });
    }
}
