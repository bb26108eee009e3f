//! Standing orders (X111): restarts that the host carries out by itself at the end of a run, because the policy
//! has decided in advance that they would follow.
//!
//! The engine counts, logs and commits the end and the start as if it had been asked. Laws:
//! - An order is valid only while the record asks for it ([`ServiceRecord::standing_order`]), under the same
//!   configuration, which is committed. Code that changes this recalls the order first.
//! - An order that was carried out before it could be recalled is a restart that came before the input: its facts are
//!   taken, then the input is looked at.
//! - Code that reads a record and acts on it later (requests, changes of the configuration) recalls
//!   before reading.
//! - A run that an order has started is begun in the same step as the end of the one before is taken, so that nothing
//!   comes between.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use relance_policy::{
    Input, RunId, RunPhase, ServiceId, ServiceRecord, StandingOrder, Step, Time, Timer, step_for,
};
use relance_scm::{PolicyChange, ServiceConfig, ServiceName};

use super::{Engine, Moment};
use crate::command::ConfigRequest;
use crate::processes::{Processes, Recalled, Started};
use crate::storage::Storage;

/// How long services that have not failed wait for their orders, counted from the last start of any
/// service, so that a boot comes first.
const CALM: Duration = Duration::from_secs(1);
/// How many of these orders are given in one turn, and the pause before the next ones, so that
/// requests and ends are handled in between.
const AT_ONCE: usize = 32;
const PAUSE: Duration = Duration::from_millis(20);

/// The orders of an engine.
#[derive(Default)]
pub(super) struct Orders {
    out: BTreeMap<ServiceId, Order>,
    /// Services for which one may be given at the end of the turn.
    unsettled: BTreeSet<ServiceId>,
    /// The same, but these wait until `calm_at`: they have not failed yet, or the engine has just begun.
    patient: BTreeSet<ServiceId>,
    calm_at: Option<Time>,
    /// The run that an order has started, while it is put on record.
    started: Option<RunId>,
    /// Set when it is not known what has become of an order.
    is_host_gone: bool,
}

/// An order that the host has.
struct Order {
    run: RunId,
    ends: StandingOrder,
    config: Arc<ServiceConfig>,
}

/// The outcome of a recall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recall {
    /// No order is outstanding, and none was carried out meanwhile.
    InTime,
    /// The record has gone on.
    TooLate,
}

impl Orders {
    pub(super) fn is_out(&self, id: ServiceId) -> bool {
        self.out.contains_key(&id)
    }

    /// Whether the host has ended while it held an order. Then this engine ends too, and its successor is told the
    /// outcome. Decisions until then would rest on a record that may not be true.
    pub(super) fn is_host_gone(&self) -> bool {
        self.is_host_gone
    }

    /// Whether the order for this service, if there is one, matches this record.
    pub(super) fn holds(&self, record: &ServiceRecord) -> bool {
        self.out.get(&record.id).is_none_or(|order| {
            let run = record.run.as_ref().map(|run| run.id);
            run == Some(order.run)
                && Arc::ptr_eq(&record.config, &order.config)
                && record.standing_order() == Some(order.ends)
        })
    }

    /// A record has changed. A service that has failed gets its order at once, because it may fail
    /// again; the others can wait.
    pub(super) fn look_at(&mut self, now: Time, record: &ServiceRecord) {
        if record.failure_count > 0 {
            self.unsettled.insert(record.id);
        } else {
            self.look_later(now, record);
        }
    }

    /// Has the service get an order, if it may have one, once nothing was started for a moment.
    pub(super) fn look_later(&mut self, now: Time, record: &ServiceRecord) {
        if !self.is_out(record.id) && record.standing_order().is_some() {
            self.patient.insert(record.id);
            self.calm_at = Some(now + CALM);
        }
    }

    /// When orders are given to those that wait.
    pub(super) fn deadline(&self) -> Option<Time> {
        self.calm_at
    }

    /// Some of the services that wait for orders, if it is time and orders may be given now.
    fn take_patient(&mut self, now: Time, may_be_given: bool) -> Vec<ServiceId> {
        if self.calm_at.is_none_or(|at| at > now) {
            return Vec::new();
        }
        if !may_be_given {
            self.calm_at = Some(now + CALM);
            return Vec::new();
        }
        let taken = std::iter::from_fn(|| self.patient.pop_first());
        let taken = taken.take(AT_ONCE).collect();
        self.calm_at = (!self.patient.is_empty()).then(|| now + PAUSE);
        taken
    }

    /// The run has ended, so there is nothing to recall.
    pub(super) fn ended(&mut self, run: RunId) {
        if let Some(order) = self.out.get(&run.service)
            && order.run == run
        {
            self.out.remove(&run.service);
        }
    }

    /// Whether the process of this run is there, because of an order.
    pub(super) fn has_started(&self, run: RunId) -> bool {
        self.started == Some(run)
    }
}

impl<P: Processes, S: Storage> Engine<P, S> {
    /// At the end of each turn: gives the orders that the records allow. Not while a configuration or a boot waits for
    /// its commit.
    pub(super) fn give_orders(&mut self, now: Moment) {
        let may_be_given = !self.configuring && self.held.is_none() && !self.is_catching_up();
        let mut services = self.orders.take_patient(now.time, may_be_given);
        if may_be_given {
            services.extend(std::mem::take(&mut self.orders.unsettled));
        }
        for id in services {
            if !self.orders.is_out(id) {
                self.give_order(id);
            }
        }
    }

    /// Conditions outside the record that delay restarts belong here. The budgets of the machine (X95 to X99) do
    /// so for as long as this engine lives.
    fn give_order(&mut self, id: ServiceId) {
        if self.budgets.limit_restarts() {
            return;
        }
        let record = self.services.get(&id).map(|slot| &slot.record);
        let ends = record.and_then(|record| record.standing_order());
        let (Some(record), Some(ends)) = (record, ends) else {
            return;
        };
        let Some(run) = record.run.as_ref().map(|run| run.id) else {
            return;
        };
        let config = Arc::clone(&record.config);
        if self.processes.order(run, ends, &config) {
            self.orders.out.insert(id, Order { run, ends, config });
        }
    }

    /// Recalls the order for a service. If the host has carried it out, the facts about that are taken now.
    fn recall(&mut self, now: Moment, id: ServiceId) -> Recall {
        let Some(order) = self.orders.out.remove(&id) else {
            return Recall::InTime;
        };
        self.orders.unsettled.insert(id);
        match self.processes.recall(order.run) {
            Recalled::InTime => Recall::InTime,
            Recalled::Unknown => {
                self.orders.is_host_gone = true;
                Recall::TooLate
            }
            Recalled::TooLate(facts) => {
                // These facts have no caller.
                let authors = std::mem::take(&mut self.authors);
                for fact in facts {
                    self.fact(now, fact);
                }
                self.authors = authors;
                Recall::TooLate
            }
        }
    }

    /// The record of a service and the step from it. The record may have gone on: where an order was carried out
    /// before it could be recalled, the restart came before this input.
    pub(super) fn decide(
        &mut self,
        now: Moment,
        id: ServiceId,
        input: Input,
    ) -> Option<(Arc<ServiceRecord>, Step)> {
        if self.orders.is_host_gone() {
            return None;
        }
        let before = Arc::clone(&self.services.get(&id)?.record);
        let again = self.orders.is_out(id).then(|| input.clone());
        let outcome = step_for(&before, now.time, input, self.authors.caller());
        let Some(input) = again.filter(|_| !self.orders.holds(&outcome.record)) else {
            return Some((before, outcome));
        };
        match self.recall(now, id) {
            Recall::InTime => Some((before, outcome)),
            Recall::TooLate => self.decide(now, id, input),
        }
    }

    /// Waiting changes are evaluated against records that no order changes meanwhile.
    pub(super) fn recall_for_configures(&mut self, now: Moment) {
        if self.configuring {
            return;
        }
        let waiting = std::mem::take(&mut self.configures);
        for pending in &waiting {
            self.recall_for(now, &pending.changes);
        }
        self.configures = waiting;
    }

    pub(super) fn recall_for(&mut self, now: Moment, changes: &[ConfigRequest]) {
        for change in changes {
            if let Some(name) = change.name() {
                self.recall_by_name(now, name);
            }
            if let ConfigRequest::Policy(name, change) = change {
                for id in self.users_of(name) {
                    self.recall(now, id);
                }
                if let PolicyChange::Give(services) = change {
                    for name in services {
                        self.recall_by_name(now, name);
                    }
                }
            }
        }
    }

    pub(super) fn recall_by_name(&mut self, now: Moment, name: &ServiceName) {
        if let Some(id) = self.names.find(name) {
            self.recall(now, id);
        }
    }

    /// Whether a run that was there when this engine began follows a restart that is due: its predecessor had ordered
    /// it, or begun it, and that is not on record.
    pub(super) fn may_come_of_order(
        &self,
        now: Moment,
        record: &ServiceRecord,
        run: RunId,
    ) -> bool {
        let is_due = |(at, timer)| matches!(timer, Timer::Recovery(_)) && at <= now.time;
        record.run.is_none()
            && run.number == record.runs + 1
            && record.restarts_at_once()
            && !self.budgets.limit_restarts()
            && record.next_deadline().is_some_and(is_due)
    }

    /// The host has started the next run at the end of the one before. The policy asks for that start now, and gets
    /// it.
    pub(super) fn started_by_order(&mut self, now: Moment, started: Started) {
        let Started { run, pid, birth } = started;
        let id = run.service;
        self.orders.started = Some(run);
        while let Some(timer) = self.restart_due(now, id) {
            self.input(now, id, Input::TimerFired(timer));
        }
        self.orders.started = None;
        self.input(now, id, Input::ProcessSpawned { run, pid, birth });
        let is_on_record = self.services.get(&id).is_some_and(|slot| {
            let current = slot.record.run.as_ref();
            current.is_some_and(|current| current.id == run && current.phase == RunPhase::Active)
        });
        if !is_on_record {
            debug_assert!(false, "{run} was started by an order, and nobody wants it");
            tracing::error!(%run, "a run that nobody wants was started by an order, and is ended");
            self.processes.terminate(run);
        }
    }

    /// The recovery action that is due and may start the next run. Of several, earlier ones may start nothing.
    fn restart_due(&self, now: Moment, id: ServiceId) -> Option<Timer> {
        let record = &self.services.get(&id)?.record;
        let (at, timer) = record.next_deadline().filter(|_| record.run.is_none())?;
        (matches!(timer, Timer::Recovery(_)) && at <= now.time).then_some(timer)
    }
}
