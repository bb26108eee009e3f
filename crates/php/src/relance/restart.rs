//! A restart as one request of the manager, and the word to read the settings again: a deployment, or a
//! service that restarts itself.

use relance_scm::Control;

use crate::failure;
use crate::functions::open::{Contexts, MACHINE, SERVICE_NAME, open, service_name};
use crate::zend::function::{Call, php_function};
use crate::zend::outcome::{PhpResult, Value};
use crate::zend::signature::{Parameter, ParameterKind};

php_function!(
    /// Has the manager stop a service and start it again, with what needs it if `$dependents`. Returns when that
    /// is on record, not when it is done.
    pub(super) RestartService = c"Relance\\restart_service" (
        SERVICE_NAME,
        Parameter::optional(c"dependents", ParameterKind::Bool, c"false"),
        MACHINE,
    ) -> Void,
    restart,
);
php_function!(
    /// Tells a service to read its settings again: a program by its reload signal, a service by PARAMCHANGE.
    pub(super) ReloadService = c"Relance\\reload_service" (SERVICE_NAME, MACHINE) -> Void,
    reload,
);

fn restart(call: &mut Call<'_>) -> PhpResult {
    let name = service_name(call)?;
    let dependents = call.given_bool(1).unwrap_or_default();
    let service = open(name, call.bytes(2), Contexts::EMPTY)?;
    service
        .backend
        .restart(&service.name, dependents)
        .map_err(|error| failure::operation(&error, ""))?;
    Ok(Value::Null)
}

fn reload(call: &mut Call<'_>) -> PhpResult {
    let service = open(service_name(call)?, call.bytes(1), Contexts::EMPTY)?;
    service
        .backend
        .control(&service.name, Control::ParamChange)
        .map_err(|error| failure::operation(&error, ""))?;
    Ok(Value::Null)
}
