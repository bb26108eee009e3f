//! How a process reaches a manager.

use relance_scm::{ScmError, Win32Error};
use relance_texts::error;

use crate::kept::Connection;
use crate::manager::SocketManager;
use crate::patience::{self, Patience};
use crate::target::Target;

/// Reaches the manager behind a target.
///
/// # Errors
/// `RPC_S_SERVER_UNAVAILABLE` (1722) where none answers, `ERROR_ACCESS_DENIED` (5) where its socket
/// may not be opened.
pub fn connect(target: &Target) -> Result<SocketManager, ScmError> {
    connect_patiently(target, Patience::OfThisProcess)
}

/// The same, for calls that wait like this for a manager that is away.
pub(crate) fn connect_patiently(
    target: &Target,
    patience: Patience,
) -> Result<SocketManager, ScmError> {
    reach(target, patience, |connection| connection)
}

fn reach(
    target: &Target,
    patience: Patience,
    prepare: fn(Connection) -> Connection,
) -> Result<SocketManager, ScmError> {
    let sockets = target.sockets().into();
    let connection = prepare(Connection::open(&sockets, patience)?);
    Ok(SocketManager::over(connection, sockets, patience))
}

/// As [`connect`], for people: every call waits for a manager that is about to come, also where one dies before
/// it reads the request. Calls share a connection from the first one on: most commands ask more than one thing.
///
/// # Errors
/// As [`connect`].
pub fn connect_once_started(target: &Target) -> Result<SocketManager, ScmError> {
    let is_told = !patience::of_this_process().is_zero();
    let patience = if is_told {
        Patience::OfThisProcess
    } else {
        Patience::UntilStarted
    };
    reach(target, patience, Connection::for_more)
}

/// Reaches the manager behind a target for somebody who has signed in elsewhere: every request is
/// made with this session's or token's secret.
///
/// # Errors
/// As [`connect`]; the first request fails if the secret is not known (1326).
pub fn connect_as(target: &Target, token: &str) -> Result<SocketManager, ScmError> {
    // The secret becomes a header line of a request.
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(ScmError::new(Win32Error::LOGON_FAILURE, error::NO_TOKEN));
    }
    Ok(connect(target)?.signed_in(token))
}
