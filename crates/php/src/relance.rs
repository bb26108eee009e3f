//! What upstream does not have: the functions of the namespace `Relance\`, `win32_send_log`, and the
//! class `Relance\Service`.

mod controls;
mod heartbeat;
mod instances;
mod log;
mod recovery;
mod restart;
mod service;

use crate::zend::function::function;
use crate::zend::signature::Registration;

pub(crate) use service::CLASS as SERVICE;

/// The functions.
pub(crate) static FUNCTIONS: [Registration; 11] = [
    function::<log::SendLog>(),
    function::<controls::WaitForControl>(),
    function::<heartbeat::Heartbeat>(),
    function::<heartbeat::JobDone>(),
    function::<log::LogEvent>(),
    function::<recovery::SetRecoveryActions>(),
    function::<recovery::GetRecoveryActions>(),
    function::<recovery::GetExtensions>(),
    function::<restart::RestartService>(),
    function::<restart::ReloadService>(),
    function::<instances::Scale>(),
];
