//! What is asked of one service: bodies of requests that start, restart and control it.

use serde::{Deserialize, Serialize};

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
