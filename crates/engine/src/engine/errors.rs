//! What callers are told of starts and controls that did not go well, in sentences.

use relance_scm::{ScmError, ServiceName, Win32Error};

use super::Slot;

/// A failed start, for the caller: the sentence of the part that knows why, else that of the code.
pub(super) fn start_error(slot: &Slot, code: Win32Error) -> ScmError {
    let name = &slot.record.config.service_name;
    let sentence = match (code, &slot.problem) {
        (Win32Error::SERVICE_REQUEST_TIMEOUT, _) => format!(
            "{name} did not connect to the service manager: its process ended before, or did not \
             call the dispatcher within 30 s; relance logs {name} shows its output (a program that \
             does not speak to the manager is created with --kind program)"
        ),
        (Win32Error::SERVICE_DEPENDENCY_FAIL, _) => format!(
            "a service that {name} needs did not start; relance events --service {name} says which"
        ),
        (Win32Error::SERVICE_DEPENDENCY_DELETED, _) => format!(
            "a service that {name} needs does not exist; relance events --service {name} says which"
        ),
        (Win32Error::CANCELLED, _) => format!("the start of {name} was cut short"),
        (_, Some(problem)) => problem.to_string(),
        (code, None) => format!("{name} could not be started: {}", code.text()),
    };
    ScmError::new(code, sentence)
}

/// A control that was not answered well, for the caller.
pub(super) fn control_error(name: &ServiceName, code: Win32Error) -> ScmError {
    let sentence = match code {
        Win32Error::SERVICE_REQUEST_TIMEOUT => format!(
            "{name} did not answer the control within 30 s; it is left alone (relance terminate \
             {name} ends it by force)"
        ),
        Win32Error::BROKEN_PIPE => {
            format!("the process of {name} ended while it handled the control")
        }
        Win32Error::SERVICE_NOT_ACTIVE => {
            format!("{name} stopped before the control could be sent")
        }
        code => format!("{name} answered the control with an error: {}", code.text()),
    };
    ScmError::new(code, sentence)
}
