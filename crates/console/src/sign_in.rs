//! Signing in and out, and the list of sessions and tokens.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use relance_scm::ScmError;
use relance_texts::console;
use relance_wire::api::{Role, SessionBody, TokenRequest};

use crate::app::App;
use crate::deep_link;
use crate::document::plain;
use crate::form::{Form, Query};
use crate::layout::{self, Place};
use crate::likes::Likes;
use crate::manager::{blocking, open};
use crate::reply::{Answer, page as html_page, problem, status};
use crate::seats::Seat;
use crate::time;
use crate::viewer::Viewer;

/// `GET /signin`: with a link's code, the button that uses it; a visit alone does not, because
/// programs that only look at links would use it up.
pub(crate) async fn page(likes: Likes, Query(query): Query) -> Response {
    let lang = likes.lang;
    let body = match query.given("code") {
        Some(code) => html! {
            h1 { (console::SIGN_IN.of(lang)) }
            p { (console::THIS_LINK_SIGNS_YOU.of(lang)) }
            form #signin method="post" action="/signin" {
                input type="hidden" name="code" value=(code);
                button.primary type="submit" { (console::SIGN_IN_SIGN_IN.of(lang)) }
            }
        },
        None => ways_in(likes),
    };
    html_page(plain(likes, console::SIGN_IN.of(lang), &body)).into_response()
}

fn ways_in(likes: Likes) -> Markup {
    let lang = likes.lang;
    html! {
        h1 { (console::SIGN_IN.of(lang)) }
        p { (console::THERE_ARE_NO_PASSWORDS.of(lang)) }
        pre.command tabindex="0" { "relance console" }
        p.dim { (console::TO_LOOK_WITHOUT_CHANGING.of(lang)) }
    }
}

/// `POST /signin`
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    likes: Likes,
    Extension(seat): Extension<Seat>,
    form: Form,
) -> Response {
    let code = form.text("code");
    let target = app.target.clone();
    let from = seat.address();
    let turn = app.gate.stranger().await;
    let asked = blocking(move || open(&target, None)?.sign_in(&code, Some(from))).await;
    drop(turn);
    match asked {
        Ok(reply) => {
            let cookie = session_cookie(&app, &headers, &reply.token);
            let (place, forget) = deep_link::take(&headers);
            let cookie = [(header::SET_COOKIE, cookie)];
            let mut response = (cookie, Redirect::to(&place)).into_response();
            if let Some(forget) = forget {
                response.headers_mut().append(header::SET_COOKIE, forget);
            }
            response
        }
        Err(error) => refused(likes, &error),
    }
}

/// The cookie of a session. A proxy that says that the browser came by TLS gets one that browsers send by
/// TLS only.
fn session_cookie(app: &App, headers: &HeaderMap, token: &str) -> String {
    let proto = headers.get("x-forwarded-proto");
    let secure = if proto.is_some_and(|proto| proto == "https") {
        "; Secure"
    } else {
        ""
    };
    let name = &app.cookie;
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict{secure}")
}

fn refused(likes: Likes, error: &ScmError) -> Response {
    let body = html! { (ways_in(likes)) (problem(error, likes.lang)) };
    let title = console::SIGN_IN.of(likes.lang);
    (status(error), html_page(plain(likes, title, &body))).into_response()
}

/// `POST /signout`
pub(crate) async fn sign_out(headers: HeaderMap, viewer: Viewer, form: Form) -> Answer<Response> {
    viewer.check_form(&form)?;
    viewer.with(|manager, _| manager.sign_out()).await?;
    let cookie = session_cookie(&viewer.app, &headers, "") + "; Max-Age=0";
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/signin")).into_response())
}

/// `POST /preferences`: the viewer's language and colours, kept by the browser.
pub(crate) async fn preferences(form: Form) -> Response {
    let choice = |name: &'static str, known: &[&str]| {
        let value = form.given(name).filter(|value| known.contains(value));
        let value = value.unwrap_or_default();
        let cookie = format!("{name}={value}; Path=/; SameSite=Strict; Max-Age=31536000");
        (header::SET_COOKIE, cookie)
    };
    let cookies = AppendHeaders([
        choice("lang", &["en", "fr"]),
        choice("theme", &["light", "dark"]),
    ]);
    (cookies, Redirect::to(form.back())).into_response()
}

/// `GET /access`
pub(crate) async fn access(viewer: Viewer) -> Answer<Response> {
    show_access(&viewer, None).await
}

/// `POST /access`: a new token, or the end of a session.
pub(crate) async fn change_access(viewer: Viewer, form: Form) -> Answer<Response> {
    viewer.check_form(&form)?;
    if let Some(id) = form.given("end") {
        let id = id.to_owned();
        viewer
            .with(move |manager, _| manager.end_session(&id))
            .await?;
        return Ok(Redirect::to("/access").into_response());
    }
    let made = async {
        let request = TokenRequest {
            name: form.text("name"),
            role: Role::from_name(form.get("role").unwrap_or_default())?,
            days: form.number("days"),
        };
        viewer
            .with(move |manager, _| manager.create_token(&request))
            .await
    };
    show_access(&viewer, Some(made.await.map(|reply| reply.token))).await
}

async fn show_access(viewer: &Viewer, made: Option<Result<String, ScmError>>) -> Answer<Response> {
    let lang = viewer.lang();
    let sessions = viewer.with(|manager, _| manager.sessions()).await?;
    let code = match &made {
        Some(Err(error)) => status(error),
        _ => StatusCode::OK,
    };
    let title = console::SESSIONS_AND_TOKENS.of(lang);
    let body = html! {
        div.head { h1 { (title) } }
        @match &made {
            Some(Ok(token)) => div.card.good role="status" {
                p { (console::THE_NEW_TOKEN_IT.of(lang)) }
                pre.command tabindex="0" aria-label=(console::TOKEN.of(lang)) { (token) }
            },
            Some(Err(error)) => (problem(error, lang)),
            None => {}
        }
        div.scroll tabindex="0" role="region" aria-label=(title) { (table(viewer, &sessions)) }
        section.card {
            h2 { (console::NEW_TOKEN.of(lang)) }
            form.fields method="post" action="/access" {
                (layout::key(viewer))
                label { (console::WHAT_IT_IS_FOR.of(lang)) input name="name" required maxlength="64"; }
                label { (console::SIGN_IN_MAY.of(lang))
                    select name="role" {
                        option value="reader" { (console::SEE.of(lang)) }
                        option value="administrator" { (console::DO_EVERYTHING.of(lang)) }
                    }
                }
                label { (console::DAYS.of(lang)) input name="days" type="number" min="1" max="3650" value="365"; }
                button.primary type="submit" { (console::MAKE_THE_TOKEN.of(lang)) }
            }
        }
    };
    let page = layout::still(viewer, Place::Access, title, body);
    Ok((code, html_page(page)).into_response())
}

fn table(viewer: &Viewer, sessions: &[SessionBody]) -> Markup {
    let lang = viewer.lang();
    html! {
        table.cards {
            thead { tr {
                th scope="col" { (console::WHOSE.of(lang)) }
                th scope="col" { (console::KIND.of(lang)) }
                th scope="col" { (console::ROLE.of(lang)) }
                th scope="col" { (console::MADE.of(lang)) }
                th scope="col" { (console::ENDS.of(lang)) }
                th scope="col" { span.hidden { (console::END.of(lang)) } }
            } }
            tbody {
                @for session in sessions {
                    tr {
                        td { bdi { (session.name) } @if session.id == viewer.session.id { " " span.chip { (console::THIS_ONE.of(lang)) } } }
                        td data-label=(console::KIND.of(lang)) { @if session.token { (console::TOKEN.of(lang)) } @else { (console::SESSION.of(lang)) } }
                        td data-label=(console::ROLE.of(lang)) { @if session.role == Role::Administrator { (console::ADMINISTRATOR.of(lang)) } @else { (console::READ_ONLY.of(lang)) } }
                        td data-label=(console::MADE.of(lang)) { (time::moment(session.created_at_ms)) }
                        td data-label=(console::ENDS.of(lang)) { @if let Some(end) = session.expires_at_ms { (time::moment(end)) } }
                        td {
                            form method="post" action="/access" {
                                (layout::key(viewer))
                                button.small type="submit" name="end" value=(session.id)
                                    aria-label={ (console::END.of(lang)) " " (session.name) " " (session.id) } {
                                    (console::END.of(lang))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
