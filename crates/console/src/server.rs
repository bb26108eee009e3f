//! The server: its routes, and the rules that every request and answer keeps.
//!
//! A request must name this console as its host (else another site's name could be pointed at it),
//! and one that changes something must come from a page of ours. Every answer says that nothing from
//! elsewhere may be loaded or run, and that it is not to be kept.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use axum::Router;
use axum::body::HttpBody as _;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use relance_texts::console;
use serde::{Deserialize, Serialize};
use tower_http::compression::CompressionLayer;

use crate::app::App;
use crate::gate::{Gate, TURNS};
use crate::likes::Likes;
use crate::manager::Place;
use crate::seats::Seat;
use crate::viewer::{self, Viewer};
use crate::{
    api_page, assets, control, create, history, listen, log, metrics, overview, policies, reply,
    rules, scale, service, services, sign_in,
};

/// Carries the [`Setup`] from the guardian to the console.
#[cfg(unix)]
pub const SETUP_VARIABLE: &str = "RELANCE_CONSOLE";
/// Longest body of a request of somebody who is signed in.
const BODY_LEN_MAX: usize = 1 << 20;
/// Longest body of anybody else: a code that signs in, or preferences.
const BODY_OF_STRANGER_LEN_MAX: usize = 4096;
/// Controls among them: a start may wait half a minute, and pages are to be answered meanwhile.
const CONTROLS_MAX: usize = 16;

/// `default-src 'none'`: what is not named here is not loaded at all.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What a console needs to know.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Setup {
    /// The manager's socket.
    #[cfg(unix)]
    pub socket: std::path::PathBuf,
    /// The service that this console is; its sessions are kept there.
    #[cfg(windows)]
    pub service: String,
    /// Names under which browsers may ask for the console, besides addresses and localhost.
    pub names: Vec<String>,
    /// How many services have series of their own in the metrics; 0 for none.
    pub metrics_services: usize,
}

/// The same when nobody says: enough for most machines, and few enough for their Prometheus.
pub const METRICS_SERVICES: usize = 1000;

impl Setup {
    #[cfg(unix)]
    fn place(&self) -> Place {
        Place::Socket(self.socket.clone())
    }

    #[cfg(windows)]
    fn place(&self) -> Place {
        self.service.as_str().into()
    }
}

/// The setup that the guardian handed over.
///
/// # Errors
/// When this process was not started by it.
#[cfg(unix)]
pub fn handed_over_setup() -> io::Result<Setup> {
    let text = std::env::var(SETUP_VARIABLE).map_err(|_| {
        io::Error::other("the console's server is started by relance daemon --console, not by hand")
    })?;
    // With its parent everything that it could show is gone.
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM))?;
    Ok(serde_json::from_str(&text)?)
}

/// Serves browsers on a socket, until the process is ended.
///
/// # Errors
/// When the socket cannot be used.
pub fn serve(listener: TcpListener, setup: Setup) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(TURNS)
        .build()?;
    let cookie = viewer::cookie_name(listener.local_addr()?.port());
    runtime.block_on(async move {
        let app = Arc::new(App {
            target: setup.place(),
            hubs: Arc::default(),
            metrics: Arc::default(),
            controls: tokio::sync::Semaphore::new(CONTROLS_MAX),
            gate: Gate::default(),
            cookie,
            names: setup.names,
            metrics_services: setup.metrics_services,
        });
        tokio::spawn(metrics::observe(Arc::clone(&app)));
        listen::serve(listener, router(app)).await
    })
}

fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(services::page))
        .route("/overview", get(overview::page))
        .route("/stream/overview", get(overview::stream))
        .route("/stream/services", get(services::stream))
        .route("/control", post(control::control))
        .route(
            "/service/{tab}",
            get(service::page).post(service::edit::save),
        )
        .route("/stream/service/{tab}", get(service::stream))
        .route("/output/lines", get(service::output::part_of))
        .route("/output/find", get(service::output::find))
        .route("/output/download", get(service::output::download))
        .route("/policies", get(policies::list))
        .route("/policy", get(policies::page).post(policies::save))
        .route("/policy/preview", post(policies::preview))
        .route("/preview/{tab}", post(service::edit::preview))
        .route("/create", get(create::page).post(create::create))
        .route("/create/preview", post(create::preview))
        .route("/rights", post(service::access::change))
        .route("/delete", post(control::delete))
        .route("/scale", get(scale::page).post(scale::scale))
        .route("/events", get(log::page))
        .route("/events/export", get(log::export))
        .route("/events/{number}", get(log::event))
        .route("/stream/events", get(log::stream))
        .route("/rules/{id}", get(rules::page))
        .route("/history", get(history::page))
        .route("/stream/history", get(history::stream))
        .route("/signin", get(sign_in::page).post(sign_in::sign_in))
        .route("/signout", post(sign_in::sign_out))
        .route("/preferences", post(sign_in::preferences))
        .route("/access", get(sign_in::access).post(sign_in::change_access))
        .route("/api", get(api_page::page))
        .route("/api/openapi.json", get(api_page::document))
        .route("/metrics", get(metrics::metrics))
        .route("/healthz", get(metrics::health))
        .route("/readyz", get(metrics::ready))
        .route("/assets/console.css", get(assets::style))
        .route("/assets/console.js", get(assets::script))
        .route("/assets/icon.svg", get(assets::icon))
        .route(
            "/favicon.ico",
            get(|| async { Redirect::permanent("/assets/icon.svg") }),
        )
        .fallback(reply::not_found)
        .layer(middleware::from_fn(reply::say_refusals))
        // Bodies are read by the guard.
        .layer(DefaultBodyLimit::disable())
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard))
        .with_state(app)
}

/// Refuses requests that are not meant for us or that another site made, and marks every answer.
async fn guard(
    axum::extract::State(app): axum::extract::State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let lang = Likes::of(headers).lang;
    let mut response = if !is_our_host(headers, request.uri(), &app.names) {
        refuse(
            StatusCode::MISDIRECTED_REQUEST,
            console::OTHER_NAME.of(lang),
        )
    } else if is_unsafe(request.method()) && is_foreign(headers) {
        refuse(StatusCode::FORBIDDEN, console::OTHER_SITE.of(lang))
    } else if is_unsafe(request.method()) {
        let longest = longest_body(&app, Claim::of(&request)).await;
        match listen::with_body(request, longest).await {
            Ok(request) => next.run(request).await,
            Err(status) => refuse(status, console::TOO_LONG.of(lang)),
        }
    } else {
        next.run(request).await
    };
    mark(response.headers_mut());
    response
}

/// How long the body of a request may be. A long one is read of those only who are signed in.
async fn longest_body(app: &Arc<App>, claim: Claim) -> usize {
    if claim.is_short {
        return BODY_OF_STRANGER_LEN_MAX;
    }
    let viewer = Viewer::of(app, &claim.headers, claim.seat.as_ref()).await;
    viewer.map_or(BODY_OF_STRANGER_LEN_MAX, |_| BODY_LEN_MAX)
}

/// What is known of a request before its body is read.
struct Claim {
    /// Whether its body is said to be short.
    is_short: bool,
    headers: HeaderMap,
    seat: Option<Seat>,
}

impl Claim {
    fn of(request: &Request) -> Self {
        let len = request.body().size_hint().upper();
        Self {
            is_short: len.is_some_and(|len| len <= BODY_OF_STRANGER_LEN_MAX as u64),
            headers: request.headers().clone(),
            seat: request.extensions().get().cloned(),
        }
    }
}

fn refuse(status: StatusCode, sentence: &'static str) -> Response {
    (status, format!("{sentence}\n")).into_response()
}

fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD)
}

/// Whether the request names us: an address, localhost, or a name of the settings. Any other name
/// may be one that an attacker has pointed here. All that it names has to be us.
pub(crate) fn is_our_host(headers: &HeaderMap, uri: &Uri, names: &[String]) -> bool {
    let named = headers.get_all(header::HOST);
    let mut named = named.iter().map(|host| host.to_str().ok()).peekable();
    let in_uri = uri.authority().map(|authority| Some(authority.as_str()));
    if named.peek().is_none() && in_uri.is_none() {
        return false;
    }
    named
        .chain(in_uri)
        .all(|host| host.is_some_and(|host| is_our_name(host, names)))
}

fn is_our_name(host: &str, names: &[String]) -> bool {
    if host.parse::<SocketAddr>().is_ok() || host.parse::<Ipv4Addr>().is_ok() {
        return true;
    }
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if bare.is_some_and(|bare| bare.parse::<IpAddr>().is_ok()) {
        return true;
    }
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name.eq_ignore_ascii_case("localhost")
        || names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether a page of another site made the request. Scripts with a token send no origin, and no
/// browser sends their token by itself.
pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
    let value = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = value(HeaderName::from_static("sec-fetch-site"))
        && site != "same-origin"
        && site != "none"
    {
        return true;
    }
    match (value(header::ORIGIN), value(header::HOST)) {
        (Some(origin), Some(host)) => {
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            authority != Some(host)
        }
        (Some(_), None) => true,
        // No browser of today leaves it out; one that does and has the cookie is asked for the form
        // key anyway.
        (None, _) => false,
    }
}

fn mark(headers: &mut HeaderMap) {
    let rules = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // Not `no-referrer`: with it a browser's own forms would name no origin.
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in rules {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn only_our_own_names_are_answered() {
        let names = ["relance.example".to_owned()];
        let uri = Uri::from_static("/");
        let ours = |host| is_our_host(&headers(&[(header::HOST, host)]), &uri, &names);
        for host in [
            "127.0.0.1:7467",
            "[::1]:7467",
            "[::1]",
            "10.0.0.1",
            "localhost",
            "LOCALHOST:1",
            "relance.example:80",
        ] {
            assert!(ours(host), "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example:7467", ""] {
            assert!(!ours(host), "{host}");
        }
        assert!(!is_our_host(&HeaderMap::new(), &uri, &names));
    }

    #[test]
    fn a_request_that_names_two_places_is_not_ours() {
        let host = |name| (header::HOST, HeaderValue::from_static(name));
        let ours = |pairs: &[(HeaderName, HeaderValue)], uri: &'static str| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(name, value.clone());
            }
            is_our_host(&headers, &Uri::from_static(uri), &[])
        };
        let (here, elsewhere) = (host("127.0.0.1:7467"), host("evil.example"));
        assert!(ours(std::slice::from_ref(&here), "/"));
        assert!(ours(std::slice::from_ref(&here), "http://127.0.0.1:7467/"));
        assert!(!ours(std::slice::from_ref(&here), "http://evil.example/"));
        assert!(!ours(&[here.clone(), elsewhere.clone()], "/"));
        assert!(!ours(&[elsewhere, here], "/"));
    }

    #[test]
    fn requests_of_other_sites_are_foreign() {
        let site = HeaderName::from_static("sec-fetch-site");
        let host = (header::HOST, "127.0.0.1:7467");
        let foreign = |pair| is_foreign(&headers(&[host.clone(), pair]));
        assert!(foreign((site.clone(), "cross-site")));
        assert!(foreign((site.clone(), "same-site")));
        assert!(foreign((header::ORIGIN, "http://evil.example")));
        assert!(foreign((header::ORIGIN, "null")));
        assert!(foreign((header::ORIGIN, "http://127.0.0.1:7468")));
        assert!(!foreign((header::ORIGIN, "http://127.0.0.1:7467")));
        assert!(!foreign((site, "same-origin")));
    }
}
