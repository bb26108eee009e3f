//! The clock of the machine: nanoseconds since its boot, suspended time included (R20).

use rustix::time::{ClockId, clock_gettime};

/// `CLOCK_BOOTTIME`.
pub(crate) fn boottime_ns() -> u64 {
    let now = clock_gettime(ClockId::Boottime);
    u64::try_from(now.tv_sec).unwrap_or_default() * 1_000_000_000
        + u64::try_from(now.tv_nsec).unwrap_or_default()
}
