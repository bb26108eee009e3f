//! Recycling at soft ceilings (X55, X56), as far as it concerns several services: which runs are measured, and
//! whose turn it is.

use std::collections::BTreeSet;

use relance_policy::{Input, RunId, ServiceId, ServiceRecord};
use relance_scm::ceiling::Ceiling;
use relance_scm::{ServiceState, fold_case};

use super::{Engine, Moment};
use crate::ceilings::Look;
use crate::processes::Processes;
use crate::storage::Storage;

impl<P: Processes, S: Storage> Engine<P, S> {
    /// Notes, after a change of a record, what must be measured and who waits.
    pub(super) fn note_ceilings(&mut self, now: Moment, id: ServiceId) {
        let Some(slot) = self.services.get(&id) else {
            return;
        };
        let record = &slot.record;
        if record.waits_for_recycling() {
            self.recycling.insert(id);
        }
        let processes = &self.processes;
        self.ceilings.watch(record, now.time, now.wall, |time| {
            processes.next_time_of_day(now.wall, time)
        });
    }

    /// Measures the runs that are due.
    pub(super) fn look_at_ceilings(&mut self, now: Moment) {
        let due = self.ceilings.due(now.time);
        if due.is_empty() {
            return;
        }
        let runs = due.iter().filter_map(|look| match look {
            Look::Memory(run, _) => Some(*run),
            Look::TimeOfDay(..) => None,
        });
        let used = self.processes.memory_of(&runs.collect::<Vec<_>>());
        for look in due {
            let (run, ceiling) = match look {
                Look::Memory(run, line) => {
                    let used = used.get(&run).copied().unwrap_or_default();
                    if used <= line {
                        self.ceilings.below(run, used, now.time);
                        continue;
                    }
                    (run, Ceiling::Memory(used))
                }
                Look::TimeOfDay(run, day) => {
                    if !self.ceilings.has_come(run, day, now.time, now.wall) {
                        continue;
                    }
                    (run, Ceiling::TimeOfDay)
                }
            };
            self.ceiling_reached(now, run, ceiling);
        }
    }

    /// A run says that it has done so many more jobs.
    pub(super) fn jobs_done(&mut self, now: Moment, run: RunId, count: u64) {
        if let Some(jobs) = self.ceilings.jobs_done(run, count) {
            self.ceiling_reached(now, run, Ceiling::Jobs(jobs));
        }
    }

    fn ceiling_reached(&mut self, now: Moment, run: RunId, ceiling: Ceiling) {
        self.input(now, run.service, Input::CeilingReached { run, ceiling });
    }

    /// In each turn: of each template one instance is recycled at a time, and only while the others run or are
    /// not wanted.
    pub(super) fn go_on_with_recycling(&mut self, now: Moment) {
        if self.is_catching_up() || self.recycling.is_empty() {
            return;
        }
        let mut busy: BTreeSet<String> = self
            .records()
            .filter(|record| is_away(record))
            .filter_map(|record| template(record))
            .collect();
        for id in self.recycling.iter().copied().collect::<Vec<_>>() {
            let waiting = self.services.get(&id).map(|slot| &slot.record);
            let Some(record) = waiting.filter(|record| record.waits_for_recycling()) else {
                self.recycling.remove(&id);
                continue;
            };
            let Some(run) = record.run.as_ref().map(|run| run.id) else {
                continue;
            };
            if template(record).is_some_and(|template| !busy.insert(template)) {
                continue;
            }
            let name = &record.config.service_name;
            let in_use = self.active_dependents(name).next().is_some();
            let turn = Input::RecycleTurn { run, in_use };
            self.input(now, id, turn);
        }
    }
}

/// The template of an instance, in one spelling.
fn template(record: &ServiceRecord) -> Option<String> {
    let (template, _) = record.config.service_name.instance()?;
    Some(fold_case(template))
}

/// Whether a service is wanted and does not run: it starts, stops in order to start again, or waits for the restart
/// that follows a failure.
fn is_away(record: &ServiceRecord) -> bool {
    let mut pending = record.pending_actions.iter();
    match record.state {
        ServiceState::Running | ServiceState::Paused => record.restart.is_some(),
        ServiceState::Stopped => {
            record.restart.is_some() || pending.any(|pending| pending.action.kind.restarts())
        }
        ServiceState::StartPending
        | ServiceState::StopPending
        | ServiceState::ContinuePending
        | ServiceState::PausePending => true,
    }
}
