//! The web console's process: started where one is wanted, and again when it ends. It gets nothing but
//! its listening socket, and runs as an account of its own.
//!
//! A port that is taken, an account that is missing or a process that ends do not disturb the services: the
//! engine is told why the console does not run, and the guardian tries again, with pauses.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, FromRawFd, OwnedFd};

use super::super::account::ConsoleAccount;
use super::super::clock;
use super::super::process::{kill, log};
use super::super::protocol::{Exit, GuardianReport};
use super::super::spawn::{SpawnError, SpawnSpec, SpawnStage};
use super::Guardian;
use super::restart::{Restart, STABLE};

/// The console runs under an account of its own, which need not reach the folder of the program: this needs only
/// the right to run the file.
const OWN_PROGRAM: &str = "/proc/self/exe";
/// Where the console finds its socket.
const CONSOLE_FD: i32 = 3;
/// Connections that wait to be taken.
const WAITING_MAX: i32 = 1024;

/// The web console's process.
pub struct ConsoleSetup {
    /// Absolute path and arguments. It finds the listening socket as descriptor 3.
    pub command: Vec<String>,
    /// Its environment.
    pub environment: Vec<String>,
    /// Where browsers connect.
    pub address: SocketAddr,
    /// Whose it is.
    pub account: ConsoleAccount,
}

/// The console's listening socket, in the process that [`ConsoleSetup`] describes. To be asked for
/// once.
///
/// # Errors
/// When the guardian handed none over.
pub fn handed_over_listener() -> io::Result<TcpListener> {
    // SAFETY: the guardian has put it there for this process, and nothing else has touched it.
    let listener = unsafe { OwnedFd::from_raw_fd(CONSOLE_FD) };
    rustix::io::fcntl_setfd(&listener, rustix::io::FdFlags::CLOEXEC)?;
    Ok(TcpListener::from(listener))
}

/// What the guardian knows of the console.
#[derive(Default)]
pub(super) struct Console {
    process: Option<Process>,
    /// Kept open once it could be opened, so that browsers wait while a console is replaced.
    listener: Option<OwnedFd>,
    restart: Restart,
    /// Why it does not run, or did not run a moment ago.
    problem: Option<String>,
    /// That has changed while no engine was there to be told.
    is_untold: bool,
}

struct Process {
    pid: u32,
    started_at_ns: u64,
}

impl Process {
    /// When it has lived long enough to count as working.
    fn stable_at_ns(&self) -> u64 {
        let stable = u64::try_from(STABLE.as_nanos()).unwrap_or(u64::MAX);
        self.started_at_ns.saturating_add(stable)
    }
}

impl Guardian {
    /// Whether one should be running and is not.
    fn wants_console(&self) -> bool {
        let is_wanted = !self.shutdown.is_asked() && !self.is_upgrading;
        self.setup.console.is_some() && self.console.process.is_none() && is_wanted
    }

    /// Its process, if there is one.
    pub(super) fn console_pid(&self) -> Option<u32> {
        self.console.process.as_ref().map(|process| process.pid)
    }

    /// When there is something to do about it.
    pub(super) fn console_deadline_ns(&self) -> Option<u64> {
        if self.wants_console() {
            return Some(self.console.restart.at_ns);
        }
        let process = self.console.process.as_ref();
        process
            .filter(|_| self.console.problem.is_some())
            .map(Process::stable_at_ns)
    }

    /// Starts one if it is time to, and notes when one works again.
    pub(super) fn start_console(&mut self) {
        let now = clock::boottime_ns();
        if self.is_console_well_again(now) {
            self.console.problem = None;
            self.tell_console(true);
        }
        if !self.wants_console() || now < self.console.restart.at_ns || self.ended.is_some() {
            return;
        }
        match self.try_start_console() {
            Ok(pid) => {
                self.console.process = Some(Process {
                    pid,
                    started_at_ns: now,
                });
                self.tell_console(false);
            }
            Err(problem) => {
                self.console.restart.ended(now, now);
                self.console_trouble(problem);
            }
        }
    }

    fn is_console_well_again(&self, now: u64) -> bool {
        let process = self.console.process.as_ref();
        self.console.problem.is_some()
            && process.is_some_and(|process| now >= process.stable_at_ns())
    }

    fn try_start_console(&mut self) -> Result<u32, String> {
        let setup = self.setup.console.as_ref().ok_or("none is wanted")?;
        let ids = setup.account.ids()?;
        if self.console.listener.is_none() {
            self.console.listener = Some(listen(setup.address)?);
        }
        let spec = SpawnSpec {
            ids,
            program: OWN_PROGRAM.to_owned(),
            ..SpawnSpec::of_part(&setup.command, &setup.environment)
        };
        let handed = self.console.listener.as_ref().map(AsFd::as_fd);
        let null = self.null.as_fd();
        let spawned = self.spawner.spawn_part(&spec, null, handed.as_slice());
        spawned.map_err(|error| not_spawned(error, &spec))
    }

    /// Says it once, however often it happens.
    fn console_trouble(&mut self, problem: String) {
        if self.console.problem.as_ref() != Some(&problem) {
            log(&format!("there is no console: {problem}"));
            self.console.problem = Some(problem);
            self.tell_console(true);
        }
    }

    /// Tells the engine the state of the console. `is_new` is set when a problem began or ended.
    pub(super) fn tell_console(&mut self, is_new: bool) {
        if self.setup.console.is_none() {
            return;
        }
        self.console.is_untold |= is_new && self.engine.is_none();
        let report = GuardianReport::Console {
            pid: self.console.process.as_ref().map(|process| process.pid),
            problem: self.console.problem.clone(),
            is_new,
        };
        self.tell(&report, vec![]);
    }

    /// Tells it to a new engine.
    pub(super) fn introduce_console(&mut self) {
        let is_new = std::mem::take(&mut self.console.is_untold);
        self.tell_console(is_new);
    }

    /// Takes note of the end of a process, if it was the console.
    pub(super) fn console_ended(&mut self, pid: u32, exit: Exit) -> bool {
        let Some(ended) = self.console.process.take_if(|process| process.pid == pid) else {
            return false;
        };
        let now = clock::boottime_ns();
        self.console.restart.ended(now, ended.started_at_ns);
        if self.shutdown.is_asked() || self.is_upgrading {
            return true;
        }
        log(&format!(
            "the console ended ({exit:?}) and is started again"
        ));
        if now < ended.stable_at_ns() && exit != Exit::Signal(libc::SIGKILL) {
            self.console_trouble(format!(
                "its process ended soon after its start ({exit:?}); the daemon's messages say more"
            ));
        }
        true
    }

    pub(super) fn end_console(&mut self) {
        if let Some(console) = &self.console.process {
            kill(console.pid, libc::SIGTERM);
        }
    }
}

fn listen(address: SocketAddr) -> Result<OwnedFd, String> {
    let listen = || {
        let listener = TcpListener::bind(address)?;
        // The standard library lets 128 wait; more are dropped, and come again a second later.
        rustix::net::listen(&listener, WAITING_MAX)?;
        Ok(OwnedFd::from(listener))
    };
    listen().map_err(|error: io::Error| {
        format!(
            "it cannot listen on {address} ({error}); stop the program that does, or name another \
             address with --console"
        )
    })
}

fn not_spawned(error: SpawnError, spec: &SpawnSpec) -> String {
    let system = io::Error::from_raw_os_error(error.errno);
    let uid = spec
        .ids
        .as_ref()
        .map_or_else(|| rustix::process::getuid().as_raw(), |ids| ids.uid);
    let advice = match (error.stage, error.errno) {
        (_, libc::EAGAIN) => format!("its user has too many processes; look at: ps -U {uid}"),
        (SpawnStage::Execute, _) => format!("user {uid} must be able to run {}", spec.program),
        _ => format!("it was to run as user {uid}; name another account in console_account"),
    };
    format!("its process cannot be started ({system}); {advice}")
}
