//! The frame that all pages share.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use relance_scm::ScmError;

use crate::lang::Lang;
use crate::reply::page;
use crate::time::now_ms;
use crate::viewer::{Likes, Viewer};

/// The places of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Services,
    Events,
    History,
    Api,
    Access,
}

/// One page.
pub(crate) struct Page<'a> {
    pub(crate) title: &'a str,
    pub(crate) place: Place,
    /// The stream that keeps it live.
    pub(crate) stream: Option<String>,
    pub(crate) body: Markup,
}

/// A page for somebody who is signed in.
pub(crate) fn render(viewer: &Viewer, content: Page<'_>) -> Markup {
    let lang = viewer.lang();
    let places = [
        (Place::Services, "/", lang.t("Services", "Services")),
        (Place::Events, "/events", lang.t("Events", "Événements")),
        (Place::History, "/history", lang.t("History", "Historique")),
    ];
    let header = html! {
        header.top {
            a.brand href="/" { (icon()) span { "Relance" } }
            nav aria-label=(lang.t("Main", "Principal")) {
                @for (place, href, label) in places {
                    a href=(href) aria-current=[(place == content.place).then_some("page")] { (label) }
                }
            }
            (menu(viewer, content.place))
        }
    };
    let body = html! {
        (header)
        div #connection.banner hidden role="status" {
            (lang.t("The connection is lost. Trying again…", "La connexion est perdue. Nouvel essai…"))
        }
        main #main tabindex="-1" { (content.body) }
        div #toasts role="status" aria-live="polite" {}
    };
    document(
        viewer.likes,
        content.title,
        content.stream.as_deref(),
        &body,
    )
}

fn menu(viewer: &Viewer, place: Place) -> Markup {
    let lang = viewer.lang();
    let current = |this| (place == this).then_some("page");
    html! {
        details.menu {
            summary { span.avatar aria-hidden="true" { "☰" } span.label { (lang.t("Menu", "Menu")) } }
            div.sheet {
                p.who {
                    strong { (viewer.session.name) }
                    br;
                    @if viewer.is_administrator() { (lang.t("Administrator", "Administrateur")) }
                    @else { (lang.t("Read-only", "Lecture seule")) }
                }
                @if viewer.is_administrator() {
                    a href="/access" aria-current=[current(Place::Access)] {
                        (lang.t("Sessions and tokens", "Sessions et jetons"))
                    }
                }
                a href="/api" aria-current=[current(Place::Api)] { (lang.t("API", "API")) }
                (preferences(viewer.likes))
                form method="post" action="/signout" {
                    (key(viewer))
                    button.quiet type="submit" { (lang.t("Sign out", "Se déconnecter")) }
                }
            }
        }
    }
}

/// Language and colours. They are the viewer's own and need no key.
fn preferences(likes: Likes) -> Markup {
    let lang = likes.lang;
    let theme = likes.theme.unwrap_or("auto");
    html! {
        form.preferences method="post" action="/preferences" {
            input type="hidden" name="back" value="";
            label {
                (lang.t("Language", "Langue"))
                select name="lang" {
                    option value="en" lang="en" selected[lang == Lang::En] { "English" }
                    option value="fr" lang="fr" selected[lang == Lang::Fr] { "Français" }
                }
            }
            label {
                (lang.t("Colours", "Couleurs"))
                select name="theme" {
                    @for (value, label) in [
                        ("auto", lang.t("As the system", "Comme le système")),
                        ("light", lang.t("Light", "Clair")),
                        ("dark", lang.t("Dark", "Sombre")),
                    ] {
                        option value=(value) selected[theme == value] { (label) }
                    }
                }
            }
            button.quiet type="submit" { (lang.t("Apply", "Appliquer")) }
        }
    }
}

/// The hidden field that shows that a form is ours.
pub(crate) fn key(viewer: &Viewer) -> Markup {
    html! { input type="hidden" name="key" value=(viewer.form_key()); }
}

/// A whole document.
pub(crate) fn document(likes: Likes, title: &str, stream: Option<&str>, body: &Markup) -> Markup {
    let lang = likes.lang;
    let version = crate::assets::version();
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) data-theme=[likes.theme] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content=(likes.theme.unwrap_or("light dark"));
                title { (title) " · Relance" }
                link rel="icon" type="image/svg+xml" href={ "/assets/icon.svg?v=" (version) };
                link rel="stylesheet" href={ "/assets/console.css?v=" (version) };
                script defer src={ "/assets/console.js?v=" (version) } {}
            }
            body data-now=(now_ms()) data-stream=[stream] {
                a.skip href="#main" { (lang.t("Skip to the content", "Aller au contenu")) }
                (body)
            }
        }
    }
}

fn icon() -> Markup {
    html! {
        svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" {
            path fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"
                stroke-linejoin="round" d="M20 12a8 8 0 1 1-2.6-5.9M20 3v4.5h-4.5" {}
            path fill="currentColor" d="M10 8.6v6.8l5.6-3.4z" {}
        }
    }
}

/// A page without a viewer: what went wrong, in the language nobody could be asked for.
pub(crate) fn error_page(error: &ScmError) -> Markup {
    plain(
        Likes::default(),
        "Not possible",
        &html! {
            h1 { "This is not possible" }
            p { (error.sentence()) "." }
            p.dim { "Win32 " (error.code().to_raw()) " " (error.code().name().unwrap_or_default()) }
            p { a href="/" { "To the services" } }
        },
    )
}

/// A page outside the frame.
pub(crate) fn plain(likes: Likes, title: &str, body: &Markup) -> Markup {
    let body = html! { main #main.alone tabindex="-1" { div.brand { (icon()) span { "Relance" } } (body) } };
    document(likes, title, None, &body)
}

pub(crate) async fn not_found(likes: Likes) -> Response {
    let lang = likes.lang;
    let title = lang.t("Not found", "Introuvable");
    let body = html! {
        h1 { (title) }
        p { a href="/" { (lang.t("To the services", "Vers les services")) } }
    };
    (StatusCode::NOT_FOUND, page(plain(likes, title, &body))).into_response()
}
