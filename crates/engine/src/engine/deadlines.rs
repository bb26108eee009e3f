//! Deadlines: what the engine does without a request, and when.

use relance_policy::{Input, ServiceId, Time, Timer};

use super::{Engine, Moment, boot};
use crate::processes::Processes;
use crate::storage::Storage;

impl<P: Processes, S: Storage> Engine<P, S> {
    /// The next deadline of all.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Time> {
        let service = self.deadlines.first().map(|(at, _)| *at);
        let waits = self.waits.iter().map(|wait| wait.until).min();
        let boot = self
            .boot_starts
            .as_ref()
            .and_then(boot::BootStarts::deadline);
        let held_back = self.restraint.deadline();
        let liveness = self.liveness.deadline();
        let ceilings = self.ceilings.deadline();
        let orders = self.orders.deadline();
        [service, waits, boot, held_back, liveness, ceilings, orders]
            .into_iter()
            .flatten()
            .min()
    }

    /// Handles every deadline that has passed.
    pub fn fire_deadlines(&mut self, now: Moment) {
        if self.is_catching_up() {
            return;
        }
        while let Some((at, id)) = self.deadlines.first().copied()
            && at <= now.time
        {
            let timer = self
                .services
                .get(&id)
                .and_then(|slot| slot.record.next_deadline());
            match timer {
                Some((_, Timer::Recovery(action))) => self.recovery_due(now, id, action),
                Some((_, timer)) => {
                    self.input(now, id, Input::TimerFired(timer));
                }
                None => {
                    self.deadlines.remove(&(at, id));
                }
            }
        }
        for run in self.liveness.take_silent(now.time) {
            self.input(now, run.service, Input::Hung { run });
        }
        self.look_at_ceilings(now);
        self.give_up_waits(now);
        self.start_delayed(now);
        self.start_scheduled(now);
        self.look_at_quiet_hours(now);
        let held_back = self.restraint.due(now.time);
        self.write(held_back);
    }

    /// Notes the next deadline of a service.
    pub(super) fn schedule(&mut self, id: ServiceId) {
        let Some(slot) = self.services.get_mut(&id) else {
            return;
        };
        let scheduled = slot.record.scheduled.and_then(|scheduled| scheduled.next);
        self.schedules.note(id, scheduled);
        let next = slot.record.next_deadline().map(|(at, _)| at);
        if next == slot.deadline {
            return;
        }
        if let Some(old) = std::mem::replace(&mut slot.deadline, next) {
            self.deadlines.remove(&(old, id));
        }
        if let Some(at) = next {
            self.deadlines.insert((at, id));
        }
    }
}
