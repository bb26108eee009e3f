//! Two people have changed a service at the same time: what the other one did, and the choice where both changed the
//! same. What is put together, and how, is decided in `merge`.

use maud::{Markup, html};
use relance_scm::settings::{ValueType, all};
use relance_scm::{RecoveryActionKind, ServiceConfig};
use relance_texts::{console, word};

use super::change::changed;
use crate::diff;
use crate::form::Form;
use crate::lang::{self, Lang};
use crate::merge::{COLLIDES, Collision, KEEP, Merged, line_name, row_number};
use crate::tab::Tab;
use crate::typed::label;

/// What was typed, put into what is now.
pub(super) struct Now {
    pub(super) merged: Merged,
    /// The fields as they are now.
    pub(super) fields: Vec<(String, String)>,
    /// The fields as they were when the form was opened, if somebody else has saved since.
    pub(super) opened: Option<Form>,
}

impl Now {
    /// Whether it can be saved as it is: nobody else has saved, and nothing is to be chosen.
    pub(super) fn is_settled(&self) -> bool {
        self.opened.is_none() && self.merged.collisions.is_empty()
    }
}

/// That somebody else has saved, and what.
pub(super) fn told(now_is: &ServiceConfig, tab: Tab, now: &Now, lang: Lang) -> Markup {
    let Some(opened) = &now.opened else {
        return html! {};
    };
    let then = changed(now_is, tab, opened, lang).ok();
    let theirs = then.map(|(then, _)| diff::differences(&then, now_is, lang));
    html! {
        div.note.warn role="alert" {
            (console::SOMEBODY_ELSE_HAS_CHANGED.of(lang))
            @match theirs.filter(|theirs| !theirs.is_empty()) {
                Some(theirs) => (diff::sentences(&theirs, lang)),
                None => p { (console::CHANGED_ON_ANOTHER_TAB.of(lang)) },
            }
        }
        h3 { (console::WHAT_YOU_CHANGE.of(lang)) }
    }
}

/// The choices where both have changed the same.
pub(super) fn choices(collisions: &[Collision], lang: Lang) -> Markup {
    html! {
        @for collision in collisions {
            @let name = format!("{KEEP}{}", collision.part);
            fieldset.collision {
                legend { (part(&collision.part, lang)) }
                p { (console::BOTH_HAVE_CHANGED_THIS.of(lang)) }
                input type="hidden" name=(COLLIDES) value=(collision.part);
                @for (which, words, value) in [
                    ("mine", console::KEEP_MINE, &collision.mine),
                    ("theirs", console::KEEP_THEIRS, &collision.theirs),
                ] {
                    label.check {
                        input type="radio" name=(name) value=(which) required;
                        span { (words.of(lang)) " " bdi.code { (shown(&collision.part, value.as_deref(), lang)) } }
                    }
                }
            }
        }
    }
}

/// A part as people call it.
fn part(part: &str, lang: Lang) -> String {
    if let Some(number) = row_number(part) {
        let number = word::Ordinal { number };
        return lang.say(console::FailureNumber { number });
    }
    match line_name(part) {
        Some(name) if part.starts_with("environment") => lang.say(console::TheVariable { name }),
        Some(name) => name.to_owned(),
        None => label(part, lang).to_owned(),
    }
}

/// A value as people say it.
fn shown(part: &str, value: Option<&str>, lang: Lang) -> String {
    let setting = all().find(|setting| setting.key == part);
    let is_flag = setting.is_some_and(|setting| setting.value == ValueType::Flag);
    match (value, setting) {
        (value, _) if is_flag && matches!(value, None | Some("on")) => {
            let words = if value.is_some() {
                console::YES
            } else {
                console::NO
            };
            words.of(lang).to_owned()
        }
        (None, _) => console::TAKEN_AWAY.of(lang).to_owned(),
        (Some(""), _) => console::EMPTY.of(lang).to_owned(),
        (Some(value), _) if row_number(part).is_some() => action(value, lang),
        (Some(value), Some(setting)) => diff::shown(setting, value.to_owned(), lang),
        (Some(value), None) => value.to_owned(),
    }
}

/// `restart 2 min` in words.
fn action(text: &str, lang: Lang) -> String {
    let (kind, time) = text.split_once(' ').unwrap_or((text, ""));
    let mut kinds = RecoveryActionKind::ALL.into_iter();
    match kinds.find(|known| known.word() == kind).map(lang::action) {
        Some(what) if kind == RecoveryActionKind::None.word() => what.of(lang).to_owned(),
        Some(what) => lang.say(console::ActionAfter { what, time }),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_their_values_are_said_as_people_say_them() {
        let said = |name: &str, value: Option<&str>| {
            format!("{}: {}", part(name, Lang::En), shown(name, value, Lang::En))
        };
        for (name, value, expected) in [
            (
                "actions.2",
                Some("restart 2 min"),
                "2nd failure: Restart the service after 2 min",
            ),
            ("actions.1", Some("none 0 s"), "1st failure: Take no action"),
            ("environment.A", Some("A=1"), "The variable A: A=1"),
            ("environment.A", None, "The variable A: taken away"),
            ("description", Some(""), "Description: empty"),
            ("start_type", Some("auto"), "Start type: Automatic"),
            ("delayed_auto_start", None, "Delayed start: no"),
        ] {
            assert_eq!(said(name, value), expected);
        }
    }
}
