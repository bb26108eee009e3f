//! What answers clients while there is no database: every request gets the error that says what is wrong
//! and what mends it.

use std::os::fd::OwnedFd;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use relance_scm::config::EnvironmentVariable;
use relance_scm::event_log::{EventFilter, EventPage, NewEntry};
use relance_scm::manager::{
    Enumeration, FollowOutput, ManagerInfo, NewService, Outcome, OutputPart, OutputRange,
    ServiceInfo, Usage, Watch,
};
use relance_scm::status::ServiceStatus;
use relance_scm::{
    Caller, ConfigChange, Control, Reply, RunId, ScmError, ServiceConfig, ServiceId,
    ServiceManager, ServiceName,
};

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

/// Methods whose only argument that matters is the reply.
macro_rules! refuse {
    ($($name:ident($($kind:ty),*) -> $answer:ty;)*) => {
        $(fn $name(&self, _: &Caller, $(_: $kind,)* reply: Reply<$answer>) {
            reply.send(Err(self.error()));
        })*
    };
}

impl ServiceManager for Unavailable {
    refuse! {
        create_service(NewService) -> ();
        apply(Vec<NewService>) -> Vec<Outcome>;
        delete_service(&ServiceName) -> ();
        query_config(&ServiceName) -> ServiceConfig;
        query_environment(&ServiceName) -> Box<[EnvironmentVariable]>;
        change_config(&ServiceName, ConfigChange) -> ();
        query_status(&ServiceName) -> ServiceStatus;
        query_service(&ServiceName) -> ServiceInfo;
        enumerate() -> Enumeration;
        start_service(&ServiceName, Vec<String>) -> ();
        control_service(&ServiceName, Control) -> ServiceStatus;
        terminate_service(&ServiceName) -> ();
        cancel_recovery(&ServiceName) -> ();
        explain(&ServiceName) -> Vec<String>;
        find_events(EventFilter) -> EventPage;
        write_event(NewEntry) -> ();
        read_output(&ServiceName, OutputRange) -> OutputPart;
        query_usage(Option<Vec<ServiceId>>) -> Vec<Usage>;
        query_manager() -> ManagerInfo;
        advance_clock(Option<Duration>) -> u64;
    }

    fn follow_output(
        &self,
        _: &Caller,
        _: &ServiceName,
        _: u64,
    ) -> Result<Box<dyn FollowOutput>, ScmError> {
        Err(self.error())
    }

    fn watch(&self, _: &Caller, _: Option<u64>) -> Result<Box<dyn Watch>, ScmError> {
        Err(self.error())
    }

    fn attach(&self, _: RunId, _: String, _: OwnedFd, reply: Reply<()>) {
        reply.send(Err(self.error()));
    }
}
