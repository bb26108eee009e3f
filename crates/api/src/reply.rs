//! Results and errors as answers, and requests that cannot be read.

use axum::Json;
use axum::body::HttpBody;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use relance_scm::{ScmError, ServiceName, Win32Error};
use relance_texts::{error, shown};
use relance_wire::api::ErrorReply;
use serde::de::DeserializeOwned;

use crate::context::Context;
use crate::limits::body_len_max;

/// An answer that is not a success.
pub(crate) struct RouteError(pub(crate) ScmError);

/// What a handler gives.
pub(crate) type RouteResult<T> = Result<T, RouteError>;

impl From<ScmError> for RouteError {
    fn from(error: ScmError) -> Self {
        Self(error)
    }
}

impl IntoResponse for RouteError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.class().http_status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(ErrorReply::from(&self.0))).into_response()
    }
}

/// A body of JSON. An empty one stands for `{}`.
pub(crate) struct Body<T>(pub(crate) T);

/// The bytes of a body, as many as the caller may send, in the time that it has for them.
async fn read(request: Request) -> RouteResult<axum::body::Bytes> {
    let (mut parts, body) = request.into_parts();
    let Ok(context) = Context::from_request_parts(&mut parts, &()).await;
    let limit = body_len_max(&context.caller);
    let too_long = || {
        RouteError(ScmError::new(
            Win32Error::NOT_ENOUGH_QUOTA,
            error::BodyLength {
                caller: shown(&context.caller.name),
                most: shown(&limit / 1024),
            },
        ))
    };
    if body.size_hint().lower() > limit as u64 {
        return Err(too_long());
    }
    let timeout = context.books.limits.body_timeout;
    match tokio::time::timeout(timeout, axum::body::to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_too_long(&error) => Err(too_long()),
        Ok(Err(error)) => Err(RouteError(ScmError::new(
            Win32Error::INVALID_PARAMETER,
            error::BodyUnreadable {
                error: shown(&error),
            },
        ))),
        Err(_) => Err(RouteError(ScmError::new(
            Win32Error::TIMEOUT,
            error::BodySlow {
                seconds: shown(timeout.as_secs()),
            },
        ))),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    std::error::Error::source(error)
        .is_some_and(|source| source.to_string().contains("length limit"))
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = RouteError;

    async fn from_request(request: Request, _: &S) -> RouteResult<Self> {
        let bytes = read(request).await?;
        let bytes = if bytes.is_empty() { &b"{}"[..] } else { &bytes };
        let parsed: Result<Json<T>, JsonRejection> = Json::from_bytes(bytes);
        parsed.map(|Json(body)| Self(body)).map_err(|error| {
            RouteError(ScmError::new(
                Win32Error::INVALID_PARAMETER,
                error::RequestUnreadable {
                    error: error.body_text(),
                },
            ))
        })
    }
}

/// The query string.
pub(crate) struct Questions<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Questions<T> {
    type Rejection = RouteError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> RouteResult<Self> {
        let read: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, state).await;
        read.map(|Query(query)| Self(query)).map_err(|error| {
            RouteError(ScmError::new(
                Win32Error::INVALID_PARAMETER,
                error::RequestUnreadable {
                    error: error.body_text(),
                },
            ))
        })
    }
}

/// The service's name in the path.
pub(crate) struct Name(pub(crate) ServiceName);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = RouteError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> RouteResult<Self> {
        let path = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|error| {
                RouteError(ScmError::new(
                    Win32Error::INVALID_NAME,
                    error::RequestUnreadable {
                        error: error.body_text(),
                    },
                ))
            })?;
        Ok(Self(ServiceName::new(path.0)?))
    }
}

pub(crate) async fn no_such_path() -> RouteError {
    RouteError(ScmError::new(Win32Error::NOT_FOUND, error::NO_PATH))
}

pub(crate) async fn no_such_method() -> Response {
    let error = ScmError::new(Win32Error::NOT_SUPPORTED, error::NO_METHOD);
    (
        StatusCode::METHOD_NOT_ALLOWED,
        Json(ErrorReply::from(&error)),
    )
        .into_response()
}
