//! Clocks: the machine's, in nanoseconds since its boot with suspended time included (R20), and a
//! manual one that stands still until somebody moves it (`relance daemon --clock manual`), to see in
//! a moment what a policy does in a day.

use std::time::{SystemTime, UNIX_EPOCH};

use relance_policy::Time;
use rustix::time::{ClockId, clock_gettime};

use relance_scm::event_log::Timestamp;

/// `CLOCK_BOOTTIME`.
pub(crate) fn boottime_ns() -> u64 {
    let now = clock_gettime(ClockId::Boottime);
    u64::try_from(now.tv_sec).unwrap_or_default() * 1_000_000_000
        + u64::try_from(now.tv_nsec).unwrap_or_default()
}

/// The identity of this boot of the machine.
pub(crate) fn boot_id() -> std::io::Result<String> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
    Ok(text.trim().to_owned())
}

/// The wall clock, for the event log.
pub(crate) fn wall() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The next moment after this one with a time of day, like `03:00`, in the time zone of the machine. In the night
/// in which the clock goes forward a time that does not exist is the one an hour later.
pub(crate) fn next_time_of_day(after: Timestamp, time: &str) -> Timestamp {
    let (hour, minute) = time.split_once(':').unwrap_or((time, "0"));
    let (hour, minute) = (
        hour.parse().unwrap_or_default(),
        minute.parse().unwrap_or_default(),
    );
    let seconds = after.0.div_euclid(1000);
    // SAFETY: both calls get a structure of their own, and read the time zone besides. A zeroed one is valid.
    unsafe {
        let mut local: libc::tm = std::mem::zeroed();
        libc::localtime_r(&raw const seconds, &raw mut local);
        for days in 0..3 {
            let mut at: libc::tm = std::mem::zeroed();
            at.tm_year = local.tm_year;
            at.tm_mon = local.tm_mon;
            at.tm_mday = local.tm_mday + days;
            at.tm_hour = hour;
            at.tm_min = minute;
            // The system finds out whether that is in summer time.
            at.tm_isdst = -1;
            let next = Timestamp(libc::mktime(&raw mut at).saturating_mul(1000));
            if next > after {
                return next;
            }
        }
    }
    Timestamp(after.0.saturating_add(24 * 3600 * 1000))
}

/// The clock of deadlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    Machine,
    Manual(Time),
}

impl Clock {
    pub(crate) fn now(self) -> Time {
        match self {
            Self::Machine => Time::from_nanos(boottime_ns()),
            Self::Manual(time) => time,
        }
    }

    pub(crate) fn is_manual(self) -> bool {
        matches!(self, Self::Manual(_))
    }

    /// Moves a manual clock.
    pub(crate) fn set(&mut self, time: Time) {
        if self.is_manual() {
            *self = Self::Manual(time);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_time_of_day_is_within_a_day_and_then_a_day_later() {
        let now = wall();
        let hours = |from: Timestamp, to: Timestamp| (to.0 - from.0) / 3_600_000;
        for time in ["00:00", "03:00", "12:30", "23:59"] {
            let next = next_time_of_day(now, time);
            assert!(next > now && hours(now, next) <= 25, "{time}: {next:?}");
            assert_eq!(next.0 % 60_000, 0, "{time}: a whole minute");
            let then = next_time_of_day(next, time);
            assert!((23..=25).contains(&hours(next, then)), "{time}: {then:?}");
        }
    }
}
