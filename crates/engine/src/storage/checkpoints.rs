//! When the write-ahead log is moved into the database. If the log file is lost, what is only in it is lost. A
//! configuration that was answered is in the database a moment later, everything else within seconds, and the
//! log stays short, for the sake of a small disk.

use std::time::{Duration, Instant};

/// Changes of the configuration that follow each other closely share a checkpoint.
const AFTER_CONFIGURATION: Duration = Duration::from_millis(100);
/// Pause after any other commit.
const AFTER_OTHERS: Duration = Duration::from_secs(10);
/// After a checkpoint that a reader has kept from moving everything.
const AGAIN: Duration = Duration::from_secs(1);
/// Commits between two checkpoints at most, some 4 MiB of log.
const COMMITS_MAX: u32 = 250;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Checkpoints {
    due: Option<Instant>,
    commits: u32,
}

impl Checkpoints {
    /// Notes a commit.
    pub(super) fn committed(&mut self, now: Instant, is_configuration: bool) {
        let pause = if is_configuration {
            AFTER_CONFIGURATION
        } else {
            AFTER_OTHERS
        };
        self.is_due_at(now + pause);
        self.commits += 1;
    }

    /// Notes a checkpoint that left something in the log: else that would stay there until the next commit.
    pub(super) fn was_kept_up(&mut self, now: Instant) {
        self.is_due_at(now + AGAIN);
    }

    fn is_due_at(&mut self, due: Instant) {
        self.due = Some(self.due.map_or(due, |before| before.min(due)));
    }

    /// How long nobody needs to look; `None`: until the next commit.
    pub(super) fn left(&self, now: Instant) -> Option<Duration> {
        self.due.map(|due| due.saturating_duration_since(now))
    }

    /// Whether one is due, which is then to be made.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let is_due = self.commits >= COMMITS_MAX || self.due.is_some_and(|due| due <= now);
        if is_due {
            *self = Self::default();
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_soon_in_the_database_and_everything_else_in_time() {
        let begin = Instant::now();
        let at = |ms| begin + Duration::from_millis(ms);
        let mut checkpoints = Checkpoints::default();
        assert_eq!(
            checkpoints.left(begin),
            None,
            "an idle manager is not woken"
        );
        checkpoints.committed(begin, false);
        assert_eq!(checkpoints.left(begin), Some(AFTER_OTHERS));
        checkpoints.committed(at(10), true);
        checkpoints.committed(at(90), true);
        checkpoints.committed(at(90), false);
        assert!(!checkpoints.take(at(109)));
        assert!(checkpoints.take(at(110)), "later changes do not put it off");
        assert_eq!(checkpoints.left(at(110)), None);
    }

    #[test]
    fn a_checkpoint_that_a_reader_has_kept_up_is_made_again() {
        let now = Instant::now();
        let mut checkpoints = Checkpoints::default();
        checkpoints.was_kept_up(now);
        assert_eq!(checkpoints.left(now), Some(AGAIN));
        assert!(checkpoints.take(now + AGAIN));
        assert_eq!(checkpoints.left(now + AGAIN), None);
    }

    #[test]
    fn the_log_stays_short_under_load() {
        let begin = Instant::now();
        let mut checkpoints = Checkpoints::default();
        for _ in 1..COMMITS_MAX {
            checkpoints.committed(begin, false);
            assert!(!checkpoints.take(begin));
        }
        checkpoints.committed(begin, false);
        assert!(checkpoints.take(begin));
    }
}
