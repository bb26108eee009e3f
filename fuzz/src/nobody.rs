//! A manager that knows no service: it reads every request and refuses it.

use relance_scm::manager::{Enumeration, NewService, Outcome, ToApply};
use relance_scm::{Caller, Reply, ScmError, ServiceManager, Win32Error, refuse};

/// See the module.
pub(crate) struct Nobody;

fn unknown(_: &Nobody) -> ScmError {
    Win32Error::SERVICE_DOES_NOT_EXIST.into()
}

impl ServiceManager for Nobody {
    fn create_service(&self, _: &Caller, service: NewService, reply: Reply<()>) {
        reply.send(service.config.check().and_then(|()| Err(unknown(self))));
    }

    fn apply(&self, _: &Caller, to_apply: ToApply, reply: Reply<Vec<Outcome>>) {
        let checked = to_apply
            .services
            .iter()
            .try_for_each(|service| service.config.check());
        reply.send(checked.and_then(|()| Err(unknown(self))));
    }

    fn enumerate(&self, _: &Caller, reply: Reply<Enumeration>) {
        reply.send(Ok(Enumeration::default()));
    }

    refuse!(
        unknown;
        delete_service, query_config, change_config, query_status, query_service, start_service,
        control_service, terminate_service, cancel_recovery, explain, find_events, read_output,
        follow_output, query_manager, watch,
    );
}
