//! What the record of a service wants to be probed, and when.

use std::sync::Arc;
use std::time::Duration;

use relance_policy::{RunId, ServiceRecord};
use relance_scm::ServiceConfig;
use relance_scm::config::{Probe, Readiness};
use relance_scm::settings::{
    PROBE, PROBE_DELAY, PROBE_FAILURES, PROBE_INTERVAL, PROBE_TEXT, PROBE_TIMEOUT, READY,
};
use relance_texts::{Lang, cause, shown};

/// A start is looked at after this time, and then less and less often ...
const READY_FIRST: Duration = Duration::from_millis(50);
/// ... but at least so often.
const READY_SELDOM: Duration = Duration::from_secs(1);
/// How long a connection of these may take.
const READY_WITHIN: Duration = Duration::from_secs(1);
/// The shortest interval, and the shortest time for an answer.
const SHORTEST: Duration = Duration::from_millis(100);
/// The longest of both, so that a moment can be computed from it.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) probe: Probe,
    /// What the answer must contain.
    pub(super) text: Option<Box<str>>,
}

/// A command, and the service whose rights it has.
pub(super) type Command = (Box<str>, Arc<ServiceConfig>);

/// What a good answer proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The run is ready; asked until then.
    Ready,
    /// It lives; asked as long as it runs.
    Live,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) purpose: Purpose,
    pub(super) target: Question,
    /// How long an answer may take.
    pub(super) within: Duration,
    /// So many bad answers in a row are a verdict.
    pub(super) failures: u32,
    /// Where a command is the probe.
    pub(super) command: Option<Command>,
    every: Duration,
    delay: Duration,
}

impl Plan {
    /// What is wanted of which run now.
    pub(super) fn of(record: &ServiceRecord) -> Option<(RunId, Self)> {
        let extensions = &record.config.extensions;
        if let Some(run) = record.awaits_sign() {
            let plan = match extensions.get(READY)? {
                Readiness::Connect(address) => Self::ready(Probe::Connect(address)),
                Readiness::Command(line) => Self {
                    within: extensions.get(PROBE_TIMEOUT).clamp(SHORTEST, LONGEST),
                    command: Some((line.clone(), Arc::clone(&record.config))),
                    ..Self::ready(Probe::Command(line))
                },
                Readiness::Notify | Readiness::Descriptor(_) | Readiness::Output(_) => return None,
            };
            return Some((run, plan));
        }
        let probe = extensions.get(PROBE)?;
        let run = record.run.as_ref().map(|run| run.id)?;
        if !record.is_well(run) {
            return None;
        }
        let failures = extensions.get(PROBE_FAILURES).unwrap_or(1);
        let command = match &probe {
            Probe::Command(line) => Some((line.clone(), Arc::clone(&record.config))),
            Probe::Connect(_) | Probe::Http { .. } | Probe::Output => None,
        };
        let plan = Self {
            purpose: Purpose::Live,
            command,
            target: Question {
                probe,
                text: extensions.get(PROBE_TEXT),
            },
            within: extensions.get(PROBE_TIMEOUT).clamp(SHORTEST, LONGEST),
            failures: u32::try_from(failures).unwrap_or(u32::MAX),
            every: extensions.get(PROBE_INTERVAL).clamp(SHORTEST, LONGEST),
            delay: extensions.get(PROBE_DELAY).min(LONGEST),
        };
        Some((run, plan))
    }

    fn ready(probe: Probe) -> Self {
        Self {
            purpose: Purpose::Ready,
            command: None,
            target: Question { probe, text: None },
            within: READY_WITHIN,
            failures: 1,
            every: READY_FIRST,
            delay: Duration::ZERO,
        }
    }

    /// How long after the order the first attempt comes: spread over an interval, so that services that
    /// were started together are not looked at together.
    pub(super) fn first(&self, run: RunId) -> Duration {
        match self.purpose {
            Purpose::Ready => Duration::ZERO,
            // Silence can only be seen after a whole interval.
            Purpose::Live if self.target.probe == Probe::Output => self.delay + self.every,
            Purpose::Live => self.delay + self.every.mul_f64(share(run, 0)),
        }
    }

    /// How long after the beginning of this attempt the next one comes, a tenth more or less.
    pub(super) fn pause(&self, run: RunId, attempt: u32) -> Duration {
        match self.purpose {
            Purpose::Ready => READY_SELDOM.min(self.every * 2_u32.saturating_pow(attempt.min(8))),
            Purpose::Live => self.every.mul_f64(0.9 + share(run, attempt) / 5.0),
        }
    }

    /// What is told of a run that has failed its last attempt.
    pub(super) fn verdict(&self, error: &str) -> String {
        let probe = &self.target.probe;
        match self.failures {
            1 => Lang::En.say(cause::Probe {
                probe: shown(probe),
                problem: error,
            }),
            times => Lang::En.say(cause::ProbeFailed {
                probe: shown(probe),
                times,
                problem: error,
            }),
        }
    }
}

/// From 0 to 1, different for each run and attempt.
fn share(run: RunId, attempt: u32) -> f64 {
    let mixed = (run.service.0.wrapping_mul(0x9E37_79B9))
        .wrapping_add(run.number.wrapping_mul(0x85EB_CA6B))
        .wrapping_add(attempt.wrapping_mul(0xC2B2_AE35));
    f64::from(mixed ^ (mixed >> 15)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use relance_policy::ServiceId;
    use relance_scm::config::Address;

    use super::*;

    #[test]
    fn x43_probes_are_spread_and_never_far_from_their_interval() {
        let mut plan = Plan::ready(Probe::Connect(Address::Unix("/a".into())));
        plan.purpose = Purpose::Live;
        plan.every = Duration::from_secs(10);
        let run = |service| RunId {
            service: ServiceId(service),
            number: 1,
        };
        let firsts: Vec<_> = (1..=100).map(|service| plan.first(run(service))).collect();
        let early = firsts.iter().filter(|at| at.as_secs() < 5).count();
        assert!(
            (25..75).contains(&early),
            "{early} of 100 in the first half"
        );
        for attempt in 0..100 {
            let pause = plan.pause(run(7), attempt).as_millis();
            assert!((9_000..=11_000).contains(&pause), "{pause}");
        }
    }

    #[test]
    fn x41_a_start_is_looked_at_soon_and_then_seldom() {
        let plan = Plan::ready(Probe::Connect(Address::Unix("/a".into())));
        let run = RunId {
            service: ServiceId(1),
            number: 1,
        };
        let pauses = [1, 2, 3, 30].map(|attempt| plan.pause(run, attempt).as_millis());
        assert_eq!(pauses, [100, 200, 400, 1000]);
    }
}
