//! The JSON of the API under `/v1`, in both directions.
//!
//! Each type converts from and to the working type of `relance-scm` that it stands for; a conversion
//! into one checks. Enumerations are words, as `sc` and the command line spell them; durations carry
//! their unit in the name; moments are milliseconds since 1970.

mod access;
mod apply;
mod change;
mod config;
mod contradictions;
mod event;
mod extensions;
mod failures;
mod held;
mod manager;
mod notices;
mod outcome;
mod policies;
mod reading;
mod requests;
mod run;
mod service;
mod session;
mod simulation;
mod text;
mod unreadable;
mod usage;

use relance_scm::{ScmError, Win32Error};
use serde::{Deserialize, Serialize};

pub use access::{AccessChangeBody, AccessEntryBody, AccessReply, AccessRequest};
pub use apply::{ApplyReply, ApplyRequest};
pub use change::{ChangeConfigRequest, RecoveryChangeBody};
pub use config::{
    ActionBody, ActionsBody, ConfigBody, EnvironmentReply, RecoveryBody, ResetPeriodBody, read_kind,
};
pub use contradictions::{AppliedContradictions, ConfiguredReply, ContradictionBody};
pub use event::{EventBody, EventPageReply, EventsQuery, WriteEventRequest};
pub use extensions::ExtensionsBody;
pub use failures::{CauseBody, FailuresBody};
pub use held::HeldBody;
pub use manager::{ConsoleBody, ManagerReply};
pub use notices::{MessageBody, NoticeReportRequest, NoticesReply, TargetBody, TestNoticeRequest};
pub use policies::{
    ChangePolicyRequest, PoliciesReply, PolicyBody, PolicyOutcomeReply, PolicyRecoveryBody,
    PolicyReply,
};
pub use requests::{
    ControlRequest, InstanceProblem, RestartRequest, ScaleReply, ScaleRequest, StartRequest,
    WaitQuery,
};
pub use run::RunBody;
pub use service::{
    EndBody, PendingBody, RecoveryStateBody, ServiceReply, ServicesReply, StatusReply, StreamItem,
    WhyReply,
};
pub use session::{
    LinkReply, LinkRequest, Role, SessionBody, SessionsReply, SignInRequest, TokenReply,
    TokenRequest,
};
pub use simulation::{SimulateRequest, SimulationEntry, SimulationReply};
pub use text::{SentenceBody, TextBody, ValueBody};
pub use unreadable::UnreadableBody;
pub use usage::{UsageBody, UsageQuery, UsageReply};

/// The body of every answer that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorReply {
    /// What went wrong.
    pub error: ErrorBody,
}

/// See [`ErrorReply`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// The Win32 code: 1060.
    pub code: u32,
    /// Its name: `ERROR_SERVICE_DOES_NOT_EXIST`.
    pub name: String,
    /// What to do about it.
    pub message: String,
    /// The same as a message of the catalogue, if it is one, for readers of other languages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<TextBody>,
}

impl From<&ScmError> for ErrorReply {
    fn from(error: &ScmError) -> Self {
        Self {
            error: ErrorBody {
                code: error.code().to_raw(),
                name: error.code().name().unwrap_or_default().to_owned(),
                message: error.sentence().to_owned(),
                text: error.text().map(TextBody::from),
            },
        }
    }
}

impl From<ErrorReply> for ScmError {
    fn from(reply: ErrorReply) -> Self {
        let ErrorBody {
            code,
            message,
            text,
            ..
        } = reply.error;
        Self::new(
            Win32Error::from_raw(code),
            text::sentence(&message, text.as_ref()),
        )
    }
}

/// `true` for the value that a missing field stands for, so that replies stay short.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
