//! The functions that work inside a service only. The guard comes before everything else (B15).

use crate::context::guard;
use crate::dispatcher::{DISPATCHER, StartError};
use crate::ends;
use crate::failure;
use crate::hosted;
use crate::zend::function::{Call, php_function};
use crate::zend::outcome::{PhpResult, Throwable, Value};
use crate::zend::signature::{Parameter, ParameterKind};

use super::open::empty;

php_function!(
    /// Connects to the manager.
    pub(super) StartServiceCtrlDispatcher = c"win32_start_service_ctrl_dispatcher" (
        Parameter::required(c"name", ParameterKind::String),
        Parameter::optional(c"gracefulExit", ParameterKind::Bool, c"true"),
    ) -> Bool,
    start,
    admit: admit_start,
);
php_function!(
    /// Reports a status.
    pub(super) SetServiceStatus = c"win32_set_service_status" (
        Parameter::required(c"status", ParameterKind::Int),
        Parameter::optional(c"checkpoint", ParameterKind::Int, c"0"),
    ) -> Bool,
    set_status,
    admit: admit,
);
php_function!(
    /// The last control, which stays until the next.
    pub(super) GetLastControlMessage = c"win32_get_last_control_message" () -> Int,
    last_control,
    admit: admit,
);
php_function!(
    /// Whether PAUSE and CONTINUE are accepted.
    pub(super) SetServicePauseResumeState = c"win32_set_service_pause_resume_state" (
        Parameter::optional(c"enable", ParameterKind::Bool, c"true"),
    ) -> Bool,
    pause_resume,
    admit: admit_pause_resume,
);
php_function!(
    /// Whether the end of the script is a clean stop.
    pub(super) SetServiceExitMode = c"win32_set_service_exit_mode" (
        Parameter::optional(c"gracefulExit", ParameterKind::Bool, c"true"),
    ) -> Bool,
    exit_mode,
    admit: admit,
);
php_function!(
    /// The code of a stop that is not clean.
    pub(super) SetServiceExitCode = c"win32_set_service_exit_code" (
        Parameter::optional(c"exitCode", ParameterKind::Int, c"0"),
    ) -> Int,
    exit_code,
    admit: admit,
);

fn admit(_given: u32) -> Result<(), Throwable> {
    ends::script_goes_on();
    guard()
}

pub(crate) fn admit_start(_given: u32) -> Result<(), Throwable> {
    guard()?;
    if DISPATCHER.is_running() {
        return Err(already_running());
    }
    Ok(())
}

fn admit_pause_resume(given: u32) -> Result<(), Throwable> {
    guard()?;
    if given > 0 && DISPATCHER.is_running() {
        return Err(Throwable::argument_value(
            1,
            "Unable to change the pause/resume state when control dispatcher is already running. \
             Call without argument if you want the state or call before \
             win32_start_service_ctrl_dispatcher function.",
        ));
    }
    Ok(())
}

fn already_running() -> Throwable {
    failure::exception(0, "Service ctrl dispatcher already running")
}

fn start(call: &mut Call<'_>) -> PhpResult {
    start_dispatcher(call.bytes(0), call.given_bool(1)).map(Value::Bool)
}

/// `false` when the manager did not answer in time (B11).
///
/// # Errors
/// What to throw.
pub(crate) fn start_dispatcher(name: &[u8], graceful: Option<bool>) -> Result<bool, Throwable> {
    if name.is_empty() {
        return Err(empty(1));
    }
    let name = std::str::from_utf8(name)
        .map_err(|_| Throwable::argument_value(1, "the value is not a valid UTF-8 string"))?;
    match DISPATCHER.start(name, graceful, hosted::connect) {
        Ok(()) => Ok(true),
        Err(StartError::TimedOut) => Ok(false),
        Err(StartError::AlreadyRunning) => Err(already_running()),
        Err(StartError::Refused(error)) => Err(failure::operation(&error, "")),
    }
}

fn set_status(call: &mut Call<'_>) -> PhpResult {
    DISPATCHER
        .set_status(call.int(0), call.int(1))
        .map_err(|error| failure::operation(&error, ""))?;
    Ok(Value::Bool(true))
}

fn last_control(_call: &mut Call<'_>) -> Value {
    DISPATCHER.last_control().into()
}

fn pause_resume(call: &mut Call<'_>) -> Value {
    DISPATCHER.pause_continue(call.given_bool(0)).into()
}

fn exit_mode(call: &mut Call<'_>) -> Value {
    DISPATCHER.exit_mode(call.given_bool(0)).into()
}

fn exit_code(call: &mut Call<'_>) -> Value {
    Value::Int(DISPATCHER.exit_code(call.given_int(0)))
}
