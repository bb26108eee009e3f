//! Whether a service exists, its status and its configuration (T4, T10, T27).

use relance_scm::{ScmError, ServiceConfig, ServiceStatus, Win32Error};

use crate::failure;
use crate::zend::function::{Call, php_function};
use crate::zend::outcome::{Key, PhpResult, Value};

use super::open::{Contexts, MACHINE, SERVICE_NAME, open, service_name};

php_function!(
    /// Whether a service exists; needs the right to see its status only (B41).
    pub(super) ExistsService = c"win32_exists_service" (SERVICE_NAME, MACHINE) -> Bool,
    exists,
);
php_function!(
    /// The nine numbers of a status.
    pub(super) QueryServiceStatus = c"win32_query_service_status" (SERVICE_NAME, MACHINE) -> Array,
    query_status,
);
php_function!(
    /// The configuration.
    pub(super) QueryServiceConfig = c"win32_query_service_config" (SERVICE_NAME, MACHINE) -> Array,
    query_config,
);

fn exists(call: &mut Call<'_>) -> PhpResult {
    let service = open(service_name(call)?, call.bytes(1), Contexts::EMPTY)?;
    answer_exists(service.backend.status(&service.name))
}

fn answer_exists(status: Result<ServiceStatus, ScmError>) -> PhpResult {
    match status {
        Ok(_) => Ok(Value::Bool(true)),
        Err(error) if error.code() == Win32Error::SERVICE_DOES_NOT_EXIST => Ok(Value::Bool(false)),
        Err(error) => Err(failure::operation(&error, "")),
    }
}

fn query_status(call: &mut Call<'_>) -> PhpResult {
    let service = open(service_name(call)?, call.bytes(1), Contexts::EMPTY)?;
    service
        .backend
        .status(&service.name)
        .map(|status| status_array(&status))
        .map_err(|error| failure::operation(&error, ""))
}

fn status_array(status: &ServiceStatus) -> Value {
    let wait_hint_ms = u32::try_from(status.wait_hint.as_millis()).unwrap_or(u32::MAX);
    let entries: [(&str, u32); 9] = [
        ("ServiceType", status.service_type.to_raw()),
        ("CurrentState", status.state.to_raw()),
        ("ControlsAccepted", status.controls_accepted.to_raw()),
        ("Win32ExitCode", status.exit_code.win32().to_raw()),
        ("ServiceSpecificExitCode", status.exit_code.specific()),
        ("CheckPoint", status.checkpoint),
        ("WaitHint", wait_hint_ms),
        ("ProcessId", status.process_id),
        ("ServiceFlags", status.service_flags),
    ];
    Value::Map(
        entries
            .map(|(key, number)| (key.into(), number.into()))
            .into(),
    )
}

fn query_config(call: &mut Call<'_>) -> PhpResult {
    let given = service_name(call)?;
    let service = open(given, call.bytes(1), Contexts::EMPTY)?;
    let config = service
        .backend
        .config(&service.name)
        .map_err(|error| failure::operation(&error, ""))?;
    Ok(Value::Map(config_entries(given, &config)))
}

/// `given` is the name as the caller spelled it, which is echoed (B40).
fn config_entries(given: &[u8], config: &ServiceConfig) -> Vec<(Key, Value)> {
    let dependencies = config.dependencies.iter();
    let mut entries: Vec<(Key, Value)> = vec![
        ("service".into(), Value::bytes(given)),
        ("svc_type".into(), config.service_type.to_raw().into()),
        ("start_type".into(), config.start_type.to_raw().into()),
        ("error_control".into(), config.error_control.to_raw().into()),
        ("path".into(), (*config.command_line).into()),
        ("load_order".into(), (*config.load_order_group).into()),
        ("tag_id".into(), Value::Int(0)),
        (
            "dependencies".into(),
            Value::List(dependencies.map(|name| name.to_string().into()).collect()),
        ),
        ("user".into(), config.account_name.as_str().into()),
        ("display".into(), (*config.display_name).into()),
        ("description".into(), text_or_null(&config.description)),
        ("delayed_start".into(), config.delayed_auto_start.into()),
        (
            "recovery_enabled".into(),
            config.failure_actions_on_non_crash_failures.into(),
        ),
    ];
    entries.extend(recovery_entries(config));
    entries
}

fn recovery_entries(config: &ServiceConfig) -> Vec<(Key, Value)> {
    let recovery = &config.failure_actions;
    let mut entries: Vec<(Key, Value)> = vec![
        (
            "recovery_reset_period".into(),
            recovery.reset_period.to_raw().into(),
        ),
        (
            "recovery_reboot_msg".into(),
            text_or_null(&recovery.reboot_message),
        ),
        ("recovery_command".into(), text_or_null(&recovery.command)),
    ];
    let keys = [
        "recovery_action_1",
        "recovery_action_2",
        "recovery_action_3",
    ];
    for (i, (key, action)) in keys.into_iter().zip(&recovery.actions).enumerate() {
        entries.push((key.into(), action.kind.to_raw().into()));
        if i == 0 {
            entries.push(("recovery_delay".into(), action.delay_ms().into()));
        }
    }
    entries
}

/// Windows has no text where none was set.
fn text_or_null(text: &str) -> Value {
    if text.is_empty() {
        Value::Null
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use relance_scm::{RecoveryAction, RecoveryActionKind};

    use super::*;
    use crate::backend::fake::{backend, backend_with, name};

    fn keys(entries: &[(Key, Value)]) -> Vec<&str> {
        entries
            .iter()
            .map(|(key, _)| match key {
                Key::Name(name) => &**name,
                Key::Index(_) => "?",
            })
            .collect()
    }

    #[test]
    fn a_configuration_has_upstreams_keys_in_upstreams_order() {
        let mut config = ServiceConfig::new(name("s"), "php ");
        let always = [
            "service",
            "svc_type",
            "start_type",
            "error_control",
            "path",
            "load_order",
            "tag_id",
            "dependencies",
            "user",
            "display",
            "description",
            "delayed_start",
            "recovery_enabled",
            "recovery_reset_period",
            "recovery_reboot_msg",
            "recovery_command",
        ];
        assert_eq!(keys(&config_entries(b"S", &config)), always);

        let action = RecoveryAction::new(RecoveryActionKind::Restart, 5);
        config.failure_actions.actions = [action, action].into();
        let with_actions = config_entries(b"S", &config);
        assert_eq!(
            keys(&with_actions)[16..],
            ["recovery_action_1", "recovery_delay", "recovery_action_2"]
        );
    }

    #[test]
    fn b40_the_callers_spelling_is_echoed() {
        let config = ServiceConfig::new(name("Mailer"), "php ");
        let entries = config_entries(b"MAILER", &config);
        assert!(matches!(&entries[0].1, Value::Bytes(bytes) if **bytes == *b"MAILER"));
    }

    #[test]
    fn t4_a_service_exists_or_not() {
        let (nobody, _) = backend();
        assert!(matches!(
            answer_exists(nobody.status(&name("s"))),
            Ok(Value::Bool(false))
        ));
        let (someone, _) = backend_with(ServiceConfig::new(name("s"), "php "));
        assert!(matches!(
            answer_exists(someone.status(&name("S"))),
            Ok(Value::Bool(true))
        ));
        let denied = answer_exists(Err(Win32Error::ACCESS_DENIED.into()));
        assert!(matches!(
            denied,
            Err(crate::zend::outcome::Throwable::Exception { code: 5, .. })
        ));
    }

    #[test]
    fn a_status_has_nine_numbers() {
        let (backend, _) = backend_with(ServiceConfig::new(name("s"), "php "));
        let Value::Map(entries) = status_array(&backend.status(&name("s")).unwrap()) else {
            panic!("an array");
        };
        assert_eq!(keys(&entries).len(), 9);
        assert!(matches!(entries[3], (_, Value::Int(1077))));
    }
}
