//! Numbers and parameters of entries about limits and soft ceilings (X53 to X57).

use super::{Event, message};

impl Event {
    /// The number of such an entry.
    pub(super) fn id_of_limits(&self) -> Option<u32> {
        match self {
            Self::LimitsNotHeld(_) => Some(1046),
            Self::LimitsNotChanged(_) => Some(1146),
            Self::LimitsChanged => Some(1147),
            Self::CeilingReached(_) => Some(1047),
            Self::RecycleDropped(_) => Some(1048),
            Self::RecycleWaits(_) => Some(1049),
            _ => None,
        }
    }

    /// The parameters of such an entry, or of one about a service that waits.
    pub(super) fn parameters_of_limits(&self, service: String) -> Vec<String> {
        match self.parameter_of_limits() {
            Some(own) => vec![service, own],
            None => self.parameters_of_waiting(service),
        }
    }

    /// What follows the service.
    fn parameter_of_limits(&self) -> Option<String> {
        match self {
            Self::LimitsNotHeld(limits) => Some(limits.to_string()),
            Self::LimitsNotChanged(problem) => Some(problem.to_string()),
            Self::CeilingReached(ceiling) => Some(ceiling.to_string()),
            Self::RecycleDropped(error) => Some(message(*error)),
            Self::RecycleWaits(millis) => Some(millis.to_string()),
            _ => None,
        }
    }
}
