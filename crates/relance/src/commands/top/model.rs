//! What `relance top` knows: services, what they use, rows and what is chosen. `input` is what keys and the mouse do
//! with it. Nothing here asks a manager or draws.

mod input;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use ratatui::layout::Rect;
use relance_scm::manager::{ServiceInfo, Usage};
use relance_scm::{ServiceId, ServiceName, ServiceState};
use relance_texts::{Words, top};
use wildmatch::WildMatch;

use super::news::{Act, News, Wish};
use super::rows::{self, Groups, Row};
use super::strip::Strips;
use super::tail::Tail;
use crate::lang::say;
use crate::plain::{plain, plain_lines};

/// By what rows are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Name,
    State,
    Failures,
    Cpu,
    Memory,
}

impl Order {
    const ALL: [Self; 5] = [
        Self::Name,
        Self::State,
        Self::Failures,
        Self::Cpu,
        Self::Memory,
    ];

    pub(super) fn word(self) -> Words {
        match self {
            Self::Name => top::SORT_NAME,
            Self::State => top::SORT_STATE,
            Self::Failures => top::SORT_FAILURES,
            Self::Cpu => top::SORT_CPU,
            Self::Memory => top::SORT_MEMORY,
        }
    }
}

/// The content below the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Panel {
    Output,
    Events,
}

/// What keys go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Table,
    /// The filter is being typed.
    Filter,
    /// A question before something is done.
    Confirm(Act, Vec<ServiceName>),
    /// A text over the table, with its title.
    Text(String, String),
}

/// What a service uses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    at: Instant,
    cpu_ms: u64,
    pub(super) memory: u64,
    /// Hundredths of one processor since the sample before.
    pub(super) percent: Option<f64>,
}

/// Where things were drawn, for the mouse.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) head: Rect,
    pub(super) rows: Rect,
    /// Where each column begins, and what it sorts by.
    pub(super) columns: Vec<(u16, Order)>,
}

pub(super) struct Model {
    services: BTreeMap<String, ServiceInfo>,
    usage: HashMap<ServiceId, Sample>,
    pub(super) rows: Vec<Row>,
    pub(super) groups: Groups,
    selected: usize,
    /// The first row that is shown.
    pub(super) first: usize,
    pub(super) filter: String,
    pub(super) only_failed: bool,
    pub(super) order: Order,
    pub(super) panel: Panel,
    pub(super) mode: Mode,
    pub(super) places: Places,
    pub(super) tail: Tail,
    pub(super) strips: Strips,
    /// Whether time lines take the place of numbers where there is no room for both.
    pub(super) has_lines: bool,
    /// The result of the last request.
    pub(super) said: String,
    pub(super) away: Option<String>,
}

impl Model {
    pub(super) fn new(filter: String) -> Self {
        Self {
            services: BTreeMap::new(),
            usage: HashMap::new(),
            rows: Vec::new(),
            groups: Groups::default(),
            selected: 0,
            first: 0,
            filter,
            only_failed: false,
            order: Order::Name,
            panel: Panel::Output,
            mode: Mode::Table,
            places: Places::default(),
            tail: Tail::default(),
            strips: Strips::default(),
            has_lines: false,
            said: String::new(),
            away: None,
        }
    }

    /// Takes news, and returns what to do.
    pub(super) fn take(&mut self, news: News) -> Vec<Wish> {
        match news {
            News::All(all) => {
                self.away = None;
                let all = all.into_iter();
                self.services = all
                    .map(|info| (info.config.service_name.key(), info))
                    .collect();
                self.arrange();
            }
            News::Service(info) => {
                let key = info.config.service_name.key();
                let before = self.services.insert(key, *info);
                // Most changes leave the rows where they are.
                if before.is_none() || self.only_failed || self.order != Order::Name {
                    self.arrange();
                }
            }
            News::Removed(name) => {
                self.services.remove(&name.key());
                self.arrange();
            }
            News::Logged(entry) => {
                self.strips.take(&entry);
                self.tail.logged(&entry);
            }
            News::Past(entries) => self.strips.begin(&entries),
            News::Away(why) => self.away = Some(why),
            News::Usage(all) => self.take_usage(&all),
            News::Output(name, bytes) => self.tail.print(&name, &bytes),
            News::Entries(name, entries) => self.tail.entries(&name, &entries),
            News::Why(name, text) => {
                let title = say(top::WhyTitle {
                    name: plain(name.as_str()),
                });
                self.mode = Mode::Text(title, plain_lines(&text));
            }
            News::Said(text) => self.said = plain(&text),
            News::Input(input) => return self.input(input),
            #[cfg(unix)]
            News::End => return vec![Wish::Quit],
        }
        Vec::new()
    }

    fn take_usage(&mut self, all: &[Usage]) {
        let now = Instant::now();
        for used in all {
            let before = self.usage.get(&used.service);
            let percent = before.and_then(|before| {
                let passed = now.duration_since(before.at).as_secs_f64();
                let worked = used.cpu_ms.checked_sub(before.cpu_ms)?;
                #[allow(clippy::cast_precision_loss, reason = "a percentage for people")]
                (passed > 0.0).then(|| worked as f64 / 10.0 / passed)
            });
            let sample = Sample {
                at: now,
                cpu_ms: used.cpu_ms,
                memory: used.memory_bytes,
                percent,
            };
            self.usage.insert(used.service, sample);
        }
        if matches!(self.order, Order::Cpu | Order::Memory) {
            self.arrange();
        }
    }

    /// Which services have rows, and in what order. The chosen one stays chosen.
    fn arrange(&mut self) {
        let chosen = self.rows.get(self.selected).cloned();
        let wanted: Vec<&ServiceInfo> = self
            .services
            .values()
            .filter(|info| self.is_wanted(info))
            .collect();
        self.rows = self.groups.rows(&wanted, |rows| self.put_in_order(rows));
        let again = chosen.and_then(|chosen| rows::find(&self.rows, &chosen));
        self.selected = again
            .unwrap_or(self.selected)
            .min(self.rows.len().saturating_sub(1));
    }

    fn put_in_order(&self, rows: &mut [Vec<&ServiceInfo>]) {
        match self.order {
            Order::Name => {}
            Order::State => rows.sort_by_key(|row| row.iter().map(|info| rank(info)).min()),
            Order::Failures => rows.sort_by_key(|row| {
                Reverse(
                    row.iter()
                        .map(|info| u64::from(info.recovery.failure_count))
                        .sum::<u64>(),
                )
            }),
            Order::Memory => rows.sort_by_key(|row| Reverse(self.memory(row))),
            Order::Cpu => rows.sort_by(|a, b| {
                let percent = |row| self.percent(row).unwrap_or(0.0);
                percent(b).total_cmp(&percent(a))
            }),
        }
    }

    fn is_wanted(&self, info: &ServiceInfo) -> bool {
        if self.only_failed && !info.has_failed() {
            return false;
        }
        let name = info.config.service_name.as_str();
        if self.filter.contains(['*', '?']) {
            return WildMatch::new_case_insensitive(&self.filter).matches(name);
        }
        self.filter.is_empty() || name.to_lowercase().contains(&self.filter.to_lowercase())
    }

    /// The services of a row.
    pub(super) fn row(&self, at: usize) -> Vec<&ServiceInfo> {
        let keys = self.rows.get(at).into_iter().flat_map(|row| &row.keys);
        keys.filter_map(|key| self.services.get(key)).collect()
    }

    pub(super) fn memory(&self, row: &[&ServiceInfo]) -> u64 {
        self.samples(row).map(|sample| sample.memory).sum()
    }

    /// Hundredths of one processor; `None` while it is not known.
    pub(super) fn percent(&self, row: &[&ServiceInfo]) -> Option<f64> {
        let percents: Vec<f64> = self
            .samples(row)
            .filter_map(|sample| sample.percent)
            .collect();
        (!percents.is_empty()).then(|| percents.iter().sum())
    }

    fn samples<'a>(&'a self, row: &'a [&ServiceInfo]) -> impl Iterator<Item = &'a Sample> {
        let running = row.iter().filter(|info| info.status.process_id != 0);
        running.filter_map(|info| self.usage.get(&info.id))
    }

    pub(super) fn selected(&self) -> usize {
        self.selected
    }

    fn chosen_key(&self) -> Option<&String> {
        self.rows.get(self.selected)?.keys.first()
    }

    fn chosen_info(&self) -> Option<&ServiceInfo> {
        self.services.get(self.chosen_key()?)
    }

    /// The service whose output is shown.
    pub(super) fn chosen(&self) -> Option<(ServiceName, ServiceId)> {
        let info = self.chosen_info()?;
        Some((info.config.service_name.clone(), info.id))
    }

    fn chosen_names(&self) -> Vec<ServiceName> {
        let row = self.row(self.selected);
        row.iter()
            .map(|info| info.config.service_name.clone())
            .collect()
    }

    /// Running services whose usage is to be known: those of the shown rows, or all to sort by it.
    pub(super) fn shown_ids(&self) -> Vec<ServiceId> {
        let by_usage = matches!(self.order, Order::Cpu | Order::Memory);
        let shown = if by_usage {
            0..self.rows.len()
        } else {
            self.shown()
        };
        let ids = shown.flat_map(|at| self.row(at));
        let running = ids.filter(|info| info.status.process_id != 0);
        let mut ids: Vec<_> = running.map(|info| info.id).collect();
        // Those of an open group are in its row, too.
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The rows that have room.
    pub(super) fn shown(&self) -> std::ops::Range<usize> {
        let end = self.first + usize::from(self.places.rows.height);
        self.first..end.min(self.rows.len())
    }

    /// Puts the chosen row into the rows that are shown.
    pub(super) fn scroll(&mut self, rows: Rect) {
        self.places.rows = rows;
        let height = usize::from(rows.height).max(1);
        let last = self.rows.len().saturating_sub(height);
        self.first = self.first.min(last).min(self.selected);
        self.first = self.first.max((self.selected + 1).saturating_sub(height));
    }

    /// All services, those that run, and those that have failed.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        let all = self.services.values();
        let runs = |info: &&ServiceInfo| info.status.state == ServiceState::Running;
        let failed = all.clone().filter(|info| info.has_failed()).count();
        (all.len(), all.filter(runs).count(), failed)
    }
}

/// The names in a question, few of them by name.
pub(super) fn named(names: &[ServiceName]) -> String {
    let mut texts: Vec<String> = names
        .iter()
        .take(3)
        .map(|name| plain(name.as_str()))
        .collect();
    if names.len() > texts.len() {
        texts.push("…".to_owned());
    }
    texts.join(", ")
}

/// What has failed comes first, then what is under way, then what runs.
fn rank(info: &ServiceInfo) -> u8 {
    match info.status.state {
        _ if info.has_failed() => 0,
        state if state.is_pending() => 1,
        ServiceState::Running => 2,
        _ => 3,
    }
}
