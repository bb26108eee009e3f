//! What policy wants done: actions for the engine, and the answer to a request.

use std::sync::Arc;

use relance_scm::event::Event;
use relance_scm::{Control, ScmError, ServiceConfig, ServiceName, Win32Error};
use relance_texts::{Sentence, refused};

use crate::record::{ActionId, ControlId, RunId, ServiceRecord};

/// What follows from one input. The record replaces the old one; the actions are carried out in
/// their order.
#[must_use = "a step that is not applied has not happened"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The record from now on.
    pub record: ServiceRecord,
    /// What to do.
    pub actions: Vec<Action>,
    /// The answer for the caller of a request.
    pub answer: Answer,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start the services that must run first (D2); `DependenciesResolved` tells the outcome.
    ResolveDependencies(RunId),
    /// Create the process.
    Spawn(RunId),
    /// Send a control over the channel.
    DeliverControl {
        /// To which run.
        run: RunId,
        /// With which identity.
        id: ControlId,
        /// What.
        control: Control,
    },
    /// Run the command that stops a program (X25); the answer is `StopCommandEnded`.
    RunStopCommand(RunId),
    /// Send its stop signal to a program's process, and end its stop command.
    SignalStop(RunId),
    /// Send another signal to a program's process (X23).
    Signal {
        /// To which run.
        run: RunId,
        /// Its number.
        signal: u8,
    },
    /// Kill the whole process tree.
    Terminate(RunId),
    /// Give the running processes the configured priority class.
    SetPriority(RunId),
    /// Change what the running processes may use from what was configured before (X76).
    SetLimits {
        /// Of which run.
        run: RunId,
        /// The configuration before.
        before: Arc<ServiceConfig>,
    },
    /// Tell people that a reboot follows (R45).
    Broadcast {
        /// For which action.
        id: ActionId,
        /// What to say.
        message: Arc<str>,
    },
    /// Run the recovery command, `%1%` replaced (R41, R42).
    RunCommand {
        /// Identity of the action, so that it runs once; the answer is `ActionDone`.
        id: ActionId,
        /// The command line.
        command: Box<str>,
    },
    /// Reboot the machine (R45, R46).
    Reboot {
        /// Identity of the action; the answer is `ActionDone`.
        id: ActionId,
    },
    /// Write an entry to the event log.
    Log(Event),
    /// Answer everybody who waits for this start (S15).
    CompleteStart {
        /// Which start.
        run: RunId,
        /// Its outcome.
        result: Result<(), Win32Error>,
    },
    /// Answer the caller that sent this control (S44).
    CompleteControl {
        /// To which run.
        run: RunId,
        /// Which control.
        id: ControlId,
        /// Its outcome.
        result: Result<(), Win32Error>,
    },
    /// Remove the service from the database (C31).
    Remove,
}

/// The answer for the caller of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Done, or on its way.
    Accepted,
    /// On its way; `CompleteStart` for this run answers.
    Start(RunId),
    /// On its way; `CompleteControl` with this identity answers.
    Control(RunId, ControlId),
    /// A fact about a run that is over; nothing changed.
    Stale,
    /// Refused; nothing changed.
    Denied(DenyReason),
}

/// Why a request is refused, in the order of S28 and S35.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DenyReason {
    /// 1115
    ShuttingDown,
    /// 1072
    MarkedForDelete,
    /// 1058
    Disabled,
    /// 1056
    AlreadyRunning,
    /// 1062
    NotActive,
    /// 1062; a recovery action that will start it is pending.
    RestartPending,
    /// 1061: the state cannot take the control.
    CannotAcceptControl,
    /// 1061: STOP was delivered before (S31).
    StopDelivered,
    /// 1052: the service does not accept it.
    ControlNotAccepted,
    /// 1052: it has not said RUNNING, nor that it takes STOP; whether it has connected.
    StartNotOver(bool),
    /// 1051: services that depend on it run.
    DependentsRunning,
    /// 1053: too many controls wait already.
    ControlsWaiting,
    /// 6: the run is over.
    HandleClosed,
    /// 1168: no such pending action.
    NoPendingAction,
}

impl DenyReason {
    /// The Win32 code.
    #[must_use]
    pub const fn code(self) -> Win32Error {
        match self {
            Self::ShuttingDown => Win32Error::SHUTDOWN_IN_PROGRESS,
            Self::MarkedForDelete => Win32Error::SERVICE_MARKED_FOR_DELETE,
            Self::Disabled => Win32Error::SERVICE_DISABLED,
            Self::AlreadyRunning => Win32Error::SERVICE_ALREADY_RUNNING,
            Self::NotActive | Self::RestartPending => Win32Error::SERVICE_NOT_ACTIVE,
            Self::CannotAcceptControl | Self::StopDelivered => {
                Win32Error::SERVICE_CANNOT_ACCEPT_CTRL
            }
            Self::ControlNotAccepted | Self::StartNotOver(_) => Win32Error::INVALID_SERVICE_CONTROL,
            Self::DependentsRunning => Win32Error::DEPENDENT_SERVICES_RUNNING,
            Self::ControlsWaiting => Win32Error::SERVICE_REQUEST_TIMEOUT,
            Self::HandleClosed => Win32Error::INVALID_HANDLE,
            Self::NoPendingAction => Win32Error::NOT_FOUND,
        }
    }

    /// The error for the caller, with what to do about it.
    #[must_use]
    pub fn error(self, service: &ServiceName) -> ScmError {
        let sentence: Sentence = match self {
            Self::ShuttingDown => refused::ShuttingDown { service }.into(),
            Self::MarkedForDelete => refused::MarkedForDelete { service }.into(),
            Self::Disabled => refused::Disabled { service }.into(),
            Self::AlreadyRunning => refused::AlreadyRunning { service }.into(),
            Self::NotActive => refused::NotActive { service }.into(),
            Self::RestartPending => refused::RestartPending { service }.into(),
            Self::CannotAcceptControl => refused::CannotAccept { service }.into(),
            Self::StopDelivered => refused::StopDelivered { service }.into(),
            Self::ControlNotAccepted => refused::Control { service }.into(),
            Self::StartNotOver(true) => refused::NotReady { service }.into(),
            Self::StartNotOver(false) => refused::NotConnected { service }.into(),
            Self::DependentsRunning => refused::Dependents { service }.into(),
            Self::ControlsWaiting => refused::ControlsWaiting { service }.into(),
            Self::HandleClosed => refused::RunOver { service }.into(),
            Self::NoPendingAction => refused::NoPending { service }.into(),
        };
        ScmError::new(self.code(), sentence)
    }
}
