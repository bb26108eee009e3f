//! Named policies as JSON (X101): in the API, and as the database keeps them.

use relance_scm::failure_actions::{FailureActions, FailureActionsChange};
use relance_scm::manager::{Outcome, PolicyInfo};
use relance_scm::{ConfigChange, PolicyChange, RecoveryPolicy, ScmError, ServiceName, Win32Error};
use relance_texts::error;
use serde::{Deserialize, Serialize};

use super::change::{ChangeConfigRequest, RecoveryChangeBody};
use super::config::{ActionsBody, ResetPeriodBody};
use super::extensions::ExtensionsBody;
use super::is_default;

/// What follows a failure of the services that use it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyBody {
    /// 1 to 64 letters, digits, `.`, `_` and `-`; kept in small letters.
    pub name: String,
    /// The list of actions and what belongs to it.
    #[serde(default)]
    pub recovery: PolicyRecoveryBody,
    /// Settings about recovery that Windows does not have, where they are not their defaults.
    #[serde(default = "ExtensionsBody::empty")]
    pub extensions: ExtensionsBody,
}

/// The recovery settings of a policy. Whether a stop with an error code is a failure is a setting of each service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PolicyRecoveryBody {
    /// First, second, ... failure; the last one repeats for ever (R21).
    pub actions: ActionsBody,
    /// Seconds without a failure until the counter starts again, or `"INFINITE"` (R12, R15).
    pub reset_period_secs: Option<ResetPeriodBody>,
    /// Run by `run` (R41).
    #[serde(skip_serializing_if = "is_default")]
    pub command: String,
    /// Broadcast before `reboot` (R45).
    #[serde(skip_serializing_if = "is_default")]
    pub reboot_message: String,
}

/// A policy, and who uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicyReply {
    /// What it says.
    pub policy: PolicyBody,
    /// The services that use it and that the caller may see.
    pub used_by: Vec<String>,
}

/// `GET /v1/policies`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PoliciesReply {
    /// In the order of their names.
    pub policies: Vec<PolicyReply>,
}

/// `PATCH /v1/policies/NAME`: what is left out stays; a policy that is not there is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ChangePolicyRequest {
    /// All but `on_error_stop`, which is a setting of each service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery: Option<RecoveryChangeBody>,
    /// Those about recovery; `null` goes back to the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extensions: Option<ExtensionsBody>,
    /// These services use it from now on, all or none; then nothing else is changed.
    #[serde(skip_serializing_if = "is_default")]
    pub give_to: Vec<String>,
    /// Whether only to say what would become of it.
    #[serde(skip_serializing_if = "is_default")]
    pub dry_run: bool,
}

/// What became of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicyOutcomeReply {
    /// `created`, `changed`, `unchanged` or `deleted`.
    pub outcome: String,
}

impl From<&RecoveryPolicy> for PolicyBody {
    fn from(policy: &RecoveryPolicy) -> Self {
        let actions = &policy.failure_actions;
        Self {
            name: policy.name.to_string(),
            recovery: PolicyRecoveryBody {
                actions: (&*actions.actions).into(),
                reset_period_secs: Some(actions.reset_period.into()),
                command: actions.command.to_string(),
                reboot_message: actions.reboot_message.to_string(),
            },
            extensions: ExtensionsBody::given(&policy.extensions),
        }
    }
}

impl TryFrom<&PolicyBody> for RecoveryPolicy {
    type Error = ScmError;

    fn try_from(body: &PolicyBody) -> Result<Self, ScmError> {
        let recovery = &body.recovery;
        let change = FailureActionsChange {
            reboot_message: Some(recovery.reboot_message.clone()),
            command: Some(recovery.command.clone()),
            actions: Some(recovery.actions.read()?),
            reset_period: recovery
                .reset_period_secs
                .as_ref()
                .map(ResetPeriodBody::read)
                .transpose()?,
        };
        change.check()?;
        Ok(Self {
            name: body.name.parse()?,
            failure_actions: FailureActions::default().merge(&change)?,
            extensions: body.extensions.read()?,
        })
    }
}

impl From<&PolicyInfo> for PolicyReply {
    fn from(info: &PolicyInfo) -> Self {
        Self {
            policy: (&info.policy).into(),
            used_by: info.used_by.iter().map(ToString::to_string).collect(),
        }
    }
}

impl TryFrom<&PolicyReply> for PolicyInfo {
    type Error = ScmError;

    fn try_from(reply: &PolicyReply) -> Result<Self, ScmError> {
        let names = reply.used_by.iter();
        let names = names.map(|name| ServiceName::new(name.as_str()));
        Ok(Self {
            policy: (&reply.policy).try_into()?,
            used_by: names.collect::<Result<_, _>>()?,
        })
    }
}

impl From<&[PolicyInfo]> for PoliciesReply {
    fn from(policies: &[PolicyInfo]) -> Self {
        Self {
            policies: policies.iter().map(PolicyReply::from).collect(),
        }
    }
}

impl TryFrom<&PoliciesReply> for Vec<PolicyInfo> {
    type Error = ScmError;

    fn try_from(reply: &PoliciesReply) -> Result<Self, ScmError> {
        reply.policies.iter().map(PolicyInfo::try_from).collect()
    }
}

impl ChangePolicyRequest {
    /// A request for this change.
    #[must_use]
    pub fn of(change: &ConfigChange, dry_run: bool) -> Self {
        let body = ChangeConfigRequest::from(change);
        Self {
            recovery: body.recovery,
            extensions: body.extensions,
            give_to: Vec::new(),
            dry_run,
        }
    }

    /// A request that gives the policy to services.
    #[must_use]
    pub fn giving(services: &[ServiceName], dry_run: bool) -> Self {
        Self {
            give_to: services.iter().map(ToString::to_string).collect(),
            dry_run,
            ..Self::default()
        }
    }

    /// What becomes of the policy.
    ///
    /// # Errors
    /// 87 for values that their settings do not take, and for settings beside services.
    pub fn policy_change(&self) -> Result<PolicyChange, ScmError> {
        if self.give_to.is_empty() {
            return Ok(PolicyChange::Set(Box::new(self.change()?)));
        }
        if self.recovery.is_some() || self.extensions.is_some() {
            return Err(ScmError::new(
                Win32Error::INVALID_PARAMETER,
                error::GIVEN_OR_CHANGED,
            ));
        }
        let names = self.give_to.iter();
        let names = names.map(|name| ServiceName::new(name.as_str()));
        Ok(PolicyChange::Give(names.collect::<Result<_, _>>()?))
    }

    /// The change of its settings.
    ///
    /// # Errors
    /// 87 for values that their settings do not take.
    fn change(&self) -> Result<ConfigChange, ScmError> {
        let body = ChangeConfigRequest {
            recovery: self.recovery.clone(),
            extensions: self.extensions.clone(),
            ..ChangeConfigRequest::default()
        };
        (&body).try_into()
    }
}

impl From<Outcome> for PolicyOutcomeReply {
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome: super::outcome::word_of(outcome).to_owned(),
        }
    }
}

impl TryFrom<&PolicyOutcomeReply> for Outcome {
    type Error = ScmError;

    fn try_from(reply: &PolicyOutcomeReply) -> Result<Self, ScmError> {
        super::outcome::outcome_of(&reply.outcome)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use relance_scm::settings::RESTART_JITTER;
    use relance_scm::{RecoveryAction, RecoveryActionKind, ResetPeriod};

    use super::*;

    #[test]
    fn x101_a_policy_reads_back() {
        let mut policy = RecoveryPolicy::new("workers".parse().expect("a name"));
        let body = |policy: &RecoveryPolicy| PolicyBody::from(policy);
        assert_eq!(
            RecoveryPolicy::try_from(&body(&policy)).as_ref(),
            Ok(&policy)
        );
        policy.failure_actions.actions =
            [RecoveryAction::new(RecoveryActionKind::Restart, 5)].into();
        policy.failure_actions.reset_period = ResetPeriod::Infinite;
        policy
            .extensions
            .set(RESTART_JITTER, Duration::from_secs(3));
        assert_eq!(
            RecoveryPolicy::try_from(&body(&policy)).as_ref(),
            Ok(&policy)
        );
        let json = serde_json::to_value(body(&policy)).expect("plain structures");
        // What has its default is not said.
        assert_eq!(
            json["extensions"],
            serde_json::json!({"restart_jitter_ms": 3000})
        );
        let request = ChangePolicyRequest::of(&policy.as_change(), true);
        let made = RecoveryPolicy::new(policy.name.clone());
        let made = made.changed(&request.change().expect("a change"));
        assert_eq!(made.as_ref(), Ok(&policy));
    }
}
