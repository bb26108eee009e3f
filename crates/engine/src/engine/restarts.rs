//! Restarts (X22), as far as they concern several services: those that need the one that is restarted are
//! in the way (D6), or are restarted with it, stopped before it and started after it.
//!
//! Each record holds its own part, so nothing is lost with the engine. What one waits for of another is
//! looked at here, at the end of each turn.

use std::collections::BTreeSet;

use relance_policy::{Answer, DenyReason, Input, ServiceId, step};
use relance_scm::config::Dependency;
use relance_scm::{AccessRights, Caller, ScmError, ServiceName, ServiceState};
use relance_texts::refused;

use super::{Engine, Moment};
use crate::access;
use crate::processes::Processes;
use crate::sight::is_visible;
use crate::storage::Storage;

/// What others can be in the way of.
#[derive(Clone, Copy)]
pub(super) enum Asked {
    Stop,
    Restart,
}

impl<P: Processes, S: Storage> Engine<P, S> {
    pub(super) fn restart_service(
        &mut self,
        now: Moment,
        caller: &Caller,
        name: &ServiceName,
        with_dependents: bool,
    ) -> Result<(), ScmError> {
        let rights = AccessRights::START.union(AccessRights::STOP);
        let id = self.open(caller, name, rights)?;
        let dependents = if with_dependents {
            self.all_active_dependents(id)
        } else {
            Vec::new()
        };
        let mut restarts = Vec::new();
        for dependent in &dependents {
            let config = &self.services[dependent].record.config;
            access::check_dependent(caller, name, config, rights)?;
            restarts.push(self.restart_of(*dependent, true, Some(id)));
        }
        restarts.push(self.restart_of(id, with_dependents, None));
        // All or nothing: no service is stopped if another one cannot be.
        for (id, input) in &restarts {
            let record = &self.services[id].record;
            if let Answer::Denied(reason) = step(record, now.time, input.clone()).answer {
                let name = &record.config.service_name;
                return Err(self.refused(caller, name, reason, Asked::Restart));
            }
        }
        for (id, input) in restarts {
            self.input(now, id, input);
        }
        Ok(())
    }

    fn restart_of(
        &self,
        id: ServiceId,
        with_dependents: bool,
        after: Option<ServiceId>,
    ) -> (ServiceId, Input) {
        let name = &self.services[&id].record.config.service_name;
        let input = Input::RestartRequested {
            dependents_active: self.active_dependents(name).next().is_some(),
            with_dependents,
            after,
        };
        (id, input)
    }

    /// In each turn: restarts that waited for other services go on.
    pub(super) fn go_on_with_restarts(&mut self, now: Moment) {
        if self.is_catching_up() {
            return;
        }
        for id in self.restarting.iter().copied().collect::<Vec<_>>() {
            let restart = self
                .services
                .get(&id)
                .and_then(|slot| slot.record.restart.map(|restart| (&slot.record, restart)));
            let Some((record, restart)) = restart else {
                self.restarting.remove(&id);
                continue;
            };
            let is_due = if record.run.is_some() {
                let name = &record.config.service_name;
                let is_needed = if restart.with_needed {
                    self.others_still_stop(record)
                } else {
                    self.active_dependents(name).next().is_some()
                };
                restart.behind_dependents && !is_needed
            } else {
                let needed = restart.after.and_then(|needed| self.services.get(&needed));
                needed.is_none_or(|needed| needed.record.restart.is_none())
            };
            if is_due {
                self.input(now, id, Input::RestartDue);
            }
        }
    }

    /// D6: services that need this one and are not stopped; members of its group do not count, nor do those
    /// that it needs itself, because in a circle none could be stopped.
    pub(super) fn active_dependents<'a>(
        &'a self,
        name: &'a ServiceName,
    ) -> impl Iterator<Item = ServiceId> + 'a {
        let needs = move |id: &&ServiceId| {
            let record = &self.services[*id].record;
            let mut dependencies = record.config.dependencies.iter();
            record.state != ServiceState::Stopped
                && dependencies.any(
                    |dependency| matches!(dependency, Dependency::Service(needed) if needed == name),
                )
                && !self.is_needed_by(&record.config.service_name, name)
        };
        self.with_dependencies.iter().filter(needs).copied()
    }

    /// Whether a service is needed by this one, directly or by others.
    fn is_needed_by(&self, needed: &ServiceName, name: &ServiceName) -> bool {
        let slot = self.find(name).map(|id| &self.services[&id]);
        slot.is_some_and(|slot| self.needs_in_turn(&slot.record.config, needed))
    }

    /// Those that need it, those that need these, and so on; the farthest last.
    fn all_active_dependents(&self, id: ServiceId) -> Vec<ServiceId> {
        let mut seen = BTreeSet::from([id]);
        let mut found = vec![id];
        let mut next = 0;
        while let Some(id) = found.get(next) {
            let name = &self.services[id].record.config.service_name;
            let new: Vec<_> = self
                .active_dependents(name)
                .filter(|id| seen.insert(*id))
                .collect();
            found.extend(new);
            next += 1;
        }
        found.remove(0);
        found
    }

    /// The error for a request that was refused; services in its way are named, with what does what was asked.
    pub(super) fn refused(
        &self,
        caller: &Caller,
        name: &ServiceName,
        reason: DenyReason,
        asked: Asked,
    ) -> ScmError {
        if reason != DenyReason::DependentsRunning {
            return reason.error(name);
        }
        let dependents = self.active_dependents(name);
        let records = dependents.map(|id| &self.services[&id].record);
        let names: Vec<_> = records
            .filter(|record| is_visible(caller, record))
            .map(|record| record.config.service_name.as_str())
            .collect();
        if names.is_empty() {
            return reason.error(name);
        }
        let (code, service) = (reason.code(), name);
        match asked {
            Asked::Restart => ScmError::new(code, refused::DependentsNamed { service, names }),
            Asked::Stop => {
                let first = names.join(" ");
                let sentence = refused::DependentsOfStopped {
                    service,
                    names,
                    first,
                };
                ScmError::new(code, sentence)
            }
        }
    }
}
