//! Runs a program as the service that this process is.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use relance_client::Target;
use relance_client::hosted::{self, Hosted};
use relance_policy::{RunId, Time};
use relance_scm::config::{Affinity, OutputMode};
use relance_scm::event::Event;
use relance_scm::manager::wait;
use relance_scm::settings::{
    AFFINITY, LOG_FILES, LOG_MAX_SIZE, LOG_ROTATE_AT_START, OUTPUT, WORKING_DIRECTORY,
};
use relance_scm::{
    Caller, ExitCode, ScmError, ServiceConfig, ServiceManager, ServiceName, ServiceState,
    Win32Error,
};
use relance_windows::event_source;
use relance_windows::host::{Child, Launch, output_path, run_command};
use relance_windows::process::die;
use relance_windows::rotation::{FILE_LEN_MAX, KEPT, RotatingFile};

use crate::service::{connect, report};

use super::keeper::{Fact, Keeper, Stage, Work};

/// How often the manager is told that a stop makes progress; half of what it is promised.
const PROGRESS: Duration = Duration::from_secs(2);

/// Runs as the service until its program has ended for good.
///
/// # Errors
/// 1063 outside the service control manager.
pub(crate) fn run(name: &ServiceName) -> Result<(), ScmError> {
    let (facts, received) = channel();
    let (stop, start) = (facts.clone(), facts.clone());
    // Once the host ends, the receiver is gone.
    let (service, _) = connect(
        &format!("relance start {name}"),
        move || drop(stop.send(Fact::StopRequested)),
        move || drop(start.send(Fact::StartRequested)),
    )?;
    let exit_code = match settings(name) {
        Ok(config) => Host::new(config, &service, facts).keep(&received),
        Err(error) => Some(ExitCode::Win32(error.code())),
    };
    match exit_code {
        Some(exit_code) => {
            service.report(report(ServiceState::Stopped, exit_code, Duration::ZERO))?;
            service.close(hosted::CONNECT_TIMEOUT);
            Ok(())
        }
        // The manager sees that this process ended without a report, which is a crash (R1).
        None => die(Win32Error::PROCESS_ABORTED.to_raw()),
    }
}

fn settings(name: &ServiceName) -> Result<ServiceConfig, ScmError> {
    let manager = relance_client::connect(&Target::Local)?;
    wait(|reply| manager.query_config(&Caller::system(), name, reply))
}

/// The program while it runs, with the thread that stores what it prints.
struct Running {
    child: Arc<Child>,
    output: Option<JoinHandle<()>>,
}

struct Host<'a> {
    config: ServiceConfig,
    keeper: Keeper,
    service: &'a Hosted,
    facts: Sender<Fact>,
    running: Option<Running>,
    began: Instant,
    /// What the manager was told, and how often of a stop.
    told: Option<Stage>,
    checkpoint: u32,
}

impl<'a> Host<'a> {
    fn new(config: ServiceConfig, service: &'a Hosted, facts: Sender<Fact>) -> Self {
        Self {
            keeper: Keeper::new(config.clone()),
            config,
            service,
            facts,
            running: None,
            began: Instant::now(),
            told: None,
            checkpoint: 0,
        }
    }

    /// Runs the program, again and again while its settings say so. What to report; `None` for a crash.
    fn keep(mut self, received: &Receiver<Fact>) -> Option<ExitCode> {
        let work = self.keeper.begin(self.now());
        self.carry_out(work);
        loop {
            match self.keeper.stage() {
                Stage::Stopped(exit_code) => return Some(exit_code),
                Stage::Crashed => return None,
                stage => self.tell(stage),
            }
            let fact = match self.patience() {
                Some(time) => received.recv_timeout(time).ok(),
                None => received.recv().ok(),
            };
            if let Some(fact) = fact {
                self.happened(fact);
            } else if self.keeper.stage() == Stage::Stopping {
                self.remind();
            }
            self.look_at_the_clock();
        }
    }

    fn now(&self) -> Time {
        Time::ZERO + self.began.elapsed()
    }

    /// How long nothing happens by itself.
    fn patience(&self) -> Option<Duration> {
        let next = self.keeper.next().map(|at| at - self.now());
        let is_stopping = self.keeper.stage() == Stage::Stopping;
        next.into_iter()
            .chain(is_stopping.then_some(PROGRESS))
            .min()
    }

    fn happened(&mut self, fact: Fact) {
        match fact {
            Fact::Ended(..) => {
                self.put_away();
                self.read_settings();
            }
            // The answer to CONTINUE has told the manager CONTINUE_PENDING, so the state is news again.
            Fact::StartRequested => self.told = None,
            _ => {}
        }
        let work = self.keeper.take(self.now(), fact);
        self.carry_out(work);
    }

    fn look_at_the_clock(&mut self) {
        if self.keeper.next().is_none_or(|at| at > self.now()) {
            return;
        }
        // A service that was disabled meanwhile is not restarted (R33).
        self.read_settings();
        let time = jiff::Zoned::now().time();
        let since_midnight = time.duration_since(jiff::civil::Time::midnight());
        let wall = u64::try_from(since_midnight.as_millis()).unwrap_or_default();
        let work = self.keeper.tick(self.now(), wall);
        self.carry_out(work);
    }

    /// As they are now; those that cannot be read stay as they were.
    fn read_settings(&mut self) {
        if let Ok(config) = settings(&self.config.service_name)
            && config != self.config
        {
            self.config = config.clone();
            let configured = Fact::Configured(Box::new(config));
            let work = self.keeper.take(self.now(), configured);
            self.carry_out(work);
        }
    }

    fn carry_out(&mut self, work: Vec<Work>) {
        for one in work {
            match one {
                Work::Start(run) => {
                    let started = match self.start(run) {
                        Ok(process_id) => Fact::Started(run, process_id),
                        Err(error) => Fact::NotStarted(run, error),
                    };
                    self.happened(started);
                }
                Work::AskToStop => self.with_child(Child::ask_to_stop),
                Work::Terminate => self.with_child(Child::terminate),
                Work::RunCommand(id, command) => {
                    let result = run_command(&command);
                    self.happened(Fact::CommandRun(id, result));
                }
                Work::Log(event) => self.log(&event),
            }
        }
    }

    fn with_child(&self, act: impl FnOnce(&Child)) {
        if let Some(running) = &self.running {
            act(&running.child);
        }
    }

    /// The program has ended: what it has started goes with it.
    fn put_away(&mut self) {
        if let Some(running) = self.running.take() {
            running.child.terminate();
            // Nobody can write any more, so this reads to the end.
            if let Some(output) = running.output {
                let _ = output.join();
            }
        }
    }

    /// Starts the program; its process id.
    fn start(&mut self, run: RunId) -> Result<u32, Win32Error> {
        let config = &self.config;
        let folder = config.extensions.get(WORKING_DIRECTORY);
        let (child, output) = Child::start(&Launch {
            command_line: config.command_line.to_string(),
            working_directory: folder.map(String::from),
            environment: config
                .environment
                .iter()
                .map(|variable| (variable.name().to_owned(), variable.value().to_owned()))
                .collect(),
            priority: config.priority,
            affinity: config.extensions.get(AFFINITY).map(Affinity::mask),
            discard_output: config.extensions.get(OUTPUT) == OutputMode::Null.name(),
        })?;
        let child = Arc::new(child);
        let output = output.map(|output| self.store(output)).transpose()?;
        let (waiting, facts) = (Arc::clone(&child), self.facts.clone());
        spawn("relance-wait", move || {
            // Once the host ends, the receiver is gone.
            let _ = facts.send(Fact::Ended(run, waiting.wait().ok()));
        })?;
        let process_id = child.process_id();
        self.running = Some(Running { child, output });
        Ok(process_id)
    }

    /// Stores what the program prints, on a thread of its own.
    fn store(&self, mut output: impl Read + Send + 'static) -> Result<JoinHandle<()>, Win32Error> {
        let path = output_path(self.config.service_name.as_str());
        let extensions = &self.config.extensions;
        let length_max = extensions.get(LOG_MAX_SIZE).unwrap_or(FILE_LEN_MAX);
        let kept = extensions
            .get(LOG_FILES)
            .and_then(|kept| kept.try_into().ok());
        let mut file = RotatingFile::open(&path, length_max, kept.unwrap_or(KEPT))
            .map_err(|error| error.raw_os_error().map_or(Win32Error::IO_DEVICE, win32))?;
        if extensions.get(LOG_ROTATE_AT_START) {
            // A file that another process reads cannot be renamed, so it keeps growing.
            let _ = file.begin();
        }
        spawn("relance-output", move || {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(length @ 1..) = output.read(&mut buffer) {
                // A full disk loses output; it does not stop the program.
                let _ = file.write_all(&buffer[..length]);
            }
        })
    }

    /// Tells the manager how the service stands, if that is news. While a restart waits it is PAUSED: it can be stopped then,
    /// and `continue` starts the program at once.
    fn tell(&mut self, stage: Stage) {
        if self.told == Some(stage) {
            return;
        }
        self.told = Some(stage);
        let state = match stage {
            Stage::Running => ServiceState::Running,
            Stage::Waiting => ServiceState::Paused,
            Stage::Stopping => return self.stopping(),
            // It is pending from its start on, and PAUSED until the next one has come.
            Stage::Starting | Stage::Stopped(_) | Stage::Crashed => return,
        };
        // A manager that does not accept it has given this service up.
        let _ = self
            .service
            .report(report(state, ExitCode::SUCCESS, Duration::ZERO));
    }

    /// A program that is to stop takes its time.
    fn remind(&mut self) {
        self.stopping();
        self.with_child(Child::close_windows);
    }

    /// Says that the stop goes on (S40).
    fn stopping(&mut self) {
        self.checkpoint += 1;
        let mut pending = report(ServiceState::StopPending, ExitCode::SUCCESS, PROGRESS * 2);
        pending.checkpoint = self.checkpoint;
        let _ = self.service.report(pending);
    }

    /// Writes to the event log, where the account of the service may.
    fn log(&self, event: &Event) {
        let registered = event_source::registered();
        // One that was taken away leaves its entries without sentences.
        if !registered.is_some_and(|program| std::path::Path::new(&program).is_file())
            && let Ok(program) = std::env::current_exe()
        {
            let _ = event_source::register(&program.to_string_lossy());
        }
        let name = self.config.service_name.as_str();
        let _ = event_source::write(event, name, &self.config.display_name);
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Win32Error> {
    let builder = thread::Builder::new().name(name.to_owned());
    builder
        .spawn(work)
        .map_err(|_| Win32Error::SERVICE_NO_THREAD)
}

fn win32(code: i32) -> Win32Error {
    Win32Error::from_raw(code.cast_unsigned())
}
