//! The simulator.

use axum::Json;
use relance_policy::simulate::{Script, simulate as play};
use relance_scm::{FailureActions, ServiceConfig, ServiceKind, ServiceName};
use relance_wire::api::{SimulateRequest, SimulationReply, read_kind};

use crate::reply::{Answer, Body};
use crate::simulation::reply;

/// `POST /v1/simulate`
pub(crate) async fn simulate(Body(body): Body<SimulateRequest>) -> Answer<Json<SimulationReply>> {
    let mut config = ServiceConfig::new(ServiceName::new("the service")?, "simulation");
    config.failure_actions = FailureActions::try_from(&body.recovery)?;
    config.failure_actions_on_non_crash_failures = body.recovery.on_error_stop;
    config.kind = body
        .kind
        .as_deref()
        .map_or(Ok(ServiceKind::Service), read_kind)?;
    let script: Script = body.script.parse()?;
    let timeline = play(&config, &script);
    Ok(Json(reply(&timeline)))
}
