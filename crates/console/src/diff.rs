//! What a change of a configuration changes, and when that takes effect.

use maud::{Markup, html};
use relance_scm::ServiceConfig;
use relance_scm::settings::{Setting, TakesEffect, ValueType};
use relance_texts::console;
use relance_wire::api::{ActionsBody, ResetPeriodBody};
use relance_wire::settings::texts;

use crate::lang::{self, Lang};

/// When a change takes effect, in words.
fn when(takes_effect: TakesEffect, lang: Lang) -> &'static str {
    match takes_effect {
        TakesEffect::AtOnce => console::AT_ONCE.of(lang),
        TakesEffect::NextFailure => console::AT_THE_NEXT_FAILURE.of(lang),
        TakesEffect::NextStart => console::AT_THE_NEXT_START.of(lang),
        TakesEffect::NextShutdown => console::AT_THE_NEXT_SHUTDOWN.of(lang),
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) label: &'static str,
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) when: TakesEffect,
}

/// All differences between two configurations of one service.
pub(crate) fn differences(
    before: &ServiceConfig,
    after: &ServiceConfig,
    lang: Lang,
) -> Vec<Difference> {
    texts(before)
        .zip(texts(after))
        .filter(|((_, before), (_, after))| before != after)
        .map(|((setting, before), (_, after))| Difference {
            label: setting.label.of(lang),
            before: shown(setting, before, lang),
            after: shown(setting, after, lang),
            when: setting.takes_effect,
        })
        .collect()
}

/// A value in the viewer's words.
pub(crate) fn shown(setting: &Setting, text: String, lang: Lang) -> String {
    match (setting.key, text.as_str()) {
        ("start_type", word) => lang::start_type(word, false).of(lang).to_owned(),
        _ if setting.value == ValueType::Flag => match text.as_str() {
            "yes" => console::YES.of(lang).to_owned(),
            _ => console::NO.of(lang).to_owned(),
        },
        _ => text,
    }
}

/// `restart/60000/none/0`, as `sc` writes it.
pub(crate) fn actions(actions: &ActionsBody) -> String {
    match actions {
        ActionsBody::Notation(text) => text.clone(),
        ActionsBody::List(list) => {
            let words: Vec<String> = list
                .iter()
                .map(|action| format!("{}/{}", action.kind, action.delay_ms))
                .collect();
            words.join("/")
        }
    }
}

/// `86400` or `INFINITE`.
pub(crate) fn period(period: &ResetPeriodBody) -> String {
    match period {
        ResetPeriodBody::Seconds(seconds) => seconds.to_string(),
        ResetPeriodBody::Text(text) => text.clone(),
    }
}

/// As a table.
pub(crate) fn table(differences: &[Difference], lang: Lang) -> Markup {
    html! {
        @if differences.is_empty() {
            p.dim { (console::NOTHING_IS_CHANGED.of(lang)) }
        } @else {
            table.diff {
                thead { tr {
                    th scope="col" { (console::WHAT.of(lang)) }
                    th scope="col" { (console::BEFORE_AFTER.of(lang)) }
                    th scope="col" { (console::TAKES_EFFECT.of(lang)) }
                } }
                tbody {
                    @for difference in differences {
                        tr {
                            th scope="row" { (difference.label) }
                            td { (value("del", &difference.before)) " → " (value("ins", &difference.after)) }
                            td { (when(difference.when, lang)) }
                        }
                    }
                }
            }
        }
    }
}

fn value(element: &str, text: &str) -> Markup {
    let text = if text.is_empty() { "∅" } else { text };
    html! {
        @if element == "del" { del { bdi { (text) } } } @else { ins { bdi { (text) } } }
    }
}

#[cfg(test)]
mod tests {
    use relance_scm::ServiceName;

    use super::*;

    #[test]
    fn only_what_differs_is_named_with_its_time() {
        let before = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        let mut after = before.clone();
        assert_eq!(differences(&before, &after, Lang::En), []);
        after.command_line = "/b".into();
        after.failure_actions_on_non_crash_failures = true;
        let found = differences(&before, &after, Lang::En);
        let found: Vec<_> = found
            .iter()
            .map(|d| (d.label, d.after.as_str(), d.when))
            .collect();
        assert_eq!(
            found,
            [
                ("Command line", "/b", TakesEffect::NextStart),
                ("Actions for stops with errors", "yes", TakesEffect::AtOnce)
            ]
        );
    }
}
