//! The current run of a service.

use relance_scm::ScmError;
use relance_scm::event_log::Timestamp;
use relance_scm::manager::RunInfo;
use serde::{Deserialize, Serialize};

use super::is_default;
use super::reading::{known, unreadable};

/// The current run of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunBody {
    /// `12.3`
    pub id: String,
    /// When it was started.
    pub started_at_ms: i64,
    /// Since when the service is in its present state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_since_ms: Option<i64>,
    /// `demand`, `auto`, `dependency`, `recovery`, `recycle` or `restart`.
    pub cause: String,
    /// Whether a stop was asked for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub stopping: bool,
    /// What it is doing, as it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_text: Option<String>,
    /// Whether it says that it reads its settings again.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reloading: bool,
    /// The process that does the work, if it says that it is not the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub main_process_id: Option<u32>,
}

const CAUSES: [&str; 8] = [
    "demand",
    "auto",
    "dependency",
    "recovery",
    "recycle",
    "restart",
    "dependency back",
    "schedule",
];

impl From<&RunInfo> for RunBody {
    fn from(run: &RunInfo) -> Self {
        Self {
            id: run.id.to_string(),
            started_at_ms: run.started_at.0,
            state_since_ms: Some(run.state_since.0),
            cause: run.cause.to_owned(),
            stopping: run.stopping,
            status_text: run.status_text.as_deref().map(ToOwned::to_owned),
            reloading: run.reloading,
            main_process_id: run.main_process_id,
        }
    }
}

impl RunBody {
    /// The other way.
    pub(super) fn read(body: &Self) -> Result<RunInfo, ScmError> {
        Ok(RunInfo {
            id: body.id.parse().map_err(|_| unreadable("a run"))?,
            started_at: Timestamp(body.started_at_ms),
            state_since: Timestamp(body.state_since_ms.unwrap_or(body.started_at_ms)),
            cause: known(&body.cause, &CAUSES),
            stopping: body.stopping,
            status_text: body.status_text.as_deref().map(Into::into),
            reloading: body.reloading,
            main_process_id: body.main_process_id,
        })
    }
}
