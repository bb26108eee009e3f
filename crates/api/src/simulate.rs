//! The simulator.

use axum::response::Response;
use relance_policy::simulate::{Script, Timeline, simulate as play};
use relance_scm::{FailureActions, ScmError, ServiceConfig, ServiceKind, ServiceName};
use relance_wire::api::{SimulateRequest, read_kind};

use crate::context::Context;
use crate::reply::{Body, RouteResult};
use crate::simulation::reply;

/// Most entries of a time line in an answer; `relance simulate` shows more.
const ENTRIES_MAX: usize = 10_000;

/// `POST /v1/simulate`
pub(crate) async fn simulate(
    context: Context,
    Body(body): Body<SimulateRequest>,
) -> RouteResult<Response> {
    let played = context
        .work_for_json(
            move |_, answer| answer.send(simulated(&body)),
            |timeline| reply(&timeline),
        )
        .await?;
    Ok(played)
}

fn simulated(body: &SimulateRequest) -> Result<Timeline, ScmError> {
    let mut config = ServiceConfig::new(ServiceName::new("the service")?, "simulation");
    config.failure_actions = FailureActions::try_from(&body.recovery)?;
    config.failure_actions_on_non_crash_failures = body.recovery.on_error_stop;
    config.kind = body
        .kind
        .as_deref()
        .map_or(Ok(ServiceKind::Service), read_kind)?;
    let script: Script = body.script.parse()?;
    let mut timeline = play(&config, &script);
    timeline.truncated |= timeline.entries.len() > ENTRIES_MAX;
    timeline.entries.truncate(ENTRIES_MAX);
    Ok(timeline)
}
