//! Entries about services that wait: for what they need, or for their time.

use super::Event;

impl Event {
    /// Of these entries; else of those about the manager.
    pub(super) fn id_of_waiting(&self) -> u32 {
        match self {
            Self::Held(_) => 1071,
            Self::Released(_) => 1072,
            Self::RestartedWithNeeded(_) => 1073,
            Self::HoldEnded(_) => 1074,
            Self::NeededHangs(..) => 1142,
            Self::StartMissed => 1075,
            Self::StillRunning => 1076,
            Self::StartQueued => 1077,
            _ => self.id_of_recovery(),
        }
    }

    pub(super) fn parameters_of_waiting(&self, service: String) -> Vec<String> {
        match self {
            Self::Held(needed)
            | Self::Released(needed)
            | Self::RestartedWithNeeded(needed)
            | Self::HoldEnded(needed) => vec![service, needed.to_string()],
            Self::NeededHangs(needed, ms) => vec![service, needed.to_string(), ms.to_string()],
            Self::StartMissed | Self::StillRunning | Self::StartQueued => vec![service],
            _ => self.parameters_of_recovery(service),
        }
    }
}
