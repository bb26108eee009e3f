//! The simulated machine: a guardian with its processes, as they survive an engine.
//!
//! What the engine asks is queued and carried out when the simulation says so. A process does nothing
//! by itself: the simulation lets it speak, take what was sent to it, and end. Everything that
//! happens is noted in a history, which the checks compare with the event log.
//!
//! Here is what outlives the engine: the guardian and its facts. `process` is one process, `behaviour`
//! what processes do, `reports` what they say, `orders` what the guardian does by itself, `deaths` what is lost when
//! engine, guardian or machine go down, `host` the machine as the engine uses it.

mod behaviour;
mod deaths;
mod host;
mod orders;
mod process;
mod reports;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::rc::Rc;

use relance_engine::processes::{Fact, StartProblem};
use relance_policy::simulate::StartOutcome;
use relance_policy::{ActionId, RunId, Time};
use relance_scm::settings::READY;
use relance_scm::status::ProcessExit;
use relance_scm::{ExitCode, Sentence, ServiceConfig, ServiceKind, Win32Error};

use host::HostRequest;
use orders::SimOrder;

pub use host::SimProcesses;
pub use process::{Process, StopCommand};
pub use reports::{paused, pending, running, stopped};

/// The machine. One is shared by all engines of a world.
pub struct Machine {
    /// The present, set by the world.
    pub now: Time,
    /// How the next start goes.
    pub next_start: StartOutcome,
    /// What happened.
    pub history: History,
    /// Set when the engine said that all services have stopped.
    pub is_shut_down: bool,
    is_shutting_down: bool,
    last_pid: u32,
    requests: VecDeque<HostRequest>,
    facts: VecDeque<Fact>,
    processes: BTreeMap<RunId, Process>,
    commands: BTreeMap<ActionId, Result<(), Win32Error>>,
    orders: BTreeMap<RunId, SimOrder>,
    /// Whether the kernel tells how a process ended that is nobody's child here (Linux 6.15).
    pub kernel_tells: bool,
    /// No guardian is there.
    is_unattended: bool,
}

/// What happened, for the checks at the end.
#[derive(Default)]
pub struct History {
    /// Every run that ever had a process.
    pub runs: BTreeMap<RunId, RunHistory>,
    /// Runs that the manager wanted ended by force.
    pub terminated: BTreeSet<RunId>,
    /// How often the stop command of a run was run.
    pub stop_commands: BTreeMap<RunId, u32>,
    /// Commands and reboots that were carried out.
    pub commands: Vec<ActionId>,
    /// How many runs were started by standing orders.
    pub ordered: usize,
    /// Runs that said that they hang, or that failed their probes as often as they may.
    pub unwell: BTreeSet<RunId>,
    /// Probes that failed less often than they may.
    pub flaps: usize,
    /// What must never happen and did.
    pub violations: Vec<String>,
    /// What happened, line by line, for people.
    pub trace: Vec<String>,
}

/// The truth about a run.
#[derive(Clone, Debug)]
pub struct RunHistory {
    /// Kind of the service.
    pub kind: ServiceKind,
    /// The service connected.
    pub connected: bool,
    /// It reported STOPPED, with this.
    pub stopped: Option<ExitCode>,
    /// STOP was delivered, or the stop signal sent.
    pub stop_delivered: bool,
    /// An engine had it on record that the run is to stop. It may have been killed before it could ask.
    pub stop_wanted: bool,
    /// How it ended, as far as anybody can know.
    pub end: Option<ProcessExit>,
    /// It wrote something that is not a frame, or its channel ended with the guardian: what it said may never have
    /// arrived.
    pub silenced: bool,
    /// It lived through a shutdown, in which nothing is a failure.
    pub in_shutdown: bool,
}

/// A machine that several can look at.
pub type SharedMachine = Rc<RefCell<Machine>>;

impl Default for Machine {
    fn default() -> Self {
        Self {
            now: Time::ZERO,
            next_start: StartOutcome::Runs,
            history: History::default(),
            is_shut_down: false,
            is_shutting_down: false,
            last_pid: 100,
            requests: VecDeque::new(),
            facts: VecDeque::new(),
            processes: BTreeMap::new(),
            commands: BTreeMap::new(),
            orders: BTreeMap::new(),
            kernel_tells: true,
            is_unattended: false,
        }
    }
}

impl Machine {
    // The guardian.

    /// Carries out one request of the engine. `false` if there is none.
    pub fn carry_out(&mut self) -> bool {
        let Some(request) = self.requests.pop_front() else {
            return false;
        };
        self.note(format_args!("    guardian: {request}"));
        match request {
            HostRequest::Spawn(run, config) => self.spawn(run, &config),
            HostRequest::Order(run) => self.order_arrived(run),
            HostRequest::Command(id, _) | HostRequest::Reboot(id) => self.command(id),
            HostRequest::Signal(run) => self.signal(run),
            HostRequest::StopCommand(run) => self.run_stop_command(run),
            HostRequest::Terminate(run) => self.kill(run),
            HostRequest::ForgetRun(run) => {
                self.processes.remove(&run);
            }
            HostRequest::ForgetCommand(id) => {
                self.commands.remove(&id);
            }
            HostRequest::ShutDown => self.is_shut_down = true,
        }
        true
    }

    fn spawn(&mut self, run: RunId, config: &ServiceConfig) {
        if let Some(known) = self.processes.get(&run) {
            let (pid, birth) = (known.pid, known.birth);
            return self.facts.push_back(Fact::Spawned { run, pid, birth });
        }
        if let StartOutcome::FailsWith(error) = self.next_start {
            self.next_start = StartOutcome::Runs;
            let failure = StartProblem {
                error,
                logon: false,
                sentence: Sentence::foreign("simulated"),
            };
            return self.facts.push_back(Fact::SpawnFailed { run, failure });
        }
        let ends_at_once = self.next_start == StartOutcome::ExitsBeforeConnecting;
        let (pid, birth) = self.create(run, config);
        self.facts.push_back(Fact::Spawned { run, pid, birth });
        if ends_at_once {
            self.exit(run, ProcessExit::Exited(1));
        }
    }

    /// Creates the process of a run, which starts. Its id and birth.
    fn create(&mut self, run: RunId, config: &ServiceConfig) -> (u32, u64) {
        let outcome = std::mem::replace(&mut self.next_start, StartOutcome::Runs);
        self.check_spawn(run);
        self.last_pid += 1;
        let (pid, birth) = (self.last_pid, self.now.as_nanos());
        let mut process = Process::new(run, pid, birth, config.kind);
        // A program says no hello.
        process.is_mute = outcome != StartOutcome::Runs && config.kind == ServiceKind::Service;
        let never_says = outcome == StartOutcome::NeverConnects;
        process.signs.are_awaited = config.extensions.get(READY).is_some() && !never_says;
        self.processes.insert(run, process);
        let history = RunHistory {
            kind: config.kind,
            connected: false,
            stopped: None,
            stop_delivered: false,
            stop_wanted: false,
            end: None,
            silenced: false,
            in_shutdown: self.is_shutting_down,
        };
        self.history.runs.insert(run, history);
        (pid, birth)
    }

    /// No run is started twice, and no service runs twice at a time.
    fn check_spawn(&mut self, run: RunId) {
        if self.history.runs.contains_key(&run) {
            self.violation(format!("run {run} was started twice"));
        }
        let other = self
            .processes
            .values()
            .find(|other| !other.is_over() && other.run.service == run.service)
            .map(|other| other.run);
        if let Some(other) = other {
            self.violation(format!("run {run} was started while {other} was running"));
        }
    }

    /// Adds a line to the trace.
    pub fn note(&mut self, what: impl fmt::Display) {
        let line = format!("{} {what}", self.now);
        self.history.trace.push(line);
    }

    fn violation(&mut self, text: String) {
        self.history.violations.push(text);
    }

    fn command(&mut self, id: ActionId) {
        if !self.commands.contains_key(&id) {
            if self.history.commands.contains(&id) {
                self.violation(format!("{id:?} was carried out twice"));
            }
            self.history.commands.push(id);
            self.commands.insert(id, Ok(()));
        }
        let result = self.commands[&id];
        self.facts.push_back(Fact::CommandDone { id, result });
    }

    fn signal(&mut self, run: RunId) {
        if let Some(process) = self.processes.get_mut(&run) {
            process.was_signaled = true;
        }
    }

    /// X25: once for a run, also if it is asked for again.
    fn run_stop_command(&mut self, run: RunId) {
        let process = self.processes.get_mut(&run);
        let Some(process) = process.filter(|process| process.end.is_none()) else {
            return;
        };
        match process.stop_command {
            StopCommand::None => {
                process.stop_command = StopCommand::Runs;
                let commands = self.history.stop_commands.entry(run).or_default();
                *commands += 1;
                if *commands > 1 {
                    self.violation(format!("the stop command of {run} was run twice"));
                }
            }
            StopCommand::Ended(is_well) => self.tell_stop_command(run, is_well),
            StopCommand::Runs | StopCommand::Unknown => {}
        }
    }

    /// The engine says that a run was asked to stop.
    pub fn is_stopping(&mut self, run: RunId) {
        if let Some(history) = self.history.runs.get_mut(&run) {
            history.stop_wanted = true;
        }
    }

    fn tell_stop_command(&mut self, run: RunId, is_well: bool) {
        let problem = (!is_well).then(|| "simulated".into());
        self.facts
            .push_back(Fact::StopCommandEnded { run, problem });
    }

    /// Everything of the run is killed, its stop command too.
    fn kill(&mut self, run: RunId) {
        self.exit(run, ProcessExit::Signaled(9));
        self.end_stop_command(run, false);
    }

    // The engine's side of the host.

    /// The next fact for the engine.
    pub fn next_fact(&mut self) -> Option<Fact> {
        if let Some(fact) = self.facts.pop_front() {
            return Some(fact);
        }
        let ended = self
            .processes
            .values()
            .find(|process| process.is_over() && !process.end_told)
            .map(|process| process.run)?;
        self.tell_end(ended);
        self.facts.pop_front()
    }

    /// The engine looks at the channel of a run.
    pub fn look(&mut self, run: RunId) {
        let Some(process) = self.processes.get_mut(&run) else {
            return;
        };
        let channel = &mut process.channel;
        for (index, frame) in channel.sent.iter().enumerate().skip(channel.read) {
            let position = index as u64 + 1;
            let frame = frame.clone();
            self.facts.push_back(Fact::Frame {
                run,
                frame,
                position,
            });
        }
        channel.read = channel.sent.len();
        if let Some(notice) = process.signs.next() {
            let notices = vec![notice];
            self.facts.push_back(Fact::Noticed { run, notices });
        }
        if channel.is_broken && !channel.broken_told {
            channel.broken_told = true;
            self.facts.push_back(Fact::ChannelBroken { run });
        }
    }

    /// Looks at every channel.
    pub fn look_at_all(&mut self) {
        for run in self.processes.keys().copied().collect::<Vec<_>>() {
            self.look(run);
        }
    }

    /// An end is told after all that was said before it.
    fn tell_end(&mut self, run: RunId) {
        self.look(run);
        let Some(process) = self.processes.get_mut(&run) else {
            return;
        };
        process.end_told = true;
        process.end_recorded = true;
        // The rest is read at once, because nothing follows it.
        process.signs.on_record();
        let notices = process.signs.sent.drain(..).collect();
        self.facts.push_back(Fact::Noticed { run, notices });
        if let Some((exit, _)) = process.end
            && process.memory_kills > 0
            && exit != ProcessExit::Unknown
        {
            let processes = process.memory_kills;
            self.facts.push_back(Fact::MemoryRanOut { run, processes });
        }
        let end = self.end_of(run);
        self.facts.extend(end);
    }

    /// Somebody asks the daemon to stop.
    pub fn ask_for_shutdown(&mut self) {
        self.is_shutting_down = true;
        for run in self.processes.keys() {
            if let Some(history) = self.history.runs.get_mut(run) {
                history.in_shutdown = true;
            }
        }
        self.facts.push_back(Fact::ShutdownAsked);
    }

    /// Whether it is stopping, because somebody asked for that, or because a service is down for good (X33).
    #[must_use]
    pub fn is_shutting_down(&self) -> bool {
        self.is_shutting_down
    }

    /// Whether nothing waits for the guardian or the engine.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        let told = |process: &Process| {
            process.channel.read == process.channel.sent.len()
                && process.signs.sent.is_empty()
                && (!process.is_over() || process.end_told)
        };
        self.requests.is_empty() && self.facts.is_empty() && self.processes.values().all(told)
    }

    /// How many requests of the engine wait.
    #[must_use]
    pub fn requests_len(&self) -> usize {
        self.requests.len()
    }

    /// What the guardian still keeps although everything is over: nothing, if all is well.
    #[must_use]
    pub fn unacknowledged(&self) -> Vec<String> {
        let runs = self
            .processes
            .values()
            .filter(|process| process.end.is_some())
            .map(|process| format!("run {}", process.run));
        let commands = self.commands.keys().map(|id| format!("{id:?}"));
        runs.chain(commands).collect()
    }
}
