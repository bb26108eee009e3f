//! The outcome of a simulation, and its text.

use std::fmt;

use relance_scm::event::{Event, sentence};
use relance_scm::{ServiceState, Win32Error};
use relance_texts::{Lang, Message, Text, shown, story};

use super::is_routine;
use super::script::Happening;
use crate::time::Time;

/// What happened, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// One after the other.
    pub entries: Vec<Entry>,
    /// Whether there was more than a time line holds.
    pub truncated: bool,
    /// When the simulation ended.
    pub end: Time,
    /// The state then.
    pub final_state: ServiceState,
    /// The counter then.
    pub failure_count: u32,
    /// What the wall clock showed at the beginning, if there was one, in seconds since 1970.
    pub begin: Option<i64>,
    /// The starts by the clock that come next, on the same clock.
    pub next_starts: Vec<i64>,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            truncated: false,
            end: Time::ZERO,
            final_state: ServiceState::Stopped,
            failure_count: 0,
            begin: None,
            next_starts: Vec::new(),
        }
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// What.
    pub what: Occurrence,
}

/// The kinds of things that happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occurrence {
    /// A line of the script.
    Happened(Happening),
    /// A line of the script that could not happen: nothing was running.
    Ignored(Happening),
    /// A request of the script was refused.
    Refused(Win32Error),
    /// The counter started again (R12, R13).
    CounterReset,
    /// An entry of the event log.
    Logged(Event),
    /// The recovery command was run.
    CommandRun(Box<str>),
    /// The machine was rebooted.
    Rebooted,
    /// The time of a start by its schedule has come (X72).
    ScheduledStart,
    /// A run has ended by itself, as the script says that they do.
    Finished,
}

impl Timeline {
    /// The entries of the event log, without the routine ones, with their times.
    pub fn logged(&self) -> impl Iterator<Item = (Time, &Event)> {
        self.entries.iter().filter_map(|entry| match &entry.what {
            Occurrence::Logged(event) if !is_routine(event) => Some((entry.at, event)),
            Occurrence::Logged(_)
            | Occurrence::Happened(_)
            | Occurrence::Ignored(_)
            | Occurrence::Refused(_)
            | Occurrence::CounterReset
            | Occurrence::CommandRun(_)
            | Occurrence::Rebooted
            | Occurrence::ScheduledStart
            | Occurrence::Finished => None,
        })
    }
}

impl Occurrence {
    /// The sentence for people.
    #[must_use]
    pub fn text(&self, service_name: &str) -> Text {
        match self {
            Self::Happened(Happening::Quiet) => story::QUIET.text(),
            Self::Happened(what) => story::Happened { what: shown(what) }.text(),
            Self::Ignored(what) => story::Ignored { what: shown(what) }.text(),
            Self::Refused(error) => story::Refused {
                code: error.to_raw(),
                text: *error,
            }
            .text(),
            Self::CounterReset => story::COUNTER_RESET.text(),
            Self::Logged(event) => {
                let parameters = event.parameters(service_name, service_name);
                story::Logged {
                    id: event.id(),
                    sentence: sentence(event.source(), event.id(), &parameters),
                }
                .text()
            }
            Self::CommandRun(command) => story::Command {
                command: &**command,
            }
            .text(),
            Self::Rebooted => story::REBOOTED.text(),
            Self::ScheduledStart => story::SCHEDULED_START.text(),
            Self::Finished => story::FINISHED.text(),
        }
    }

    /// The same in English.
    #[must_use]
    pub fn sentence(&self, service_name: &str) -> String {
        self.text(service_name).of(Lang::En)
    }
}

impl Timeline {
    /// One line an entry: `+1.000s  7031 ...`.
    #[must_use]
    pub fn of(&self, lang: Lang) -> String {
        self.with_times(lang, |at| format!("+{at}"))
    }

    /// The same, with times as `written` writes them.
    #[must_use]
    pub fn with_times(&self, lang: Lang, written: impl Fn(Time) -> String) -> String {
        let service = story::THE_SERVICE.of(lang);
        let line = |at: &str, text: String| format!("{at:>12}  {text}\n");
        let mut lines: Vec<_> = self
            .entries
            .iter()
            .map(|entry| line(&written(entry.at), entry.what.text(service).of(lang)))
            .collect();
        if self.truncated {
            lines.push(line("…", story::AND_SO_ON.of(lang).to_owned()));
        }
        let end = story::End {
            state: shown(self.final_state),
            count: self.failure_count,
        };
        lines.push(line(&written(self.end), lang.say(end)));
        lines.concat()
    }
}

/// In English.
impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.of(Lang::En))
    }
}
