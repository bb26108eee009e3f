//! The simulator as JSON: a policy and a script of failures in, a time line out.

use serde::{Deserialize, Serialize};

use super::config::RecoveryBody;
use super::is_default;

/// `POST /v1/simulate`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SimulateRequest {
    /// The recovery settings to try.
    pub recovery: RecoveryBody,
    /// `service` (default) or `program`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What happens: `crash @0s, crash @2s, quiet 61s, crash`.
    pub script: String,
}

/// The time line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulationReply {
    /// What happened, in order.
    pub entries: Vec<SimulationEntry>,
    /// Whether there was more than an answer holds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub truncated: bool,
    /// When the simulation ended.
    pub end_ms: u64,
    /// The state then.
    pub final_state: String,
    /// The counter then.
    pub failure_count: u32,
    /// When it began on the wall clock, if a schedule was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begins_at_ms: Option<i64>,
    /// The starts by the schedule that come next.
    #[serde(default, skip_serializing_if = "is_default")]
    pub next_starts_at_ms: Vec<i64>,
}

/// One thing that happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulationEntry {
    /// When, since the beginning.
    pub at_ms: u64,
    /// `script`, `ignored`, `refused`, `reset`, `event`, `command`, `reboot`, `schedule` (the time of a scheduled
    /// start) or `finished` (the run ended by itself).
    pub kind: String,
    /// The number of an entry of the event log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<u32>,
    /// Its insertion parameters.
    #[serde(default, skip_serializing_if = "is_default")]
    pub parameters: Vec<String>,
    /// The sentence.
    pub text: String,
}
