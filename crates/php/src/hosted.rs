//! The seam to the library that speaks to the manager on behalf of a service (`relance-client`).
//!
//! The dispatcher knows only [`Hosted`]; tests put a fake behind it.

use std::sync::Arc;
use std::time::Duration;

use relance_scm::status::RawStatusReport;
use relance_scm::{ScmError, Win32Error};

/// Called with the code of each control, on the reader thread, which blocks all signals. It returns
/// soon and calls nothing in PHP.
pub(crate) type ControlHandler = Box<dyn Fn(u32) + Send + Sync>;

/// A service's connection to its manager.
pub(crate) trait Hosted: Send + Sync {
    /// Starts to deliver controls.
    fn listen(&self, on_control: ControlHandler);

    /// Tells the manager a status: returns when it is sent, and never waits for the reader thread,
    /// which may be waiting for the caller. Nothing can be reported after STOPPED (S11).
    ///
    /// # Errors
    /// 6 when the connection has ended, 13 for an impossible status (S10).
    fn report(&self, status: RawStatusReport) -> Result<(), ScmError>;

    /// Ends the connection; waits at most so long for the reader thread.
    fn close(&self, timeout: Duration);
}

/// Connects as the service `name`.
///
/// # Errors
/// 1063 when no manager started this process, 1460 when nothing happened within `timeout`.
pub(crate) fn connect(_name: &str, _timeout: Duration) -> Result<Arc<dyn Hosted>, ScmError> {
    Err(ScmError::new(
        Win32Error::FAILED_SERVICE_CONTROLLER_CONNECT,
        "this process was not started by the service manager; start it as a service",
    ))
}
