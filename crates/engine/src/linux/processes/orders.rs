//! Standing orders (X111), the engine's side: which starts the guardian gets in advance, and how they are taken back.
//!
//! A start is given in advance only where nothing that it is made of can change outside the manager: no account and
//! no groups to look up, no environment file to read, no search for the program, and no socket to prepare.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::sync::Arc;

use relance_policy::{RunId, StandingOrder};
use relance_scm::settings::{
    ENVIRONMENT_FILES, OUTPUT, READY, RECYCLE_AFTER_JOBS, SUPPLEMENTARY_GROUPS, WATCHDOG,
};
use relance_scm::{ServiceConfig, ServiceKind, config::OutputMode};
use rustix::event::{PollFd, PollFlags, poll};
use serde_json::value::to_raw_value;

use super::LinuxProcesses;
use crate::linux::board::{Board, PLACES};
use crate::linux::plan;
use crate::linux::protocol::{self, GuardianRequest, OrderedStart, RunKey, VERSION_ORDERS};
use crate::linux::secret::Secret;
use crate::processes::{Processes, Recalled, told_up_to_the_end};

/// The orders that the guardian has.
#[derive(Default)]
pub(super) struct Orders {
    /// Made with the first order.
    board: Option<Board>,
    /// Places that were used and are free again.
    free: Vec<u32>,
    /// The first place that is still unused.
    unused: u32,
    last_ticket: u64,
    out: BTreeMap<RunId, Order>,
    /// Set where none are given.
    are_off: bool,
}

struct Order {
    place: u32,
    ticket: u64,
    config: Arc<ServiceConfig>,
}

impl Orders {
    fn free_place(&mut self) -> Option<u32> {
        let unused = self.unused;
        self.free.pop().or_else(|| {
            (unused < PLACES).then(|| {
                self.unused += 1;
                unused
            })
        })
    }

    /// The run has ended: its order, if it had one, was carried out or is void. With which configuration the next
    /// run was to be started.
    pub(super) fn ended(&mut self, run: RunId) -> Option<Arc<ServiceConfig>> {
        let order = self.out.remove(&run)?;
        if let Some(board) = &self.board {
            board.take(order.place, order.ticket);
        }
        self.free.push(order.place);
        Some(order.config)
    }
}

impl LinuxProcesses {
    /// No orders are given: on a clock that is moved by hand, an end has another time than the guardian reports.
    pub(crate) fn give_no_orders(&mut self) {
        self.orders.are_off = true;
    }

    /// See [`Processes::order`].
    pub(super) fn give_order(
        &mut self,
        run: RunId,
        ends: StandingOrder,
        config: &Arc<ServiceConfig>,
    ) -> bool {
        let is_alive = self.runs.get(&run).is_some_and(|run| run.end.is_none());
        if self.orders.are_off
            || self.version < VERSION_ORDERS
            || !is_alive
            || !is_settled(config)
            || self.orders.out.contains_key(&run)
        {
            return false;
        }
        let start = self.start_after(run, config);
        let Some(start) = start.and_then(|start| to_raw_value(&start).ok()) else {
            return false;
        };
        if self.orders.board.is_none() && !self.make_board() {
            return false;
        }
        let Some(place) = self.orders.free_place() else {
            return false;
        };
        self.orders.last_ticket += 1;
        let ticket = self.orders.last_ticket;
        if let Some(board) = &self.orders.board {
            board.put(place, ticket);
        }
        let order = Order {
            place,
            ticket,
            config: Arc::clone(config),
        };
        self.orders.out.insert(run, order);
        let order = protocol::Order {
            place,
            ticket,
            statuses: ends.after_statuses,
            start,
        };
        let run_key = run.into();
        let request = GuardianRequest::Order {
            run: run_key,
            order,
        };
        if !self.ask_if_it_fits(&request) {
            self.orders.ended(run);
            return false;
        }
        true
    }

    /// The start of the run after this one.
    fn start_after(&self, run: RunId, config: &ServiceConfig) -> Option<OrderedStart> {
        let next = RunId {
            number: run.number.checked_add(1)?,
            ..run
        };
        let secret = Secret::random();
        let spec = plan::for_run(next, secret, config, &self.around, self.controllers()).ok()?;
        // A program that was looked for may be another one when the run ends.
        let is_named =
            spec.program.starts_with('/') && spec.arguments.first() == Some(spec.program.as_str());
        (is_named && spec.ids.is_none()).then(|| OrderedStart {
            secret,
            output: config.extensions.get(OUTPUT) != OutputMode::Null.name(),
            errors: self.errors_of(config),
            spec,
        })
    }

    fn make_board(&mut self) -> bool {
        let (board, memory): (Board, OwnedFd) = match Board::create() {
            Ok(made) => made,
            Err(error) => {
                tracing::warn!(%error, "restarts are asked for one by one: no memory can be shared");
                self.orders.are_off = true;
                return false;
            }
        };
        self.orders.board = Some(board);
        self.ask_with(&GuardianRequest::Orders, vec![Rc::new(memory)])
    }

    /// See [`Processes::recall`]. If the guardian was first, its report is on the
    /// way, and this waits for it: as long as it takes to create a process.
    pub(super) fn recall_order(&mut self, run: RunId) -> Recalled {
        if let (Some(order), Some(board)) = (self.orders.out.get(&run), &self.orders.board)
            && board.take(order.place, order.ticket)
        {
            self.orders.ended(run);
            return Recalled::InTime;
        }
        while self.orders.out.contains_key(&run) {
            if self.link_closed {
                return Recalled::Unknown;
            }
            let mut fds = [PollFd::new(&self.link, PollFlags::IN)];
            // Fails only if memory runs out, or by a signal: then the link is read without need.
            let _ = poll(&mut fds, None);
            self.read_link();
        }
        told_up_to_the_end(&mut self.facts, run)
    }

    /// The run has ended. The next one, if the guardian has started it, is known already.
    pub(super) fn order_is_over(&mut self, run: RunId, next: Option<RunKey>) {
        let config = self.orders.ended(run);
        let Some(next) = next.map(RunId::from) else {
            return;
        };
        if let Some(known) = self.runs.get_mut(&next) {
            known.service = None;
            for (stream, pipe) in known.take_streams() {
                self.logs.add(next, stream, config.clone(), pipe, false);
            }
        }
    }
}

/// Whether what a process of this service is made of stands in its configuration alone.
fn is_settled(config: &ServiceConfig) -> bool {
    let set = &config.extensions;
    config.kind == ServiceKind::Program
        && config.account_name.is_local_system()
        && set.get(SUPPLEMENTARY_GROUPS).is_empty()
        && set.get(ENVIRONMENT_FILES).is_empty()
        && set.get(READY).is_none()
        && set.get(WATCHDOG).is_none()
        && set.get(RECYCLE_AFTER_JOBS).is_none()
}

#[cfg(test)]
mod tests;
