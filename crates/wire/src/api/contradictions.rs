//! Settings that do nothing because of others (X47), as JSON: told with every answer about a configuration.

use relance_scm::ServiceConfig;
use relance_scm::contradictions::{self, Contradiction, Naming};
use serde::{Deserialize, Serialize};

use super::text::SentenceBody;

/// Settings that cannot all have their effect. They are kept, because another setting may follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContradictionBody {
    /// What does nothing, and why.
    pub problem: SentenceBody,
    /// What to do.
    pub advice: SentenceBody,
}

impl From<&Contradiction> for ContradictionBody {
    fn from(found: &Contradiction) -> Self {
        Self {
            problem: (&found.problem).into(),
            advice: (&found.advice).into(),
        }
    }
}

impl ContradictionBody {
    /// Those of a configuration, with the names that the API has for settings.
    #[must_use]
    pub fn of(config: &ServiceConfig) -> Vec<Self> {
        let found = contradictions::of(config, Naming::Keys);
        found.iter().map(Self::from).collect()
    }
}

/// The answer to a service that was created or changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfiguredReply {
    /// What its settings contradict now.
    #[serde(default)]
    pub contradictions: Vec<ContradictionBody>,
}

/// What the settings of one of several services contradict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppliedContradictions {
    /// The service.
    pub name: String,
    /// What its settings contradict.
    pub contradictions: Vec<ContradictionBody>,
}

impl AppliedContradictions {
    /// Those of the configurations that have some.
    #[must_use]
    pub fn of<'a>(configs: impl IntoIterator<Item = &'a ServiceConfig>) -> Vec<Self> {
        let found = configs.into_iter().map(|config| Self {
            name: config.service_name.to_string(),
            contradictions: ContradictionBody::of(config),
        });
        found
            .filter(|found| !found.contradictions.is_empty())
            .collect()
    }
}
