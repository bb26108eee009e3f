//! Turns at the manager: how many questions are asked of it at the same time, and for whom.
//!
//! Requests without a valid session share a few turns, so that users who are signed in are answered
//! while somebody tries a thousand cookies. No session may have all turns, so that others are answered
//! beside it. A token that the manager has accepted a moment ago is remembered; whether it lasts is
//! still asked each time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

/// Requests to the manager at a time. It takes 64 connections from a user who is not an administrator, and
/// each session that has a page open keeps one.
pub(crate) const TURNS: usize = 32;
/// Those of strangers among them.
const STRANGERS_MAX: usize = 4;
/// Those of one session, controls that wait for half a minute included.
const OF_A_SESSION_MAX: usize = 24;
/// Tokens that are remembered; then all are asked for again.
const KNOWN_MAX: usize = 1024;

/// See the module.
#[derive(Debug)]
pub(crate) struct Gate {
    strangers: Semaphore,
    known: Mutex<HashMap<Box<str>, Arc<Semaphore>>>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            strangers: Semaphore::new(STRANGERS_MAX),
            known: Mutex::default(),
        }
    }
}

impl Gate {
    /// Waits for a stranger's turn. It ends when it is dropped.
    pub(crate) async fn stranger(&self) -> Option<SemaphorePermit<'_>> {
        // An error would say that the semaphore is closed, and nobody closes it.
        self.strangers.acquire().await.ok()
    }

    /// The turns of the session with this token, if it is remembered.
    pub(crate) fn known(&self, token: &str) -> Option<Arc<Semaphore>> {
        self.lock().get(token).cloned()
    }

    /// Remembers a token that the manager has accepted.
    pub(crate) fn remember(&self, token: &str) -> Arc<Semaphore> {
        let mut known = self.lock();
        if known.len() >= KNOWN_MAX && !known.contains_key(token) {
            known.clear();
        }
        let turns = known.entry(token.into());
        Arc::clone(turns.or_insert_with(|| Arc::new(Semaphore::new(OF_A_SESSION_MAX))))
    }

    /// Forgets a token that the manager has refused.
    pub(crate) fn forget(&self, token: &str) {
        self.lock().remove(token);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Box<str>, Arc<Semaphore>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_bounded_and_can_be_forgotten() {
        let gate = Gate::default();
        for number in 0..3 * KNOWN_MAX {
            gate.remember(&number.to_string());
            assert!(gate.lock().len() <= KNOWN_MAX);
        }
        let turns = gate.remember("a");
        assert!(Arc::ptr_eq(&turns, &gate.known("a").unwrap()));
        gate.forget("a");
        assert!(gate.known("a").is_none());
    }

    #[test]
    fn neither_strangers_nor_one_session_take_all_turns() {
        const { assert!(STRANGERS_MAX + OF_A_SESSION_MAX < TURNS) };
    }
}
