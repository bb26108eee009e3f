//! Changes of the configuration: evaluated against what is there, applied at once, committed for
//! good, taken back if the commit is refused.
//!
//! One commit is on its way at a time; requests that come meanwhile wait and are then evaluated
//! together. Within a request it is all or nothing.

use std::sync::Arc;

use relance_policy::{Answer, DenyReason, Input, ServiceId, ServiceRecord};
use relance_scm::config::ServiceConfig;
use relance_scm::event::Event;
use relance_scm::instance::is_template;
use relance_scm::manager::{NewService, Outcome};
use relance_scm::security::AccessChange;
use relance_scm::{
    AccessRights, Caller, ConfigChange, RecoveryActionKind, Reply, ScmError, ServiceName,
    Win32Error,
};
use relance_texts::{Value, Words, error};
use relance_wire::settings;

use super::submitted::{SubmittedConfigures, Undo};
use super::turn::Turn;
use super::{Engine, Moment};
use crate::access;
use crate::command::ConfigRequest;
use crate::database::Batch;
use crate::event_log::entry_of_service;
use crate::processes::Processes;
use crate::storage::Storage;

/// A request that waits for the commit before it.
pub(super) struct PendingConfigure {
    caller: Caller,
    pub(super) changes: Vec<ConfigRequest>,
    reply: Reply<Vec<Outcome>>,
}

/// What one commit will hold.
#[derive(Default)]
pub(super) struct ConfigureDraft {
    configured: Vec<ServiceId>,
    pub(super) turn: Turn,
    pub(super) undo: Vec<Undo>,
}

impl<P: Processes, S: Storage> Engine<P, S> {
    pub(super) fn queue_configure(
        &mut self,
        caller: Caller,
        changes: Vec<ConfigRequest>,
        reply: Reply<Vec<Outcome>>,
    ) {
        self.configures.push_back(PendingConfigure {
            caller,
            changes,
            reply,
        });
    }

    /// Says what changes would do: they are evaluated, and undone at once.
    pub(super) fn try_configure(
        &mut self,
        now: Moment,
        caller: Caller,
        changes: Vec<ConfigRequest>,
        reply: Reply<Vec<Outcome>>,
    ) {
        self.recall_for(now, &changes);
        let pending = PendingConfigure {
            caller,
            changes,
            reply,
        };
        let numbers = self.numbers();
        let mut draft = ConfigureDraft::default();
        let outcomes = self.evaluate(now, &pending, &mut draft);
        let changed = draft.undo.iter().rev().filter_map(|undo| match undo {
            Undo::Change(before) => Some(Arc::clone(before)),
            Undo::Create(_) | Undo::Remove(_) | Undo::Policies(_) => None,
        });
        let changed: Vec<_> = changed.collect();
        let to_write = self.turn.changed.clone();
        self.take_back(draft.undo);
        // All is as it was, so there is nothing to write.
        self.turn.changed = to_write;
        for before in changed {
            let id = before.id;
            let entry = self.services.entry(id);
            entry.and_modify(|slot| slot.record = before);
            self.schedule(id);
        }
        self.give_back(numbers);
        pending.reply.send(outcomes);
    }

    /// Evaluates what waits, if nothing is on its way.
    pub(super) fn begin_configure(&mut self, now: Moment) {
        if self.configuring {
            return;
        }
        let mut draft = ConfigureDraft::default();
        let mut replies = Vec::new();
        while let Some(pending) = self.configures.pop_front() {
            let mut own = ConfigureDraft::default();
            let numbers = self.numbers();
            self.begin_for(&pending.caller);
            let evaluated = self.evaluate(now, &pending, &mut own);
            self.authors.done();
            match evaluated {
                Ok(outcomes) => {
                    draft.add(own);
                    replies.push((pending.reply, outcomes));
                }
                Err(error) => {
                    self.take_back(own.undo);
                    self.give_back(numbers);
                    pending.reply.send(Err(error));
                }
            }
        }
        if draft.undo.is_empty() {
            // Nothing to write: everything has these values already.
            for (reply, outcomes) in replies {
                reply.send(Ok(outcomes));
            }
            return;
        }
        self.configuring = true;
        let configs = draft.configured.iter().filter_map(|id| {
            let record = &self.services.get(id)?.record;
            Some((*id, Arc::clone(&record.config), record.marked_for_delete))
        });
        let batch = Batch {
            configs: configs.collect(),
            ..Batch::default()
        };
        draft.turn.changed.extend(draft.configured);
        let submitted = SubmittedConfigures {
            replies,
            undo: draft.undo,
        };
        self.submit(draft.turn, Some(submitted), batch);
    }

    /// All changes of one request, or the first error.
    fn evaluate(
        &mut self,
        now: Moment,
        pending: &PendingConfigure,
        draft: &mut ConfigureDraft,
    ) -> Result<Vec<Outcome>, ScmError> {
        let caller = &pending.caller;
        pending
            .changes
            .iter()
            .map(|change| match change {
                ConfigRequest::Create(service) => self.create(now, caller, service, draft),
                ConfigRequest::Apply(service) => self.apply(now, caller, service, draft),
                ConfigRequest::Change(name, change) => {
                    self.change(now, caller, name, change, draft)
                }
                ConfigRequest::Access(name, changes) => {
                    self.change_access(now, caller, name, changes, draft)
                }
                ConfigRequest::Delete(name) => self.delete(now, caller, name, draft),
                ConfigRequest::Policy(name, change) => {
                    self.change_policy(now, caller, name, change, draft)
                }
            })
            .collect()
    }

    fn create(
        &mut self,
        now: Moment,
        caller: &Caller,
        service: &NewService,
        draft: &mut ConfigureDraft,
    ) -> Result<Outcome, ScmError> {
        access::check_administrator(caller)?;
        self.refuse_in_shutdown(&service.config.service_name)?;
        refuse_template(&service.config.service_name)?;
        service.config.check()?;
        let config = &self.with_policy(None, service.config.clone())?;
        if let Some(id) = self.names.find(&config.service_name) {
            refuse_marked(&self.services[&id].record)?;
        }
        self.names.check(None, config)?;
        Self::check_schedule(now, config, None)?;
        self.refuse_loop(config)?;
        self.last_service += 1;
        let id = ServiceId(self.last_service);
        self.insert(Arc::new(ServiceRecord::new(id, Arc::new(config.clone()))));
        self.services
            .entry(id)
            .and_modify(|slot| slot.is_new = true);
        draft.undo.push(Undo::Create(id));
        draft.configured.push(id);
        let installed = Event::Installed {
            image_path: config.command_line.clone(),
            start_type: config.start_type,
            account_name: config.account_name.as_str().into(),
        };
        self.log_into(now, id, &installed, draft);
        if !service.password.is_empty() {
            self.log_into(now, id, &Event::PasswordIgnored, draft);
        }
        self.log_limits(now, id, None, draft);
        Ok(Outcome::Created)
    }

    /// Creates a service, or makes the one of that name like this.
    fn apply(
        &mut self,
        now: Moment,
        caller: &Caller,
        service: &NewService,
        draft: &mut ConfigureDraft,
    ) -> Result<Outcome, ScmError> {
        let Some(id) = self.names.find(&service.config.service_name) else {
            return self.create(now, caller, service, draft);
        };
        access::check_administrator(caller)?;
        self.refuse_in_shutdown(&service.config.service_name)?;
        service
            .config
            .check_after(&self.services[&id].record.config)?;
        let config = self.with_policy(Some(id), service.config.clone())?;
        self.replace_config(now, id, config, draft)
    }

    /// Gives and takes rights; what others changed meanwhile stays.
    fn change_access(
        &mut self,
        now: Moment,
        caller: &Caller,
        name: &ServiceName,
        changes: &[AccessChange],
        draft: &mut ConfigureDraft,
    ) -> Result<Outcome, ScmError> {
        let id = self.require(caller, name, AccessRights::WRITE_DAC)?;
        let record = &self.services[&id].record;
        self.refuse_in_shutdown(name)?;
        refuse_marked(record)?;
        let config = record.config.with_access(changes);
        self.replace_config(now, id, config, draft)
    }

    pub(super) fn change(
        &mut self,
        now: Moment,
        caller: &Caller,
        name: &ServiceName,
        change: &ConfigChange,
        draft: &mut ConfigureDraft,
    ) -> Result<Outcome, ScmError> {
        let id = self.require(caller, name, change.rights())?;
        let record = &self.services[&id].record;
        // R52: on Windows the privilege to shut down.
        if change.adds(|kind| kind == RecoveryActionKind::Reboot) {
            access::check_administrator(caller)?;
        }
        self.refuse_in_shutdown(name)?;
        refuse_marked(record)?;
        let config = self.changed_with_policy(caller, record, change)?;
        if let Some(reason) = config
            .extensions
            .needs_administrator(&record.config.extensions)
        {
            access::check_administrator(caller).map_err(|error| with_reason(&error, reason))?;
        }
        let outcome = self.replace_config(now, id, config, draft)?;
        if change
            .password
            .as_ref()
            .is_some_and(|password| !password.is_empty())
        {
            self.log_into(now, id, &Event::PasswordIgnored, draft);
            draft.remember_change(&self.services[&id].record);
        }
        Ok(outcome)
    }

    pub(super) fn replace_config(
        &mut self,
        now: Moment,
        id: ServiceId,
        config: ServiceConfig,
        draft: &mut ConfigureDraft,
    ) -> Result<Outcome, ScmError> {
        let before = Arc::clone(&self.services[&id].record);
        refuse_marked(&before)?;
        if *before.config == config {
            return Ok(Outcome::Unchanged);
        }
        self.names.check(Some(id), &config)?;
        Self::check_schedule(now, &config, Some(&before.config))?;
        self.refuse_loop(&config)?;
        self.names.remove(&before.config);
        self.names.insert(id, &config);
        self.note_dependencies(id, &config);
        let old = Arc::clone(&before.config);
        draft.undo.push(Undo::Change(before));
        draft.configured.push(id);
        self.input_into(now, id, Input::ConfigChanged(Arc::new(config)), draft);
        if let Some(settings) = changed_settings(&old, &self.services[&id].record.config) {
            self.log_into(now, id, &Event::SettingsChanged(settings), draft);
        }
        self.log_limits(now, id, Some(&old), draft);
        self.note_minding(id);
        Ok(Outcome::Changed)
    }

    /// X53: limits that are not held here are named where they are set.
    fn log_limits(
        &mut self,
        now: Moment,
        id: ServiceId,
        before: Option<&ServiceConfig>,
        draft: &mut ConfigureDraft,
    ) {
        let controllers = self.processes.controllers();
        let lacking = |config: &ServiceConfig| config.extensions.lacking(controllers);
        let said = before.and_then(lacking);
        let limits = lacking(&self.services[&id].record.config);
        if let Some(limits) = limits.filter(|limits| Some(limits) != said.as_ref()) {
            self.log_into(now, id, &Event::LimitsNotHeld(limits), draft);
        }
    }

    fn delete(
        &mut self,
        now: Moment,
        caller: &Caller,
        name: &ServiceName,
        draft: &mut ConfigureDraft,
    ) -> Result<Outcome, ScmError> {
        let id = self.require(caller, name, AccessRights::DELETE)?;
        let before = Arc::clone(&self.services[&id].record);
        self.refuse_in_shutdown(name)?;
        let answer = self.input_into(now, id, Input::DeleteRequested, draft);
        if let Answer::Denied(reason) = answer {
            return Err(reason.error(name));
        }
        if self.services.contains_key(&id) {
            draft.undo.push(Undo::Change(before));
            draft.configured.push(id);
        } else {
            draft.undo.push(Undo::Remove(before));
            draft.configured.retain(|configured| *configured != id);
        }
        Ok(Outcome::Deleted)
    }

    /// The service of this name, one that is not committed yet too, if the caller has these rights on it.
    fn require(
        &self,
        caller: &Caller,
        name: &ServiceName,
        rights: AccessRights,
    ) -> Result<ServiceId, ScmError> {
        let id = self.names.require(caller, name)?;
        access::check_named(caller, name, &self.services[&id].record.config, rights)?;
        Ok(id)
    }

    /// A step whose entries, changes and effects go with this commit. What follows from it for other
    /// services waits until it is committed.
    fn input_into(
        &mut self,
        now: Moment,
        id: ServiceId,
        input: Input,
        draft: &mut ConfigureDraft,
    ) -> Answer {
        std::mem::swap(&mut self.turn, &mut draft.turn);
        let answer = self.input_alone(now, id, input);
        std::mem::swap(&mut self.turn, &mut draft.turn);
        answer
    }

    fn log_into(&mut self, now: Moment, id: ServiceId, event: &Event, draft: &mut ConfigureDraft) {
        self.last_entry += 1;
        let record = &self.services[&id].record;
        let mut entry = entry_of_service(self.last_entry, now.wall, event, record);
        let is_change = !matches!(event, Event::LimitsNotHeld(_));
        entry.details.by = is_change.then(|| self.authors.by());
        draft.turn.entries.push((entry, None));
    }

    pub(super) fn note_dependencies(&mut self, id: ServiceId, config: &ServiceConfig) {
        if config.dependencies.is_empty() {
            self.with_dependencies.remove(&id);
        } else {
            self.with_dependencies.insert(id);
        }
    }

    /// R53: 1115. A service created now would not know of the shutdown: it could be started, and
    /// delay the shutdown.
    pub(super) fn refuse_in_shutdown(&self, name: &ServiceName) -> Result<(), ScmError> {
        if self.shutting_down {
            return Err(DenyReason::ShuttingDown.error(name));
        }
        Ok(())
    }
}

impl ConfigureDraft {
    /// Another request adds this to the same commit.
    fn add(&mut self, other: Self) {
        // A service that the other request has removed is not configured any more.
        let gone: Vec<ServiceId> = other.turn.removed.iter().map(|record| record.id).collect();
        self.configured.retain(|id| !gone.contains(id));
        self.configured.extend(other.configured);
        self.undo.extend(other.undo);
        self.turn.add(other.turn);
    }

    fn remember_change(&mut self, record: &Arc<ServiceRecord>) {
        if !self.configured.contains(&record.id) {
            self.configured.push(record.id);
            self.undo.push(Undo::Change(Arc::clone(record)));
        }
    }
}

/// X52: commands that name a template mean its instances.
fn refuse_template(name: &ServiceName) -> Result<(), ScmError> {
    if is_template(name.as_str()) {
        let sentence = error::TemplateIsNoService { name };
        return Err(ScmError::new(Win32Error::INVALID_NAME, sentence));
    }
    Ok(())
}

/// C32: a service marked for deletion takes no change, and its name is not free.
fn refuse_marked(record: &ServiceRecord) -> Result<(), ScmError> {
    if record.marked_for_delete {
        return Err(DenyReason::MarkedForDelete.error(&record.config.service_name));
    }
    Ok(())
}

/// X66: the names of the settings that differ, except for the start type, whose change is 7040. Values are
/// not logged: they may be secrets.
fn changed_settings(old: &ServiceConfig, new: &ServiceConfig) -> Option<Box<str>> {
    let pairs = settings::texts(old).zip(settings::texts(new));
    let changed = pairs.filter(|((_, old), (_, new))| old != new);
    let mut names: Vec<&str> = changed.map(|((setting, _), _)| setting.key).collect();
    names.retain(|name| *name != "start_type");
    (!names.is_empty()).then(|| names.join(", ").into())
}

/// A refusal, with its reason.
fn with_reason(error: &ScmError, reason: Words) -> ScmError {
    let problems = [error.to_sentence(), reason.into()];
    let problems = Value::Sentences(problems.into());
    ScmError::new(error.code(), error::Several { problems })
}
