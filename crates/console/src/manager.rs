//! How the console reaches its manager, for anyone who is signed in: over the socket of the embedded one,
//! where sessions are known; on Windows the real one, for which the console knows them itself.

use relance_scm::{ScmError, Win32Error};
use relance_texts::error;

#[cfg(unix)]
mod socket {
    use relance_client::{SocketManager, Target, connect, connect_as};
    use relance_scm::ScmError;

    /// Where the manager is.
    pub(crate) type Place = Target;
    /// What is asked.
    pub(crate) type Manager = SocketManager;

    /// The manager, for the session with this secret; for the console itself with `None`.
    pub(crate) fn open(place: &Place, token: Option<&str>) -> Result<Manager, ScmError> {
        match token {
            Some(token) => connect_as(place, token),
            None => connect(place),
        }
    }
}

#[cfg(unix)]
pub(crate) use socket::{Manager, Place, open};

#[cfg(windows)]
pub(crate) use crate::windows::{Manager, Place, open};

/// Work that waits, on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ScmError> + Send + 'static,
) -> Result<T, ScmError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(ScmError::new(
            Win32Error::INTERNAL_ERROR,
            error::CONSOLE_MISTAKE,
        ))
    })
}
