//! Insertion parameters of entries about services that Windows does not have. Those of recovery and limits are in
//! the files of these; where Windows has the entry, they are in `Event::parameters`.

use super::Event;

impl Event {
    /// Its insertion parameters; the first one is the service.
    pub(super) fn parameters_of_own(&self, service: String) -> Vec<String> {
        match self {
            Self::Recycled(status)
            | Self::RecycledTooOften(status)
            | Self::FinalStatus(status)
            | Self::DownForGood(status) => vec![service, status.to_string()],
            Self::StopGraceExpired(number)
            | Self::StartOverdue(number)
            | Self::NeverRunning(number)
            | Self::LingererKilled(number)
            | Self::NoHeartbeat(number)
            | Self::KilledAtShutdown(number)
            | Self::Adopted(number)
            | Self::NotAdopted(number) => vec![service, number.to_string()],
            Self::RecoveryCancelled(action) => vec![service, action.kind.label().to_owned()],
            Self::Terminated
            | Self::KilledUnconnected
            | Self::RestartAsked
            | Self::RestartWithdrawn
            | Self::EndNotSeen
            | Self::LeftProcesses
            | Self::PasswordIgnored
            | Self::LimitsChanged
            | Self::Deleted => vec![service],
            Self::CleanStopAfterError(text)
            | Self::OutputLost(text)
            | Self::NotTaken(text)
            | Self::StopCommandFailed(text)
            | Self::Hung(text) => vec![service, text.to_string()],
            Self::OutputKept(bytes) => vec![service, bytes.to_string()],
            _ => self.parameters_of_limits(service),
        }
    }
}
