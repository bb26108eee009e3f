//! The result of a time line, for tests that expect something of it: the actions in their order,
//! the time down.

use std::time::Duration;

use relance_scm::ServiceState;
use relance_scm::event::Event;
use relance_scm::failure_actions::RecoveryAction;

use super::script::Happening;
use super::timeline::{Occurrence, Timeline};
use crate::time::Time;

/// The result of a time line, in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Failures that counted.
    pub failures: usize,
    /// Failures that are followed by a restart.
    pub restarts: usize,
    /// Recovery commands that were run.
    pub commands: usize,
    /// Reboots of the machine.
    pub reboots: usize,
    /// Failures of the script that did not happen, because the service was down.
    pub spared: usize,
    /// Whether the manager gave up (X83).
    pub gave_up: bool,
    /// How long it was down although nobody had stopped it, until the time line ends.
    pub down: Duration,
    /// Whether it is down at the end.
    pub stays_down: bool,
}

impl Timeline {
    /// What followed each failure, with its time; `None`: nothing.
    pub fn actions(&self) -> impl Iterator<Item = (Time, Option<RecoveryAction>)> {
        self.logged().filter_map(|(at, event)| {
            let Event::Failed { action, .. } = event else {
                return None;
            };
            Some((at, *action))
        })
    }

    /// When the service was given up (X83), if it was.
    #[must_use]
    pub fn gave_up_at(&self) -> Option<Time> {
        let mut logged = self.logged();
        logged.find_map(|(at, event)| matches!(event, Event::GaveUp { .. }).then_some(at))
    }

    /// When the service was down although nobody had stopped it: from when, and until when unless it stays down.
    #[must_use]
    pub fn times_down(&self) -> Vec<(Time, Option<Time>)> {
        let mut times = Vec::new();
        let mut since = None;
        let mut is_asked = false;
        for (index, entry) in self.entries.iter().enumerate() {
            match &entry.what {
                // It is down because its work is done, until its next time.
                Occurrence::Finished => is_asked = true,
                Occurrence::Happened(what) => {
                    is_asked = what.is_stop();
                    let next = self.entries.get(index + 1);
                    let is_refused =
                        next.is_some_and(|next| matches!(next.what, Occurrence::Refused(_)));
                    // From here on it is down because somebody wants it so.
                    let is_over = matches!(what, Happening::StopNow | Happening::CancelRecovery);
                    if is_over && !is_refused {
                        times.extend(since.take().map(|since| (since, Some(entry.at))));
                    }
                }
                Occurrence::Logged(Event::StateEntered(ServiceState::Stopped)) => {
                    since = (!is_asked).then_some(entry.at);
                }
                Occurrence::Logged(Event::StateEntered(ServiceState::Running)) => {
                    times.extend(since.take().map(|since| (since, Some(entry.at))));
                }
                Occurrence::Ignored(_)
                | Occurrence::Refused(_)
                | Occurrence::CounterReset
                | Occurrence::Logged(_)
                | Occurrence::CommandRun(_)
                | Occurrence::Rebooted
                | Occurrence::ScheduledStart => {}
            }
        }
        times.extend(since.map(|since| (since, None)));
        times
    }

    /// How long the service was down although nobody had stopped it; `None`: it stays down.
    #[must_use]
    pub fn time_down(&self) -> Option<Duration> {
        let times = self.times_down();
        times
            .iter()
            .map(|(from, until)| Some((*until)? - *from))
            .sum()
    }

    /// All of it in figures.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for (_, action) in self.actions() {
            totals.failures += 1;
            totals.restarts += usize::from(action.is_some_and(|action| action.kind.restarts()));
        }
        for entry in &self.entries {
            match &entry.what {
                Occurrence::CommandRun(_) => totals.commands += 1,
                Occurrence::Rebooted => totals.reboots += 1,
                Occurrence::Ignored(what) if what.is_failure() => totals.spared += 1,
                Occurrence::Ignored(_)
                | Occurrence::Happened(_)
                | Occurrence::Refused(_)
                | Occurrence::CounterReset
                | Occurrence::ScheduledStart
                | Occurrence::Finished
                | Occurrence::Logged(_) => {}
            }
        }
        totals.gave_up = self.gave_up_at().is_some();
        for (from, until) in self.times_down() {
            totals.stays_down |= until.is_none();
            totals.down += until.unwrap_or(self.end).max(from) - from;
        }
        totals
    }
}
