//! The functions of win32service, in upstream's order of registration.
//!
//! Each file holds a family: its signatures, and what each function does with arguments that PHP has
//! parsed. Checks come first and in upstream's order, then the manager is asked.

mod control;
mod create;
mod environment;
pub(crate) mod open;
mod priority;
mod query;
mod rights;
pub(crate) mod service;
mod update;

use crate::zend::function::function;
use crate::zend::signature::Registration;

/// All of them.
pub(crate) static FUNCTIONS: [Registration; 26] = [
    function::<service::StartServiceCtrlDispatcher>(),
    function::<service::SetServiceStatus>(),
    function::<create::CreateService>(),
    function::<control::DeleteService>(),
    function::<query::ExistsService>(),
    function::<priority::SetServicePriority>(),
    function::<priority::GetServicePriority>(),
    function::<service::GetLastControlMessage>(),
    function::<service::SetServicePauseResumeState>(),
    function::<query::QueryServiceStatus>(),
    function::<query::QueryServiceConfig>(),
    function::<update::UpdateServiceConfig>(),
    function::<control::StartService>(),
    function::<control::StopService>(),
    function::<control::PauseService>(),
    function::<control::ContinueService>(),
    function::<service::SetServiceExitMode>(),
    function::<service::SetServiceExitCode>(),
    function::<control::SendCustomControl>(),
    function::<rights::AddRightAccessService>(),
    function::<rights::RemoveRightAccessService>(),
    function::<rights::ReadRightAccessService>(),
    function::<rights::ReadAllRightsAccessService>(),
    function::<environment::AddServiceEnvVar>(),
    function::<environment::RemoveServiceEnvVar>(),
    function::<environment::GetServiceEnvVars>(),
];
