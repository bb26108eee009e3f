//! Budgets of recovery (X95 to X99), as far as they concern more than one service: asks them about an action whose time
//! has come, and gives their answer to the record. `relance_policy::budget` decides.
//!
//! The use of a budget is committed together with the action that used it. Services without a pending action or
//! without a budget are not looked at.

use std::collections::BTreeSet;

use relance_policy::budget::{Budgets, DueAction, MachineBudgets, Verdict, are_asked};
use relance_policy::{ActionId, Input, PendingAction, ServiceId, ServiceRecord, Timer};
use relance_scm::budget::{Budget, QuietHours};
use relance_scm::event_log::Timestamp;
use relance_scm::settings::{QUIET_HOURS, RESTART_GROUP};
use relance_scm::{ServiceState, fold_case};

use super::{Engine, Moment};
use crate::database::Meta;
use crate::processes::Processes;
use crate::storage::Storage;

/// What no single record holds.
pub(super) struct MachineState {
    budgets: Budgets,
    /// Services of groups that start.
    starting: BTreeSet<ServiceId>,
    /// Services with an action that waits for its group or for the end of quiet hours.
    waiting: BTreeSet<ServiceId>,
    /// Restarts that wait for their place.
    placed: BTreeSet<ActionId>,
    /// Whether one of them is not wanted any more.
    has_free_place: bool,
}

impl MachineState {
    pub(super) fn new(limits: MachineBudgets, used: Option<&str>) -> Self {
        let used = used.and_then(|used| serde_json::from_str(used).ok());
        Self {
            budgets: Budgets::new(limits, used.unwrap_or_default()),
            starting: BTreeSet::new(),
            waiting: BTreeSet::new(),
            placed: BTreeSet::new(),
            has_free_place: false,
        }
    }

    /// The places of a service are these from now on.
    fn keep_places(&mut self, id: ServiceId, places: &[ActionId]) {
        let action = |number| ActionId {
            service: id,
            number,
        };
        let known = self.placed.range(action(0)..=action(u32::MAX));
        let gone: Vec<ActionId> = known.filter(|id| !places.contains(id)).copied().collect();
        for gone in gone {
            self.placed.remove(&gone);
            self.has_free_place = true;
        }
        self.placed.extend(places);
    }

    /// Whether the machine has a budget that may delay or refuse a restart.
    pub(super) fn limit_restarts(&self) -> bool {
        let limits = self.budgets.limits();
        limits.quiet_hours.is_some() || limits.restarts.is_some()
    }
}

impl<P: Processes, S: Storage> Engine<P, S> {
    /// The time of a recovery action has come.
    pub(super) fn recovery_due(&mut self, now: Moment, id: ServiceId, action: ActionId) {
        let verdict = self.verdict(now, id, action, false);
        self.answer(now, id, action, verdict);
    }

    fn answer(&mut self, now: Moment, id: ServiceId, action: ActionId, verdict: Verdict) {
        let input = match verdict {
            Verdict::Now => {
                // It uses its place.
                self.budgets.placed.remove(&action);
                Input::TimerFired(Timer::Recovery(action))
            }
            Verdict::Later(until, why) => Input::ActionDelayed {
                id: action,
                until,
                why,
            },
            Verdict::Never(budget) => Input::ActionRefused { id: action, budget },
        };
        self.input(now, id, input);
    }

    /// With the last one set, its place does not count any more.
    fn verdict(&mut self, now: Moment, id: ServiceId, action: ActionId, anew: bool) -> Verdict {
        let Some(slot) = self.services.get(&id) else {
            return Verdict::Now;
        };
        let record = &slot.record;
        let mut pending = record.pending_actions.iter();
        let Some(pending) = pending.find(|pending| pending.id == action) else {
            return Verdict::Now;
        };
        if !are_asked(record, pending) {
            return Verdict::Now;
        }
        let due = DueAction {
            pending,
            now: now.time,
            wall: now.wall.0,
            quiet: self.quiet_hours(now, record),
            group_is_busy: self.group_is_busy(record),
            anew,
        };
        let budgets = &mut self.budgets.budgets;
        let before = budgets.used().clone();
        let verdict = budgets.ask(&due);
        if *budgets.used() != before {
            self.remember_budgets();
        }
        verdict
    }

    fn remember_budgets(&mut self) {
        let used = self.budgets.budgets.used();
        let used = serde_json::to_string(used).unwrap_or_default();
        self.turn.meta.push((Meta::Budgets, used));
    }

    /// At a boot the machine's clock begins again.
    pub(super) fn forget_restarts(&mut self) {
        if self.budgets.budgets.used().restarts.is_empty() {
            return;
        }
        self.budgets.budgets.booted();
        self.remember_budgets();
    }

    /// X96: the quiet hours that it is now, for this service, and when they end.
    fn quiet_hours(&self, now: Moment, record: &ServiceRecord) -> Option<(Budget, i64)> {
        let own = record.config.extensions.get(QUIET_HOURS);
        let own = own.and_then(|text| text.parse().ok());
        let machine = self.budgets.budgets.limits().quiet_hours;
        let own = own.map(|hours| (Budget::QuietHours, hours));
        let machine = machine.map(|hours| (Budget::RecoveryQuietHours, hours));
        let ends = |(budget, hours): (Budget, QuietHours)| {
            let begins = self.processes.next_time_of_day(now.wall, &hours.begins());
            let ends = self.processes.next_time_of_day(now.wall, &hours.ends());
            // Quiet hours are in effect if their end comes before their next beginning.
            (ends < begins).then_some((budget, ends.0))
        };
        own.into_iter().chain(machine).find_map(ends)
    }

    /// X97: another service of the group starts.
    fn group_is_busy(&self, record: &ServiceRecord) -> bool {
        let Some(group) = group(record) else {
            return false;
        };
        let mut others = self.budgets.starting.iter();
        others.any(|id| {
            let other = self.services.get(id).map(|slot| &slot.record);
            other.is_some_and(|other| {
                other.id != record.id
                    && is_starting(other)
                    && self::group(other) == Some(group.clone())
            })
        })
    }

    /// Notes, after a change of a record, whether its group must wait for it, and whether it waits itself.
    pub(super) fn note_budgets(&mut self, id: ServiceId) {
        let Some(slot) = self.services.get(&id) else {
            return;
        };
        let record = &slot.record;
        if is_starting(record) && group(record).is_some() {
            self.budgets.starting.insert(id);
        }
        if record.pending_actions.iter().any(waits) {
            self.budgets.waiting.insert(id);
        }
        let state = &mut self.budgets;
        let pending = record.pending_actions.iter();
        let placed = pending.filter(|pending| pending.has_place() && are_asked(record, pending));
        let placed: Vec<ActionId> = placed.map(|pending| pending.id).collect();
        state.keep_places(id, &placed);
    }

    /// A service is gone, with its place.
    pub(super) fn forget_place(&mut self, id: ServiceId) {
        self.budgets.keep_places(id, &[]);
    }

    /// In each turn, X122: a place that is not wanted any more goes to the next restart that waits. Each of them is
    /// written once, however many places are free.
    pub(super) fn give_places_anew(&mut self, now: Moment) {
        if self.is_catching_up() || !std::mem::take(&mut self.budgets.has_free_place) {
            return;
        }
        let due = |action: &ActionId| {
            let record = &self.services.get(&action.service)?.record;
            let mut pending = record.pending_actions.iter();
            let pending = pending.find(|pending| pending.id == *action)?;
            Some((pending.due, *action))
        };
        let mut waiting: Vec<_> = self.budgets.placed.iter().filter_map(due).collect();
        waiting.sort_unstable();
        self.budgets.budgets.give_places_anew();
        self.remember_budgets();
        for (due, action) in waiting {
            let id = action.service;
            let verdict = self.verdict(now, id, action, true);
            if !matches!(verdict, Verdict::Later(until, _) if until == due) {
                self.answer(now, id, action, verdict);
            }
        }
    }

    /// In each turn: actions whose group is free again continue.
    pub(super) fn go_on_with_groups(&mut self, now: Moment) {
        if self.is_catching_up() || self.budgets.waiting.is_empty() {
            return;
        }
        let services = &self.services;
        let is_one = |id: &ServiceId, is: fn(&ServiceRecord) -> bool| {
            services.get(id).is_some_and(|slot| is(&slot.record))
        };
        let state = &mut self.budgets;
        state.starting.retain(|id| is_one(id, is_starting));
        state
            .waiting
            .retain(|id| is_one(id, |record| record.pending_actions.iter().any(waits)));
        for (due, id, action) in self.waiting_for(Budget::RestartGroup) {
            let is_free = |slot: &super::Slot| !self.group_is_busy(&slot.record);
            if due > now.time && self.services.get(&id).is_some_and(is_free) {
                self.recovery_due(now, id, action);
            }
        }
    }

    /// The wall clock was set: quiet hours may be over, or begin later.
    pub(super) fn ask_again_about_quiet_hours(&mut self, now: Moment) {
        for budget in [Budget::QuietHours, Budget::RecoveryQuietHours] {
            for (_, id, action) in self.waiting_for(budget) {
                self.recovery_due(now, id, action);
            }
        }
    }

    /// Quiet hours are over on the wall clock, which runs a little faster than the other or was set while no engine was
    /// there: what waits for their end does not wait for the other clock.
    pub(super) fn look_at_quiet_hours(&mut self, now: Moment) {
        if self.end_of_quiet_hours().is_some_and(|end| end <= now.wall) {
            self.ask_again_about_quiet_hours(now);
        }
    }

    /// When the first of the quiet hours that an action waits for end.
    pub(super) fn end_of_quiet_hours(&self) -> Option<Timestamp> {
        let records = self.budgets.waiting.iter();
        let records = records.filter_map(|id| self.services.get(id));
        let pending = records.flat_map(|slot| &slot.record.pending_actions);
        let ends = pending.filter_map(|pending| pending.delayed?.quiet_until);
        ends.min().map(Timestamp)
    }

    /// Actions that wait because of a budget, in the order of their times.
    fn waiting_for(&self, budget: Budget) -> Vec<(relance_policy::Time, ServiceId, ActionId)> {
        let of = |id: &ServiceId| {
            let pending = self
                .services
                .get(id)
                .map(|slot| &slot.record.pending_actions);
            let pending = pending.into_iter().flatten().filter(move |pending| {
                waits(pending) && pending.delayed.is_some_and(|delayed| delayed.by == budget)
            });
            let id = *id;
            pending.map(move |pending| (pending.due, id, pending.id))
        };
        let mut waiting: Vec<_> = self.budgets.waiting.iter().flat_map(of).collect();
        waiting.sort_unstable();
        waiting
    }
}

/// The group of a service, in one spelling.
fn group(record: &ServiceRecord) -> Option<String> {
    let group = record.config.extensions.get(RESTART_GROUP)?;
    Some(fold_case(group.trim()))
}

fn is_starting(record: &ServiceRecord) -> bool {
    record.state == ServiceState::StartPending
}

/// Whether an action waits for something that may happen before its deadline.
fn waits(pending: &PendingAction) -> bool {
    let delayed = pending.delayed.filter(|_| !pending.executing);
    delayed.is_some_and(|delayed| delayed.by == Budget::RestartGroup || delayed.by.is_quiet_hours())
}
