//! The manager's own stop: how long it takes at most, and who is told when.
//!
//! Services are told in the order of the records, all at once, as Windows does it (S48). Where one of two is a
//! program, a needed service is told once those that need it have ended (X20).

use std::collections::BTreeMap;
use std::time::Duration;

use relance_policy::record::ShutdownPhase;
use relance_policy::{Input, ServiceId, ServiceRecord};
use relance_scm::config::Dependency;
use relance_scm::settings::STOP_GRACE;
use relance_scm::{ServiceKind, fold_case};

use super::{Engine, Moment};
use crate::processes::Processes;
use crate::storage::Storage;

impl<P: Processes, S: Storage> Engine<P, S> {
    /// Tells all services that no running service needs any more.
    pub(super) fn shut_down_all(&mut self, now: Moment) {
        for id in self.services.keys().copied().collect::<Vec<_>>() {
            let needed = self.is_needed(id);
            self.tell_shutdown(now, id, needed);
        }
    }

    fn tell_shutdown(&mut self, now: Moment, id: ServiceId, needed: bool) {
        let limits = self.settings.shutdown;
        self.input(now, id, Input::ShutdownRequested { limits, needed });
    }

    /// In each turn of a shutdown: services that no running service needs any more are told.
    pub(super) fn go_on_with_shutdown(&mut self, now: Moment) {
        if !self.shutting_down {
            return;
        }
        loop {
            let waiting = self.waiting_for_others();
            let free: Vec<_> = waiting
                .iter()
                .copied()
                .filter(|id| !self.is_needed(*id))
                .collect();
            // Only a circle is left, which groups can cause: all of its services are told, because
            // otherwise they would wait for ever.
            let told = if free.is_empty() && !self.others_run() {
                waiting
            } else {
                free
            };
            if told.is_empty() {
                return;
            }
            for id in told {
                self.tell_shutdown(now, id, false);
            }
        }
    }

    fn waiting_for_others(&self) -> Vec<ServiceId> {
        let records = self.services.values().map(|slot| &slot.record);
        let waiting = records.filter(|record| waits(record));
        waiting.map(|record| record.id).collect()
    }

    /// Whether anything runs that was told to stop.
    fn others_run(&self) -> bool {
        let mut records = self.services.values().map(|slot| &slot.record);
        records.any(|record| runs(record) && !waits(record))
    }

    /// X20: something that needs it runs, and one of the two is a program.
    fn is_needed(&self, id: ServiceId) -> bool {
        let Some(slot) = self.services.get(&id) else {
            return false;
        };
        self.dependents(&slot.record)
            .any(|other| runs(other) && is_ordered(other, &slot.record))
    }

    /// The services that name this one, or its group, as something that must run first.
    fn dependents<'a>(
        &'a self,
        needed: &'a ServiceRecord,
    ) -> impl Iterator<Item = &'a ServiceRecord> {
        let all = self.with_dependencies.iter();
        all.filter_map(|id| self.services.get(id))
            .map(|slot| &*slot.record)
            .filter(|other| other.id != needed.id && needs(other, needed))
    }

    /// How long a shutdown takes at most.
    #[must_use]
    pub fn shutdown_max(&self) -> Duration {
        let records = self.services.values().map(|slot| &*slot.record);
        let own: BTreeMap<ServiceId, Duration> = records
            .map(|record| (record.id, self.time_to_stop(record)))
            .collect();
        let mut total = own.clone();
        // Each round moves the times one step further along the longest chain.
        for _ in 0..own.len() {
            let mut changed = false;
            for (id, own) in &own {
                let behind = self.behind(*id, &total) + *own;
                if total.get(id).is_some_and(|total| *total < behind) {
                    total.insert(*id, behind);
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        let longest = total.into_values().max().unwrap_or_default();
        longest.max(self.settings.shutdown.longest())
    }

    /// How long this one waits at most before it is told.
    fn behind(&self, id: ServiceId, total: &BTreeMap<ServiceId, Duration>) -> Duration {
        let needed = &self.services[&id].record;
        let others = self.dependents(needed);
        others
            .filter(|other| is_ordered(other, needed))
            .filter_map(|other| total.get(&other.id).copied())
            .max()
            .unwrap_or_default()
    }

    fn time_to_stop(&self, record: &ServiceRecord) -> Duration {
        let limits = self.settings.shutdown;
        match record.kind() {
            ServiceKind::Program => record.config.extensions.get(STOP_GRACE),
            ServiceKind::Service => {
                let own = record.config.preshutdown_timeout;
                own.unwrap_or(limits.preshutdown) + limits.wait_to_kill
            }
        }
    }
}

fn runs(record: &ServiceRecord) -> bool {
    record.run.is_some() || record.previous.is_some()
}

fn waits(record: &ServiceRecord) -> bool {
    record.shutdown == Some(ShutdownPhase::Needed)
}

fn is_ordered(one: &ServiceRecord, other: &ServiceRecord) -> bool {
    [one, other]
        .iter()
        .any(|record| record.kind() == ServiceKind::Program)
}

pub(super) fn needs(record: &ServiceRecord, other: &ServiceRecord) -> bool {
    let mut dependencies = record.config.dependencies.iter();
    dependencies.any(|dependency| match dependency {
        Dependency::Service(name) => *name == other.config.service_name,
        Dependency::Group(group) => fold_case(group) == fold_case(&other.config.load_order_group),
    })
}
