//! The seven states of a service (S1 to S7), numbered as Windows numbers them.

use std::fmt;

/// Where a service is in its life (S1 to S7). There is no eighth state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ServiceState {
    /// Not running: never started, ended, or failed (S1).
    Stopped = 1,
    /// Being started; set by the manager when the process is created (S2, S14).
    StartPending = 2,
    /// Being stopped; it gets no more controls (S3).
    StopPending = 3,
    /// Running (S4).
    Running = 4,
    /// On the way from paused to running (S5).
    ContinuePending = 5,
    /// On the way to paused (S6).
    PausePending = 6,
    /// Paused (S7).
    Paused = 7,
}

impl ServiceState {
    /// All states, in the order of their numbers.
    pub const ALL: [Self; 7] = [
        Self::Stopped,
        Self::StartPending,
        Self::StopPending,
        Self::Running,
        Self::ContinuePending,
        Self::PausePending,
        Self::Paused,
    ];

    /// The state with this number, 1 to 7; `None` for any other (a report with it is refused, S10).
    #[must_use]
    pub fn from_raw(raw: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.to_raw() == raw)
    }

    /// The number Windows gives the state.
    #[must_use]
    pub const fn to_raw(self) -> u32 {
        self as u32
    }

    /// Whether checkpoint and wait hint mean anything in this state (S13).
    #[must_use]
    pub const fn is_pending(self) -> bool {
        matches!(
            self,
            Self::StartPending | Self::StopPending | Self::ContinuePending | Self::PausePending
        )
    }

    /// The spelling of `sc query`, also used in the API: `START_PENDING`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stopped => "STOPPED",
            Self::StartPending => "START_PENDING",
            Self::StopPending => "STOP_PENDING",
            Self::Running => "RUNNING",
            Self::ContinuePending => "CONTINUE_PENDING",
            Self::PausePending => "PAUSE_PENDING",
            Self::Paused => "PAUSED",
        }
    }

    /// The state whose [`name`](Self::name) this is, whatever its case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|state| state.name().eq_ignore_ascii_case(name))
    }

    /// The word for people, as the log's 7036 uses it: `start pending`, `running`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::StartPending => "start pending",
            Self::StopPending => "stop pending",
            Self::Running => "running",
            Self::ContinuePending => "continue pending",
            Self::PausePending => "pause pending",
            Self::Paused => "paused",
        }
    }
}

impl fmt::Display for ServiceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_read_back() {
        for (number, state) in (1..).zip(ServiceState::ALL) {
            assert_eq!(state.to_raw(), number);
            assert_eq!(ServiceState::from_raw(number), Some(state));
            assert_eq!(
                ServiceState::from_name(&state.name().to_lowercase()),
                Some(state)
            );
        }
        for number in [0, 8, u32::MAX] {
            assert_eq!(
                ServiceState::from_raw(number),
                None,
                "S10: {number} is not a state"
            );
        }
    }

    #[test]
    fn s13_four_states_are_pending() {
        let pending = ServiceState::ALL
            .into_iter()
            .filter(|s| s.is_pending())
            .count();
        assert_eq!(pending, 4);
    }
}
