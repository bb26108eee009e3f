//! An engine whose database cannot be opened, although services run: it answers clients with the error,
//! collects what services print, and looks again until the database can be opened. Then it ends, and the
//! guardian starts an engine that does the rest.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use relance_scm::{ScmError, ServiceManager, Win32Error};
use rusqlite::ErrorCode;
use rustix::event::{PollFd, PollFlags, Timespec};

use super::processes::LinuxProcesses;
use super::start_error::StartError;
use crate::database::OpenError;
use crate::unavailable::Unavailable;

/// How often the database is looked at again.
const RETRY: Duration = Duration::from_secs(2);

/// Serves the error until `open` succeeds or the guardian ends.
pub(super) fn run(
    mut processes: LinuxProcesses,
    listener: OwnedFd,
    error: &StartError,
    serve: impl FnOnce(OwnedFd, Arc<dyn ServiceManager>) -> io::Result<()>,
    open: impl Fn() -> Result<(), StartError>,
) -> Result<(), StartError> {
    tracing::error!("{error}; services run on, and clients are told");
    let manager = Arc::new(Unavailable::new(answer(error)));
    serve(listener, Arc::clone(&manager) as Arc<dyn ServiceManager>)?;
    processes.cannot_serve();
    loop {
        wait_for_guardian(&mut processes, Instant::now() + RETRY)?;
        if processes.is_orphaned() {
            return Ok(());
        }
        match open() {
            Ok(()) => return Ok(()),
            Err(error) => manager.set(answer(&error)),
        }
    }
}

/// Takes what the guardian tells, until some moment; the next engine is told again.
fn wait_for_guardian(processes: &mut LinuxProcesses, until: Instant) -> io::Result<()> {
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec {
            tv_sec: left.as_secs().cast_signed(),
            tv_nsec: left.subsec_nanos().into(),
        };
        let mut poll = [PollFd::new(processes.link(), PollFlags::IN)];
        match rustix::event::poll(&mut poll, Some(&left)) {
            Ok(0) => return Ok(()),
            Ok(_) => processes.only_listen(),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        if processes.is_orphaned() {
            return Ok(());
        }
    }
}

/// The error for clients, with the code that Windows has for the same problem with its own database.
fn answer(error: &StartError) -> ScmError {
    ScmError::new(code(error), error.sentence())
}

fn code(error: &StartError) -> Win32Error {
    match error {
        StartError::Database(
            OpenError::Damaged(..)
            | OpenError::Replaced(_)
            | OpenError::NotAFile(_)
            | OpenError::Format(..)
            | OpenError::Incomplete(..),
        ) => Win32Error::BADDB,
        StartError::Database(OpenError::Io(_)) => Win32Error::REGISTRY_IO_FAILED,
        StartError::Database(OpenError::Other(error)) => match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Win32Error::BADDB,
            _ => Win32Error::REGISTRY_IO_FAILED,
        },
        StartError::Database(_) => Win32Error::DATABASE_DOES_NOT_EXIST,
        StartError::Io(_) => Win32Error::REGISTRY_IO_FAILED,
    }
}
