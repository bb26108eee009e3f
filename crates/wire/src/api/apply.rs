//! Policies and services that are applied together, as JSON.

use relance_scm::config::Secret;
use relance_scm::manager::{NewService, Outcome, ToApply};
use relance_scm::{RecoveryPolicy, ScmError, ServiceConfig};
use serde::{Deserialize, Serialize};

use super::config::ConfigBody;
use super::contradictions::AppliedContradictions;
use super::is_default;
use super::outcome::{outcome_of, word_of};
use super::policies::PolicyBody;

/// `POST /v1/apply`: all or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApplyRequest {
    /// What the policies are to be like; others are left alone.
    #[serde(default, skip_serializing_if = "is_default")]
    pub policies: Vec<PolicyBody>,
    /// What the services are to be like; others are left alone.
    #[serde(default)]
    pub services: Vec<ConfigBody>,
    /// Change nothing: say what would become of each, or what would be refused.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dry_run: bool,
}

/// What became of each, in order: `created`, `changed` or `unchanged`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplyReply {
    /// One word a policy.
    #[serde(default, skip_serializing_if = "is_default")]
    pub policies: Vec<String>,
    /// One word a service.
    pub outcomes: Vec<String>,
    /// Of the services whose settings contradict each other, what.
    #[serde(default, skip_serializing_if = "is_default")]
    pub contradictions: Vec<AppliedContradictions>,
}

impl ApplyRequest {
    /// A request for this.
    #[must_use]
    pub fn of(to_apply: &ToApply, dry_run: bool) -> Self {
        Self {
            policies: to_apply.policies.iter().map(PolicyBody::from).collect(),
            services: to_apply.services.iter().map(ConfigBody::from).collect(),
            dry_run,
        }
    }

    /// What is to be applied.
    ///
    /// # Errors
    /// 87 and others for values that their settings do not take.
    pub fn to_apply(&self) -> Result<ToApply, ScmError> {
        let policies = self.policies.iter().map(RecoveryPolicy::try_from);
        let services = self.services.iter().map(NewService::try_from);
        Ok(ToApply {
            policies: policies.collect::<Result<_, _>>()?,
            services: services.collect::<Result<_, _>>()?,
        })
    }
}

impl From<&NewService> for ConfigBody {
    fn from(service: &NewService) -> Self {
        let mut body = Self::from(&service.config);
        if !service.password.is_empty() {
            body.password = Some(service.password.reveal().to_owned());
        }
        body
    }
}

impl TryFrom<&ConfigBody> for NewService {
    type Error = ScmError;

    fn try_from(body: &ConfigBody) -> Result<Self, ScmError> {
        Ok(Self {
            config: ServiceConfig::try_from(body)?,
            password: Secret::new(body.password.clone().unwrap_or_default()),
        })
    }
}

impl ApplyReply {
    /// The answer to a request with so many policies: their outcomes come first.
    #[must_use]
    pub fn of(outcomes: &[Outcome], policies: usize) -> Self {
        let words = outcomes.iter().map(|outcome| word_of(*outcome).to_owned());
        let mut words: Vec<String> = words.collect();
        let services = words.split_off(policies.min(words.len()));
        Self {
            policies: words,
            outcomes: services,
            contradictions: Vec::new(),
        }
    }
}

impl TryFrom<&ApplyReply> for Vec<Outcome> {
    type Error = ScmError;

    fn try_from(reply: &ApplyReply) -> Result<Self, ScmError> {
        let words = reply.policies.iter().chain(&reply.outcomes);
        words.map(|word| outcome_of(word)).collect()
    }
}
