//! Named policies (X101): what follows a failure, written once for many services.
//!
//! A policy has the settings of the Recovery tab, except for those that say what a failure *is*. A service refers to it by
//! its setting `recovery_policy`, and has the values of the policy in its own configuration: what follows a failure is
//! decided from that alone. The engine keeps both equal.

use relance_texts::{error, shown};

use crate::config::{ConfigChange, Extensions, NO_POLICY, PolicyName, ServiceConfig};
use crate::error::ScmError;
use crate::failure_actions::{FailureActions, FailureActionsChange};
use crate::name::ServiceName;
use crate::settings::{EXTENSIONS, RECOVERY_POLICY, Section, Setting, Subject, all};
use crate::win32::Win32Error;

/// How many policies a manager keeps.
pub const POLICIES_MAX: usize = 1000;
/// What follows a failure of the services that use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryPolicy {
    /// Its name.
    pub name: PolicyName,
    /// The list, its period, the command and the message.
    pub failure_actions: FailureActions,
    /// Settings about recovery that Windows does not have; no others.
    pub extensions: Extensions,
}

/// A change of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyChange {
    /// These settings are changed, and the policy is made if it is not there. Others stay.
    Set(Box<ConfigChange>),
    /// These services use it from now on, all or none. What they had for it goes.
    Give(Vec<ServiceName>),
    /// The policy is deleted, if no service uses it.
    Delete,
}

/// Whether a setting belongs to policies: it says what follows a failure. What *is* a failure (`on_error_stop`, the
/// meaning of exit statuses) is a matter of the program.
#[must_use]
pub fn is_of_policies(setting: &Setting) -> bool {
    match setting.section {
        Section::Recovery => setting.key != "on_error_stop",
        Section::Extensions => {
            setting.subject == Subject::Recovery && setting.key != RECOVERY_POLICY.setting().key
        }
        Section::Service => false,
    }
}

impl RecoveryPolicy {
    /// One that does nothing.
    #[must_use]
    pub fn new(name: PolicyName) -> Self {
        Self {
            name,
            failure_actions: FailureActions::default(),
            extensions: Extensions::default(),
        }
    }

    /// A policy with what follows a failure of this service.
    #[must_use]
    pub fn like(name: PolicyName, config: &ServiceConfig) -> Self {
        Self {
            name,
            failure_actions: config.failure_actions.clone(),
            extensions: config.extensions.only(is_of_policies),
        }
    }

    /// Whether it has no actions and no other settings.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.has_settings_of(&Self::new(self.name.clone()))
    }

    /// Whether both have the same settings.
    #[must_use]
    pub fn has_settings_of(&self, other: &Self) -> bool {
        self.failure_actions == other.failure_actions && self.extensions == other.extensions
    }

    /// Gives a service this policy.
    pub fn put_on(&self, config: &mut ServiceConfig) {
        config.failure_actions.clone_from(&self.failure_actions);
        config.extensions.replace(&self.extensions, is_of_policies);
        config
            .extensions
            .set(RECOVERY_POLICY, Some(self.name.as_str().into()));
    }

    /// Gives its values to a service that names it and has no others.
    ///
    /// # Errors
    /// 87 for a service that says something else.
    pub fn fill_in(&self, config: &mut ServiceConfig) -> Result<(), ScmError> {
        let own = Self::like(self.name.clone(), config);
        if own.is_empty() || own == *self {
            self.put_on(config);
            return Ok(());
        }
        let sentence = error::SettingsOfPolicy {
            policy: shown(&self.name),
            service: shown(&config.service_name),
        };
        Err(ScmError::new(Win32Error::INVALID_PARAMETER, sentence))
    }

    /// The settings as those of a service: for what shows, simulates and compares them.
    ///
    /// # Panics
    /// Never: the name of a policy is a legal name of a service.
    #[must_use]
    pub fn as_config(&self) -> ServiceConfig {
        let name = ServiceName::new(self.name.as_str()).expect("a legal name");
        let mut config = ServiceConfig::new(name, NO_POLICY);
        self.put_on(&mut config);
        config.extensions.set(RECOVERY_POLICY, None);
        config
    }

    /// This policy with a change applied, checked.
    ///
    /// # Errors 87 for a setting that policies do not have, and as
    /// [`ServiceConfig::changed`].
    pub fn changed(&self, change: &ConfigChange) -> Result<Self, ScmError> {
        let recovery = ConfigChange {
            failure_actions: change.failure_actions.clone(),
            extensions: change.extensions.clone(),
            ..ConfigChange::default()
        };
        let mut settings = change.extensions.iter();
        let foreign = settings.find(|(setting, _)| !is_of_policies(setting));
        if recovery != *change || foreign.is_some() {
            let setting = foreign.map_or("on_error_stop", |(setting, _)| setting.key);
            let sentence = error::NoSettingOfPolicies { setting };
            return Err(ScmError::new(Win32Error::INVALID_PARAMETER, sentence));
        }
        let changed = self.as_config().changed(&recovery)?;
        Ok(Self::like(self.name.clone(), &changed))
    }

    /// The change that makes any policy equal to this one.
    #[must_use]
    pub fn as_change(&self) -> ConfigChange {
        let actions = &self.failure_actions;
        let mut change = ConfigChange {
            failure_actions: Some(FailureActionsChange {
                reboot_message: Some(actions.reboot_message.to_string()),
                command: Some(actions.command.to_string()),
                actions: Some(actions.actions.to_vec()),
                reset_period: Some(actions.reset_period),
            }),
            ..ConfigChange::default()
        };
        for setting in EXTENSIONS.iter().filter(|setting| is_of_policies(setting)) {
            let value = Some(self.extensions.value(setting));
            change.extensions.add(setting, value);
        }
        change
    }
}

/// Whether a configuration is a policy as a service ([`RecoveryPolicy::as_config`]): what the program is, is not known.
#[must_use]
pub fn stands_for_policy(config: &ServiceConfig) -> bool {
    &*config.command_line == NO_POLICY
}

/// The change that gives a service a policy.
#[must_use]
pub fn giving(policy: &PolicyName) -> ConfigChange {
    let mut change = ConfigChange::default();
    let name = Some(policy.as_str().into());
    change.extensions.set(RECOVERY_POLICY, name);
    change
}

/// The settings that policies have, in the order of the rows.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    all().filter(|setting| is_of_policies(setting))
}

#[cfg(test)]
mod tests;
