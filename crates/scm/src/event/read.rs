//! Reads an entry back: from its id and stored parameters to the [`Event`] that it was, so that no
//! other code counts parameters. The other direction is [`Event::parameters`].

use super::Event;
use crate::budget::Budget;
use crate::ceiling::Ceiling;
use crate::config::StartType;
use crate::control::Control;
use crate::failure_actions::{RecoveryAction, RecoveryActionKind};
use crate::name::ServiceName;
use crate::state::ServiceState;
use crate::win32::Win32Error;

impl Event {
    /// The event that an entry of the manager records. `None` for an id that this version does not know,
    /// for parameters that do not fit it, and for what Windows alone logs.
    ///
    /// A value that is not among the parameters becomes neutral: the delay of the action in 7032
    /// and 1009 is 0.
    #[must_use]
    pub fn read(event_id: u32, parameters: &[String]) -> Option<Self> {
        let read = Parameters(parameters);
        Some(match event_id {
            7000 => Self::StartFailed(read.error(1)?),
            7001 => Self::DependencyFailed(read.name(1)?, read.error(2)?),
            7002 => Self::GroupFailed(read.text(1)?.into()),
            7003 => Self::DependencyMissing(read.name(1)?),
            7009 => Self::ConnectTimedOut {
                limit_ms: read.number(0)?,
                lived_ms: read.number(2),
            },
            7011 => Self::ControlTimedOut(read.number(0)?),
            7012 => Self::MalformedAnswer,
            7016 => Self::ImpossibleState(read.number(1)?),
            7017 => Self::DependencyLoop,
            7019 => Self::NeedsServiceOfLaterGroup,
            7020 => Self::NeedsLaterGroup,
            7022 => Self::StartHung,
            7023 => Self::StoppedWithError(read.error(1)?),
            7024 => Self::StoppedWithSpecificError(read.error(1)?.to_raw()),
            7031 => Self::Failed {
                failure_count: read.number(1)?,
                action: Some(RecoveryAction::new(read.kind(3)?, read.number(2)?)),
            },
            7032 => {
                Self::RecoveryActionFailed(RecoveryAction::new(read.kind(0)?, 0), read.error(3)?)
            }
            7034 => Self::Failed {
                failure_count: read.number(1)?,
                action: None,
            },
            7035 => Self::ControlSent(read.control(1)?),
            7036 => Self::StateEntered(read.state(1)?),
            7038 => Self::LogonFailed {
                account_name: read.text(1)?.into(),
                error: read.error(2)?,
            },
            7039 => Self::OtherProcessConnected {
                launched: read.number(1)?,
                connected: read.number(2)?,
            },
            7040 => Self::StartTypeChanged(read.start_type(1)?, read.start_type(2)?),
            7043 => Self::PreshutdownOverrun,
            7045 => Self::Installed {
                image_path: read.text(1)?.into(),
                start_type: read.start_type(3)?,
                account_name: read.text(4)?.into(),
            },
            own => return Self::read_own(own, &read),
        })
    }

    /// Entries that Windows does not have.
    fn read_own(event_id: u32, read: &Parameters<'_>) -> Option<Self> {
        Some(match event_id {
            1001 => Self::Recycled(u8::try_from(read.number(1)?).ok()?),
            1002 => Self::Terminated,
            1003 => Self::StopGraceExpired(read.number(1)?),
            1004 => Self::LingererKilled(read.number(1)?),
            1005 => Self::Adopted(read.number(1)?),
            1006 => Self::NotAdopted(read.number(1)?),
            1007 => Self::EndNotSeen,
            1008 => Self::PasswordIgnored,
            1009 => Self::RecoveryCancelled(RecoveryAction::new(read.labelled(1)?, 0)),
            1010 => Self::Deleted,
            1071 => Self::Held(read.text(1)?.into()),
            1072 => Self::Released(read.text(1)?.into()),
            1073 => Self::RestartedWithNeeded(read.text(1)?.into()),
            1074 => Self::HoldEnded(read.text(1)?.into()),
            1142 => Self::NeededHangs(read.text(1)?.into(), read.number(2)?),
            1075 => Self::StartMissed,
            1076 => Self::StillRunning,
            1077 => Self::StartQueued,
            1011 => Self::CleanStopAfterError(read.text(1)?.into()),
            1012 => Self::NoHeartbeat(read.number(1)?),
            1013 => Self::NotTaken(read.text(1)?.into()),
            1014 => Self::Hung(read.text(1)?.into()),
            1021 => Self::KilledAtShutdown(read.number(1)?),
            1022 => Self::KilledUnconnected,
            1023 => Self::RestartAsked,
            1024 => Self::RestartDropped(read.error(1)?),
            1025 => Self::RestartWithdrawn,
            1026 => Self::StopCommandFailed(read.text(1)?.into()),
            1045 => Self::LeftProcesses,
            1063 => Self::OutputLost(read.text(1)?.into()),
            1064 => Self::OutputKept(read.text(1)?.parse().ok()?),
            1153 => Self::SettingsChanged(read.text(1)?.into()),
            1155 => Self::GaveUp {
                limit: read.number(1)?,
                period_ms: read.number(2)?,
            },
            1176 => Self::RecoveryDelayed {
                action: RecoveryAction::new(read.labelled(1)?, 0),
                budget: Budget::of_name(read.text(2)?)?,
                wait_ms: read.text(3)?.parse().ok()?,
            },
            1177 => Self::RecoveryRefused(
                RecoveryAction::new(read.labelled(1)?, 0),
                Budget::of_name(read.text(2)?)?,
            ),
            other => return Self::read_of_limits(other, read),
        })
    }

    /// Entries about limits: of restarts that an exit status asks for, of times, and of what a run may use.
    fn read_of_limits(event_id: u32, read: &Parameters<'_>) -> Option<Self> {
        Some(match event_id {
            1031 => Self::RecycledTooOften(u8::try_from(read.number(1)?).ok()?),
            1032 => Self::FinalStatus(u8::try_from(read.number(1)?).ok()?),
            1033 => Self::StartOverdue(read.number(1)?),
            1034 => Self::NeverRunning(read.number(1)?),
            1041 => Self::DownForGood(u8::try_from(read.number(1)?).ok()?),
            1046 => Self::LimitsNotHeld(read.text(1)?.into()),
            1047 => Self::CeilingReached(Ceiling::read(read.text(1)?)?),
            1048 => Self::RecycleDropped(read.error(1)?),
            1049 => Self::RecycleWaits(read.number(1)?),
            1146 => Self::LimitsNotChanged(read.text(1)?.into()),
            1147 => Self::LimitsChanged,
            about_manager => return Self::read_of_manager(about_manager, read),
        })
    }

    /// Entries about the manager itself.
    fn read_of_manager(event_id: u32, read: &Parameters<'_>) -> Option<Self> {
        Some(match event_id {
            1101 => Self::ManagerStarted,
            1102 => Self::EngineRestarted,
            1103 => Self::StorageFailed(read.text(0)?.into()),
            1104 => Self::StorageRecovered(read.text(0)?.parse().ok()?),
            1105 => Self::ManagerStopping,
            1106 => Self::StoreDamaged(read.text(0)?.into()),
            1107 => Self::StoreSaved(read.text(0)?.into()),
            1108 => Self::ServiceUnreadable(read.text(0)?.into(), read.text(1)?.into()),
            1109 => Self::ManagerReplaced,
            1143 => Self::ManagerUpgraded,
            1110 => Self::EngineSilent(read.number(0)?),
            1140 => Self::SocketRestored,
            1111 => Self::StateOpened(read.text(0)?.into()),
            1112 => Self::StateClosed,
            1131 => Self::ConsoleFailed(read.text(0)?.into()),
            1132 => Self::ConsoleRecovered,
            1133 => Self::SignInRefused {
                from: read.text(0)?.into(),
                count: read.number(1)?,
            },
            1156 => Self::NoticeUnreachable(read.text(0)?.into(), read.text(1)?.into()),
            1157 => Self::NoticeReachable(read.text(0)?.into()),
            1158 => Self::NoticesDropped(read.text(0)?.into(), read.text(1)?.parse().ok()?),
            1159 => Self::NoticesUnusable(read.text(0)?.into()),
            1160 => Self::NoticeTest(read.text(0)?.into(), read.text(1)?.into()),
            1161 => Self::NoticeTested(read.text(0)?.into()),
            1162 => Self::NoticeTestFailed(read.text(0)?.into(), read.text(1)?.into()),
            1163 => Self::PolicyMade(read.text(0)?.into()),
            1164 => Self::PolicyChanged(read.text(0)?.into(), read.text(1)?.parse().ok()?),
            1165 => Self::PolicyDeleted(read.text(0)?.into()),
            1166 => Self::PolicyUnreadable(read.text(0)?.into(), read.text(1)?.into()),
            _ => return None,
        })
    }

    /// The name of the service that an entry of the manager is about: its display name (E2), or what
    /// stands in its place. `None` for entries about the manager itself.
    #[must_use]
    pub fn subject(event_id: u32, parameters: &[String]) -> Option<&str> {
        let position = match event_id {
            1156..=1175 => return None,
            1142 | 1153 | 1155..=1179 => 0,
            7007 | 7018 | 7026 | 1101..=1199 => return None,
            7009 => 1,
            7006 | 7011 => parameters.len().checked_sub(1)?,
            7032 => 2,
            7040 => 3,
            _ => 0,
        };
        parameters.get(position).map(String::as_str)
    }
}

struct Parameters<'a>(&'a [String]);

impl<'a> Parameters<'a> {
    fn text(&self, index: usize) -> Option<&'a str> {
        self.0.get(index).map(String::as_str)
    }

    fn number(&self, index: usize) -> Option<u32> {
        self.text(index)?.parse().ok()
    }

    /// `%%1053` (E3); a number with a sign stands for the same bits without.
    fn error(&self, index: usize) -> Option<Win32Error> {
        let number: i64 = self.text(index)?.trim_start_matches('%').parse().ok()?;
        let code = u32::try_from(number & i64::from(u32::MAX)).ok()?;
        Some(Win32Error::from_raw(code))
    }

    fn name(&self, index: usize) -> Option<ServiceName> {
        ServiceName::new(self.text(index)?).ok()
    }

    fn kind(&self, index: usize) -> Option<RecoveryActionKind> {
        RecoveryActionKind::from_raw(self.number(index)?).ok()
    }

    fn labelled(&self, index: usize) -> Option<RecoveryActionKind> {
        let label = self.text(index)?;
        let mut kinds = RecoveryActionKind::ALL.into_iter();
        kinds.find(|kind| kind.label() == label)
    }

    fn state(&self, index: usize) -> Option<ServiceState> {
        let word = self.text(index)?;
        let mut states = ServiceState::ALL.into_iter();
        states.find(|state| state.word() == word)
    }

    fn start_type(&self, index: usize) -> Option<StartType> {
        let word = self.text(index)?;
        let mut types = StartType::ALL.iter().copied();
        types.find(|start| start.log_word() == word)
    }

    fn control(&self, index: usize) -> Option<Control> {
        let word = self.text(index)?;
        let mut controls = (0..=255).filter_map(Control::from_raw);
        controls.find(|control| control.to_string() == word)
    }
}
