//! Takes connections and serves them, each with the caller that the kernel names, as far as `limits`
//! allow.

use std::convert::Infallible;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::response::IntoResponse;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use relance_scm::{Caller, ScmError, ServiceManager, Win32Error};
use relance_sessions::Sessions;
use relance_texts::error;
use relance_wire::api::ErrorReply;
use tokio::net::{UnixListener, UnixStream};

use crate::aside::make_way;
use crate::context::Context;
use crate::limits::{self, Books, Limits, WORKERS};
use crate::panics::Caught;
use crate::reply::RouteError;
use crate::routes;
use crate::sign_in;

/// Pause after a failed accept, which usually means that descriptors are used up.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How often a lasting problem with connections is logged.
const SAY_EVERY: Duration = Duration::from_secs(10);
/// Who is at the other end of a connection.
pub type Identify = Arc<dyn Fn(BorrowedFd<'_>) -> io::Result<Caller> + Send + Sync>;

/// Serves clients on a listening socket, on a thread of its own, until the process ends.
///
/// # Errors
/// When the thread cannot be made.
pub fn serve(
    listener: OwnedFd,
    manager: Arc<dyn ServiceManager>,
    identify: Identify,
    sessions: Sessions,
) -> io::Result<()> {
    serve_within(Limits::default(), listener, manager, identify, sessions)
}

/// The same, within other bounds.
pub(crate) fn serve_within(
    limits: Limits,
    listener: OwnedFd,
    manager: Arc<dyn ServiceManager>,
    identify: Identify,
    sessions: Sessions,
) -> io::Result<()> {
    let books = Books::new(limits);
    let sessions = Arc::new(sessions);
    let listener = std::os::unix::net::UnixListener::from(listener);
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(WORKERS)
        .thread_keep_alive(Duration::from_secs(2))
        .on_thread_start(make_way)
        .build()?;
    std::thread::Builder::new()
        .name("api".into())
        .spawn(move || {
            runtime.block_on(async move {
                match UnixListener::from_std(listener) {
                    Ok(listener) => accept(listener, manager, identify, sessions, books).await,
                    Err(error) => tracing::error!(%error, "clients cannot be served"),
                }
            });
        })?;
    Ok(())
}

async fn accept(
    listener: UnixListener,
    manager: Arc<dyn ServiceManager>,
    identify: Identify,
    sessions: Arc<Sessions>,
    books: Arc<Books>,
) {
    let router = routes::router();
    let mut trouble = Trouble::default();
    let (refusals, aside) = (Arc::default(), Arc::default());
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                trouble.say("a connection cannot be taken", &error);
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let caller = match identify(stream.as_fd()) {
            Ok(caller) => caller,
            Err(error) => {
                trouble.say("a peer cannot be identified", &error);
                continue;
            }
        };
        let Some(place) = books.connection(&caller) else {
            trouble.say("too many connections", &caller.name);
            // As far as it goes without waiting.
            let _ = stream.try_write(&too_many());
            continue;
        };
        let context = Context {
            manager: Arc::clone(&manager),
            caller: Arc::new(caller),
            sessions: Arc::clone(&sessions),
            books: Arc::clone(&books),
            signed_in: None,
            refusals: Arc::clone(&refusals),
            aside: Arc::clone(&aside),
        };
        let router = router.clone();
        tokio::spawn(async move {
            // A fault beside the requests, in a stream for instance, ends the connection.
            let _ = Caught::new(serve_connection(stream, router, context)).await;
            drop(place);
        });
    }
}

/// The answer to a connection beyond the limits before it is closed.
fn too_many() -> Vec<u8> {
    let error = ScmError::new(Win32Error::NOT_ENOUGH_QUOTA, error::TOO_MANY_CONNECTIONS);
    let body = serde_json::to_string(&ErrorReply::from(&error)).unwrap_or_default();
    let length = body.len();
    format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Logs the same problem once, and again if it lasts, so that a client cannot fill the diagnostics.
#[derive(Default)]
struct Trouble {
    said: Option<Instant>,
    unsaid: u64,
}

impl Trouble {
    fn say(&mut self, what: &str, why: &dyn std::fmt::Display) {
        if self.said.is_some_and(|said| said.elapsed() < SAY_EVERY) {
            self.unsaid += 1;
            return;
        }
        tracing::warn!(%why, unsaid = self.unsaid, "{what}");
        *self = Self {
            said: Some(Instant::now()),
            unsaid: 0,
        };
    }
}

pub(crate) async fn serve_connection(stream: UnixStream, router: Router, context: Context) {
    let head_timeout = context.books.limits.head_timeout;
    let head_len_max = limits::head_len_max(&context.caller);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let serving = match sign_in::identify(&context.sessions, &context.caller, &request) {
            Ok(None) => Ok(context.clone()),
            Ok(Some((signed_in, caller))) => Ok(Context {
                caller: Arc::new(caller),
                signed_in: Some(signed_in),
                ..context.clone()
            }),
            Err(error) => Err(sign_in::refuse(error)),
        };
        let router = router.clone();
        async move {
            match serving {
                Ok(context) => {
                    request.extensions_mut().insert(context);
                    let answering = TowerToHyperService::new(router).call(request);
                    let answer = Caught::new(answering).await;
                    answer.unwrap_or_else(|fault| Ok(RouteError(fault).into_response()))
                }
                Err(refused) => Ok::<_, Infallible>(refused),
            }
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .max_buf_size(head_len_max)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}
