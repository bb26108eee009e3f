//! Time zones of schedules and times of day: those of the machine, through `jiff` (ADR 103).

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use relance_schedule::{Civil, Local, Schedule, ScheduleError, Zone};
use relance_scm::event_log;

/// A time zone of the machine.
struct MachineZone(TimeZone);

/// A schedule, as it was written.
///
/// # Errors When the text is not a schedule.
pub fn schedule(text: &str) -> Result<Schedule, ScheduleError> {
    text.parse()
}

/// The first time after this one, in seconds since 1970, at which a schedule comes.
#[must_use]
pub fn next(schedule: &Schedule, after: i64) -> Option<i64> {
    schedule.next(after, |name| {
        MachineZone(match name {
            None => TimeZone::system(),
            // The zone existed when the schedule was set.
            Some(name) => TimeZone::get(name).unwrap_or(TimeZone::UTC),
        })
    })
}

/// The next moment after this one with a time of day, like `03:00`, in the time zone of the machine. A time that
/// does not exist, because the clock goes forward that night, counts as the time an hour later.
pub(crate) fn next_time_of_day(after: event_log::Timestamp, time: &str) -> event_log::Timestamp {
    let schedule = time.parse().ok();
    let next = schedule.and_then(|schedule| next(&schedule, after.0.div_euclid(1000)));
    next.map_or_else(
        || after.after(Duration::from_secs(24 * 3600)),
        |next| event_log::Timestamp(next.saturating_mul(1000)),
    )
}

/// The first zone named by a schedule that this machine does not know.
#[must_use]
pub fn missing(schedule: &Schedule) -> Option<&str> {
    let mut names = schedule.parts().iter().filter_map(|part| part.zone());
    names.find(|name| TimeZone::get(name).is_err())
}

impl Zone for MachineZone {
    fn offset(&self, moment: i64) -> i64 {
        // Beyond what `jiff` knows, clocks stay as they are.
        let moment = Timestamp::from_second(moment).unwrap_or(if moment < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        });
        self.0.to_offset(moment).seconds().into()
    }

    fn local(&self, civil: i64) -> Local {
        let Some(time) = date_time(Civil::from_seconds(civil)) else {
            return Local::Once(self.offset(civil));
        };
        match self.0.to_ambiguous_timestamp(time).offset() {
            AmbiguousOffset::Unambiguous { offset } => Local::Once(offset.seconds().into()),
            AmbiguousOffset::Gap { before, .. } => Local::Never(before.seconds().into()),
            AmbiguousOffset::Fold { before, after } => {
                Local::Twice(before.seconds().into(), after.seconds().into())
            }
        }
    }
}

fn date_time(civil: Civil) -> Option<DateTime> {
    let small = |number: u32| i8::try_from(number).ok();
    DateTime::new(
        i16::try_from(civil.year).ok()?,
        small(civil.month)?,
        small(civil.day)?,
        small(civil.second / 3600)?,
        small(civil.second / 60 % 60)?,
        small(civil.second % 60)?,
        0,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x75_a_zone_of_the_machine_is_asked_and_one_that_is_not_there_is_named() {
        let schedule: Schedule = "02:30 Nowhere/Land".parse().unwrap();
        assert_eq!(missing(&schedule), Some("Nowhere/Land"));
        let schedule: Schedule = "02:30 UTC".parse().unwrap();
        assert_eq!(missing(&schedule), None);
        assert_eq!(next(&schedule, 0), Some(9000));
        if TimeZone::get("Europe/Berlin").is_err() {
            println!("not run: needs the time zones of the machine (tzdata)");
            return;
        }
        // 2026-03-29: there is no 02:30 in Berlin; it comes at 03:30, which is 01:30 UTC.
        let schedule: Schedule = "02:30 Europe/Berlin".parse().unwrap();
        assert_eq!(next(&schedule, 1_774_742_400), Some(1_774_747_800));
        // 2026-10-25: 02:30 comes twice; the first is 00:30 UTC.
        assert_eq!(next(&schedule, 1_792_886_400), Some(1_792_888_200));
    }

    #[test]
    fn the_next_time_of_day_is_within_a_day_and_then_a_day_later() {
        let now = event_log::Timestamp(1_774_742_400_000); // 2026-03-29, when clocks go forward in Europe.
        let hours =
            |from: event_log::Timestamp, to: event_log::Timestamp| (to.0 - from.0) / 3_600_000;
        for time in ["00:00", "03:00", "12:30", "23:59"] {
            let next = next_time_of_day(now, time);
            assert!(next > now && hours(now, next) <= 25, "{time}: {next:?}");
            assert_eq!(next.0 % 60_000, 0, "{time}: a whole minute");
            let then = next_time_of_day(next, time);
            assert!((23..=25).contains(&hours(next, then)), "{time}: {then:?}");
        }
    }
}
