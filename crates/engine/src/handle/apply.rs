//! Services that are to be as a request describes them: what can be checked before the owner loop has it.

use relance_scm::config::Extensions;
use relance_scm::manager::NewService;
use relance_scm::{Caller, ScmError, ServiceName};

use super::EngineHandle;
use crate::command::Change;

impl EngineHandle {
    /// What makes these services, if they can be.
    pub(super) fn to_apply(
        &self,
        caller: &Caller,
        services: Vec<NewService>,
    ) -> Result<Vec<Change>, ScmError> {
        for service in &services {
            self.check_new(caller, service)?;
        }
        let changes = services.into_iter();
        Ok(changes
            .map(|service| Change::Apply(Box::new(service)))
            .collect())
    }

    /// Log files that are named for a service are those of no other.
    pub(super) fn check_log_owners(
        &self,
        name: &ServiceName,
        named: &Extensions,
    ) -> Result<(), ScmError> {
        let services = self.publisher.snapshot().services;
        let others = services.iter().map(|record| &*record.config);
        crate::linux::check_log_owners(&self.output, name, named, others)
    }
}
