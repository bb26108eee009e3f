//! How long a call waits for the answer of a running manager, and the error when the time is over. `patience`
//! is about a manager that is away.

use std::time::Duration;

use relance_scm::{ScmError, Win32Error};
use relance_texts::error;

/// How long an answer may take to begin, or to continue, for requests that the manager carries out
/// at once. More than a guardian needs to replace an engine that hangs.
pub(crate) const SOON: Duration = Duration::from_secs(60);
/// The same for requests that wait for services: starts and controls, also of services that need
/// each other.
pub(crate) const LATER: Duration = Duration::from_secs(600);

/// 1460: the manager said nothing for too long.
pub(crate) fn unanswered() -> ScmError {
    ScmError::new(Win32Error::TIMEOUT, error::NO_ANSWER)
}
