//! Runs a program as the service that this process is.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use relance_client::Target;
use relance_client::hosted::{self, Hosted};
use relance_scm::config::{Affinity, OutputMode};
use relance_scm::event::Event;
use relance_scm::manager::wait;
use relance_scm::settings::{
    AFFINITY, LOG_FILES, LOG_MAX_SIZE, LOG_ROTATE_AT_START, OUTPUT, RESTART_ON_EXIT, STOP_GRACE,
    WORKING_DIRECTORY,
};
use relance_scm::{
    Caller, ExitCode, ScmError, ServiceConfig, ServiceManager, ServiceName, ServiceState,
    Win32Error,
};
use relance_windows::event_source;
use relance_windows::host::{Child, Launch, output_path};
use relance_windows::process::die;
use relance_windows::rotation::{FILE_LEN_MAX, KEPT, RotatingFile};

use crate::service::{connect, report};

use super::verdict::{Verdict, not_started, verdict};

/// How often the manager is told that a stop makes progress; half of what it is promised.
const PROGRESS: Duration = Duration::from_secs(2);

/// What happens to the host.
enum Fact {
    StopRequested,
    /// Of the run with this number.
    Ended(u32, Result<u32, Win32Error>),
}

/// Runs as the service until its program has ended for good.
///
/// # Errors
/// 1063 outside the service control manager.
pub(crate) fn run(name: &ServiceName) -> Result<(), ScmError> {
    let (facts, received) = channel();
    let controls = facts.clone();
    let (service, _) = connect(&format!("relance start {name}"), move || {
        // Once the host ends, the receiver is gone.
        let _ = controls.send(Fact::StopRequested);
    })?;
    let exit_code = match settings(name) {
        Ok(config) => Host {
            config,
            service: &service,
            facts,
        }
        .keep(&received),
        Err(error) => Some(not_started(error.code())),
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

struct Host<'a> {
    config: ServiceConfig,
    service: &'a Hosted,
    facts: Sender<Fact>,
}

impl Host<'_> {
    /// Runs the program, again and again while it asks for it. What to report; `None` for a crash.
    fn keep(&self, received: &Receiver<Fact>) -> Option<ExitCode> {
        for number in 0.. {
            let (child, output) = match self.start(number) {
                Ok(started) => started,
                Err(error) => return Some(not_started(error)),
            };
            // A manager that does not accept it has given this service up.
            let running = report(ServiceState::Running, ExitCode::SUCCESS, Duration::ZERO);
            let _ = self.service.report(running);
            let (exit_code, stop_requested) = self.wait(&child, number, received);
            // What it has started goes with it.
            child.terminate();
            // Nobody can write any more, so this reads to the end.
            if let Some(output) = output {
                let _ = output.join();
            }
            let exit_code = match exit_code {
                Ok(exit_code) => exit_code,
                Err(error) => return Some(ExitCode::Win32(error)),
            };
            let restart_on_exit = self.config.extensions.get(RESTART_ON_EXIT);
            match verdict(exit_code, stop_requested, &restart_on_exit) {
                Verdict::Stopped(exit_code) => return Some(exit_code),
                Verdict::Crashed => return None,
                Verdict::Recycled(code) => self.log(&Event::Recycled(code)),
            }
        }
        None
    }

    /// Starts the program; with the thread that stores what it prints.
    fn start(&self, number: u32) -> Result<(Arc<Child>, Option<JoinHandle<()>>), Win32Error> {
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
            let _ = facts.send(Fact::Ended(number, waiting.wait()));
        })?;
        Ok((child, output))
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

    /// Waits until the program has ended, asks it to when somebody wants that, and ends it when its
    /// grace is over. Its exit code, and whether somebody wanted it.
    fn wait(
        &self,
        child: &Child,
        number: u32,
        received: &Receiver<Fact>,
    ) -> (Result<u32, Win32Error>, bool) {
        let grace = self.config.extensions.get(STOP_GRACE);
        let mut stop_by: Option<Instant> = None;
        let mut checkpoint = 0;
        loop {
            let left = stop_by.map(|at| at.saturating_duration_since(Instant::now()));
            let fact = match left {
                None => received.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(left) => received.recv_timeout(left.min(PROGRESS)),
            };
            match fact {
                Ok(Fact::Ended(of, exit_code)) if of == number => {
                    return (exit_code, stop_by.is_some());
                }
                Ok(Fact::Ended(..)) => {}
                Ok(Fact::StopRequested) => {
                    stop_by.get_or_insert(Instant::now() + grace);
                    self.stopping(&mut checkpoint);
                    child.ask_to_stop();
                }
                Err(_) if left == Some(Duration::ZERO) => {
                    let ms = u32::try_from(grace.as_millis()).unwrap_or(u32::MAX);
                    self.log(&Event::StopGraceExpired(ms));
                    child.terminate();
                    // It is ended now; its exit code does not count.
                    let ended = child.wait().map(|_| 0);
                    return (ended, true);
                }
                Err(_) => {
                    self.stopping(&mut checkpoint);
                    child.close_windows();
                }
            }
        }
    }

    /// Says that the stop goes on (S40).
    fn stopping(&self, checkpoint: &mut u32) {
        *checkpoint += 1;
        let mut pending = report(ServiceState::StopPending, ExitCode::SUCCESS, PROGRESS * 2);
        pending.checkpoint = *checkpoint;
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
