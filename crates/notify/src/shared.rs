//! What the threads of the process that tells share.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use relance_scm::manager::{NoticeReport, wait};
use relance_scm::{Caller, ScmError, ServiceManager};

use crate::store::Store;
use crate::targets::Targets;

/// What its threads share.
pub(crate) struct Shared {
    pub(crate) manager: Arc<dyn ServiceManager>,
    pub(crate) caller: Caller,
    /// The name of this machine.
    pub(crate) machine: Arc<str>,
    state: Mutex<State>,
    /// Told when something is put into the queue.
    pub(crate) news: Condvar,
}

/// What changes.
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) targets: Arc<Targets>,
    /// The targets that have a thread.
    pub(crate) busy: BTreeSet<Box<str>>,
}

impl Shared {
    /// Before the file of targets was read.
    pub(crate) fn new(manager: Arc<dyn ServiceManager>, store: Store) -> Self {
        Self {
            manager,
            caller: Caller::system(),
            machine: crate::machine().into(),
            state: Mutex::new(State {
                store,
                targets: Arc::default(),
                busy: BTreeSet::new(),
            }),
            news: Condvar::new(),
        }
    }

    /// A thread that panicked ends the process, so its lock is as good as any.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts something on record. What cannot be is not tried again by this.
    pub(crate) fn report(&self, report: NoticeReport) -> Result<(), ScmError> {
        wait(|reply| self.manager.report_notices(&self.caller, report, reply))
    }
}

/// What keeps the process from going on.
pub type Fatal = Box<dyn std::error::Error + Send + Sync>;

/// The time on the wall, in milliseconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, crate::fold::millis)
}
