//! Puppets: real processes (`relance-puppet`) that do what a test orders.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use relance_scm::failure_actions::{ActionList, ResetPeriod};
use relance_scm::{ControlsAccepted, ServiceConfig, ServiceName, ServiceState};
use rustix::net::sockopt::{Timeout, set_socket_timeout};

/// A test that waits longer than this for a process has found a fault.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Where the processes of one service find the test.
#[derive(Debug)]
pub struct Stage {
    listener: UnixListener,
    path: PathBuf,
}

/// One process of a service.
#[derive(Debug)]
pub struct Puppet {
    stream: UnixStream,
    lines: BufReader<UnixStream>,
    /// Its process id.
    pub pid: u32,
    controls: VecDeque<u32>,
}

/// The program of all puppets, built once.
///
/// # Panics
/// If it cannot be built.
#[must_use]
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| built("relance-testkit", "relance-puppet"))
}

/// A program of the workspace, built if it is not. Tests of one crate need programs of another, which
/// Cargo builds by itself only with the whole workspace.
///
/// # Panics
/// If it cannot be built.
#[must_use]
pub fn built(package: &str, name: &str) -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--quiet", "--package", package, "--bin", name])
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{name} cannot be built: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    // A test runs from target/PROFILE/deps, a program from target/PROFILE.
    let this = std::env::current_exe().expect("the path of this program");
    let folder = this.parent().expect("a folder");
    let profile = folder.parent().filter(|_| folder.ends_with("deps"));
    profile.unwrap_or(folder).join(name)
}

impl Stage {
    /// A stage in a folder of the test's own.
    ///
    /// # Panics
    /// If the socket cannot be made.
    #[must_use]
    pub fn new(folder: &Path, name: &str) -> Self {
        let path = folder.join(format!("{name}.stage"));
        let listener = UnixListener::bind(&path).expect("a socket for the puppets");
        set_socket_timeout(&listener, Timeout::Recv, Some(PATIENCE)).expect("a time-out");
        Self { listener, path }
    }

    /// The command line of the service.
    #[must_use]
    pub fn command_line(&self) -> String {
        self.command_line_of(program())
    }

    /// The service, with these recovery actions.
    ///
    /// # Panics
    /// If the name or the actions are not legal.
    #[must_use]
    pub fn service(&self, name: &str, actions: &str) -> ServiceConfig {
        let name = ServiceName::new(name).expect("a legal name");
        let mut config = ServiceConfig::new(name, self.command_line());
        let actions: ActionList = actions.parse().expect("actions");
        config.failure_actions.actions = actions.0.into();
        config.failure_actions.reset_period = ResetPeriod::Seconds(86_400);
        config
    }

    /// The same with the program in another place.
    #[must_use]
    pub fn command_line_of(&self, program: &Path) -> String {
        format!("{} {}", program.display(), self.path.display())
    }

    /// Waits for the next process of the service.
    ///
    /// # Panics
    /// If none comes.
    #[must_use]
    pub fn next_run(&self) -> Puppet {
        let (stream, _) = self
            .listener
            .accept()
            .unwrap_or_else(|error| panic!("no process came to {}: {error}", self.path.display()));
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        let lines = BufReader::new(stream.try_clone().expect("a descriptor"));
        let mut puppet = Puppet {
            stream,
            lines,
            pid: 0,
            controls: VecDeque::new(),
        };
        let line = puppet.line().expect("a puppet says who it is");
        puppet.pid = line
            .strip_prefix("run ")
            .and_then(|pid| pid.parse().ok())
            .expect("run PID");
        puppet
    }
}

impl Puppet {
    /// Says hello to the manager.
    pub fn hello(&mut self) {
        self.order("hello").expect("the manager welcomes it");
    }

    /// Says hello and reports RUNNING, accepting everything.
    pub fn run(&mut self) {
        self.hello();
        self.report(ServiceState::Running);
    }

    /// Reports a state; returns when it is on record.
    pub fn report(&mut self, state: ServiceState) {
        self.report_again(state).expect("the report is taken");
    }

    /// The same for a puppet that may have ended.
    ///
    /// # Errors
    /// As [`order`](Self::order).
    pub fn report_again(&mut self, state: ServiceState) -> Result<(), String> {
        let accepted = match state {
            ServiceState::Stopped => ControlsAccepted::NONE,
            _ => ControlsAccepted::STOP
                .union(ControlsAccepted::PAUSE_CONTINUE)
                .union(ControlsAccepted::SHUTDOWN),
        };
        let order = format!("report {} {}", state.to_raw(), accepted.to_raw());
        self.order(&order)
    }

    /// Reports STOPPED with these codes and ends.
    pub fn stopped(&mut self, win32: u32, specific: u32) {
        self.order(&format!("report 1 0 {win32} {specific}"))
            .expect("the report is taken");
        self.tell("exit 0");
    }

    /// Gives an order and waits until it is carried out.
    ///
    /// # Errors
    /// What the puppet answered instead of `ok`, or that it has ended.
    pub fn order(&mut self, order: &str) -> Result<(), String> {
        self.tell(order);
        self.obeyed()
    }

    /// Waits until an order that it was told is carried out.
    ///
    /// # Errors
    /// As [`order`](Self::order).
    pub fn obeyed(&mut self) -> Result<(), String> {
        loop {
            let line = self.line().ok_or("it has ended")?;
            match line.strip_prefix("control ") {
                Some(code) => self.controls.push_back(code.parse().expect("a code")),
                None if line == "ok" => return Ok(()),
                None => return Err(line),
            }
        }
    }

    /// Gives an order without waiting, because the puppet will not live to answer it.
    pub fn tell(&mut self, order: &str) {
        // A puppet that has ended already does not hear it.
        let _ = writeln!(self.stream, "{order}");
    }

    /// Waits for the next control.
    ///
    /// # Panics
    /// If none comes.
    pub fn next_control(&mut self) -> u32 {
        if let Some(code) = self.controls.pop_front() {
            return code;
        }
        let line = self.line().expect("a control");
        let code = line.strip_prefix("control ").expect("a control");
        code.parse().expect("a code")
    }

    /// Sends it a signal.
    pub fn kill(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(self.pid.cast_signed()).expect("a process id");
        rustix::process::kill_process(pid, signal).expect("it is ours");
    }

    /// Waits until it has ended.
    pub fn wait_for_end(&mut self) {
        while self.line().is_some() {}
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.lines.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => None,
            Err(error) => panic!("the puppet {} says nothing: {error}", self.pid),
        }
    }
}
