//! Budgets of recovery in a turmoil (X97 to X99): which there are, and that they are kept when engines are killed.

use std::collections::BTreeMap;
use std::time::Duration;

use relance_policy::budget::MachineBudgets;
use relance_policy::{RunId, StartCause, Time};
use relance_scm::budget::BudgetLimit;

use super::super::world::World;

/// A world has a budget of each kind or it has not.
pub(super) fn budgets(random: &mut fastrand::Rng) -> MachineBudgets {
    let restarts = ["1 in 2s", "2 in 30s", "5 in 1m"];
    let read = |text: Option<&str>| text.map(|text| text.parse().expect("a limit"));
    MachineBudgets {
        quiet_hours: None,
        restarts: read(random.choice(restarts).filter(|_| random.bool())),
        reboots: read(random.bool().then_some("1 in 1h")),
    }
}

/// Every restart after a failure that came on record, as far as it was seen.
#[derive(Debug)]
pub(super) struct Restarts {
    limit: Option<BudgetLimit>,
    at: BTreeMap<RunId, Time>,
}

impl Restarts {
    pub(super) fn new(limit: Option<BudgetLimit>) -> Self {
        Self {
            limit,
            at: BTreeMap::new(),
        }
    }

    /// The machine's clock begins again.
    pub(super) fn booted(&mut self) {
        self.at.clear();
    }

    /// X98: in no period are there more than the limit.
    pub(super) fn check(&mut self, world: &World) -> Result<(), String> {
        let Some(limit) = self.limit else {
            return Ok(());
        };
        for record in world.records() {
            let run = record.run.as_ref();
            let restart = run.filter(|run| matches!(run.cause, StartCause::Recovery(..)));
            if let Some(run) = restart {
                self.at.insert(run.id, run.started_at);
            }
            // An engine that was killed had begun it, and the next one knows nothing of it.
            let is_known = |run: &RunId| run.service != record.id || run.number <= record.runs;
            self.at.retain(|run, _| is_known(run));
        }
        let mut times: Vec<Time> = self.at.values().copied().collect();
        times.sort_unstable();
        let count = usize::try_from(limit.count()).unwrap_or(usize::MAX);
        // The clock of budgets has milliseconds.
        let least = limit.period().saturating_sub(Duration::from_millis(1));
        let pairs = times.iter().zip(times.iter().skip(count));
        match pairs
            .into_iter()
            .find(|(first, next)| **next - **first < least)
        {
            Some((first, next)) => Err(format!(
                "more than {limit}: the restart at {first:?} and the {count}th after it, at {next:?}: {:#?}",
                self.at
            )),
            None => Ok(()),
        }
    }
}
