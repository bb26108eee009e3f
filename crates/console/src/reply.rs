//! Answers: pages, fragments, and what went wrong.

use axum::Extension;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use relance_scm::{ErrorClass, ScmError, Win32Error};
use relance_texts::console;

use crate::deep_link;
use crate::document::{error_page, plain};
use crate::lang::Lang;
use crate::likes::Likes;
use crate::said::said;

/// An answer that is not a success.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A refusal of the manager's, or of ours in its words.
    Scm(ScmError),
    /// Nobody is signed in: to the page that says how.
    SignIn,
}

/// What a handler gives.
pub(crate) type Answer<T> = Result<T, Failure>;

impl From<ScmError> for Failure {
    fn from(error: ScmError) -> Self {
        if error.code() == Win32Error::LOGON_FAILURE {
            Self::SignIn
        } else {
            Self::Scm(error)
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn => {
                let mut response = Redirect::to("/signin").into_response();
                response
                    .headers_mut()
                    .insert(SIGNED_OUT, HeaderValue::from_static("1"));
                response
            }
            Self::Scm(error) => (status(&error), Extension(Refused(error))).into_response(),
        }
    }
}

/// Says that nobody is signed in.
const SIGNED_OUT: HeaderName = HeaderName::from_static("relance-signed-out");

/// The refusal in an answer, until [`say_refusals`] makes a page of it.
#[derive(Clone)]
struct Refused(ScmError);

/// Gives refusals their page: what refuses does not know the language of the reader. Who is not signed in
/// comes back to the page they wanted.
pub(crate) async fn say_refusals(request: Request, next: Next) -> Response {
    let likes = Likes::of(request.headers());
    let wanted = deep_link::keep(request.method(), request.uri(), request.headers());
    let mut response = next.run(request).await;
    if response.headers().contains_key(SIGNED_OUT)
        && let Some(wanted) = wanted
    {
        response.headers_mut().append(header::SET_COOKIE, wanted);
    }
    match response.extensions_mut().remove::<Refused>() {
        Some(Refused(error)) => {
            (response.status(), page(error_page(likes, &error))).into_response()
        }
        None => response,
    }
}

/// The HTTP status of a refusal. A manager that cannot be reached is not our own fault.
pub(crate) fn status(error: &ScmError) -> StatusCode {
    if error.code() == Win32Error::RPC_S_SERVER_UNAVAILABLE {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::from_u16(ErrorClass::of(error.code()).http_status())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Markup as an answer.
pub(crate) fn page(markup: Markup) -> Html<String> {
    Html(markup.into_string())
}

/// A refusal in a sentence, to stand in a page.
pub(crate) fn problem(error: &ScmError, lang: Lang) -> Markup {
    html! {
        p.problem role="alert" {
            (said(error, lang))
            " " span.code { "(" (error.code().to_raw()) ")" }
        }
    }
}

/// Why a change was not saved, and what to do next.
pub(crate) fn not_saved(error: &ScmError, lang: Lang, next: &Markup) -> Markup {
    html! {
        section.card {
            h2 { (console::NOT_SAVED.of(lang)) }
            (problem(error, lang))
            (next)
        }
    }
}

/// The answer to an address that leads nowhere.
pub(crate) async fn not_found(likes: Likes) -> Response {
    let lang = likes.lang;
    let title = console::NOT_FOUND.of(lang);
    let body = html! {
        h1 { (title) }
        p { a href="/" { (console::TO_THE_SERVICES.of(lang)) } }
    };
    (StatusCode::NOT_FOUND, page(plain(likes, title, &body))).into_response()
}
