//! When the engine or the console is started again after it has ended.

use std::time::Duration;

/// Longest pause before the engine or the console is started again.
const RESTART_PAUSE_MAX: Duration = Duration::from_secs(5);
/// One that lived this long is started again at once.
pub(super) const STABLE: Duration = Duration::from_secs(5);

/// When something that has ended is started again: at once, then with pauses that double.
#[derive(Default)]
pub(super) struct Restart {
    /// Not before this moment.
    pub(super) at_ns: u64,
    /// How long the one after that waits.
    pause: Duration,
}

impl Restart {
    /// Notes an end, of something that was started at this moment.
    pub(super) fn ended(&mut self, now: u64, started_at_ns: u64) {
        if u128::from(now - started_at_ns) > STABLE.as_nanos() {
            self.pause = Duration::ZERO;
        }
        self.at_ns = now + u64::try_from(self.pause.as_nanos()).unwrap_or(u64::MAX);
        self.pause = (self.pause * 2).clamp(Duration::from_millis(20), RESTART_PAUSE_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_until_one_has_lived_long_enough() {
        let mut restart = Restart::default();
        let mut now = 0;
        let mut pauses = Vec::new();
        for _ in 0..12 {
            restart.ended(now, now);
            pauses.push(restart.at_ns - now);
            now = restart.at_ns;
        }
        assert_eq!(pauses[..3], [0, 20_000_000, 40_000_000]);
        assert_eq!(pauses[11], 5_000_000_000);
        restart.ended(now + 6_000_000_000, now);
        assert_eq!(restart.at_ns, now + 6_000_000_000, "at once");
    }
}
