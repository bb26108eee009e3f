//! How many entries of the event log one program, or one service, may cause (E12).
//!
//! Each has a token bucket for each kind of entry. Entries that come when the bucket is empty are counted, and
//! after a while the last one is written for all of them. Failures, recovery and changes of the configuration
//! are never held back. Time is given with every call.

use std::collections::BTreeMap;
use std::time::Duration;

use relance_policy::{ServiceId, Time};
use relance_scm::event_log::{LogEntry, Repeated};

/// How long entries are held back before the last of them is written.
const HOLD: Duration = Duration::from_secs(10);

/// Whose entries are counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    /// What a user writes that is not a service.
    User(Box<str>),
    /// What a service writes in its own words.
    Service(Box<str>),
    /// Entries with this id that a service makes the manager write.
    Routine(ServiceId, u32),
}

impl Cause {
    /// The manager's entries that a service, or its caller, can cause at any rate without failing: controls,
    /// states, invalid frames on its channel, other processes.
    pub(crate) fn of(entry: &LogEntry) -> Option<Self> {
        let (id, _) = entry.service.as_ref()?;
        let routine = matches!(
            entry.event_id,
            1002 | 1009 | 7012 | 7016 | 7035 | 7036 | 7039
        );
        routine.then_some(Self::Routine(*id, entry.event_id))
    }

    /// How many entries may come at once, and after which time one more is allowed.
    fn allowance(&self) -> (u32, Duration) {
        match self {
            Self::User(_) | Self::Service(_) => (500, Duration::from_millis(200)),
            Self::Routine(..) => (100, Duration::from_secs(2)),
        }
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Restraint {
    /// When each bucket will be full again. Some are full already.
    full_at: BTreeMap<Cause, Time>,
    held: BTreeMap<Cause, Held>,
    /// How many buckets were left when the full ones were last removed.
    left: usize,
}

/// The last of the entries that are held back.
#[derive(Debug)]
struct Held {
    entry: LogEntry,
    repeated: Repeated,
    due: Time,
}

impl Restraint {
    /// The entries to write now that this one has come: none, itself, or what was held back before and
    /// itself.
    pub(crate) fn take(&mut self, now: Time, cause: Cause, entry: LogEntry) -> Vec<LogEntry> {
        let (burst, pause) = cause.allowance();
        // A long text weighs more.
        let weight = u32::try_from(entry.size() / 1024)
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let full_at = self.full_at.get(&cause).map_or(now, |at| now.max(*at));
        let full_at = full_at + pause.saturating_mul(weight);
        if full_at - now <= pause * burst {
            let held = self.held.remove(&cause).map(Held::summary);
            self.full_at.insert(cause, full_at);
            self.forget_full(now);
            return held.into_iter().chain([entry]).collect();
        }
        let at = entry.at;
        let held = self.held.entry(cause).or_insert_with(|| Held {
            entry: entry.clone(),
            repeated: Repeated {
                times: 0,
                first: at,
                last: at,
            },
            due: now + HOLD,
        });
        held.entry = entry;
        held.repeated.times = held.repeated.times.saturating_add(1);
        held.repeated.last = at;
        Vec::new()
    }

    /// Removes the buckets that are full, which is how new ones begin, whenever their number has doubled.
    fn forget_full(&mut self, now: Time) {
        if self.full_at.len() <= 2 * self.left.max(8) {
            return;
        }
        self.full_at.retain(|_, full_at| *full_at > now);
        self.left = self.full_at.len();
    }

    /// When the next entry that is held back must be written.
    pub(crate) fn deadline(&self) -> Option<Time> {
        self.held.values().map(|held| held.due).min()
    }

    /// What was held back long enough.
    pub(crate) fn due(&mut self, now: Time) -> Vec<LogEntry> {
        let held = std::mem::take(&mut self.held).into_iter();
        let (due, held): (BTreeMap<_, _>, _) = held.partition(|(_, held)| held.due <= now);
        self.held = held;
        due.into_values().map(Held::summary).collect()
    }

    /// Everything that is held back, for the end.
    pub(crate) fn all(&mut self) -> Vec<LogEntry> {
        let held = std::mem::take(&mut self.held).into_values();
        held.map(Held::summary).collect()
    }
}

impl Held {
    fn summary(self) -> LogEntry {
        let mut entry = self.entry;
        // One alone is itself.
        entry.details.repeated = (self.repeated.times > 1).then_some(self.repeated);
        entry
    }
}

#[cfg(test)]
mod tests {
    use relance_policy::ServiceRecord;
    use relance_scm::event::Event;
    use relance_scm::event_log::Timestamp;
    use relance_scm::{ServiceConfig, ServiceName, ServiceState};
    use std::sync::Arc;

    use super::*;
    use crate::event_log::entry_of_service;

    fn entry(event: &Event, at: i64) -> LogEntry {
        let config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        let record = ServiceRecord::new(ServiceId(1), Arc::new(config));
        entry_of_service(0, Timestamp(at), event, &record)
    }

    fn state(at: i64) -> LogEntry {
        let state = if at % 2 == 0 {
            ServiceState::Running
        } else {
            ServiceState::Paused
        };
        entry(&Event::StateEntered(state), at)
    }

    #[test]
    fn e12_a_flood_is_one_entry_that_says_how_many_and_when() {
        let mut restraint = Restraint::default();
        let mut take = |at: i64| {
            let entry = state(at);
            let cause = Cause::of(&entry).unwrap();
            let now = Time::from_millis(at.cast_unsigned());
            restraint.take(now, cause, entry)
        };
        let written: usize = (1..=1000).map(|at| take(at).len()).sum();
        assert_eq!(written, 100, "as many as may come at once");
        let due = restraint.deadline().unwrap();
        assert!(restraint.due(Time::from_millis(1000)).is_empty());
        let held = restraint.due(due);
        let repeated = held[0].details.repeated.unwrap();
        assert_eq!((held.len(), repeated.times), (1, 900));
        assert_eq!(
            (repeated.first, repeated.last),
            (Timestamp(101), Timestamp(1000))
        );
        assert_eq!(held[0].parameters, state(1000).parameters, "the last state");
        assert!(held[0].text().contains("the last of 900 such entries"));
        assert_eq!(restraint.deadline(), None);
    }

    #[test]
    fn e12_after_a_while_entries_are_written_again_behind_what_was_held_back() {
        let mut restraint = Restraint::default();
        let cause = || Cause::User("user 33".into());
        for at in 0..502 {
            restraint.take(Time::ZERO, cause(), state(at));
        }
        let now = Time::from_millis(200);
        let written = restraint.take(now, cause(), state(502));
        let times = written
            .iter()
            .map(|entry| entry.details.repeated.map(|r| r.times));
        assert_eq!(times.collect::<Vec<_>>(), [Some(2), None]);
        assert!(restraint.take(now, cause(), state(503)).is_empty());
        assert_eq!(restraint.all().len(), 1);
        let other = Cause::User("user 34".into());
        assert_eq!(restraint.take(now, other, state(504)).len(), 1);
    }

    #[test]
    fn e12_long_texts_weigh_more() {
        let mut restraint = Restraint::default();
        let cause = || Cause::Service("a".into());
        let mut long = state(0);
        long.parameters = vec!["x".repeat(31 * 1024)];
        let takes = (0..500).map(|_| restraint.take(Time::ZERO, cause(), long.clone()).len());
        assert_eq!(takes.sum::<usize>(), 500 / 32);
    }

    #[test]
    fn e12_what_is_quiet_again_takes_no_memory() {
        let mut restraint = Restraint::default();
        for number in 1..=1000 {
            let cause = Cause::Routine(ServiceId(number), 7036);
            let now = Time::from_millis(u64::from(number) * 2000);
            assert_eq!(restraint.take(now, cause, state(0)).len(), 1);
        }
        assert!(restraint.full_at.len() <= 16, "{}", restraint.full_at.len());
    }

    #[test]
    fn e12_failures_and_changes_are_never_held_back() {
        let failed = Event::Failed {
            failure_count: 1,
            action: None,
        };
        for event in [failed, Event::Deleted, Event::EndNotSeen] {
            assert_eq!(Cause::of(&entry(&event, 0)), None);
        }
    }
}
