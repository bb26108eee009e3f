//! Services: list, show, create, change, delete, start, controls.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use relance_scm::manager::NewService;
use relance_scm::{Caller, ConfigChange, Control, Reply, ServiceManager, ServiceName};
use relance_wire::api::{
    AppliedContradictions, ApplyReply, ApplyRequest, ChangeConfigRequest, ConfigBody,
    ConfiguredReply, ContradictionBody, ControlRequest, EnvironmentReply, ManagerReply,
    RestartRequest, ServiceReply, ServicesReply, StartRequest, StatusReply, UsageQuery, UsageReply,
    WaitQuery, WhyReply,
};
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::reply::{Body, Name, Questions, RouteResult};

/// `GET /v1/manager`
pub(crate) async fn manager(context: Context) -> RouteResult<Json<ManagerReply>> {
    let info = context
        .ask(|manager, caller, reply| manager.query_manager(caller, reply))
        .await?;
    Ok(Json((&info).into()))
}

/// `GET /v1/services`
pub(crate) async fn list(context: Context) -> RouteResult<Response> {
    let all = context
        .work_for_json(
            |context, reply| context.manager.enumerate(&context.caller, reply),
            |all| ServicesReply::from(&all),
        )
        .await?;
    Ok(all)
}

/// `GET /v1/usage`
pub(crate) async fn usage(
    context: Context,
    Questions(query): Questions<UsageQuery>,
) -> RouteResult<Response> {
    let ids = query.read()?;
    let few = ids.as_deref();
    if let Some(usage) = few.and_then(|ids| context.manager.usage_at_once(&context.caller, ids)) {
        return Ok(Json(UsageReply::from(usage.as_slice())).into_response());
    }
    // This reads every process of the machine.
    let usage = context
        .work_for_json(
            |context, reply| context.manager.query_usage(&context.caller, ids, reply),
            |usage| UsageReply::from(usage.as_slice()),
        )
        .await?;
    Ok(usage)
}

/// `POST /v1/services`
pub(crate) async fn create(
    context: Context,
    Body(body): Body<ConfigBody>,
) -> RouteResult<(StatusCode, Json<ConfiguredReply>)> {
    let service = NewService::try_from(&body)?;
    let contradictions = ContradictionBody::of(&service.config);
    context
        .ask(|manager, caller, reply| manager.create_service(caller, service, reply))
        .await?;
    Ok((
        StatusCode::CREATED,
        Json(ConfiguredReply { contradictions }),
    ))
}

/// `POST /v1/apply`
pub(crate) async fn apply(
    context: Context,
    Body(body): Body<ApplyRequest>,
) -> RouteResult<Json<ApplyReply>> {
    let to_apply = body.to_apply()?;
    let configs = to_apply.services.iter().map(|service| &service.config);
    let contradictions = AppliedContradictions::of(configs);
    let outcomes = context
        .ask(|manager, caller, reply| {
            if body.dry_run {
                manager.try_apply(caller, to_apply, reply);
            } else {
                manager.apply(caller, to_apply, reply);
            }
        })
        .await?;
    Ok(Json(ApplyReply {
        contradictions,
        ..ApplyReply::of(&outcomes, body.policies.len())
    }))
}

/// `GET /v1/services/NAME`
pub(crate) async fn show(context: Context, Name(name): Name) -> RouteResult<Json<ServiceReply>> {
    let info = context
        .ask(|manager, caller, reply| manager.query_service(caller, &name, reply))
        .await?;
    Ok(Json((&info).into()))
}

/// `GET /v1/services/NAME/status`
pub(crate) async fn status(context: Context, Name(name): Name) -> RouteResult<Json<StatusReply>> {
    let status = context
        .ask(|manager, caller, reply| manager.query_status(caller, &name, reply))
        .await?;
    Ok(Json((&status).into()))
}

/// `GET /v1/services/NAME/config`
pub(crate) async fn config(context: Context, Name(name): Name) -> RouteResult<Json<ConfigBody>> {
    let config = context
        .ask(|manager, caller, reply| manager.query_config(caller, &name, reply))
        .await?;
    Ok(Json((&config).into()))
}

/// `GET /v1/services/NAME/environment`
pub(crate) async fn environment(
    context: Context,
    Name(name): Name,
) -> RouteResult<Json<EnvironmentReply>> {
    let environment = context
        .ask(|manager, caller, reply| manager.query_environment(caller, &name, reply))
        .await?;
    Ok(Json((&*environment).into()))
}

/// `GET /v1/services/NAME/why`
pub(crate) async fn why(context: Context, Name(name): Name) -> RouteResult<Json<WhyReply>> {
    let sentences = context
        .ask(|manager, caller, reply| manager.explain(caller, &name, reply))
        .await?;
    Ok(Json(sentences.into()))
}

/// `PATCH /v1/services/NAME`
pub(crate) async fn change(
    context: Context,
    Name(name): Name,
    Body(body): Body<ChangeConfigRequest>,
) -> RouteResult<Json<ConfiguredReply>> {
    let change = ConfigChange::try_from(&body)?;
    context
        .ask(|manager, caller, reply| manager.change_config(caller, &name, change, reply))
        .await?;
    // Who may change a service need not be allowed to read it.
    let config = context
        .ask(|manager, caller, reply| manager.query_config(caller, &name, reply))
        .await;
    let contradictions = config.map(|config| ContradictionBody::of(&config));
    Ok(Json(ConfiguredReply {
        contradictions: contradictions.unwrap_or_default(),
    }))
}

/// `DELETE /v1/services/NAME`
pub(crate) async fn delete(context: Context, Name(name): Name) -> RouteResult<StatusCode> {
    act(context, name, |manager, caller, name, reply| {
        manager.delete_service(caller, name, reply);
    })
    .await
}

/// `POST /v1/services/NAME/start`
pub(crate) async fn start(
    context: Context,
    Name(name): Name,
    Body(body): Body<StartRequest>,
) -> RouteResult<StatusCode> {
    act(context, name, |manager, caller, name, reply| {
        manager.start_service(caller, name, body.arguments, reply);
    })
    .await
}

/// `POST /v1/services/NAME/restart`
pub(crate) async fn restart(
    context: Context,
    Name(name): Name,
    Body(body): Body<RestartRequest>,
) -> RouteResult<StatusCode> {
    act(context, name, |manager, caller, name, reply| {
        manager.restart_service(caller, name, body.dependents, reply);
    })
    .await
}

/// `POST /v1/services/NAME/terminate`
pub(crate) async fn terminate(context: Context, Name(name): Name) -> RouteResult<StatusCode> {
    act(context, name, |manager, caller, name, reply| {
        manager.terminate_service(caller, name, reply);
    })
    .await
}

/// `POST /v1/services/NAME/cancel-recovery`
pub(crate) async fn cancel_recovery(context: Context, Name(name): Name) -> RouteResult<StatusCode> {
    act(context, name, |manager, caller, name, reply| {
        manager.cancel_recovery(caller, name, reply);
    })
    .await
}

/// A request about one service that answers nothing but success.
async fn act(
    context: Context,
    name: ServiceName,
    request: impl FnOnce(&dyn ServiceManager, &Caller, &ServiceName, Reply<()>),
) -> RouteResult<StatusCode> {
    context
        .ask(|manager, caller, reply| request(manager, caller, &name, reply))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v1/services/NAME/stop`
pub(crate) async fn stop(
    context: Context,
    name: Name,
    wait: Questions<WaitQuery>,
) -> RouteResult<Json<StatusReply>> {
    send(context, name, Control::Stop, wait).await
}

/// `POST /v1/services/NAME/pause`
pub(crate) async fn pause(
    context: Context,
    name: Name,
    wait: Questions<WaitQuery>,
) -> RouteResult<Json<StatusReply>> {
    send(context, name, Control::Pause, wait).await
}

/// `POST /v1/services/NAME/continue`
pub(crate) async fn resume(
    context: Context,
    name: Name,
    wait: Questions<WaitQuery>,
) -> RouteResult<Json<StatusReply>> {
    send(context, name, Control::Continue, wait).await
}

/// `POST /v1/services/NAME/control`
pub(crate) async fn control(
    context: Context,
    name: Name,
    wait: Questions<WaitQuery>,
    Body(body): Body<ControlRequest>,
) -> RouteResult<Json<StatusReply>> {
    send(context, name, Control::from_sendable(body.control)?, wait).await
}

async fn send(
    context: Context,
    Name(name): Name,
    control: Control,
    Questions(wait): Questions<WaitQuery>,
) -> RouteResult<Json<StatusReply>> {
    let within = Duration::from_millis(wait.wait_ms.into());
    let status = context.control_and_wait(&name, control, within).await?;
    Ok(Json((&status).into()))
}

/// `POST /v1/clock/advance`: a manual clock only.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AdvanceRequest {
    /// At most this far, and at most to the next deadline; left out: to the next deadline.
    by_ms: Option<u64>,
}

/// The time afterwards.
#[derive(Debug, Serialize)]
pub(crate) struct AdvanceReply {
    clock_ns: u64,
}

pub(crate) async fn advance_clock(
    context: Context,
    Body(body): Body<AdvanceRequest>,
) -> RouteResult<Json<AdvanceReply>> {
    let by = body.by_ms.map(Duration::from_millis);
    let clock_ns = context
        .ask(|manager, caller, reply| manager.advance_clock(caller, by, reply))
        .await?;
    Ok(Json(AdvanceReply { clock_ns }))
}
