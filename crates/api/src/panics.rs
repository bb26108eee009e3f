//! Panics that end one request instead of the engine.
//!
//! Code that answers a request has no state of its own: it asks the owner loop, or reads
//! published records. A panic there leaves nothing half changed, so it is caught and answered
//! with 500. A panic anywhere else, in the owner loop above all, ends the engine; its panic hook
//! asks [`are_caught`] which of the two it is.

use std::any::Any;
use std::cell::Cell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use relance_scm::{ScmError, Win32Error};
use relance_texts::error;

thread_local! {
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread, now, will be caught by the API.
#[must_use]
pub fn are_caught() -> bool {
    CAUGHT.get()
}

/// Does something whose panic is caught.
///
/// # Errors
/// 1359 after a panic, which the panic hook has reported.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, ScmError> {
    let before = CAUGHT.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(before);
    result.map_err(|panic| internal(&*panic))
}

/// 1359; the sentence is for anyone who asked, the panic itself stands in the manager's diagnostics.
fn internal(_panic: &(dyn Any + Send)) -> ScmError {
    ScmError::new(Win32Error::INTERNAL_ERROR, error::FAULT)
}

/// A future whose panic is caught.
pub(crate) struct Caught<F>(Option<Pin<Box<F>>>);

impl<F: Future> Caught<F> {
    pub(crate) fn new(future: F) -> Self {
        Self(Some(Box::pin(future)))
    }
}

impl<F: Future> Future for Caught<F> {
    type Output = Result<F::Output, ScmError>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = &mut self.0 else {
            return Poll::Pending;
        };
        match caught(|| future.as_mut().poll(task)) {
            Ok(poll) => poll.map(Ok),
            Err(error) => {
                let broken = self.0.take();
                let _ = caught(|| drop(broken));
                Poll::Ready(Err(error))
            }
        }
    }
}
