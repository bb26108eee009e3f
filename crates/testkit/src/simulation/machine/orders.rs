//! Standing orders (X111) of the simulated machine. As on Linux the guardian carries one out the moment in which the
//! run ends, and tells it later; a recall is in time or too late.

use std::sync::Arc;

use relance_engine::processes::{Fact, Recalled, Started, told_up_to_the_end};
use relance_policy::simulate::StartOutcome;
use relance_policy::{RunId, StandingOrder};
use relance_scm::ServiceConfig;
use relance_scm::status::ProcessExit;

use super::Machine;
use super::host::HostRequest;

/// An order that the engine has not recalled.
#[derive(Clone, Debug)]
pub(super) struct SimOrder {
    pub(super) ends: StandingOrder,
    pub(super) config: Arc<ServiceConfig>,
    /// Its request has reached the guardian.
    pub(super) has_arrived: bool,
}

impl Machine {
    /// The engine gives an order. `false`: the run has ended already.
    pub(super) fn give_order(
        &mut self,
        run: RunId,
        ends: StandingOrder,
        config: &Arc<ServiceConfig>,
    ) -> bool {
        let is_alive = self
            .processes
            .get(&run)
            .is_some_and(|process| process.end.is_none());
        if !is_alive {
            return false;
        }
        let order = SimOrder {
            ends,
            config: Arc::clone(config),
            has_arrived: false,
        };
        if self.orders.insert(run, order).is_some() {
            self.violation(format!("a second order for {run}"));
        }
        let request = HostRequest::Order(run);
        self.note(format_args!("        engine asks: {request}"));
        self.requests.push_back(request);
        true
    }

    pub(super) fn order_arrived(&mut self, run: RunId) {
        if let Some(order) = self.orders.get_mut(&run) {
            order.has_arrived = true;
        }
    }

    /// The engine takes an order back.
    pub(super) fn recall(&mut self, run: RunId) -> Recalled {
        if self.orders.remove(&run).is_some() {
            return Recalled::InTime;
        }
        let has_next = |process: &super::Process| process.next.is_some() && !process.end_told;
        if self.processes.get(&run).is_some_and(has_next) {
            self.tell_end(run);
        }
        told_up_to_the_end(&mut self.facts, run)
    }

    /// A run has ended, and the guardian has seen it: the next one is started if that was ordered. The order is void
    /// either way.
    pub(super) fn carry_out_order(&mut self, run: RunId, exit: ProcessExit) {
        let Some(order) = self.orders.remove(&run) else {
            return;
        };
        let is_named = match exit {
            ProcessExit::Signaled(_) => true,
            ProcessExit::Exited(status) => status != 0 && order.ends.after_statuses,
            ProcessExit::Unknown => false,
        };
        let process = &self.processes[&run];
        let is_plain = process.memory_kills == 0 && !process.was_signaled && !process.orphaned;
        // One that fails is asked for as always.
        let starts = !matches!(self.next_start, StartOutcome::FailsWith(_));
        let next = RunId {
            number: run.number + 1,
            ..run
        };
        if !is_named || !is_plain || !starts || !order.has_arrived || self.is_shutting_down {
            return;
        }
        self.note(format_args!("    guardian: {next}, as it was ordered"));
        let (pid, birth) = self.create(next, &order.config);
        self.history.ordered += 1;
        if let Some(process) = self.processes.get_mut(&run) {
            process.next = Some(Started {
                run: next,
                pid,
                birth,
            });
        }
    }

    /// The engine that gave them is gone. The next one is told of each run by itself.
    pub(super) fn drop_orders(&mut self) {
        self.orders.clear();
        for process in self.processes.values_mut() {
            process.next = None;
        }
    }

    /// The end of a run, with what the guardian has started then.
    pub(super) fn end_of(&mut self, run: RunId) -> Option<Fact> {
        let process = self.processes.get_mut(&run)?;
        let next = process.next.take();
        let (exit, at) = process.end?;
        Some(Fact::Exited {
            run,
            exit,
            at,
            next,
        })
    }
}
