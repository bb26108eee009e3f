//! What the console counts of the event log, for `metrics` to show.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use relance_scm::event::Event;
use relance_scm::event_log::LogEntry;
use relance_scm::status::ProcessExit;
use relance_scm::{ServiceId, ServiceState};

use crate::exemplar::Exemplar;

/// Upper bounds of the histogram of restarts, milliseconds.
pub(crate) const BOUNDS: [i64; 9] = [5, 10, 25, 50, 100, 250, 1000, 5000, 30_000];

/// Upper bounds of the histogram of how long a service was away after a failure, milliseconds.
pub(crate) const RECOVERED_WITHIN: [i64; 6] = [100, 1000, 10_000, 60_000, 600_000, 3_600_000];
/// Services that are counted for themselves.
const SERVICES_MAX: usize = 10_000;

/// What has been counted of one service.
#[derive(Debug, Default)]
pub(crate) struct OfService {
    /// By cause.
    pub(crate) failures: BTreeMap<&'static str, u64>,
    pub(crate) starts: u64,
    /// By what noticed it.
    pub(crate) hangs: BTreeMap<&'static str, u64>,
    pub(crate) recovered: Recovered,
    /// When it failed, and the entry that says so; until it runs again.
    failed: Option<(i64, u64)>,
}

/// How long a service was away.
#[derive(Debug, Default)]
pub(crate) struct Recovered {
    /// For each bound, those that took no longer.
    pub(crate) within: [u64; RECOVERED_WITHIN.len()],
    /// The last one of each bucket, and of the one without a bound.
    pub(crate) exemplars: [Option<Exemplar>; RECOVERED_WITHIN.len() + 1],
    pub(crate) count: u64,
    pub(crate) sum_ms: i64,
}

impl OfService {
    fn count(&mut self, entry: &LogEntry) {
        match entry.event() {
            Some(Event::Failed { .. }) => {
                *self.failures.entry(cause(entry)).or_default() += 1;
                self.failed = Some((entry.at.0, entry.number));
            }
            Some(Event::StateEntered(ServiceState::Running)) => {
                self.starts += 1;
                if let Some((at, event)) = self.failed.take() {
                    self.recovered.take(event, at, entry.at.0);
                }
            }
            _ => {}
        }
        match entry.event_id {
            HEARTBEAT_MISSED => *self.hangs.entry("watchdog").or_default() += 1,
            PROBE_FAILED => *self.hangs.entry("probe").or_default() += 1,
            _ => {}
        }
    }
}

/// No heartbeat came in time; a probe failed.
const HEARTBEAT_MISSED: u32 = 1012;
const PROBE_FAILED: u32 = 1014;
/// A service was deleted.
const DELETED: u32 = 1010;

impl Recovered {
    fn take(&mut self, event: u64, failed_at: i64, at: i64) {
        let value_ms = (at - failed_at).max(0);
        self.count += 1;
        self.sum_ms += value_ms;
        let bounds = RECOVERED_WITHIN.iter();
        let first = bounds.take_while(|bound| **bound < value_ms).count();
        for count in &mut self.within[first..] {
            *count += 1;
        }
        self.exemplars[first] = Some(Exemplar {
            event,
            value_ms,
            at_ms: at,
        });
    }
}

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
    pub(crate) services: BTreeMap<ServiceId, OfService>,
}

impl Counts {
    /// Counts an entry of the event log.
    pub(crate) fn count(&mut self, entry: &LogEntry) {
        let key = (entry.level.name(), entry.event_id);
        *self.events.entry(key).or_default() += 1;
        let Some((service, _)) = entry.service else {
            return;
        };
        self.count_service(service, entry);
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

    fn count_service(&mut self, service: ServiceId, entry: &LogEntry) {
        if entry.event_id == DELETED {
            self.services.remove(&service);
        } else if self.services.len() < SERVICES_MAX || self.services.contains_key(&service) {
            self.services.entry(service).or_default().count(entry);
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
