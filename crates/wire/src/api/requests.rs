//! What is asked of one service: bodies of requests that start, restart and control it.

use relance_scm::scaling::Scaled;
use relance_scm::{ScmError, ServiceName};
use serde::{Deserialize, Serialize};

use super::{ErrorBody, ErrorReply, is_default};

/// `POST /v1/services/NAME/start`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct StartRequest {
    /// Start arguments, without the service name (S16).
    pub arguments: Vec<String>,
}

/// `POST /v1/services/NAME/restart`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RestartRequest {
    /// Whether the services that need it are stopped before it and started after it.
    pub dependents: bool,
}

/// `POST /v1/services/NAME/control`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ControlRequest {
    /// Windows' control code: 1 stop, 2 pause, 3 continue, 4 interrogate, 6 paramchange, 128 to 255.
    pub control: u32,
}

/// `POST /v1/services/NAME/stop`, `pause`, `continue` and `control`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(default, deny_unknown_fields)]
pub struct WaitQuery {
    /// How long the answer waits, in milliseconds up to 60 000, until the service is in the state that the control
    /// leads to (STOPPED, PAUSED or RUNNING), or has stopped. The answer is the status then. 0, or left out: it comes when the
    /// service has taken the control.
    pub wait_ms: u32,
}

/// `POST /v1/templates/NAME/scale`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ScaleRequest {
    /// How many instances there are to be, 1 to 1000.
    pub instances: u32,
}

/// What has become of the instances of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScaleReply {
    /// Those that were created, and started if the lowest one runs.
    pub added: Vec<String>,
    /// Those that are gone, or are once they have stopped.
    pub removed: Vec<String>,
    /// Those that could not be started, or that do not take a stop and stay.
    #[serde(default, skip_serializing_if = "is_default")]
    pub problems: Vec<InstanceProblem>,
}

/// What is wrong with one instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstanceProblem {
    /// The service.
    pub name: String,
    /// What went wrong.
    pub error: ErrorBody,
}

impl From<&Scaled> for ScaleReply {
    fn from(scaled: &Scaled) -> Self {
        let texts = |names: &[ServiceName]| names.iter().map(ToString::to_string).collect();
        let problem = |(name, error): &(ServiceName, ScmError)| InstanceProblem {
            name: name.to_string(),
            error: ErrorReply::from(error).error,
        };
        Self {
            added: texts(&scaled.added),
            removed: texts(&scaled.removed),
            problems: scaled.problems.iter().map(problem).collect(),
        }
    }
}
