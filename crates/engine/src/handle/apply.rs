//! Policies and services that are to be as a request describes them: what can be checked before the owner loop has it.

use std::collections::BTreeSet;

use relance_scm::config::Extensions;
use relance_scm::manager::{NewService, ToApply};
use relance_scm::{Caller, ConfigChange, PolicyChange, ScmError, ServiceName};

use super::EngineHandle;
use crate::access;
use crate::command::ConfigRequest;
use crate::linux::LogOwners;

impl EngineHandle {
    /// What makes these policies and services, if they can be: services may use the policies. Without any it is refused to
    /// the same callers.
    pub(super) fn changes_of(
        &self,
        caller: &Caller,
        to_apply: ToApply,
    ) -> Result<Vec<ConfigRequest>, ScmError> {
        access::check_administrator(caller)?;
        self.check_new(caller, &to_apply.services)?;
        let policies = to_apply.policies.into_iter();
        let policies = policies.map(|policy| {
            let change = PolicyChange::Set(Box::new(policy.as_change()));
            ConfigRequest::Policy(policy.name, change)
        });
        let services = to_apply.services.into_iter();
        let services = services.map(|service| ConfigRequest::Apply(Box::new(service)));
        Ok(policies.chain(services).collect())
    }

    /// C10: the accounts of new services must exist. Callers that may not create are refused by the owner loop.
    pub(super) fn check_new(
        &self,
        caller: &Caller,
        services: &[NewService],
    ) -> Result<(), ScmError> {
        if !caller.is_administrator() {
            return Ok(());
        }
        let configs = || services.iter().map(|service| &service.config);
        let mut accounts = BTreeSet::new();
        for config in configs() {
            if accounts.insert(config.account_name.as_str()) {
                (self.check_account)(&config.account_name)?;
            }
            crate::linux::check_log_rights(&config.extensions)?;
            let (name, extensions) = (&config.service_name, &config.extensions);
            crate::linux::check_log_places(&self.output, name, extensions)?;
        }
        let named = configs().map(|config| (&config.service_name, &config.extensions));
        self.check_log_owners(&named.collect::<Vec<_>>(), services)
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
        self.check_log_owners(&[(name, &changed)], &[])?;
        match &change.account_name {
            Some(account) => (self.check_account)(account),
            None => Ok(()),
        }
    }

    /// A log file named for a service must not be another's, of those there are and of `new` ones.
    fn check_log_owners(
        &self,
        named: &[(&ServiceName, &Extensions)],
        new: &[NewService],
    ) -> Result<(), ScmError> {
        if !named
            .iter()
            .any(|(_, named)| crate::linux::names_log_file(named))
        {
            return Ok(());
        }
        let known = self.publisher.snapshot().services;
        let known = known.iter().map(|record| &record.config.service_name);
        let names = known.chain(new.iter().map(|service| &service.config.service_name));
        let owners = LogOwners::new(&self.output, names);
        let mut named = named.iter();
        named.try_for_each(|(name, named)| owners.check(name, named))
    }
}
