//! The entries of the event log: which there are, their ids, levels and insertion parameters
//! (E1 to E6), and our sentences for them.
//!
//! Ids and parameters are Windows'; entries that Windows does not have belong to the source `Relance`. The engine
//! stores other facts (run, exit status, last lines of output) beside these. `names` says what the parameters are,
//! `texts` makes sentences of them, `read` reads stored entries back.

mod failed;
mod level;
mod limits;
mod names;
pub use names::problem;
mod of_manager;
mod own;
mod read;
mod recovery;
mod texts;
mod waiting;

use crate::budget::Budget;
use crate::ceiling::Ceiling;
use crate::config::StartType;
use crate::control::Control;
use crate::failure_actions::RecoveryAction;
use crate::name::ServiceName;
use crate::state::ServiceState;
use crate::win32::Win32Error;

use failed::{failed, failed_id, message};

pub use names::parameter_names;
pub use texts::{meaning, render, sentence, template};

/// Entries that say that a run ended badly, or did not begin (X33).
pub const BAD_ENDS: [u32; 14] = [
    7031, 7034, 7000, 7001, 7002, 7003, 7009, 7017, 7023, 7024, 7038, 1011, 1014, 1033,
];

/// Who writes an entry: the name that Windows' event viewer shows as its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventSource {
    /// `Service Control Manager`: the entries that Windows has too.
    ServiceControlManager,
    /// `Relance`: entries of the embedded manager that Windows does not have.
    Relance,
    /// A service itself; its name stands first among the parameters.
    Application,
}

impl EventSource {
    /// All sources.
    pub const ALL: [Self; 3] = [
        Self::ServiceControlManager,
        Self::Relance,
        Self::Application,
    ];

    /// The name in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ServiceControlManager => "Service Control Manager",
            Self::Relance => "Relance",
            Self::Application => "Application",
        }
    }

    /// The source with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|source| source.name().eq_ignore_ascii_case(name))
    }
}

/// How bad it is; numbers are Windows' levels (E1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EventLevel {
    /// 2
    Error = 2,
    /// 3
    Warning = 3,
    /// 4
    Information = 4,
}

impl EventLevel {
    /// All levels, the worst first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Information];

    /// Windows' number.
    #[must_use]
    pub const fn to_raw(self) -> u8 {
        self as u8
    }

    /// The level with this number.
    #[must_use]
    pub fn from_raw(raw: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.to_raw() == raw)
    }

    /// `error`, `warning`, `information`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }

    /// The level with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|level| level.name().eq_ignore_ascii_case(name))
    }
}

/// An entry of the log about one service (or, where it says so, about the manager).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// 7000: a start failed.
    StartFailed(Win32Error),
    /// 7001: a service that must run first did not start.
    DependencyFailed(ServiceName, Win32Error),
    /// 7002: no member of a group that must run first started.
    GroupFailed(Box<str>),
    /// 7003: a service that must run first does not exist.
    DependencyMissing(ServiceName),
    /// 7009: the process did not connect. Windows' entry has the limit in milliseconds, however soon the process
    /// ended.
    ConnectTimedOut {
        /// The limit.
        limit_ms: u32,
        /// How long the process lived, if it ended before; Windows does not say.
        lived_ms: Option<u32>,
    },
    /// 7011: no answer to a control within so many milliseconds.
    ControlTimedOut(u32),
    /// 7012: what came over the control channel could not be understood.
    MalformedAnswer,
    /// 7016: a report with an impossible state.
    ImpossibleState(u32),
    /// 7017: services that depend on each other in a circle, found at a start.
    DependencyLoop,
    /// 7019: in a load order group, and needs a service in a later one; found at boot.
    NeedsServiceOfLaterGroup,
    /// 7020: in a load order group, and needs a later one; found at boot.
    NeedsLaterGroup,
    /// 7022: a service hangs while it starts.
    StartHung,
    /// 7023: stopped with a Win32 error (E4).
    StoppedWithError(Win32Error),
    /// 7024: stopped with a code of its own (E4).
    StoppedWithSpecificError(u32),
    /// 7031 when an action follows, 7034 when none does (R22).
    Failed {
        /// The counter, this failure included.
        failure_count: u32,
        /// The action; `None` when none are configured.
        action: Option<RecoveryAction>,
    },
    /// 7032: an action could not be carried out.
    RecoveryActionFailed(RecoveryAction, Win32Error),
    /// 7035: a control was delivered.
    ControlSent(Control),
    /// 7036: running, stopped or paused was entered.
    StateEntered(ServiceState),
    /// 7038: the account could not be used.
    LogonFailed {
        /// The configured account.
        account_name: Box<str>,
        /// Why.
        error: Win32Error,
    },
    /// 7039: not the process that was started, but another one connected.
    OtherProcessConnected {
        /// The process that was started.
        launched: u32,
        /// The process that connected.
        connected: u32,
    },
    /// 7040: the start type was changed.
    StartTypeChanged(StartType, StartType),
    /// 7043: still running when the time after PRESHUTDOWN was over.
    PreshutdownOverrun,
    /// 7045: a service was installed.
    Installed {
        /// Its command line.
        image_path: Box<str>,
        /// Its start type.
        start_type: StartType,
        /// Its account.
        account_name: Box<str>,
    },
    /// 1001, the first of the entries that Windows does not have: a program ended
    /// with a status that asks for a new start; no failure, not counted.
    Recycled(u8),
    /// 1002: ended by force because somebody asked.
    Terminated,
    /// 1003: a program did not end within its grace and was killed.
    StopGraceExpired(u32),
    /// 1004: a process that outlived its STOPPED report by so many milliseconds was killed (S50).
    LingererKilled(u32),
    /// 1005: a running process was taken over after the manager itself had ended.
    Adopted(u32),
    /// 1006: a process was found that could not be taken over; it was left alone.
    NotAdopted(u32),
    /// 1007: it is not known how a process ended, because the manager that started it was gone.
    EndNotSeen,
    /// 1008: a password was given and ignored.
    PasswordIgnored,
    /// 1009: a pending recovery action was cancelled by somebody.
    RecoveryCancelled(RecoveryAction),
    /// 1010: the service was deleted.
    Deleted,
    /// 1011: the script ended with an error, but reported a clean stop.
    CleanStopAfterError(Box<str>),
    /// 1012: a run gave no heartbeat for so many milliseconds (setting `watchdog_ms`), and is ended.
    NoHeartbeat(u32),
    /// 1013: it asked by systemd's protocol for something that this manager does not have (X42).
    NotTaken(Box<str>),
    /// 1014: a run is ended because of a sign that it hangs (X42).
    Hung(Box<str>),
    /// 1021: a service did not end within so many milliseconds of the manager's own stop, and was killed.
    KilledAtShutdown(u32),
    /// 1022: a service that had not connected at the manager's own stop was killed: it could not be asked.
    KilledUnconnected,
    /// 1023: a restart was asked for; it is stopped first.
    RestartAsked,
    /// 1024: a restart that was asked for did not happen.
    RestartDropped(Win32Error),
    /// 1025: a stop cancelled a restart that was asked for.
    RestartWithdrawn,
    /// 1026: the stop command of a program failed, and the stop signal was sent instead (X25).
    StopCommandFailed(Box<str>),
    /// 1031: its status asked for one more new start than the limit allows; a failure (X11).
    RecycledTooOften(u8),
    /// 1032: it ended with a status after which nothing follows (X12).
    FinalStatus(u8),
    /// 1041: a service stays down, and the manager ends with this status because of it (X33).
    DownForGood(u8),
    /// 1046: its limits of these names are not held, because control groups lack a controller (X53).
    LimitsNotHeld(Box<str>),
    /// 1147: its limits were changed while it ran (X76).
    LimitsChanged,
    /// 1146: its limits were changed while it ran, and the kernel refused this one (X76).
    LimitsNotChanged(Box<str>),
    /// 1047: it has reached a soft ceiling, and is recycled when it is its turn (X55).
    CeilingReached(Ceiling),
    /// 1048: it is not recycled, because it cannot be stopped (X56).
    RecycleDropped(Win32Error),
    /// 1049: it has not ended within so many milliseconds after it was asked to, to be recycled (X57).
    RecycleWaits(u32),
    /// 1033: it did not come to RUNNING within its deadline of so many milliseconds, and was killed (X16).
    StartOverdue(u32),
    /// 1034: it has connected so many milliseconds ago and never said RUNNING (X17).
    NeverRunning(u32),
    /// 1045: its first process ended with 0 while others of it were still there; they were killed (X63).
    LeftProcesses,
    /// 1063: its output is being lost, for this reason (X64).
    OutputLost(Box<str>),
    /// 1064: its output is kept again; so many bytes were lost (X64).
    OutputKept(u64),
    /// 1071: it is held, because this is down, which it needs (X70).
    Held(Box<str>),
    /// 1072: this is back, and it is started (X70).
    Released(Box<str>),
    /// 1073: it is stopped, because this has failed, which it needs (X71).
    RestartedWithNeeded(Box<str>),
    /// 1074: somebody stopped it, so that it no longer waits for this.
    HoldEnded(Box<str>),
    /// 1142: it waited so many milliseconds for this, which it needs and which starts and never says that it runs (X114).
    NeededHangs(Box<str>, u32),
    /// 1075: the manager was not running at the time of a scheduled start (X73).
    StartMissed,
    /// 1076: it still ran at the time of a scheduled start (X74).
    StillRunning,
    /// 1077: the same, and it is started once it has stopped (X74).
    StartQueued,
    /// 1155: so many restarts have followed failures within so many milliseconds, and none follows now (X83).
    GaveUp {
        /// How many there may be.
        limit: u32,
        /// Within which time.
        period_ms: u32,
    },
    /// 1176: a recovery action waits for so many milliseconds because of a budget (X95).
    RecoveryDelayed {
        /// The action.
        action: RecoveryAction,
        /// What delays it.
        budget: Budget,
        /// For how long at the most.
        wait_ms: u64,
    },
    /// 1177: a recovery action is refused by a budget (X99).
    RecoveryRefused(RecoveryAction, Budget),
    /// 1153: these settings were changed; those of 7040 are not among them (X66).
    SettingsChanged(Box<str>),
    /// 1101: the manager has started (a boot in the sense of C31, R19).
    ManagerStarted,
    /// 1102: the manager's engine was restarted by its guardian; no service was disturbed.
    EngineRestarted,
    /// 1103: the database cannot be written; recovery goes on from memory.
    StorageFailed(Box<str>),
    /// 1104: the database can be written again; so many entries were lost.
    StorageRecovered(u64),
    /// 1105: the manager is shutting down in good order.
    ManagerStopping,
    /// 1106: a file of the database is missing, damaged or another one.
    StoreDamaged(Box<str>),
    /// 1107: the database was written again from what the manager knows.
    StoreSaved(Box<str>),
    /// 1108: a service was not loaded, because its row cannot be read: its name, and why.
    ServiceUnreadable(Box<str>, Box<str>),
    /// 1109: the manager ended without stopping its services, and another one goes on with them.
    ManagerReplaced,
    /// 1143: the manager's program was exchanged in its process.
    ManagerUpgraded,
    /// 1110: the engine was replaced, because it had not answered for so many seconds.
    EngineSilent(u32),
    /// 1140: the socket for clients was removed by somebody, and the manager has made it again.
    SocketRestored,
    /// 1111: the state folder was opened to other users, or its files were.
    StateOpened(Box<str>),
    /// 1112: the state folder is closed to others again.
    StateClosed,
    /// 1131: the web console that is configured does not run.
    ConsoleFailed(Box<str>),
    /// 1132: the web console works again.
    ConsoleRecovered,
    /// 1133: sign-ins to the web console were refused.
    SignInRefused {
        /// Where the last one came from.
        from: Box<str>,
        /// How many there were since the entry before.
        count: u32,
    },
    /// 1156: a target of notices cannot be reached, and why.
    NoticeUnreachable(Box<str>, Box<str>),
    /// 1157: it can be reached again.
    NoticeReachable(Box<str>),
    /// 1158: so many messages to a target were dropped.
    NoticesDropped(Box<str>, u64),
    /// 1159: the file of targets cannot be used, and why.
    NoticesUnusable(Box<str>),
    /// 1160: a test of a target was asked for.
    NoticeTest(Box<str>, Box<str>),
    /// 1161: it can.
    NoticeTested(Box<str>),
    /// 1162: it cannot, and why.
    NoticeTestFailed(Box<str>, Box<str>),
    /// 1163: a policy was made (X101).
    PolicyMade(Box<str>),
    /// 1164: it was changed, for so many services.
    PolicyChanged(Box<str>, u64),
    /// 1165: it was deleted.
    PolicyDeleted(Box<str>),
    /// 1166: it cannot be read, and why.
    PolicyUnreadable(Box<str>, Box<str>),
}

impl Event {
    /// The number of the entry.
    #[must_use]
    pub fn id(&self) -> u32 {
        match self {
            Self::StartFailed(_) => 7000,
            Self::DependencyFailed(..) => 7001,
            Self::GroupFailed(_) => 7002,
            Self::DependencyMissing(_) => 7003,
            Self::ConnectTimedOut { .. } => 7009,
            Self::ControlTimedOut(_) => 7011,
            Self::MalformedAnswer => 7012,
            Self::ImpossibleState(_) => 7016,
            Self::DependencyLoop => 7017,
            Self::NeedsServiceOfLaterGroup => 7019,
            Self::NeedsLaterGroup => 7020,
            Self::StartHung => 7022,
            Self::StoppedWithError(_) => 7023,
            Self::StoppedWithSpecificError(_) => 7024,
            Self::Failed { action, .. } => failed_id(*action),
            Self::RecoveryActionFailed(..) => 7032,
            Self::ControlSent(_) => 7035,
            Self::StateEntered(_) => 7036,
            Self::LogonFailed { .. } => 7038,
            Self::OtherProcessConnected { .. } => 7039,
            Self::StartTypeChanged(..) => 7040,
            Self::PreshutdownOverrun => 7043,
            Self::Installed { .. } => 7045,
            Self::Recycled(_) => 1001,
            Self::Terminated => 1002,
            Self::StopGraceExpired(_) => 1003,
            Self::LingererKilled(_) => 1004,
            Self::Adopted(_) => 1005,
            Self::NotAdopted(_) => 1006,
            Self::EndNotSeen => 1007,
            Self::PasswordIgnored => 1008,
            Self::RecoveryCancelled(_) => 1009,
            Self::Deleted => 1010,
            Self::CleanStopAfterError(_) => 1011,
            Self::NoHeartbeat(_) => 1012,
            Self::NotTaken(_) => 1013,
            Self::Hung(_) => 1014,
            Self::KilledAtShutdown(_) => 1021,
            Self::KilledUnconnected => 1022,
            Self::RestartAsked => 1023,
            Self::RestartDropped(_) => 1024,
            Self::RestartWithdrawn => 1025,
            Self::StopCommandFailed(_) => 1026,
            Self::RecycledTooOften(_) => 1031,
            Self::FinalStatus(_) => 1032,
            Self::DownForGood(_) => 1041,
            Self::StartOverdue(_) => 1033,
            Self::NeverRunning(_) => 1034,
            _ => self.id_of_limits().unwrap_or_else(|| self.id_of_waiting()),
        }
    }

    /// Whose entry it is.
    #[must_use]
    pub fn source(&self) -> EventSource {
        if self.id() >= 7000 {
            EventSource::ServiceControlManager
        } else {
            EventSource::Relance
        }
    }

    /// The insertion parameters, in Windows' order (E2, E3, E5).
    #[must_use]
    pub fn parameters(&self, service_name: &str, display_name: &str) -> Vec<String> {
        let service = || display_name.to_owned();
        match self {
            Self::StartFailed(error)
            | Self::StoppedWithError(error)
            | Self::RestartDropped(error) => vec![service(), message(*error)],
            Self::DependencyFailed(dependency, error) => {
                vec![service(), dependency.to_string(), message(*error)]
            }
            Self::GroupFailed(group) => vec![service(), group.to_string()],
            Self::DependencyMissing(name) => vec![service(), name.to_string()],
            Self::ConnectTimedOut { limit_ms, lived_ms } => {
                let lived = lived_ms.map(|ms| ms.to_string());
                [limit_ms.to_string(), service()]
                    .into_iter()
                    .chain(lived)
                    .collect()
            }
            Self::ControlTimedOut(ms) => vec![ms.to_string(), service()],
            Self::StoppedWithSpecificError(code) => vec![service(), format!("%%{code}")],
            Self::Failed {
                failure_count,
                action,
            } => failed(service(), *failure_count, *action),
            Self::RecoveryActionFailed(action, error) => vec![
                action.kind.to_raw().to_string(),
                action.kind.label().to_owned(),
                service(),
                message(*error),
            ],
            Self::ControlSent(control) => vec![service(), control.to_string()],
            Self::StateEntered(state) => vec![service(), state.word().to_owned()],
            Self::LogonFailed {
                account_name,
                error,
            } => {
                vec![service(), account_name.to_string(), message(*error)]
            }
            Self::OtherProcessConnected {
                launched,
                connected,
            } => {
                vec![service(), launched.to_string(), connected.to_string()]
            }
            Self::StartTypeChanged(old, new) => vec![
                service(),
                old.log_word().to_owned(),
                new.log_word().to_owned(),
                service_name.to_owned(),
            ],
            Self::Installed {
                image_path,
                start_type,
                account_name,
            } => vec![
                service_name.to_owned(),
                image_path.to_string(),
                "user mode service".to_owned(),
                start_type.log_word().to_owned(),
                account_name.to_string(),
            ],
            Self::ImpossibleState(number) => vec![service(), number.to_string()],
            Self::MalformedAnswer
            | Self::DependencyLoop
            | Self::NeedsServiceOfLaterGroup
            | Self::NeedsLaterGroup
            | Self::StartHung
            | Self::PreshutdownOverrun => vec![service()],
            _ => self.parameters_of_own(service()),
        }
    }
}

#[cfg(test)]
mod tests;
