//! The restarts that have followed failures, as far as a limit counts them (X83). Nothing of it is kept for a
//! service without such settings.

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

    /// Takes note of a restart that is to follow a failure. `Err`: there were too many, with the limit and its period.
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

    /// A run begins. One that no failure has brought about is a new beginning: somebody, or the clock, wants the
    /// service to run.
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

    fn drop_empty_tries(&mut self) {
        self.tries = self
            .tries
            .take()
            .filter(|tries| **tries != Tries::default());
    }
}
