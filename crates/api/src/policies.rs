//! Named policies: `/v1/policies`.

use axum::Json;
use axum::extract::Path;
use relance_scm::{PolicyChange, PolicyName};
use relance_wire::api::{ChangePolicyRequest, PoliciesReply, PolicyOutcomeReply};

use crate::context::Context;
use crate::reply::{Body, RouteResult};

/// `GET /v1/policies`
pub(crate) async fn list(context: Context) -> RouteResult<Json<PoliciesReply>> {
    let policies = context
        .ask(|manager, caller, reply| manager.query_policies(caller, reply))
        .await?;
    Ok(Json(policies.as_slice().into()))
}

/// `PATCH /v1/policies/NAME`
pub(crate) async fn change(
    context: Context,
    Path(name): Path<String>,
    Body(body): Body<ChangePolicyRequest>,
) -> RouteResult<Json<PolicyOutcomeReply>> {
    let change = body.policy_change()?;
    carry_out(context, &name, change, body.dry_run).await
}

/// `DELETE /v1/policies/NAME`
pub(crate) async fn delete(
    context: Context,
    Path(name): Path<String>,
) -> RouteResult<Json<PolicyOutcomeReply>> {
    carry_out(context, &name, PolicyChange::Delete, false).await
}

async fn carry_out(
    context: Context,
    name: &str,
    change: PolicyChange,
    is_trial: bool,
) -> RouteResult<Json<PolicyOutcomeReply>> {
    let name: PolicyName = name.parse()?;
    let outcome = context
        .ask(|manager, caller, reply| {
            manager.change_policy(caller, &name, change, is_trial, reply);
        })
        .await?;
    Ok(Json(outcome.into()))
}
