//! What comes with every request: who asks, which manager is asked, and what the caller was signed in
//! with. `server` makes it, the routes take it as an argument.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use relance_scm::{Caller, Reply, ScmError, ServiceManager};
use relance_sessions::Sessions;
use relance_wire::api::SessionBody;
use tokio::sync::oneshot;

use crate::aside::{Aside, Flow};
use crate::limits::Books;
use crate::refusals::Refusals;

/// Who asks, and whom.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) manager: Arc<dyn ServiceManager>,
    pub(crate) caller: Arc<Caller>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) books: Arc<Books>,
    /// What the request was signed in with; `None`: the caller is the peer of the socket.
    pub(crate) signed_in: Option<SignedIn>,
    /// Sign-ins that were refused.
    pub(crate) refusals: Arc<Refusals>,
    /// Where streams of users who do not administer are made.
    pub(crate) aside: Arc<Aside>,
}

/// What a request with `Authorization: Bearer` was made with.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    pub(crate) secret: Arc<str>,
    pub(crate) session: SessionBody,
    /// The Unix user of the connection.
    pub(crate) through: Option<u32>,
}

impl SignedIn {
    /// Whether it lasts.
    fn lasts(&self, sessions: &Sessions) -> bool {
        sessions.find(&self.secret, self.through).is_ok()
    }
}

/// `server` puts it into each request: routes are made once, not for each request.
impl<S: Sync> FromRequestParts<S> for Context {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let context = parts.extensions.get::<Self>();
        Ok(context.expect("every request has its context").clone())
    }
}

impl Context {
    /// Whether the session this request was signed in with still holds; asked by what goes on for
    /// long.
    pub(crate) fn holds(&self) -> bool {
        let signed_in = self.signed_in.as_ref();
        signed_in.is_none_or(|signed_in| signed_in.lasts(&self.sessions))
    }

    /// Parts of an answer that goes on. Those for users who do not administer are made beside the thread that
    /// answers; `waiting` of them may wait for a slow reader.
    pub(crate) fn streamed<T: Send + 'static>(&self, waiting: usize, parts: Flow<T>) -> Flow<T> {
        if self.caller.is_administrator() {
            return parts;
        }
        self.aside.make(waiting, parts)
    }

    /// Asks the manager and waits for the answer.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        request: impl FnOnce(&dyn ServiceManager, &Caller, Reply<T>),
    ) -> Result<T, ScmError> {
        let (sender, receiver) = oneshot::channel();
        let answer = Reply::new(move |result| {
            // A client that is gone needs no answer.
            let _ = sender.send(result);
        });
        request(&*self.manager, &self.caller, answer);
        receiver
            .await
            .expect("a reply that is dropped answers with an error")
    }
}
