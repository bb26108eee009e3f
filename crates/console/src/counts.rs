//! What the console counts of the event log, for `metrics` to show.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use relance_scm::event::Event;
use relance_scm::event_log::LogEntry;
use relance_scm::status::ProcessExit;
use relance_scm::{ServiceId, ServiceState};

/// Upper bounds of the histogram of restarts, milliseconds.
pub(crate) const BOUNDS: [i64; 9] = [5, 10, 25, 50, 100, 250, 1000, 5000, 30_000];

/// What has been counted.
#[derive(Debug, Default)]
pub(crate) struct Metrics(Mutex<Counts>);

#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// By level and id.
    pub(crate) events: BTreeMap<(&'static str, u32), u64>,
    /// By cause.
    pub(crate) failures: BTreeMap<&'static str, u64>,
    /// Due actions of failures whose service has not come back yet.
    waiting: BTreeMap<ServiceId, i64>,
    pub(crate) recoveries: u64,
    pub(crate) failed_recoveries: u64,
    /// For each bound, restarts that took no longer.
    pub(crate) within: [u64; BOUNDS.len()],
    pub(crate) latency_sum_ms: i64,
}

impl Counts {
    /// Counts an entry of the event log.
    pub(crate) fn count(&mut self, entry: &LogEntry) {
        let key = (entry.level.name(), entry.event_id);
        *self.events.entry(key).or_default() += 1;
        let Some((service, _)) = entry.service else {
            return;
        };
        match entry.event() {
            Some(Event::Failed { .. }) => {
                *self.failures.entry(cause(entry)).or_default() += 1;
                if let Some(due) = entry.details.due {
                    self.waiting.insert(service, due.0);
                }
            }
            Some(Event::RecoveryActionFailed(..)) => self.failed_recoveries += 1,
            Some(Event::StateEntered(ServiceState::Running)) => {
                if let Some(due) = self.waiting.remove(&service) {
                    self.recovered(entry.at.0 - due);
                }
            }
            _ => {}
        }
    }

    /// A service came back so long after its action was due.
    fn recovered(&mut self, latency_ms: i64) {
        let latency_ms = latency_ms.max(0);
        self.recoveries += 1;
        self.latency_sum_ms += latency_ms;
        for (bound, count) in BOUNDS.iter().zip(&mut self.within) {
            *count += u64::from(latency_ms <= *bound);
        }
    }
}

fn cause(entry: &LogEntry) -> &'static str {
    match entry.details.exit {
        Some(ProcessExit::Signaled(_)) => "signal",
        Some(ProcessExit::Exited(_)) => "exit",
        Some(ProcessExit::Unknown) => "unseen",
        None => "error_stop",
    }
}

impl Metrics {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
