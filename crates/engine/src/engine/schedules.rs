//! Starts by the clock (X72 to X75): finds out when the next one comes, and tells policy when it has come.
//! Without a schedule there is nothing to look at and nothing wakes the engine.

use std::collections::{BTreeMap, BTreeSet};

use relance_policy::{Input, ServiceId, ServiceRecord, is_missed};
use relance_schedule::Schedule;
use relance_scm::event_log::Timestamp;
use relance_scm::settings::SCHEDULE;
use relance_scm::{ScmError, ServiceConfig, Win32Error};
use relance_texts::{error, quoted};

use super::{Engine, Moment};
use crate::processes::Processes;
use crate::storage::Storage;
use crate::zones;

/// A clock that is set back by no more than this repeats no start (cron has the same).
const CORRECTION: i64 = 3 * 3600;

/// Which services are started next by the clock, in seconds since 1970.
#[derive(Debug, Default)]
pub(super) struct Schedules {
    times: BTreeSet<(i64, ServiceId)>,
    of: BTreeMap<ServiceId, i64>,
}

impl Schedules {
    /// Notes the next start of a service.
    pub(super) fn note(&mut self, id: ServiceId, next: Option<i64>) {
        if self.of.get(&id).copied() == next {
            return;
        }
        if let Some(before) = self.of.remove(&id) {
            self.times.remove(&(before, id));
        }
        if let Some(next) = next {
            self.of.insert(id, next);
            self.times.insert((next, id));
        }
    }
}

impl<P: Processes, S: Storage> Engine<P, S> {
    /// What the wall clock brings next: a start, or the end of quiet hours that an action waits for.
    #[must_use]
    pub fn next_scheduled(&self) -> Option<Timestamp> {
        let next = self.schedules.times.first();
        let next = next.map(|(next, _)| Timestamp(next.saturating_mul(1000)));
        let next = next.filter(|_| self.keeps_schedules());
        next.into_iter().chain(self.end_of_quiet_hours()).min()
    }

    /// Not before all services exist, nor during a shutdown.
    fn keeps_schedules(&self) -> bool {
        !self.shutting_down && !self.boot_waits && !self.is_catching_up()
    }

    /// Starts what is due.
    pub(super) fn start_scheduled(&mut self, now: Moment) {
        if !self.keeps_schedules() {
            return;
        }
        let wall = seconds(now.wall);
        while let Some((at, id)) = self.schedules.times.first().copied()
            && at <= wall
        {
            let next = self
                .schedule_of(id)
                .and_then(|schedule| zones::next(&schedule, wall));
            let missed = is_missed(at, wall);
            self.input(now, id, Input::ScheduleDue { at, next, missed });
        }
    }

    fn schedule_of(&self, id: ServiceId) -> Option<Schedule> {
        let record = &self.services.get(&id)?.record;
        schedule(&record.config)
    }

    /// Determines the next start of a service: its schedule has changed, or the clock was set.
    pub(super) fn plan(&mut self, now: Moment, id: ServiceId) {
        let Some(slot) = self.services.get(&id) else {
            return;
        };
        let schedule = schedule(&slot.record.config);
        let before = slot.record.scheduled;
        if schedule.is_none() && before.is_none() {
            return;
        }
        let wall = seconds(now.wall);
        let last = before.and_then(|scheduled| scheduled.last);
        let is_correction = |last: &i64| (wall..=wall + CORRECTION).contains(last);
        let after = last.filter(is_correction).unwrap_or(wall);
        let next = schedule.and_then(|schedule| zones::next(&schedule, after));
        self.input(now, id, Input::SchedulePlanned { next });
    }

    /// The same after a change of the configuration, if that changed the schedule.
    pub(super) fn plan_changed(
        &mut self,
        now: Moment,
        id: ServiceId,
        before: Option<&ServiceRecord>,
    ) {
        let Some(slot) = self.services.get(&id) else {
            return;
        };
        let text = slot.record.config.extensions.get(SCHEDULE);
        if before.is_none_or(|before| before.config.extensions.get(SCHEDULE) != text) {
            self.plan(now, id);
        }
    }

    /// An engine begins. What has no plan yet gets one, and so does what is planned for later: the clock may have
    /// been set back meanwhile, and the schedule changed by an engine that was killed before it could plan. A
    /// planned start in the past stays, so that a missed start is noticed.
    pub(super) fn plan_ahead(&mut self, now: Moment) {
        let wall = seconds(now.wall);
        for id in self.services.keys().copied().collect::<Vec<_>>() {
            let scheduled = self.services[&id].record.scheduled;
            let next = scheduled.and_then(|scheduled| scheduled.next);
            if next.is_none_or(|next| next > wall) {
                self.plan(now, id);
            }
        }
    }

    /// The clock was set: starts before its new time are missed, all others are planned again.
    pub fn clock_was_set(&mut self, now: Moment) {
        if self.is_catching_up() {
            return;
        }
        self.start_scheduled(now);
        self.ask_again_about_quiet_hours(now);
        for id in self.schedules.of.keys().copied().collect::<Vec<_>>() {
            self.plan(now, id);
        }
    }

    /// X75: a schedule can be kept on this machine. One that stays as it was is not looked at again.
    pub(super) fn check_schedule(
        now: Moment,
        config: &ServiceConfig,
        before: Option<&ServiceConfig>,
    ) -> Result<(), ScmError> {
        let text = config.extensions.get(SCHEDULE);
        if before.is_some_and(|before| before.extensions.get(SCHEDULE) == text) {
            return Ok(());
        }
        let Some(schedule) = schedule(config) else {
            return Ok(());
        };
        if let Some(zone) = zones::missing(&schedule) {
            let zone = quoted(zone);
            return Err(invalid(error::NoTimeZone { zone }));
        }
        if zones::next(&schedule, seconds(now.wall)).is_none() {
            let text = quoted(schedule.as_str());
            return Err(invalid(error::ScheduleOver { text }));
        }
        Ok(())
    }
}

/// Since 1970, the unit of schedules.
fn seconds(wall: Timestamp) -> i64 {
    wall.0.div_euclid(1000)
}

fn schedule(config: &ServiceConfig) -> Option<Schedule> {
    config.extensions.get(SCHEDULE)?.parse().ok()
}

fn invalid(sentence: impl Into<relance_texts::Sentence>) -> ScmError {
    ScmError::new(Win32Error::INVALID_PARAMETER, sentence)
}
