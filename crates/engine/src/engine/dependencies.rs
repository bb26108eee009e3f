//! Services whose `when_dependency_fails` is set (X70, X71): they are told when a service that they need is
//! down, and when it is back.
//!
//! Each record holds what its service was told, so nothing is lost with the engine. While no service has the
//! setting, nothing is checked.

use std::sync::Arc;
use std::time::Duration;

use relance_policy::{Input, ServiceId, ServiceRecord};
use relance_scm::config::Dependency;

use super::shutdown::needs;
use super::{Engine, Moment};
use crate::processes::Processes;
use crate::storage::Storage;

/// Services that waited for the same one are started one after the other: forty that connect to a
/// database in the moment in which it comes up would bring it down again.
const APART: Duration = Duration::from_millis(50);

/// A dependency of a service that is down.
struct Down {
    needed: Box<str>,
    failed: bool,
}

impl<P: Processes, S: Storage> Engine<P, S> {
    /// The record of a service before a step, if any service has the setting.
    pub(super) fn before(&self, id: ServiceId) -> Option<Arc<ServiceRecord>> {
        if self.minding.is_empty() {
            return None;
        }
        Some(Arc::clone(&self.services.get(&id)?.record))
    }

    /// A step has changed whether others can work with this one: they are told.
    pub(super) fn look_at_change(&mut self, now: Moment, before: &ServiceRecord) {
        let after = self.services.get(&before.id).map(|slot| &slot.record);
        if before.is_available() != after.is_some_and(|after| after.is_available()) {
            self.look_at_dependents(now, before);
        }
    }

    /// Tells the services that need this one whether it is up.
    pub(super) fn look_at_dependents(&mut self, now: Moment, needed: &ServiceRecord) {
        let concerned = self
            .others_that_mind(needed)
            .map(|other| other.id)
            .collect();
        self.look_at_needs_apart(now, concerned);
    }

    /// Tells all services. Used after a time in which nothing was checked.
    pub(super) fn look_at_all_needs(&mut self, now: Moment) {
        self.look_at_needs_apart(now, self.minding.iter().copied().collect());
    }

    /// Tells these services, and spreads the starts of those that were held.
    fn look_at_needs_apart(&mut self, now: Moment, services: Vec<ServiceId>) {
        let mut wait = Duration::ZERO;
        for id in services {
            if self.look_at_needs(now, id, wait) {
                wait += APART;
            }
        }
    }

    /// Tells one service the state of what it needs. Returns whether that ended its wait.
    pub(super) fn look_at_needs(&mut self, now: Moment, id: ServiceId, wait: Duration) -> bool {
        if self.shutting_down || self.is_catching_up() {
            return false;
        }
        let Some(slot) = self.services.get(&id) else {
            return false;
        };
        let record = Arc::clone(&slot.record);
        let down = record
            .minds_dependencies()
            .then(|| self.first_down(&record))
            .flatten();
        match (down, &record.needed_down) {
            (Some(down), known) => {
                let is_known = known
                    .as_ref()
                    .is_some_and(|known| known.needed == down.needed && known.start_at.is_none());
                let stops = down.failed && record.restarts_with_dependencies();
                if !is_known || stops {
                    let input = Input::DependencyDown {
                        needed: down.needed,
                        failed: down.failed,
                        behind_dependents: self.others_are_restarted(&record),
                    };
                    self.input(now, id, input);
                }
                false
            }
            (None, Some(known)) => {
                let is_released = known.is_held && known.start_at.is_none();
                self.input(now, id, Input::DependencyBack { wait });
                is_released
            }
            (None, None) => false,
        }
    }

    fn first_down(&self, record: &ServiceRecord) -> Option<Down> {
        let mut first: Option<Down> = None;
        for dependency in &record.config.dependencies {
            let members = self.members(dependency, record.id);
            let members = || members.iter().map(|id| &*self.services[id].record);
            if members().any(ServiceRecord::is_available) {
                continue;
            }
            let failed = members().any(ServiceRecord::is_down_by_failure);
            match &mut first {
                Some(first) => first.failed |= failed,
                None => {
                    let needed = match dependency {
                        Dependency::Service(name) => name.as_str(),
                        Dependency::Group(group) => group,
                    };
                    let needed = needed.into();
                    first = Some(Down { needed, failed });
                }
            }
        }
        first
    }

    /// The services that need this one and must be told about it.
    fn others_that_mind(&self, needed: &ServiceRecord) -> impl Iterator<Item = &ServiceRecord> {
        let slots = self.minding.iter().filter_map(|id| self.services.get(id));
        let others = slots.map(|slot| &*slot.record);
        others.filter(|other| other.id != needed.id && needs(other, needed))
    }

    /// Whether services run that need this one and are restarted with it (X71): they stop first.
    fn others_are_restarted(&self, needed: &ServiceRecord) -> bool {
        self.others_that_mind(needed)
            .any(|other| other.run.is_some() && other.restarts_with_dependencies())
    }

    /// X71: whether others that are restarted with this one still run.
    pub(super) fn others_still_stop(&self, needed: &ServiceRecord) -> bool {
        self.others_that_mind(needed).any(|other| {
            let is_going = other.restart.is_some_and(|restart| restart.with_needed);
            other.run.is_some() && is_going
        })
    }

    /// Notes whether a service must be told about what it needs.
    pub(super) fn note_minding(&mut self, id: ServiceId) {
        let record = self.services.get(&id).map(|slot| &slot.record);
        let minds = record
            .is_some_and(|record| record.minds_dependencies() || record.needed_down.is_some());
        if minds {
            self.minding.insert(id);
        } else {
            self.minding.remove(&id);
        }
    }
}
