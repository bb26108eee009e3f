//! The frame around the pages of somebody who is signed in.

use maud::{Markup, html};

use crate::document::{document, icon};
use crate::lang::Lang;
use crate::likes::Likes;
use crate::viewer::Viewer;

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
