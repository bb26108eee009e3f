//! Asking the service manager: the trait `ServiceManager` as blocking calls.
//!
//! The one file that knows how a manager is reached. Everything above it works on a [`Backend`], which
//! the tests make over a manager in memory.

use relance_scm::config::EnvironmentVariable;
use relance_scm::event_log::NewEntry;
use relance_scm::manager::{NewService, wait};
use relance_scm::scaling::{self, Scaled};
use relance_scm::{
    Caller, ConfigChange, Control, Reply, ScmError, ServiceConfig, ServiceManager, ServiceName,
    ServiceStatus,
};

use crate::machine::Target;

/// A manager that answers.
pub(crate) struct Backend {
    manager: Box<dyn ServiceManager>,
    caller: Caller,
}

/// Reaches the manager of `target`.
///
/// # Errors
/// 1722 with a sentence that says what to do.
pub(crate) fn connect(target: &Target) -> Result<Backend, ScmError> {
    let target = target.0.clone()?;
    let manager = relance_client::connect(&target)?;
    Ok(Backend::over(Box::new(manager)))
}

impl Backend {
    /// A backend over any manager.
    pub(crate) fn over(manager: Box<dyn ServiceManager>) -> Self {
        Self {
            manager,
            // The manager asks the kernel who we are; the name is for a manager within this process.
            caller: Caller {
                name: "PHP".into(),
                sids: [].into(),
                session: None,
            },
        }
    }

    pub(crate) fn create(&self, service: NewService) -> Result<(), ScmError> {
        self.ask(|manager, caller, reply| manager.create_service(caller, service, reply))
    }

    pub(crate) fn delete(&self, name: &ServiceName) -> Result<(), ScmError> {
        self.ask(|manager, caller, reply| manager.delete_service(caller, name, reply))
    }

    pub(crate) fn config(&self, name: &ServiceName) -> Result<ServiceConfig, ScmError> {
        self.ask(|manager, caller, reply| manager.query_config(caller, name, reply))
    }

    pub(crate) fn environment(
        &self,
        name: &ServiceName,
    ) -> Result<Box<[EnvironmentVariable]>, ScmError> {
        self.ask(|manager, caller, reply| manager.query_environment(caller, name, reply))
    }

    pub(crate) fn change(&self, name: &ServiceName, change: ConfigChange) -> Result<(), ScmError> {
        self.ask(|manager, caller, reply| manager.change_config(caller, name, change, reply))
    }

    pub(crate) fn status(&self, name: &ServiceName) -> Result<ServiceStatus, ScmError> {
        self.ask(|manager, caller, reply| manager.query_status(caller, name, reply))
    }

    /// Without arguments: PHP has no way to give any.
    pub(crate) fn start(&self, name: &ServiceName) -> Result<(), ScmError> {
        self.ask(|manager, caller, reply| manager.start_service(caller, name, Vec::new(), reply))
    }

    /// Is on record when this returns.
    pub(crate) fn restart(&self, name: &ServiceName, dependents: bool) -> Result<(), ScmError> {
        self.ask(|manager, caller, reply| manager.restart_service(caller, name, dependents, reply))
    }

    /// Returns when all is on record.
    pub(crate) fn scale(&self, template: &str, instances: u32) -> Result<Scaled, ScmError> {
        scaling::scale(&*self.manager, &self.caller, template, instances)
    }

    pub(crate) fn control(&self, name: &ServiceName, control: Control) -> Result<(), ScmError> {
        self.ask(|manager, caller, reply| manager.control_service(caller, name, control, reply))
            .map(|_status| ())
    }

    pub(crate) fn write_event(&self, entry: NewEntry) -> Result<(), ScmError> {
        self.ask(|manager, caller, reply| manager.write_event(caller, entry, reply))
    }

    /// Sends a request and waits for its reply.
    fn ask<T: Send + 'static>(
        &self,
        request: impl FnOnce(&dyn ServiceManager, &Caller, Reply<T>),
    ) -> Result<T, ScmError> {
        wait(|reply| request(&*self.manager, &self.caller, reply))
    }
}

#[cfg(test)]
pub(crate) mod fake;
