//! The simulated machine: a guardian with its processes, as they survive an engine.
//!
//! What the engine asks is queued and carried out when the simulation says so. A process does nothing
//! by itself: the simulation lets it speak, take what was sent to it, and end. Everything that
//! happens is noted in a history, which the checks compare with the event log.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use relance_engine::processes::{Fact, Processes, StartProblem};
use relance_policy::simulate::StartOutcome;
use relance_policy::{ActionId, RunId, ServiceId, Time};
use relance_scm::status::{ProcessExit, RawStatusReport};
use relance_scm::{Control, ExitCode, ServiceConfig, ServiceKind, ServiceState, Win32Error};
use relance_wire::channel::{ControlAnswer, Hello, ManagerFrame, ServiceFrame, Status, VERSION};

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
    requests: VecDeque<Request>,
    facts: VecDeque<Fact>,
    processes: BTreeMap<RunId, Process>,
    commands: BTreeMap<ActionId, Result<(), Win32Error>>,
}

/// Asked by the engine, not carried out yet.
enum Request {
    Spawn(RunId, Arc<ServiceConfig>),
    Command(ActionId, String),
    Reboot(ActionId),
    Signal(RunId),
    Terminate(RunId),
    ForgetRun(RunId),
    ForgetCommand(ActionId),
    ShutDown,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spawn(run, _) => write!(f, "spawn {run}"),
            Self::Command(id, command) => write!(f, "run {command:?} as {id:?}"),
            Self::Reboot(id) => write!(f, "reboot as {id:?}"),
            Self::Signal(run) => write!(f, "signal {run}"),
            Self::Terminate(run) => write!(f, "terminate {run}"),
            Self::ForgetRun(run) => write!(f, "forget {run}"),
            Self::ForgetCommand(id) => write!(f, "forget {id:?}"),
            Self::ShutDown => f.write_str("shut down"),
        }
    }
}

/// A process, or what the guardian keeps of it until its end is acknowledged.
#[derive(Debug)]
pub struct Process {
    /// Its run.
    pub run: RunId,
    /// Kind of the service.
    pub kind: ServiceKind,
    /// What it last reported; RUNNING for a program.
    pub state: ServiceState,
    /// Whether it has said hello.
    pub connected: bool,
    /// It will not say hello.
    pub is_mute: bool,
    /// The program was asked to stop.
    pub was_signaled: bool,
    /// It does not obey.
    pub ignores_stop: bool,
    /// How and when it ended.
    pub end: Option<(ProcessExit, Time)>,
    pid: u32,
    birth: u64,
    orphaned: bool,
    end_told: bool,
    channel: SimChannel,
    reports: u64,
    last_control: u32,
    last_report: Option<RawStatusReport>,
}

/// The channel of a process: frames instead of bytes.
#[derive(Debug, Default)]
struct SimChannel {
    sent: Vec<ServiceFrame>,
    /// Read by this engine ...
    read: usize,
    /// ... and on record.
    taken: usize,
    inbox: VecDeque<ManagerFrame>,
    is_broken: bool,
    broken_told: bool,
}

/// What happened, for the checks at the end.
#[derive(Default)]
pub struct History {
    /// Every run that ever had a process.
    pub runs: BTreeMap<RunId, RunHistory>,
    /// Runs that the manager wanted ended by force.
    pub terminated: BTreeSet<RunId>,
    /// Commands and reboots that were carried out.
    pub commands: Vec<ActionId>,
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
    /// How it ended.
    pub end: Option<ProcessExit>,
    /// It wrote what is no frame, or its guardian died: what it said may never have arrived.
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
            Request::Spawn(run, config) => self.spawn(run, &config),
            Request::Command(id, _) | Request::Reboot(id) => self.command(id),
            Request::Signal(run) => self.signal(run),
            Request::Terminate(run) => self.kill(run),
            Request::ForgetRun(run) => {
                self.processes.remove(&run);
            }
            Request::ForgetCommand(id) => {
                self.commands.remove(&id);
            }
            Request::ShutDown => self.is_shut_down = true,
        }
        true
    }

    fn spawn(&mut self, run: RunId, config: &ServiceConfig) {
        if let Some(known) = self.processes.get(&run) {
            let (pid, birth) = (known.pid, known.birth);
            return self.facts.push_back(Fact::Spawned { run, pid, birth });
        }
        let outcome = std::mem::replace(&mut self.next_start, StartOutcome::Runs);
        if let StartOutcome::FailsWith(error) = outcome {
            let failure = StartProblem {
                error,
                logon: false,
                sentence: "simulated".to_owned(),
            };
            return self.facts.push_back(Fact::SpawnFailed { run, failure });
        }
        self.check_spawn(run);
        self.last_pid += 1;
        let (pid, birth) = (self.last_pid, self.now.as_nanos());
        let mut process = Process::new(run, pid, birth, config.kind);
        process.is_mute = outcome != StartOutcome::Runs;
        self.processes.insert(run, process);
        let history = RunHistory {
            kind: config.kind,
            connected: false,
            stopped: None,
            stop_delivered: false,
            end: None,
            silenced: false,
            in_shutdown: self.is_shutting_down,
        };
        self.history.runs.insert(run, history);
        self.facts.push_back(Fact::Spawned { run, pid, birth });
        if outcome == StartOutcome::ExitsBeforeConnecting {
            self.exit(run, ProcessExit::Exited(1));
        }
    }

    /// No run is started twice, and no service runs twice at a time.
    fn check_spawn(&mut self, run: RunId) {
        if self.history.runs.contains_key(&run) {
            self.violation(format!("run {run} was started twice"));
        }
        let other = self
            .alive()
            .find(|other| other.run.service == run.service)
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

    fn kill(&mut self, run: RunId) {
        self.exit(run, ProcessExit::Signaled(9));
    }

    // What processes do.

    /// Processes that have not ended.
    pub fn alive(&self) -> impl Iterator<Item = &Process> {
        self.processes
            .values()
            .filter(|process| process.end.is_none())
    }

    /// The process of a service, if one is alive.
    #[must_use]
    pub fn alive_of(&self, service: ServiceId) -> Option<RunId> {
        self.alive()
            .find(|process| process.run.service == service)
            .map(|process| process.run)
    }

    /// The process of a run, alive or not yet acknowledged.
    #[must_use]
    pub fn process(&self, run: RunId) -> Option<&Process> {
        self.processes.get(&run)
    }

    /// Says something only about a process that is alive and has an unbroken channel.
    fn speaker(&mut self, run: RunId) -> Option<&mut Process> {
        let process = self.processes.get_mut(&run)?;
        (process.end.is_none() && !process.channel.is_broken).then_some(process)
    }

    /// Makes the process do as it is told, or not.
    pub fn set_ignores_stop(&mut self, run: RunId, ignores: bool) {
        if let Some(process) = self.processes.get_mut(&run) {
            process.ignores_stop = ignores;
        }
    }

    /// The service says hello.
    pub fn say_hello(&mut self, run: RunId) {
        let Some(process) = self.speaker(run) else {
            return;
        };
        process.connected = true;
        process.hello();
        if let Some(history) = self.history.runs.get_mut(&run) {
            history.connected = true;
        }
    }

    /// The service reports a status.
    pub fn report(&mut self, run: RunId, report: RawStatusReport) {
        let Some(process) = self.speaker(run) else {
            return;
        };
        process.report(report);
        let Ok(checked) = report.check() else { return };
        // Before its hello nobody listens to it.
        if !process.connected {
            return;
        }
        process.state = checked.state;
        let history = self.history.runs.get_mut(&run);
        if let Some(history) = history
            && checked.state == ServiceState::Stopped
            && history.stopped.is_none()
        {
            history.stopped = Some(checked.exit_code);
        }
    }

    /// The service takes the next control that was sent to it, answers it, and says which it was.
    /// Of one that is repeated it takes no notice.
    pub fn take_control(&mut self, run: RunId, answer: Win32Error) -> Option<Control> {
        let process = self.speaker(run)?;
        let control = loop {
            match process.channel.inbox.pop_front()? {
                ManagerFrame::Control(control) => break control,
                ManagerFrame::Welcome(_) | ManagerFrame::Refused(_) | ManagerFrame::Done(_) => {}
            }
        };
        let code = answer.to_raw();
        let answer = ControlAnswer {
            id: control.id,
            code,
        };
        process.channel.sent.push(ServiceFrame::Answer(answer));
        if control.id <= process.last_control {
            return None;
        }
        process.last_control = control.id;
        let taken = Control::from_raw(control.code)?;
        self.note_delivery(run, taken);
        Some(taken)
    }

    /// S31: nothing is delivered after STOP.
    fn note_delivery(&mut self, run: RunId, control: Control) {
        let Some(history) = self.history.runs.get_mut(&run) else {
            return;
        };
        let after_stop = history.stop_delivered;
        history.stop_delivered |= matches!(control, Control::Stop | Control::Shutdown);
        if after_stop {
            self.violation(format!(
                "{control:?} was delivered to run {run} after its STOP"
            ));
        }
    }

    /// The service writes what is no frame.
    pub fn write_rubbish(&mut self, run: RunId) {
        if let Some(process) = self.speaker(run) {
            process.channel.is_broken = true;
            self.silence(run);
        }
    }

    fn silence(&mut self, run: RunId) {
        if let Some(history) = self.history.runs.get_mut(&run) {
            history.silenced = true;
        }
    }

    /// The process ends.
    pub fn exit(&mut self, run: RunId, exit: ProcessExit) {
        let now = self.now;
        let Some(process) = self.processes.get_mut(&run) else {
            return;
        };
        if process.end.is_some() {
            return;
        }
        process.end = Some((exit, now));
        self.note(format_args!("  {run} ends: {exit}"));
        if let Some(history) = self.history.runs.get_mut(&run) {
            history.end = Some(exit);
        }
    }

    /// Lets every process do what a good service would do next: connect, report RUNNING, obey.
    /// `false` if none had anything to do.
    pub fn behave(&mut self) -> bool {
        let runs: Vec<RunId> = self.alive().map(|process| process.run).collect();
        let mut anything = false;
        for run in runs {
            while self.behave_once(run) {
                anything = true;
            }
        }
        anything
    }

    fn behave_once(&mut self, run: RunId) -> bool {
        let Some(process) = self.processes.get(&run) else {
            return false;
        };
        if process.end.is_some() || process.is_mute || process.channel.is_broken {
            return false;
        }
        if process.kind == ServiceKind::Program {
            let obeys = process.was_signaled && !process.ignores_stop;
            if obeys {
                self.exit(run, ProcessExit::Exited(0));
            }
            return obeys;
        }
        if !process.connected {
            self.say_hello(run);
            self.report(run, running());
            return true;
        }
        if process.state == ServiceState::Stopped {
            self.exit(run, ProcessExit::Exited(0));
            return true;
        }
        if process.state.is_pending() {
            let next = match process.state {
                ServiceState::StopPending => stopped(ExitCode::SUCCESS),
                ServiceState::PausePending => paused(),
                _ => running(),
            };
            self.report(run, next);
            return true;
        }
        self.obey(run)
    }

    /// Takes a control and obeys it. `false` if there was none.
    fn obey(&mut self, run: RunId) -> bool {
        let waiting = self.processes[&run].channel.inbox.len();
        let ignores_stop = self.processes[&run].ignores_stop;
        let Some(control) = self.take_control(run, Win32Error::SUCCESS) else {
            return waiting > self.processes[&run].channel.inbox.len();
        };
        match control {
            Control::Stop | Control::Shutdown | Control::Preshutdown if !ignores_stop => {
                self.report(run, stopped(ExitCode::SUCCESS));
            }
            Control::Pause => self.report(run, paused()),
            Control::Continue => self.report(run, running()),
            _ => {}
        }
        true
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
            .find(|process| process.end.is_some() && !process.end_told)
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
        if let Some((exit, at)) = process.end {
            let exit = if process.orphaned {
                ProcessExit::Unknown
            } else {
                exit
            };
            self.facts.push_back(Fact::Exited { run, exit, at });
        }
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

    /// The engine is gone. Of what it asked last, only the first so many requests were sent.
    pub fn engine_died(&mut self, sent: usize) {
        self.requests.truncate(sent);
        while self.carry_out() {}
        self.facts.clear();
        for process in self.processes.values_mut() {
            process.end_told = false;
            process.channel.read = process.channel.taken;
            process.channel.broken_told = false;
        }
    }

    /// The guardian is gone: what was under way is lost, what runs still runs, unattended.
    pub fn guardian_died(&mut self) {
        self.engine_died(usize::MAX);
        // Only the guardian knew which commands were started; one of them may run again.
        self.commands.clear();
        self.history.commands.clear();
        self.processes.retain(|_, process| process.end.is_none());
        // A run that ended before anything of it was on record is forgotten, and its number is free.
        self.history
            .runs
            .retain(|run, _| self.processes.contains_key(run));
        let runs: Vec<RunId> = self.processes.keys().copied().collect();
        for run in runs {
            self.silence(run);
        }
        for process in self.processes.values_mut() {
            process.orphaned = true;
            process.channel = SimChannel {
                is_broken: process.channel.is_broken,
                ..SimChannel::default()
            };
        }
    }

    /// A new engine is told everything that is there.
    pub fn greet(&mut self) {
        for run in self.processes.keys().copied().collect::<Vec<_>>() {
            let process = &self.processes[&run];
            self.facts.push_back(Fact::Found {
                run,
                pid: process.pid,
                birth: process.birth,
            });
            self.look(run);
            if process_ended(&self.processes[&run]) {
                self.tell_end(run);
            }
        }
        for (id, result) in &self.commands {
            self.facts.push_back(Fact::CommandDone {
                id: *id,
                result: *result,
            });
        }
        self.facts.push_back(Fact::Caught);
    }

    /// After the guardian's death services come back over the manager's socket.
    pub fn attach_all(&mut self) {
        for process in self.processes.values_mut() {
            if process.end.is_none() && process.connected && !process.channel.is_broken {
                process.hello();
                if let Some(report) = process.last_report {
                    process.report(report);
                }
            }
        }
    }

    /// The machine goes off and on again.
    pub fn reboot(&mut self) {
        self.requests.clear();
        self.facts.clear();
        self.processes.clear();
        self.commands.clear();
        self.history.runs.clear();
        self.history.terminated.clear();
        self.history.commands.clear();
        self.is_shutting_down = false;
        self.is_shut_down = false;
    }

    /// Whether nothing waits for the guardian or the engine.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        let told = |process: &Process| {
            process.channel.read == process.channel.sent.len()
                && (process.end.is_none() || process.end_told)
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

fn process_ended(process: &Process) -> bool {
    process.end.is_some()
}

impl Process {
    fn new(run: RunId, pid: u32, birth: u64, kind: ServiceKind) -> Self {
        let state = match kind {
            ServiceKind::Service => ServiceState::StartPending,
            ServiceKind::Program => ServiceState::Running,
        };
        Self {
            run,
            kind,
            state,
            connected: false,
            is_mute: false,
            was_signaled: false,
            ignores_stop: false,
            end: None,
            pid,
            birth,
            orphaned: false,
            end_told: false,
            channel: SimChannel::default(),
            reports: 0,
            last_control: 0,
            last_report: None,
        }
    }

    fn hello(&mut self) {
        let hello = Hello {
            version: VERSION,
            pid: self.pid,
        };
        self.channel.sent.push(ServiceFrame::Hello(hello));
    }

    fn report(&mut self, report: RawStatusReport) {
        self.reports += 1;
        self.last_report = Some(report);
        let status = Status::new(self.reports, report);
        self.channel.sent.push(ServiceFrame::Status(status));
    }
}

/// A report of RUNNING that accepts everything a test sends.
#[must_use]
pub fn running() -> RawStatusReport {
    RawStatusReport {
        state: ServiceState::Running.to_raw(),
        // STOP, PAUSE_CONTINUE, PARAMCHANGE.
        controls_accepted: 0x1 | 0x2 | 0x8,
        ..RawStatusReport::default()
    }
}

/// A report of PAUSED.
#[must_use]
pub fn paused() -> RawStatusReport {
    RawStatusReport {
        state: ServiceState::Paused.to_raw(),
        ..running()
    }
}

/// A report of STOPPED.
#[must_use]
pub fn stopped(exit_code: ExitCode) -> RawStatusReport {
    RawStatusReport {
        state: ServiceState::Stopped.to_raw(),
        win32_exit_code: exit_code.win32().to_raw(),
        service_specific_exit_code: exit_code.specific(),
        ..RawStatusReport::default()
    }
}

/// A report of a pending state.
#[must_use]
pub fn pending(state: ServiceState, checkpoint: u32) -> RawStatusReport {
    RawStatusReport {
        state: state.to_raw(),
        checkpoint,
        wait_hint_ms: 5000,
        ..RawStatusReport::default()
    }
}

/// The machine as the engine uses it.
pub struct SimProcesses(pub SharedMachine);

impl SimProcesses {
    fn ask(&self, request: Request) {
        let mut machine = self.0.borrow_mut();
        machine.note(format_args!("        engine asks: {request}"));
        machine.requests.push_back(request);
    }
}

impl Processes for SimProcesses {
    fn spawn(&mut self, run: RunId, config: &Arc<ServiceConfig>) {
        self.ask(Request::Spawn(run, Arc::clone(config)));
    }

    fn run_command(&mut self, id: ActionId, _: &ServiceConfig, command: &str) {
        self.ask(Request::Command(id, command.to_owned()));
    }

    fn reboot(&mut self, id: ActionId) {
        self.ask(Request::Reboot(id));
    }

    fn broadcast(&mut self, _: &str) {}

    fn signal(&mut self, run: RunId, _: u8) {
        // From here on the manager has asked, although the signal may come too late.
        if let Some(history) = self.0.borrow_mut().history.runs.get_mut(&run) {
            history.stop_delivered = true;
        }
        self.ask(Request::Signal(run));
    }

    fn terminate(&mut self, run: RunId) {
        self.0.borrow_mut().history.terminated.insert(run);
        self.ask(Request::Terminate(run));
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

    fn forget_run(&mut self, run: RunId) {
        self.ask(Request::ForgetRun(run));
    }

    fn forget_command(&mut self, id: ActionId) {
        self.ask(Request::ForgetCommand(id));
    }

    fn last_output(&mut self, _: RunId) -> Option<Receiver<String>> {
        None
    }

    fn shut_down(&mut self) {
        self.ask(Request::ShutDown);
    }
}
