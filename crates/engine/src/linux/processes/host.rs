//! What the engine asks for, function by function: a request to the guardian, or an answer from what is known here.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use relance_policy::{ActionId, RunId, ServiceId, ServiceRecord, StandingOrder};
use relance_scm::config::{OutputMode, PriorityClass};
use relance_scm::controllers::Controllers;
use relance_scm::event_log::Timestamp;
use relance_scm::settings::OUTPUT;
use relance_scm::{ServiceConfig, ServiceKind, ServiceName, Win32Error};
use relance_wire::channel::ManagerFrame;

use super::ask::TOO_LONG;
use super::{LinuxProcesses, channel_of, wall};
use crate::linux::plan;
use crate::linux::protocol::{GuardianRequest, RunKey, VERSION_LIMITS, VERSION_SIGNS};
use crate::linux::secret::Secret;
use crate::linux::spawn::SpawnError;
use crate::linux::usage;
use crate::processes::{Fact, Processes, Recalled, StartProblem};
use crate::zones;

impl Processes for LinuxProcesses {
    fn spawn(&mut self, run: RunId, config: &Arc<ServiceConfig>) {
        if let Some(known) = self.runs.get_mut(&run) {
            // Its start was not committed before the engine ended; it runs already.
            self.facts.push_back(Fact::Spawned {
                run,
                pid: known.pid,
                birth: known.birth,
            });
            return;
        }
        if self.last_run(run.service) > run.number {
            // Before what is told of the later run.
            let failure = StartProblem::given_up(config);
            return (self.facts).push_front(Fact::SpawnFailed { run, failure });
        }
        let secret = Secret::random();
        match plan::for_run(run, secret, config, &self.around, self.controllers()) {
            Ok(mut spec) => {
                if let Err(failure) = self.expect_signs(run, config, &mut spec) {
                    return self.refuse_spawn(run, failure);
                }
                let program = spec.program.as_str().into();
                let kept = self
                    .sockets
                    .kept(run)
                    .filter(|_| self.version >= VERSION_SIGNS);
                let request = GuardianRequest::Spawn {
                    run: run.into(),
                    secret,
                    output: config.extensions.get(OUTPUT) != OutputMode::Null.name(),
                    errors: self.errors_of(config),
                    channel: config.kind == ServiceKind::Service,
                    notify: kept.is_some(),
                    spec,
                };
                self.starting.insert(run, (Arc::clone(config), program));
                if !self.ask_with(&request, kept.into_iter().collect()) {
                    self.spawn_failed(run, TOO_LONG);
                }
            }
            Err(failure) => self.refuse_spawn(run, failure),
        }
    }

    fn order(&mut self, run: RunId, ends: StandingOrder, config: &Arc<ServiceConfig>) -> bool {
        self.give_order(run, ends, config)
    }

    fn recall(&mut self, run: RunId) -> Recalled {
        self.recall_order(run)
    }

    fn run_command(&mut self, id: ActionId, config: &ServiceConfig, command: &str) {
        match plan::for_command(config, command, &self.around) {
            Ok(spec) => {
                let action = id.into();
                if !self.ask_if_it_fits(&GuardianRequest::Command { action, spec }) {
                    let result = Err(command_error(TOO_LONG));
                    self.facts.push_back(Fact::CommandDone { id, result });
                }
            }
            Err(problem) => {
                let result = Err(problem.error);
                self.facts.push_back(Fact::CommandDone { id, result });
            }
        }
    }

    fn reboot(&mut self, id: ActionId) {
        let Some(command) = self.reboot.0.clone() else {
            let result = Err(Win32Error::PRIVILEGE_NOT_HELD);
            self.facts.push_back(Fact::CommandDone { id, result });
            return;
        };
        self.run_command(id, &system_config(), &command);
    }

    fn controllers(&self) -> Controllers {
        // An older guardian sets no limits.
        let groups = self
            .groups
            .as_ref()
            .filter(|_| self.version >= VERSION_LIMITS);
        groups.map_or(Controllers::NONE, |(_, controllers)| *controllers)
    }

    fn memory_of(&self, runs: &[RunId]) -> BTreeMap<RunId, u64> {
        let pid = |run: &RunId| Some((*run, self.runs.get(run)?.pid));
        let known: BTreeMap<RunId, u32> = runs.iter().filter_map(pid).collect();
        let held = usage::held_by_runs(known.values().copied(), self.groups());
        let of = |(run, pid): (RunId, u32)| Some((run, *held.get(&pid)?));
        known.into_iter().filter_map(of).collect()
    }

    fn next_time_of_day(&self, after: Timestamp, time: &str) -> Timestamp {
        zones::next_time_of_day(after, time)
    }

    fn set_priority(&mut self, run: RunId, class: PriorityClass) {
        self.change_priority(run, class);
    }

    fn set_limits(&mut self, run: RunId, before: &ServiceConfig, after: &Arc<ServiceConfig>) {
        self.change_limits(run, before, after);
    }

    fn broadcast(&mut self, message: &str) {
        if self.reboot.0.is_none() {
            return; // No reboot will follow.
        }
        wall::say(message);
    }

    fn signal(&mut self, run: RunId, signal: u8) {
        self.ask(&GuardianRequest::Signal {
            run: run.into(),
            signal: signal.into(),
            stops: false,
        });
    }

    fn stop(&mut self, run: RunId, signal: u8) {
        self.ask(&GuardianRequest::Signal {
            run: run.into(),
            signal: signal.into(),
            stops: true,
        });
    }

    fn run_stop_command(&mut self, run: RunId, config: &ServiceConfig) {
        if let Err(problem) = self.ask_for_stop_command(run, config) {
            self.stop_command_failed(run, &problem);
        }
    }

    fn terminate(&mut self, run: RunId) {
        self.ask(&GuardianRequest::Terminate { run: run.into() });
    }

    fn send(&mut self, run: RunId, frame: &ManagerFrame) {
        if let Some(channel) = channel_of(&mut self.runs, run) {
            channel.send(frame);
        }
    }

    fn consume(&mut self, run: RunId, position: u64) {
        let Some(channel) = channel_of(&mut self.runs, run) else {
            return;
        };
        if channel.take_off(position, &mut self.buffer) {
            self.look(run);
        }
    }

    fn look_after(&mut self, record: &ServiceRecord) {
        self.prober.look_after(record);
    }

    fn look_away(&mut self, service: ServiceId) {
        self.prober.forget(service);
    }

    fn on_record(&mut self, run: RunId) {
        self.sockets.on_record(run);
    }

    fn forget_run(&mut self, run: RunId) {
        self.runs.remove(&run);
        self.limiter.forget(run);
        self.stop_commands.remove(&run);
        self.close_signs(run);
        self.logs.forget(run);
        self.ask(&GuardianRequest::Acknowledge {
            run: RunKey::from(run),
        });
    }

    fn forget_command(&mut self, id: ActionId) {
        self.ask(&GuardianRequest::AcknowledgeCommand { action: id.into() });
    }

    fn last_output(&mut self, run: RunId) -> Option<Receiver<String>> {
        let is_known = self.runs.contains_key(&run) || self.ended_unseen.contains(&run);
        is_known.then(|| self.logs.tail(run))
    }

    fn look_for_teller(&mut self) {
        // The guardian looks whenever it hears anything.
        self.ask(&GuardianRequest::Here);
    }

    fn give_up(&mut self, service: &ServiceName, status: u8) {
        self.ask_to_give_up(service, status);
    }

    fn process_of(&self, run: RunId) -> Option<(u32, u64)> {
        let known = self.runs.get(&run)?;
        Some((known.pid, known.birth))
    }

    fn last_run(&self, service: ServiceId) -> u32 {
        self.last_runs.get(&service).copied().unwrap_or_default()
    }

    fn cut(&mut self, run: RunId) {
        if let Some(channel) = channel_of(&mut self.runs, run) {
            // Fails for one that is broken already. Not just closed: the guardian holds it too.
            let _ = rustix::net::shutdown(&*channel, rustix::net::Shutdown::Both);
        }
    }

    fn shut_down(&mut self) {
        // The guardian ends now, and this process with it.
        self.logs.collect();
        self.ask(&GuardianRequest::ShutDown);
    }
}

/// A reboot is the manager's own command.
fn system_config() -> ServiceConfig {
    let name = relance_scm::ServiceName::new("relance").expect("a legal name");
    ServiceConfig::new(name, "reboot")
}

pub(super) fn command_error(error: SpawnError) -> Win32Error {
    plan::problem(&system_config(), "", error).error
}
