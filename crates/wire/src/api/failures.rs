//! What has failed, as `relance failures --json` prints it.

use relance_scm::event_log::{Cause, ServiceFailures};
use serde::{Deserialize, Serialize};

/// What has failed of one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailuresBody {
    /// Its name.
    pub service: String,
    /// Its identity in the database.
    pub service_id: u32,
    /// How often it failed.
    pub count: u64,
    /// When it failed last.
    pub last_at_ms: i64,
    /// Why, the most frequent cause first.
    pub causes: Vec<CauseBody>,
    /// The last lines of its output before the last failure, where the caller may read them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
}

/// Failures of a service for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseBody {
    /// What the last of them was, in English.
    pub text: String,
    /// How many there were.
    pub count: u64,
    /// When the last one was.
    pub last_at_ms: i64,
}

impl From<&ServiceFailures> for FailuresBody {
    fn from(failures: &ServiceFailures) -> Self {
        Self {
            service: failures.name.to_string(),
            service_id: failures.service.0,
            count: failures.count,
            last_at_ms: failures.last.0,
            causes: failures.causes.iter().map(CauseBody::from).collect(),
            output: failures.output.clone(),
        }
    }
}

impl From<&Cause> for CauseBody {
    fn from(cause: &Cause) -> Self {
        Self {
            text: cause.sentence.to_string(),
            count: cause.count,
            last_at_ms: cause.last.0,
        }
    }
}
