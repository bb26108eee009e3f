//! Requests to the guardian, and the ends of commands that it ran.

use std::io;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use relance_scm::{ServiceConfig, ServiceName};

use super::LinuxProcesses;
use crate::linux::plan;
use crate::linux::protocol::{Exit, GuardianRequest, VERSION_GIVE_UP};
use crate::linux::spawn::{SpawnError, SpawnStage};

/// The kernel's error for a command line and environment that are too long, used when they do not
/// fit into a request.
pub(super) const TOO_LONG: SpawnError = SpawnError {
    stage: SpawnStage::Execute,
    errno: libc::E2BIG,
};

impl LinuxProcesses {
    /// Has the daemon end with this status, because a service is down for good (X33).
    pub(super) fn ask_to_give_up(&mut self, service: &ServiceName, status: u8) {
        if self.version >= VERSION_GIVE_UP {
            let service = service.to_string();
            self.ask(&GuardianRequest::GiveUp { service, status });
        } else {
            crate::linux::process::log(&format!(
                "{service:?} is down for good, but the guardian is of an older version and cannot end with \
                 a status of its own; relance upgrade replaces it"
            ));
        }
    }

    pub(super) fn ask(&mut self, request: &GuardianRequest) {
        if !self.ask_if_it_fits(request) {
            tracing::error!("a request to the guardian is too long");
        }
    }

    /// `false` for a request that is longer than the guardian would take. Nothing of it was sent.
    pub(super) fn ask_if_it_fits(&mut self, request: &GuardianRequest) -> bool {
        self.ask_with(request, Vec::new())
    }

    /// The same with descriptors for the guardian to keep.
    pub(super) fn ask_with(&mut self, request: &GuardianRequest, fds: Vec<Rc<OwnedFd>>) -> bool {
        let sent = self.link.send(request, fds);
        if let Err(error) = &sent
            && error.kind() == io::ErrorKind::FileTooLarge
        {
            return false;
        }
        if sent.and_then(|()| self.watch_room()).is_err() {
            self.link_closed = true;
        }
        true
    }
}

/// Whether a command succeeded; `asked`: for which service, and its program.
///
/// # Errors
/// Why not, for people.
pub(super) fn outcome(
    result: Result<Exit, SpawnError>,
    asked: Option<(&ServiceConfig, &str)>,
) -> Result<(), String> {
    Err(match (result, asked) {
        (Ok(Exit::Status(0)), _) => return Ok(()),
        (Ok(Exit::Status(status)), _) => format!("it ended with status {status}"),
        (Ok(Exit::Signal(signal)), _) => format!("it was ended by signal {signal}"),
        (Ok(Exit::Unknown), _) => "nobody saw how it ended".to_owned(),
        (Err(error), Some((config, program))) => plan::advice(config, program, error).to_string(),
        (Err(error), None) => io::Error::from_raw_os_error(error.errno).to_string(),
    })
}
