//! The wall clock of a simulation, for services with a schedule (X72 to X74). It begins with the simulation. A
//! function of the caller, which knows schedules and time zones, says when the next start comes.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::time::Time;

/// See the module. Times are in seconds since 1970.
#[derive(Clone)]
pub struct Clock {
    begin: i64,
    next: Arc<dyn Fn(i64) -> Option<i64> + Send + Sync>,
}

impl Clock {
    /// A clock that begins at this time, and the time of the first start after another time.
    pub fn new(begin: i64, next: impl Fn(i64) -> Option<i64> + Send + Sync + 'static) -> Self {
        Self {
            begin,
            next: Arc::new(next),
        }
    }

    /// When the simulation begins.
    #[must_use]
    pub fn begin(&self) -> i64 {
        self.begin
    }

    /// The first start after this time.
    #[must_use]
    pub fn next(&self, after: i64) -> Option<i64> {
        (self.next)(after)
    }

    /// What this clock shows at a time of the simulation.
    #[must_use]
    pub fn wall(&self, time: Time) -> i64 {
        let passed = (time - Time::ZERO).as_secs();
        self.begin
            .saturating_add(i64::try_from(passed).unwrap_or(i64::MAX))
    }

    /// The time of the simulation at which this clock shows that; an earlier time becomes the
    /// beginning.
    #[must_use]
    pub fn time(&self, wall: i64) -> Time {
        let passed = u64::try_from(wall.saturating_sub(self.begin)).unwrap_or_default();
        Time::ZERO + Duration::from_secs(passed)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock")
            .field("begin", &self.begin)
            .finish_non_exhaustive()
    }
}
