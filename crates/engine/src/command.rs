//! Requests of clients, as they reach the owner loop.

use std::os::fd::OwnedFd;

use relance_scm::event_log::{Author, NewEntry};
use relance_scm::manager::NoticeReport;
use relance_scm::manager::{NewService, Outcome};
use relance_scm::security::AccessChange;
use relance_scm::status::ServiceStatus;
use relance_scm::{
    Caller, ConfigChange, Control, PolicyChange, PolicyName, Reply, RunId, ScmError, ServiceId,
    ServiceName,
};

use crate::output_losses::OutputLoss;

/// Requests that wait for the owner loop; more are refused with 1816.
pub const QUEUE_LEN_MAX: usize = 4096;

/// A request of a client.
#[derive(Debug)]
pub struct Command {
    /// Who asks.
    pub caller: Caller,
    /// What for.
    pub request: ClientRequest,
}

/// What a client wants.
#[derive(Debug)]
pub enum ClientRequest {
    /// One or several changes of the configuration, all or nothing.
    Configure(Vec<ConfigRequest>, Reply<Vec<Outcome>>),
    /// Says what these changes would do. Nothing is changed.
    TryConfigure(Vec<ConfigRequest>, Reply<Vec<Outcome>>),
    /// Start a service.
    Start(ServiceName, Vec<String>, Reply<()>),
    /// Send a control.
    Control(ServiceName, Control, Reply<ServiceStatus>),
    /// Stop a service and start it again, with those that need it or not.
    Restart(ServiceName, bool, Reply<()>),
    /// End a service by force.
    Terminate(ServiceName, Reply<()>),
    /// Cancel the pending recovery actions of a service.
    CancelRecovery(ServiceName, Reply<()>),
    /// The services that files describe exist now: automatic ones may be started. Only the manager
    /// itself sends this.
    BeginBoot,
    /// Log that sign-ins to the console were refused: where the last one came from, and how many
    /// there were.
    NoteRefusedSignIns(Box<str>, u32),
    /// Log that output of a service is lost, or kept again. Only the manager itself sends this.
    NoteLoss(ServiceId, OutputLoss),
    /// Write an entry to the event log, of this author.
    WriteEvent(NewEntry, Author, Reply<()>),
    /// Have a test message sent to a target of notices.
    TestNotice(Box<str>, Reply<()>),
    /// Log what the notifier says of its targets.
    ReportNotices(NoticeReport, Reply<()>),
    /// Move a manual clock by so many nanoseconds, or to the next deadline. For the driver.
    AdvanceClock(Option<u64>, Reply<u64>),
    /// Give a run a new control channel. For the driver.
    Attach {
        /// Which run.
        run: RunId,
        /// Its secret.
        secret: String,
        /// The channel.
        channel: OwnedFd,
        /// Whether it was taken.
        reply: Reply<()>,
    },
}

/// A request to change the configuration; several of them are one commit.
#[derive(Debug)]
pub enum ConfigRequest {
    /// Create a service.
    Create(Box<NewService>),
    /// Create the service, or change the one of that name so that it is like this.
    Apply(Box<NewService>),
    /// Change some settings.
    Change(ServiceName, Box<ConfigChange>),
    /// Give and take rights.
    Access(ServiceName, Vec<AccessChange>),
    /// Delete it.
    Delete(ServiceName),
    /// Make, change or delete a policy.
    Policy(PolicyName, PolicyChange),
}

impl ConfigRequest {
    /// The service that the command is about, if it is about one.
    pub(crate) fn name(&self) -> Option<&ServiceName> {
        match self {
            Self::Create(service) | Self::Apply(service) => Some(&service.config.service_name),
            Self::Change(name, _) | Self::Access(name, _) | Self::Delete(name) => Some(name),
            Self::Policy(..) => None,
        }
    }
}

impl ClientRequest {
    /// The name of the service whose run the command is about.
    pub(crate) const fn about_run(&self) -> Option<&ServiceName> {
        match self {
            Self::Start(name, ..)
            | Self::Control(name, ..)
            | Self::Restart(name, ..)
            | Self::Terminate(name, _)
            | Self::CancelRecovery(name, _) => Some(name),
            Self::Configure(..)
            | Self::TryConfigure(..)
            | Self::BeginBoot
            | Self::NoteRefusedSignIns(..)
            | Self::NoteLoss(..)
            | Self::WriteEvent(..)
            | Self::TestNotice(..)
            | Self::ReportNotices(..)
            | Self::AdvanceClock(..)
            | Self::Attach { .. } => None,
        }
    }

    /// Answers without doing anything.
    pub(crate) fn refuse(self, error: &ScmError) {
        match self {
            Self::Configure(_, reply) | Self::TryConfigure(_, reply) => {
                reply.send(Err(error.clone()));
            }
            Self::Start(_, _, reply)
            | Self::Restart(_, _, reply)
            | Self::Terminate(_, reply)
            | Self::CancelRecovery(_, reply)
            | Self::WriteEvent(_, _, reply)
            | Self::TestNotice(_, reply)
            | Self::ReportNotices(_, reply)
            | Self::Attach { reply, .. } => reply.send(Err(error.clone())),
            Self::NoteRefusedSignIns(..) | Self::NoteLoss(..) | Self::BeginBoot => {}
            Self::Control(_, _, reply) => reply.send(Err(error.clone())),
            Self::AdvanceClock(_, reply) => reply.send(Err(error.clone())),
        }
    }
}
