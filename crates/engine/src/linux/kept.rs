//! What a process keeps when it executes another program: its locks, and the socket on which it listens (ADR
//! 132). So no other process can take them in between, and clients wait.

use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{FileType, fstat, lstat};
use rustix::net::{SocketAddrUnix, getsockname};

/// The locks and the listening socket, which need not be acquired a second time.
#[derive(Debug, Default)]
pub struct Kept {
    locks: Vec<OwnedFd>,
    listener: Option<OwnedFd>,
}

impl Kept {
    pub(crate) fn new(locks: Vec<OwnedFd>, listener: Option<OwnedFd>) -> Self {
        Self { locks, listener }
    }

    /// The lock that is held on this file.
    pub(crate) fn lock_of(&mut self, file: impl AsFd) -> Option<OwnedFd> {
        let wanted = fstat(file).ok()?;
        let is_it = |held: &OwnedFd| {
            fstat(held)
                .is_ok_and(|held| (held.st_dev, held.st_ino) == (wanted.st_dev, wanted.st_ino))
        };
        let at = self.locks.iter().position(is_it)?;
        Some(self.locks.swap_remove(at))
    }

    /// What listens at this path, if that is still there; else it is closed.
    pub(crate) fn listener_at(&mut self, path: &Path) -> Option<OwnedFd> {
        let listener = self.listener.take()?;
        let address = SocketAddrUnix::try_from(getsockname(&listener).ok()?).ok()?;
        let is_there = || {
            lstat(path).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Socket)
        };
        (address == SocketAddrUnix::new(path).ok()? && is_there()).then_some(listener)
    }
}
