//! State that the threads of the notifier share.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use relance_scm::config::AccountName;
use relance_scm::manager::{NoticeReport, wait};
use relance_scm::{Caller, ScmError, ServiceManager, ServiceName, Win32Error};

use crate::carriers::Failed;
use crate::message::Message;
use crate::store::Store;
use crate::targets::{RunAs, Target, Targets};

/// Finds what a process of an account is; `None`: that of this process.
pub type FindAccount = fn(&AccountName) -> Result<Option<RunAs>, ScmError>;

/// The account of programs that are told in a test, which is about no service.
const TEST_ACCOUNT: &str = r"NT AUTHORITY\LocalService";

/// What its threads share.
pub(crate) struct Shared {
    pub(crate) manager: Arc<dyn ServiceManager>,
    find_account: FindAccount,
    pub(crate) caller: Caller,
    /// The name of this machine.
    pub(crate) machine: Arc<str>,
    state: Mutex<State>,
    /// Signalled when something is put into the queue.
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
    pub(crate) fn new(
        manager: Arc<dyn ServiceManager>,
        find_account: FindAccount,
        store: Store,
    ) -> Self {
        Self {
            manager,
            find_account,
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

    /// A panic ends the process, so a poisoned lock is never seen.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The account under which a target is told of something; `None`: that of this process.
    pub(crate) fn account(
        &self,
        target: &Target,
        message: &Message,
    ) -> Result<Option<RunAs>, Failed> {
        if !target.runs_as_service() {
            return Ok(None);
        }
        let Some(subject) = message.services.first() else {
            return match (self.find_account)(&AccountName::new(TEST_ACCOUNT)) {
                // A manager of a user has services under no other account either.
                Err(error) if error.code() == Win32Error::PRIVILEGE_NOT_HELD => Ok(None),
                found => found.map_err(refused),
            };
        };
        let config = ServiceName::new(&subject.name)
            .and_then(|name| wait(|reply| self.manager.query_config(&self.caller, &name, reply)));
        let found = config.and_then(|config| (self.find_account)(&config.account_name));
        found.map_err(refused)
    }

    /// Puts something on record. If that fails, it is not tried again here.
    pub(crate) fn report(&self, report: NoticeReport) -> Result<(), ScmError> {
        wait(|reply| self.manager.report_notices(&self.caller, report, reply))
    }
}

/// The account cannot be used: nothing is sent meanwhile, and never under another account.
fn refused(error: ScmError) -> Failed {
    match error.code() {
        // The account does not exist any more.
        Win32Error::SERVICE_DOES_NOT_EXIST => Failed::never(error.to_sentence()),
        _ => Failed::later(error.to_sentence()),
    }
}

/// What keeps the process from going on.
pub type Fatal = Box<dyn std::error::Error + Send + Sync>;

/// The time on the wall, in milliseconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, crate::fold::millis)
}

#[cfg(test)]
mod tests {
    use relance_texts::{error, shown};

    use super::*;

    #[test]
    fn x107_an_account_that_cannot_be_had_is_named_and_waited_for_as_long_as_there_is_a_service() {
        let name = shown("worker");
        let needs_root = error::NeedsRoot { name };
        let failed = refused(ScmError::new(Win32Error::PRIVILEGE_NOT_HELD, needs_root));
        assert!(
            failed.again && failed.problem.contains("worker"),
            "{failed:?}"
        );
        let failed = refused(Win32Error::SERVICE_DOES_NOT_EXIST.into());
        assert!(!failed.again, "{failed:?}");
    }
}
