//! Services, their status and their changes as JSON.

use std::sync::Arc;
use std::time::Duration;

use relance_scm::budget::Budget;
use relance_scm::config::ServiceType;
use relance_scm::duration::millis;
use relance_scm::event_log::Timestamp;
use relance_scm::failure_actions::ActionList;
use relance_scm::manager::{
    EndInfo, Enumeration, HeldInfo, PendingInfo, RecoveryInfo, ServiceInfo, UnreadableService,
    Watched, WatchedChange,
};
use relance_scm::status::{ProcessExit, RawStatusReport, ServiceStatus};
use relance_scm::{
    ExitCode, RecoveryAction, ScmError, ServiceConfig, ServiceId, ServiceName, ServiceState,
};
use relance_scm::{Sentence, WENT_INTO_BACKGROUND};
use serde::{Deserialize, Serialize};

use super::config::{ActionBody, ConfigBody};
use super::contradictions::ContradictionBody;
use super::event::{EventBody, ExitBody};
use super::held::HeldBody;
use super::is_default;
use super::reading::{known, unreadable};
use super::run::RunBody;
use super::text::{self, SentenceBody, TextBody};
use super::unreadable::UnreadableBody;

/// The status of a service (S51).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusReply {
    /// The registered type.
    pub service_type: u32,
    /// `RUNNING`.
    pub state: String,
    /// `SERVICE_ACCEPT_*` bits.
    pub controls_accepted: u32,
    /// Win32 exit code.
    pub win32_exit_code: u32,
    /// The service's own code, behind 1066.
    pub service_specific_exit_code: u32,
    /// Progress while pending.
    pub checkpoint: u32,
    /// Milliseconds until the next progress, while pending.
    pub wait_hint_ms: u32,
    /// 0 when stopped.
    pub process_id: u32,
    /// 1 for a service inside a system process.
    pub service_flags: u32,
}

impl From<&ServiceStatus> for StatusReply {
    fn from(status: &ServiceStatus) -> Self {
        Self {
            service_type: status.service_type.to_raw(),
            state: status.state.name().to_owned(),
            controls_accepted: status.controls_accepted.to_raw(),
            win32_exit_code: status.exit_code.win32().to_raw(),
            service_specific_exit_code: status.exit_code.specific(),
            checkpoint: status.checkpoint,
            wait_hint_ms: u32::try_from(millis(status.wait_hint)).unwrap_or(u32::MAX),
            process_id: status.process_id,
            service_flags: status.service_flags,
        }
    }
}

impl TryFrom<&StatusReply> for ServiceStatus {
    type Error = ScmError;

    fn try_from(reply: &StatusReply) -> Result<Self, ScmError> {
        let state = ServiceState::from_name(&reply.state).ok_or_else(|| unreadable("a state"))?;
        let report = RawStatusReport {
            state: state.to_raw(),
            controls_accepted: reply.controls_accepted,
            win32_exit_code: reply.win32_exit_code,
            service_specific_exit_code: reply.service_specific_exit_code,
            checkpoint: reply.checkpoint,
            wait_hint_ms: reply.wait_hint_ms,
        };
        let report = report.check().map_err(|_| unreadable("a status"))?;
        Ok(Self {
            service_type: ServiceType::from_raw(reply.service_type)?,
            state: report.state,
            controls_accepted: report.controls_accepted,
            exit_code: report.exit_code,
            checkpoint: report.checkpoint,
            wait_hint: report.wait_hint,
            process_id: reply.process_id,
            service_flags: reply.service_flags,
        })
    }
}

/// Everything about a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceReply {
    /// Its identity in the database.
    pub id: u32,
    /// Its configuration.
    pub config: ConfigBody,
    /// Its status.
    pub status: StatusReply,
    /// Deleted, but not stopped yet.
    #[serde(default, skip_serializing_if = "is_default")]
    pub marked_for_delete: bool,
    /// Its current run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunBody>,
    /// Its failures and what follows from them.
    pub recovery_state: RecoveryStateBody,
    /// How its last run ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_end: Option<EndBody>,
    /// Since when a restart is wanted that has not happened yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart_wanted_at_ms: Option<i64>,
    /// What it waits for, if it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<HeldBody>,
    /// When its schedule comes next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_start_at_ms: Option<i64>,
    /// Why what it prints, or has printed last, is not kept as it is to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_problem: Option<SentenceBody>,
    /// What its settings contradict.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contradictions: Vec<ContradictionBody>,
}

/// Failures of a service and what follows from them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryStateBody {
    /// The counter as the next failure would find it.
    pub failure_count: u32,
    /// When the last failure happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure_at_ms: Option<i64>,
    /// When the counter starts again, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resets_at_ms: Option<i64>,
    /// What is queued.
    #[serde(default, skip_serializing_if = "is_default")]
    pub pending: Vec<PendingBody>,
    /// What the next failure would be answered with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_action: Option<ActionBody>,
    /// It was given up after too many restarts, and waits for somebody to start it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gave_up: bool,
    /// Derived from the event log, because the manager has no call for it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub derived: bool,
}

/// A queued recovery action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PendingBody {
    /// `restart`, `run` or `reboot`.
    pub kind: String,
    /// How long after the failure.
    pub delay_ms: u32,
    /// When.
    pub due_at_ms: i64,
    /// For which failure.
    pub failure_count: u32,
    /// Whether it is being carried out.
    #[serde(default, skip_serializing_if = "is_default")]
    pub executing: bool,
    /// The budget that makes it wait longer than its delay: `quiet_hours`, `restart_group`, `recovery_quiet_hours` or
    /// `recovery_restarts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delayed_by: Option<String>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndBody {
    /// Which run.
    pub run: String,
    /// When.
    pub at_ms: i64,
    /// What the kernel saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<ExitBody>,
    /// How long its process had lived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lived_ms: Option<u64>,
    /// Win32 exit code.
    pub win32_exit_code: u32,
    /// The service's own code, behind 1066.
    pub service_specific_exit_code: u32,
    /// The counter, if it was a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<u32>,
    /// Whether it ended badly and unasked, whether that counted as a failure or not.
    #[serde(default, skip_serializing_if = "is_default")]
    pub went_wrong: bool,
    /// In a few words.
    pub summary: String,
    /// Why it could not be started, with what is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<SentenceBody>,
    /// Why, where the manager knows more than what the kernel saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<SentenceBody>,
}

impl From<&ServiceInfo> for ServiceReply {
    fn from(info: &ServiceInfo) -> Self {
        Self {
            id: info.id.0,
            config: (&*info.config).into(),
            status: (&info.status).into(),
            marked_for_delete: info.marked_for_delete,
            run: info.run.as_ref().map(RunBody::from),
            recovery_state: (&info.recovery).into(),
            last_end: info.last_end.as_ref().map(EndBody::from),
            restart_wanted_at_ms: info.restart_wanted.map(|at| at.0),
            held: info.held.as_ref().map(HeldBody::from),
            next_start_at_ms: info.next_start.map(|at| at.0),
            output_problem: info.output_problem.as_ref().map(SentenceBody::from),
            contradictions: ContradictionBody::of(&info.config),
        }
    }
}

impl From<&RecoveryInfo> for RecoveryStateBody {
    fn from(info: &RecoveryInfo) -> Self {
        Self {
            failure_count: info.failure_count,
            last_failure_at_ms: info.last_failure_at.map(|at| at.0),
            resets_at_ms: info.resets_at.map(|at| at.0),
            pending: info
                .pending
                .iter()
                .map(|pending| PendingBody {
                    kind: pending.action.kind.word().to_owned(),
                    delay_ms: pending.action.delay_ms(),
                    due_at_ms: pending.due.0,
                    failure_count: pending.failure_count,
                    executing: pending.executing,
                    delayed_by: pending.delayed_by.map(|budget| budget.to_string()),
                })
                .collect(),
            next_action: info.next_action.map(ActionBody::from),
            gave_up: info.gave_up,
            derived: info.derived,
        }
    }
}

impl From<&EndInfo> for EndBody {
    fn from(end: &EndInfo) -> Self {
        Self {
            run: end.run.to_string(),
            at_ms: end.at.0,
            exit: end.exit.map(ExitBody::from),
            lived_ms: end.lived.map(millis),
            win32_exit_code: end.exit_code.win32().to_raw(),
            service_specific_exit_code: end.exit_code.specific(),
            failure: end.failure,
            went_wrong: end.went_wrong,
            summary: end.summary.to_owned(),
            problem: end.problem.as_ref().map(SentenceBody::from),
            cause: end.cause.as_ref().map(SentenceBody::from),
        }
    }
}

impl TryFrom<&ServiceReply> for ServiceInfo {
    type Error = ScmError;

    fn try_from(reply: &ServiceReply) -> Result<Self, ScmError> {
        Ok(Self {
            id: ServiceId(reply.id),
            config: Arc::new(ServiceConfig::try_from(&reply.config)?),
            status: (&reply.status).try_into()?,
            marked_for_delete: reply.marked_for_delete,
            run: reply.run.as_ref().map(RunBody::read).transpose()?,
            recovery: read_recovery_state(&reply.recovery_state)?,
            last_end: reply.last_end.as_ref().map(read_end).transpose()?,
            restart_wanted: reply.restart_wanted_at_ms.map(Timestamp),
            held: reply.held.as_ref().map(HeldInfo::from),
            next_start: reply.next_start_at_ms.map(Timestamp),
            output_problem: reply.output_problem.as_ref().map(Sentence::from),
        })
    }
}

const SUMMARIES: [&str; 10] = [
    "crashed",
    "stopped",
    "stopped with an error",
    "start failed",
    "terminated",
    "recycled",
    "shut down",
    "stopped for good",
    WENT_INTO_BACKGROUND,
    "killed",
];

fn read_action(kind: &str, delay_ms: u32) -> Result<RecoveryAction, ScmError> {
    let list: ActionList = format!("{kind}/{delay_ms}").parse()?;
    list.0
        .first()
        .copied()
        .ok_or_else(|| unreadable("an action"))
}

fn read_recovery_state(body: &RecoveryStateBody) -> Result<RecoveryInfo, ScmError> {
    let pending = body.pending.iter().map(|pending| {
        Ok(PendingInfo {
            action: read_action(&pending.kind, pending.delay_ms)?,
            due: Timestamp(pending.due_at_ms),
            failure_count: pending.failure_count,
            executing: pending.executing,
            delayed_by: pending.delayed_by.as_deref().and_then(Budget::of_name),
        })
    });
    Ok(RecoveryInfo {
        failure_count: body.failure_count,
        last_failure_at: body.last_failure_at_ms.map(Timestamp),
        resets_at: body.resets_at_ms.map(Timestamp),
        pending: pending.collect::<Result<_, ScmError>>()?,
        next_action: body
            .next_action
            .as_ref()
            .map(|action| read_action(&action.kind, action.delay_ms))
            .transpose()?,
        gave_up: body.gave_up,
        derived: body.derived,
    })
}

fn read_end(body: &EndBody) -> Result<EndInfo, ScmError> {
    Ok(EndInfo {
        run: body.run.parse().map_err(|_| unreadable("a run"))?,
        at: Timestamp(body.at_ms),
        exit: body.exit.map(ProcessExit::from),
        lived: body.lived_ms.map(Duration::from_millis),
        exit_code: ExitCode::from_raw(body.win32_exit_code, body.service_specific_exit_code),
        failure: body.failure,
        went_wrong: body.went_wrong,
        summary: known(&body.summary, &SUMMARIES),
        problem: body.problem.as_ref().map(Sentence::from),
        cause: body.cause.as_ref().map(Sentence::from),
    })
}

/// `GET /v1/services`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServicesReply {
    /// The stream goes on from here.
    pub generation: u64,
    /// In the order of their names.
    pub services: Vec<ServiceReply>,
    /// Services that the manager could not load: shown to administrators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<UnreadableBody>,
}

impl From<&Enumeration> for ServicesReply {
    fn from(enumeration: &Enumeration) -> Self {
        Self {
            generation: enumeration.generation,
            services: enumeration
                .services
                .iter()
                .map(ServiceReply::from)
                .collect(),
            unreadable: enumeration
                .unreadable
                .iter()
                .map(UnreadableBody::from)
                .collect(),
        }
    }
}

impl TryFrom<&ServicesReply> for Enumeration {
    type Error = ScmError;

    fn try_from(reply: &ServicesReply) -> Result<Self, ScmError> {
        let services = reply.services.iter().map(ServiceInfo::try_from);
        Ok(Self {
            generation: reply.generation,
            services: services.collect::<Result<_, _>>()?,
            unreadable: reply
                .unreadable
                .iter()
                .map(UnreadableService::from)
                .collect(),
        })
    }
}

/// `GET /v1/services/NAME/why`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WhyReply {
    /// The sentences of the paragraph.
    pub sentences: Vec<String>,
    /// The same as messages of the catalogue, for readers of other languages; null for a sentence that
    /// is not of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<Option<TextBody>>,
}

impl From<Vec<Sentence>> for WhyReply {
    fn from(sentences: Vec<Sentence>) -> Self {
        Self {
            texts: sentences
                .iter()
                .map(|sentence| sentence.text().map(TextBody::from))
                .collect(),
            sentences: sentences.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<WhyReply> for Vec<Sentence> {
    fn from(reply: WhyReply) -> Self {
        let texts = reply.texts.iter().map(Option::as_ref);
        reply
            .sentences
            .iter()
            .zip(texts.chain(std::iter::repeat(None)))
            .map(|(english, text)| text::sentence(english, text))
            .collect()
    }
}

/// The data of one server-sent event of `GET /v1/stream`; its id is the generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StreamItem {
    /// A service was created or has changed.
    Service(Box<ServiceReply>),
    /// A service is gone.
    Removed(String),
    /// An entry was written to the event log.
    Event(Box<EventBody>),
    /// Something that the reader may not see, or did not ask for.
    Hidden,
    /// Changes were missed: take a new snapshot.
    Gap,
}

impl StreamItem {
    /// A change with its generation.
    #[must_use]
    pub fn of(watched: &Watched) -> (u64, Self) {
        match watched {
            Watched::Gap(generation) => (*generation, Self::Gap),
            Watched::Change(generation, change) => {
                let item = match change {
                    WatchedChange::Service(info) => Self::Service(Box::new((&**info).into())),
                    WatchedChange::Removed(name) => Self::Removed(name.to_string()),
                    WatchedChange::Logged(entry) => Self::Event(Box::new((&**entry).into())),
                    WatchedChange::Hidden => Self::Hidden,
                };
                (*generation, item)
            }
        }
    }

    /// The change again.
    ///
    /// # Errors
    /// When this version cannot read it.
    pub fn read(&self, generation: u64) -> Result<Watched, ScmError> {
        let change = match self {
            Self::Gap => return Ok(Watched::Gap(generation)),
            Self::Service(reply) => WatchedChange::Service(Box::new((&**reply).try_into()?)),
            Self::Removed(name) => WatchedChange::Removed(ServiceName::new(name.as_str())?),
            Self::Event(event) => WatchedChange::Logged(Arc::new((&**event).try_into()?)),
            Self::Hidden => WatchedChange::Hidden,
        };
        Ok(Watched::Change(generation, change))
    }
}
