//! Where the channel is: the environment that the manager gave to the process.
//!
//! Taken once. The variables are removed and the descriptor is closed on execution, so that programs
//! that the service starts cannot speak for it.

use std::env;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::path::PathBuf;

use relance_scm::{ScmError, Win32Error};
use relance_texts::error;
use relance_wire::channel::{CHANNEL_VARIABLE, RUN_VARIABLE, SOCKET_VARIABLE};

/// What was found.
pub(super) struct Environment {
    /// The inherited channel; `None` where a wrapper has closed it.
    pub(super) channel: Option<OwnedFd>,
    /// The way back over the manager's socket.
    pub(super) way_back: Option<WayBack>,
}

/// See [`Environment::way_back`].
#[derive(Clone, Debug)]
pub(super) struct WayBack {
    pub(super) socket: PathBuf,
    /// `12.3`
    pub(super) run: String,
    pub(super) secret: String,
}

/// Whether a manager has started this process, and nobody has connected yet.
#[must_use]
pub fn was_started_by_manager() -> bool {
    env::var_os(CHANNEL_VARIABLE).is_some() || env::var_os(RUN_VARIABLE).is_some()
}

/// Takes the channel out of the environment.
pub(super) fn take() -> Result<Environment, ScmError> {
    let channel = env::var(CHANNEL_VARIABLE)
        .ok()
        .and_then(|number| number.parse().ok());
    let run = env::var(RUN_VARIABLE).ok();
    let socket = env::var_os(SOCKET_VARIABLE).map(PathBuf::from);
    let way_back = socket.zip(run).and_then(|(socket, run)| {
        let (run, secret) = run.split_once(':')?;
        Some(WayBack {
            socket,
            run: run.to_owned(),
            secret: secret.to_owned(),
        })
    });
    let channel = channel.and_then(claim);
    if channel.is_none() && way_back.is_none() {
        return Err(ScmError::new(
            Win32Error::FAILED_SERVICE_CONTROLLER_CONNECT,
            error::NOT_A_SERVICE,
        ));
    }
    for variable in [CHANNEL_VARIABLE, RUN_VARIABLE] {
        // SAFETY: a service connects while it starts, before it has threads that read the
        // environment; PHP and libc's own getenv go through the same table.
        unsafe { env::remove_var(variable) };
    }
    Ok(Environment { channel, way_back })
}

/// The inherited descriptor as ours, if it is a socket and not something else that got its number.
fn claim(fd: RawFd) -> Option<OwnedFd> {
    if fd <= 2 {
        return None;
    }
    // SAFETY: `stat` is valid zeroed and filled by fstat; the descriptor is only claimed when it is a
    // socket under the number that the manager has promised, and nobody else in the process knows it.
    unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        let is_socket =
            libc::fstat(fd, &raw mut stat) == 0 && stat.st_mode & libc::S_IFMT == libc::S_IFSOCK;
        if !is_socket || libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) < 0 {
            return None;
        }
        Some(OwnedFd::from_raw_fd(fd))
    }
}

/// Runs something with all signals blocked in this thread: a thread that is made meanwhile keeps it
/// so, and signals go to the program's own threads.
pub(super) fn without_signals<T>(then: impl FnOnce() -> T) -> T {
    // SAFETY: both sets are initialised by the calls before they are used.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
        let result = then();
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, std::ptr::null_mut());
        result
    }
}
