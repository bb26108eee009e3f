//! The messages between the parts of `relance top`: news, and requests.

use std::sync::Arc;

use ratatui::crossterm::event::Event;
use relance_scm::ServiceName;
use relance_scm::event_log::LogEntry;
use relance_scm::manager::{ServiceInfo, Usage};
use relance_texts::{Words, top};

/// What threads have heard.
pub(super) enum News {
    /// All services there are.
    All(Vec<ServiceInfo>),
    Service(Box<ServiceInfo>),
    Removed(ServiceName),
    Logged(Arc<LogEntry>),
    /// What the log says of the last half hour.
    Past(Vec<LogEntry>),
    /// The manager is away, and why.
    Away(String),
    Usage(Vec<Usage>),
    /// Output of a service.
    Output(ServiceName, Vec<u8>),
    /// The newest entries about a service.
    Entries(ServiceName, Vec<LogEntry>),
    /// Sentences about a service.
    Why(ServiceName, String),
    /// The result of a request.
    Said(String),
    Input(Event),
    /// Somebody wants the program to end.
    #[cfg(unix)]
    End,
}

/// What a key asks of a manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Start,
    Stop,
    Restart,
    Force,
}

impl Act {
    pub(super) fn word(self) -> Words {
        match self {
            Self::Start => top::ACT_START,
            Self::Stop => top::ACT_STOP,
            Self::Restart => top::ACT_RESTART,
            Self::Force => top::ACT_FORCE,
        }
    }
}

/// What is to be done outside the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Quit,
    Why(ServiceName),
    Do(Act, Vec<ServiceName>),
}
