//! Whom the manager tells what happens, as JSON.

use relance_scm::event_log::Timestamp;
use relance_scm::manager::{MessageInfo, NoticeReport, Notices, TargetInfo};
use serde::{Deserialize, Serialize};

/// `GET /v1/notices`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticesReply {
    /// The targets of the file, without their secrets.
    pub targets: Vec<TargetBody>,
    /// What waits and what was told last, the oldest first.
    pub messages: Vec<MessageBody>,
    /// Why the file of targets cannot be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Where the manager looks for the file of targets; for callers who administer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// That no file is there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub file_is_missing: bool,
}

/// Somebody who is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TargetBody {
    /// Its name.
    pub name: String,
    /// `slack`, `mail`, `command`…
    pub carrier: String,
    /// Where it is: a host, the path of a command; empty for callers who do not administer.
    pub place: String,
    /// What it is told of if a service does not say more.
    pub notices: Vec<String>,
    /// The services that it is told of unless they name others, as patterns.
    pub services: Vec<String>,
    /// How many messages wait for it.
    pub waiting: u64,
    /// Why the last try failed, until one succeeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// When it is tried again; milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_try: Option<i64>,
}

/// A message to a target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageBody {
    /// Its id, the same in every try.
    pub id: String,
    /// To whom.
    pub target: String,
    /// What of: `failure`, `recovery`, `give-up`, `flapping`, `still-down`, `recycling` or `test`.
    pub kind: String,
    /// What it says.
    pub title: String,
    /// Which services it is about.
    pub services: Vec<String>,
    /// When it was made; milliseconds since 1970.
    pub at: i64,
    /// `waiting`, `told` or `dropped`.
    pub state: String,
    /// When it was told or dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<i64>,
    /// How often it was tried.
    pub tries: u32,
    /// Why the last try failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// `POST /v1/notices/test`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TestNoticeRequest {
    /// Which target.
    pub target: String,
}

/// `POST /v1/notices/report`, for the notifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case", tag = "what", deny_unknown_fields)]
pub enum NoticeReportRequest {
    /// A target cannot be reached.
    Unreachable {
        /// Which.
        target: String,
        /// Why.
        problem: String,
    },
    /// It can again.
    Reachable {
        /// Which.
        target: String,
    },
    /// Messages were dropped.
    Dropped {
        /// To which target.
        target: String,
        /// How many.
        count: u64,
    },
    /// The file of targets cannot be used.
    Unusable {
        /// Why.
        problem: String,
    },
    /// A test is over.
    Tested {
        /// Of which target.
        target: String,
        /// What went wrong, if something did.
        #[serde(default)]
        problem: Option<String>,
    },
}

impl From<TargetInfo> for TargetBody {
    fn from(info: TargetInfo) -> Self {
        Self {
            name: info.name,
            carrier: info.carrier,
            place: info.place,
            notices: info.notices,
            services: info.services,
            waiting: info.waiting,
            problem: info.problem,
            next_try: info.next_try.map(|at| at.0),
        }
    }
}

impl From<TargetBody> for TargetInfo {
    fn from(body: TargetBody) -> Self {
        Self {
            name: body.name,
            carrier: body.carrier,
            place: body.place,
            notices: body.notices,
            services: body.services,
            waiting: body.waiting,
            problem: body.problem,
            next_try: body.next_try.map(Timestamp),
        }
    }
}

impl From<MessageInfo> for MessageBody {
    fn from(info: MessageInfo) -> Self {
        Self {
            id: info.id,
            target: info.target,
            kind: info.kind,
            title: info.title,
            services: info.services,
            at: info.at.0,
            state: info.state,
            done_at: info.done_at.map(|at| at.0),
            tries: info.tries,
            problem: info.problem,
        }
    }
}

impl From<MessageBody> for MessageInfo {
    fn from(body: MessageBody) -> Self {
        Self {
            id: body.id,
            target: body.target,
            kind: body.kind,
            title: body.title,
            services: body.services,
            at: Timestamp(body.at),
            state: body.state,
            done_at: body.done_at.map(Timestamp),
            tries: body.tries,
            problem: body.problem,
        }
    }
}

impl From<Notices> for NoticesReply {
    fn from(notices: Notices) -> Self {
        Self {
            targets: notices.targets.into_iter().map(Into::into).collect(),
            messages: notices.messages.into_iter().map(Into::into).collect(),
            problem: notices.problem,
            file: notices.file,
            file_is_missing: notices.file_is_missing,
        }
    }
}

impl From<NoticesReply> for Notices {
    fn from(reply: NoticesReply) -> Self {
        Self {
            targets: reply.targets.into_iter().map(Into::into).collect(),
            messages: reply.messages.into_iter().map(Into::into).collect(),
            problem: reply.problem,
            file: reply.file,
            file_is_missing: reply.file_is_missing,
        }
    }
}

impl From<NoticeReport> for NoticeReportRequest {
    fn from(report: NoticeReport) -> Self {
        match report {
            NoticeReport::Unreachable(target, problem) => Self::Unreachable { target, problem },
            NoticeReport::Reachable(target) => Self::Reachable { target },
            NoticeReport::Dropped(target, count) => Self::Dropped { target, count },
            NoticeReport::Unusable(problem) => Self::Unusable { problem },
            NoticeReport::Tested(target, problem) => Self::Tested { target, problem },
        }
    }
}

impl From<NoticeReportRequest> for NoticeReport {
    fn from(request: NoticeReportRequest) -> Self {
        match request {
            NoticeReportRequest::Unreachable { target, problem } => {
                Self::Unreachable(target, problem)
            }
            NoticeReportRequest::Reachable { target } => Self::Reachable(target),
            NoticeReportRequest::Dropped { target, count } => Self::Dropped(target, count),
            NoticeReportRequest::Unusable { problem } => Self::Unusable(problem),
            NoticeReportRequest::Tested { target, problem } => Self::Tested(target, problem),
        }
    }
}
