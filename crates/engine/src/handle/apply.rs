//! Policies and services that are to be as a request describes them: what can be checked before the owner loop has it.

use relance_scm::config::Extensions;
use relance_scm::manager::{NewService, ToApply};
use relance_scm::{Caller, ConfigChange, PolicyChange, ScmError, ServiceName};

use super::EngineHandle;
use crate::access;
use crate::command::Change;

impl EngineHandle {
    /// What makes these policies and services, if they can be: services may use the policies. Without any it is refused to
    /// the same callers.
    pub(super) fn changes_of(
        &self,
        caller: &Caller,
        to_apply: ToApply,
    ) -> Result<Vec<Change>, ScmError> {
        access::check_administrator(caller)?;
        for service in &to_apply.services {
            self.check_new(caller, service)?;
        }
        let policies = to_apply.policies.into_iter();
        let policies = policies.map(|policy| {
            let change = PolicyChange::Set(Box::new(policy.as_change()));
            Change::Policy(policy.name, change)
        });
        let services = to_apply.services.into_iter();
        let services = services.map(|service| Change::Apply(Box::new(service)));
        Ok(policies.chain(services).collect())
    }

    /// C10: the account of a new service must exist. Callers that may not create are refused by the owner loop.
    pub(super) fn check_new(&self, caller: &Caller, service: &NewService) -> Result<(), ScmError> {
        if caller.is_administrator() {
            (self.check_account)(&service.config.account_name)?;
            crate::linux::check_log_rights(&service.config.extensions)?;
            let config = &service.config;
            crate::linux::check_log_places(&self.output, &config.service_name, &config.extensions)?;
            self.check_log_owners(&config.service_name, &config.extensions)?;
        }
        Ok(())
    }

    /// The same for a change.
    pub(super) fn check_change(
        &self,
        caller: &Caller,
        name: &ServiceName,
        change: &ConfigChange,
    ) -> Result<(), ScmError> {
        // The owner loop refuses callers that lack a right.
        let Ok(record) = self.open(caller, name, change.rights()) else {
            return Ok(());
        };
        let mut changed = Extensions::default();
        changed.apply(&change.extensions);
        crate::linux::check_log_rights(&changed)?;
        let mut whole = record.config.extensions.clone();
        whole.apply(&change.extensions);
        crate::linux::check_log_places(&self.output, name, &whole)?;
        self.check_log_owners(name, &changed)?;
        match &change.account_name {
            Some(account) => (self.check_account)(account),
            None => Ok(()),
        }
    }

    /// A log file named for a service must not be another service's.
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
