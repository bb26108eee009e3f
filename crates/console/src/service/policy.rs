//! The whole policy of a service in words: what follows by cause, how delays grow, who is told. What follows the
//! failures that no rule decides is in `preview`.

use maud::{Markup, html};
use relance_scm::ServiceConfig;
use relance_scm::budget::QuietHours;
use relance_scm::config::{Backoff, Cause, Rule};
use relance_scm::notice::NoticeKind;
use relance_scm::settings::{
    BACKOFF, BACKOFF_MAX, FAILURE_RULES, NOTIFY, NOTIFY_DOWN_AFTER, QUIET_HOURS, RESTART_GROUP,
    RESTART_JITTER,
};
use relance_texts::{Words, console, shown};

use crate::lang::{Lang, decimal};
use crate::policy_words::{action, cause, happening};

/// The rules by cause, if there are any.
pub(super) fn rules(config: &ServiceConfig, lang: Lang) -> Markup {
    let rules = config.extensions.get(FAILURE_RULES);
    html! {
        @if !rules.0.is_empty() {
            section.card aria-labelledby="by-cause" {
                h2 #by-cause { (console::BY_CAUSE.of(lang)) }
                table.policy {
                    thead { tr {
                        th scope="col" { (console::CAUSE.of(lang)) }
                        th scope="col" { (console::WHAT_FOLLOWS.of(lang)) }
                    } }
                    tbody { @for rule in &rules.0 { (row(rule, lang)) } }
                }
                p.dim { (console::FIRST_RULE_DECIDES.of(lang)) }
            }
        }
    }
}

fn row(rule: &Rule, lang: Lang) -> Markup {
    let causes: Vec<String> = rule.causes.iter().map(|each| cause(each, lang)).collect();
    let actions: Vec<String> = rule
        .actions
        .iter()
        .map(|each| action(Some(*each), lang))
        .collect();
    html! {
        tr {
            th scope="row" { @for (at, cause) in causes.iter().enumerate() {
                @if at > 0 { ", " (console::OR.of(lang)) " " }
                (cause)
            } }
            td {
                @if let [action] = &actions[..] { (action) }
                @else { ol.plain { @for action in &actions { li { (action) } } } }
            }
        }
    }
}

/// How delays differ from those that are written.
pub(super) fn delays(config: &ServiceConfig, lang: Lang) -> Markup {
    let extensions = &config.extensions;
    let most = extensions.get(BACKOFF_MAX);
    let grows = extensions.get(BACKOFF).map(|backoff| match backoff {
        Backoff::Exponential { thousandths } => {
            let factor = f64::from(thousandths) / 1000.0;
            let digits = usize::from(thousandths % 1000 != 0);
            let factor = decimal(factor, digits, lang);
            lang.say(console::DelayIsMultiplied { factor, most })
        }
        Backoff::Linear { step: Some(step) } => lang.say(console::DelayGrows { step, most }),
        Backoff::Linear { step: None } => lang.say(console::DelayGrowsByItself { most }),
    });
    let jitter = extensions.get(RESTART_JITTER);
    html! {
        @if let Some(grows) = grows { p.dim { (grows) } }
        @if !jitter.is_zero() { p.dim { (lang.say(console::DelayJitter { time: jitter })) } }
    }
}

/// When an action whose time has come waits all the same (X96, X97). What the whole machine allows is not the service's.
pub(super) fn budgets(config: &ServiceConfig, lang: Lang) -> Markup {
    let extensions = &config.extensions;
    let hours = extensions
        .get(QUIET_HOURS)
        .and_then(|text| text.parse().ok());
    let group = extensions.get(RESTART_GROUP);
    html! {
        @if let Some::<QuietHours>(hours) = hours {
            p.dim { (lang.say(console::QuietHours { begins: hours.begins(), ends: hours.ends() })) }
        }
        @if let Some(group) = group {
            p.dim { (lang.say(console::OneOfTheGroup { group: shown(group) })) }
        }
    }
}

/// Who is told of what.
pub(super) fn told(config: &ServiceConfig, lang: Lang) -> Markup {
    let notify = config.extensions.get(NOTIFY);
    let after = config.extensions.get(NOTIFY_DOWN_AFTER);
    html! {
        @if cfg!(unix) {
            section.card aria-labelledby="who-is-told" {
                h2 #who-is-told { (console::WHO_IS_TOLD.of(lang)) }
                @if notify.0.is_empty() { p.dim { (console::TOLD_AS_THE_FILE_SAYS.of(lang)) } }
                ul.plain {
                    @for choice in &notify.0 {
                        li {
                            @match &choice.target {
                                None => (console::NOBODY_IS_TOLD.of(lang)),
                                Some(target) => {
                                    strong { bdi { (target) } } ": "
                                    (kinds(&choice.kinds, lang))
                                }
                            }
                        }
                    }
                }
                @if let Some(time) = after { p.dim { (lang.say(console::StillDownAfter { time })) } }
            }
        }
    }
}

fn kinds(kinds: &[NoticeKind], lang: Lang) -> String {
    if kinds.is_empty() {
        return console::AS_THE_FILE_SAYS.of(lang).to_owned();
    }
    let words: Vec<&str> = kinds.iter().map(|kind| notice(*kind).of(lang)).collect();
    words.join(", ")
}

fn notice(kind: NoticeKind) -> Words {
    match kind {
        NoticeKind::Failure => console::TOLD_FAILURE,
        NoticeKind::Recovery => console::TOLD_RECOVERY,
        NoticeKind::GiveUp => console::TOLD_GIVE_UP,
        NoticeKind::Flapping => console::TOLD_FLAPPING,
        NoticeKind::StillDown => console::TOLD_STILL_DOWN,
        NoticeKind::Recycling => console::TOLD_RECYCLING,
        NoticeKind::Test => console::TOLD_TEST,
    }
}

/// The causes that the rules of a service name and that can be tried.
pub(super) fn tried(config: &ServiceConfig) -> Vec<Cause> {
    let rules = config.extensions.get(FAILURE_RULES);
    let causes = rules.0.iter().flat_map(|rule| rule.causes.iter());
    let mut causes: Vec<Cause> = causes
        .filter(|cause| happening(cause).is_some())
        .cloned()
        .collect();
    causes.dedup();
    causes
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use relance_policy::simulate::{Moment, Occurrence, Script, When, simulate};
    use relance_scm::config::Rules;
    use relance_scm::event::Event;
    use relance_scm::{ServiceKind, ServiceName};

    use super::*;

    fn config(rules: &[&str]) -> ServiceConfig {
        let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        config.kind = ServiceKind::Service;
        config.failure_actions_on_non_crash_failures = true;
        let rules = Rules::read(rules.iter().copied()).unwrap();
        config.extensions.set(FAILURE_RULES, rules);
        config
    }

    #[test]
    fn x84_what_a_rule_names_can_be_tried_and_is_decided_by_that_rule() {
        for text in [
            "exit:75",
            "signal:TERM",
            "error:5",
            "out-of-memory",
            "fatal-error",
            "memory-limit",
            "time-limit",
            "parse-error",
            "missing-extension",
            "exception:App\\Down",
            "probe",
        ] {
            let mut config = config(&[&format!("{text}=restart/7s"), "any=none"]);
            let probe = "http://127.0.0.1:1/".parse().unwrap();
            config
                .extensions
                .set(relance_scm::settings::PROBE, Some(probe));
            let cause = tried(&config).first().cloned().expect(text);
            let moments = vec![Moment {
                when: When::At(Duration::from_secs(1)),
                what: happening(&cause).unwrap(),
            }];
            let script = Script {
                moments,
                clock: None,
            };
            let timeline = simulate(&config, &script);
            let decided = timeline.entries.iter().any(|entry| {
                matches!(&entry.what, Occurrence::Logged(Event::Failed { action: Some(action), .. }) if action.delay_ms() == 7000)
            });
            assert!(decided, "{text}: {:?}", timeline.entries);
        }
    }

    #[test]
    fn a_policy_in_words() {
        let config = config(&["exit:75,memory-limit=restart/1s/none/0", "gave-up=run/0"]);
        let text = rules(&config, Lang::En).0;
        for part in [
            "exit status 75, or memory limit",
            "<li>Restart the service after 1 s</li><li>Take no action</li>",
            "Run a program at once",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn x96_x97_quiet_hours_and_the_group_are_said() {
        let mut config = config(&[]);
        assert_eq!(budgets(&config, Lang::En).0, "");
        config
            .extensions
            .set(QUIET_HOURS, Some("22:00-06:00".into()));
        config.extensions.set(RESTART_GROUP, Some("<web>".into()));
        for (lang, hours) in [
            (Lang::En, "Between 22:00 and 06:00"),
            (Lang::Fr, "Entre 22:00 et 06:00"),
        ] {
            let text = budgets(&config, lang).0;
            assert!(
                text.contains(hours) && text.contains("&lt;web&gt;"),
                "{text}"
            );
        }
    }
}
