//! Live changes as server-sent events. The id of each is its generation; a reader that has missed
//! some gets a `gap` and takes a new snapshot.

use std::convert::Infallible;
use std::task::Poll;

use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::poll_fn;
use relance_scm::manager::Watch;
use relance_wire::api::StreamItem;
use serde::Deserialize;

use crate::aside::Flow;
use crate::context::Context;
use crate::limits::Place;
use crate::reply::{Questions, RouteResult};

/// What to stream.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StreamQuery {
    /// Only what came after this generation; from now on if left out.
    since: Option<u64>,
}

/// Events that wait for a slow reader; one that is slower than the ring of changes gets a gap.
const WAITING: usize = 16;

type Events = Flow<Result<Event, Infallible>>;

/// `GET /v1/stream`
pub(crate) async fn stream(
    context: Context,
    Questions(query): Questions<StreamQuery>,
    headers: HeaderMap,
) -> RouteResult<impl IntoResponse> {
    // A browser that reconnects says where it was.
    let last = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    let watch = context
        .manager
        .watch(&context.caller, last.or(query.since))?;
    let place = context.books.stream(&context.caller)?;
    let made = context.clone();
    let events = made.streamed(WAITING, events(context, watch, place));
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

fn events(context: Context, mut watch: Box<dyn Watch>, place: Place) -> Events {
    Box::pin(poll_fn(move |task| {
        let _kept = &place;
        let Poll::Ready(watched) = watch.poll_next(task) else {
            return Poll::Pending;
        };
        if !context.holds() {
            return Poll::Ready(None);
        }
        Poll::Ready(watched.map(|watched| {
            let (generation, item) = StreamItem::of(&watched);
            let data = serde_json::to_string(&item).expect("plain structures");
            Ok::<_, Infallible>(Event::default().id(generation.to_string()).data(data))
        }))
    }))
}
