//! The real service manager of Windows.

use relance_scm::ScmError;
use relance_windows::WindowsManager;

use crate::target::Target;

/// Reaches the manager of a machine.
///
/// # Errors
/// `RPC_S_SERVER_UNAVAILABLE` (1722) where none answers, `ERROR_ACCESS_DENIED` (5) without the right to
/// connect.
pub fn connect(target: &Target) -> Result<WindowsManager, ScmError> {
    WindowsManager::connect(target.machine())
}
