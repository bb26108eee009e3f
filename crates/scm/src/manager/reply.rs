//! Where the result of a request goes, and whether somebody still waits for it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use relance_texts::error;

use crate::error::ScmError;
use crate::win32::Win32Error;

type Deliver<T> = Box<dyn FnOnce(Result<T, ScmError>) + Send>;

/// Where the result of a request goes. A reply that is dropped answers with an error, so nobody
/// waits for ever.
#[must_use = "a request without an answer is an error"]
pub struct Reply<T> {
    deliver: Option<Deliver<T>>,
    given_up: Option<Arc<AtomicBool>>,
}

impl<T> Reply<T> {
    /// A reply that calls `deliver` once, on the thread that completes the request.
    pub fn new(deliver: impl FnOnce(Result<T, ScmError>) + Send + 'static) -> Self {
        Self {
            deliver: Some(Box::new(deliver)),
            given_up: None,
        }
    }

    /// The same reply, for a caller that may give the request up: the flag says so.
    pub fn unless(mut self, given_up: Arc<AtomicBool>) -> Self {
        self.given_up = Some(given_up);
        self
    }

    /// Passes this reply's result on through `convert`, from a request that can be given up as this
    /// one can.
    pub fn of<U: 'static>(mut self, convert: impl FnOnce(U) -> T + Send + 'static) -> Reply<U>
    where
        T: 'static,
    {
        let given_up = self.given_up.take();
        let mut reply = Reply::new(move |result: Result<U, _>| self.send(result.map(convert)));
        reply.given_up = given_up;
        reply
    }

    /// For long work: how long somebody waits for it.
    #[must_use]
    pub fn interest(&self) -> Interest {
        Interest {
            given_up: self.given_up.clone(),
        }
    }

    /// Completes the request.
    pub fn send(mut self, result: Result<T, ScmError>) {
        if let Some(deliver) = self.deliver.take() {
            deliver(result);
        }
    }
}

/// Whether somebody still waits for the answer to a request.
#[derive(Clone, Debug, Default)]
pub struct Interest {
    given_up: Option<Arc<AtomicBool>>,
}

impl Interest {
    /// Whether somebody still waits; a request that cannot be given up always has somebody waiting.
    #[must_use]
    pub fn lasts(&self) -> bool {
        let given_up = self.given_up.as_ref();
        !given_up.is_some_and(|given_up| given_up.load(Ordering::Relaxed))
    }
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        if let Some(deliver) = self.deliver.take() {
            deliver(Err(ScmError::new(
                Win32Error::SHUTDOWN_IN_PROGRESS,
                error::MANAGER_STOPPED,
            )));
        }
    }
}

impl<T> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reply(…)")
    }
}
