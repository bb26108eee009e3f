//! Entries as they are written. The manager may be killed or replaced meanwhile: the reader goes on behind the
//! last entry that it printed, and leaves none out.

use std::thread;
use std::time::Duration;

use relance_scm::Win32Error;
use relance_scm::event_log::{EventFilter, LogEntry};
use relance_scm::manager::{Watched, WatchedChange, next_change};
use relance_texts::command;

use super::place::Place;
use super::print;
use crate::cli::{CommandFailure, CommandResult, Manager};
use crate::lang::say;

/// A manager that is away is asked again so often.
const AGAIN: Duration = Duration::from_secs(1);
/// Entries of one answer.
const PAGE: u32 = 1000;

/// Prints entries in their order, each once.
pub(super) struct Reader<'a> {
    manager: &'a Manager,
    filter: &'a EventFilter,
    json: bool,
    /// The number of the last entry that was printed. `None`: nothing was read yet.
    last: Option<u64>,
    /// Where that number is kept.
    place: Option<Place>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        manager: &'a Manager,
        filter: &'a EventFilter,
        place: Option<Place>,
        json: bool,
    ) -> Self {
        let last = place.as_ref().and_then(Place::last);
        Self {
            manager,
            filter,
            json,
            last,
            place,
        }
    }

    /// Prints what is written, until nobody reads it.
    pub(super) fn follow(&mut self) -> CommandResult {
        let mut is_away = false;
        loop {
            match self.watch() {
                Ok(()) => is_away = false,
                Err(CommandFailure::Scm(error)) if is_absence(error.code()) => {
                    if !is_away {
                        eprintln!("relance: {}", say(command::WAITING_FOR_MANAGER));
                    }
                    is_away = true;
                    thread::park_timeout(AGAIN);
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Prints what is written, as long as this connection lasts.
    fn watch(&mut self) -> CommandResult {
        // Begun before the question, so that nothing falls between the two.
        let (scm, caller) = self.manager.get();
        let mut watch = scm.watch(caller, None)?;
        self.catch_up()?;
        while let Some(watched) = next_change(&mut *watch) {
            match watched {
                Watched::Change(_, WatchedChange::Logged(entry)) => {
                    let is_new = self.last.is_none_or(|last| entry.number > last);
                    if is_new && self.filter.matches(&entry) {
                        self.print(&entry)?;
                    }
                }
                Watched::Change(..) => {}
                Watched::Gap(_) => self.catch_up()?,
            }
        }
        Ok(())
    }

    /// Prints the entries behind the last one; the first time the last ones.
    pub(super) fn catch_up(&mut self) -> CommandResult {
        let entries = match self.last {
            None => self.find(self.filter.clone())?.0,
            Some(last) => self.behind(last)?,
        };
        for entry in &entries {
            self.print(entry)?;
        }
        self.last = self.last.or(Some(0));
        Ok(())
    }

    fn behind(&mut self, last: u64) -> Result<Vec<LogEntry>, CommandFailure> {
        if self.is_another_log(last)? {
            eprintln!("relance: {}", say(command::OTHER_LOG));
            self.last = Some(0);
        }
        let mut filter = EventFilter {
            after: self.last,
            limit: PAGE,
            ..self.filter.clone()
        };
        // Answers have the newest entries first, and may be cut.
        let mut pages = Vec::new();
        loop {
            let (entries, more) = self.find(filter.clone())?;
            filter.before = entries.first().map(|entry| entry.number);
            pages.push(entries);
            if !more || filter.before.is_none() {
                return Ok(pages.into_iter().rev().flatten().collect());
            }
        }
    }

    /// Whether the log has no such number: an old backup was brought back, or it begins again.
    fn is_another_log(&self, last: u64) -> Result<bool, CommandFailure> {
        let (newest, _) = self.find(EventFilter {
            limit: 1,
            ..EventFilter::default()
        })?;
        Ok(last > newest.last().map_or(last, |entry| entry.number))
    }

    fn find(&self, filter: EventFilter) -> Result<(Vec<LogEntry>, bool), CommandFailure> {
        let page = self
            .manager
            .ask(|scm, caller, reply| scm.find_events(caller, filter, reply))?;
        Ok((page.entries, page.more))
    }

    fn print(&mut self, entry: &LogEntry) -> CommandResult {
        print(entry, self.json)?;
        self.last = Some(entry.number);
        if let Some(place) = &mut self.place {
            place.keep(entry.number)?;
        }
        Ok(())
    }
}

/// Whether a refusal says that the manager is away, or on its way.
fn is_absence(code: Win32Error) -> bool {
    [
        Win32Error::RPC_S_SERVER_UNAVAILABLE,
        Win32Error::SHUTDOWN_IN_PROGRESS,
    ]
    .contains(&code)
}
