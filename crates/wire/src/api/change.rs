//! A partial change of a configuration as JSON: what is left out stays as it is.

use std::time::Duration;

use relance_scm::ConfigChange;
use relance_scm::ScmError;
use relance_scm::config::{
    AccountName, ErrorControl, PriorityClass, Secret, ServiceType, StartType,
};
use relance_scm::duration::millis;
use relance_scm::failure_actions::FailureActionsChange;
use serde::{Deserialize, Deserializer, Serialize};

use super::config::{ActionsBody, ResetPeriodBody, read_dependencies, read_environment, read_kind};
use super::extensions::ExtensionsBody;

/// `PATCH /v1/services/NAME`. `null` for `priority`, `preshutdown_timeout_ms` and `security` goes back
/// to the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ChangeConfigRequest {
    /// `service` or `program`; for a service that runs, from its next start on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// `""` goes back to the service name (C20).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// C13.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_type: Option<u32>,
    /// C14; a change is logged as 7040.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_type: Option<String>,
    /// C16.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delayed_auto_start: Option<bool>,
    /// C15.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_control: Option<String>,
    /// Reaches a running service at its next start (C19).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command_line: Option<String>,
    /// `""` leaves the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_order_group: Option<String>,
    /// Replaces the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dependencies: Option<Vec<String>>,
    /// C10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_name: Option<String>,
    /// Taken and ignored by the embedded manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// `""` deletes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// R58 to R62.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery: Option<RecoveryChangeBody>,
    /// Replaces the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Vec<String>>,
    /// A priority class.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub priority: Option<Option<String>>,
    /// S47.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub preshutdown_timeout_ms: Option<Option<u64>>,
    /// SDDL.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub security: Option<Option<String>>,
    /// Settings that Windows does not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extensions: Option<ExtensionsBody>,
}

/// Changes of the recovery settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RecoveryChangeBody {
    /// Replaces the list; an empty one deletes it and the period (R61).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions: Option<ActionsBody>,
    /// R12.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset_period_secs: Option<ResetPeriodBody>,
    /// `""` deletes (R59).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// `""` deletes (R58).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reboot_message: Option<String>,
    /// R3; in effect at once (R6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_error_stop: Option<bool>,
}

/// Tells `null` from a field that is left out.
#[allow(
    clippy::option_option,
    reason = "left out, null and a value are three cases"
)]
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl TryFrom<&ChangeConfigRequest> for ConfigChange {
    type Error = ScmError;

    fn try_from(body: &ChangeConfigRequest) -> Result<Self, ScmError> {
        let recovery = body.recovery.as_ref();
        let priority =
            |name: &Option<String>| name.as_deref().map(PriorityClass::from_name).transpose();
        let security = |text: &Option<String>| text.as_deref().map(str::parse).transpose();
        Ok(Self {
            kind: body.kind.as_deref().map(read_kind).transpose()?,
            display_name: body.display_name.clone(),
            service_type: body.service_type.map(ServiceType::from_raw).transpose()?,
            start_type: body
                .start_type
                .as_deref()
                .map(StartType::from_name)
                .transpose()?,
            delayed_auto_start: body.delayed_auto_start,
            error_control: body
                .error_control
                .as_deref()
                .map(ErrorControl::from_name)
                .transpose()?,
            command_line: body.command_line.clone(),
            load_order_group: body.load_order_group.clone(),
            dependencies: body
                .dependencies
                .as_deref()
                .map(read_dependencies)
                .transpose()?,
            account_name: body.account_name.as_deref().map(AccountName::new),
            password: body.password.clone().map(Secret::new),
            description: body.description.clone(),
            failure_actions: recovery.map(failure_actions).transpose()?.flatten(),
            failure_actions_on_non_crash_failures: recovery.and_then(|r| r.on_error_stop),
            environment: body
                .environment
                .as_deref()
                .map(read_environment)
                .transpose()?,
            priority: body.priority.as_ref().map(priority).transpose()?,
            preshutdown_timeout: body
                .preshutdown_timeout_ms
                .map(|timeout| timeout.map(Duration::from_millis)),
            security: body.security.as_ref().map(security).transpose()?,
            extensions: body
                .extensions
                .as_ref()
                .map(ExtensionsBody::change)
                .transpose()?
                .unwrap_or_default(),
        })
    }
}

fn failure_actions(body: &RecoveryChangeBody) -> Result<Option<FailureActionsChange>, ScmError> {
    let change = FailureActionsChange {
        reboot_message: body.reboot_message.clone(),
        command: body.command.clone(),
        actions: body.actions.as_ref().map(ActionsBody::read).transpose()?,
        reset_period: body
            .reset_period_secs
            .as_ref()
            .map(ResetPeriodBody::read)
            .transpose()?,
    };
    Ok((change != FailureActionsChange::default()).then_some(change))
}

impl From<&ConfigChange> for ChangeConfigRequest {
    fn from(change: &ConfigChange) -> Self {
        Self {
            kind: change.kind.map(|kind| kind.name().to_owned()),
            display_name: change.display_name.clone(),
            service_type: change.service_type.map(ServiceType::to_raw),
            start_type: change.start_type.map(|start| start.name().to_owned()),
            delayed_auto_start: change.delayed_auto_start,
            error_control: change
                .error_control
                .map(|control| control.name().to_owned()),
            command_line: change.command_line.clone(),
            load_order_group: change.load_order_group.clone(),
            dependencies: change
                .dependencies
                .as_ref()
                .map(|list| list.iter().map(ToString::to_string).collect()),
            account_name: change.account_name.as_ref().map(ToString::to_string),
            password: change
                .password
                .as_ref()
                .map(|password| password.reveal().to_owned()),
            description: change.description.clone(),
            recovery: recovery_of(change),
            environment: change.environment.as_ref().map(|list| {
                list.iter()
                    .map(|v| format!("{}={}", v.name(), v.value()))
                    .collect()
            }),
            priority: change
                .priority
                .map(|class| class.map(|class| class.name().to_owned())),
            preshutdown_timeout_ms: change
                .preshutdown_timeout
                .map(|timeout| timeout.map(millis)),
            security: change
                .security
                .as_ref()
                .map(|descriptor| descriptor.as_ref().map(ToString::to_string)),
            extensions: (!change.extensions.is_empty()).then(|| (&change.extensions).into()),
        }
    }
}

fn recovery_of(change: &ConfigChange) -> Option<RecoveryChangeBody> {
    let actions = change.failure_actions.clone().unwrap_or_default();
    let body = RecoveryChangeBody {
        actions: actions.actions.as_deref().map(ActionsBody::from),
        reset_period_secs: actions.reset_period.map(ResetPeriodBody::from),
        command: actions.command,
        reboot_message: actions.reboot_message,
        on_error_stop: change.failure_actions_on_non_crash_failures,
    };
    (body != RecoveryChangeBody::default()).then_some(body)
}
