//! The frame around the pages of somebody who is signed in.

use maud::{Markup, html};
use relance_texts::console;

use crate::document::{document, icon};
use crate::lang::Lang;
use crate::likes::Likes;
use crate::viewer::Viewer;

/// The places of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Overview,
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

/// A page for somebody who is signed in that no stream keeps live.
pub(crate) fn still(viewer: &Viewer, place: Place, title: &str, body: Markup) -> Markup {
    let content = Page {
        title,
        place,
        stream: None,
        body,
    };
    render(viewer, content)
}

/// A page for somebody who is signed in.
pub(crate) fn render(viewer: &Viewer, content: Page<'_>) -> Markup {
    let lang = viewer.lang();
    let places = [
        (Place::Overview, "/overview", console::OVERVIEW.of(lang)),
        (Place::Services, "/", console::SERVICES.of(lang)),
        (Place::Events, "/events", console::EVENTS.of(lang)),
        (Place::History, "/history", console::HISTORY.of(lang)),
    ];
    let header = html! {
        header.top {
            a.brand href="/overview" { (icon()) span { "Relance" } }
            nav aria-label=(console::MAIN.of(lang)) {
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
            (console::THE_CONNECTION_IS_LOST.of(lang))
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
            summary { span.avatar aria-hidden="true" { "☰" } span.label { (console::MENU.of(lang)) } }
            div.sheet {
                p.who {
                    strong { (viewer.session.name) }
                    br;
                    @if viewer.is_administrator() { (console::ADMINISTRATOR.of(lang)) }
                    @else { (console::READ_ONLY.of(lang)) }
                }
                @if viewer.is_administrator() {
                    a href="/access" aria-current=[current(Place::Access)] {
                        (console::SESSIONS_AND_TOKENS.of(lang))
                    }
                }
                @if cfg!(unix) { a href="/policies" { (console::POLICIES.of(lang)) } }
                a href="/api" aria-current=[current(Place::Api)] { (console::API.of(lang)) }
                (preferences(viewer.likes))
                form method="post" action="/signout" {
                    (key(viewer))
                    button.quiet type="submit" { (console::SIGN_OUT.of(lang)) }
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
                (console::LANGUAGE.of(lang))
                select name="lang" {
                    option value="en" lang="en" selected[lang == Lang::En] { "English" }
                    option value="fr" lang="fr" selected[lang == Lang::Fr] { "Français" }
                }
            }
            label {
                (console::COLOURS.of(lang))
                select name="theme" {
                    @for (value, label) in [
                        ("auto", console::AS_THE_SYSTEM.of(lang)),
                        ("light", console::LIGHT.of(lang)),
                        ("dark", console::DARK.of(lang)),
                    ] {
                        option value=(value) selected[theme == value] { (label) }
                    }
                }
            }
            button.quiet type="submit" { (console::APPLY.of(lang)) }
        }
    }
}

/// The hidden field that shows that a form is ours.
pub(crate) fn key(viewer: &Viewer) -> Markup {
    html! { input type="hidden" name="key" value=(viewer.form_key()); }
}
