//! Answers clients while there is no database: every request gets the error, which says what is wrong and how
//! to repair it.

use std::os::fd::OwnedFd;
use std::sync::{Mutex, PoisonError};

use relance_scm::{Reply, RunId, ScmError, ServiceManager, refuse};

/// See the module.
pub(crate) struct Unavailable(Mutex<ScmError>);

impl Unavailable {
    pub(crate) fn new(error: ScmError) -> Self {
        Self(Mutex::new(error))
    }

    /// Something else is wrong now.
    pub(crate) fn set(&self, error: ScmError) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    fn error(&self) -> ScmError {
        let error = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        error.clone()
    }
}

impl ServiceManager for Unavailable {
    refuse!(
        Self::error;
        create_service, apply, try_apply, delete_service, query_config, query_environment,
        change_config, query_access, change_access, query_status, query_service, enumerate, start_service,
        control_service, restart_service, terminate_service, cancel_recovery, explain, find_events, write_event,
        read_output, follow_output, query_usage, query_policies, change_policy, query_manager, watch, advance_clock,
    );

    fn attach(&self, _: RunId, _: String, _: OwnedFd, reply: Reply<()>) {
        reply.send(Err(self.error()));
    }
}
