//! Documents: the head that every page has, and pages outside the frame, which need nobody to be signed in.

use maud::{DOCTYPE, Markup, html};
use relance_scm::ScmError;
use relance_texts::console;

use crate::lang::Lang;
use crate::likes::Likes;
use crate::said::said;
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
            body data-now=(now_ms()) data-stream=[stream] data-words=(script_words(lang)) {
                a.skip href="#main" { (console::SKIP_TO_THE_CONTENT.of(lang)) }
                (body)
            }
        }
    }
}

/// What the script of the pages says by itself, as JSON; `{}` stands for what it puts in.
fn script_words(lang: Lang) -> String {
    let time = "{}";
    let picked = |count| {
        lang.say(console::Selected {
            count,
            number: "{}",
        })
    };
    let found = |count| {
        lang.say(console::Found {
            count,
            number: "{}",
        })
    };
    let new_lines = |count| {
        lang.say(console::NewLines {
            count,
            number: "{}",
        })
    };
    serde_json::json!({
        "ago": lang.say(console::Ago { time }),
        "in": lang.say(console::In { time }),
        "now": console::NOW.of(lang),
        "day": console::DAY.of(lang),
        "none": console::NONE_SELECTED.of(lang),
        "one": picked(1),
        "several": picked(2),
        "silent": console::NO_ANSWER.of(lang),
        "lost": console::NOT_SAVED_NO_ANSWER.of(lang),
        "signed_out": console::NOT_SAVED_SIGNED_OUT.of(lang),
        "sign_in": console::SIGN_IN.of(lang),
        "done": lang.say(console::Done { what: "{}" }),
        "dependents": console::RESTART_DEPENDENTS_QUESTION.of(lang),
        "found_one": found(1),
        "found": found(2),
        "by_force": console::BY_FORCE_QUESTION.of(lang),
        "many": lang.say(console::ManyQuestion { what: "{}" }),
        "to_end": console::JUMP_TO_THE_END.of(lang),
        "new_line": new_lines(1),
        "new_lines": new_lines(2),
    })
    .to_string()
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

/// A page that says what went wrong.
pub(crate) fn error_page(likes: Likes, error: &ScmError) -> Markup {
    let lang = likes.lang;
    plain(
        likes,
        console::NOT_POSSIBLE.of(lang),
        &html! {
            h1 { (console::THIS_IS_NOT_POSSIBLE.of(lang)) }
            p { (said(error, lang)) "." }
            p.dim { "Win32 " (error.code().to_raw()) " " (error.code().name().unwrap_or_default()) }
            p { a href="/" { (console::TO_THE_SERVICES.of(lang)) } }
        },
    )
}

/// A page outside the frame.
pub(crate) fn plain(likes: Likes, title: &str, body: &Markup) -> Markup {
    let body = html! { main #main.alone tabindex="-1" { div.brand { (icon()) span { "Relance" } } (body) } };
    document(likes, title, None, &body)
}
