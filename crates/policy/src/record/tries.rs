//! The restarts that have followed failures, as far as a limit counts them (X83), and the failures that rules by
//! cause have decided (X84). Nothing of it is kept for a
//! service without such settings.

use relance_scm::config::RULES_MAX;
use relance_scm::settings::{RESTART_LIMIT, RESTART_LIMIT_PERIOD};

use super::{ServiceRecord, StartCause};
use crate::time::{Time, millis};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tries {
    /// When the failures were that a restart has followed, within the period of the limit.
    #[cfg_attr(feature = "serde", serde(default))]
    pub restarts: Vec<Time>,
    /// How many failures each rule has decided since the counter last began, by the rule's text.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "<[_]>::is_empty")
    )]
    pub decided: Vec<(Box<str>, u32)>,
    /// Set once the service was given up: the limit and its period in milliseconds.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub gave_up: Option<(u32, u32)>,
}

impl ServiceRecord {
    /// The limit that was reached when the service was given up, and its period in milliseconds; `None` unless it was
    /// (X83).
    #[must_use]
    pub fn gave_up(&self) -> Option<(u32, u32)> {
        self.tries.as_ref()?.gave_up
    }

    /// Notes that a restart is to follow a failure. `Err` if there were too many: the limit and its period.
    pub(crate) fn try_again(&mut self, now: Time) -> Result<(), (u32, u32)> {
        let limit = self.config.extensions.get(RESTART_LIMIT);
        let period = self.config.extensions.get(RESTART_LIMIT_PERIOD);
        let limit = limit.and_then(|limit| u32::try_from(limit).ok());
        let Some(limit) = limit.filter(|_| !period.is_zero()) else {
            if let Some(tries) = &mut self.tries {
                tries.restarts.clear();
            }
            self.drop_empty_tries();
            return Ok(());
        };
        let tries = self.tries.get_or_insert_default();
        tries.restarts.retain(|at| now < *at + period);
        if tries.restarts.len() < limit as usize {
            tries.restarts.push(now);
            return Ok(());
        }
        let reached = (limit, millis(period));
        tries.gave_up = Some(reached);
        Err(reached)
    }

    /// A run begins. A run that does not follow a failure is a new beginning: it was started on request or by
    /// the clock.
    pub(crate) fn note_start(&mut self, cause: StartCause) {
        let is_fresh = match cause {
            StartCause::Demand
            | StartCause::Auto
            | StartCause::Dependency
            | StartCause::Restart
            | StartCause::Schedule => true,
            StartCause::Recovery(..)
            | StartCause::Recycle
            | StartCause::DependencyBack
            | StartCause::Ceiling(_) => false,
        };
        if let Some(tries) = &mut self.tries {
            tries.gave_up = None;
            if is_fresh {
                tries.restarts.clear();
            }
        }
        self.drop_empty_tries();
    }

    /// Takes note that a rule decides a failure. Gives the number of those that it has decided.
    pub(crate) fn decided_by(&mut self, rule: &str) -> u32 {
        let decided = &mut self.tries.get_or_insert_default().decided;
        let at = decided.iter().position(|(known, _)| **known == *rule);
        let at = at.unwrap_or_else(|| {
            // Rules that were removed are dropped; what they decided then counts as decided by no rule.
            if decided.len() >= RULES_MAX {
                decided.remove(0);
            }
            decided.push((rule.into(), 0));
            decided.len() - 1
        });
        decided[at].1 = decided[at].1.saturating_add(1);
        decided[at].1
    }

    /// The counter begins at zero again, as do those of the rules.
    pub(crate) fn forget_decided(&mut self) {
        if let Some(tries) = &mut self.tries {
            tries.decided.clear();
        }
        self.drop_empty_tries();
    }

    /// How many of so many failures no rule has decided.
    pub(crate) fn undecided_of(&self, failure_count: u32) -> u32 {
        let decided = self.tries.iter().flat_map(|tries| &tries.decided);
        let decided = decided.fold(0, |sum: u32, (_, count)| sum.saturating_add(*count));
        failure_count.saturating_sub(decided)
    }

    fn drop_empty_tries(&mut self) {
        self.tries = self
            .tries
            .take()
            .filter(|tries| **tries != Tries::default());
    }
}
