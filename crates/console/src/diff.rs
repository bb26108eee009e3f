//! What a change of a configuration changes, in sentences, and when that takes effect.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use relance_scm::duration::{self, Bare};
use relance_scm::settings::{Setting, TakesEffect, ValueType};
use relance_scm::{RecoveryAction, ServiceConfig};
use relance_texts::{Message, console, word};
use relance_wire::api::{ActionsBody, ResetPeriodBody};
use relance_wire::settings::texts;

use crate::lang::{self, Lang, SLOTS, filled};
use crate::policy_words::{action, rule};
use crate::time;

/// When a change takes effect, in words.
fn when(takes_effect: TakesEffect, lang: Lang) -> &'static str {
    match takes_effect {
        TakesEffect::AtOnce => console::AT_ONCE.of(lang),
        TakesEffect::NextFailure => console::AT_THE_NEXT_FAILURE.of(lang),
        TakesEffect::NextStart => console::AT_THE_NEXT_START.of(lang),
        TakesEffect::NextShutdown => console::AT_THE_NEXT_SHUTDOWN.of(lang),
    }
}

/// One difference: a sentence with a place for each of its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// With `SLOTS` for the value after and the value before.
    said: String,
    after: String,
    before: String,
    pub(crate) when: TakesEffect,
}

impl Difference {
    /// What differs, without saying when that takes effect.
    #[cfg(test)]
    pub(crate) fn text(&self) -> String {
        self.said
            .replace(SLOTS[0], &self.after)
            .replace(SLOTS[1], &self.before)
    }
}

/// All differences between two configurations of one service.
pub(crate) fn differences(
    before: &ServiceConfig,
    after: &ServiceConfig,
    lang: Lang,
) -> Vec<Difference> {
    let changed = texts(before)
        .zip(texts(after))
        .filter(|((_, before), (_, after))| before != after);
    changed
        .flat_map(|((setting, old), (_, new))| {
            let said = match setting.key {
                "actions" => of_actions(before, after, lang),
                "environment" => of_variables(&old, &new, lang),
                _ if is_of_lines(setting) => of_lines(setting, &old, &new, lang),
                _ => Vec::new(),
            };
            let said = if said.is_empty() {
                let (old, new) = (shown(setting, old, lang), shown(setting, new, lang));
                vec![becomes(setting.label.of(lang), old, new, lang)]
            } else {
                said
            };
            let when = setting.takes_effect;
            said.into_iter().map(move |said| Difference {
                said: said.text,
                after: said.after,
                before: said.before,
                when,
            })
        })
        .collect()
}

/// A sentence before it is known when it takes effect.
struct Said {
    text: String,
    after: String,
    before: String,
}

impl Said {
    fn new(
        message: impl Message,
        after: impl Into<String>,
        before: impl Into<String>,
        lang: Lang,
    ) -> Self {
        Self {
            text: message.text().of(lang),
            after: after.into(),
            before: before.into(),
        }
    }
}

fn becomes(what: &str, before: String, after: String, lang: Lang) -> Said {
    let [new, old] = SLOTS;
    match (before.is_empty(), after.is_empty()) {
        (true, _) => Said::new(console::IsSet { what, after: new }, after, before, lang),
        (_, true) => Said::new(
            console::IsEmptied { what, before: old },
            after,
            before,
            lang,
        ),
        _ => {
            let message = console::Becomes {
                what,
                after: new,
                before: old,
            };
            Said::new(message, after, before, lang)
        }
    }
}

/// Most failures whose actions are told apart; longer lists are shown as they are written.
const FAILURES_MAX: usize = 20;

/// What follows each failure, where that differs: a list may become longer or shorter, and its last action repeats.
fn of_actions(before: &ServiceConfig, after: &ServiceConfig, lang: Lang) -> Vec<Said> {
    let (old, new) = (&before.failure_actions, &after.failure_actions);
    let last = old.actions.len().max(new.actions.len());
    if last > FAILURES_MAX {
        return Vec::new();
    }
    let last = u32::try_from(last).unwrap_or(u32::MAX);
    let differs = |number: &u32| old.action_for(*number) != new.action_for(*number);
    (1..=last)
        .filter(differs)
        .map(|number| {
            let which = which_failure(number, last, lang);
            of_action(&which, old.action_for(number), new.action_for(number), lang)
        })
        .collect()
}

fn of_action(
    which: &str,
    before: Option<RecoveryAction>,
    after: Option<RecoveryAction>,
    lang: Lang,
) -> Said {
    let [new, old] = SLOTS;
    if let (Some(before), Some(after)) = (before, after)
        && before.kind == after.kind
    {
        let message = console::FailureDelay {
            which,
            after: new,
            before: old,
        };
        let time = |action: RecoveryAction| time::duration(action.delay_ms().into(), lang);
        return Said::new(message, time(after), time(before), lang);
    }
    let message = console::FailureAction {
        which,
        after: new,
        before: old,
    };
    Said::new(message, action(after, lang), action(before, lang), lang)
}

/// `the 2nd failure`, `every failure`; the last action of a list repeats.
pub(crate) fn which_failure(number: u32, last: u32, lang: Lang) -> String {
    let ordinal = word::Ordinal { number };
    match number {
        1 if last == 1 => console::EVERY_FAILURE.of(lang).to_owned(),
        _ if number == last => lang.say(console::FailureAndLater { number: ordinal }),
        _ => lang.say(console::TheFailure { number: ordinal }),
    }
}

/// Variables by their names.
fn of_variables(before: &str, after: &str, lang: Lang) -> Vec<Said> {
    let [new, old] = SLOTS;
    let pairs = |text: &str| -> BTreeMap<String, String> {
        let lines = text.lines().filter_map(|line| line.split_once('='));
        lines
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    };
    let (before, after) = (pairs(before), pairs(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name));
    changed
        .map(|name| match (before.get(name), after.get(name)) {
            (None, Some(value)) => {
                let line = format!("{name}={value}");
                Said::new(console::VariableAdded { after: new }, line, "", lang)
            }
            (Some(value), None) => {
                let line = format!("{name}={value}");
                Said::new(console::VariableRemoved { before: old }, "", line, lang)
            }
            (was, is) => {
                let text = |value: Option<&String>| value.cloned().unwrap_or_default();
                let what = lang.say(console::TheVariable { name });
                becomes(&what, text(was), text(is), lang)
            }
        })
        .collect()
}

fn is_of_lines(setting: &Setting) -> bool {
    matches!(
        setting.value,
        ValueType::List | ValueType::Rules | ValueType::Notify
    )
}

/// Lines that come and go; nothing if only their order differs.
fn of_lines(setting: &Setting, before: &str, after: &str, lang: Lang) -> Vec<Said> {
    let [new, old] = SLOTS;
    let what = setting.label.of(lang);
    let (was, is): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let gone = was.iter().filter(|line| !is.contains(line));
    let come = is.iter().filter(|line| !was.contains(line));
    let words = |line: &str| match setting.value {
        ValueType::Rules => rule(line, lang),
        _ => line.to_owned(),
    };
    let gone = gone.map(|line| {
        let message = console::LineRemoved { what, before: old };
        Said::new(message, "", words(line), lang)
    });
    let come = come.map(|line| {
        let message = console::LineAdded { what, after: new };
        Said::new(message, words(line), "", lang)
    });
    gone.chain(come).collect()
}

/// A value in the viewer's words.
pub(crate) fn shown(setting: &Setting, text: String, lang: Lang) -> String {
    match (setting.key, text.as_str()) {
        ("start_type", word) => lang::start_type(word, false).of(lang).to_owned(),
        ("reset_period_secs", "INFINITE") => console::NEVER_INFINITE.of(lang).to_owned(),
        _ if setting.value == ValueType::Flag => match text.as_str() {
            "yes" => console::YES.of(lang).to_owned(),
            _ => console::NO.of(lang).to_owned(),
        },
        _ if is_time(setting.value) => duration::parse(&text, Bare::Milliseconds)
            .map(|time| time::duration(duration::millis(time), lang))
            .unwrap_or(text),
        _ => text,
    }
}

fn is_time(value: ValueType) -> bool {
    matches!(
        value,
        ValueType::Duration | ValueType::OptionalDuration | ValueType::ResetPeriod
    )
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

/// As sentences.
pub(crate) fn sentences(differences: &[Difference], lang: Lang) -> Markup {
    html! {
        @if differences.is_empty() {
            p.dim { (console::NOTHING_IS_CHANGED.of(lang)) }
        } @else {
            ul.diff {
                @for difference in differences {
                    @let after = value("ins", &difference.after);
                    @let before = value("del", &difference.before);
                    li { (filled(&difference.said, &[after, before])) ", " (when(difference.when, lang)) "." }
                }
            }
        }
    }
}

fn value(element: &str, text: &str) -> Markup {
    html! {
        @if element == "del" { del { bdi { (text) } } } @else { ins { bdi { (text) } } }
    }
}

#[cfg(test)]
mod tests {
    use relance_scm::config::EnvironmentVariable;
    use relance_scm::failure_actions::ActionList;
    use relance_scm::{ResetPeriod, ServiceName};

    use super::*;

    #[test]
    fn only_what_differs_is_said_with_its_time() {
        let before = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        let mut after = before.clone();
        assert_eq!(differences(&before, &after, Lang::En), []);
        after.command_line = "/b".into();
        after.failure_actions_on_non_crash_failures = true;
        let found = differences(&before, &after, Lang::En);
        let found: Vec<_> = found.iter().map(|each| (each.text(), each.when)).collect();
        assert_eq!(
            found,
            [
                (
                    "Command line becomes /b (was /a)".to_owned(),
                    TakesEffect::NextStart
                ),
                (
                    "Actions for stops with errors becomes yes (was no)".to_owned(),
                    TakesEffect::AtOnce
                )
            ]
        );
    }

    fn said(change: impl Fn(&mut ServiceConfig, bool)) -> Vec<String> {
        let mut before = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        let mut after = before.clone();
        change(&mut before, false);
        change(&mut after, true);
        let found = differences(&before, &after, Lang::En);
        found.iter().map(Difference::text).collect()
    }

    #[test]
    fn r21_the_failure_is_named_whose_action_differs() {
        let actions = |old: &'static str, new: &'static str| {
            said(move |config, is_after| {
                let text = if is_after { new } else { old };
                let list: ActionList = text.parse().unwrap();
                config.failure_actions.actions = list.0.into();
                config.failure_actions.reset_period = ResetPeriod::Seconds(60);
            })
        };
        assert_eq!(
            actions(
                "restart/60000/restart/60000",
                "restart/60000/restart/120000"
            ),
            ["The delay after the 2nd failure and all later ones becomes 2 min (was 1 min)"]
        );
        assert_eq!(
            actions("restart/1000", "restart/1000/run/0/none/0"),
            [
                "After the 2nd failure: Run a program at once (was: Restart the service after 1 s)",
                "After the 3rd failure and all later ones: Take no action (was: Restart the service after 1 s)"
            ]
        );
        assert_eq!(
            actions("restart/1000", "restart/1000/restart/1000"),
            ["Recovery actions becomes restart/1s/restart/1s (was restart/1s)"]
        );
    }

    #[test]
    fn variables_and_lines_come_and_go_by_themselves() {
        let found = said(|config, is_after| {
            let new = ["A=1", "B=2", "C=3"];
            let old = ["A=1", "B=1", "D=4"];
            let lines = if is_after { new } else { old };
            let variables = lines.map(|line| EnvironmentVariable::parse(line).unwrap());
            config.environment = variables.into();
        });
        assert_eq!(
            found,
            [
                "The variable B becomes 2 (was 1)",
                "The variable C=3 is added",
                "The variable D=4 is removed"
            ]
        );
    }
}
