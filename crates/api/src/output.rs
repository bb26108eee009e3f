//! The output of a service.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::poll_fn;
use relance_scm::manager::{FollowOutput, OutputRange, OutputStream, wait};
use relance_scm::{Reply, ServiceName};
use serde::Deserialize;

use crate::context::Context;
use crate::lines::Chosen;
use crate::reply::{Name, Questions, RouteResult};

const CONTENT_TYPE: &str = "application/octet-stream";
/// A value of JSON in each line.
const JSON_LINES: &str = "application/x-ndjson";
/// How many lines are sent by default.
const LINES: u32 = 100;
/// Parts of a followed output that wait for a slow reader.
const WAITING: usize = 1;

/// Which part.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OutputQuery {
    /// The last lines, so many at most.
    lines: Option<u32>,
    /// Of the last lines only those of the run with this number; none if they are not known.
    run: Option<u32>,
    /// From this position on.
    from: Option<u64>,
    /// And then as it is printed, until the client has enough.
    follow: bool,
    /// Of the last lines only those with this text.
    grep: Option<String>,
    /// Only those of this time or later, as lines with time stamps have it: `2026-11-28T09:30`, UTC.
    since: Option<String>,
    /// Only those before this time.
    until: Option<String>,
    /// Each line as an object.
    json: bool,
    /// Standard error that is kept apart, instead of the output.
    stream: StreamName,
}

/// Which of the two streams.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StreamName {
    /// The output.
    #[default]
    Stdout,
    /// Standard error that is kept apart.
    Stderr,
}

impl From<StreamName> for OutputStream {
    fn from(name: StreamName) -> Self {
        match name {
            StreamName::Stdout => Self::Output,
            StreamName::Stderr => Self::Errors,
        }
    }
}

/// `GET /v1/services/NAME/output`: the bytes, and in `Relance-Position` the position behind them.
pub(crate) async fn read(
    context: Context,
    Name(name): Name,
    Questions(query): Questions<OutputQuery>,
) -> RouteResult<Response> {
    if query.follow {
        let from = query.from.unwrap_or_default();
        return follow(context, name, query.stream.into(), from).await;
    }
    if query.is_chosen() {
        return chosen(context, name, query).await;
    }
    let lines = query.lines.unwrap_or(LINES);
    let range = match (query.from, query.run) {
        (Some(from), _) => OutputRange::From(from),
        (None, Some(run)) => OutputRange::LastLinesOfRun(run, lines),
        (None, None) => OutputRange::LastLines(lines),
    };
    let stream = query.stream.into();
    let part = context
        .work(move |context, reply| {
            let manager = &context.manager;
            manager.read_output(&context.caller, &name, stream, range, reply);
        })
        .await?;
    let position = HeaderValue::from(part.value.end);
    let mut response = part.map(|part| part.bytes).into_response(CONTENT_TYPE);
    response.headers_mut().insert("relance-position", position);
    Ok(response)
}

impl OutputQuery {
    fn is_chosen(&self) -> bool {
        let words = [&self.grep, &self.since, &self.until];
        self.json || words.iter().any(|word| word.is_some())
    }
}

/// Lines that match a text or a time.
async fn chosen(context: Context, name: ServiceName, query: OutputQuery) -> RouteResult<Response> {
    let content_type = if query.json { JSON_LINES } else { CONTENT_TYPE };
    let stream = query.stream.into();
    let chosen = Chosen {
        grep: query.grep,
        since: query.since,
        until: query.until,
        lines: query.lines.unwrap_or(LINES) as usize,
        json: query.json,
    };
    let part = context
        .work(move |context, reply| {
            let read = |range| {
                let (manager, caller) = (&context.manager, &context.caller);
                wait(|reply| manager.read_output(caller, &name, stream, range, reply))
            };
            reply.send(chosen.of(read));
        })
        .await?;
    let position = HeaderValue::from(part.value.end);
    let mut response = part.map(|part| part.bytes).into_response(content_type);
    response.headers_mut().insert("relance-position", position);
    Ok(response)
}

/// Output as it is printed. It is opened by a thread for long work: whose a service is may be asked of a
/// directory.
async fn follow(
    context: Context,
    name: ServiceName,
    stream: OutputStream,
    from: u64,
) -> RouteResult<Response> {
    let opened = context
        .work(move |context, reply: Reply<Box<dyn FollowOutput>>| {
            let (manager, caller) = (&context.manager, &context.caller);
            reply.send(manager.follow_output(caller, &name, stream, from));
        })
        .await?;
    let mut output = opened.into_value();
    let place = context.books.stream(&context.caller)?;
    let made = context.clone();
    let parts = Box::pin(poll_fn(move |task| {
        let _kept = &place;
        output.poll_next(task).map(|part| {
            let part = part.filter(|_| context.holds());
            part.map(|part| Ok::<_, Infallible>(part.bytes))
        })
    }));
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE))];
    let body = Body::from_stream(made.streamed(WAITING, parts));
    Ok((headers, body).into_response())
}
