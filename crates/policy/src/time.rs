//! Time as policy sees it: nanoseconds on the host's clock, given with every input.

use std::fmt;
use std::num::NonZero;
use std::ops::{Add, Sub};
use std::time::Duration;

/// An instant: nanoseconds since the host's origin. On Linux the origin is the machine's boot and
/// the clock counts suspended time too (R20). Arithmetic saturates.
///
/// Stored as one more than the nanoseconds, so that an `Option<Time>` takes the same room: records hold many.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "u64", into = "u64"))]
pub struct Time(NonZero<u64>);

impl Time {
    /// The host's origin.
    pub const ZERO: Self = Self(NonZero::<u64>::MIN);

    /// So many nanoseconds after the origin; at most `u64::MAX - 1`.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(NonZero::<u64>::MIN.saturating_add(nanos))
    }

    /// So many milliseconds after the origin.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self::from_nanos(millis.saturating_mul(1_000_000))
    }

    /// Nanoseconds since the origin.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0.get() - 1
    }
}

impl Default for Time {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<u64> for Time {
    fn from(nanos: u64) -> Self {
        Self::from_nanos(nanos)
    }
}

impl From<Time> for u64 {
    fn from(time: Time) -> Self {
        time.as_nanos()
    }
}

impl Add<Duration> for Time {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(nanos))
    }
}

impl Sub for Time {
    type Output = Duration;

    /// The time from `earlier` to `self`; zero if `earlier` is later.
    fn sub(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.get().saturating_sub(earlier.0.get()))
    }
}

/// A time as entries of the log give it: in milliseconds, at most `u32::MAX`.
pub(crate) fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

/// `12.345s`
impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}.{:03}s",
            self.as_nanos() / 1_000_000_000,
            self.as_nanos() / 1_000_000 % 1000
        )
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates() {
        let end = Time::from_nanos(u64::MAX);
        assert_eq!(end + Duration::MAX, end);
        assert_eq!(Time::ZERO - end, Duration::ZERO);
        assert_eq!(
            Time::from_millis(1500) - Time::from_millis(500),
            Duration::from_secs(1)
        );
        assert_eq!(Time::from_millis(12_345).to_string(), "12.345s");
        assert_eq!(Time::from_nanos(0), Time::ZERO);
        assert_eq!(Time::from_nanos(7).as_nanos(), 7);
    }
}
