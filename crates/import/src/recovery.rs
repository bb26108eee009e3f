//! What follows failures: lists of actions like those of other managers, and both side by side.

use std::time::Duration;

use relance_policy::simulate::{Script, simulate};
use relance_scm::ServiceConfig;
use relance_scm::event::Event;

/// The longest list that is written out; a longer one ends in its last action for ever.
pub(crate) const ACTIONS_MAX: usize = 32;
/// How many failures are compared.
pub const COMPARED: usize = 8;

/// What an old manager does after failures that come right after each start: how long it waits until it
/// starts the service again, `None` if it does not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Before(pub(crate) Vec<Option<Duration>>);

impl Before {
    /// Restarts with these delays, the last of them for ever.
    pub(crate) fn forever(delay: impl Fn(usize) -> Duration) -> Self {
        Self((0..COMPARED).map(|at| Some(delay(at))).collect())
    }

    /// So many restarts with these delays, then nothing.
    pub(crate) fn limited(count: usize, delay: impl Fn(usize) -> Duration) -> Self {
        let next = |at| (at < count).then(|| delay(at));
        Self((0..COMPARED).map(next).collect())
    }

    /// Nothing.
    pub(crate) fn never() -> Self {
        Self(vec![None])
    }
}

/// What follows each of the first failures, before and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The service.
    pub service: String,
    /// The first, second, … failure: the delay of the restart, `None` for none.
    pub rows: Vec<(Option<Duration>, Option<Duration>)>,
}

impl Comparison {
    /// Whether both do the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.rows.iter().all(|(before, now)| before == now)
    }

    /// Plays crashes through the simulator.
    pub(crate) fn of(service: String, before: &Before, config: &ServiceConfig) -> Self {
        let script: Script = ["crash"; COMPARED].join(", ").parse().unwrap_or_default();
        let timeline = simulate(config, &script);
        let mut now: Vec<Option<Duration>> = Vec::new();
        for (_, event) in timeline.logged() {
            if let Event::Failed { action, .. } = event {
                let restart = action.filter(|action| action.kind.restarts());
                now.push(restart.map(relance_scm::RecoveryAction::delay));
            }
        }
        let end = |list: &[Option<Duration>]| {
            let given_up = list.iter().position(Option::is_none);
            given_up.map_or(list.len(), |at| at + 1)
        };
        let length = end(&before.0).max(end(&now)).min(COMPARED);
        let at = |list: &[Option<Duration>], at: usize| list.get(at).copied().flatten();
        Self {
            service,
            rows: (0..length)
                .map(|row| (at(&before.0, row), at(&now, row)))
                .collect(),
        }
    }
}

/// A time, shortened to the longest that settings take: some weeks.
pub(crate) fn bounded(seconds: u64) -> Duration {
    Duration::from_secs(seconds.min(4_000_000))
}

/// A time as files for `apply` have it.
pub(crate) fn written(time: Duration) -> String {
    let millis = time.as_millis();
    if millis.is_multiple_of(1000) {
        format!("{}s", millis / 1000)
    } else {
        format!("{millis}ms")
    }
}
