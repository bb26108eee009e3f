//! Which paths there are.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::routing::{delete, get, post};
use relance_scm::{Caller, Reply, ScmError, ServiceManager};
use relance_sessions::Sessions;
use tokio::sync::oneshot;

use crate::limits::Books;
use crate::refusals::Refusals;
use crate::sign_in::SignedIn;
use crate::{access, attach, events, output, reply, services, sign_in, simulate, stream};

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
}

/// Put into the request by whoever took its connection: routes are made once, not for each request.
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

/// All routes; each request brings its [`Context`].
pub(crate) fn router() -> Router {
    Router::new()
        .route("/v1/manager", get(services::manager))
        .route("/v1/services", get(services::list).post(services::create))
        .route(
            "/v1/services/{name}",
            get(services::show)
                .patch(services::change)
                .delete(services::delete),
        )
        .route("/v1/services/{name}/status", get(services::status))
        .route("/v1/services/{name}/config", get(services::config))
        .route(
            "/v1/services/{name}/environment",
            get(services::environment),
        )
        .route(
            "/v1/services/{name}/access",
            get(access::show).post(access::change),
        )
        .route("/v1/services/{name}/why", get(services::why))
        .route("/v1/services/{name}/start", post(services::start))
        .route("/v1/services/{name}/stop", post(services::stop))
        .route("/v1/services/{name}/pause", post(services::pause))
        .route("/v1/services/{name}/continue", post(services::resume))
        .route("/v1/services/{name}/control", post(services::control))
        .route("/v1/services/{name}/terminate", post(services::terminate))
        .route(
            "/v1/services/{name}/cancel-recovery",
            post(services::cancel_recovery),
        )
        .route("/v1/services/{name}/output", get(output::read))
        .route("/v1/apply", post(services::apply))
        .route("/v1/events", get(events::find).post(events::write))
        .route("/v1/stream", get(stream::stream))
        .route("/v1/usage", get(services::usage))
        .route("/v1/sign-in-links", post(sign_in::create_link))
        .route("/v1/session", get(sign_in::show).delete(sign_in::sign_out))
        .route("/v1/sessions", get(sign_in::list).post(sign_in::sign_in))
        .route("/v1/sessions/{id}", delete(sign_in::end))
        .route("/v1/tokens", post(sign_in::create_token))
        .route("/v1/simulate", post(simulate::simulate))
        .route("/v1/clock/advance", post(services::advance_clock))
        .route("/v1/runs/{run}/attach", post(attach::attach))
        .fallback(reply::no_such_path)
        .method_not_allowed_fallback(reply::no_such_method)
}
