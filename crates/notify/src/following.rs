//! Reads the event log from the last position, and puts messages into the queue.

use std::collections::BTreeMap;

use relance_scm::config::Extensions;
use relance_scm::event::Event;
use relance_scm::event_log::{Details, EventFilter, LogEntry, Timestamp, cause_key};
use relance_scm::manager::NoticeReport;
use relance_scm::manager::wait;
use relance_scm::notice::NoticeKind;
use relance_scm::{ScmError, ServiceName};

use crate::fold::{EVENTS, Fold, Notice, What, millis};
use crate::message::Message;
use crate::shared::{Shared, now};
use crate::store::New;
use crate::targets::{Target, Targets};

/// Entries of a page.
const PAGE: u32 = 1000;
/// Most pages that are read at a time: what is older was not told for too long.
const PAGES_MAX: usize = 100;
/// At the first start: how old an entry that asks for a test may be.
const TEST_AGE_MS: i64 = 60_000;
/// The entry that asks for a test.
const TEST: u32 = 1160;

/// Why it does not go on.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The manager does not answer.
    Manager,
    /// The queue cannot be written.
    Queue(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Queue(error)
    }
}

/// Takes what the log has. When something is due because time passes.
pub(crate) fn catch_up(shared: &Shared) -> Result<Option<i64>, Stop> {
    let (cursor, mut fold, targets) = {
        let state = shared.lock();
        (
            state.store.cursor()?,
            state.store.fold()?,
            state.targets.clone(),
        )
    };
    let log = Log { shared };
    let from = log.begin(cursor)?;
    let entries = log.after(from)?;
    let mut round = Round {
        shared,
        targets: &targets,
        settings: BTreeMap::new(),
        new: Vec::new(),
        missing: Vec::new(),
    };
    let before = fold.clone();
    for entry in &entries {
        round.entry(&mut fold, entry);
    }
    for notice in fold.pass(&targets.times, now()) {
        round.notice(&mut fold, &notice, None);
    }
    let cursor_now = entries.last().map_or(from, |entry| entry.number);
    let next = fold.next(&targets.times);
    if cursor != Some(cursor_now) || before != fold || !round.new.is_empty() {
        let mut state = shared.lock();
        state
            .store
            .advance(Some(cursor_now), &fold, &round.new, now())?;
        shared.news.notify_all();
    }
    for report in round.missing {
        let _ = shared.report(report);
    }
    Ok(next)
}

/// The event log.
struct Log<'a> {
    shared: &'a Shared,
}

impl Log<'_> {
    fn find(&self, filter: EventFilter) -> Result<relance_scm::event_log::EventPage, Stop> {
        let Shared {
            manager, caller, ..
        } = self.shared;
        let found: Result<_, ScmError> = wait(|reply| manager.find_events(caller, filter, reply));
        found.map_err(|_| Stop::Manager)
    }

    /// From where it is read: from where it was read last; the first time from its end, or from a test that was just
    /// asked for. A log that is shorter than before is a new one.
    fn begin(&self, cursor: Option<u64>) -> Result<u64, Stop> {
        let newest = self.find(EventFilter {
            limit: 1,
            ..EventFilter::default()
        })?;
        let newest = newest.entries.last().map_or(0, |entry| entry.number);
        if let Some(cursor) = cursor {
            return Ok(cursor.min(newest));
        }
        let tests = self.find(EventFilter {
            event_ids: vec![TEST],
            since: Some(Timestamp(now() - TEST_AGE_MS)),
            ..EventFilter::default()
        })?;
        let first = tests.entries.first().map(|entry| entry.number - 1);
        Ok(first.unwrap_or(newest))
    }

    /// The entries after a number that mean something, in their order.
    fn after(&self, number: u64) -> Result<Vec<LogEntry>, Stop> {
        let mut pages = Vec::new();
        let mut before = None;
        for _ in 0..PAGES_MAX {
            let page = self.find(EventFilter {
                event_ids: EVENTS.to_vec(),
                after: Some(number),
                before,
                limit: PAGE,
                ..EventFilter::default()
            })?;
            before = page.entries.first().map(|entry| entry.number);
            let more = page.more && before.is_some();
            pages.push(page.entries);
            if !more {
                break;
            }
        }
        Ok(pages.into_iter().rev().flatten().collect())
    }
}

/// The messages that follow from some entries.
struct Round<'a> {
    shared: &'a Shared,
    targets: &'a Targets,
    /// The settings of services, asked for once.
    settings: BTreeMap<Box<str>, Extensions>,
    new: Vec<New>,
    /// Tests of targets that do not exist.
    missing: Vec<NoticeReport>,
}

impl Round<'_> {
    fn entry(&mut self, fold: &mut Fold, entry: &LogEntry) {
        if let Some(Event::NoticeTest(target, tester)) = entry.event() {
            return self.test(entry, &target, &tester);
        }
        let (Some((id, name)), Some(what)) = (&entry.service, What::of(entry)) else {
            return;
        };
        let at = entry.at.0;
        for notice in fold.pass(&self.targets.times, at) {
            self.notice(fold, &notice, None);
        }
        let down_after = match what {
            What::Failed(..) | What::GaveUp => Targets::down_after(self.settings_of(name)),
            _ => None,
        };
        let notice = fold.take(&self.targets.times, at, (id.0, name), &what, down_after);
        if let Some(notice) = notice {
            self.notice(fold, &notice, Some(&entry.details));
        }
    }

    /// Writes a message to each target that wants it.
    fn notice(&mut self, fold: &mut Fold, notice: &Notice, details: Option<&Details>) {
        let targets = self.targets;
        let settings = self.settings_of(&notice.service);
        let is_over = notice.kind == NoticeKind::Recovery;
        let wanted = targets.of(&notice.service, settings, notice.kind);
        for target in wanted {
            if is_over && !notice.told.contains(&target.name) {
                continue;
            }
            // A planned restart is not part of an incident: a target that got only that notice is
            // not told of the end.
            if notice.kind != NoticeKind::Recycling {
                fold.told(&notice.service, &target.name);
            }
            let said = details
                .and_then(Details::cause_sentence)
                .map(|cause| cause.of(target.lang));
            let mut key = format!(
                "{} {}",
                notice.kind,
                details
                    .and_then(|details| details.cause.as_deref())
                    .map(cause_key)
                    .unwrap_or_default()
            );
            if !target.gathers() {
                key = format!("{key} {}", notice.service);
            }
            let message = Message::of(notice, said);
            self.new.push(self.letter(target, key, message));
        }
    }

    fn letter(&self, target: &Target, key: String, message: Message) -> New {
        let keeping = &self.targets.keeping;
        New {
            target: target.name.clone(),
            key,
            names_all: target.names_all(),
            message,
            machine: self.shared.machine.clone(),
            lang: target.lang,
            gather_ms: millis(keeping.gather),
            repeat_ms: millis(keeping.repeat),
            keep_ms: millis(keeping.keep),
        }
    }

    fn test(&mut self, entry: &LogEntry, target: &str, tester: &str) {
        let Some(target) = self.targets.targets.get(target) else {
            let names: Vec<&str> = self.targets.targets.keys().map(|name| &**name).collect();
            let problem = if names.is_empty() {
                "the file of targets names nobody".to_owned()
            } else {
                format!("there is no such target; there are {}", names.join(", "))
            };
            let report = NoticeReport::Tested(target.to_owned(), Some(problem));
            return self.missing.push(report);
        };
        let message = Message::test(entry.at.0, tester);
        let key = format!("test {}", entry.number);
        let new = New {
            gather_ms: 0,
            repeat_ms: 0,
            ..self.letter(target, key, message)
        };
        self.new.push(new);
    }

    /// The settings of a service; none of one that is gone.
    fn settings_of(&mut self, name: &str) -> &Extensions {
        let shared = self.shared;
        self.settings.entry(name.into()).or_insert_with(|| {
            let Ok(name) = ServiceName::new(name) else {
                return Extensions::default();
            };
            let config = wait(|reply| shared.manager.query_config(&shared.caller, &name, reply));
            config.map(|config| config.extensions).unwrap_or_default()
        })
    }
}
