//! The state of the web console.

use std::sync::{Mutex, PoisonError};

use relance_scm::manager::ConsoleInfo;

/// The state of the web console, as the guardian last reported it; nothing if no console is
/// configured.
#[derive(Debug, Default)]
pub struct SharedConsole(Mutex<Option<ConsoleInfo>>);

impl SharedConsole {
    /// Notes what the guardian says.
    pub(crate) fn set(&self, info: ConsoleInfo) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(info);
    }

    pub(super) fn get(&self) -> Option<ConsoleInfo> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
