//! What is told to policy: requests (somebody wants something) and facts (something happened).

use std::sync::Arc;
use std::time::Duration;

use relance_scm::budget::Budget;
use relance_scm::ceiling::Ceiling;
use relance_scm::status::ProcessExit;
use relance_scm::{Control, EndCause, ServiceConfig, ServiceName, StatusReport, Win32Error};

use crate::notices::Notice;
use crate::record::{
    ActionId, ControlId, Delayed, RunId, ServiceId, ShutdownLimits, StartCause, Timer,
};
use crate::time::Time;

/// Everything a record can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    // Requests.
    /// Start the service.
    StartRequested {
        /// Who wants it.
        cause: StartCause,
        /// Start arguments, without the service name.
        arguments: Arc<[String]>,
    },
    /// Send a control.
    ControlRequested {
        /// Which; its code has been checked (S20).
        control: Control,
        /// Whether services that depend on this one are not stopped (D6).
        dependents_active: bool,
    },
    /// End the service by force.
    TerminateRequested,
    /// Delete the service (C30).
    DeleteRequested,
    /// Stop the service and start it again, even if the caller is gone (X22).
    RestartRequested {
        /// Whether services that depend on this one are not stopped (D6).
        dependents_active: bool,
        /// Whether those are restarted with it.
        with_dependents: bool,
        /// What must be started again first, if it is restarted because it needs that.
        after: Option<ServiceId>,
    },
    /// A restart may continue: no service that needs this one runs any more, or the service that it needs has
    /// been started again.
    RestartDue,
    /// Cancel a pending recovery action, or all of them.
    CancelRecoveryRequested(Option<ActionId>),
    /// The system shuts down.
    ShutdownRequested {
        /// How long it waits.
        limits: ShutdownLimits,
        /// Whether others that need this one still run, so that it is told later (X20).
        needed: bool,
    },

    // Facts.
    /// A change of the configuration was committed.
    ConfigChanged(Arc<ServiceConfig>),
    /// The next start by the schedule of the service is at this time of the wall clock, in seconds
    /// since 1970.
    SchedulePlanned {
        /// `None`: never again.
        next: Option<i64>,
    },
    /// The time of a scheduled start has come (X72).
    ScheduleDue {
        /// The time that has come.
        at: i64,
        /// When it comes next.
        next: Option<i64>,
        /// The manager was not running at that time.
        missed: bool,
    },
    /// Something that the service needs is down (X70).
    DependencyDown {
        /// The service, or the group.
        needed: Box<str>,
        /// Whether it is down because of a failure.
        failed: bool,
        /// Whether services that are restarted with this one run.
        behind_dependents: bool,
    },
    /// All that the service needs is up.
    DependencyBack {
        /// How long it waits before it is started, if it was held.
        wait: Duration,
    },
    /// The outcome of starting the services that must run first.
    DependenciesResolved {
        /// For which run.
        run: RunId,
        /// `Err`: why the start fails.
        result: Result<(), DependencyFailure>,
    },
    /// The process exists.
    ProcessSpawned {
        /// For which run.
        run: RunId,
        /// Its id.
        pid: u32,
        /// See [`crate::Run::birth`].
        birth: u64,
    },
    /// The process could not be created.
    SpawnFailed {
        /// For which run.
        run: RunId,
        /// Why.
        failure: SpawnFailure,
    },
    /// The process, or a descendant of it, has said hello on the control channel.
    ServiceConnected {
        /// For which run.
        run: RunId,
        /// The process that connected.
        pid: u32,
    },
    /// The service reported its status.
    StatusReported {
        /// For which run.
        run: RunId,
        /// 1 for the run's first report, then rising.
        number: u64,
        /// What it says; checked by S10.
        report: StatusReport,
    },
    /// The service reported a state that does not exist (S10).
    ImpossibleStateReported {
        /// For which run.
        run: RunId,
        /// The number.
        state: u32,
    },
    /// What the service sent could not be understood; its channel was closed.
    ChannelBroken {
        /// Of which run.
        run: RunId,
    },
    /// The service said why it is about to end.
    CauseTold {
        /// For which run.
        run: RunId,
        /// Why.
        cause: Arc<EndCause>,
    },
    /// The run gave no heartbeat in the time that it has (X40). Heartbeats themselves are not facts: the
    /// host keeps them in memory.
    Hung {
        /// Which run.
        run: RunId,
    },
    /// A process of the run said something of it (X41, X42).
    Noticed {
        /// Which run.
        run: RunId,
        /// What.
        notice: Notice,
    },
    /// The run has reached a soft ceiling (X55).
    CeilingReached {
        /// Which run.
        run: RunId,
        /// Which ceiling.
        ceiling: Ceiling,
    },
    /// It is the run's turn to be recycled (X56).
    RecycleTurn {
        /// Which run.
        run: RunId,
        /// Whether services that depend on this one are not stopped (D6).
        in_use: bool,
    },
    /// The service answered a control.
    ControlAnswered {
        /// For which run.
        run: RunId,
        /// Which control.
        id: ControlId,
        /// 0, or the error that the handler returned.
        code: Win32Error,
    },
    /// A process was there when the manager began. The record may not know its run, or not that it was spawned,
    /// if the previous manager ended between the creation and the commit.
    ProcessFound {
        /// Of which run.
        run: RunId,
        /// Its id.
        pid: u32,
        /// See [`crate::Run::birth`].
        birth: u64,
    },
    /// The process has ended. What it had sent before that came first, as inputs of its own.
    ProcessExited {
        /// Of which run.
        run: RunId,
        /// How.
        exit: ProcessExit,
    },
    /// The command that stops a program has ended, or could not be run (X25).
    StopCommandEnded {
        /// Of which run.
        run: RunId,
        /// Its problem.
        problem: Option<Box<str>>,
    },
    /// A recovery action (a command or a reboot) was carried out, or could not be.
    ActionDone {
        /// Which.
        id: ActionId,
        /// Its outcome; a command is not waited for (R41).
        result: Result<(), Win32Error>,
    },
    /// A budget lets a recovery action wait (X95).
    ActionDelayed {
        /// Which.
        id: ActionId,
        /// When it is asked about again.
        until: Time,
        /// Why.
        why: Delayed,
    },
    /// A budget refuses a recovery action (X99).
    ActionRefused {
        /// Which.
        id: ActionId,
        /// Which budget.
        budget: Budget,
    },
    /// A deadline of the record has come.
    TimerFired(Timer),
}

impl Input {
    /// Whether this is a request; otherwise it is a fact.
    #[must_use]
    pub fn is_request(&self) -> bool {
        matches!(
            self,
            Self::StartRequested { .. }
                | Self::ControlRequested { .. }
                | Self::TerminateRequested
                | Self::DeleteRequested
                | Self::RestartRequested { .. }
                | Self::CancelRecoveryRequested(_)
                | Self::ShutdownRequested { .. }
        )
    }
}

/// Why a service that must run first keeps this one from starting (D3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DependencyFailure {
    /// It does not exist or is marked for deletion: 1075, 7003.
    Missing(ServiceName),
    /// It did not start: 1068, 7001.
    Failed(ServiceName, Win32Error),
    /// No member of the group runs: 1068, 7002.
    Group(Box<str>),
    /// The services need each other in a circle: 1059, 7017.
    Loop,
}

/// Why a process could not be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpawnFailure {
    /// The Win32 code.
    pub error: Win32Error,
    /// Whether the account was the reason: then 7038 is logged as well.
    pub logon: bool,
}
