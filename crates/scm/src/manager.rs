//! [`ServiceManager`]: what every service manager can be asked, by any implementation.
//!
//! Stateless and object-safe: each call names its caller, opens, acts and closes, with the rights
//! that the call needs (A24 per request). Requests complete through a [`Reply`], so that a loop, a
//! blocking client and an async server can all stand behind or before it.

mod about;
mod held;
mod notices;
mod output;
mod policies;
mod recovery;
mod refuse;
mod reply;
mod run;
mod to_apply;
mod wait;

#[cfg(unix)]
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use relance_texts::{Sentence, error};

use crate::config::PolicyName;
use crate::config::{ConfigChange, EnvironmentVariable, Secret, ServiceConfig};
use crate::control::Control;
use crate::error::ScmError;
use crate::event_log::{EventFilter, EventPage, NewEntry, Timestamp};
use crate::name::ServiceName;
use crate::recovery_policy::PolicyChange;
use crate::run::{RunId, ServiceId};
use crate::security::{Access, NamedChange, Sid};
use crate::state::ServiceState;
use crate::status::{ExitCode, ProcessExit, ServiceStatus};
use crate::win32::Win32Error;

pub use about::{ConsoleInfo, ManagerInfo, Usage};
pub use held::HeldInfo;
pub use notices::{MessageInfo, NoticeBook, NoticeReport, Notices, TargetInfo};
pub use output::{FollowOutput, OutputPart, OutputRange, OutputStream};
pub use policies::PolicyInfo;
pub use recovery::{PendingInfo, RecoveryInfo};
pub use reply::{Interest, Reply};
pub use run::RunInfo;
pub use to_apply::ToApply;
pub use wait::{Watch, Watched, WatchedChange, next_change, next_change_until, next_output, wait};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// For the log: `uid 1000`, `root`, `console session of anna`.
    pub name: Box<str>,
    /// Whom entries of a security descriptor may name to reach this caller (A28).
    pub sids: Box<[Sid]>,
    /// The session of its process: the run of a service has one of its own.
    pub session: Option<Session>,
}

/// A session of processes, as somebody was seen in it. Its number alone names it only as long as it lasts: after
/// that the kernel gives it to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// As the kernel numbers it: the process that began it.
    pub leader: u32,
    /// When it was there, in nanoseconds of the host's clock, as a run's birth is.
    pub seen: u64,
}

impl Caller {
    /// The manager itself, which may do everything.
    #[must_use]
    pub fn system() -> Self {
        Self {
            name: "the service manager".into(),
            sids: [Sid::LocalSystem, Sid::Administrators, Sid::Everyone].into(),
            session: None,
        }
    }

    /// The number of the user.
    #[must_use]
    pub fn uid(&self) -> Option<u32> {
        self.sids.iter().find_map(|sid| match sid {
            Sid::UnixUser(uid) => Some(*uid),
            _ => None,
        })
    }

    /// Whether the caller administers the manager: creates services, and sees and changes all.
    #[must_use]
    pub fn is_administrator(&self) -> bool {
        self.sids.contains(&Sid::Administrators)
    }
}

/// A service to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewService {
    /// Its configuration.
    pub config: ServiceConfig,
    /// Taken and ignored by the embedded manager, with a warning in the log.
    pub password: Secret,
}

/// What a manager can be asked about services. All names are looked up without case (C1).
///
/// Every call may give 5 (access is denied) and 1060 (no such service) besides what it names; starts,
/// controls and changes 1115 while the system shuts down (R53).
pub trait ServiceManager: Send + Sync {
    /// Creates a service.
    ///
    /// Errors: 87, 112, 123, 1057, 1059, 1072, 1073, 1078.
    fn create_service(&self, caller: &Caller, service: NewService, reply: Reply<()>);

    /// Creates or updates policies and services by name, all or nothing. Outcomes of policies come first. Errors: of the
    /// first that cannot be created. A manager that keeps no policies gives services their values (X120).
    fn apply(&self, caller: &Caller, to_apply: ToApply, reply: Reply<Vec<Outcome>>);

    /// Says what `apply` would do or refuse, and changes nothing; 50 from a manager that cannot
    /// try.
    fn try_apply(&self, _: &Caller, _: ToApply, reply: Reply<Vec<Outcome>>) {
        reply.send(Err(Win32Error::NOT_SUPPORTED.into()));
    }

    /// Marks a service for deletion; it is gone when it is stopped (C30, C31: no handles are held here).
    /// Errors: 112, 1072.
    fn delete_service(&self, caller: &Caller, name: &ServiceName, reply: Reply<()>);

    /// The configuration of a service; without its environment variables, which may hold secrets, for a
    /// caller who may not change it.
    fn query_config(&self, caller: &Caller, name: &ServiceName, reply: Reply<ServiceConfig>);

    /// The environment variables of a service, in the order in which they were given.
    fn query_environment(
        &self,
        caller: &Caller,
        name: &ServiceName,
        reply: Reply<Box<[EnvironmentVariable]>>,
    ) {
        let reply = Reply::new(|config: Result<ServiceConfig, _>| {
            reply.send(config.map(|config| config.environment));
        });
        self.query_config(caller, name, reply);
    }

    /// Changes a configuration; what the change does not name stays.
    ///
    /// Errors: 87, 112, 1057, 1059, 1072, 1078.
    fn change_config(
        &self,
        caller: &Caller,
        name: &ServiceName,
        change: ConfigChange,
        reply: Reply<()>,
    );

    /// Who may do what with a service.
    ///
    /// Errors: 50 where that is not known.
    fn query_access(&self, _caller: &Caller, _name: &ServiceName, reply: Reply<Access>) {
        reply.send(Err(Win32Error::NOT_SUPPORTED.into()));
    }

    /// Gives and takes rights, all or nothing. Answers who may then do what. With `is_trial` nothing is
    /// changed.
    ///
    /// Errors: 1332 for a name that the system does not know, 87 for a name that means two, 50 where rights
    /// cannot be changed, and as [`change_config`](Self::change_config).
    fn change_access(
        &self,
        _caller: &Caller,
        _name: &ServiceName,
        _changes: Vec<NamedChange>,
        _is_trial: bool,
        reply: Reply<Access>,
    ) {
        reply.send(Err(Win32Error::NOT_SUPPORTED.into()));
    }

    /// The status of a service.
    fn query_status(&self, caller: &Caller, name: &ServiceName, reply: Reply<ServiceStatus>);

    /// Everything about a service.
    fn query_service(&self, caller: &Caller, name: &ServiceName, reply: Reply<ServiceInfo>);

    /// All services that the caller may see (A25), in the order of their names.
    fn enumerate(&self, caller: &Caller, reply: Reply<Enumeration>);

    /// Starts a service; answered when it has connected (S15). Arguments are not stored (S16).
    ///
    /// Errors: those of S35.
    fn start_service(
        &self,
        caller: &Caller,
        name: &ServiceName,
        arguments: Vec<String>,
        reply: Reply<()>,
    );

    /// Sends a control; answered when the service has answered it (S44), with the status then.
    ///
    /// Errors: 109, 1051, 1052, 1053, 1061, 1062.
    fn control_service(
        &self,
        caller: &Caller,
        name: &ServiceName,
        control: Control,
        reply: Reply<ServiceStatus>,
    );

    /// The same, answered when the service is in the [state](Control::leads_to) that the control leads to, or has
    /// stopped, at most this much later. Where that cannot be told it is answered as [`control_service`](Self::control_service)
    /// answers: the status says which it is.
    ///
    /// Errors: as [`control_service`](Self::control_service).
    fn control_and_wait(
        &self,
        caller: &Caller,
        name: &ServiceName,
        control: Control,
        _within: Duration,
        reply: Reply<ServiceStatus>,
    ) {
        self.control_service(caller, name, control, reply);
    }

    /// Stops a service and starts it again; one that does not run is started. Answered when the request is on
    /// record: what follows happens even if the caller is gone (X22). With `dependents`, those that
    /// need it are stopped before it and started after it. An extension.
    ///
    /// Errors: those of S35 and of a stop; 1051 names those that need it; 50 where there is no such request.
    fn restart_service(
        &self,
        _caller: &Caller,
        _name: &ServiceName,
        _dependents: bool,
        reply: Reply<()>,
    ) {
        reply.send(Err(Win32Error::NOT_SUPPORTED.into()));
    }

    /// Ends a service by force: logged, and not counted as a failure. An extension.
    ///
    /// Errors: 1062.
    fn terminate_service(&self, caller: &Caller, name: &ServiceName, reply: Reply<()>);

    /// Cancels the pending recovery actions of a service. An extension: Windows cannot (R31).
    ///
    /// Errors: 1168.
    fn cancel_recovery(&self, caller: &Caller, name: &ServiceName, reply: Reply<()>);

    /// What happened last to a service, whether it counted, and what comes next: sentences.
    fn explain(&self, caller: &Caller, name: &ServiceName, reply: Reply<Vec<Sentence>>);

    /// Entries of the event log.
    fn find_events(&self, caller: &Caller, filter: EventFilter, reply: Reply<EventPage>);

    /// Writes an entry to the event log, in the caller's own words, about a service of that name if there
    /// is one. Administrators may, a service and its account, and those who may change the service
    /// (E12).
    ///
    /// Errors: 5, 87, and 50 where the log takes no entries of others.
    fn write_event(&self, _caller: &Caller, _entry: NewEntry, reply: Reply<()>) {
        reply.send(Err(Win32Error::NOT_SUPPORTED.into()));
    }

    /// Logs that sign-ins to the web console were refused: where the last one came from, and how many
    /// there were. For the keeper of sessions, not for clients; other managers log nothing.
    fn note_refused_sign_ins(&self, _from: &str, _count: u32) {}

    /// A part of the output of a service.
    ///
    /// Errors: 2 when it has printed nothing yet, 50 for standard error that goes where the output goes.
    fn read_output(
        &self,
        caller: &Caller,
        name: &ServiceName,
        stream: OutputStream,
        range: OutputRange,
        reply: Reply<OutputPart>,
    );

    /// The output of a service from a position on, and then as it is printed.
    ///
    /// # Errors
    /// 5, 1060; 50 for standard error that goes where the output goes.
    fn follow_output(
        &self,
        caller: &Caller,
        name: &ServiceName,
        stream: OutputStream,
        from: u64,
    ) -> Result<Box<dyn FollowOutput>, ScmError>;

    /// What [`query_usage`](Self::query_usage) answers of these services, where telling it takes a moment: they are
    /// few, and no search among all processes of the machine is needed.
    fn usage_at_once(&self, _caller: &Caller, _services: &[ServiceId]) -> Option<Vec<Usage>> {
        None
    }

    /// What the processes of running services use: of these services, or of all that the caller may
    /// see.
    ///
    /// Errors: 50 where that is not known.
    fn query_usage(
        &self,
        _caller: &Caller,
        _services: Option<Vec<ServiceId>>,
        reply: Reply<Vec<Usage>>,
    ) {
        reply.send(Err(Win32Error::NOT_SUPPORTED.into()));
    }

    /// The named policies, in the order of their names, and who uses each (X101). Administrators see all, others those
    /// that are used by services whose configuration they may read.
    ///
    /// Errors: 50 where none are kept.
    fn query_policies(&self, _caller: &Caller, reply: Reply<Vec<PolicyInfo>>) {
        policies::not_kept(reply);
    }

    /// Makes, changes or deletes a policy, for all services that use it or for none (X102). With `is_trial` nothing is
    /// changed.
    ///
    /// Errors: 5, 87, 112, 170 for one in use, 1168 for one that is not there, 1816, 50 where none are kept.
    fn change_policy(
        &self,
        _caller: &Caller,
        _name: &PolicyName,
        _change: PolicyChange,
        _is_trial: bool,
        reply: Reply<Outcome>,
    ) {
        policies::not_kept(reply);
    }

    /// Notifications: the targets, the messages that wait, and those that were sent last. Administrators see all,
    /// others what is about services that they may see.
    ///
    /// Errors: 50 where there are no notifications.
    fn query_notices(&self, _caller: &Caller, reply: Reply<Notices>) {
        reply.send(Err(Win32Error::NOT_SUPPORTED.into()));
    }

    /// Has a test message sent to a target. The outcome is an entry of the log, 1161 or 1162.
    ///
    /// Errors: 5, 87, 50 where there are no notifications.
    fn test_notice(&self, _caller: &Caller, _target: &str, reply: Reply<()>) {
        reply.send(Err(Win32Error::NOT_SUPPORTED.into()));
    }

    /// Logs what the notifier says of its targets. For that process, which is an administrator.
    ///
    /// Errors: 5, 50.
    fn report_notices(&self, _caller: &Caller, _report: NoticeReport, reply: Reply<()>) {
        reply.send(Err(Win32Error::NOT_SUPPORTED.into()));
    }

    /// About the manager itself.
    fn query_manager(&self, caller: &Caller, reply: Reply<ManagerInfo>);

    /// All changes from a generation on; from now on with `None`.
    ///
    /// # Errors
    /// When the manager cannot be reached.
    fn watch(&self, caller: &Caller, since: Option<u64>) -> Result<Box<dyn Watch>, ScmError>;

    /// Moves a manual clock by some time, at most to the next deadline; with `None` just to that.
    /// The new time, in nanoseconds.
    ///
    /// Errors: 50 where the clock is the machine's.
    fn advance_clock(&self, _caller: &Caller, _by: Option<Duration>, reply: Reply<u64>) {
        reply.send(Err(ScmError::new(
            Win32Error::NOT_SUPPORTED,
            error::CLOCK_MANAGER,
        )));
    }

    /// Gives a run a new control channel, for a process that has lost its own and knows the secret.
    ///
    /// Errors: 50 where services do not speak through channels, 5 for a wrong secret.
    #[cfg(unix)]
    fn attach(&self, _run: RunId, _secret: String, _channel: OwnedFd, reply: Reply<()>) {
        reply.send(Err(Win32Error::NOT_SUPPORTED.into()));
    }
}

/// The outcome for a service that was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was created.
    Created,
    /// It was changed.
    Changed,
    /// It was the same already.
    Unchanged,
    /// It was deleted, or will be when it has stopped.
    Deleted,
}

/// Everything about one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceInfo {
    /// Its identity.
    pub id: ServiceId,
    /// Its configuration.
    pub config: Arc<ServiceConfig>,
    /// Its status.
    pub status: ServiceStatus,
    /// Deleted, but not stopped yet.
    pub marked_for_delete: bool,
    /// Its current run.
    pub run: Option<RunInfo>,
    /// Its failures and what follows from them.
    pub recovery: RecoveryInfo,
    /// How its last run ended.
    pub last_end: Option<EndInfo>,
    /// Since when a restart is wanted that has not happened yet (X22).
    pub restart_wanted: Option<Timestamp>,
    /// What it waits for, if it is held (X70).
    pub held: Option<HeldInfo>,
    /// When its schedule comes next (X72).
    pub next_start: Option<Timestamp>,
    /// Why its output, now or last, is not kept as configured (X26).
    pub output_problem: Option<Sentence>,
}

impl ServiceInfo {
    /// Whether it has failed and not come back: an action is pending, or nothing follows and it is stopped.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        let ended_badly = self.last_end.as_ref().is_some_and(|end| end.went_wrong);
        !self.recovery.pending.is_empty()
            || self.status.state == ServiceState::Stopped && ended_badly && self.held.is_none()
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndInfo {
    /// Which run.
    pub run: RunId,
    /// When.
    pub at: Timestamp,
    /// What the kernel saw.
    pub exit: Option<ProcessExit>,
    /// How long its process had lived.
    pub lived: Option<Duration>,
    /// The exit code put on record.
    pub exit_code: ExitCode,
    /// The counter, if it was a failure.
    pub failure: Option<u32>,
    /// Whether it ended badly without a request, even if that did not count as a failure (X33).
    pub went_wrong: bool,
    /// In a few words: `crashed`, `stopped`, `start failed`.
    pub summary: &'static str,
    /// Why it could not be started, with what is missing.
    pub problem: Option<Sentence>,
    /// Why, where the manager knows more than what the kernel saw.
    pub cause: Option<Sentence>,
}

/// All services at one generation.
#[derive(Clone, Debug, Default)]
pub struct Enumeration {
    /// A watch goes on from here.
    pub generation: u64,
    /// The services.
    pub services: Vec<ServiceInfo>,
    /// Those that the manager could not load, for administrators (X27).
    pub unreadable: Vec<UnreadableService>,
}

/// A service that is stored, and that the manager does not manage because its row cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableService {
    /// Its name, as far as it can be read.
    pub name: Box<str>,
    /// What is wrong, and how to repair it.
    pub problem: Sentence,
}
