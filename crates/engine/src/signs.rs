//! The status texts that runs report for people (X42). They are kept in memory only, so that a text that
//! changes often is neither written nor published. A new engine has none until the runs report again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use relance_policy::RunId;

/// What a run has said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    /// What it is doing.
    pub(crate) status: Option<Arc<str>>,
    /// Whether it reads its settings again.
    pub(crate) reloads: bool,
    /// The process that does the work, if it is not the first one.
    pub(crate) main_pid: Option<u32>,
}

/// The same for all runs; written by the owner loop, read by those who answer clients.
#[derive(Debug, Default)]
pub(crate) struct SharedSigns(Mutex<BTreeMap<RunId, Signs>>);

impl SharedSigns {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<RunId, Signs>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what a run says.
    pub(crate) fn note(&self, run: RunId, change: impl FnOnce(&mut Signs)) {
        change(self.lock().entry(run).or_default());
    }

    /// The run is over.
    pub(crate) fn forget(&self, run: RunId) {
        self.lock().remove(&run);
    }

    /// What a run has said.
    pub(crate) fn of(&self, run: RunId) -> Signs {
        self.lock().get(&run).cloned().unwrap_or_default()
    }
}
