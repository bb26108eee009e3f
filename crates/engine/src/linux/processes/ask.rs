//! Requests to the guardian.

use std::io;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use super::LinuxProcesses;
use crate::linux::protocol::GuardianRequest;
use crate::linux::spawn::{SpawnError, SpawnStage};

/// What the kernel would say of a command line and an environment that do not fit into a request.
pub(super) const TOO_LONG: SpawnError = SpawnError {
    stage: SpawnStage::Execute,
    errno: libc::E2BIG,
};

impl LinuxProcesses {
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
