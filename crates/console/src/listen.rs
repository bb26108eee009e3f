//! Takes connections and serves them: each has a seat, a short time to send its request, and a small buffer.

use std::net::TcpListener;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;

use crate::seats::{Limits, Seat, Seats};

/// How long a browser may take for the head of a request, the next one of its connection too.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long it may take for the body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest head of a request.
const HEAD_LEN_MAX: usize = 32 * 1024;
/// Pause after a failed accept, which usually means that descriptors are used up.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves browsers for ever.
///
/// # Errors
/// When the socket cannot be used.
pub(crate) async fn serve(listener: TcpListener, router: Router) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let seats = Seats::new(Limits::within(files()));
    loop {
        match listener.accept().await {
            Ok((stream, from)) => {
                let seat = seats.take(from.ip());
                tokio::spawn(serve_connection(stream, seat, router.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be taken");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// How many files this process may have open.
#[cfg(unix)]
fn files() -> u64 {
    use rustix::process::{Resource, getrlimit};
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// Windows has no such limit.
#[cfg(windows)]
fn files() -> u64 {
    u64::MAX
}

async fn serve_connection(stream: TcpStream, seat: Seat, router: Router) {
    let of_requests = seat.clone();
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(of_requests.clone());
        TowerToHyperService::new(router.clone()).call(request)
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_LEN_MAX)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        served = served => if let Err(error) = served {
            tracing::debug!(%error, "a connection ended early");
        },
        () = seat.lost() => tracing::debug!("a connection made room for another one"),
    }
}

/// Reads the body of a request, so that nothing else waits for it.
///
/// # Errors
/// 408 when it does not come in time, 413 when it is longer than this.
pub(crate) async fn with_body(request: Request, longest: usize) -> Result<Request, StatusCode> {
    let (parts, body) = request.into_parts();
    if body.size_hint().lower() > longest as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let read = tokio::time::timeout(BODY_TIMEOUT, read(body, longest)).await;
    let bytes = read.map_err(|_| StatusCode::REQUEST_TIMEOUT)??;
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

async fn read(body: Body, longest: usize) -> Result<Bytes, StatusCode> {
    to_bytes(body, longest)
        .await
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)
}
