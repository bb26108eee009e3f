//! Targets and messages of notifications, as a manager reports them (X86 to X94).

use std::fmt;

use crate::event_log::Timestamp;

/// Targets and messages of notifications, as a manager reports them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    /// The targets of the file.
    pub targets: Vec<TargetInfo>,
    /// The messages that were sent last and those that wait, the oldest first.
    pub messages: Vec<MessageInfo>,
    /// Why the file of targets cannot be used.
    pub problem: Option<String>,
    /// Where the manager looks for the file of targets, if the caller may know.
    pub file: Option<String>,
    /// That no file is there.
    pub file_is_missing: bool,
}

/// Where that is kept. Read on a thread of a client's, never by the owner loop.
pub trait NoticeBook: fmt::Debug + Send + Sync {
    /// What is on record; nothing at all if nothing ever was.
    ///
    /// # Errors
    /// What the system says.
    fn read(&self) -> std::io::Result<Notices>;
}

/// A target, without its secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetInfo {
    /// Its name.
    pub name: String,
    /// `slack`, `mail`, `command`…
    pub carrier: String,
    /// Where it is: a host, the path of a command.
    pub place: String,
    /// What it is told of if a service does not say more.
    pub notices: Vec<String>,
    /// The services that it is told of unless they name others, as patterns.
    pub services: Vec<String>,
    /// How many messages wait for it.
    pub waiting: u64,
    /// Why the last try failed, until one succeeds.
    pub problem: Option<String>,
    /// When it is tried again.
    pub next_try: Option<Timestamp>,
}

/// A message to a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageInfo {
    /// Its id, the same in every try.
    pub id: String,
    /// To whom.
    pub target: String,
    /// The word of its [`NoticeKind`](crate::notice::NoticeKind).
    pub kind: String,
    /// What it says.
    pub title: String,
    /// Which services it is about.
    pub services: Vec<String>,
    /// When it was made.
    pub at: Timestamp,
    /// `waiting`, `told` or `dropped`.
    pub state: String,
    /// When it was told or dropped.
    pub done_at: Option<Timestamp>,
    /// How often it was tried.
    pub tries: u32,
    /// Why the last try failed.
    pub problem: Option<String>,
}

/// What the notifier has to log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeReport {
    /// A target cannot be reached, and why.
    Unreachable(String, String),
    /// It can again.
    Reachable(String),
    /// So many messages to it were dropped: they were too many, or too old.
    Dropped(String, u64),
    /// The file of targets cannot be used, and why.
    Unusable(String),
    /// A test of a target is over; the problem, if there was one.
    Tested(String, Option<String>),
}
