//! What a service waits for that is held, as JSON.

use relance_scm::event_log::Timestamp;
use relance_scm::manager::HeldInfo;
use serde::{Deserialize, Serialize};

/// A service is stopped, and is started when something that it needs is back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeldBody {
    /// What it needs: a service or a group.
    pub needed: String,
    /// Since when that is down.
    pub since_ms: i64,
    /// That is back, and the service is started then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at_ms: Option<i64>,
}

impl From<&HeldInfo> for HeldBody {
    fn from(held: &HeldInfo) -> Self {
        Self {
            needed: held.needed.to_string(),
            since_ms: held.since.0,
            starts_at_ms: held.starts_at.map(|at| at.0),
        }
    }
}

impl From<&HeldBody> for HeldInfo {
    fn from(held: &HeldBody) -> Self {
        Self {
            needed: held.needed.as_str().into(),
            since: Timestamp(held.since_ms),
            starts_at: held.starts_at_ms.map(Timestamp),
        }
    }
}
