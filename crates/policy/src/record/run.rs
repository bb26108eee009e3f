//! A run of a service: why it was started, how far it has come, what was sent to it, and its deadlines. A process that
//! outlives its run is [`Previous`].

use std::sync::Arc;
use std::time::Duration;

use relance_scm::ceiling::Ceiling;
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::{Control, EndCause, EndCauseKind, ServiceKind};

use super::{ActionId, Recycle, RunId};
use crate::time::Time;

/// Identity of a control sent to a run, 1 for the run's first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ControlId(pub u32);

/// Why a run was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum StartCause {
    /// Somebody asked.
    Demand,
    /// Start type auto, at boot.
    Auto,
    /// A service that depends on this one is being started (D2).
    Dependency,
    /// A recovery action.
    Recovery(ActionId, RecoveryAction),
    /// A program ended with a status that asks for it.
    Recycle,
    /// A restart was asked for (X22).
    Restart,
    /// Something that it needs was down, and is back (X70).
    DependencyBack,
    /// Its schedule came (X72).
    Schedule,
    /// The run before had reached a soft ceiling (X55).
    Ceiling(Ceiling),
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum RunPhase {
    /// Services that must run first are being started (D2).
    WaitingForDependencies,
    /// The process of the run before has not ended yet.
    WaitingForPrevious,
    /// Waiting until a program that keeps asking for new starts is started again.
    WaitingForRecycle(Time),
    /// The process is being created.
    Spawning,
    /// The process exists; it must connect by then (S43).
    Connecting(Time),
    /// Connected (a program: exists).
    Active,
}

impl RunPhase {
    /// Whether the creation of the process has not even been asked for.
    #[must_use]
    pub fn is_before_spawn(self) -> bool {
        match self {
            Self::WaitingForDependencies
            | Self::WaitingForPrevious
            | Self::WaitingForRecycle(_) => true,
            Self::Spawning | Self::Connecting(_) | Self::Active => false,
        }
    }
}

/// Why a run is being stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum StopCause {
    /// STOP was sent.
    Requested,
    /// Ended by force because somebody asked.
    Terminated,
    /// The system is shutting down.
    Shutdown,
}

/// A control on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PendingControl {
    /// Its identity; the service answers with it.
    pub id: ControlId,
    /// What is sent.
    pub control: Control,
    /// When the caller is told 1053 (S44).
    pub until: Time,
}

/// The current execution of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Run {
    /// Its identity.
    pub id: RunId,
    /// The kind that it was started as; a change of the configuration does not affect the run.
    pub kind: ServiceKind,
    /// Why it was started.
    pub cause: StartCause,
    /// Start arguments, without the service name (S16).
    pub arguments: Arc<[String]>,
    /// How far it has come.
    pub phase: RunPhase,
    /// Process id; 0 until it is known.
    pub pid: u32,
    /// When the host saw the process being created, in nanoseconds of its own clock: with the id it
    /// names the process, even if another one gets that id later.
    pub birth: u64,
    /// When its start was asked for.
    pub started_at: Time,
    /// When its process was there.
    #[cfg_attr(feature = "serde", serde(default))]
    pub spawned_at: Option<Time>,
    /// When a program counts as running, if it has to stay up for a while first (X15).
    #[cfg_attr(feature = "serde", serde(default))]
    pub ready_at: Option<Time>,
    /// Whether it has to say that it is ready, and has not (X41).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub unready: bool,
    /// When a start that has not come to RUNNING is killed (X16).
    #[cfg_attr(feature = "serde", serde(default))]
    pub start_until: Option<Time>,
    /// When it is logged that the service does not say RUNNING (X17); `None` once it was.
    #[cfg_attr(feature = "serde", serde(default))]
    pub mute_at: Option<Time>,
    /// Set once a stop was asked for.
    pub stop: Option<StopCause>,
    /// It is stopped because this, which it needs, has failed (X71).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub with_needed: Option<Box<str>>,
    /// The number of the last control.
    pub controls_sent: u32,
    /// The control the service has not answered yet (S32: one at a time).
    pub control: Option<PendingControl>,
    /// Controls that wait for the one before.
    pub waiting_controls: Vec<PendingControl>,
    /// The number of the last status report; one that is read again is recognised.
    pub last_report: u64,
    /// When a start counts as hung (S42).
    pub hang_at: Option<Time>,
    /// When the whole process tree is killed: a program's grace, or the end of a shutdown.
    pub kill_at: Option<Time>,
    /// When a program is sent its stop signal after all, because its stop command has not ended (X25).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub stop_command_until: Option<Time>,
    /// Whether it was killed already, and the kill is repeated.
    #[cfg_attr(feature = "serde", serde(default))]
    pub killed: bool,
    /// How long it may go without a heartbeat, as configured when its process was created (X40).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub watchdog: Option<Duration>,
    /// Set once it has reached a soft ceiling (X55).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub recycle: Option<Recycle>,
    /// The time it was given before that.
    #[cfg_attr(feature = "serde", serde(default))]
    pub killed_after: Option<Duration>,
    /// Why it is about to end, as the service has said it.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub end_cause: Option<Arc<EndCause>>,
}

impl Run {
    /// Whether it is being ended because it hangs (X40, X43).
    pub(crate) fn hangs(&self) -> bool {
        self.kill_at.is_some()
            && (self.end_cause.as_ref()).is_some_and(|cause| cause.kind == EndCauseKind::Hung)
    }
}

/// The process of a run that is over, while it still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Previous {
    /// Which run it belonged to.
    pub run: RunId,
    /// Process id.
    pub pid: u32,
    /// See [`Run::birth`].
    pub birth: u64,
    /// When it reported STOPPED, or was given up.
    pub since: Time,
    /// When it is killed (S50).
    pub kill_at: Option<Time>,
    /// Whether it was killed already, and the kill is repeated.
    pub killed: bool,
    /// Number of its last report, the one of STOPPED.
    pub last_report: u64,
}
