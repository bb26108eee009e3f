//! Takes connections and serves them, each with the caller that the kernel names.
//!
//! Connections are bounded, in all and for each user who is no administrator, so that nobody can use
//! up the manager's descriptors.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use relance_scm::{Caller, ServiceManager};
use tokio::net::{UnixListener, UnixStream};

use crate::routes::{self, Context};
use crate::sessions::Sessions;
use crate::sign_in;

/// Connections at a time.
const CONNECTIONS_MAX: usize = 4096;
/// Connections at a time of one caller who is no administrator.
const CONNECTIONS_OF_ONE_MAX: usize = 64;
/// How long a client may take to send the head of a request, the next one of its connection too.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause after a failed accept, which means that descriptors are used up.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

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
    let sessions = Arc::new(sessions);
    let listener = std::os::unix::net::UnixListener::from(listener);
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(4)
        .thread_keep_alive(Duration::from_secs(2))
        .build()?;
    std::thread::Builder::new()
        .name("api".into())
        .spawn(move || {
            runtime.block_on(async move {
                match UnixListener::from_std(listener) {
                    Ok(listener) => accept(listener, manager, identify, sessions).await,
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
) {
    let connections = Arc::new(Connections::default());
    let router = routes::router();
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be taken");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let caller = match identify(stream.as_fd()) {
            Ok(caller) => caller,
            Err(error) => {
                tracing::warn!(%error, "a peer cannot be identified");
                continue;
            }
        };
        let Some(slot) = Connections::take(&connections, &caller) else {
            tracing::warn!(caller = %caller.name, "too many connections");
            continue;
        };
        let context = Context {
            manager: Arc::clone(&manager),
            caller: Arc::new(caller),
            sessions: Arc::clone(&sessions),
            signed_in: None,
        };
        let router = router.clone();
        tokio::spawn(async move {
            serve_connection(stream, router, context).await;
            drop(slot);
        });
    }
}

async fn serve_connection(stream: UnixStream, router: Router, context: Context) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        let serving = match sign_in::identify(&context.sessions, &request) {
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
                    TowerToHyperService::new(router).call(request).await
                }
                Err(refused) => Ok(refused),
            }
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// How many connections there are, and whose.
#[derive(Debug, Default)]
struct Connections(Mutex<HashMap<Box<str>, usize>>);

/// One connection's place; given back when it is dropped.
struct Slot {
    connections: Arc<Connections>,
    name: Box<str>,
}

impl Connections {
    fn take(connections: &Arc<Self>, caller: &Caller) -> Option<Slot> {
        let mut counts = connections.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = counts.values().sum();
        let own = counts.entry(caller.name.clone()).or_default();
        let limit = if caller.is_administrator() {
            CONNECTIONS_MAX
        } else {
            CONNECTIONS_OF_ONE_MAX
        };
        if all >= CONNECTIONS_MAX || *own >= limit {
            return None;
        }
        *own += 1;
        Some(Slot {
            connections: Arc::clone(connections),
            name: caller.name.clone(),
        })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut counts = self
            .connections
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.name);
            }
        }
    }
}
