//! The engine's side: what it asks of the machine waits until the simulation carries it out.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use relance_engine::processes::{Fact, Processes, Recalled, StartProblem};
use relance_policy::{ActionId, RunId, ServiceId, ServiceRecord, StandingOrder};
use relance_scm::budget::minute_of_day;
use relance_scm::config::PriorityClass;
use relance_scm::controllers::Controllers;
use relance_scm::event_log::Timestamp;
use relance_scm::{ServiceConfig, ServiceName};
use relance_wire::channel::ManagerFrame;

use super::SharedMachine;

/// Asked by the engine, not carried out yet.
pub(super) enum HostRequest {
    Spawn(RunId, Arc<ServiceConfig>),
    Order(RunId),
    Command(ActionId, String),
    Reboot(ActionId),
    Signal(RunId),
    StopCommand(RunId),
    Terminate(RunId),
    ForgetRun(RunId),
    ForgetCommand(ActionId),
    ShutDown,
}

impl fmt::Display for HostRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spawn(run, _) => write!(f, "spawn {run}"),
            Self::Order(run) => write!(f, "start the run after {run} when it ends"),
            Self::Command(id, command) => write!(f, "run {command:?} as {id:?}"),
            Self::Reboot(id) => write!(f, "reboot as {id:?}"),
            Self::Signal(run) => write!(f, "signal {run}"),
            Self::StopCommand(run) => write!(f, "run the stop command of {run}"),
            Self::Terminate(run) => write!(f, "terminate {run}"),
            Self::ForgetRun(run) => write!(f, "forget {run}"),
            Self::ForgetCommand(id) => write!(f, "forget {id:?}"),
            Self::ShutDown => f.write_str("shut down"),
        }
    }
}
/// The machine as the engine uses it.
pub struct SimProcesses(pub SharedMachine);

impl SimProcesses {
    fn ask(&self, request: HostRequest) {
        let mut machine = self.0.borrow_mut();
        machine.note(format_args!("        engine asks: {request}"));
        machine.requests.push_back(request);
    }

    /// From here on the manager has asked, although the signal may come too late.
    fn ask_to_stop(&self, run: RunId, request: HostRequest) {
        if let Some(history) = self.0.borrow_mut().history.runs.get_mut(&run) {
            history.stop_delivered = true;
        }
        self.ask(request);
    }
}

impl Processes for SimProcesses {
    fn spawn(&mut self, run: RunId, config: &Arc<ServiceConfig>) {
        if self.process_of(run).is_none() && self.last_run(run.service) > run.number {
            let failure = StartProblem::given_up(config);
            let fact = Fact::SpawnFailed { run, failure };
            return self.0.borrow_mut().facts.push_front(fact);
        }
        self.ask(HostRequest::Spawn(run, Arc::clone(config)));
    }

    fn order(&mut self, run: RunId, ends: StandingOrder, config: &Arc<ServiceConfig>) -> bool {
        self.0.borrow_mut().give_order(run, ends, config)
    }

    fn recall(&mut self, run: RunId) -> Recalled {
        let mut machine = self.0.borrow_mut();
        let recalled = machine.recall(run);
        machine.note(format_args!(
            "        engine recalls what was to follow {run}: {recalled:?}"
        ));
        recalled
    }

    fn run_command(&mut self, id: ActionId, _: &ServiceConfig, command: &str) {
        self.ask(HostRequest::Command(id, command.to_owned()));
    }

    fn reboot(&mut self, id: ActionId) {
        self.ask(HostRequest::Reboot(id));
    }

    fn broadcast(&mut self, _: &str) {}

    fn controllers(&self) -> Controllers {
        Controllers::ALL
    }

    fn memory_of(&self, runs: &[RunId]) -> BTreeMap<RunId, u64> {
        let machine = self.0.borrow();
        let used = runs.iter().filter_map(|run| {
            let process = machine.processes.get(run)?;
            Some((*run, process.memory))
        });
        used.collect()
    }

    fn next_time_of_day(&self, after: Timestamp, time: &str) -> Timestamp {
        // Of a machine without a time zone.
        const DAY: i64 = 24 * 3600 * 1000;
        let minute = minute_of_day(time).expect("a time of day");
        let at = after.0.div_euclid(DAY) * DAY + i64::from(minute) * 60_000;
        Timestamp(if at > after.0 { at } else { at + DAY })
    }

    fn set_priority(&mut self, _: RunId, _: PriorityClass) {}

    fn set_limits(&mut self, _: RunId, _: &ServiceConfig, _: &Arc<ServiceConfig>) {}

    fn signal(&mut self, run: RunId, signal: u8) {
        let mut machine = self.0.borrow_mut();
        machine.note(format_args!(
            "        engine sends signal {signal} to {run}"
        ));
        // S31, X23: nothing is sent after the stop.
        let history = machine.history.runs.get(&run);
        if history.is_some_and(|history| history.stop_delivered) {
            machine.violation(format!("signal {signal} was sent to {run} after its stop"));
        }
    }

    fn stop(&mut self, run: RunId, _: u8) {
        self.ask_to_stop(run, HostRequest::Signal(run));
    }

    fn run_stop_command(&mut self, run: RunId, _: &ServiceConfig) {
        self.ask_to_stop(run, HostRequest::StopCommand(run));
    }

    fn terminate(&mut self, run: RunId) {
        self.0.borrow_mut().history.terminated.insert(run);
        self.ask(HostRequest::Terminate(run));
    }

    fn send(&mut self, run: RunId, frame: &ManagerFrame) {
        if let Some(process) = self.0.borrow_mut().processes.get_mut(&run) {
            process.channel.inbox.push_back(frame.clone());
        }
    }

    fn consume(&mut self, run: RunId, position: u64) {
        if let Some(process) = self.0.borrow_mut().processes.get_mut(&run) {
            let position = usize::try_from(position).expect("a small number of frames");
            process.channel.taken = process.channel.taken.max(position);
        }
    }

    fn look_after(&mut self, _: &ServiceRecord) {}

    fn look_away(&mut self, _: ServiceId) {}

    fn on_record(&mut self, run: RunId) {
        if let Some(process) = self.0.borrow_mut().processes.get_mut(&run) {
            process.signs.on_record();
        }
    }

    fn forget_run(&mut self, run: RunId) {
        self.ask(HostRequest::ForgetRun(run));
    }

    fn forget_command(&mut self, id: ActionId) {
        self.ask(HostRequest::ForgetCommand(id));
    }

    fn last_output(&mut self, _: RunId) -> Option<Receiver<String>> {
        None
    }

    fn give_up(&mut self, service: &ServiceName, status: u8) {
        let mut machine = self.0.borrow_mut();
        machine.note(format_args!(
            "{service} is down for good, which ends the manager with {status}"
        ));
        machine.ask_for_shutdown();
    }

    fn process_of(&self, run: RunId) -> Option<(u32, u64)> {
        let machine = self.0.borrow();
        let process = machine.processes.get(&run)?;
        Some((process.pid, process.birth))
    }

    fn last_run(&self, service: ServiceId) -> u32 {
        let machine = self.0.borrow();
        let runs = machine.history.runs.keys();
        let runs = runs.filter(|run| run.service == service);
        runs.map(|run| run.number).max().unwrap_or_default()
    }

    fn cut(&mut self, run: RunId) {
        if let Some(process) = self.0.borrow_mut().processes.get_mut(&run) {
            process.attach();
        }
    }

    fn shut_down(&mut self) {
        self.ask(HostRequest::ShutDown);
    }
}
