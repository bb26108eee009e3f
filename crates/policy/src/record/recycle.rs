//! A run that has reached a soft ceiling (X55), as it stands on record.

use relance_scm::ceiling::Ceiling;

use crate::time::Time;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Recycle {
    /// Which one.
    pub ceiling: Ceiling,
    /// When.
    pub since: Time,
    /// How far it has come.
    pub phase: RecyclePhase,
}

/// How far the recycling of a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum RecyclePhase {
    /// Its part of the jitter passes until then.
    Spread(Time),
    /// It waits for its turn among the instances of its template.
    Turn,
    /// It was asked to stop; with the time at which the log says that it takes long, `None` once it does.
    Stopping(Option<Time>),
    /// It cannot be stopped, and is not asked again.
    Refused,
}
