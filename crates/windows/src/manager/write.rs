//! From the project's own types to calls that change a service: only what differs is written.

use relance_scm::config::Secret;
use relance_scm::security::SecurityDescriptor;
use relance_scm::{RecoveryActionKind, ServiceConfig, Win32Error};

use super::handle::Handle;
use super::program::{self, service_key};
use super::read::{PRESHUTDOWN_DEFAULT_MS, value};
use crate::api::{Api, BaseChange, Info, RawFailureActions, RegistryValue, Result};

/// Writes configurations of a machine.
pub(super) struct Writer<'a> {
    pub(super) api: &'a dyn Api,
    pub(super) machine: &'a str,
}

impl Writer<'_> {
    /// What `CreateService` does not take, for a new service.
    pub(super) fn complete(&self, service: &Handle<'_>, new: &ServiceConfig) -> Result<()> {
        let line = new.command_line.as_ref();
        let fresh = ServiceConfig {
            kind: new.kind,
            ..ServiceConfig::new(new.service_name.clone(), line)
        };
        self.info(service, &fresh, new)?;
        self.registry(&fresh, new)?;
        program::write(self.api, self.machine, None, new)?;
        self.security(service, &fresh, new)
    }

    /// Makes `old` into `new`.
    pub(super) fn change(
        &self,
        service: &Handle<'_>,
        old: &ServiceConfig,
        new: &ServiceConfig,
        password: Option<&Secret>,
    ) -> Result<()> {
        self.base(service, old, new, password)?;
        self.info(service, old, new)?;
        self.registry(old, new)?;
        program::write(self.api, self.machine, Some(old), new)?;
        self.security(service, old, new)
    }

    fn base(
        &self,
        service: &Handle<'_>,
        old: &ServiceConfig,
        new: &ServiceConfig,
        password: Option<&Secret>,
    ) -> Result<()> {
        let image_path = program::image_path(self.api, new)?;
        let image_path_before = program::image_path(self.api, old)?;
        let change = BaseChange {
            service_type: differing(&old.service_type, &new.service_type).map(|t| t.to_raw()),
            start_type: differing(&old.start_type, &new.start_type).map(|t| t.to_raw()),
            error_control: differing(&old.error_control, &new.error_control).map(|e| e.to_raw()),
            command_line: differing(&image_path_before, &image_path).map(String::as_str),
            load_order_group: differing(&old.load_order_group, &new.load_order_group).map(|g| &**g),
            dependencies: differing(&old.dependencies, &new.dependencies)
                .map(|list| list.iter().map(ToString::to_string).collect()),
            account_name: differing(&old.account_name, &new.account_name)
                .map(relance_scm::config::AccountName::as_str),
            password: password.filter(|p| !p.is_empty()).map(Secret::reveal),
            display_name: differing(&old.display_name, &new.display_name).map(|d| &**d),
        };
        if change == BaseChange::default() {
            return Ok(());
        }
        self.api.change_service_config(service.raw(), &change)
    }

    /// The order is upstream's (R81): description, delayed start, actions, flag.
    fn info(&self, service: &Handle<'_>, old: &ServiceConfig, new: &ServiceConfig) -> Result<()> {
        let put = |info: Info| self.api.change_service_config2(service.raw(), &info);
        if let Some(text) = differing(&old.description, &new.description) {
            put(Info::Description(text.to_string()))?;
        }
        if let Some(delayed) = differing(&old.delayed_auto_start, &new.delayed_auto_start) {
            put(Info::DelayedAutoStart(*delayed))?;
        }
        if old.failure_actions != new.failure_actions {
            self.failure_actions(service, new)?;
        }
        if let Some(flag) = differing(&program::flag(old), &program::flag(new)) {
            put(Info::FailureActionsFlag(*flag))?;
        }
        if let Some(time) = differing(&old.preshutdown_timeout, &new.preshutdown_timeout) {
            let ms = time.map_or(PRESHUTDOWN_DEFAULT_MS, |time| {
                u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
            });
            put(Info::Preshutdown(ms))?;
        }
        Ok(())
    }

    /// All members are given, so nothing is kept that was not asked for (R58 to R62).
    fn failure_actions(&self, service: &Handle<'_>, new: &ServiceConfig) -> Result<()> {
        let actions = &new.failure_actions;
        if actions.has(RecoveryActionKind::Reboot) {
            // R52. Where it cannot be had, the manager itself refuses.
            let _ = self.api.enable_shutdown_privilege();
        }
        let raw = RawFailureActions {
            reset_period: actions.reset_period.to_raw(),
            reboot_message: Some(actions.reboot_message.to_string()),
            command: Some(actions.command.to_string()),
            actions: Some(
                actions
                    .actions
                    .iter()
                    .map(|action| (action.kind.to_raw(), action.delay_ms()))
                    .collect(),
            ),
        };
        self.api
            .change_service_config2(service.raw(), &Info::FailureActions(raw))
    }

    fn registry(&self, old: &ServiceConfig, new: &ServiceConfig) -> Result<()> {
        let key = service_key(new.service_name.as_str());
        let put = |value: &str, data: Option<RegistryValue>| match data {
            Some(data) => self.api.registry_write(self.machine, &key, value, &data),
            None => self.api.registry_delete(self.machine, &key, value),
        };
        if let Some(list) = differing(&old.environment, &new.environment) {
            let lines: Vec<String> = list
                .iter()
                .map(|variable| format!("{}={}", variable.name(), variable.value()))
                .collect();
            let lines = (!lines.is_empty()).then_some(RegistryValue::List(lines));
            put(value::ENVIRONMENT, lines)?;
        }
        if let Some(class) = differing(&old.priority, &new.priority) {
            let class = class.map(|class| RegistryValue::Number(class.to_raw()));
            put(value::PRIORITY, class)?;
        }
        Ok(())
    }

    fn security(
        &self,
        service: &Handle<'_>,
        old: &ServiceConfig,
        new: &ServiceConfig,
    ) -> Result<()> {
        let Some(descriptor) = differing(&old.security, &new.security) else {
            return Ok(());
        };
        let descriptor = match descriptor {
            Some(descriptor) => descriptor.dacl.clone(),
            None => SecurityDescriptor::default_for_service().dacl,
        };
        // Only the access list: owner, group and audit list are not ours to give (A26).
        let sddl = SecurityDescriptor {
            owner: "".into(),
            group: "".into(),
            dacl: descriptor,
            sacl: "".into(),
        };
        self.api
            .set_service_object_security(service.raw(), &sddl.to_string())
    }
}

/// The new value, if it is another one.
fn differing<'a, T: PartialEq>(old: &T, new: &'a T) -> Option<&'a T> {
    (old != new).then_some(new)
}

/// The rights that creating a service needs on its handle: what is written at once, and to remove it
/// again if that fails.
pub(super) fn rights_to_create(config: &ServiceConfig) -> u32 {
    use relance_scm::AccessRights as R;
    let mut rights = R::CHANGE_CONFIG.union(R::DELETE);
    // R51
    if config
        .failure_actions
        .actions
        .iter()
        .any(|action| action.kind.restarts())
    {
        rights = rights.union(R::START);
    }
    if config.security.is_some() {
        rights = rights.union(R::WRITE_DAC);
    }
    rights.to_raw()
}

/// Removes a service that could not be completed, or keeps the error of that attempt to itself.
pub(super) fn take_back(api: &dyn Api, service: &Handle<'_>, why: Win32Error) -> Win32Error {
    let _ = api.delete_service(service.raw());
    why
}
