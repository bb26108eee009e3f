//! A partial change of a configuration: absent members stay as they are (C19, R58 to R62).

use std::time::Duration;

use super::{
    AccountName, Dependency, EnvironmentVariable, ErrorControl, ExtensionsChange, PriorityClass,
    Rules, Secret, ServiceConfig, ServiceKind, ServiceType, StartType,
};
use crate::error::ScmError;
use crate::failure_actions::{FailureActionsChange, RecoveryActionKind};
use crate::rights::AccessRights;
use crate::security::{AccessChange, SecurityDescriptor};
use crate::settings::{FAILURE_RULES, Typed};

/// What to change; `None` keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigChange {
    /// The kind of service, from the next start on.
    pub kind: Option<ServiceKind>,
    /// `""` goes back to the service name (C20).
    pub display_name: Option<String>,
    /// Checked against C13.
    pub service_type: Option<ServiceType>,
    /// A change is logged as 7040 (C19).
    pub start_type: Option<StartType>,
    /// Only with start type auto (C16).
    pub delayed_auto_start: Option<bool>,
    /// C15.
    pub error_control: Option<ErrorControl>,
    /// Program and arguments; reaches a running service at its next start (C19).
    pub command_line: Option<String>,
    /// `""` leaves the group.
    pub load_order_group: Option<String>,
    /// An empty list clears.
    pub dependencies: Option<Vec<Dependency>>,
    /// C10.
    pub account_name: Option<AccountName>,
    /// Taken and ignored by the embedded manager, with a warning in the log.
    pub password: Option<Secret>,
    /// `""` deletes (C5).
    pub description: Option<String>,
    /// R58 to R62.
    pub failure_actions: Option<FailureActionsChange>,
    /// R3; in effect at once (R6).
    pub failure_actions_on_non_crash_failures: Option<bool>,
    /// Replaces the whole list.
    pub environment: Option<Vec<EnvironmentVariable>>,
    /// `Some(None)` removes the stored class.
    pub priority: Option<Option<PriorityClass>>,
    /// S47.
    pub preshutdown_timeout: Option<Option<Duration>>,
    /// `Some(None)` goes back to the default (A18).
    pub security: Option<Option<SecurityDescriptor>>,
    /// Settings that Windows does not have.
    pub extensions: ExtensionsChange,
}

impl ConfigChange {
    /// Whether nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The rights a caller needs: CHANGE_CONFIG, for a change of nothing too; WRITE_DAC for the descriptor; START as
    /// well when the new list restarts (R50, R51, A26).
    #[must_use]
    pub fn rights(&self) -> AccessRights {
        let mut rights = AccessRights::NONE;
        if self.security.is_some() {
            rights = rights.union(AccessRights::WRITE_DAC);
        }
        let rest = Self {
            security: None,
            ..self.clone()
        };
        if self.security.is_none() || rest != Self::default() {
            rights = rights.union(AccessRights::CHANGE_CONFIG);
        }
        if self.adds(RecoveryActionKind::restarts) {
            rights = rights.union(AccessRights::START);
        }
        rights
    }

    /// Whether a new list holds an action of this kind: Windows' list, or that of a rule (R51, R52).
    #[must_use]
    pub fn adds(&self, kind: impl Fn(RecoveryActionKind) -> bool) -> bool {
        let is_listed = self.failure_actions.as_ref();
        if is_listed.is_some_and(|actions| actions.adds(&kind)) {
            return true;
        }
        let mut changes = self.extensions.iter();
        changes.any(|(setting, value)| {
            let rules = value.filter(|_| setting.key == FAILURE_RULES.setting().key);
            let rules = rules.map(Rules::of).unwrap_or_default();
            let mut actions = rules.0.iter().flat_map(|rule| &rule.actions);
            actions.any(|action| kind(action.kind))
        })
    }
}

impl ServiceConfig {
    /// This configuration with a change applied, checked.
    ///
    /// # Errors
    /// As [`ServiceConfig::check_after`] and [`FailureActionsChange::check`].
    pub fn changed(&self, change: &ConfigChange) -> Result<Self, ScmError> {
        let mut config = self.clone();
        if let Some(actions) = &change.failure_actions {
            actions.check()?;
            config.failure_actions = config.failure_actions.merge(actions)?;
        }
        if let Some(display_name) = &change.display_name {
            config.display_name = match display_name.as_str() {
                "" => self.service_name.as_str().into(),
                name => name.into(),
            };
        }
        set(&mut config.kind, change.kind);
        set(&mut config.service_type, change.service_type);
        set(&mut config.start_type, change.start_type);
        // A start type other than auto leaves no delayed start behind (C16).
        let delayed = change.delayed_auto_start.unwrap_or(
            self.delayed_auto_start
                && change
                    .start_type
                    .is_none_or(|start| start == StartType::Auto),
        );
        config.delayed_auto_start = delayed;
        set(&mut config.error_control, change.error_control);
        set_boxed(&mut config.command_line, change.command_line.as_ref());
        set_boxed(
            &mut config.load_order_group,
            change.load_order_group.as_ref(),
        );
        set(
            &mut config.dependencies,
            change.dependencies.clone().map(Into::into),
        );
        set(&mut config.account_name, change.account_name.clone());
        set_boxed(&mut config.description, change.description.as_ref());
        set(
            &mut config.failure_actions_on_non_crash_failures,
            change.failure_actions_on_non_crash_failures,
        );
        set(
            &mut config.environment,
            change.environment.clone().map(Into::into),
        );
        set(&mut config.priority, change.priority);
        set(&mut config.preshutdown_timeout, change.preshutdown_timeout);
        set(
            &mut config.security,
            change.security.clone().map(|s| s.map(Box::new)),
        );
        config.extensions.apply(&change.extensions);
        config.check_after(self)?;
        Ok(config)
    }

    /// This configuration with changes of its access list, one after the other. No descriptor is stored
    /// where that is the default again.
    #[must_use]
    pub fn with_access(&self, changes: &[AccessChange]) -> Self {
        let default = SecurityDescriptor::default_for_service();
        let before = self.security.as_deref().unwrap_or(&default).clone();
        let after = changes
            .iter()
            .fold(before, |descriptor, change| descriptor.with(change));
        Self {
            security: (after != default).then(|| after.into()),
            ..self.clone()
        }
    }
}

fn set<T>(slot: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *slot = value;
    }
}

fn set_boxed(slot: &mut Box<str>, value: Option<&String>) {
    if let Some(value) = value {
        *slot = value.as_str().into();
    }
}
