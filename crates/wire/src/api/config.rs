//! The configuration of a service as JSON (and, in `relance apply`, as TOML).

use std::time::Duration;

use relance_scm::config::{
    AccountName, Dependency, EnvironmentVariable, ErrorControl, PriorityClass, ServiceType,
    StartType,
};
use relance_scm::duration::millis;
use relance_scm::failure_actions::{
    ActionList, FailureActions, FailureActionsChange, RecoveryAction,
};
use relance_scm::{ResetPeriod, ScmError, ServiceConfig, ServiceKind, ServiceName};
use relance_texts::{error, quoted};
use serde::{Deserialize, Serialize};

use super::extensions::ExtensionsBody;
use super::is_default;
use crate::values::invalid;

/// A configuration. What is left out has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfigBody {
    /// 1 to 256 characters without `/` and `\` (C1).
    pub name: String,
    /// Program and arguments in one string (C6, C8).
    pub command_line: String,
    /// The name for people; the service name if left out (C2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `service` (default) or `program`.
    #[serde(default = "service")]
    pub kind: String,
    /// Windows' type bits; 16 if left out (C13).
    #[serde(default = "own_process")]
    pub service_type: u32,
    /// `auto`, `demand` (default) or `disabled` (C14).
    #[serde(default = "demand")]
    pub start_type: String,
    /// Started some time after the other automatic ones (C16).
    #[serde(default, skip_serializing_if = "is_default")]
    pub delayed_auto_start: bool,
    /// `ignore` (default), `normal`, `severe` or `critical` (C15).
    #[serde(default = "ignore")]
    pub error_control: String,
    /// Load order group (C18).
    #[serde(default, skip_serializing_if = "is_default")]
    pub load_order_group: String,
    /// Services that must run first; groups as `+NAME` (D1).
    #[serde(default, skip_serializing_if = "is_default")]
    pub dependencies: Vec<String>,
    /// The account the process runs under; `LocalSystem` if left out (C10).
    #[serde(default, skip_serializing_if = "is_default")]
    pub account_name: String,
    /// Taken and ignored by the embedded manager. Never in a reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "is_default")]
    pub description: String,
    /// Recovery settings; always there in a reply, so that what is exported says whether errors count.
    #[serde(default)]
    pub recovery: RecoveryBody,
    /// `NAME=value` (C12).
    #[serde(default, skip_serializing_if = "is_default")]
    pub environment: Vec<String>,
    /// `idle`, `below-normal`, `normal`, `above-normal`, `high` or `realtime`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// How long a shutdown waits for the service after PRESHUTDOWN (S47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preshutdown_timeout_ms: Option<u64>,
    /// The security descriptor as SDDL; the default (A18) if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<String>,
    /// Settings that Windows does not have.
    #[serde(default, skip_serializing_if = "ExtensionsBody::is_default")]
    pub extensions: ExtensionsBody,
}

fn service() -> String {
    ServiceKind::Service.name().to_owned()
}

fn own_process() -> u32 {
    ServiceType::OWN_PROCESS.to_raw()
}

fn demand() -> String {
    StartType::Demand.name().to_owned()
}

fn ignore() -> String {
    ErrorControl::Ignore.name().to_owned()
}

/// Recovery settings (R50 to R62).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RecoveryBody {
    /// First, second, ... failure; the last one repeats for ever (R21).
    pub actions: ActionsBody,
    /// Seconds without a failure until the counter starts again, or `"INFINITE"` (R12, R15). A day if there are
    /// actions and it is not given (X45).
    pub reset_period_secs: Option<ResetPeriodBody>,
    /// Run by `run` (R41).
    #[serde(skip_serializing_if = "is_default")]
    pub command: String,
    /// Broadcast before `reboot` (R45).
    #[serde(skip_serializing_if = "is_default")]
    pub reboot_message: String,
    /// Whether a stop with an error code is a failure too (R3).
    pub on_error_stop: bool,
}

/// A list of actions: `[{"kind":"restart","delay_ms":60000}]`, or in `sc`'s notation
/// `"restart/60000"`. Replies use the first form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(
    untagged,
    expecting = "write a text like restart/1000/none/0, or a list like [{\"kind\": \"restart\", \"delay_ms\": 1000}]"
)]
pub enum ActionsBody {
    /// One object an action.
    List(Vec<ActionBody>),
    /// `restart/60000/run/5000/none/0` (R71).
    Notation(String),
}

impl Default for ActionsBody {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

/// One recovery action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ActionBody {
    /// `restart`, `run`, `reboot`, `none` or `own_restart`.
    pub kind: String,
    /// How long after the failure (R24).
    pub delay_ms: u32,
}

impl From<RecoveryAction> for ActionBody {
    fn from(action: RecoveryAction) -> Self {
        Self {
            kind: action.kind.word().to_owned(),
            delay_ms: action.delay_ms(),
        }
    }
}

impl ActionsBody {
    pub(super) fn read(&self) -> Result<Vec<RecoveryAction>, ScmError> {
        let notation = match self {
            Self::Notation(text) => text.clone(),
            Self::List(list) => {
                let words = list.iter().map(|action| {
                    // A kind is one word of the notation, nothing that could continue it.
                    if action.kind.is_empty() || action.kind.contains('/') {
                        return Err(invalid(error::NoActionWord {
                            text: quoted(&action.kind),
                        }));
                    }
                    Ok(format!("{}/{}", action.kind, action.delay_ms))
                });
                words.collect::<Result<Vec<_>, _>>()?.join("/")
            }
        };
        notation.parse::<ActionList>().map(|list| list.0)
    }
}

impl From<&[RecoveryAction]> for ActionsBody {
    fn from(actions: &[RecoveryAction]) -> Self {
        Self::List(actions.iter().copied().map(ActionBody::from).collect())
    }
}

/// Seconds, or `"INFINITE"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(
    untagged,
    expecting = "write whole seconds, a text like 1h, or INFINITE"
)]
pub enum ResetPeriodBody {
    /// So many seconds.
    Seconds(u32),
    /// `"INFINITE"`, or seconds as text.
    Text(String),
}

impl Default for ResetPeriodBody {
    fn default() -> Self {
        Self::Seconds(0)
    }
}

impl ResetPeriodBody {
    pub(super) fn read(&self) -> Result<ResetPeriod, ScmError> {
        match self {
            Self::Seconds(seconds) => Ok(ResetPeriod::from_raw(*seconds)),
            Self::Text(text) => relance_scm::failure_actions::parse_reset_period(text),
        }
    }
}

impl From<ResetPeriod> for ResetPeriodBody {
    fn from(period: ResetPeriod) -> Self {
        match period {
            ResetPeriod::Seconds(seconds) => Self::Seconds(seconds),
            ResetPeriod::Infinite => Self::Text("INFINITE".to_owned()),
        }
    }
}

/// Reads `service` or `program`.
///
/// # Errors
/// 87 for any other word.
pub fn read_kind(text: &str) -> Result<ServiceKind, ScmError> {
    match text {
        "service" => Ok(ServiceKind::Service),
        "program" => Ok(ServiceKind::Program),
        other => Err(invalid(error::NoKind {
            text: quoted(other),
        })),
    }
}

pub(super) fn read_dependencies(texts: &[String]) -> Result<Vec<Dependency>, ScmError> {
    texts.iter().map(|text| Dependency::parse(text)).collect()
}

pub(super) fn read_environment(texts: &[String]) -> Result<Vec<EnvironmentVariable>, ScmError> {
    texts
        .iter()
        .map(|text| EnvironmentVariable::parse(text))
        .collect()
}

/// The environment variables of a service, `NAME=VALUE` each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentReply {
    /// In the order in which they were given.
    pub environment: Vec<String>,
}

impl From<&[EnvironmentVariable]> for EnvironmentReply {
    fn from(list: &[EnvironmentVariable]) -> Self {
        Self {
            environment: environment_texts(list),
        }
    }
}

impl EnvironmentReply {
    /// The variables.
    ///
    /// # Errors
    /// 87 for a text that is not a variable.
    pub fn read(&self) -> Result<Vec<EnvironmentVariable>, ScmError> {
        read_environment(&self.environment)
    }
}

fn environment_texts(list: &[EnvironmentVariable]) -> Vec<String> {
    list.iter()
        .map(|variable| format!("{}={}", variable.name(), variable.value()))
        .collect()
}

impl From<&ServiceConfig> for ConfigBody {
    fn from(config: &ServiceConfig) -> Self {
        let actions = &config.failure_actions;
        Self {
            name: config.service_name.to_string(),
            command_line: config.command_line.to_string(),
            display_name: Some(config.display_name.to_string()),
            kind: config.kind.name().to_owned(),
            service_type: config.service_type.to_raw(),
            start_type: config.start_type.name().to_owned(),
            delayed_auto_start: config.delayed_auto_start,
            error_control: config.error_control.name().to_owned(),
            load_order_group: config.load_order_group.to_string(),
            dependencies: config
                .dependencies
                .iter()
                .map(ToString::to_string)
                .collect(),
            account_name: config.account_name.to_string(),
            password: None,
            description: config.description.to_string(),
            recovery: RecoveryBody {
                actions: (&*actions.actions).into(),
                reset_period_secs: Some(actions.reset_period.into()),
                command: actions.command.to_string(),
                reboot_message: actions.reboot_message.to_string(),
                on_error_stop: config.failure_actions_on_non_crash_failures,
            },
            environment: environment_texts(&config.environment),
            priority: config.priority.map(|class| class.name().to_owned()),
            preshutdown_timeout_ms: config.preshutdown_timeout.map(millis),
            security: config.security.as_ref().map(ToString::to_string),
            extensions: (&config.extensions).into(),
        }
    }
}

impl TryFrom<&ConfigBody> for ServiceConfig {
    type Error = ScmError;

    fn try_from(body: &ConfigBody) -> Result<Self, ScmError> {
        let name = ServiceName::new(body.name.as_str())?;
        let mut config = Self::new(name, body.command_line.as_str());
        if let Some(display_name) = body.display_name.as_deref().filter(|name| !name.is_empty()) {
            config.display_name = display_name.into();
        }
        config.kind = read_kind(&body.kind)?;
        config.service_type = ServiceType::from_raw(body.service_type)?;
        config.start_type = StartType::from_name(&body.start_type)?;
        config.delayed_auto_start = body.delayed_auto_start;
        config.error_control = ErrorControl::from_name(&body.error_control)?;
        config.load_order_group = body.load_order_group.as_str().into();
        config.dependencies = read_dependencies(&body.dependencies)?.into();
        config.account_name = AccountName::new(&body.account_name);
        config.description = body.description.as_str().into();
        config.failure_actions = (&body.recovery).try_into()?;
        config.failure_actions_on_non_crash_failures = body.recovery.on_error_stop;
        config.environment = read_environment(&body.environment)?.into();
        config.priority = body
            .priority
            .as_deref()
            .map(PriorityClass::from_name)
            .transpose()?;
        config.preshutdown_timeout = body.preshutdown_timeout_ms.map(Duration::from_millis);
        config.security = body
            .security
            .as_deref()
            .map(str::parse)
            .transpose()?
            .map(Box::new);
        config.extensions = body.extensions.read()?;
        config.check_stored()?;
        Ok(config)
    }
}

impl TryFrom<&RecoveryBody> for FailureActions {
    type Error = ScmError;

    fn try_from(body: &RecoveryBody) -> Result<Self, ScmError> {
        let change = FailureActionsChange {
            reboot_message: Some(body.reboot_message.clone()),
            command: Some(body.command.clone()),
            actions: Some(body.actions.read()?),
            reset_period: body
                .reset_period_secs
                .as_ref()
                .map(ResetPeriodBody::read)
                .transpose()?,
        };
        change.check()?;
        Self::default().merge(&change)
    }
}
