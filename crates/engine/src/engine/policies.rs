//! Named policies (X101 to X104): a change of one changes the services that use it, in one commit.
//!
//! The configuration of a service has the values of its policy, so that nothing else needs to know of policies. Laws:
//! - A service that uses a policy has exactly its values. Where both would differ, the change is refused.
//! - A policy that a service uses exists, unless it could not be read.

use std::sync::Arc;

use relance_policy::{ServiceId, ServiceRecord};
use relance_scm::config::ServiceConfig;
use relance_scm::event::Event;
use relance_scm::manager::Outcome;
use relance_scm::settings::RECOVERY_POLICY;
use relance_scm::{
    AccessRights, Caller, ConfigChange, PolicyChange, PolicyName, RecoveryActionKind,
    RecoveryPolicy, ScmError, ServiceName, Win32Error, recovery_policy,
};
use relance_texts::{error, shown};

use super::configure::ConfigureDraft;
use super::submitted::Undo;
use super::{Engine, Moment};
use crate::access;
use crate::database::Meta;
use crate::event_log::entry_of_manager;
use crate::policies::Policies;
use crate::processes::Processes;
use crate::storage::Storage;

impl<P: Processes, S: Storage> Engine<P, S> {
    /// The services that use a policy. Services marked for deletion accept no change any more and
    /// are left out.
    pub(super) fn users_of(&self, name: &PolicyName) -> Vec<ServiceId> {
        let uses = |record: &ServiceRecord| {
            !record.marked_for_delete && PolicyName::of(&record.config).as_ref() == Some(name)
        };
        let services = self.services.iter();
        let users = services.filter(|(_, slot)| uses(&slot.record));
        users.map(|(id, _)| *id).collect()
    }

    /// Makes, changes or deletes a policy, with all that use it.
    pub(super) fn change_policy(
        &mut self,
        now: Moment,
        caller: &Caller,
        name: &PolicyName,
        change: &PolicyChange,
        draft: &mut ConfigureDraft,
    ) -> Result<Outcome, ScmError> {
        let change = match change {
            PolicyChange::Set(change) => change,
            PolicyChange::Give(services) => {
                return self.give_policy(now, caller, (name, services), draft);
            }
            PolicyChange::Delete => {
                access::check_administrator(caller)?;
                return self.delete_policy(now, name, draft);
            }
        };
        access::check_administrator(caller)?;
        let users = self.users_of(name);
        let known = self.policies.find(name);
        let before = known
            .cloned()
            .unwrap_or_else(|| RecoveryPolicy::new(name.clone()));
        let after = before.changed(change)?;
        let is_new = known.is_none();
        if !is_new && after == before {
            return Ok(Outcome::Unchanged);
        }
        let mut policies = Policies::clone(&self.policies);
        policies.put(after.clone())?;
        self.replace_policies(policies, draft);
        for id in &users {
            let before = Arc::clone(&self.services[id].record.config);
            self.refuse_in_shutdown(&before.service_name)?;
            let mut config = ServiceConfig::clone(&before);
            after.put_on(&mut config);
            config.check_after(&before)?;
            self.replace_config(now, *id, config, draft)?;
        }
        let name = name.as_str().into();
        if is_new {
            self.log_policy(now, &Event::PolicyMade(name), draft);
            return Ok(Outcome::Created);
        }
        let event = Event::PolicyChanged(name, users.len() as u64);
        self.log_policy(now, &event, draft);
        Ok(Outcome::Changed)
    }

    /// X121: these services use the policy from now on, all or none; each is a change of that service (X104).
    fn give_policy(
        &mut self,
        now: Moment,
        caller: &Caller,
        (name, services): (&PolicyName, &[ServiceName]),
        draft: &mut ConfigureDraft,
    ) -> Result<Outcome, ScmError> {
        let change = recovery_policy::giving(name);
        let mut outcome = Outcome::Unchanged;
        for service in services {
            if self.change(now, caller, service, &change, draft)? == Outcome::Changed {
                outcome = Outcome::Changed;
            }
        }
        Ok(outcome)
    }

    /// X103: a policy that is used stays.
    fn delete_policy(
        &mut self,
        now: Moment,
        name: &PolicyName,
        draft: &mut ConfigureDraft,
    ) -> Result<Outcome, ScmError> {
        let users = self.users_of(name);
        if !users.is_empty() {
            let names = users.iter().map(|id| &self.services[id].record.config);
            let names: Vec<&str> = names.map(|config| config.service_name.as_str()).collect();
            let sentence = error::PolicyInUse {
                policy: shown(name),
                services: names.join(", "),
            };
            return Err(ScmError::new(Win32Error::BUSY, sentence));
        }
        self.policies.require(name)?;
        let mut policies = Policies::clone(&self.policies);
        policies.remove(name);
        self.replace_policies(policies, draft);
        self.log_policy(now, &Event::PolicyDeleted(name.as_str().into()), draft);
        Ok(Outcome::Deleted)
    }

    fn replace_policies(&mut self, policies: Policies, draft: &mut ConfigureDraft) {
        let policies = Arc::new(policies);
        draft.turn.meta.push((Meta::Policies, policies.text()));
        draft.turn.policies = Some(Arc::clone(&policies));
        let before = std::mem::replace(&mut self.policies, policies);
        draft.undo.push(Undo::Policies(before));
    }

    fn log_policy(&mut self, now: Moment, event: &Event, draft: &mut ConfigureDraft) {
        self.last_entry += 1;
        let mut entry = entry_of_manager(self.last_entry, now.wall, event);
        entry.details.by = Some(self.authors.by());
        draft.turn.entries.push((entry, None));
    }

    /// A whole configuration with the values of its policy. Settings of its own beside a policy are refused, unless they
    /// are those of the policy already (X101).
    pub(super) fn with_policy(
        &self,
        id: Option<ServiceId>,
        config: ServiceConfig,
    ) -> Result<ServiceConfig, ScmError> {
        let before = id.map(|id| &*self.services[&id].record.config);
        self.settle(before, config, Said::Whole)
    }

    /// The configuration of a service with a change, and with the values of its policy (X101, X104).
    pub(super) fn changed_with_policy(
        &self,
        caller: &Caller,
        record: &ServiceRecord,
        change: &ConfigChange,
    ) -> Result<ServiceConfig, ScmError> {
        let before = &record.config;
        let Some(name) = names_policy(change) else {
            return self.settle(Some(before), before.changed(change)?, Said::Settings);
        };
        let policy = self.policies.require(&name)?;
        check_rights(caller, before, policy)?;
        // The values of the old policy are removed; settings given beside the name are the
        // service's own again.
        let mut bare = ServiceConfig::clone(before);
        RecoveryPolicy::new(name).put_on(&mut bare);
        self.settle(Some(before), bare.changed(change)?, Said::Policy)
    }

    /// A configuration with the values of its policy. `before`: that of the same service, whose values may stay even where
    /// a later version would refuse them.
    fn settle(
        &self,
        before: Option<&ServiceConfig>,
        mut config: ServiceConfig,
        said: Said,
    ) -> Result<ServiceConfig, ScmError> {
        let Some(name) = PolicyName::of(&config) else {
            return Ok(config);
        };
        let own = RecoveryPolicy::like(name.clone(), &config);
        let same = before.filter(|before| PolicyName::of(before).as_ref() == Some(&name));
        let same = same.filter(|_| said != Said::Policy);
        if same.is_some_and(|before| own == RecoveryPolicy::like(name.clone(), before)) {
            return Ok(config);
        }
        let policy = self.policies.require(&name)?;
        let may_fill = said != Said::Settings && own.is_empty();
        if !(own == *policy || may_fill) {
            let sentence = error::SettingsOfPolicy {
                policy: shown(&name),
                service: shown(&config.service_name),
            };
            return Err(ScmError::new(Win32Error::INVALID_PARAMETER, sentence));
        }
        policy.put_on(&mut config);
        match before {
            Some(before) => config.check_after(before)?,
            None => config.check()?,
        }
        Ok(config)
    }
}

/// What a request says of a service.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// Its whole configuration; its policy gives its values where nothing else is said about recovery.
    Whole,
    /// Some settings, its policy not among them.
    Settings,
    /// Its policy, whose values it gets.
    Policy,
}

/// The policy that a change gives to a service.
fn names_policy(change: &ConfigChange) -> Option<PolicyName> {
    let mut changes = change.extensions.iter();
    let setting = RECOVERY_POLICY.setting();
    let (_, value) = changes.find(|(changed, _)| changed.key == setting.key)?;
    value?.text(setting.value).parse().ok()
}

/// Giving a service a policy needs the same rights as setting its values by hand (R50 to R52).
fn check_rights(
    caller: &Caller,
    config: &ServiceConfig,
    policy: &RecoveryPolicy,
) -> Result<(), ScmError> {
    let policy = policy.as_config();
    if policy.has_action(RecoveryActionKind::restarts) {
        access::check(caller, config, AccessRights::START)?;
    }
    if policy.has_action(|kind| kind == RecoveryActionKind::Reboot) {
        access::check_administrator(caller)?;
    }
    Ok(())
}
