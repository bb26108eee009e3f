//! Numbers and insertion parameters of entries about the manager itself; those about services are in
//! `Event::id` and `Event::parameters`.

use super::Event;

impl Event {
    /// The number of an entry about the manager itself. A test asks for each.
    pub(super) fn id_of_manager(&self) -> u32 {
        match self {
            Self::LeftProcesses => 1045,
            Self::OutputLost(_) => 1063,
            Self::OutputKept(_) => 1064,
            Self::ManagerStarted => 1101,
            Self::EngineRestarted => 1102,
            Self::StorageFailed(_) => 1103,
            Self::StorageRecovered(_) => 1104,
            Self::ManagerStopping => 1105,
            Self::StoreDamaged(_) => 1106,
            Self::StoreSaved(_) => 1107,
            Self::ServiceUnreadable(..) => 1108,
            Self::ManagerReplaced => 1109,
            Self::EngineSilent(_) => 1110,
            Self::SocketRestored => 1140,
            Self::StateOpened(_) => 1111,
            Self::StateClosed => 1112,
            Self::ConsoleFailed(_) => 1131,
            Self::ConsoleRecovered => 1132,
            Self::SignInRefused { .. } => 1133,
            Self::NoticeUnreachable(..) => 1156,
            Self::NoticeReachable(_) => 1157,
            Self::NoticesDropped(..) => 1158,
            Self::NoticesUnusable(_) => 1159,
            Self::NoticeTest(..) => 1160,
            Self::NoticeTested(_) => 1161,
            Self::NoticeTestFailed(..) => 1162,
            Self::PolicyMade(_) => 1163,
            Self::PolicyChanged(..) => 1164,
            Self::PolicyDeleted(_) => 1165,
            Self::PolicyUnreadable(..) => 1166,
            Self::ManagerUpgraded => 1143,
            _ => 0,
        }
    }

    /// Those of entries about the manager itself.
    pub(super) fn parameters_of_manager(&self) -> Vec<String> {
        match self {
            Self::StorageFailed(text)
            | Self::StoreDamaged(text)
            | Self::StoreSaved(text)
            | Self::StateOpened(text)
            | Self::NoticeReachable(text)
            | Self::NoticesUnusable(text)
            | Self::NoticeTested(text)
            | Self::PolicyMade(text)
            | Self::PolicyDeleted(text)
            | Self::ConsoleFailed(text) => vec![text.to_string()],
            Self::NoticesDropped(target, count) | Self::PolicyChanged(target, count) => {
                vec![target.to_string(), count.to_string()]
            }
            Self::ServiceUnreadable(name, reason)
            | Self::NoticeUnreachable(name, reason)
            | Self::NoticeTest(name, reason)
            | Self::PolicyUnreadable(name, reason)
            | Self::NoticeTestFailed(name, reason) => vec![name.to_string(), reason.to_string()],
            Self::StorageRecovered(lost) => vec![lost.to_string()],
            Self::EngineSilent(seconds) => vec![seconds.to_string()],
            Self::SignInRefused { from, count } => vec![from.to_string(), count.to_string()],
            _ => Vec::new(),
        }
    }
}
