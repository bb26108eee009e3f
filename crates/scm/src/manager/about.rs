//! What a manager says of itself.

use crate::event_log::Timestamp;

/// About a manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagerInfo {
    /// Its version.
    pub version: String,
    /// Its process.
    pub pid: u32,
    /// The latest generation.
    pub generation: u64,
    /// Its wall clock.
    pub now: Timestamp,
    /// The clock of its deadlines, nanoseconds.
    pub clock_ns: u64,
    /// Whether that clock is moved by hand.
    pub manual_clock: bool,
    /// What is or was wrong with its service database since it began, in sentences.
    pub notices: Vec<String>,
    /// The web console that it keeps running, if it is to.
    pub console: Option<ConsoleInfo>,
}

/// How a manager's web console is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsoleInfo {
    /// Its process; 0: there is none.
    pub pid: u32,
    /// Why there is none, or was none a moment ago: a sentence.
    pub problem: Option<String>,
}
