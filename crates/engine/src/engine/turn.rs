//! Turns and commits: what changed since the last turn goes to the database in one batch; what
//! follows from it waits for the commit.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use relance_policy::{ActionId, RunId, ServiceId, ServiceRecord};
use relance_scm::config::PriorityClass;
use relance_scm::status::ServiceStatus;
use relance_scm::{Reply, ScmError, ServiceConfig};
use relance_wire::channel::ManagerFrame;

use super::submitted::SubmittedConfigures;
use super::{Engine, Moment};
use crate::database::{Batch, Meta};
use crate::policies::Policies;
use crate::processes::Processes;
use crate::publisher::Change;
use crate::storage::{CommitOutcome, Committed, Storage, Submission, trouble};
use relance_scm::event_log::LogEntry;

/// Most that the host keeps while the database cannot be written.
const WITHHELD_MAX: usize = 4096;

/// What has happened since the last turn ended.
#[derive(Default)]
pub(super) struct Turn {
    pub(super) changed: BTreeSet<ServiceId>,
    pub(super) removed: Vec<Arc<ServiceRecord>>,
    pub(super) entries: Vec<(LogEntry, Option<Receiver<String>>)>,
    pub(super) effects: Vec<Effect>,
    pub(super) meta: Vec<(Meta, String)>,
    /// Policies as they are now, if they have changed.
    pub(super) policies: Option<Arc<Policies>>,
}

/// What follows a commit.
pub(super) enum Effect {
    Spawn(RunId),
    Send(RunId, ManagerFrame),
    RunCommand(ActionId, Arc<ServiceConfig>, Box<str>),
    Reboot(ActionId),
    StopCommand(RunId, Arc<ServiceConfig>),
    Broadcast(Arc<str>),
    SetPriority(RunId, PriorityClass),
    /// From the first configuration to the second.
    SetLimits(RunId, Arc<ServiceConfig>, Arc<ServiceConfig>),
    Reply(Reply<()>, Result<(), ScmError>),
    ReplyControl(Reply<ServiceStatus>, Result<ServiceStatus, ScmError>),
    ReplyClock(Reply<u64>, u64),
    /// A message of a run about itself is on record, or cannot be; either way its next messages may
    /// be read.
    Noticed(RunId),
    /// The host may forget: only once it is really on disk.
    Consume(RunId, u64),
    ForgetRun(RunId),
    ForgetCommand(ActionId),
    /// The notifier should run: its file may exist only now.
    LookForTeller,
    ShutDown,
}

impl Effect {
    fn needs_disk(&self) -> bool {
        matches!(
            self,
            Self::Consume(..) | Self::ForgetRun(_) | Self::ForgetCommand(_)
        )
    }
}

/// A batch between submission and commit.
pub(super) struct SubmittedTurn {
    id: u64,
    changes: Vec<Change>,
    effects: Vec<Effect>,
    configure: Option<SubmittedConfigures>,
}

impl<P: Processes, S: Storage> Engine<P, S> {
    /// Hands what this turn changed to the database. To be called whenever the inputs that were at
    /// hand have been taken.
    pub fn end_turn(&mut self, now: Moment) {
        // First: what comes of it belongs to this turn, and the changes follow it.
        self.recall_for_configures(now);
        self.go_on_with_boot(now);
        self.go_on_with_restarts(now);
        self.go_on_with_recycling(now);
        self.go_on_with_groups(now);
        self.give_places_anew(now);
        self.go_on_with_shutdown(now);
        self.finish_shutdown(now);
        let turn = std::mem::take(&mut self.turn);
        if !turn.is_empty() {
            self.submit(turn, None, Batch::default());
        }
        self.begin_configure(now);
        self.give_orders(now);
    }

    pub(super) fn submit(
        &mut self,
        turn: Turn,
        configure: Option<SubmittedConfigures>,
        mut batch: Batch,
    ) {
        let records: Vec<_> = turn
            .changed
            .iter()
            .filter_map(|id| self.services.get(id).map(|slot| Arc::clone(&slot.record)))
            .collect();
        let changes = turn
            .policies
            .into_iter()
            .map(Change::Policies)
            .chain(
                records
                    .iter()
                    .map(|record| Change::Service(Arc::clone(record))),
            )
            .chain(
                turn.removed
                    .iter()
                    .map(|record| Change::Removed(Arc::clone(record))),
            )
            .collect();
        batch.records.extend(records);
        batch
            .removed
            .extend(turn.removed.iter().map(|record| record.id));
        batch.meta.extend(turn.meta);
        let refusable = configure.is_some();
        self.last_batch += 1;
        let id = self.last_batch;
        self.submitted.push_back(SubmittedTurn {
            id,
            changes,
            effects: turn.effects,
            configure,
        });
        self.storage.submit(Submission {
            id,
            batch,
            entries: turn.entries,
            refusable,
        });
    }

    /// A batch was committed, or was not.
    pub fn committed(&mut self, now: Moment, committed: Committed) {
        if committed.outcome == CommitOutcome::Fenced {
            self.is_fenced = true;
            return;
        }
        if let Some(event) = trouble(&committed.outcome) {
            self.log_of_manager(now, &event);
        }
        match committed.outcome {
            CommitOutcome::Recovered(_) => {
                for effect in std::mem::take(&mut self.withheld) {
                    self.take_effect(effect);
                }
                return;
            }
            CommitOutcome::Saved(_) | CommitOutcome::Lost(_) => return,
            _ => {}
        }
        let Some(submitted) = self.submitted.pop_front() else {
            return;
        };
        debug_assert_eq!(
            submitted.id, committed.id,
            "commits come in the order of the submissions"
        );
        self.is_on_record = true;
        self.release();
        if let CommitOutcome::Refused(reason) = &committed.outcome {
            return self.configure_refused(submitted.configure, reason);
        }
        let mut changes = submitted.changes;
        changes.extend(committed.entries.into_iter().map(Change::Logged));
        self.tell(&changes);
        let written = committed.outcome == CommitOutcome::Written;
        for effect in submitted.effects {
            if written || !effect.needs_disk() {
                self.take_effect(effect);
            } else {
                self.withhold(effect);
            }
        }
        if let Some(configure) = submitted.configure {
            self.configure_done(now, configure);
        }
    }

    /// Bounded: beyond this the host forgets, although a crash of the engine would then lose something.
    fn withhold(&mut self, effect: Effect) {
        self.withheld.push_back(effect);
        if self.withheld.len() > WITHHELD_MAX
            && let Some(oldest) = self.withheld.pop_front()
        {
            self.take_effect(oldest);
        }
    }

    fn take_effect(&mut self, effect: Effect) {
        match effect {
            Effect::Spawn(run) => self.spawn(run),
            Effect::Send(run, frame) => self.processes.send(run, &frame),
            Effect::RunCommand(id, config, command) => {
                self.processes.run_command(id, &config, &command);
            }
            Effect::Reboot(id) => self.processes.reboot(id),
            Effect::StopCommand(run, config) => self.processes.run_stop_command(run, &config),
            Effect::SetPriority(run, class) => self.processes.set_priority(run, class),
            Effect::SetLimits(run, before, after) => {
                self.processes.set_limits(run, &before, &after);
            }
            Effect::Broadcast(message) => self.processes.broadcast(&message),
            Effect::Reply(reply, result) => reply.send(result),
            Effect::ReplyControl(reply, result) => reply.send(result),
            Effect::ReplyClock(reply, nanos) => reply.send(Ok(nanos)),
            Effect::Noticed(run) => self.processes.on_record(run),
            Effect::Consume(run, position) => self.processes.consume(run, position),
            Effect::ForgetRun(run) => self.processes.forget_run(run),
            Effect::ForgetCommand(id) => self.processes.forget_command(id),
            Effect::LookForTeller => self.processes.look_for_teller(),
            Effect::ShutDown => self.processes.shut_down(),
        }
    }

    /// Whether nothing is on its way to the database.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.submitted.is_empty() && self.turn.is_empty() && self.configures.is_empty()
    }
}

impl Turn {
    pub(super) fn add(&mut self, other: Self) {
        self.changed.extend(other.changed);
        self.removed.extend(other.removed);
        self.entries.extend(other.entries);
        self.effects.extend(other.effects);
        self.meta.extend(other.meta);
        self.policies = other.policies.or(self.policies.take());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.changed.is_empty()
            && self.removed.is_empty()
            && self.entries.is_empty()
            && self.effects.is_empty()
            && self.meta.is_empty()
            && self.policies.is_none()
    }
}
