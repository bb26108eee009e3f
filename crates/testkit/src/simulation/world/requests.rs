//! What clients ask of a world, and their answers.

use std::sync::{Arc, Mutex};

use relance_engine::command::{ClientRequest, Command, ConfigRequest};
use relance_scm::manager::{NewService, Outcome};
use relance_scm::status::ServiceStatus;
use relance_scm::{Caller, ConfigChange, Control, Reply, ScmError, ServiceConfig, ServiceName};

use super::World;

/// The answer to a request, once there is one.
pub struct Pending<T>(Arc<Mutex<Option<Result<T, ScmError>>>>);

impl<T> Pending<T> {
    /// Whether there is one.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.0.lock().expect("nobody panics with it").is_some()
    }

    /// Takes it.
    #[must_use]
    pub fn take(&self) -> Option<Result<T, ScmError>> {
        self.0.lock().expect("nobody panics with it").take()
    }
}

impl World {
    fn ask<T: Send + 'static>(
        &mut self,
        request: impl FnOnce(Reply<T>) -> ClientRequest,
    ) -> Pending<T> {
        let answer = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&answer);
        let reply = Reply::new(move |result| {
            let before = slot.lock().expect("nobody panics with it").replace(result);
            assert!(before.is_none(), "answered twice");
        });
        let command = Command {
            caller: self.caller.clone(),
            request: request(reply),
        };
        self.engine.command(self.now(), command);
        Pending(answer)
    }

    /// Who asks from now on.
    pub fn set_caller(&mut self, caller: Caller) {
        self.caller = caller;
    }

    /// Changes configurations.
    pub fn configure(&mut self, changes: Vec<ConfigRequest>) -> Pending<Vec<Outcome>> {
        self.ask(|reply| ClientRequest::Configure(changes, reply))
    }

    /// Creates a service.
    pub fn create(&mut self, config: ServiceConfig) -> Pending<Vec<Outcome>> {
        let service = NewService {
            config,
            password: relance_scm::config::Secret::new(""),
        };
        self.configure(vec![ConfigRequest::Create(Box::new(service))])
    }

    /// Changes a service.
    pub fn change(&mut self, name: &ServiceName, change: ConfigChange) -> Pending<Vec<Outcome>> {
        self.configure(vec![ConfigRequest::Change(name.clone(), Box::new(change))])
    }

    /// Deletes a service.
    pub fn delete(&mut self, name: &ServiceName) -> Pending<Vec<Outcome>> {
        self.configure(vec![ConfigRequest::Delete(name.clone())])
    }

    /// Starts a service.
    pub fn start(&mut self, name: &ServiceName) -> Pending<()> {
        self.ask(|reply| ClientRequest::Start(name.clone(), Vec::new(), reply))
    }

    /// Sends a control.
    pub fn control(&mut self, name: &ServiceName, control: Control) -> Pending<ServiceStatus> {
        self.ask(|reply| ClientRequest::Control(name.clone(), control, reply))
    }

    /// Ends a service by force.
    pub fn terminate(&mut self, name: &ServiceName) -> Pending<()> {
        self.ask(|reply| ClientRequest::Terminate(name.clone(), reply))
    }

    /// Restarts a service, with those that need it or not.
    pub fn restart(&mut self, name: &ServiceName, dependents: bool) -> Pending<()> {
        self.ask(|reply| ClientRequest::Restart(name.clone(), dependents, reply))
    }

    /// Cancels what is pending.
    pub fn cancel_recovery(&mut self, name: &ServiceName) -> Pending<()> {
        self.ask(|reply| ClientRequest::CancelRecovery(name.clone(), reply))
    }
}
