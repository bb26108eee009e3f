//! The way back of a service that has lost its control channel: the connection becomes one.

use std::os::fd::OwnedFd;

use axum::extract::{Path, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use relance_scm::{RunId, ScmError, Win32Error};
use relance_texts::{error, quoted};
use tokio::net::UnixStream;

use crate::context::Context;
use crate::panics::Caught;
use crate::reply::RouteResult;

/// Name of what the connection becomes.
const PROTOCOL: &str = "relance-channel";

/// `POST /v1/runs/RUN/attach` with `Upgrade: relance-channel` and the run's secret.
///
/// The secret is checked by the manager once it has the connection; a wrong one closes it.
pub(crate) async fn attach(
    context: Context,
    Path(run): Path<String>,
    request: Request,
) -> RouteResult<Response> {
    let run: RunId = run.parse().map_err(|_| {
        ScmError::new(
            Win32Error::INVALID_PARAMETER,
            error::NoRunId { text: quoted(run) },
        )
    })?;
    let headers = request.headers();
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let asks = value("upgrade").is_some_and(|protocol| protocol.eq_ignore_ascii_case(PROTOCOL));
    let secret = value("relance-secret")
        .filter(|_| asks)
        .map(ToOwned::to_owned)
        .ok_or_else(|| ScmError::new(Win32Error::INVALID_PARAMETER, error::ATTACH))?;
    let upgrade = hyper::upgrade::on(request);
    tokio::spawn(Caught::new(async move {
        if let Ok(upgraded) = upgrade.await
            && let Some(channel) = into_channel(upgraded)
        {
            let handed =
                context.ask(|manager, _, reply| manager.attach(run, secret, channel, reply));
            if let Err(error) = handed.await {
                // Not a warning, because any user can cause this line.
                tracing::debug!(%run, %error, "a process may not attach");
            }
        }
    }));
    let headers = [(header::CONNECTION, "upgrade"), (header::UPGRADE, PROTOCOL)];
    Ok((StatusCode::SWITCHING_PROTOCOLS, headers).into_response())
}

/// The descriptor of the connection. Nothing may have been read beyond the request: a client speaks
/// only after the answer.
fn into_channel(upgraded: Upgraded) -> Option<OwnedFd> {
    let parts = upgraded.downcast::<TokioIo<UnixStream>>().ok()?;
    if !parts.read_buf.is_empty() {
        return None;
    }
    let stream = parts.io.into_inner().into_std().ok()?;
    Some(stream.into())
}
