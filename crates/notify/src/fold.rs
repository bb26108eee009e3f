//! Which notices follow from entries of the event log (X87 to X89): a function of the state, the time and an
//! entry. The state of a service is its incident, which lasts from its first failure until it has run for some
//! time again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use relance_scm::event::Event;
use relance_scm::event_log::LogEntry;
use relance_scm::notice::NoticeKind;
use relance_scm::{RecoveryActionKind, ServiceState};
use serde::{Deserialize, Serialize};

/// The entries that mean something here, by their numbers.
pub const EVENTS: &[u32] = &[1001, 1009, 1010, 1047, 1155, 1160, 7031, 7034, 7036];
/// How many failures of a service are remembered.
const FAILURES_MAX: usize = 100;

/// The times of notices, as in the file of targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// How long a service must run to be well again.
    pub recovered_after: Duration,
    /// How many failures within [`Times::flapping_period`] are flapping; 0: never.
    pub flapping: u32,
    /// See there; also how long a flapping service must run to be well again.
    pub flapping_period: Duration,
    /// How long after a failure a service counts as still down, unless its settings say otherwise;
    /// zero: no notice.
    pub still_down_after: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            recovered_after: Duration::from_secs(10),
            flapping: 5,
            flapping_period: Duration::from_secs(600),
            still_down_after: Duration::from_secs(300),
        }
    }
}

/// What an entry means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It failed, and this follows, if anything does.
    Failed(u32, Option<(RecoveryActionKind, u32)>),
    /// It failed too often, and nothing follows.
    GaveUp,
    /// It runs.
    Running,
    /// It was restarted as planned.
    Recycled,
    /// Somebody started or stopped it, or it was deleted: no notice follows.
    Over,
}

impl What {
    /// Reads an entry about a service; `None` for one that means nothing here.
    #[must_use]
    pub fn of(entry: &LogEntry) -> Option<Self> {
        Self::of_event(&entry.event()?)
    }

    /// The same of an event.
    #[must_use]
    pub fn of_event(event: &Event) -> Option<Self> {
        Some(match *event {
            Event::Failed {
                failure_count,
                action,
            } => {
                // An action of the kind "none" is nothing, too.
                let action = action.filter(|action| action.kind != RecoveryActionKind::None);
                let next = action.map(|action| (action.kind, action.delay_ms()));
                Self::Failed(failure_count, next)
            }
            Event::GaveUp { .. } => Self::GaveUp,
            Event::StateEntered(ServiceState::Running) => Self::Running,
            Event::Recycled(_) | Event::CeilingReached(_) => Self::Recycled,
            Event::Deleted | Event::RecoveryCancelled(_) => Self::Over,
            _ => return None,
        })
    }
}

/// A notice about a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What.
    pub kind: NoticeKind,
    /// Its name.
    pub service: Box<str>,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Failures of this incident.
    pub failures: u32,
    /// What follows, and after how many milliseconds.
    pub next: Option<(RecoveryActionKind, u32)>,
    /// How long it has been down, in milliseconds.
    pub down_ms: Option<i64>,
    /// Of the end of an incident: who was told of it. Nobody else is told that it is over.
    pub told: BTreeSet<Box<str>>,
}

/// A service that has failed and has not been well since.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Incident {
    name: Box<str>,
    failures: u32,
    /// When the last ones were.
    recent: Vec<i64>,
    down_since: Option<i64>,
    /// When the notice "still down" is due; `None` once it was sent.
    down_due: Option<i64>,
    running_since: Option<i64>,
    is_flapping: bool,
    gave_up: bool,
    told: BTreeSet<Box<str>>,
}

/// The incidents of all services. They are kept with the queue, so that another process can continue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fold {
    incidents: BTreeMap<u32, Incident>,
}

impl Fold {
    /// Takes what an entry means for a service with this number. `down_after`: the service's own word on it.
    pub fn take(
        &mut self,
        times: &Times,
        at: i64,
        (service, name): (u32, &str),
        what: &What,
        down_after: Option<Duration>,
    ) -> Option<Notice> {
        match what {
            What::Over => {
                self.incidents.remove(&service);
                None
            }
            What::Running => {
                if let Some(incident) = self.incidents.get_mut(&service) {
                    incident.running_since = Some(at);
                    incident.down_since = None;
                    incident.down_due = None;
                    incident.gave_up = false;
                }
                None
            }
            What::Recycled => {
                let incident = Incident {
                    name: name.into(),
                    ..Incident::default()
                };
                Some(incident.notice(NoticeKind::Recycling, at))
            }
            What::Failed(..) | What::GaveUp => {
                let incident = self.incidents.entry(service).or_default();
                incident.name = name.into();
                let down_after = down_after.unwrap_or(times.still_down_after);
                incident.fails(times, at, what, down_after)
            }
        }
    }

    /// The notices that are due because time has passed, until this moment, in their order.
    pub fn pass(&mut self, times: &Times, until: i64) -> Vec<Notice> {
        let mut notices = Vec::new();
        self.incidents.retain(|_, incident| {
            if let Some(due) = incident.down_due.filter(|due| *due <= until) {
                incident.down_due = None;
                notices.push(incident.notice(NoticeKind::StillDown, due));
            }
            let well = incident.well_at(times).filter(|well| *well <= until);
            if let Some(well) = well {
                notices.push(incident.notice(NoticeKind::Recovery, well));
            }
            well.is_none()
        });
        notices.sort_by_key(|notice| notice.at);
        notices
    }

    /// When [`Fold::pass`] has something to tell.
    #[must_use]
    pub fn next(&self, times: &Times) -> Option<i64> {
        let incidents = self.incidents.values();
        incidents
            .flat_map(|incident| [incident.down_due, incident.well_at(times)])
            .flatten()
            .min()
    }

    /// Notes that a target is told of the incident of a service.
    pub fn told(&mut self, service: &str, target: &str) {
        let mut incidents = self.incidents.values_mut();
        if let Some(incident) = incidents.find(|incident| &*incident.name == service) {
            incident.told.insert(target.into());
        }
    }
}

impl Incident {
    fn fails(
        &mut self,
        times: &Times,
        at: i64,
        what: &What,
        down_after: Duration,
    ) -> Option<Notice> {
        self.running_since = None;
        let next = match what {
            What::Failed(_, next) => *next,
            _ => None,
        };
        if matches!(what, What::Failed(..)) {
            self.failures = self.failures.saturating_add(1);
            self.recent.push(at);
            let from = at.saturating_sub(millis(times.flapping_period));
            let surplus = self.recent.len().saturating_sub(FAILURES_MAX);
            self.recent.drain(..surplus);
            self.recent.retain(|failure| *failure > from);
            if self.down_since.is_none() {
                self.down_since = Some(at);
                let due = at.saturating_add(millis(down_after));
                self.down_due = (!down_after.is_zero()).then_some(due);
            }
        }
        if next.is_none() {
            let is_new = !std::mem::replace(&mut self.gave_up, true);
            return is_new.then(|| self.notice(NoticeKind::GiveUp, at));
        }
        if self.is_flapping {
            return None;
        }
        let flaps = times.flapping > 0 && self.recent.len() >= times.flapping as usize;
        self.is_flapping = flaps;
        let kind = if flaps {
            NoticeKind::Flapping
        } else {
            NoticeKind::Failure
        };
        Some(Notice {
            next,
            ..self.notice(kind, at)
        })
    }

    /// When it is well again, if it keeps running.
    fn well_at(&self, times: &Times) -> Option<i64> {
        let after = if self.is_flapping {
            times.recovered_after.max(times.flapping_period)
        } else {
            times.recovered_after
        };
        Some(self.running_since?.saturating_add(millis(after)))
    }

    fn notice(&self, kind: NoticeKind, at: i64) -> Notice {
        Notice {
            kind,
            service: self.name.clone(),
            at,
            failures: self.failures,
            next: None,
            down_ms: self.down_since.map(|since| at.saturating_sub(since)),
            told: match kind {
                NoticeKind::Recovery => self.told.clone(),
                _ => BTreeSet::new(),
            },
        }
    }
}

/// A time in milliseconds, as times of entries are.
pub(crate) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
