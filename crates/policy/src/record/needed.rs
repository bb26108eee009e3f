//! What is on record about a service that another one needs and that is down (X70).

use relance_scm::ServiceState;
use relance_scm::settings::WHEN_DEPENDENCY_FAILS;

use super::ServiceRecord;
use crate::time::Time;

/// Something that must run first is down. Kept only for services whose settings react to that: while
/// they run, while a restart of them is pending, and while they are held.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NeededDown {
    /// The service, or the group.
    pub needed: Box<str>,
    /// Since when that is known.
    pub since: Time,
    /// The service is stopped, and is started when what it needs is back (X70).
    pub is_held: bool,
    /// What it needs is back: when it is started. Those that are released together do not all start in
    /// the same moment.
    pub start_at: Option<Time>,
}

/// What becomes of a service when one that it needs fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenDependencyFails {
    /// As on Windows: nothing.
    Alone,
    /// X70: its ends are not counted, and it is started when what it needs is back.
    Held,
    /// X71: it is stopped, too.
    Restart,
}

impl ServiceRecord {
    /// Whether it has to be told that a service it needs is down.
    #[must_use]
    pub fn minds_dependencies(&self) -> bool {
        self.when_dependency_fails() != WhenDependencyFails::Alone
            && !self.config.dependencies.is_empty()
    }

    /// Whether it is restarted with what it needs (X71).
    #[must_use]
    pub fn restarts_with_dependencies(&self) -> bool {
        self.when_dependency_fails() == WhenDependencyFails::Restart
    }

    pub(crate) fn when_dependency_fails(&self) -> WhenDependencyFails {
        match self.config.extensions.get(WHEN_DEPENDENCY_FAILS) {
            "held" => WhenDependencyFails::Held,
            "restart" => WhenDependencyFails::Restart,
            _ => WhenDependencyFails::Alone,
        }
    }

    /// Whether services that need it can rely on it: it is up (D5), and is neither stopping nor about to be
    /// restarted.
    #[must_use]
    pub fn is_available(&self) -> bool {
        let is_up = match self.state {
            ServiceState::Running
            | ServiceState::Paused
            | ServiceState::PausePending
            | ServiceState::ContinuePending => true,
            ServiceState::Stopped | ServiceState::StartPending | ServiceState::StopPending => false,
        };
        is_up && !self.marked_for_delete && self.restart.is_none()
    }

    /// Whether it is down because it failed, or because what it needs did.
    #[must_use]
    pub fn is_down_by_failure(&self) -> bool {
        let is_going = self.restart.is_some_and(|restart| restart.with_needed);
        let has_failed = self.run.is_none()
            && self
                .last_end
                .as_ref()
                .is_some_and(|end| end.failure.is_some() || end.needed.is_some());
        is_going || has_failed || self.is_down_for_good()
    }

    /// What it is held for (X70).
    #[must_use]
    pub fn held(&self) -> Option<&NeededDown> {
        self.needed_down.as_ref().filter(|down| down.is_held)
    }
}
