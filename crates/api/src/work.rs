//! Long work: searches, lists, simulations, parts of output. It has threads of its own, so that short requests
//! are answered meanwhile. Each caller may have only a few at a time. The work stops when its client has gone.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context as Task, Poll};

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use hyper::body::{Frame, SizeHint};
use relance_scm::{Reply, ScmError, Win32Error};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::context::Context;
use crate::panics::caught;

/// Part of an answer that is handed over at a time.
const PART_LEN: usize = 16 * 1024;

/// The result of a piece of work, and the share of its caller that it still uses.
pub(crate) struct Done<T> {
    pub(crate) value: T,
    share: Option<OwnedSemaphorePermit>,
}

/// Set when it is dropped: nobody waits any longer.
struct GivenUp(Arc<AtomicBool>);

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Context {
    /// Has work done on another thread when it is the caller's turn.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self, Reply<T>) + Send + 'static,
    ) -> Result<Done<T>, ScmError> {
        let turn = self.books.work(&self.caller).await;
        let (sender, receiver) = oneshot::channel();
        let given_up = GivenUp(Arc::default());
        let reply = Reply::new(move |result| {
            // A client that is gone needs no answer.
            let _ = sender.send(result);
        });
        let reply = reply.unless(Arc::clone(&given_up.0));
        let (context, worker) = (self.clone(), turn.worker);
        let worked = tokio::task::spawn_blocking(move || {
            let _worker = worker;
            caught(|| work(&context, reply))
        });
        worked
            .await
            .unwrap_or_else(|_| Err(Win32Error::INTERNAL_ERROR.into()))?;
        let value = receiver
            .await
            .expect("a reply that is dropped answers with an error")?;
        Ok(Done {
            value,
            share: turn.own,
        })
    }

    /// The same, for an answer in JSON, which is written on that thread too.
    pub(crate) async fn work_for_json<T: Send + 'static, B: Serialize>(
        &self,
        work: impl FnOnce(&Self, Reply<T>) + Send + 'static,
        body: impl FnOnce(T) -> B + Send + 'static,
    ) -> Result<Response, ScmError> {
        let done = self
            .work(|context, reply: Reply<Vec<u8>>| {
                let text = |value| serde_json::to_vec(&body(value)).expect("plain structures");
                work(context, reply.of(text));
            })
            .await?;
        Ok(done.into_response("application/json"))
    }
}

impl<T> Done<T> {
    /// What it yielded. The share is free for other work.
    pub(crate) fn into_value(self) -> T {
        self.value
    }

    pub(crate) fn map<U>(self, convert: impl FnOnce(T) -> U) -> Done<U> {
        Done {
            value: convert(self.value),
            share: self.share,
        }
    }
}

impl Done<Vec<u8>> {
    /// An answer that keeps the caller's share until it is sent.
    pub(crate) fn into_response(self, content_type: &'static str) -> Response {
        let body = Body::new(Held {
            left: self.value.into(),
            _share: self.share,
        });
        let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))];
        (headers, body).into_response()
    }
}

/// A body that is handed over in parts, so that it lasts as long as the client takes to read it.
struct Held {
    left: Bytes,
    _share: Option<OwnedSemaphorePermit>,
}

impl hyper::body::Body for Held {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let part = self.left.len().min(PART_LEN);
        let part = self.left.split_to(part);
        Poll::Ready((!part.is_empty()).then(|| Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}
