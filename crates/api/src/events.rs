//! The event log.

use axum::http::StatusCode;
use axum::response::Response;
use relance_scm::ServiceName;
use relance_scm::event_log::NewEntry;
use relance_wire::api::{EventPageReply, EventsQuery, WriteEventRequest};

use crate::context::Context;
use crate::reply::{Body, Questions, RouteResult};

/// `GET /v1/events`
pub(crate) async fn find(
    context: Context,
    Questions(query): Questions<EventsQuery>,
) -> RouteResult<Response> {
    let mut filter = query.filter()?;
    if let Some(name) = &query.service {
        let name = ServiceName::new(name.as_str())?;
        let info = context
            .ask(|manager, caller, reply| manager.query_service(caller, &name, reply))
            .await?;
        filter.service = Some(info.id);
    }
    let found = context
        .work_for_json(
            |context, reply| context.manager.find_events(&context.caller, filter, reply),
            |page| EventPageReply::from(&page),
        )
        .await?;
    Ok(found)
}

/// `POST /v1/events`
pub(crate) async fn write(
    context: Context,
    Body(body): Body<WriteEventRequest>,
) -> RouteResult<StatusCode> {
    let entry = NewEntry::try_from(body)?;
    context
        .work(|context, reply| context.manager.write_event(&context.caller, entry, reply))
        .await?;
    Ok(StatusCode::CREATED)
}
