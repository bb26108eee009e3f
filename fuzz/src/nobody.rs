//! A manager that knows no service: it reads every request and refuses it.

use relance_scm::config::{ConfigChange, ServiceConfig};
use relance_scm::event_log::{EventFilter, EventPage};
use relance_scm::manager::{
    Enumeration, FollowOutput, ManagerInfo, NewService, Outcome, OutputPart, OutputRange,
    ServiceInfo, Watch,
};
use relance_scm::status::ServiceStatus;
use relance_scm::{Caller, Control, Reply, ScmError, ServiceManager, ServiceName, Win32Error};

/// See the module.
pub(crate) struct Nobody;

fn no<T>(reply: Reply<T>) {
    reply.send(Err(unknown()));
}

fn unknown() -> ScmError {
    Win32Error::SERVICE_DOES_NOT_EXIST.into()
}

impl ServiceManager for Nobody {
    fn create_service(&self, _: &Caller, service: NewService, reply: Reply<()>) {
        reply.send(service.config.check().and_then(|()| Err(unknown())));
    }

    fn apply(&self, _: &Caller, services: Vec<NewService>, reply: Reply<Vec<Outcome>>) {
        let checked = services
            .iter()
            .try_for_each(|service| service.config.check());
        reply.send(checked.and_then(|()| Err(unknown())));
    }

    fn delete_service(&self, _: &Caller, _: &ServiceName, reply: Reply<()>) {
        no(reply);
    }

    fn query_config(&self, _: &Caller, _: &ServiceName, reply: Reply<ServiceConfig>) {
        no(reply);
    }

    fn change_config(&self, _: &Caller, _: &ServiceName, _: ConfigChange, reply: Reply<()>) {
        no(reply);
    }

    fn query_status(&self, _: &Caller, _: &ServiceName, reply: Reply<ServiceStatus>) {
        no(reply);
    }

    fn query_service(&self, _: &Caller, _: &ServiceName, reply: Reply<ServiceInfo>) {
        no(reply);
    }

    fn enumerate(&self, _: &Caller, reply: Reply<Enumeration>) {
        reply.send(Ok(Enumeration::default()));
    }

    fn start_service(&self, _: &Caller, _: &ServiceName, _: Vec<String>, reply: Reply<()>) {
        no(reply);
    }

    fn control_service(
        &self,
        _: &Caller,
        _: &ServiceName,
        _: Control,
        reply: Reply<ServiceStatus>,
    ) {
        no(reply);
    }

    fn terminate_service(&self, _: &Caller, _: &ServiceName, reply: Reply<()>) {
        no(reply);
    }

    fn cancel_recovery(&self, _: &Caller, _: &ServiceName, reply: Reply<()>) {
        no(reply);
    }

    fn explain(&self, _: &Caller, _: &ServiceName, reply: Reply<Vec<String>>) {
        no(reply);
    }

    fn find_events(&self, _: &Caller, _: EventFilter, reply: Reply<EventPage>) {
        no(reply);
    }

    fn read_output(&self, _: &Caller, _: &ServiceName, _: OutputRange, reply: Reply<OutputPart>) {
        no(reply);
    }

    fn follow_output(
        &self,
        _: &Caller,
        _: &ServiceName,
        _: u64,
    ) -> Result<Box<dyn FollowOutput>, ScmError> {
        Err(unknown())
    }

    fn query_manager(&self, _: &Caller, reply: Reply<ManagerInfo>) {
        no(reply);
    }

    fn watch(&self, _: &Caller, _: Option<u64>) -> Result<Box<dyn Watch>, ScmError> {
        Err(unknown())
    }
}
