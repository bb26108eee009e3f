//! Links, sessions and tokens, and who a request with one of them comes from.

use axum::Json;
use axum::extract::Path;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use relance_scm::security::Sid;
use relance_scm::{Caller, ScmError, Win32Error};
use relance_sessions::Sessions;
use relance_texts::{Sentence, error};
use relance_wire::api::{
    LinkReply, LinkRequest, Role, SessionBody, SessionsReply, SignInRequest, TokenReply,
    TokenRequest,
};

use crate::context::{Context, SignedIn};
use crate::refusals;
use crate::reply::{Body, RouteError, RouteResult};

/// Paths where a reader may use other methods than GET: they change nothing, or only the reader's
/// own session.
const HARMLESS: [&str; 3] = ["/v1/simulate", "/v1/session", "/v1/sessions"];

/// The caller that a request's token stands for; `None` without one.
///
/// # Errors
/// 1326 for a token that is not known, 5 for a reader that wants to change something.
pub(crate) fn identify<B>(
    sessions: &Sessions,
    peer: &Caller,
    request: &axum::http::Request<B>,
) -> Result<Option<(SignedIn, Caller)>, ScmError> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let secret = value
        .to_str()
        .ok()
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(|| ScmError::new(Win32Error::LOGON_FAILURE, error::BEARER))?;
    let through = user(peer);
    let (session, caller) = sessions.find(secret, through)?;
    let path = request.uri().path();
    if session.role == Role::Reader && request.method() != Method::GET && !HARMLESS.contains(&path)
    {
        return Err(ScmError::new(Win32Error::ACCESS_DENIED, error::READ_ONLY));
    }
    let signed_in = SignedIn {
        secret: secret.into(),
        session,
        through,
    };
    Ok(Some((signed_in, caller)))
}

/// The Unix user that the kernel names as the peer of a connection.
fn user(peer: &Caller) -> Option<u32> {
    peer.sids.iter().find_map(|sid| match sid {
        Sid::UnixUser(uid) => Some(*uid),
        _ => None,
    })
}

/// The answer to a request that [`identify`] refuses.
pub(crate) fn refuse(error: ScmError) -> Response {
    let mut response = RouteError(error.clone()).into_response();
    if error.code() == Win32Error::LOGON_FAILURE {
        *response.status_mut() = StatusCode::UNAUTHORIZED;
    }
    response
}

/// While the console does not run, another program may have its port, and would get the code of a link.
async fn check_console(context: &Context) -> RouteResult<()> {
    if !context.sessions.has_console() {
        return Ok(());
    }
    let info = context
        .ask(|manager, caller, reply| manager.query_manager(caller, reply))
        .await?;
    let console = info.console.unwrap_or_default();
    if console.pid != 0 && console.problem.is_none() {
        return Ok(());
    }
    let problem = console
        .problem
        .map_or_else(|| Sentence::from(error::CONSOLE_STARTS), Sentence::foreign);
    let refused = error::ConsoleAway { problem };
    Err(ScmError::new(Win32Error::SERVICE_NOT_ACTIVE, refused).into())
}

/// `POST /v1/sign-in-links`
pub(crate) async fn create_link(
    context: Context,
    Body(body): Body<LinkRequest>,
) -> RouteResult<Json<LinkReply>> {
    check_console(&context).await?;
    Ok(Json(
        context.sessions.create_link(&context.caller, body.role)?,
    ))
}

/// `POST /v1/sessions`
pub(crate) async fn sign_in(
    context: Context,
    Body(body): Body<SignInRequest>,
) -> RouteResult<Json<TokenReply>> {
    let through = match &context.signed_in {
        Some(signed_in) => signed_in.through,
        None => user(&context.caller),
    };
    let signed_in = context.sessions.sign_in(&body.code, through);
    if signed_in.is_err() {
        let from = refusals::origin(body.from, &context.caller);
        refusals::note(&context.refusals, &context.manager, from);
    }
    Ok(Json(signed_in?))
}

/// `GET /v1/sessions`
pub(crate) async fn list(context: Context) -> RouteResult<Json<SessionsReply>> {
    let sessions = context.sessions.list(&context.caller)?;
    Ok(Json(SessionsReply { sessions }))
}

/// `DELETE /v1/sessions/ID`
pub(crate) async fn end(context: Context, Path(id): Path<String>) -> RouteResult<StatusCode> {
    context.sessions.end(&context.caller, &id)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v1/tokens`
pub(crate) async fn create_token(
    context: Context,
    Body(body): Body<TokenRequest>,
) -> RouteResult<Json<TokenReply>> {
    Ok(Json(context.sessions.create_token(&context.caller, &body)?))
}

/// `GET /v1/session`: who asks.
pub(crate) async fn show(context: Context) -> Json<SessionBody> {
    let session = context.signed_in.map_or_else(
        || SessionBody {
            id: String::new(),
            name: context.caller.name.to_string(),
            role: if context.caller.is_administrator() {
                Role::Administrator
            } else {
                Role::Reader
            },
            token: false,
            created_at_ms: 0,
            expires_at_ms: None,
        },
        |signed_in| signed_in.session,
    );
    Json(session)
}

/// `DELETE /v1/session`
pub(crate) async fn sign_out(context: Context) -> RouteResult<StatusCode> {
    let Some(signed_in) = &context.signed_in else {
        return Err(
            ScmError::new(Win32Error::INVALID_PARAMETER, error::NO_SESSION_OF_SOCKET).into(),
        );
    };
    context.sessions.sign_out(&signed_in.secret)?;
    Ok(StatusCode::NO_CONTENT)
}
