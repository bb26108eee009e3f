//! From what Windows answers to the project's own types.

use std::time::Duration;

use relance_scm::config::{
    AccountName, Dependency, EnvironmentVariable, ErrorControl, PriorityClass, ServiceType,
    StartType,
};
use relance_scm::security::SecurityDescriptor;
use relance_scm::status::ServiceStatus;
use relance_scm::{
    ControlsAccepted, ExitCode, FailureActions, RecoveryAction, RecoveryActionKind, ResetPeriod,
    ScmError, ServiceConfig, ServiceKind, ServiceName, ServiceState, Win32Error,
};

use relance_texts::windows;

use super::handle::Handle;
use super::program::{self, service_key};
use crate::api::{Api, Info, Level, RawFailureActions, RawStatus, RegistryValue, Result};
use crate::error::error;

/// What a service that was never told otherwise is given before a shutdown (S47).
pub(super) const PRESHUTDOWN_DEFAULT_MS: u32 = 10_000;
/// The same before Windows 10 1703, and in Wine.
const PRESHUTDOWN_OLD_DEFAULT_MS: u32 = 180_000;

/// Values of a service's key.
pub(super) mod value {
    pub(crate) const ENVIRONMENT: &str = "Environment";
    /// Upstream's name for it (1.4.10 of the PHP interface).
    pub(crate) const PRIORITY: &str = "BasePriority";
    /// Set while a service waits for its deletion.
    pub(crate) const DELETED: &str = "DeleteFlag";
}

/// The value that holds the priority class of a service.
#[cfg(windows)]
pub(crate) const fn priority_value() -> &'static str {
    value::PRIORITY
}

/// Reads configurations of a machine.
pub(super) struct Reader<'a> {
    pub(super) api: &'a dyn Api,
    pub(super) machine: &'a str,
}

impl Reader<'_> {
    /// Everything but the security descriptor.
    pub(super) fn config(
        &self,
        service: &Handle<'_>,
        name: &ServiceName,
    ) -> std::result::Result<ServiceConfig, ScmError> {
        let api = self.api;
        let failed = |code: Win32Error| error(api, code);
        let base = api.query_service_config(service.raw()).map_err(failed)?;
        let hosted = program::read(api, self.machine, name.as_str(), &base.command_line);
        let kind = match hosted {
            Some(_) => ServiceKind::Program,
            None => ServiceKind::Service,
        };
        let (line, extensions) = hosted.unwrap_or((base.command_line, Default::default()));
        let level = |level| self.level(service, level).map_err(failed);
        let start_type = StartType::from_raw(base.start_type)?;
        let mut config = ServiceConfig {
            kind,
            extensions,
            service_type: ServiceType::from_stored(base.service_type),
            start_type,
            error_control: ErrorControl::from_raw(base.error_control)?,
            load_order_group: base.load_order_group.into(),
            // What a later Windows may accept and we cannot name is left out.
            dependencies: base
                .dependencies
                .iter()
                .filter_map(|d| Dependency::parse(d).ok())
                .collect(),
            account_name: AccountName::new(&base.account_name),
            ..ServiceConfig::new(name.clone(), line)
        };
        if !base.display_name.is_empty() {
            config.display_name = base.display_name.into();
        }
        if let Some(Info::Description(text)) = level(Level::Description)? {
            config.description = text.into();
        }
        if let Some(Info::FailureActions(actions)) = level(Level::FailureActions)? {
            config.failure_actions = failure_actions(actions)?;
        }
        if let Some(Info::DelayedAutoStart(delayed)) = level(Level::DelayedAutoStart)? {
            config.delayed_auto_start = delayed && start_type == StartType::Auto;
        }
        if let Some(Info::FailureActionsFlag(flag)) = level(Level::FailureActionsFlag)? {
            config.failure_actions_on_non_crash_failures = flag;
        }
        if config.host_recovers() {
            config.failure_actions_on_non_crash_failures =
                program::read_flag(api, self.machine, name.as_str());
        }
        if let Some(Info::Preshutdown(ms)) = level(Level::Preshutdown)? {
            let is_default = [PRESHUTDOWN_DEFAULT_MS, PRESHUTDOWN_OLD_DEFAULT_MS].contains(&ms);
            config.preshutdown_timeout = (!is_default).then(|| Duration::from_millis(ms.into()));
        }
        config.environment = self.environment(name).map_err(failed)?;
        config.priority = self.priority(name).map_err(failed)?;
        Ok(config)
    }

    /// The descriptor of a service.
    pub(super) fn security(
        &self,
        service: &Handle<'_>,
    ) -> std::result::Result<SecurityDescriptor, ScmError> {
        let sddl = self.api.query_service_object_security(service.raw());
        sddl.map_err(|code| error(self.api, code))?.parse()
    }

    /// `None` where the manager does not know the level: an older Windows, or Wine.
    fn level(&self, service: &Handle<'_>, level: Level) -> Result<Option<Info>> {
        match self.api.query_service_config2(service.raw(), level) {
            Ok(info) => Ok(Some(info)),
            Err(Win32Error::INVALID_LEVEL) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A value of the service's key; `None` where it is not there, or not for us to read.
    fn value(&self, name: &ServiceName, value: &str) -> Result<Option<RegistryValue>> {
        let key = service_key(name.as_str());
        match self.api.registry_read(self.machine, &key, value) {
            Ok(data) => Ok(Some(data)),
            Err(Win32Error::FILE_NOT_FOUND | Win32Error::ACCESS_DENIED) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn environment(&self, name: &ServiceName) -> Result<Box<[EnvironmentVariable]>> {
        Ok(match self.value(name, value::ENVIRONMENT)? {
            Some(RegistryValue::List(list)) => list
                .iter()
                .filter_map(|line| EnvironmentVariable::parse(line).ok())
                .collect(),
            _ => Box::default(),
        })
    }

    fn priority(&self, name: &ServiceName) -> Result<Option<PriorityClass>> {
        Ok(match self.value(name, value::PRIORITY)? {
            Some(RegistryValue::Number(raw)) => PriorityClass::from_raw(raw).ok(),
            _ => None,
        })
    }

    /// Whether a service waits for its deletion (C31).
    pub(super) fn is_marked_for_delete(&self, name: &ServiceName) -> bool {
        let flag = self.value(name, value::DELETED);
        matches!(flag, Ok(Some(RegistryValue::Number(1..))))
    }
}

fn failure_actions(raw: RawFailureActions) -> std::result::Result<FailureActions, ScmError> {
    let actions = raw.actions.unwrap_or_default().into_iter();
    let actions = actions.map(|(kind, delay)| {
        Ok(RecoveryAction::new(
            RecoveryActionKind::from_raw(kind)?,
            delay,
        ))
    });
    Ok(FailureActions {
        reset_period: ResetPeriod::from_raw(raw.reset_period),
        reboot_message: raw.reboot_message.unwrap_or_default().into(),
        command: raw.command.unwrap_or_default().into(),
        actions: actions.collect::<std::result::Result<_, ScmError>>()?,
    })
}

/// A status as it is on record.
///
/// # Errors
/// 13 for a state that Windows does not have.
pub(super) fn status(raw: &RawStatus) -> std::result::Result<ServiceStatus, ScmError> {
    let state = ServiceState::from_raw(raw.state).ok_or_else(|| {
        ScmError::new(
            Win32Error::INVALID_DATA,
            windows::State { state: raw.state },
        )
    })?;
    Ok(ServiceStatus {
        service_type: ServiceType::from_stored(raw.service_type),
        state,
        controls_accepted: ControlsAccepted::from_stored(raw.controls_accepted),
        exit_code: ExitCode::from_raw(raw.win32_exit_code, raw.specific_exit_code),
        checkpoint: raw.checkpoint,
        wait_hint: Duration::from_millis(raw.wait_hint_ms.into()),
        process_id: raw.process_id,
        service_flags: raw.flags,
    })
}
