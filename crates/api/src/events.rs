//! The event log.

use axum::Json;
use axum::http::StatusCode;
use relance_scm::ServiceName;
use relance_scm::event_log::NewEntry;
use relance_wire::api::{EventPageReply, EventsQuery, WriteEventRequest};

use crate::reply::{Answer, Body, Questions};
use crate::routes::Context;

/// `GET /v1/events`
pub(crate) async fn find(
    context: Context,
    Questions(query): Questions<EventsQuery>,
) -> Answer<Json<EventPageReply>> {
    let mut filter = query.filter()?;
    if let Some(name) = &query.service {
        let name = ServiceName::new(name.as_str())?;
        let info = context
            .ask(|manager, caller, reply| manager.query_service(caller, &name, reply))
            .await?;
        filter.service = Some(info.id);
    }
    // The log is a file: reading it may take a while, and others are served meanwhile.
    let asked = tokio::task::spawn_blocking(move || {
        relance_scm::manager::wait(|reply| {
            context.manager.find_events(&context.caller, filter, reply);
        })
    });
    let page = asked.await.expect("the log is read without a panic")?;
    Ok(Json((&page).into()))
}

/// `POST /v1/events`
pub(crate) async fn write(
    context: Context,
    Body(body): Body<WriteEventRequest>,
) -> Answer<StatusCode> {
    let entry = NewEntry::try_from(body)?;
    context
        .ask(|manager, caller, reply| manager.write_event(caller, entry, reply))
        .await?;
    Ok(StatusCode::CREATED)
}
