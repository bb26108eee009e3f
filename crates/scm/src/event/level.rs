//! How bad entries are.

use super::{Event, EventLevel};

impl Event {
    /// How bad it is (E1).
    #[must_use]
    pub fn level(&self) -> EventLevel {
        if self.is_information() {
            EventLevel::Information
        } else if self.is_warning() {
            EventLevel::Warning
        } else {
            EventLevel::Error
        }
    }

    fn is_information(&self) -> bool {
        matches!(
            self,
            Self::ControlSent(_)
                | Self::StateEntered(_)
                | Self::StartTypeChanged(..)
                | Self::SettingsChanged(_)
                | Self::Installed { .. }
                | Self::Recycled(_)
                | Self::Adopted(_)
                | Self::RecoveryCancelled(_)
                | Self::Deleted
                | Self::RestartAsked
                | Self::CeilingReached(_)
                | Self::RestartWithdrawn
                | Self::Released(_)
                | Self::HoldEnded(_)
                | Self::StartQueued
                | Self::RecoveryDelayed { .. }
                | Self::ManagerStarted
                | Self::ManagerUpgraded
                | Self::StorageRecovered(_)
                | Self::ManagerStopping
                | Self::ConsoleRecovered
                | Self::StateClosed
                | Self::OutputKept(_)
                | Self::NoticeReachable(_)
                | Self::NoticeTest(..)
                | Self::NoticeTested(_)
                | Self::PolicyMade(_)
                | Self::PolicyChanged(..)
                | Self::PolicyDeleted(_)
        )
    }

    fn is_warning(&self) -> bool {
        matches!(
            self,
            Self::OtherProcessConnected { .. }
                | Self::Terminated
                | Self::StopGraceExpired(_)
                | Self::LingererKilled(_)
                | Self::KilledAtShutdown(_)
                | Self::KilledUnconnected
                | Self::RestartDropped(_)
                | Self::StopCommandFailed(_)
                | Self::NotAdopted(_)
                | Self::EndNotSeen
                | Self::LeftProcesses
                | Self::OutputLost(_)
                | Self::PasswordIgnored
                | Self::LimitsNotHeld(_)
                | Self::LimitsNotChanged(_)
                | Self::RecycleDropped(_)
                | Self::RecycleWaits(_)
                | Self::RecycledTooOften(_)
                | Self::FinalStatus(_)
                | Self::CleanStopAfterError(_)
                | Self::EngineRestarted
                | Self::ManagerReplaced
                | Self::EngineSilent(_)
                | Self::SocketRestored
                | Self::StoreSaved(_)
                | Self::SignInRefused { .. }
                | Self::NeverRunning(_)
                | Self::NotTaken(_)
                | Self::Held(_)
                | Self::RestartedWithNeeded(_)
                | Self::StartMissed
                | Self::StillRunning
                | Self::NoticeUnreachable(..)
                | Self::NoticesDropped(..)
                | Self::NoticesUnusable(_)
                | Self::NoticeTestFailed(..)
                | Self::PolicyUnreadable(..)
        )
    }
}
