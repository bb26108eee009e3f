//! Documents: the head that every page has, and pages outside the frame, which need nobody to be signed in.

use maud::{DOCTYPE, Markup, html};
use relance_scm::ScmError;

use crate::likes::Likes;
use crate::time::now_ms;

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

/// The mark of Relance.
pub(crate) fn icon() -> Markup {
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
