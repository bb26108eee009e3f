//! Recovery actions that wait for their time, and what delays them further.

use std::sync::Arc;

use relance_scm::budget::Budget;
use relance_scm::failure_actions::RecoveryAction;

use super::ActionId;
use crate::time::Time;

/// A recovery action that waits for its time (R30). Everything is frozen at the failure (R39).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PendingAction {
    /// Its identity.
    pub id: ActionId,
    /// What and after which delay.
    pub action: RecoveryAction,
    /// When.
    pub due: Time,
    /// The counter at the failure, for `%1%` (R42).
    pub failure_count: u32,
    /// Command (for RUN_COMMAND) or reboot message (for REBOOT); empty: none.
    pub text: Arc<str>,
    /// Why it waits longer than its delay, if a budget delays it (X95).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub delayed: Option<Delayed>,
    /// Its time has come and it is being carried out; kept until the outcome is known, so that it
    /// is not lost with the engine.
    pub executing: bool,
}

impl PendingAction {
    /// Whether it waits for its place among the restarts of the machine (X98).
    #[must_use]
    pub fn has_place(&self) -> bool {
        let delayed = self.delayed.filter(|_| !self.executing);
        delayed.is_some_and(|delayed| delayed.by == Budget::RecoveryRestarts)
    }

    /// The command line with the counter in it: every `%1%`, and nothing else (R42).
    #[must_use]
    pub fn command(&self) -> Box<str> {
        self.text
            .replace("%1%", &self.failure_count.to_string())
            .into()
    }
}

/// Why a pending action waits longer than its delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Delayed {
    /// The budget, for texts that people read.
    #[cfg_attr(feature = "serde", serde(with = "budget_name"))]
    pub by: Budget,
    /// When waiting for its group ends.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub group_until: Option<Time>,
    /// When quiet hours end, on the wall clock in milliseconds since 1970.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub quiet_until: Option<i64>,
}

/// Stored by its name.
#[cfg(feature = "serde")]
mod budget_name {
    use relance_scm::budget::Budget;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
    pub(super) fn serialize<S: Serializer>(budget: &Budget, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(budget.name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Budget, D::Error> {
        let name = String::deserialize(from)?;
        Budget::of_name(&name).ok_or_else(|| D::Error::custom("no such budget"))
    }
}
