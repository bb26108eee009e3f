//! The insertion parameters of entries about the manager itself; those about services are `Event::parameters`.

use super::Event;

impl Event {
    /// Those of entries about the manager itself.
    pub(super) fn parameters_of_manager(&self) -> Vec<String> {
        match self {
            Self::StorageFailed(text)
            | Self::StoreDamaged(text)
            | Self::StoreSaved(text)
            | Self::ConsoleFailed(text) => vec![text.to_string()],
            Self::ServiceUnreadable(name, reason) => vec![name.to_string(), reason.to_string()],
            Self::StorageRecovered(lost) => vec![lost.to_string()],
            Self::EngineSilent(seconds) => vec![seconds.to_string()],
            Self::SignInRefused { from, count } => vec![from.to_string(), count.to_string()],
            _ => Vec::new(),
        }
    }
}
