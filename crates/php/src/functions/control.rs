//! Delete, start, and the controls that are sent to a service (T3, T10 to T12).

use relance_scm::{Control, ScmError, UserControl, Win32Error};

use crate::failure;
use crate::zend::function::{Call, php_function};
use crate::zend::outcome::{PhpResult, Throwable, Value};
use crate::zend::signature::{Parameter, ParameterKind};

use super::open::{Contexts, MACHINE, Opened, SERVICE_NAME, open, service_name};

php_function!(
    /// Marks a service for deletion.
    pub(super) DeleteService = c"win32_delete_service" (SERVICE_NAME, MACHINE) -> Void,
    |call| plain(call, |service| service.backend.delete(&service.name)),
);
php_function!(
    /// Starts a service.
    pub(super) StartService = c"win32_start_service" (SERVICE_NAME, MACHINE) -> Void,
    |call| plain(call, |service| service.backend.start(&service.name)),
);
php_function!(
    /// Sends STOP.
    pub(super) StopService = c"win32_stop_service" (SERVICE_NAME, MACHINE) -> Void,
    |call| send(call, Control::Stop),
);
php_function!(
    /// Sends PAUSE.
    pub(super) PauseService = c"win32_pause_service" (SERVICE_NAME, MACHINE) -> Void,
    |call| send(call, Control::Pause),
);
php_function!(
    /// Sends CONTINUE.
    pub(super) ContinueService = c"win32_continue_service" (SERVICE_NAME, MACHINE) -> Void,
    |call| send(call, Control::Continue),
);
php_function!(
    /// Sends a control that the service defines itself.
    pub(super) SendCustomControl = c"win32_send_custom_control" (
        SERVICE_NAME,
        Parameter::required(c"control", ParameterKind::Int),
        MACHINE,
    ) -> Void,
    send_custom_control,
);

/// A request whose failures all have an empty context.
fn plain(call: &Call<'_>, request: impl FnOnce(&Opened) -> Result<(), ScmError>) -> PhpResult {
    let service = open(service_name(call)?, call.bytes(1), Contexts::EMPTY)?;
    request(&service).map_err(|error| failure::operation(&error, ""))?;
    Ok(Value::Null)
}

fn send(call: &Call<'_>, control: Control) -> PhpResult {
    const CONTEXTS: Contexts = Contexts {
        manager: "on openning manager",
        service: "on openning service",
    };
    let service = open(service_name(call)?, call.bytes(1), CONTEXTS)?;
    service
        .backend
        .control(&service.name, control)
        .map_err(|error| failure::operation(&error, context_of(&error)))?;
    Ok(Value::Null)
}

/// The manager opens and sends in one request; a service that is not there, or may not be opened,
/// failed to open.
fn context_of(error: &ScmError) -> &'static str {
    match error.code() {
        Win32Error::SERVICE_DOES_NOT_EXIST | Win32Error::ACCESS_DENIED => "on openning service",
        _ => "on send control",
    }
}

fn send_custom_control(call: &mut Call<'_>) -> PhpResult {
    let name = service_name(call)?;
    let control = custom_control(call.int(1))?;
    let service = open(name, call.bytes(2), Contexts::EMPTY)?;
    service
        .backend
        .control(&service.name, control)
        .map_err(|error| failure::operation(&error, ""))?;
    Ok(Value::Null)
}

/// All 64 bits count (B61).
fn custom_control(number: i64) -> Result<Control, Throwable> {
    u32::try_from(number)
        .ok()
        .and_then(UserControl::new)
        .map(Control::User)
        .ok_or_else(|| {
            Throwable::argument_value(
                2,
                &format!("the value must be between 128 and 255. Got {number}"),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b61_a_custom_control_is_not_cut_to_32_bits() {
        assert!(custom_control(128).is_ok());
        assert!(custom_control(255).is_ok());
        for number in [127, 256, -1, 0x1_0000_0080] {
            assert!(custom_control(number).is_err(), "{number}");
        }
    }

    #[test]
    fn t10_an_unknown_service_fails_to_open() {
        let of = |code: Win32Error| context_of(&code.into());
        assert_eq!(
            of(Win32Error::SERVICE_DOES_NOT_EXIST),
            "on openning service"
        );
        assert_eq!(of(Win32Error::SERVICE_NOT_ACTIVE), "on send control");
    }
}
