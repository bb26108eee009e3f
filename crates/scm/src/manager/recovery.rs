//! What follows from the failures of a service.

use crate::budget::Budget;
use crate::event_log::Timestamp;
use crate::failure_actions::RecoveryAction;

/// Failures of a service and what follows from them (R11 to R27, R30 to R45).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecoveryInfo {
    /// The counter as the next failure would find it: 0 once the reset period is over (R13).
    pub failure_count: u32,
    /// When the last failure happened.
    pub last_failure_at: Option<Timestamp>,
    /// When the counter starts again, if it does.
    pub resets_at: Option<Timestamp>,
    /// What is queued, in the order of the failures.
    pub pending: Vec<PendingInfo>,
    /// What the next failure would be answered with.
    pub next_action: Option<RecoveryAction>,
    /// Whether it was given up after too many restarts (X83), and waits for somebody to start it.
    pub gave_up: bool,
    /// Whether all this was derived from the event log, because the manager has no call for it (R19).
    pub derived: bool,
}

/// A queued recovery action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingInfo {
    /// What, and how long after the failure.
    pub action: RecoveryAction,
    /// When.
    pub due: Timestamp,
    /// For which failure.
    pub failure_count: u32,
    /// Whether it is being carried out.
    pub executing: bool,
    /// What makes it wait longer than its delay (X95).
    pub delayed_by: Option<Budget>,
}
