//! Clocks: the machine's, in nanoseconds since its boot with suspended time included (R20), and a
//! manual one that stands still until somebody moves it (`relance daemon --clock manual`), to see in
//! a moment what a policy does in a day.

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
