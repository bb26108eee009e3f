//! How long a call waits for a manager that is away: killed, restarted or upgraded.
//!
//! Programs that a manager has started wait. It hands them [`WAIT_VARIABLE`], and what they start
//! inherits it. The calls of a process share one wait: once a manager has been away for so long, calls
//! fail at once until it is back, so that a loop which copes with the error is not slowed at every turn.
//! Commands of people wait for a manager that is about to come, which `starting` finds out. All other
//! calls fail at once if there is no manager.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use relance_wire::channel::WAIT_VARIABLE;

use crate::arrival::Arrival;
use crate::starting;

/// Pauses between two attempts.
const PAUSE_MIN: Duration = Duration::from_millis(10);
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// Longer than any real wait, and short enough that the instant can be computed.
const PATIENCE_MAX: Duration = Duration::from_secs(24 * 3600);

/// What the calls of this process know of a manager that is away.
static ABSENCE: Mutex<Option<Absence>> = Mutex::new(None);

/// A time without a manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Absence {
    /// When it was noticed.
    since: Instant,
    /// Until when the last call that noticed it waits.
    waited: Instant,
}

/// How long this process waits for a manager that is away.
pub(crate) fn of_this_process() -> Duration {
    let millis = std::env::var(WAIT_VARIABLE).ok();
    let millis = millis.and_then(|text| text.parse().ok());
    Duration::from_millis(millis.unwrap_or_default()).min(PATIENCE_MAX)
}

/// How long to wait before the next attempt to reach a manager that has been away for so long: a
/// manager that comes back soon is found soon, and one that does not costs nothing.
pub(crate) fn pause(away: Duration) -> Duration {
    (away / 4).clamp(PAUSE_MIN, PAUSE_MAX)
}

/// A manager was reached.
pub(crate) fn reached() {
    // Where another thread holds the lock, or held it when this process was forked, an absence counts
    // on; its end is noticed by the next call.
    if let Ok(mut absence) = ABSENCE.try_lock() {
        *absence = None;
    }
}

/// How long calls wait for a manager that is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// As long as the manager says that has started this process.
    OfThisProcess,
    /// As long as one is about to come.
    UntilStarted,
}

/// The wait of one call.
pub(crate) struct Wait {
    since: Instant,
    limit: Limit,
}

/// The limit of a wait.
enum Limit {
    /// It does not begin.
    None,
    Time(Duration, Arrival),
    NobodyStarts(Arrival),
}

impl Wait {
    /// For a manager that cannot be reached at these sockets: for a process that shares its waits the
    /// time since it was first missed counts.
    pub(crate) fn for_manager(sockets: &[PathBuf], patience: Patience) -> Self {
        if patience == Patience::UntilStarted {
            return Self::from_now(sockets, patience);
        }
        let (now, patience) = (Instant::now(), of_this_process());
        let since = match ABSENCE.try_lock() {
            Ok(mut absence) => {
                let noted = Absence::noted(*absence, now, patience);
                *absence = Some(noted);
                noted.since
            }
            Err(_) => now,
        };
        Self::since(since, patience, sockets)
    }

    /// For the manager at these sockets, from now on.
    pub(crate) fn from_now(sockets: &[PathBuf], patience: Patience) -> Self {
        let now = Instant::now();
        match patience {
            Patience::OfThisProcess => Self::since(now, of_this_process(), sockets),
            Patience::UntilStarted => Self {
                since: now,
                limit: Limit::NobodyStarts(Arrival::of(sockets)),
            },
        }
    }

    fn since(since: Instant, patience: Duration, sockets: &[PathBuf]) -> Self {
        let limit = if patience.is_zero() {
            Limit::None
        } else {
            Limit::Time(patience, Arrival::of(sockets))
        };
        Self { since, limit }
    }

    /// Waits a little, or until a socket appears; `false` when there is no time left.
    pub(crate) fn pause(&self) -> bool {
        let away = self.since.elapsed();
        match (self.next_pause(away), &self.limit) {
            (Some(pause), Limit::Time(_, arrival) | Limit::NobodyStarts(arrival)) => {
                arrival.wait(pause);
                true
            }
            _ => false,
        }
    }

    fn next_pause(&self, away: Duration) -> Option<Duration> {
        match &self.limit {
            Limit::None => None,
            Limit::Time(patience, _) => {
                let left = patience.checked_sub(away).filter(|left| !left.is_zero())?;
                Some(pause(away).min(left))
            }
            Limit::NobodyStarts(arrival) => {
                starting::is_expected(arrival.sockets(), away).then(|| pause(away))
            }
        }
    }
}

impl Absence {
    /// What is known after a call at `now` that found no manager. An absence that no call has noticed
    /// for as long as calls wait is another one: the manager may have been there meanwhile.
    fn noted(before: Option<Self>, now: Instant, patience: Duration) -> Self {
        let goes_on = before.filter(|before| now <= before.waited + patience);
        let since = goes_on.map_or(now, |before| before.since);
        Self {
            since,
            waited: now.max(since + patience),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn calls_share_the_wait_for_one_absence() {
        let (begin, patience) = (Instant::now(), 10 * SECOND);
        let call =
            |before, seconds: u32| Absence::noted(before, begin + seconds * SECOND, patience);
        let mut absence = call(None, 0);
        // The first waits for 10 s, those behind it fail at once.
        for seconds in [10, 11, 20, 29] {
            absence = call(Some(absence), seconds);
            assert_eq!(absence.since, begin, "after {seconds} s");
        }
        assert_eq!(call(Some(absence), 60).since, begin + 60 * SECOND);
    }

    #[test]
    fn pauses_grow_and_end_with_the_patience() {
        let wait = Wait::since(Instant::now(), 10 * SECOND, &[]);
        assert_eq!(wait.next_pause(Duration::ZERO), Some(PAUSE_MIN));
        assert_eq!(wait.next_pause(2 * SECOND), Some(SECOND / 2));
        assert_eq!(wait.next_pause(9 * SECOND), Some(SECOND));
        assert_eq!(wait.next_pause(10 * SECOND), None);
        assert_eq!(pause(3600 * SECOND), PAUSE_MAX);
    }

    #[test]
    fn who_has_no_patience_does_not_wait() {
        assert!(!Wait::since(Instant::now(), Duration::ZERO, &[]).pause());
    }
}
