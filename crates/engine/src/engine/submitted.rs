//! Changes of the configuration whose commit is on its way: who waits for it, what follows it, and how they are
//! taken back.

use std::sync::Arc;
use std::time::Duration;

use relance_policy::{ServiceId, ServiceRecord};
use relance_scm::Reply;
use relance_scm::manager::Outcome;

use super::errors::not_written;
use super::{Engine, Moment};
use crate::policies::Policies;
use crate::processes::Processes;
use crate::storage::Storage;

/// Requests whose commit is on its way.
pub(super) struct SubmittedConfigures {
    pub(super) replies: Vec<(Reply<Vec<Outcome>>, Vec<Outcome>)>,
    pub(super) undo: Vec<Undo>,
}

/// What undoes a change.
pub(super) enum Undo {
    Create(ServiceId),
    /// The record as it was before.
    Change(Arc<ServiceRecord>),
    Remove(Arc<ServiceRecord>),
    /// The policies as they were.
    Policies(Arc<Policies>),
}

/// The numbers that were given last, before a request was evaluated.
#[derive(Clone, Copy)]
pub(super) struct Numbers {
    service: u32,
    entry: u64,
}

impl<P: Processes, S: Storage> Engine<P, S> {
    pub(super) fn numbers(&self) -> Numbers {
        Numbers {
            service: self.last_service,
            entry: self.last_entry,
        }
    }

    /// A request was refused or only tried, and is taken back: nobody has seen the numbers that it used.
    pub(super) fn give_back(&mut self, numbers: Numbers) {
        self.last_service = numbers.service;
        self.last_entry = numbers.entry;
    }

    /// The commit is on disk. What waits begins with the end of the turn, behind what has happened
    /// in it, so that entries of the log are written in the order of their numbers.
    pub(super) fn configure_done(&mut self, now: Moment, submitted: SubmittedConfigures) {
        self.configuring = false;
        for undo in submitted.undo {
            let (id, before) = match undo {
                Undo::Create(id) => {
                    self.services
                        .entry(id)
                        .and_modify(|slot| slot.is_new = false);
                    (id, None)
                }
                Undo::Change(before) | Undo::Remove(before) => (before.id, Some(before)),
                Undo::Policies(_) => continue,
            };
            self.look_at_waits(now, id);
            self.plan_changed(now, id, before.as_deref());
            self.look_at_needs(now, id, Duration::ZERO);
            if let Some(before) = before {
                self.look_at_dependents(now, &before);
            }
        }
        for (reply, outcomes) in submitted.replies {
            reply.send(Ok(outcomes));
        }
    }

    /// The commit was refused: everything is as it was, and everybody is told. The numbers are not given again: a disk
    /// that fails may have written them.
    pub(super) fn configure_refused(
        &mut self,
        now: Moment,
        submitted: Option<SubmittedConfigures>,
        reason: &str,
    ) {
        self.configuring = false;
        let Some(submitted) = submitted else { return };
        self.take_back(submitted.undo);
        // What has come back has missed what happened meanwhile: a shutdown, and a clock that was set.
        if self.shutting_down {
            self.shut_down_all(now);
        }
        self.plan_ahead(now);
        for (reply, _) in submitted.replies {
            reply.send(Err(not_written(reason)));
        }
    }

    pub(super) fn take_back(&mut self, undo: Vec<Undo>) {
        for undo in undo.into_iter().rev() {
            match undo {
                Undo::Create(id) => {
                    self.take_out(id);
                }
                Undo::Remove(mut record) => {
                    // Their outcome may have come while the service was away.
                    let id = record.id;
                    let actions = &mut Arc::make_mut(&mut record).pending_actions;
                    actions.retain(|pending| !pending.executing);
                    self.turn.changed.insert(id);
                    self.insert(record);
                }
                Undo::Change(before) => self.restore_config(&before),
                Undo::Policies(before) => self.policies = before,
            }
        }
    }

    /// The configuration as it was; what happened to the service meanwhile stays.
    fn restore_config(&mut self, before: &ServiceRecord) {
        let Some(slot) = self.services.get_mut(&before.id) else {
            return;
        };
        self.names.remove(&slot.record.config);
        let record = slot.record.with_config_of(before);
        // The configuration itself was not written; what follows from it may have been, by a turn since then.
        let was_written = ServiceRecord {
            config: Arc::clone(&slot.record.config),
            marked_for_delete: slot.record.marked_for_delete,
            ..record.clone()
        };
        if was_written != *slot.record {
            self.turn.changed.insert(before.id);
        }
        slot.record = Arc::new(record);
        self.names.insert(before.id, &before.config);
        self.note_dependencies(before.id, &before.config);
        self.note_minding(before.id);
        self.schedule(before.id);
    }
}
