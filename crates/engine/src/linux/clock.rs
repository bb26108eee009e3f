//! Clocks: the machine's, in nanoseconds since its boot with suspended time included (R20), and a
//! manual one that stands still until somebody moves it (`relance daemon --clock manual`), to see in
//! a moment what a policy does in a day. With a beginning (`--clock-begins`) the wall clock is one with it.

use std::time::{SystemTime, UNIX_EPOCH};

use relance_policy::Time;
use relance_scm::event_log::Timestamp;
use rustix::time::{ClockId, clock_gettime};

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

/// The clock of deadlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    Machine,
    /// The time, and how many milliseconds a wall clock that is moved with it is ahead of it.
    Manual(Time, Option<i64>),
}

/// What a manual clock with a beginning shows first, so that each engine knows how far the wall clock is ahead of it.
const FIRST: Time = Time::from_millis(1_000_000);

impl Clock {
    /// A manual clock, as it was left, and when the wall clock begins, if it is moved with it.
    pub(crate) fn manual(stored: Option<Time>, begins: Option<Timestamp>) -> Self {
        let ahead = begins.map(|begins| begins.0 - millis_of(FIRST));
        let first = || match begins {
            Some(_) => FIRST,
            None => Self::Machine.now(),
        };
        Self::Manual(stored.unwrap_or_else(first), ahead)
    }

    pub(crate) fn now(self) -> Time {
        match self {
            Self::Machine => Time::from_nanos(boottime_ns()),
            Self::Manual(time, _) => time,
        }
    }

    pub(crate) fn wall(self) -> Timestamp {
        match self {
            Self::Manual(time, Some(ahead)) => Timestamp(millis_of(time).saturating_add(ahead)),
            Self::Machine | Self::Manual(_, None) => wall(),
        }
    }

    /// The time at which a wall clock that is moved with this one shows that.
    pub(crate) fn time_of(self, wall: Timestamp) -> Option<Time> {
        let Self::Manual(_, Some(ahead)) = self else {
            return None;
        };
        let millis = u64::try_from(wall.0.saturating_sub(ahead)).unwrap_or_default();
        Some(Time::from_millis(millis))
    }

    pub(crate) fn is_manual(self) -> bool {
        matches!(self, Self::Manual(..))
    }

    /// How many milliseconds a wall clock that is moved with it is ahead.
    pub(crate) fn wall_ahead(self) -> Option<i64> {
        match self {
            Self::Machine => None,
            Self::Manual(_, ahead) => ahead,
        }
    }

    /// Moves a manual clock.
    pub(crate) fn set(&mut self, time: Time) {
        if let Self::Manual(now, _) = self {
            *now = time;
        }
    }
}

/// A time of a manual clock in milliseconds.
pub(crate) fn millis_of(time: Time) -> i64 {
    i64::try_from(time.as_nanos() / 1_000_000).unwrap_or(i64::MAX)
}
