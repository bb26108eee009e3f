//! `win32_update_service_config` (T28 to T30, B34 to B39).

use relance_scm::config::{AccountName, Secret, ServiceType};
use relance_scm::{ConfigChange, ScmError, ServiceConfig, ServiceName};

use crate::backend::Backend;
use crate::command_line;
use crate::contradictions;
use crate::details::{
    self, Details, FIELDS, Numbers, Texts, check_dependencies, extensions, may_be_partial,
    parse_dependencies, steps, update_recovery,
};
use crate::failure;
use crate::zend::facts::php_binary;
use crate::zend::function::{Call, php_function};
use crate::zend::outcome::{PhpResult, Throwable, Value};
use crate::zend::signature::{Parameter, ParameterKind};

use super::open::{Contexts, MACHINE, SERVICE_NAME, open, service_name};

php_function!(
    /// Changes what is given of a service's configuration.
    pub(super) UpdateServiceConfig = c"win32_update_service_config" (
        SERVICE_NAME,
        Parameter::required(c"details", ParameterKind::Array),
        MACHINE,
    ) -> Void,
    update,
    fields: FIELDS,
);

/// `$details` is argument 2 (B34).
const DETAILS: u32 = 2;
const CONTEXTS: &details::Contexts = &details::Contexts::UPDATE;

/// A service that is not there is reported before any wrong detail (B38).
fn update(call: &mut Call<'_>) -> PhpResult {
    let service = open(service_name(call)?, call.bytes(2), Contexts::EMPTY)?;
    let stored = service
        .backend
        .config(&service.name)
        .map_err(|error| failure::operation(&error, CONTEXTS.main))?;
    let details = Details::read(call, DETAILS)?;
    let change = change(details, &stored)?;
    let extensions = change.extensions.clone();
    apply(&service.backend, &service.name, change)?;
    if extensions.is_empty() {
        return Ok(Value::Null);
    }
    let mut config = stored;
    config.extensions.apply(&extensions);
    Ok(contradictions::noticed(&config))
}

/// Checks `$details` and makes a change of it; keys that are absent or null change nothing (B39).
fn change(details: Details, stored: &ServiceConfig) -> Result<ConfigChange, Throwable> {
    // Neither is changed by an update, so neither is looked at.
    let details = Details {
        service: None,
        base_priority: None,
        ..details
    };
    // As for create (B21): an empty command line can only harm.
    if details.path.as_deref() == Some(b"") {
        return Err(Throwable::argument_value(
            DETAILS,
            "the value for key 'path' is wrong",
        ));
    }
    let numbers = Numbers::check(&details, DETAILS)?;
    let dependencies = check_dependencies(&details, DETAILS)?;
    let extensions = extensions(&details, DETAILS)?;
    let texts = Texts::check(&details, CONTEXTS)?;
    let change = settings(&details, &texts, &numbers, dependencies, stored)
        .map_err(|error| failure::operation(&error, CONTEXTS.main))?;
    Ok(ConfigChange {
        extensions,
        ..change
    })
}

fn settings(
    details: &Details,
    texts: &Texts<'_>,
    numbers: &Numbers,
    dependencies: Option<Vec<&str>>,
    stored: &ServiceConfig,
) -> Result<ConfigChange, ScmError> {
    // Parameters without a path change nothing (B36).
    let command_line = texts
        .path
        .map(|path| command_line::build(path, texts.params.unwrap_or_default(), php_binary));
    Ok(ConfigChange {
        display_name: texts.display.map(str::to_owned),
        service_type: numbers
            .service_type
            .map(ServiceType::from_raw)
            .transpose()?,
        start_type: numbers.start_type,
        delayed_auto_start: details.delayed_start,
        error_control: numbers.error_control,
        command_line,
        load_order_group: texts.load_order.map(str::to_owned),
        dependencies: parse_dependencies(dependencies)?,
        account_name: texts.user.map(AccountName::new),
        password: texts.password.map(Secret::new),
        description: texts.description.map(str::to_owned),
        failure_actions: update_recovery(numbers, texts, &stored.failure_actions),
        failure_actions_on_non_crash_failures: details.recovery_enabled,
        ..ConfigChange::default()
    })
}

/// Applies all of it, or, if an optional part is in the way, what comes before the part that is
/// refused.
fn apply(backend: &Backend, name: &ServiceName, change: ConfigChange) -> Result<(), Throwable> {
    if change.is_empty() {
        return Ok(());
    }
    let extends = !change.extensions.is_empty();
    match backend.change(name, change.clone()) {
        Ok(()) => return Ok(()),
        Err(error) if may_be_partial(&error) => {}
        Err(error) => return Err(failure::with_reason(&error, CONTEXTS.main, extends)),
    }
    for (part, context) in steps(change, CONTEXTS) {
        let is_main = context == CONTEXTS.main;
        backend
            .change(name, part)
            .map_err(|error| failure::with_reason(&error, context, extends && is_main))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
