//! About the manager itself, as JSON.

use relance_scm::controllers::Controllers;
use relance_scm::event_log::Timestamp;
use relance_scm::manager::{ConsoleInfo, ManagerInfo};
use serde::{Deserialize, Serialize};

/// `GET /v1/manager`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ManagerReply {
    /// The version of the manager.
    pub version: String,
    /// The process of its engine.
    pub pid: u32,
    /// The latest generation.
    pub generation: u64,
    /// Its wall clock.
    pub now_ms: i64,
    /// The clock of its deadlines.
    pub clock_ns: u64,
    /// Whether that clock is moved by hand.
    pub manual_clock: bool,
    /// What is or was wrong with the service database since the engine began, in sentences: shown to
    /// administrators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
    /// The web console that it keeps running, if it is to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console: Option<ConsoleBody>,
    /// The controllers that the control groups of its services have: `memory`, `cpu`, `pids`, `io`. A limit
    /// that needs another one is not held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controllers: Vec<String>,
}

/// How a manager's web console is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ConsoleBody {
    /// Its process; 0: there is none.
    pub pid: u32,
    /// Why there is none, or was none a moment ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl From<&ManagerInfo> for ManagerReply {
    fn from(info: &ManagerInfo) -> Self {
        Self {
            version: info.version.clone(),
            pid: info.pid,
            generation: info.generation,
            now_ms: info.now.0,
            clock_ns: info.clock_ns,
            manual_clock: info.manual_clock,
            notices: info.notices.clone(),
            console: info.console.as_ref().map(|console| ConsoleBody {
                pid: console.pid,
                problem: console.problem.clone(),
            }),
            controllers: info.controllers.names().map(Into::into).collect(),
        }
    }
}

impl From<ManagerReply> for ManagerInfo {
    fn from(reply: ManagerReply) -> Self {
        Self {
            version: reply.version,
            pid: reply.pid,
            generation: reply.generation,
            now: Timestamp(reply.now_ms),
            clock_ns: reply.clock_ns,
            manual_clock: reply.manual_clock,
            notices: reply.notices,
            console: reply.console.map(|console| ConsoleInfo {
                pid: console.pid,
                problem: console.problem,
            }),
            controllers: Controllers::named(reply.controllers.iter().map(String::as_str)),
        }
    }
}
