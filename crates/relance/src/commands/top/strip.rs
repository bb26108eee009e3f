//! Time lines in the table: the state of each service in the last half hour, a cell for each part of it. A cell
//! shows the worst state in its part. Before a service existed, and where nothing is known, a cell is blank.

use std::collections::{HashMap, VecDeque};

use relance_scm::event::{BAD_ENDS, Event};
use relance_scm::event_log::LogEntry;
use relance_scm::manager::ServiceInfo;
use relance_scm::{ServiceId, ServiceState};

/// How far back they go.
pub(super) const SPAN_MS: i64 = 30 * 60 * 1000;
/// Most changes that are kept of a service.
const CHANGES_MAX: usize = 200;

/// How a service was; the later ones are worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shade {
    Stopped,
    Up,
    Failed,
}

/// The kinds of entries that the lines are made of.
pub(super) fn event_ids() -> Vec<u32> {
    [&[7036, 7045], &BAD_ENDS[..]].concat()
}

/// All services' lines.
#[derive(Default)]
pub(super) struct Strips {
    of: HashMap<ServiceId, Strip>,
    /// The newest entry that was taken.
    last: u64,
}

#[derive(Default)]
struct Strip {
    changes: VecDeque<(i64, Shade)>,
    /// It was made at the first of the changes.
    is_new: bool,
    /// It has ended badly, and its stop is still to come.
    is_ending: bool,
}

impl Strips {
    /// Replaces the known changes by those in the log.
    pub(super) fn begin(&mut self, entries: &[LogEntry]) {
        *self = Self::default();
        for entry in entries {
            self.take(entry);
        }
    }

    /// The next entry.
    pub(super) fn take(&mut self, entry: &LogEntry) {
        let Some((service, _)) = entry.service.as_ref() else {
            return;
        };
        if entry.number > self.last {
            self.last = entry.number;
            self.of.entry(*service).or_default().take(entry);
        }
    }

    /// So many cells for the services of a row, the newest last.
    pub(super) fn cells(&self, row: &[&ServiceInfo], now: i64, count: usize) -> Vec<Option<Shade>> {
        let mut cells = vec![None; count];
        for info in row {
            let nothing = Strip::default();
            let strip = self.of.get(&info.id).unwrap_or(&nothing);
            for (cell, shade) in cells.iter_mut().zip(strip.cells(info, now, count)) {
                *cell = shade.max(*cell);
            }
        }
        cells
    }
}

impl Strip {
    fn take(&mut self, entry: &LogEntry) {
        let at = entry.at.0;
        let last = self.changes.back().map(|(_, shade)| *shade);
        match entry.event() {
            Some(Event::Installed { .. }) => {
                *self = Self {
                    is_new: true,
                    ..Self::default()
                };
                self.push(at, Shade::Stopped);
            }
            Some(Event::StateEntered(ServiceState::Stopped)) => {
                let is_bad = std::mem::take(&mut self.is_ending);
                self.push(
                    at,
                    if is_bad {
                        Shade::Failed
                    } else {
                        Shade::Stopped
                    },
                );
            }
            Some(Event::StateEntered(_)) => {
                self.is_ending = false;
                self.push(at, Shade::Up);
            }
            _ if BAD_ENDS.contains(&entry.event_id) => match last {
                Some(Shade::Stopped | Shade::Failed) => self.push(at, Shade::Failed),
                Some(Shade::Up) | None => self.is_ending = true,
            },
            _ => {}
        }
    }

    fn push(&mut self, at: i64, shade: Shade) {
        self.changes.push_back((at, shade));
        // The one before the span says how it was at its beginning.
        while self.changes.len() > CHANGES_MAX
            || self
                .changes
                .get(1)
                .is_some_and(|(next, _)| *next < at - SPAN_MS)
        {
            self.changes.pop_front();
            self.is_new = false;
        }
    }

    fn cells(&self, info: &ServiceInfo, now: i64, count: usize) -> Vec<Option<Shade>> {
        let begin = now - SPAN_MS;
        let mut changes = self.changes.iter().peekable();
        let mut shade = self.at_first(info);
        let mut take_until = |to: i64, shade: &mut Option<Shade>| {
            let mut worst = *shade;
            while let Some((_, next)) = changes.next_if(|(at, _)| *at < to) {
                *shade = Some(*next);
                worst = worst.max(*shade);
            }
            worst
        };
        take_until(begin, &mut shade);
        let ends = (1..=count).map(|cell| {
            let part = i64::try_from(cell).unwrap_or(0) * SPAN_MS;
            begin + part / i64::try_from(count).unwrap_or(1)
        });
        ends.map(|to| take_until(to, &mut shade)).collect()
    }

    /// How it was before the first change that is known.
    fn at_first(&self, info: &ServiceInfo) -> Option<Shade> {
        match self.changes.front() {
            _ if self.is_new => None,
            None if info.status.state != ServiceState::Stopped => Some(Shade::Up),
            None if info.has_failed() => Some(Shade::Failed),
            None | Some((_, Shade::Up)) => Some(Shade::Stopped),
            Some((_, Shade::Stopped | Shade::Failed)) => Some(Shade::Up),
        }
    }
}
