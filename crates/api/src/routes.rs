//! Which paths there are.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use relance_scm::{Caller, Reply, ScmError, ServiceManager};
use tokio::sync::oneshot;

use crate::{attach, events, output, reply, services, simulate, stream};

/// Longest body of a request: ten thousand services at once.
const BODY_LEN_MAX: usize = 32 * 1024 * 1024;

/// Who asks, and whom.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) manager: Arc<dyn ServiceManager>,
    pub(crate) caller: Arc<Caller>,
}

impl Context {
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

/// All routes; each connection adds its caller.
pub(crate) fn router() -> Router<Context> {
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
        .route("/v1/simulate", post(simulate::simulate))
        .route("/v1/clock/advance", post(services::advance_clock))
        .route("/v1/runs/{run}/attach", post(attach::attach))
        .fallback(reply::no_such_path)
        .method_not_allowed_fallback(reply::no_such_method)
        .layer(DefaultBodyLimit::max(BODY_LEN_MAX))
}
