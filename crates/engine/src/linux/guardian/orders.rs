//! Standing orders (X111): starts that the engine has asked for in advance, each for the moment in which a run ends
//! in a way that it has named. The guardian decides nothing: it takes the ticket of the order off the board, which the
//! engine does to recall it, and does what it would have been asked to do a moment later.
//!
//! Orders end with the engine that gave them. What was carried out and not told stands in the table and in the journal
//! like every run.

use std::os::fd::OwnedFd;
use std::rc::Rc;

use super::super::board::Board;
use super::super::process::log;
use super::super::protocol::{Exit, KnownRun, Order, OrderedStart, RunKey};
use super::Guardian;
use super::journal::End;

impl Order {
    fn is_for(&self, end: &End) -> bool {
        let is_named = match end.exit {
            Exit::Signal(_) => true,
            Exit::Status(status) => status != 0 && self.statuses,
            Exit::Unknown => false,
        };
        // Only the engine can judge processes that the kernel has killed, or that were left behind.
        is_named && end.memory_kills == 0 && end.left == 0
    }
}

impl Guardian {
    /// The board of the engine, whose memory came with the frame.
    pub(super) fn take_board(&mut self) {
        let engine = self.engine.as_mut();
        let Some(memory) = engine.and_then(|engine| engine.link.take_fd()) else {
            return;
        };
        match Board::open(&memory) {
            Ok(board) => self.board = Some(board),
            Err(error) => log(&format!("no orders can be taken from the engine: {error}")),
        }
    }

    /// What is to follow the end of a run. One that has ended already is void.
    pub(super) fn take_order(&mut self, key: RunKey, order: Order) {
        if let Some(run) = self.runs.get(&key)
            && run.end.is_none()
            && run.is_child
        {
            self.orders.insert(key, order);
        }
    }

    /// The engine that gave them has ended.
    pub(super) fn drop_orders(&mut self) {
        self.board = None;
        self.orders.clear();
    }

    /// A run has ended, which is on record: starts the next one if that was ordered.
    pub(super) fn carry_out_order(
        &mut self,
        key: RunKey,
        end: &End,
    ) -> Option<(KnownRun, Vec<Rc<OwnedFd>>)> {
        let order = self.orders.remove(&key).filter(|order| order.is_for(end))?;
        let is_asked = self.runs[&key].asked.main || self.shutdown.is_asked() || self.is_upgrading;
        let next = RunKey(key.0, key.1.checked_add(1)?);
        if is_asked || self.runs.contains_key(&next) {
            return None;
        }
        // What cannot be read is left to the engine, like what cannot be started.
        let start: OrderedStart = serde_json::from_str(order.start.get()).ok()?;
        if !self.board.as_ref()?.take(order.place, order.ticket) {
            return None;
        }
        // No process of the run remains beside the next run.
        self.kill_control_group(&self.runs[&key]);
        let streams = (start.output, start.errors);
        // If it cannot be started, the engine asks for it as always, and is told why.
        let created = self.create(next, start.secret, streams, false, None, &start.spec);
        created.ok()?;
        self.note_run(next);
        Some(self.known(next))
    }
}
