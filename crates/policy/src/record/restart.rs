//! A restart that is wanted (X22), as it stands on record.

use relance_scm::ceiling::Ceiling;

use super::ServiceId;
use crate::time::Time;

/// A restart that somebody asked for, until the service has been started again (X22).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RestartWanted {
    /// When it was asked for.
    pub since: Time,
    /// Services that need it still run: it is told to stop behind them.
    pub behind_dependents: bool,
    /// Once stopped, it is started when this one has been started again, which it needs.
    pub after: Option<ServiceId>,
    /// It is restarted because something that it needs has failed, and not because somebody asked (X71).
    #[cfg_attr(feature = "serde", serde(default))]
    pub with_needed: bool,
    /// Set where nobody has asked, but the run has reached a soft ceiling (X55).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub recycle: Option<Ceiling>,
}
