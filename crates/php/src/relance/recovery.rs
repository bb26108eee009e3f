//! Recovery actions without upstream's limits: any number of them, each with its own delay, in the
//! notation of `sc failure` (R70 to R72); and the settings beyond Windows' (X106).

use relance_scm::failure_actions::{ActionList, FailureActionsChange, RESET_PERIOD_DEFAULT};
use relance_scm::{ConfigChange, ResetPeriod, ScmError};

use crate::details::given_extensions;
use crate::failure;
use crate::functions::open::{Contexts, MACHINE, SERVICE_NAME, open, service_name};
use crate::zend::function::{Call, php_function};
use crate::zend::outcome::{PhpResult, Throwable, Value};
use crate::zend::signature::{Parameter, ParameterKind};

php_function!(
    /// Sets the actions and the reset period (seconds); `''` removes all actions. Command and reboot
    /// message stay.
    pub(super) SetRecoveryActions = c"Relance\\set_recovery_actions" (
        SERVICE_NAME,
        Parameter::required(c"actions", ParameterKind::String),
        Parameter::optional(c"resetPeriodSecs", ParameterKind::Int, c"86400"),
        MACHINE,
    ) -> Void,
    set,
);
php_function!(
    /// The actions, in the same notation.
    pub(super) GetRecoveryActions = c"Relance\\get_recovery_actions" (
        SERVICE_NAME,
        MACHINE,
    ) -> String,
    get,
);

php_function!(
    /// The settings that Windows does not have and that are not at their defaults, by their names; the key `extensions`
    /// of `$details` takes them.
    pub(super) GetExtensions = c"Relance\\get_extensions" (
        SERVICE_NAME,
        MACHINE,
    ) -> Array,
    get_extensions,
);

fn set(call: &mut Call<'_>) -> PhpResult {
    let name = service_name(call)?;
    let actions: ActionList =
        failure::utf8(call.bytes(1), "")?
            .parse()
            .map_err(|error: ScmError| {
                Throwable::argument_value(
                    2,
                    &format!("is not a list of actions: {}", error.sentence()),
                )
            })?;
    let period = call
        .given_int(2)
        .map_or(Ok(RESET_PERIOD_DEFAULT), reset_period)?;
    let service = open(name, call.bytes(3), Contexts::EMPTY)?;
    let change = ConfigChange {
        failure_actions: Some(FailureActionsChange {
            actions: Some(actions.0),
            reset_period: Some(period),
            ..FailureActionsChange::default()
        }),
        ..ConfigChange::default()
    };
    service
        .backend
        .change(&service.name, change)
        .map_err(|error| failure::operation(&error, ""))?;
    Ok(Value::Null)
}

fn get(call: &mut Call<'_>) -> PhpResult {
    let service = open(service_name(call)?, call.bytes(1), Contexts::EMPTY)?;
    let config = service
        .backend
        .config(&service.name)
        .map_err(|error| failure::operation(&error, ""))?;
    Ok(ActionList(config.failure_actions.actions.to_vec())
        .to_string()
        .into())
}

fn get_extensions(call: &mut Call<'_>) -> PhpResult {
    let service = open(service_name(call)?, call.bytes(1), Contexts::EMPTY)?;
    let config = service
        .backend
        .config(&service.name)
        .map_err(|error| failure::operation(&error, ""))?;
    Ok(Value::Map(given_extensions(&config.extensions)))
}

/// Seconds; 4294967295 is INFINITE (R15).
fn reset_period(raw: i64) -> Result<ResetPeriod, Throwable> {
    u32::try_from(raw).map(ResetPeriod::from_raw).map_err(|_| {
        Throwable::argument_value(
            3,
            &format!("the value must be between 0 and {}. Got {raw}", u32::MAX),
        )
    })
}
