//! Entries of the event log, with what Windows keeps of them and what it does not, and the questions
//! that can be asked of the log.

mod by;
mod failures;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use relance_texts::{Sentence, error, shown, word};

use crate::error::ScmError;
use crate::event::{Event, EventLevel, EventSource, sentence};
use crate::run::{RunId, ServiceId};
use crate::status::ProcessExit;
use crate::win32::Win32Error;

pub use by::By;
pub use failures::{Cause, Failures, ServiceFailures, cause_key};

use failures::cause_sentence;

/// A moment on the wall clock: milliseconds since 1970, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// So long before this moment.
    #[must_use]
    pub fn before(self, time: Duration) -> Self {
        Self(self.0.saturating_sub(millis(time)))
    }

    /// So long after this moment.
    #[must_use]
    pub fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(millis(time)))
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// One entry of the event log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Number in the log, rising.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who writes it.
    pub source: EventSource,
    /// Number of the kind of entry: 7031.
    pub event_id: u32,
    /// How bad it is.
    pub level: EventLevel,
    /// The service that it is about; `None`: the manager.
    pub service: Option<(ServiceId, Arc<str>)>,
    /// Windows' insertion parameters.
    pub parameters: Vec<String>,
    /// What else is known.
    pub details: Details,
}

/// What Windows does not keep beside an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// The run it belongs to.
    pub run: Option<RunId>,
    /// Its process; 0: none.
    pub pid: u32,
    /// What the kernel saw of the end of the process.
    pub exit: Option<ProcessExit>,
    /// When the recovery action is due.
    pub due: Option<Timestamp>,
    /// Why, in words.
    pub cause: Option<String>,
    /// The policy that said what follows a failure (X101).
    pub policy: Option<String>,
    /// The last lines of the service's output.
    pub output: Option<String>,
    /// Who wrote it, if a program did.
    pub author: Option<Author>,
    /// Who asked for what it records: a control, a start, a change (X67).
    pub by: Option<By>,
    /// Entries of its kind that it stands for.
    pub repeated: Option<Repeated>,
}

/// Who wrote an entry in its own words, or asked for what it records, as the kernel says it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Author {
    /// `user 33`, `root`, `console session of anna`.
    pub name: Box<str>,
    /// The number of the user.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub uid: Option<u32>,
    /// The service that wrote it, if it was one.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub service: Option<Box<str>>,
}

impl Details {
    /// Why, as people read it.
    #[must_use]
    pub fn cause_sentence(&self) -> Option<Sentence> {
        let cause = self.cause.as_deref()?;
        Some(cause_sentence(cause, self.exit))
    }
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match &self.service {
            Some(service) => write!(f, ", service {service}"),
            None => Ok(()),
        }
    }
}

/// Entries of one kind that followed each other too closely: the last stands for all (E12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Repeated {
    /// How many, this one included.
    pub times: u64,
    /// When the first of them came.
    pub first: Timestamp,
    /// When the last came.
    pub last: Timestamp,
}

/// An entry that a program writes itself, with the source [`EventSource::Application`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// The author: the name of a service, or any other name.
    pub name: Box<str>,
    /// Number of the kind of entry; the program's own.
    pub event_id: u32,
    /// How bad it is.
    pub level: EventLevel,
    /// What happened.
    pub text: Box<str>,
}

/// Longest name of who writes, in bytes.
pub const NEW_ENTRY_NAME_LEN_MAX: usize = 256;
/// Longest text of such an entry, in bytes, as in Windows.
pub const NEW_ENTRY_TEXT_LEN_MAX: usize = 31_839;

impl NewEntry {
    /// Checks the lengths.
    ///
    /// # Errors
    /// 87 for an empty or too long name, one of the manager's own, or a too long text.
    pub fn check(&self) -> Result<(), ScmError> {
        let managers = [EventSource::ServiceControlManager, EventSource::Relance];
        if EventSource::from_name(self.name.trim()).is_some_and(|named| managers.contains(&named)) {
            return Err(ScmError::new(
                Win32Error::INVALID_PARAMETER,
                error::OwnEntries {
                    name: shown(&self.name),
                },
            ));
        }
        let (name, text) = (self.name.len(), self.text.len());
        if name == 0 || name > NEW_ENTRY_NAME_LEN_MAX || text > NEW_ENTRY_TEXT_LEN_MAX {
            return Err(ScmError::new(
                Win32Error::INVALID_PARAMETER,
                error::EntryLength {
                    name: NEW_ENTRY_NAME_LEN_MAX,
                    text: NEW_ENTRY_TEXT_LEN_MAX,
                },
            ));
        }
        Ok(())
    }
}

impl LogEntry {
    /// About how many bytes it takes.
    #[must_use]
    pub fn size(&self) -> usize {
        let details = &self.details;
        let texts = [&details.cause, &details.policy, &details.output]
            .into_iter()
            .flatten();
        let texts: usize = texts.chain(&self.parameters).map(String::len).sum();
        size_of::<Self>() + texts
    }

    /// The event that it records, for an entry of the manager; see [`Event::read`].
    #[must_use]
    pub fn event(&self) -> Option<Event> {
        match self.source {
            EventSource::ServiceControlManager | EventSource::Relance => {
                Event::read(self.event_id, &self.parameters)
            }
            EventSource::Application => None,
        }
    }

    /// The sentence for people. What a program wrote is shown as its words.
    #[must_use]
    pub fn sentence(&self) -> Sentence {
        let text = match (&self.details.author, &*self.parameters) {
            (Some(author), [name, words]) => word::Wrote {
                name,
                words,
                author: relance_texts::shown(author),
            }
            .into(),
            _ => sentence(self.source, self.event_id, &self.parameters),
        };
        match &self.details.repeated {
            Some(repeated) => word::Repeated {
                text,
                times: repeated.times,
            }
            .into(),
            None => text,
        }
    }

    /// The sentence with who asked for it, where that is told: "... entered the running state. (by root)".
    #[must_use]
    pub fn sentence_with_author(&self) -> Sentence {
        let by = self.details.by.as_ref().and_then(By::sentence);
        let text = self.sentence();
        match by {
            Some(by) => word::WithAuthor { text, by }.into(),
            None => text,
        }
    }

    /// The sentence in English.
    #[must_use]
    pub fn text(&self) -> String {
        self.sentence().to_string()
    }
}

/// Which entries to find. An entry must meet every condition that is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFilter {
    /// Only of this service.
    pub service: Option<ServiceId>,
    /// Only of these kinds; empty: of all.
    pub event_ids: Vec<u32>,
    /// Only this bad or worse.
    pub level: Option<EventLevel>,
    /// Only from this moment on.
    pub since: Option<Timestamp>,
    /// Only before this moment.
    pub until: Option<Timestamp>,
    /// Only with numbers above this.
    pub after: Option<u64>,
    /// Only with numbers below this.
    pub before: Option<u64>,
    /// Only with this text in the service's name or the parameters; for administrators also in the
    /// cause or the output.
    pub text: Option<String>,
    /// Only what a caller asked for: starts, controls, changes (X67).
    pub asked: bool,
    /// At most so many; the newest.
    pub limit: u32,
}

impl Default for EventFilter {
    /// The newest hundred.
    fn default() -> Self {
        Self {
            service: None,
            event_ids: Vec::new(),
            level: None,
            since: None,
            until: None,
            after: None,
            before: None,
            text: None,
            asked: false,
            limit: 100,
        }
    }
}

impl EventFilter {
    /// Whether an entry matches; the same answer as the database's, for entries that are followed
    /// live.
    #[must_use]
    pub fn matches(&self, entry: &LogEntry) -> bool {
        let service = entry.service.as_ref().map(|(id, _)| *id);
        self.service.is_none_or(|id| service == Some(id))
            && (self.event_ids.is_empty() || self.event_ids.contains(&entry.event_id))
            && self.level.is_none_or(|level| entry.level <= level)
            && self.since.is_none_or(|since| entry.at >= since)
            && self.until.is_none_or(|until| entry.at < until)
            && self.after.is_none_or(|after| entry.number > after)
            && self.before.is_none_or(|before| entry.number < before)
            && self.text.as_ref().is_none_or(|text| contains(entry, text))
            && (!self.asked || matches!(entry.details.by, Some(By::Caller(_) | By::Hidden)))
    }
}

fn contains(entry: &LogEntry, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let has = |part: &str| part.to_ascii_lowercase().contains(&text);
    entry.parameters.iter().any(|parameter| has(parameter))
        || entry.service.as_ref().is_some_and(|(_, name)| has(name))
        || entry.details.cause.as_deref().is_some_and(has)
        || entry.details.output.as_deref().is_some_and(has)
        || matches!(&entry.details.by, Some(By::Caller(author)) if has(&author.name))
}

/// Found entries, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventPage {
    /// The entries.
    pub entries: Vec<LogEntry>,
    /// Whether older ones match too.
    pub more: bool,
}
