//! Which runs have to be measured for soft ceilings (X55), and when: in memory only.
//!
//! The kernel reports memory above a limit only by slowing the run down there, so the engine measures it: every
//! 30 s, or every 10 s above half the ceiling, and all runs at the same moments. The time of day comes once a
//! day. A service without these settings is not in here, and costs no wake-up. A ceiling that is reached is an
//! input of policy (`Input::CeilingReached`), which puts it on record; a new engine begins to measure again.

use std::collections::BTreeMap;
use std::time::Duration;

use relance_policy::{RunId, ServiceId, ServiceRecord, Time};
use relance_scm::event_log::Timestamp;
use relance_scm::settings::{RECYCLE_ABOVE, RECYCLE_AFTER_JOBS, RECYCLE_AT};

/// Between two measurements of a run that is near its ceiling.
const SOON: Duration = Duration::from_secs(10);
/// The same far below the ceiling; a multiple of [`SOON`].
const LATER: Duration = Duration::from_secs(30);
/// When the clock of deadlines says that a time of day has come, the wall clock may still lack this much.
const TOLERANCE_MS: i64 = 500;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Ceilings {
    watched: BTreeMap<ServiceId, Watched>,
    /// When to look next: at the earliest moment of all, or before it.
    look_at: Option<Time>,
}

#[derive(Clone, Debug)]
struct Watched {
    run: RunId,
    memory: Option<u64>,
    memory_at: Option<Time>,
    time_of_day: Option<Box<str>>,
    day_at: Option<(Time, Timestamp)>,
    jobs_max: Option<u64>,
    jobs: u64,
}

/// What has to be looked at now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Whether this run uses more than so much.
    Memory(RunId, u64),
    /// Whether it is this moment.
    TimeOfDay(RunId, Timestamp),
}

impl Ceilings {
    /// Takes note of what the record of a service now says. `next_day` gives the next moment with that time of
    /// day.
    pub(crate) fn watch(
        &mut self,
        record: &ServiceRecord,
        now: Time,
        wall: Timestamp,
        next_day: impl Fn(&str) -> Timestamp,
    ) {
        let set = &record.config.extensions;
        let (memory, jobs_max) = (set.get(RECYCLE_ABOVE), set.get(RECYCLE_AFTER_JOBS));
        let time_of_day = set.get(RECYCLE_AT);
        let has_any = memory.is_some() || jobs_max.is_some() || time_of_day.is_some();
        let Some(run) = record.below_ceilings().filter(|_| has_any) else {
            self.watched.remove(&record.id);
            return;
        };
        let old = self.watched.get(&record.id).filter(|old| old.run == run);
        if let Some(old) = old
            && (old.memory, old.jobs_max) == (memory, jobs_max)
            && old.time_of_day == time_of_day
        {
            return;
        }
        let day_at = time_of_day.as_deref().map(|time| {
            let next = next_day(time);
            (now + between(wall, next), next)
        });
        let watched = Watched {
            run,
            memory,
            memory_at: memory.map(|_| aligned(now, SOON)),
            time_of_day,
            day_at,
            jobs_max,
            jobs: old.map_or(0, |old| old.jobs),
        };
        self.look_no_later_than(watched.next());
        self.watched.insert(record.id, watched);
    }

    /// The service is gone.
    pub(crate) fn forget(&mut self, service: ServiceId) {
        self.watched.remove(&service);
    }

    /// A run has done this many more jobs. Returns the number of all, if the ceiling is reached.
    pub(crate) fn jobs_done(&mut self, run: RunId, count: u64) -> Option<u64> {
        let watched = self.watched.get_mut(&run.service)?;
        if watched.run != run {
            return None;
        }
        watched.jobs = watched.jobs.saturating_add(count);
        let is_enough = watched.jobs_max.is_some_and(|most| watched.jobs >= most);
        is_enough.then_some(watched.jobs)
    }

    /// When to look.
    pub(crate) fn deadline(&self) -> Option<Time> {
        self.look_at
    }

    /// The runs to measure now; [`Ceilings::below`] decides when they are measured again.
    pub(crate) fn due(&mut self, now: Time) -> Vec<Look> {
        if self.look_at.is_none_or(|at| now < at) {
            return Vec::new();
        }
        let mut looks = Vec::new();
        for watched in self.watched.values_mut() {
            if let (Some(line), Some(at)) = (watched.memory, watched.memory_at)
                && at <= now
            {
                watched.memory_at = None;
                looks.push(Look::Memory(watched.run, line));
            }
            if let Some((at, wall)) = watched.day_at
                && at <= now
            {
                watched.day_at = None;
                looks.push(Look::TimeOfDay(watched.run, wall));
            }
        }
        self.look_at = self.watched.values().filter_map(Watched::next).min();
        looks
    }

    /// A run uses this much, which is below its ceiling.
    pub(crate) fn below(&mut self, run: RunId, used: u64, now: Time) {
        let Some(watched) = self.watched.get_mut(&run.service) else {
            return;
        };
        let is_near = watched.memory.is_some_and(|line| used > line / 2);
        let at = aligned(now, if is_near { SOON } else { LATER });
        watched.memory_at = Some(at);
        self.look_no_later_than(Some(at));
    }

    /// Whether a time of day has come. If the wall clock was set back meanwhile it is waited for again.
    pub(crate) fn has_come(
        &mut self,
        run: RunId,
        day: Timestamp,
        now: Time,
        wall: Timestamp,
    ) -> bool {
        if wall.0.saturating_add(TOLERANCE_MS) >= day.0 {
            return true;
        }
        let at = now + between(wall, day);
        if let Some(watched) = self.watched.get_mut(&run.service) {
            watched.day_at = Some((at, day));
        }
        self.look_no_later_than(Some(at));
        false
    }

    fn look_no_later_than(&mut self, at: Option<Time>) {
        self.look_at = [self.look_at, at].into_iter().flatten().min();
    }
}

impl Watched {
    fn next(&self) -> Option<Time> {
        let day = self.day_at.map(|(at, _)| at);
        [self.memory_at, day].into_iter().flatten().min()
    }
}

fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(to.0.saturating_sub(from.0)).unwrap_or_default())
}

/// The last multiple of [`SOON`] in this time, so that many runs are measured together; at least half of it
/// later.
fn aligned(now: Time, after: Duration) -> Time {
    let step = SOON.as_nanos();
    let target = u128::from(now.as_nanos()) + after.as_nanos() + step / 2;
    Time::from_nanos(u64::try_from(target / step * step).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use relance_policy::{Input, StartCause, step};
    use relance_scm::{ServiceConfig, ServiceKind, ServiceName};

    use super::*;

    const DAY_MS: i64 = 24 * 3600 * 1000;

    fn record(change: impl FnOnce(&mut ServiceConfig)) -> ServiceRecord {
        let mut config = ServiceConfig::new(ServiceName::new("w").unwrap(), "/w");
        config.kind = ServiceKind::Program;
        change(&mut config);
        let record = ServiceRecord::new(ServiceId(1), Arc::new(config));
        let start = Input::StartRequested {
            cause: StartCause::Demand,
            arguments: [].into(),
        };
        let record = step(&record, Time::ZERO, start).record;
        let run = record.run.as_ref().unwrap().id;
        let spawned = Input::ProcessSpawned {
            run,
            pid: 7,
            birth: 1,
        };
        step(&record, Time::ZERO, spawned).record
    }

    fn at(seconds: u64) -> Time {
        Time::from_millis(seconds * 1000)
    }

    fn watching(record: &ServiceRecord) -> (Ceilings, RunId) {
        let mut ceilings = Ceilings::default();
        ceilings.watch(record, at(1), Timestamp(0), |_| Timestamp(DAY_MS));
        (ceilings, record.run.as_ref().unwrap().id)
    }

    #[test]
    fn x55_what_has_no_ceilings_is_never_looked_at() {
        let (ceilings, _) = watching(&record(|_| {}));
        assert_eq!(ceilings.deadline(), None);
    }

    #[test]
    fn x55_memory_is_looked_at_rarely_and_together() {
        let record = record(|config| config.extensions.set(RECYCLE_ABOVE, Some(100)));
        let (mut ceilings, run) = watching(&record);
        assert_eq!(ceilings.deadline(), Some(at(10)));
        assert_eq!(ceilings.due(at(9)), []);
        assert_eq!(ceilings.due(at(10)), [Look::Memory(run, 100)]);
        ceilings.below(run, 40, at(10));
        assert_eq!(ceilings.deadline(), Some(at(40)), "far below");
        assert_eq!(ceilings.due(at(41)), [Look::Memory(run, 100)]);
        ceilings.below(run, 60, at(41));
        assert_eq!(ceilings.deadline(), Some(at(50)), "near, with the others");
        // Told again without a change.
        ceilings.watch(&record, at(42), Timestamp(0), |_| Timestamp(DAY_MS));
        assert_eq!(ceilings.deadline(), Some(at(50)));
    }

    #[test]
    fn x55_a_time_of_day_is_waited_for_again_if_the_clock_was_set_back() {
        let record = record(|config| config.extensions.set(RECYCLE_AT, Some("03:00".into())));
        let (mut ceilings, run) = watching(&record);
        let day = Timestamp(DAY_MS);
        let due = at(1) + Duration::from_millis(DAY_MS.cast_unsigned());
        assert_eq!(ceilings.deadline(), Some(due));
        assert_eq!(ceilings.due(due), [Look::TimeOfDay(run, day)]);
        let back = Timestamp(DAY_MS - 60_000);
        assert!(!ceilings.has_come(run, day, due, back));
        let later = due + Duration::from_secs(60);
        assert_eq!(ceilings.due(later), [Look::TimeOfDay(run, day)]);
        assert!(ceilings.has_come(run, day, later, day));
    }

    #[test]
    fn x58_jobs_are_counted_for_the_run_that_did_them() {
        let record = record(|config| config.extensions.set(RECYCLE_AFTER_JOBS, Some(10)));
        let (mut ceilings, run) = watching(&record);
        assert_eq!(ceilings.deadline(), None, "nobody looks");
        assert_eq!(ceilings.jobs_done(run, 9), None);
        let other = RunId { number: 9, ..run };
        assert_eq!(ceilings.jobs_done(other, 9), None);
        assert_eq!(ceilings.jobs_done(run, 3), Some(12));
    }
}
