//! The web console's process: started where one is wanted, and again when it ends. It gets nothing but
//! its listening socket, and the rights of `nobody`.

use std::io;
use std::net::TcpListener;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};

use super::super::clock;
use super::super::process::{kill, log};
use super::super::protocol::Exit;
use super::super::spawn::{ChildFds, SpawnError, SpawnSpec, SpawnStage};
use super::Guardian;

/// Where the console finds its socket.
const CONSOLE_FD: i32 = 3;

/// The web console's process.
pub struct ConsoleSetup {
    /// Absolute path and arguments. It finds the listening socket as descriptor 3.
    pub command: Vec<String>,
    /// Its environment.
    pub environment: Vec<String>,
    /// Where browsers connect; kept open here, so that they wait while a console is replaced.
    pub listener: OwnedFd,
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

/// The console's process.
pub(super) struct Console {
    pub(super) pid: u32,
    started_at_ns: u64,
}

impl Guardian {
    /// Whether one should be running and is not.
    pub(super) fn wants_console(&self) -> bool {
        self.setup.console.is_some() && self.console.is_none() && !self.shutdown.is_asked()
    }

    pub(super) fn start_console(&mut self) {
        let now = clock::boottime_ns();
        if !self.wants_console() || now < self.console_restart.at_ns || self.ended.is_some() {
            return;
        }
        match self.try_start_console() {
            Ok(pid) => {
                self.console = Some(Console {
                    pid,
                    started_at_ns: now,
                });
            }
            Err(error) => {
                log(&format!("the console could not be started: {error:?}"));
                self.console_restart.ended(now, now);
            }
        }
    }

    fn try_start_console(&mut self) -> Result<u32, SpawnError> {
        let prepare = |error: io::Error| SpawnError::at(SpawnStage::Prepare, &error);
        let Some(setup) = &self.setup.console else {
            return Err(prepare(io::ErrorKind::NotFound.into()));
        };
        let spec = SpawnSpec {
            program: setup.command[0].clone(),
            arguments: setup.command.clone(),
            environment: setup.environment.clone(),
            directory: "/".to_owned(),
            ids: super::super::account::unprivileged()
                .map_err(|_| prepare(io::ErrorKind::NotFound.into()))?,
            ..SpawnSpec::default()
        };
        let stderr = std::io::stderr();
        let fds = ChildFds {
            stdin: self.null.as_fd(),
            stdout: stderr.as_fd(),
            stderr: stderr.as_fd(),
            handed: &[setup.listener.as_fd()],
        };
        self.spawner.spawn(&spec, &fds, None, None)
    }

    pub(super) fn console_ended(&mut self, console: &Console, exit: Exit) {
        if !self.shutdown.is_asked() {
            log(&format!(
                "the console ended ({exit:?}) and is started again"
            ));
        }
        self.console_restart
            .ended(clock::boottime_ns(), console.started_at_ns);
    }

    pub(super) fn end_console(&mut self) {
        if let Some(console) = self.console.take() {
            kill(console.pid, libc::SIGTERM);
        }
    }
}
