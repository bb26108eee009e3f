//! Which paths there are.

use axum::Router;
use axum::routing::{delete, get, patch, post};

use crate::{
    access, attach, events, notices, output, policies, reply, scale, services, sign_in, simulate,
    stream,
};

/// All routes; each request brings its [`Context`](crate::context::Context).
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
        .route("/v1/services/{name}/restart", post(services::restart))
        .route("/v1/services/{name}/pause", post(services::pause))
        .route("/v1/services/{name}/continue", post(services::resume))
        .route("/v1/services/{name}/control", post(services::control))
        .route("/v1/services/{name}/terminate", post(services::terminate))
        .route(
            "/v1/services/{name}/cancel-recovery",
            post(services::cancel_recovery),
        )
        .route("/v1/services/{name}/output", get(output::read))
        .route("/v1/templates/{name}/scale", post(scale::scale))
        .route("/v1/apply", post(services::apply))
        .route("/v1/events", get(events::find).post(events::write))
        .route("/v1/stream", get(stream::stream))
        .route("/v1/usage", get(services::usage))
        .route("/v1/sign-in-links", post(sign_in::create_link))
        .route("/v1/session", get(sign_in::show).delete(sign_in::sign_out))
        .route("/v1/sessions", get(sign_in::list).post(sign_in::sign_in))
        .route("/v1/sessions/{id}", delete(sign_in::end))
        .route("/v1/tokens", post(sign_in::create_token))
        .route("/v1/policies", get(policies::list))
        .route(
            "/v1/policies/{name}",
            patch(policies::change).delete(policies::delete),
        )
        .route("/v1/notices", get(notices::show))
        .route("/v1/notices/test", post(notices::test))
        .route("/v1/notices/report", post(notices::report))
        .route("/v1/simulate", post(simulate::simulate))
        .route("/v1/clock/advance", post(services::advance_clock))
        .route("/v1/runs/{run}/attach", post(attach::attach))
        .fallback(reply::no_such_path)
        .method_not_allowed_fallback(reply::no_such_method)
}
