//! The priority class of a service's process (T33, B32). Local only: there is no `$machine`.

use relance_scm::config::PriorityClass;
use relance_scm::{ConfigChange, Win32Error};

use crate::details::{USE_PRIORITY, priority_class};
use crate::failure;
use crate::zend::function::{Call, php_function};
use crate::zend::outcome::{PhpResult, Throwable, Value};
use crate::zend::signature::{Parameter, ParameterKind};

use super::open::{Contexts, SERVICE_NAME, open, service_name};

php_function!(
    /// Stores the class.
    pub(super) SetServicePriority = c"win32_set_service_priority" (
        SERVICE_NAME,
        Parameter::required(c"priority", ParameterKind::Int),
    ) -> Void,
    set,
);
php_function!(
    /// The stored class.
    pub(super) GetServicePriority = c"win32_get_service_priority" (SERVICE_NAME) -> Int,
    get,
);

const ON_SET: &str = "On set base_priority";
const ON_GET: &str = "On get base_priority";

fn set(call: &mut Call<'_>) -> PhpResult {
    let name = service_name(call)?;
    let number = call.int(1);
    // Upstream's message names argument 1 (B35).
    let priority = priority_class(number).ok_or_else(|| {
        Throwable::argument_value(
            2,
            &format!("the value {number} for priority argument is wrong, {USE_PRIORITY}"),
        )
    })?;
    let service = open(name, b"", Contexts::both(ON_SET))?;
    let change = ConfigChange {
        priority: Some(Some(priority)),
        ..ConfigChange::default()
    };
    service
        .backend
        .change(&service.name, change)
        .map_err(|error| failure::operation(&error, ON_SET))?;
    Ok(Value::Null)
}

fn get(call: &mut Call<'_>) -> PhpResult {
    let service = open(service_name(call)?, b"", Contexts::both(ON_GET))?;
    let config = service
        .backend
        .config(&service.name)
        .map_err(|error| failure::operation(&error, ON_GET))?;
    answer(config.priority)
}

/// A service without a stored class: the registry value is missing, which is 2.
fn answer(priority: Option<PriorityClass>) -> PhpResult {
    match priority {
        Some(priority) => Ok(priority.to_raw().into()),
        None => Err(failure::code(Win32Error::FILE_NOT_FOUND, ON_GET)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_without_a_stored_class_is_2() {
        match answer(None) {
            Err(Throwable::Exception { code, message, .. }) => {
                assert_eq!(code, 2);
                assert_eq!(&*message, c"Unknow error no 2 (On get base_priority)");
            }
            _ => panic!("an exception"),
        }
        assert!(matches!(
            answer(Some(PriorityClass::Idle)),
            Ok(Value::Int(64))
        ));
    }
}
