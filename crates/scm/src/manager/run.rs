//! What is told of the current run of a service.

use std::sync::Arc;

use crate::event_log::Timestamp;
use crate::run::RunId;

/// The current run of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunInfo {
    /// Its identity.
    pub id: RunId,
    /// When it was started.
    pub started_at: Timestamp,
    /// Since when the service is in its present state.
    pub state_since: Timestamp,
    /// Why: `demand`, `auto`, `dependency`, `recovery`, `recycle`, `restart`.
    pub cause: &'static str,
    /// Whether a stop was asked for.
    pub stopping: bool,
    /// What it is doing, as it says itself (X42).
    pub status_text: Option<Arc<str>>,
    /// Whether it says that it reads its settings again (X42).
    pub reloading: bool,
    /// The process that does the work, if it says that it is not the first one (X42).
    pub main_process_id: Option<u32>,
}
