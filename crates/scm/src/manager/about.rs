//! What a manager says of itself, and of what its services use.

use crate::controllers::Controllers;
use crate::event_log::Timestamp;
use crate::run::ServiceId;

/// What the processes of one service use, now and since they were started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Whose.
    pub service: ServiceId,
    /// Processor time, user and system, milliseconds.
    pub cpu_ms: u64,
    /// Memory in bytes: what its control group is charged with, else the resident memory of its processes.
    pub memory_bytes: u64,
    /// The most memory that they ever had at a time; `None` where the kernel does not count it.
    pub memory_peak_bytes: Option<u64>,
    /// How many processes.
    pub processes: u32,
}

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
    /// Present and past problems of its service database since it began, in sentences.
    pub notices: Vec<String>,
    /// The web console that it keeps running, if one is configured.
    pub console: Option<ConsoleInfo>,
    /// The controllers that the control groups of its runs have; none on Windows.
    pub controllers: Controllers,
}

/// The state of a manager's web console.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsoleInfo {
    /// Its process; 0: there is none.
    pub pid: u32,
    /// Why there is none, or was none a moment ago: a sentence.
    pub problem: Option<String>,
}
