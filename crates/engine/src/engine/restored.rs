//! A database that was brought back from a backup under services that run.

use std::sync::Arc;

use relance_policy::{Input, RunId, ServiceId};

use super::{Engine, Moment};
use crate::database::{Meta, Restored};
use crate::processes::Processes;
use crate::storage::Storage;

impl<P: Processes, S: Storage> Engine<P, S> {
    /// Brings the records up to what the host knows, before it tells of anything.
    pub(super) fn take_backup(&mut self, now: Moment) {
        let Some(restored) = self.restored.take() else {
            return;
        };
        for id in self.services.keys().copied().collect::<Vec<_>>() {
            self.bring_up(now, id, &restored);
        }
        self.turn.meta.push((Meta::Restored, String::new()));
    }

    fn bring_up(&mut self, now: Moment, id: ServiceId, restored: &Restored) {
        let before = restored.last_runs.get(&id).copied().unwrap_or_default();
        let last = self.processes.last_run(id).max(before);
        let Some(slot) = self.services.get_mut(&id) else {
            return;
        };
        let record = if restored.of_another_boot {
            slot.record.at_boot()
        } else {
            (*slot.record).clone()
        };
        let record = record.restored(now.time, last, |run| {
            self.processes.process_of(run).is_some()
        });
        if record != *slot.record {
            slot.record = Arc::new(record);
            self.turn.changed.insert(id);
            self.schedule(id);
        }
        let run = |number| RunId {
            service: id,
            number,
        };
        if self.processes.process_of(run(last)).is_some() {
            // Only the service knows what it has reported since the backup.
            self.processes.cut(run(last));
            self.find_first(now, id, last);
        }
    }

    /// Puts the first run that the record does not know and the host has on record. The host tells of it again, and
    /// of those that followed it; until then the service must not appear as stopped.
    fn find_first(&mut self, now: Moment, id: ServiceId, last: u32) {
        let record = self.services.get(&id).map(|slot| &slot.record);
        // The end of the process before comes first.
        let Some(record) = record.filter(|record| record.previous.is_none()) else {
            return;
        };
        let first = record.runs.saturating_add(1).min(last);
        let found = (first..=last).find_map(|number| {
            let run = RunId {
                service: id,
                number,
            };
            Some((run, self.processes.process_of(run)?))
        });
        if let Some((run, (pid, birth))) = found {
            self.input(now, id, Input::ProcessFound { run, pid, birth });
        }
    }
}
