//! Entries of the event log as JSON, and the questions asked of it.

use relance_scm::event::{EventLevel, EventSource};
use relance_scm::event_log::{
    Author, By, Details, EventFilter, EventPage, LogEntry, NewEntry, Repeated, Timestamp,
};
use relance_scm::status::ProcessExit;
use relance_scm::{RunId, ScmError, ServiceId, Win32Error};
use relance_texts::{Sentence, error, quoted};
use serde::{Deserialize, Serialize};

use super::is_default;

/// One entry of the event log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventBody {
    /// Number in the log, rising.
    pub number: u64,
    /// When.
    pub at_ms: i64,
    /// `Service Control Manager`, `Relance` or `Application`.
    pub source: String,
    /// 7031.
    pub event_id: u32,
    /// `error`, `warning` or `information`.
    pub level: String,
    /// The name of the service, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Its identity in the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_id: Option<u32>,
    /// Windows' insertion parameters.
    #[serde(default, skip_serializing_if = "is_default")]
    pub parameters: Vec<String>,
    /// The sentence.
    pub text: String,
    /// The run it belongs to: `12.3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Its process.
    #[serde(default, skip_serializing_if = "is_default")]
    pub pid: u32,
    /// What the kernel saw of the end of the process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<ExitBody>,
    /// When the recovery action is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at_ms: Option<i64>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The policy that said what follows a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The last lines of the service's output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// Who wrote it, if a program did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<AuthorBody>,
    /// Who asked for what it records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ByBody>,
    /// Entries of its kind that it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeated: Option<RepeatedBody>,
}

/// Who asked for what an entry records: a start, a control, a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ByBody {
    /// `caller`, `manager` (nobody asked), `schedule`, or `hidden`: a caller whom you may not see, because you
    /// may not read the configuration of the service.
    pub kind: String,
    /// Of a caller: `user 33`, `root`, `console session of anna`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of a caller: the number of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// Of a caller: the service that it was, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

impl From<&By> for ByBody {
    fn from(by: &By) -> Self {
        let author = match by {
            By::Caller(author) => Some(author),
            By::Manager | By::Schedule | By::Hidden => None,
        };
        Self {
            kind: by.kind().to_owned(),
            name: author.map(|author| author.name.to_string()),
            uid: author.and_then(|author| author.uid),
            service: author.and_then(|author| author.service.as_deref().map(ToOwned::to_owned)),
        }
    }
}

impl ByBody {
    /// `None` for a kind that this version does not know.
    fn read(&self) -> Option<By> {
        match (&*self.kind, &self.name) {
            ("caller", Some(name)) => Some(By::Caller(Author {
                name: name.as_str().into(),
                uid: self.uid,
                service: self.service.as_deref().map(Into::into),
            })),
            ("manager", _) => Some(By::Manager),
            ("schedule", _) => Some(By::Schedule),
            ("hidden", _) => Some(By::Hidden),
            _ => None,
        }
    }
}

/// Who wrote an entry in its own words, as the kernel says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthorBody {
    /// `user 33`, `root`, `console session of anna`.
    pub name: String,
    /// The number of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// The service that wrote it, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

/// Entries of a kind that came too close together; the last stands for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RepeatedBody {
    /// How many, this one included.
    pub times: u64,
    /// When the first of them came.
    pub first_at_ms: i64,
    /// When the last came.
    pub last_at_ms: i64,
}

impl From<&Author> for AuthorBody {
    fn from(author: &Author) -> Self {
        Self {
            name: author.name.to_string(),
            uid: author.uid,
            service: author.service.as_deref().map(ToOwned::to_owned),
        }
    }
}

impl From<&AuthorBody> for Author {
    fn from(body: &AuthorBody) -> Self {
        Self {
            name: body.name.as_str().into(),
            uid: body.uid,
            service: body.service.as_deref().map(Into::into),
        }
    }
}

impl From<Repeated> for RepeatedBody {
    fn from(repeated: Repeated) -> Self {
        Self {
            times: repeated.times,
            first_at_ms: repeated.first.0,
            last_at_ms: repeated.last.0,
        }
    }
}

impl From<RepeatedBody> for Repeated {
    fn from(body: RepeatedBody) -> Self {
        Self {
            times: body.times,
            first: Timestamp(body.first_at_ms),
            last: Timestamp(body.last_at_ms),
        }
    }
}

/// `POST /v1/events`: an entry in a program's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WriteEventRequest {
    /// Who writes: the name of a service, or any other.
    pub name: String,
    /// The program's own number of the kind of entry.
    #[serde(default)]
    pub event_id: u32,
    /// `error`, `warning` or `information`.
    pub level: String,
    /// What happened.
    pub text: String,
}

impl From<&NewEntry> for WriteEventRequest {
    fn from(entry: &NewEntry) -> Self {
        Self {
            name: entry.name.to_string(),
            event_id: entry.event_id,
            level: entry.level.name().to_owned(),
            text: entry.text.to_string(),
        }
    }
}

impl TryFrom<WriteEventRequest> for NewEntry {
    type Error = ScmError;

    fn try_from(request: WriteEventRequest) -> Result<Self, ScmError> {
        let level = EventLevel::from_name(&request.level).ok_or_else(|| {
            ScmError::new(
                Win32Error::INVALID_PARAMETER,
                error::NoLevel {
                    text: quoted(&request.level),
                },
            )
        })?;
        Ok(Self {
            name: request.name.into(),
            event_id: request.event_id,
            level,
            text: request.text.into(),
        })
    }
}

/// How a process ended: `{"status":3}`, `{"signal":9}` or `"unknown"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExitBody {
    /// By itself.
    Status(i32),
    /// By a signal.
    Signal(i32),
    /// Nobody saw how.
    Unknown,
}

impl From<ProcessExit> for ExitBody {
    fn from(exit: ProcessExit) -> Self {
        match exit {
            ProcessExit::Exited(status) => Self::Status(status),
            ProcessExit::Signaled(signal) => Self::Signal(signal),
            ProcessExit::Unknown => Self::Unknown,
        }
    }
}

impl From<ExitBody> for ProcessExit {
    fn from(exit: ExitBody) -> Self {
        match exit {
            ExitBody::Status(status) => Self::Exited(status),
            ExitBody::Signal(signal) => Self::Signaled(signal),
            ExitBody::Unknown => Self::Unknown,
        }
    }
}

impl From<&LogEntry> for EventBody {
    fn from(entry: &LogEntry) -> Self {
        let details = &entry.details;
        Self {
            number: entry.number,
            at_ms: entry.at.0,
            source: entry.source.name().to_owned(),
            event_id: entry.event_id,
            level: entry.level.name().to_owned(),
            service: entry.service.as_ref().map(|(_, name)| name.to_string()),
            service_id: entry.service.as_ref().map(|(id, _)| id.0),
            parameters: entry.parameters.clone(),
            text: entry.text(),
            run: details.run.map(|run| run.to_string()),
            pid: details.pid,
            exit: details.exit.map(ExitBody::from),
            due_at_ms: details.due.map(|due| due.0),
            cause: details.cause.clone(),
            policy: details.policy.clone(),
            output: details.output.clone(),
            author: details.author.as_ref().map(AuthorBody::from),
            by: details.by.as_ref().map(ByBody::from),
            repeated: details.repeated.map(RepeatedBody::from),
        }
    }
}

impl TryFrom<&EventBody> for LogEntry {
    type Error = ScmError;

    fn try_from(body: &EventBody) -> Result<Self, ScmError> {
        let unreadable = || ScmError::from(Win32Error::INVALID_DATA);
        let run = body.run.as_deref().map(str::parse::<RunId>).transpose();
        Ok(Self {
            number: body.number,
            at: Timestamp(body.at_ms),
            source: EventSource::from_name(&body.source).ok_or_else(unreadable)?,
            event_id: body.event_id,
            level: EventLevel::from_name(&body.level).ok_or_else(unreadable)?,
            service: body.service_id.map(|id| {
                (
                    ServiceId(id),
                    body.service.as_deref().unwrap_or_default().into(),
                )
            }),
            parameters: body.parameters.clone(),
            details: Details {
                run: run.map_err(|_| unreadable())?,
                pid: body.pid,
                exit: body.exit.map(ProcessExit::from),
                due: body.due_at_ms.map(Timestamp),
                cause: body.cause.clone(),
                policy: body.policy.clone(),
                output: body.output.clone(),
                author: body.author.as_ref().map(Author::from),
                by: body.by.as_ref().and_then(ByBody::read),
                repeated: body.repeated.map(Repeated::from),
            },
        })
    }
}

/// `GET /v1/events`: what is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(default, deny_unknown_fields)]
pub struct EventsQuery {
    /// Only of the service of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Only of the service with this identity, which may be deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_id: Option<u32>,
    /// Only of these kinds: `7031,7034`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// Only this bad or worse: `error`, `warning` or `information`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Only from this moment on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_ms: Option<i64>,
    /// Only before this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
    /// Only with numbers above this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Only with numbers below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// Only with this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// `true`: only what a caller asked for: starts, controls, changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<bool>,
    /// At most so many, the newest; 100 if left out, 10 000 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

impl EventsQuery {
    /// The filter, except for the service's name, which the manager knows.
    ///
    /// # Errors
    /// 87 for a word or number that cannot be read.
    pub fn filter(&self) -> Result<EventFilter, ScmError> {
        let invalid = |sentence: Sentence| ScmError::new(Win32Error::INVALID_PARAMETER, sentence);
        let level = self.level.as_deref().map(|name| {
            EventLevel::from_name(name)
                .ok_or_else(|| invalid(error::NoLevel { text: quoted(name) }.into()))
        });
        let ids = self.event_id.as_deref().unwrap_or_default();
        let event_ids = ids
            .split(',')
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .map(|id| {
                id.parse()
                    .map_err(|_| invalid(error::NoEventId { text: quoted(id) }.into()))
            });
        Ok(EventFilter {
            service: self.service_id.map(ServiceId),
            event_ids: event_ids.collect::<Result<_, _>>()?,
            level: level.transpose()?,
            since: self.since_ms.map(Timestamp),
            until: self.until_ms.map(Timestamp),
            after: self.after,
            before: self.before,
            text: self.text.clone(),
            asked: self.asked.unwrap_or_default(),
            limit: self
                .limit
                .unwrap_or(EventFilter::default().limit)
                .min(10_000),
        })
    }
}

impl From<&EventFilter> for EventsQuery {
    fn from(filter: &EventFilter) -> Self {
        let ids: Vec<String> = filter.event_ids.iter().map(ToString::to_string).collect();
        Self {
            service: None,
            service_id: filter.service.map(|id| id.0),
            event_id: (!ids.is_empty()).then(|| ids.join(",")),
            level: filter.level.map(|level| level.name().to_owned()),
            since_ms: filter.since.map(|at| at.0),
            until_ms: filter.until.map(|at| at.0),
            after: filter.after,
            before: filter.before,
            text: filter.text.clone(),
            asked: filter.asked.then_some(true),
            limit: Some(filter.limit),
        }
    }
}

/// Found entries, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventPageReply {
    /// The entries.
    pub events: Vec<EventBody>,
    /// Whether older ones match too.
    pub more: bool,
}

impl From<&EventPage> for EventPageReply {
    fn from(page: &EventPage) -> Self {
        Self {
            events: page.entries.iter().map(EventBody::from).collect(),
            more: page.more,
        }
    }
}

impl TryFrom<&EventPageReply> for EventPage {
    type Error = ScmError;

    fn try_from(reply: &EventPageReply) -> Result<Self, ScmError> {
        let entries = reply.events.iter().map(LogEntry::try_from);
        Ok(Self {
            entries: entries.collect::<Result<_, _>>()?,
            more: reply.more,
        })
    }
}
