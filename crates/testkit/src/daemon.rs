//! A daemon of a test's own: in its own folder, on its own socket.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use relance_client::{ServiceManager, SocketManager, Target, connect};
use relance_scm::event::EventSource;
use relance_scm::event_log::{EventFilter, LogEntry};
use relance_scm::manager::{
    NewService, ServiceInfo, Watched, WatchedChange, next_change_until, wait,
};
use relance_scm::{Caller, Control, Reply, ScmError, ServiceConfig, ServiceName, ServiceState};
use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::cgroups::{Hierarchy, Remains};
use crate::puppet::{PATIENCE, Puppet, Stage};

/// If this variable is `off`, the daemons of all tests work as on a machine without control groups.
const CGROUPS_VARIABLE: &str = "RELANCE_TEST_CGROUPS";

/// See the module.
#[derive(Debug)]
pub struct Daemon {
    folder: TempDir,
    state: PathBuf,
    socket: PathBuf,
    program: PathBuf,
    options: Vec<String>,
    environment: Vec<(String, String)>,
    guardian: Option<Child>,
    hierarchy: Hierarchy,
}

impl Daemon {
    /// A daemon that has not been started, with more options and variables of its environment.
    #[must_use]
    pub fn to_start(program: &Path, options: &[&str], environment: &[(&str, &str)]) -> Self {
        let options = options.iter().map(ToString::to_string).collect();
        let variable = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut daemon = Self::prepared(Hierarchy::found(), program, options);
        daemon.environment = environment.iter().map(variable).collect();
        daemon
    }

    /// Adds options, for the next start.
    pub fn add_options(&mut self, options: &[&str]) {
        self.options.extend(options.iter().map(ToString::to_string));
    }

    /// A daemon on the machine's clock.
    #[must_use]
    pub fn start(program: &Path) -> Self {
        Self::with(program, &[])
    }

    /// A daemon whose clock the test moves.
    #[must_use]
    pub fn with_manual_clock(program: &Path) -> Self {
        Self::with(program, &["--clock", "manual"])
    }

    /// A daemon with more options of `relance daemon`.
    ///
    /// # Panics
    /// If it does not come up.
    #[must_use]
    pub fn with(program: &Path, options: &[&str]) -> Self {
        let mut options: Vec<String> = options.iter().map(ToString::to_string).collect();
        let off = std::env::var_os(CGROUPS_VARIABLE).is_some_and(|value| value == "off");
        if off && !options.iter().any(|option| option == "--cgroups") {
            options.extend(["--cgroups", "off"].map(ToOwned::to_owned));
        }
        Self::within(Hierarchy::found(), program, options)
    }

    /// A daemon that reads these settings.
    ///
    /// # Panics
    /// If it does not come up.
    #[must_use]
    pub fn with_settings(program: &Path, settings: &str) -> Self {
        let mut daemon = Self::prepared(Hierarchy::found(), program, Vec::new());
        fs::write(daemon.folder().join("relance.toml"), settings).expect("a writable folder");
        daemon.start_again();
        daemon
    }

    /// A daemon whose services always have control groups; `None` if a hierarchy would have to be mounted for that
    /// and may not be.
    #[must_use]
    pub fn with_cgroups(program: &Path) -> Option<Self> {
        let hierarchy = Hierarchy::found_or_own()?;
        Some(Self::within(hierarchy, program, Vec::new()))
    }

    /// A daemon with a state folder and a socket that the test has chosen; with control groups where
    /// they are to be had.
    #[must_use]
    pub fn on(program: &Path, state: &Path, socket: &Path) -> Self {
        let hierarchy = Hierarchy::found_or_own().unwrap_or_else(Hierarchy::found);
        let mut daemon = Self::prepared(hierarchy, program, Vec::new());
        state.clone_into(&mut daemon.state);
        socket.clone_into(&mut daemon.socket);
        daemon.start_again();
        daemon
    }

    fn within(hierarchy: Hierarchy, program: &Path, options: Vec<String>) -> Self {
        let mut daemon = Self::prepared(hierarchy, program, options);
        daemon.start_again();
        daemon
    }

    fn prepared(hierarchy: Hierarchy, program: &Path, options: Vec<String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self {
            state: folder.path().join("state"),
            socket: folder.path().join("relance.sock"),
            folder,
            program: program.to_owned(),
            options,
            environment: Vec::new(),
            guardian: None,
            hierarchy,
        }
    }

    /// Starts it again in the same folder, once it has ended.
    ///
    /// # Panics
    /// If it does not come up.
    pub fn start_again(&mut self) {
        let notify = self.folder.path().join("notify");
        let _ = fs::remove_file(&notify);
        let ready = UnixDatagram::bind(&notify).expect("a socket");
        ready.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        let log = fs::File::create(self.folder.path().join("daemon.log")).expect("a file");
        let child = self
            .command()
            .env("NOTIFY_SOCKET", &notify)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file"))
            .stderr(log)
            .spawn()
            .expect("the daemon starts");
        self.guardian = Some(child);
        let mut message = [0; 256];
        // A call with a time-out is not resumed by itself when the process was stopped meanwhile.
        let received = loop {
            match ready.recv(&mut message) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                received => break received,
            }
        };
        let len = received.unwrap_or_else(|error| {
            panic!("the daemon is not ready: {error}\n{}", self.messages());
        });
        assert!(message[..len].starts_with(b"READY=1"));
    }

    /// The command that starts it.
    #[must_use]
    pub fn command(&self) -> Command {
        let folder = self.folder.path();
        let mut command = self.hierarchy.command(&self.program);
        command
            .arg("daemon")
            .arg("--config")
            .arg(self.settings())
            .arg("--state")
            .arg(&self.state)
            .arg("--logs")
            .arg(folder.join("logs"))
            .arg("--socket")
            .arg(self.socket())
            .args(&self.options)
            .envs(self.environment.iter().cloned());
        command
    }

    /// The file of its settings, empty if the test has not written it.
    fn settings(&self) -> PathBuf {
        let path = self.folder.path().join("relance.toml");
        if !path.exists() {
            fs::write(&path, "").expect("a writable folder");
        }
        path
    }

    /// The folder of this test.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.socket.clone()
    }

    /// What it printed.
    #[must_use]
    pub fn messages(&self) -> String {
        fs::read_to_string(self.folder.path().join("daemon.log")).unwrap_or_default()
    }

    /// The process of the guardian.
    #[must_use]
    pub fn guardian_pid(&self) -> u32 {
        self.guardian.as_ref().expect("it runs").id()
    }

    /// The folder of the control groups of its services, while it runs.
    #[must_use]
    pub fn cgroups(&self) -> Option<PathBuf> {
        let guardian = self.guardian_pid();
        self.hierarchy.groups(guardian, &self.state, &self.socket)
    }

    /// The process of the engine.
    #[must_use]
    pub fn engine_pid(&self) -> u32 {
        let info = self.ask(|scm, caller, reply| scm.query_manager(caller, reply));
        info.expect("the engine answers").pid
    }

    /// Kills the engine. The next request is answered by a new one.
    pub fn kill_engine(&self) {
        kill(self.engine_pid(), Signal::KILL);
    }

    /// Kills the guardian; the engine ends with it, the services go on.
    pub fn kill_guardian(&mut self) {
        self.strike_guardian();
        // The engine holds the lock too, until it sees that its guardian is gone and ends.
        let lock = fs::File::open(self.state.join("lock")).expect("the lock");
        flock(&lock, FlockOperation::LockExclusive).expect("the engine ends too");
        // A process that another test makes right now has a copy of the descriptor until it executes.
        flock(&lock, FlockOperation::Unlock).expect("it is held");
    }

    /// Kills the guardian and nothing else; its engine may still be ending.
    pub fn strike_guardian(&mut self) {
        kill(self.guardian_pid(), Signal::KILL);
        self.wait_for_end();
    }

    /// Asks it to stop, and waits.
    pub fn stop(&mut self) -> ExitStatus {
        kill(self.guardian_pid(), Signal::TERM);
        self.wait_for_end()
    }

    /// Waits until the guardian has ended.
    ///
    /// # Panics
    /// If it runs no more.
    pub fn wait_for_end(&mut self) -> ExitStatus {
        let mut child = self.guardian.take().expect("it runs");
        child.wait().expect("a child of ours")
    }

    /// Runs a command of `relance` against it.
    ///
    /// # Panics
    /// If the program cannot be run.
    #[must_use]
    pub fn relance(&self, arguments: &[&str]) -> Output {
        self.client(arguments).output().expect("the program runs")
    }

    /// A command that asks this manager, and speaks English.
    #[must_use]
    pub fn client(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env("RELANCE_SOCKET", self.socket())
            .env("RELANCE_LANG", "en")
            .args(arguments);
        command
    }

    /// The manager.
    ///
    /// # Panics
    /// If it cannot be reached.
    #[must_use]
    pub fn manager(&self) -> SocketManager {
        connect(&Target::Socket(self.socket())).expect("the manager listens")
    }

    /// Asks the manager.
    pub fn ask<T: Send + 'static>(
        &self,
        request: impl FnOnce(&dyn ServiceManager, &Caller, Reply<T>),
    ) -> Result<T, ScmError> {
        let manager = self.manager();
        wait(|reply| request(&manager, &Caller::system(), reply))
    }

    /// Creates a service.
    ///
    /// # Panics
    /// If it is refused.
    pub fn create(&self, config: ServiceConfig) {
        let service = NewService {
            config,
            password: relance_scm::config::Secret::new(""),
        };
        self.ask(|scm, caller, reply| scm.create_service(caller, service, reply))
            .expect("a legal service");
    }

    /// Asks for a start; the answer comes when the process has connected.
    pub fn start_service(&self, name: &ServiceName) -> Result<(), ScmError> {
        self.ask(|scm, caller, reply| scm.start_service(caller, name, Vec::new(), reply))
    }

    /// Starts a service of puppets and waits until it runs.
    ///
    /// # Panics
    /// If it does not start.
    pub fn run_puppet(&self, stage: &Stage, name: &ServiceName) -> Puppet {
        thread::scope(|scope| {
            let start = scope.spawn(|| self.start_service(name));
            let mut puppet = stage.next_run();
            puppet.run();
            start.join().expect("no panic").expect("it starts");
            puppet
        })
    }

    /// Sends a control.
    pub fn control(&self, name: &ServiceName, control: Control) -> Result<(), ScmError> {
        self.ask(|scm, caller, reply| scm.control_service(caller, name, control, reply))
            .map(|_| ())
    }

    /// Everything about a service.
    ///
    /// # Panics
    /// If there is no such service.
    #[must_use]
    pub fn query(&self, name: &ServiceName) -> ServiceInfo {
        self.ask(|scm, caller, reply| scm.query_service(caller, name, reply))
            .expect("a known service")
    }

    /// Waits until a service is as the test wants it.
    ///
    /// # Panics
    /// If that does not happen.
    pub fn wait_until(
        &self,
        name: &ServiceName,
        mut wanted: impl FnMut(&ServiceInfo) -> bool,
    ) -> ServiceInfo {
        let patience = Instant::now() + PATIENCE;
        loop {
            let manager = self.manager();
            let mut watch = manager
                .watch(&Caller::system(), None)
                .expect("the manager can be watched");
            let info = self.query(name);
            if wanted(&info) {
                return info;
            }
            // Ends with its engine, or with the patience.
            while let Some(change) = next_change_until(&mut *watch, patience) {
                match change {
                    Some(Watched::Change(_, WatchedChange::Service(info)))
                        if info.config.service_name == *name && wanted(&info) =>
                    {
                        return *info;
                    }
                    Some(Watched::Change(..)) => {}
                    Some(Watched::Gap(_)) | None => break,
                }
            }
            assert!(
                Instant::now() < patience,
                "{name} did not come to be as wanted: {:#?}\n{}",
                self.query(name),
                self.messages()
            );
        }
    }

    /// Waits until a service is in a state.
    pub fn wait_for_state(&self, name: &ServiceName, state: ServiceState) -> ServiceInfo {
        self.wait_until(name, |info| info.status.state == state)
    }

    /// Moves a manual clock by some time, but not beyond the next deadline. Returns by how much, once everything that
    /// was due is on record.
    ///
    /// # Panics
    /// If the clock is the machine's.
    pub fn advance(&self, by: Duration) -> Duration {
        self.move_clock(Some(by))
    }

    /// Moves a manual clock to the next deadline, and returns by how much.
    ///
    /// # Panics
    /// If the clock is the machine's.
    pub fn advance_to_next(&self) -> Duration {
        self.move_clock(None)
    }

    fn move_clock(&self, by: Option<Duration>) -> Duration {
        let before = self
            .ask(|scm, caller, reply| scm.query_manager(caller, reply))
            .expect("the engine answers")
            .clock_ns;
        let after = self
            .ask(|scm, caller, reply| scm.advance_clock(caller, by, reply))
            .expect("a manual clock");
        Duration::from_nanos(after - before)
    }

    /// The entries of the service control manager about a service, oldest first.
    #[must_use]
    pub fn events(&self, name: &ServiceName) -> Vec<LogEntry> {
        self.events_with_ids(name, &[])
    }

    /// The same, of these kinds only.
    ///
    /// # Panics
    /// If the log cannot be read.
    #[must_use]
    pub fn events_with_ids(&self, name: &ServiceName, event_ids: &[u32]) -> Vec<LogEntry> {
        let mut entries = self.all_events(name, event_ids);
        entries.retain(|entry| entry.source == EventSource::ServiceControlManager);
        entries
    }

    /// The same with those that Windows does not have; no kinds: all.
    ///
    /// # Panics
    /// If the log cannot be read.
    #[must_use]
    pub fn all_events(&self, name: &ServiceName, event_ids: &[u32]) -> Vec<LogEntry> {
        let filter = EventFilter {
            service: Some(self.query(name).id),
            event_ids: event_ids.to_vec(),
            limit: 100_000,
            ..EventFilter::default()
        };
        let page = self
            .ask(|scm, caller, reply| scm.find_events(caller, filter, reply))
            .expect("the log can be read");
        let mut entries = page.entries;
        entries.sort_by_key(|entry| entry.number);
        entries
    }

    /// Numbers of the entries about a service, oldest first.
    #[must_use]
    pub fn event_ids(&self, name: &ServiceName) -> Vec<u32> {
        let events = self.events(name);
        events.iter().map(|entry| entry.event_id).collect()
    }
}

/// Everything that this daemon has started ends with the test.
#[allow(
    clippy::print_stderr,
    reason = "a test that fails shows what its daemon said"
)]
impl Drop for Daemon {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the daemon's own words:\n{}", self.messages());
        }
        let running = self.guardian.as_ref().map(Child::id);
        let groups = running.and_then(|pid| self.hierarchy.groups(pid, &self.state, &self.socket));
        let remains = groups.as_deref().and_then(Remains::of);
        if let Some(guardian) = &mut self.guardian {
            let _ = guardian.kill();
            let _ = guardian.wait();
        }
        let mark = self.folder.path().to_string_lossy().into_owned();
        for pid in processes_of(&mark) {
            kill(pid, Signal::KILL);
        }
        if let Some(remains) = remains {
            remains.remove();
        }
    }
}

/// Processes whose environment names a folder.
fn processes_of(mark: &str) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid: &u32| {
        fs::read(format!("/proc/{pid}/environ"))
            .is_ok_and(|environment| String::from_utf8_lossy(&environment).contains(mark))
    })
    .collect()
}

fn kill(pid: u32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid.cast_signed()) {
        // It may have ended by itself.
        let _ = kill_process(pid, signal);
    }
}
