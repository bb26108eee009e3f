//! The rulebook in the console: the page of a rule, and links to it from sentences and entries that a rule is about.
//! The rules themselves are English in every language (ADR 92).

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use relance_rulebook::{find, is_id, links, speaking_of};
use relance_scm::{ScmError, Win32Error};
use relance_texts::{error, explain, quoted};

use crate::lang::{Lang, SLOTS, rich};
use crate::layout::{self, Place};
use crate::reply::{Answer, page as html_page};
use crate::viewer::Viewer;

/// `GET /rules/ID`: what a rule says, and where that can be checked.
pub(crate) async fn page(viewer: Viewer, Path(id): Path<String>) -> Answer<Response> {
    let (page, rule) = find(&id)
        .ok_or_else(|| ScmError::new(Win32Error::NOT_FOUND, error::NoRuleId { id: quoted(id) }))?;
    let lang = viewer.lang();
    let body = html! {
        div.head { h1 { (rule.id) } }
        section.card.lead lang="en" {
            h2 { (rule.title) }
            (text(&rule.text))
            @if let Some(example) = rule.example { p { (inline(&lang.say(explain::Example { example }))) } }
        }
        section.card {
            p { (lang.say(explain::From { kind: rule.kind })) }
            @if let Some(reason) = rule.not_on_linux { p { (lang.say(explain::NotOnLinux { reason })) } }
            @for (name, url) in links(rule.sources.unwrap_or_default()) {
                p { a href=(url) rel="noreferrer" lang="en" { (name) } }
            }
            p.dim { (lang.say(explain::Page { page: format!("docs/rules/{}.md", page.name) })) }
        }
    };
    let page = layout::still(&viewer, Place::Events, rule.id, body);
    Ok(html_page(page).into_response())
}

/// A sentence in which rules that stand in brackets lead to what they say.
pub(crate) fn linked(sentence: &str) -> Markup {
    html! {
        @for (at, part) in sentence.split('(').enumerate() {
            @if at > 0 { "(" }
            @match part.split_once(')').and_then(|(inside, rest)| Some((cited(inside)?, rest))) {
                Some(((before, ids), rest)) => { (before) (all(&ids)) ")" (rest) }
                None => (part),
            }
        }
    }
}

/// The rules that speak of an entry of the log, if there are any.
pub(crate) fn about(event_id: u32, lang: Lang) -> Markup {
    let ids = speaking_of(event_id);
    html! {
        @if !ids.is_empty() {
            p { (rich(explain::Rules { rules: vec![SLOTS[0]] }, lang, &[all(&ids)])) }
        }
    }
}

/// What stands in a bracket that ends with the ids of rules: the text before them, and the ids.
fn cited(inside: &str) -> Option<(&str, Vec<&str>)> {
    let begin = inside.rfind(": ").map_or(0, |at| at + 2);
    let (before, ids) = inside.split_at(begin);
    let ids: Vec<&str> = ids.split(", ").collect();
    ids.iter().all(|id| is_id(id)).then_some((before, ids))
}

fn all(ids: &[&str]) -> Markup {
    html! {
        @for (at, id) in ids.iter().enumerate() {
            @if at > 0 { ", " }
            a href={ "/rules/" (id) } { (id) }
        }
    }
}

/// The text of a rule: paragraphs, and the lines of tables.
fn text(text: &str) -> Markup {
    let is_row = |line: &&str| line.starts_with('|');
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("|---"))
        .collect();
    html! {
        @for part in lines.chunk_by(|one, next| is_row(one) && is_row(next)) {
            @if is_row(&part[0]) {
                table {
                    @for row in part {
                        tr { @for cell in row.trim_matches(['|', ' ']).split(" | ") { td { (inline(cell)) } } }
                    }
                }
            } @else {
                p { (inline(part[0])) }
            }
        }
    }
}

/// What stands between backquotes is code; of a link to another page its name is enough.
fn inline(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (without_links(part)) }
        }
    }
}

fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        let Some((_, behind)) = after.split_once(')') else {
            break;
        };
        match before.rsplit_once('[') {
            Some((before, name)) => plain.extend([before, name]),
            None => plain.push_str(before),
        }
        rest = behind;
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An id that this test does not cite.
    fn id(letter: char, number: &str) -> String {
        format!("{letter}{number}")
    }

    #[test]
    fn rules_in_brackets_are_links() {
        let shown = |sentence: &str| linked(sentence).into_string();
        let link = |id: &str| format!("<a href=\"/rules/{id}\">{id}</a>");
        let (one, two) = (id('R', "8.4"), id('X', "12"));
        assert_eq!(
            shown(&format!("That is not a failure ({one}).")),
            format!("That is not a failure ({}).", link(&one))
        );
        assert_eq!(
            shown(&format!("It ended with 3 (<b>) and failed ({one}, {two}).")),
            format!(
                "It ended with 3 (&lt;b&gt;) and failed ({}, {}).",
                link(&one),
                link(&two)
            )
        );
        assert_eq!(
            shown(&format!("Run a command (none is configured: {two}) now")),
            format!("Run a command (none is configured: {}) now", link(&two))
        );
        for plain in [
            "signal 9 (KILL).",
            &format!("{two} is STOPPED."),
            &format!("({two}"),
            &format!("({one} or {two})"),
            &format!("(({one}x))"),
            "",
        ] {
            assert_eq!(shown(plain), plain);
        }
    }

    #[test]
    fn the_text_of_a_rule_is_markup_without_markdown() {
        let rule = find(&id('X', "84")).unwrap().1;
        let shown = text(&rule.text).into_string();
        assert!(shown.contains("<code>memory-limit</code>"), "{shown}");
        assert!(shown.contains("<table><tr><td>cause</td>"), "{shown}");
        for markdown in ["`", "](", "|"] {
            assert!(!shown.contains(markdown), "{markdown} in {shown}");
        }
        assert_eq!(
            without_links("see [notify](../notify.md), [a](b)."),
            "see notify, a."
        );
        assert_eq!(without_links("a [b] (c) ](d"), "a [b] (c) ](d");
    }
}
