//! The environment variables of a service (T25, T26, B50 to B53). Local only: there is no `$machine`.

use relance_scm::config::EnvironmentVariable;
use relance_scm::{ConfigChange, ScmError, Win32Error};

use crate::environment;
use crate::failure::{self, utf8};
use crate::zend::function::{Call, php_function};
use crate::zend::outcome::{Key, PhpResult, Throwable, Value};
use crate::zend::signature::{Parameter, ParameterKind};

use super::open::{Contexts, Opened, SERVICE_NAME, empty, open, service_name};

php_function!(
    /// Adds or replaces a variable.
    pub(super) AddServiceEnvVar = c"win32_add_service_env_var" (
        SERVICE_NAME,
        VARIABLE_NAME,
        Parameter::required(c"varValue", ParameterKind::String),
    ) -> Void,
    add,
);
php_function!(
    /// Removes a variable.
    pub(super) RemoveServiceEnvVar = c"win32_remove_service_env_var" (
        SERVICE_NAME,
        VARIABLE_NAME,
    ) -> Void,
    remove,
);
php_function!(
    /// All variables, in stored order.
    pub(super) GetServiceEnvVars = c"win32_get_service_env_vars" (SERVICE_NAME) -> Array,
    get,
);

const VARIABLE_NAME: Parameter = Parameter::required(c"varName", ParameterKind::String);

const ON_READ: &str = "Error on read service environment variables";
const ON_OPEN: &str = "Error open key";
const ON_WRITE: &str = "Error create key";

fn add(call: &mut Call<'_>) -> PhpResult {
    let name = service_name(call)?;
    let variable = variable_name(call)?;
    let value = utf8(call.bytes(2), ON_WRITE)?;
    let service = open_for_writing(name)?;
    let list = environment::add(&stored(&service)?, variable, value)
        .map_err(|error| failure::operation(&error, ON_WRITE))?;
    store(&service, list)
}

fn remove(call: &mut Call<'_>) -> PhpResult {
    let name = service_name(call)?;
    let variable = variable_name(call)?;
    let service = open_for_writing(name)?;
    let list = stored(&service)?;
    if list.is_empty() {
        return Err(no_list());
    }
    store(&service, environment::remove(&list, variable))
}

fn get(call: &mut Call<'_>) -> PhpResult {
    let service = open(service_name(call)?, b"", Contexts::both(ON_READ))?;
    let list = service
        .backend
        .environment(&service.name)
        .map_err(|error| failure::operation(&error, ON_READ))?;
    Ok(variables(&list))
}

/// The variable's name, argument 2: not empty, and nothing that would break the list (B52).
fn variable_name<'call>(call: &Call<'call>) -> Result<&'call str, Throwable> {
    let name = call.bytes(1);
    if name.is_empty() {
        return Err(empty(2));
    }
    if name.iter().any(|byte| matches!(byte, b'=' | 0)) {
        return Err(Throwable::argument_value(
            2,
            r#"the value must not contain "=" or null bytes"#,
        ));
    }
    utf8(name, ON_WRITE)
}

fn open_for_writing(name: &[u8]) -> Result<Opened, Throwable> {
    utf8(name, ON_READ)?;
    open(name, b"", Contexts::both(ON_OPEN))
}

/// The variables stored; a service that is not there is reported with its name as context.
fn stored(service: &Opened) -> Result<Box<[EnvironmentVariable]>, Throwable> {
    service
        .backend
        .environment(&service.name)
        .map_err(|error| match error.code() {
            Win32Error::ACCESS_DENIED => failure::operation(&error, ON_OPEN),
            _ => failure::operation(&error, service.name.as_str()),
        })
}

fn store(service: &Opened, list: Vec<EnvironmentVariable>) -> PhpResult {
    let change = ConfigChange {
        environment: Some(list),
        ..ConfigChange::default()
    };
    service
        .backend
        .change(&service.name, change)
        .map_err(|error| failure::operation(&error, write_context(&error)))?;
    Ok(Value::Null)
}

/// Upstream opens the service's key for writing before it writes.
fn write_context(error: &ScmError) -> &'static str {
    if error.code() == Win32Error::ACCESS_DENIED {
        ON_OPEN
    } else {
        ON_WRITE
    }
}

/// The registry value is missing (B53).
fn no_list() -> Throwable {
    failure::code(Win32Error::FILE_NOT_FOUND, ON_READ)
}

fn variables(list: &[EnvironmentVariable]) -> Value {
    let entries = list
        .iter()
        .map(|variable| (Key::from(variable.name()), Value::from(variable.value())));
    Value::Map(entries.collect())
}

#[cfg(test)]
mod tests {
    use relance_scm::ServiceConfig;

    use super::*;
    use crate::backend::fake::{backend, backend_with, name};

    #[test]
    fn a_missing_service_is_named() {
        let (backend, _) = backend();
        let service = Opened {
            backend,
            name: name("demo"),
        };
        match stored(&service) {
            Err(Throwable::Exception { message, .. }) => {
                assert_eq!(&*message, c"Error service does not exist (demo)");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn t25_removing_without_a_list_is_2() {
        match no_list() {
            Throwable::Exception { code, message, .. } => {
                assert_eq!(code, 2);
                assert_eq!(
                    &*message,
                    c"Unknow error no 2 (Error on read service environment variables)"
                );
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn t26_variables_are_stored_and_read_in_order() {
        let (backend, memory) = backend_with(ServiceConfig::new(name("demo"), "php "));
        let service = Opened {
            backend,
            name: name("demo"),
        };
        for variable in ["var1", "var2"] {
            let list = environment::add(&stored(&service).unwrap(), variable, "x").unwrap();
            assert!(store(&service, list).is_ok());
        }
        let config = memory.lock().unwrap().services[&name("demo")].clone();
        let Value::Map(entries) = variables(&config.environment) else {
            panic!("an array");
        };
        assert!(matches!(&entries[1].0, Key::Name(name) if **name == *"var2"));
    }
}
