//! `win32_create_service` (T1, T2, T5 to T9, B20 to B33).

use relance_scm::config::{
    AccountName, ErrorControl, PriorityClass, Secret, ServiceType, StartType,
};
use relance_scm::manager::NewService;
use relance_scm::{ConfigChange, ScmError, ServiceConfig, ServiceName};

use crate::backend::{self, Backend};
use crate::command_line;
use crate::contradictions;
use crate::details::{
    Contexts, Details, FIELDS, Numbers, Texts, check_dependencies, create_recovery, extensions,
    may_be_partial, parse_dependencies, steps,
};
use crate::failure;
use crate::machine::Target;
use crate::zend::facts::php_binary;
use crate::zend::function::{Call, php_function};
use crate::zend::outcome::{PhpResult, Throwable};
use crate::zend::signature::{Parameter, ParameterKind};

use super::open::MACHINE;

php_function!(
    /// Creates a service.
    pub(super) CreateService = c"win32_create_service" (
        Parameter::required(c"details", ParameterKind::Array),
        MACHINE,
    ) -> Void,
    create,
    fields: FIELDS,
);

/// `$details` is argument 1.
const DETAILS: u32 = 1;
const CONTEXTS: &Contexts = &Contexts::CREATE;

fn create(call: &mut Call<'_>) -> PhpResult {
    let details = Details::read(call, DETAILS)?;
    check_required(&details)?;
    let numbers = Numbers::check(&details, DETAILS)?;
    let dependencies = check_dependencies(&details, DETAILS)?;
    let extensions = extensions(&details, DETAILS)?;
    let target = Target::read(call.bytes(1), "")?;
    let texts = Texts::check(&details, CONTEXTS)?;
    let backend = backend::connect(&target).map_err(|error| failure::operation(&error, ""))?;
    let mut service = base(&texts, &numbers, dependencies)
        .map_err(|error| failure::operation(&error, CONTEXTS.main))?;
    // Not an optional part: a service without what upstream does not know would be another one.
    service.config.extensions.apply(&extensions);
    let config = service.config.clone();
    create_with(&backend, service, optional(&details, &texts, &numbers))?;
    Ok(contradictions::noticed(&config))
}

/// `service` and `path` must be there and hold something (B20, B21).
fn check_required(details: &Details) -> Result<(), Throwable> {
    let refuse = |text| Err(Throwable::argument_value(DETAILS, text));
    match &details.service {
        None => return refuse("the value for key 'service' is wrong"),
        Some(name) if name.len() < 2 => {
            return refuse("the value for key 'service' cannot be empty");
        }
        Some(_) => {}
    }
    match details.path.as_deref() {
        None | Some(b"") => refuse("the value for key 'path' is wrong"),
        Some(_) => Ok(()),
    }
}

/// What one call of the SCM creates; everything else is optional.
fn base(
    texts: &Texts<'_>,
    numbers: &Numbers,
    dependencies: Option<Vec<&str>>,
) -> Result<NewService, ScmError> {
    let name = ServiceName::new(texts.service.unwrap_or_default())?;
    let path = texts.path.unwrap_or_default();
    let line = command_line::build(path, texts.params.unwrap_or_default(), php_binary);
    let mut config = ServiceConfig::new(name, line);
    if let Some(display) = texts.display.filter(|display| !display.is_empty()) {
        config.display_name = display.into();
    }
    if let Some(raw) = numbers.service_type {
        config.service_type = ServiceType::from_raw(raw)?;
    }
    config.start_type = numbers.start_type.unwrap_or(StartType::Auto);
    config.error_control = numbers.error_control.unwrap_or(ErrorControl::Ignore);
    config.load_order_group = texts.load_order.unwrap_or_default().into();
    config.dependencies = parse_dependencies(dependencies)?.unwrap_or_default().into();
    config.account_name = AccountName::new(texts.user.unwrap_or_default());
    Ok(NewService {
        config,
        password: Secret::new(texts.password.unwrap_or_default()),
    })
}

/// What upstream applies after the service exists.
fn optional(details: &Details, texts: &Texts<'_>, numbers: &Numbers) -> ConfigChange {
    ConfigChange {
        description: texts.description.map(str::to_owned),
        // False is what a new service has; true with a start type other than auto is refused, after
        // the service was created (B28).
        delayed_auto_start: details.delayed_start.filter(|delayed| *delayed),
        failure_actions_on_non_crash_failures: details.recovery_enabled,
        failure_actions: create_recovery(numbers, texts),
        priority: Some(Some(numbers.priority.unwrap_or(PriorityClass::Normal))),
        ..ConfigChange::default()
    }
}

/// Creates the service whole, or, if an optional part is in the way, without the parts that are
/// refused (B33).
fn create_with(
    backend: &Backend,
    service: NewService,
    optional: ConfigChange,
) -> Result<(), Throwable> {
    let whole = service.config.changed(&optional).and_then(|config| {
        backend.create(NewService {
            config,
            password: service.password.clone(),
        })
    });
    let extends = service.config.extensions.given().next().is_some();
    let failed = |error: &ScmError| failure::with_reason(error, CONTEXTS.main, extends);
    match whole {
        Ok(()) => return Ok(()),
        Err(error) if may_be_partial(&error) => {}
        Err(error) => return Err(failed(&error)),
    }
    let name = service.config.service_name.clone();
    backend.create(service).map_err(|error| failed(&error))?;
    for (part, context) in steps(optional, CONTEXTS) {
        backend
            .change(&name, part)
            .map_err(|error| failure::operation(&error, context))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
