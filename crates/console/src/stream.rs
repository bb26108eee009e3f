//! Streams of server-sent events: what the script of an open page listens to.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::unfold;
use serde::Serialize;
use tokio::sync::mpsc;

use crate::output_lines::Lines;

/// Messages that wait for a slow browser; then anyone who makes them waits.
const BEHIND_MAX: usize = 4;
/// How often a silent stream shows that it lives.
const ALIVE_EVERY: Duration = Duration::from_secs(15);

/// What a page is told.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Message {
    /// Rows of the table: their order, and those that are new or have changed.
    Rows {
        order: Vec<String>,
        rows: Vec<(String, String)>,
        /// Other parts of the page, by id.
        parts: Vec<(&'static str, String)>,
    },
    /// Parts of the page, by id, as they are now.
    Parts { parts: Vec<(&'static str, String)> },
    /// Something new at the beginning of a list, by id.
    Prepend { id: &'static str, html: String },
    /// Lines of an output.
    Output(Lines),
    /// Whether the manager answers.
    Connected { connected: bool },
    /// Something was missed: load the page again.
    Missed,
    /// The session has ended.
    Ended,
}

/// Where a stream's messages go.
#[derive(Clone)]
pub(crate) struct Sender(mpsc::Sender<Message>);

/// The page is closed.
#[derive(Debug)]
pub(crate) struct Closed;

impl Sender {
    /// Sends; waits for a slow browser.
    pub(crate) async fn send(&self, message: Message) -> Result<(), Closed> {
        self.0.send(message).await.map_err(|_| Closed)
    }

    /// Waits until the page is closed.
    pub(crate) async fn closed(&self) {
        self.0.closed().await;
    }
}

/// A stream that `feed` fills until the page is closed.
pub(crate) fn respond<F>(feed: impl FnOnce(Sender) -> F) -> impl IntoResponse
where
    F: Future<Output = Result<(), Closed>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(BEHIND_MAX);
    tokio::spawn(feed(Sender(sender)));
    let events = unfold(receiver, |mut receiver| async move {
        let message = receiver.recv().await?;
        let data = serde_json::to_string(&message).expect("plain structures");
        Some((Ok::<_, Infallible>(Event::default().data(data)), receiver))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE_EVERY))
}
