//! Targets and messages of notifications: `/v1/notices`.

use axum::http::StatusCode;
use axum::response::Response;
use relance_wire::api::{NoticeReportRequest, NoticesReply, TestNoticeRequest};

use crate::context::Context;
use crate::reply::{Body, RouteResult};

/// `GET /v1/notices`
pub(crate) async fn show(context: Context) -> RouteResult<Response> {
    // A file is read.
    let notices = context
        .work_for_json(
            |context, reply| context.manager.query_notices(&context.caller, reply),
            NoticesReply::from,
        )
        .await?;
    Ok(notices)
}

/// `POST /v1/notices/test`
pub(crate) async fn test(
    context: Context,
    Body(body): Body<TestNoticeRequest>,
) -> RouteResult<StatusCode> {
    context
        .ask(|manager, caller, reply| manager.test_notice(caller, &body.target, reply))
        .await?;
    Ok(StatusCode::ACCEPTED)
}

/// `POST /v1/notices/report`
pub(crate) async fn report(
    context: Context,
    Body(body): Body<NoticeReportRequest>,
) -> RouteResult<StatusCode> {
    context
        .ask(|manager, caller, reply| manager.report_notices(caller, body.into(), reply))
        .await?;
    Ok(StatusCode::CREATED)
}
