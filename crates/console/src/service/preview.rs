//! What stands beside a form while it is filled in: what is wrong, what would change, what would
//! follow a failure, and the script for it. Failures that the reader marks are played by `what_if`.

use std::time::Duration;

use maud::{Markup, html};
use relance_policy::delays;
use relance_policy::trap::{Trap, traps};
use relance_scm::manager::ServiceInfo;
use relance_scm::settings::{BACKOFF, RESTART_JITTER, RESTART_LIMIT, RESTART_LIMIT_PERIOD};
use relance_scm::{RecoveryAction, RecoveryActionKind, ResetPeriod, ServiceConfig};
use relance_texts::{console, word};

use super::change::changed;
use super::policy;
use super::what_if::what_if;
use crate::form::Form;
use crate::lang::{self, Lang};
use crate::reply::problem;
use crate::tab::Tab;
use crate::viewer::Viewer;
use crate::{contradictions, diff, script, time};

/// Beside a form that nobody has touched.
pub(crate) fn of_unchanged(viewer: &Viewer, info: &ServiceInfo, tab: Tab) -> Markup {
    if tab != Tab::Recovery {
        return html! {};
    }
    let config = &info.config;
    recovery(
        config,
        info.recovery.failure_count,
        &Form::default(),
        viewer.lang(),
    )
}

/// Beside a form as it is filled in now.
pub(crate) fn of_form(viewer: &Viewer, info: &ServiceInfo, tab: Tab, form: &Form) -> Markup {
    let lang = viewer.lang();
    let before = &info.config;
    match changed(before, tab, form, lang) {
        Err(error) => html! { section.card { (problem(&error, lang)) } },
        Ok((after, _)) => html! {
            (contradictions::notes(&after, lang))
            @if tab == Tab::Recovery {
                (recovery(&after, info.recovery.failure_count, form, lang))
            }
            @let differences = diff::differences(before, &after, lang);
            section.card aria-label=(console::CHANGES.of(lang)) {
                h2 { (console::CHANGES.of(lang)) }
                (diff::sentences(&differences, lang))
                @if !differences.is_empty() { (script::show(&script::change(before, &after), lang)) }
            }
        },
    }
}

/// What recovery settings mean.
pub(crate) fn recovery(config: &ServiceConfig, count: u32, form: &Form, lang: Lang) -> Markup {
    html! {
        @for warning in warnings(config, lang) { p.note.warn.warning { (warning) } }
        (policy::rules(config, lang))
        section.card aria-labelledby="if-it-fails" {
            h2 #if-it-fails { (console::IF_IT_FAILS_NOW.of(lang)) }
            (steps(config, count, lang))
            (policy::delays(config, lang))
            (policy::budgets(config, lang))
        }
        (policy::told(config, lang))
        (what_if(config, form, lang))
    }
}

/// The failures to come and their actions, one after the other.
fn steps(config: &ServiceConfig, count: u32, lang: Lang) -> Markup {
    let settings = &config.failure_actions;
    let lasting = config.reset_after_run();
    let resets_always = settings.reset_period == ResetPeriod::Seconds(0) && lasting.is_none();
    let listed = u32::try_from(settings.actions.len()).unwrap_or(u32::MAX);
    let listed = listed.saturating_add(growing_steps(config)).min(20);
    let last = if resets_always { 1 } else { listed.max(1) };
    let next = if resets_always { 1 } else { count + 1 };
    let jitter = config.extensions.get(RESTART_JITTER);
    html! {
        ol.steps {
            @for number in 1..=last {
                @let is_next = number == next || (number == last && next > last);
                li class=[is_next.then_some("now")] aria-current=[is_next.then_some("step")] {
                    span.count {
                        @if resets_always { (console::EVERY_FAILURE.of(lang)) }
                        @else if number == last { (lang.say(console::AndLater { number: word::Ordinal { number } })) }
                        @else { (lang.say(word::Ordinal { number })) }
                    }
                    (step(delays::without_jitter(config, number), jitter, lang))
                    @if is_next && !resets_always { span.dim { (lang.say(console::ThisOneIsNumber { number: next })) } }
                }
            }
        }
        @match lasting.filter(|_| !settings.actions.is_empty()) {
            None => p.dim { (counter(settings.reset_period, settings.actions.is_empty(), lang)) },
            Some(time) => p.dim { (lang.say(console::CounterRun { time })) },
        }
        @if let Some((count, time)) = limit(config) {
            p.dim { (lang.say(console::RestartsLimited { count, time })) }
        }
    }
}

/// After how many failures beyond the list a growing delay has reached its maximum.
fn growing_steps(config: &ServiceConfig) -> u32 {
    if config.extensions.get(BACKOFF).is_none() {
        return 0;
    }
    let listed = u32::try_from(config.failure_actions.actions.len()).unwrap_or(u32::MAX);
    let at = |more: u32| {
        let action = delays::without_jitter(config, listed.saturating_add(more));
        action.map(RecoveryAction::delay)
    };
    (0..20).find(|more| at(*more) == at(more + 1)).unwrap_or(20)
}

/// How many restarts there may be, and within which time.
fn limit(config: &ServiceConfig) -> Option<(u64, Duration)> {
    let period = config.extensions.get(RESTART_LIMIT_PERIOD);
    let limit = config.extensions.get(RESTART_LIMIT);
    limit.zip(Some(period).filter(|period| !period.is_zero()))
}

fn step(action: Option<RecoveryAction>, jitter: Duration, lang: Lang) -> Markup {
    html! {
        @match action {
            None => span.what.none { (console::NOTHING_NO_ACTIONS_ARE.of(lang)) },
            Some(action) if action.kind == RecoveryActionKind::None => span.what.none {
                (console::NOTHING_IT_STAYS_DOWN.of(lang))
            },
            Some(action) => {
                span.wait { (wait(action, jitter, lang)) }
                span.what { (lang::action(action.kind).of(lang)) }
            }
        }
    }
}

/// How long an action waits. X81: what the jitter adds to a restart differs from failure to failure.
fn wait(action: RecoveryAction, jitter: Duration, lang: Lang) -> String {
    let least = action.delay();
    if action.kind.restarts() && !jitter.is_zero() {
        let more = jitter;
        return lang.say(console::DelayBetween { least, more });
    }
    match action.delay_ms() {
        0 => console::PREVIEW_AT_ONCE.of(lang).to_owned(),
        delay => time::duration(delay.into(), lang),
    }
}

fn counter(period: ResetPeriod, no_actions: bool, lang: Lang) -> String {
    match period {
        _ if no_actions => console::THE_COUNTER_GOES_UP.of(lang).to_owned(),
        ResetPeriod::Infinite => console::THE_COUNTER_IS_NEVER.of(lang).to_owned(),
        ResetPeriod::Seconds(0) => console::THE_COUNTER_BEGINS_AGAIN.of(lang).to_owned(),
        ResetPeriod::Seconds(seconds) => {
            let period = Duration::from_secs(seconds.into());
            lang.say(console::CounterPeriod { time: period })
        }
    }
}

/// Where people go wrong.
pub(crate) fn warnings(config: &ServiceConfig, lang: Lang) -> Vec<&'static str> {
    traps(config)
        .into_iter()
        .map(|trap| warning(trap, lang))
        .collect()
}

fn warning(trap: Trap, lang: Lang) -> &'static str {
    match trap {
        Trap::NoResetPeriod => console::WITH_A_RESET_PERIOD.of(lang),
        Trap::ErrorStopsIgnored => console::A_STOP_WITH_AN.of(lang),
        Trap::EndsWithNothing => console::THE_LIST_ENDS_WITH.of(lang),
        Trap::RestartStorm => console::A_SERVICE_THAT_FAILS.of(lang),
        Trap::NoCommand => console::RUN_A_PROGRAM_IS.of(lang),
        Trap::BackoffUnused => console::BACKOFF_UNUSED.of(lang),
        Trap::BackoffAtMaximum => console::BACKOFF_AT_MAXIMUM.of(lang),
        Trap::RuleNeverDecides(_) => console::RULE_NEVER.of(lang),
        Trap::LimitOutOfReach => console::LIMIT_OUT_OF_REACH.of(lang),
        Trap::ResetInDelay | Trap::ResetInRun => console::A_RESTART_OUTLASTS.of(lang),
        Trap::Reboot if cfg!(windows) => console::THE_COMPUTER_IS_REBOOTED.of(lang),
        Trap::Reboot => console::THE_COMPUTER_IS_REBOOTED_ONLY.of(lang),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::recovering;

    use super::*;

    #[test]
    fn r14_r22_r3_each_trap_has_its_warning() {
        let count = |config: &ServiceConfig| warnings(config, Lang::En).len();
        let mut good = recovering("restart/60000/restart/120000", 300);
        good.failure_actions_on_non_crash_failures = true;
        assert_eq!(count(&good), 0);
        for (actions, reset) in [
            ("restart/60000/restart/60000", 0),
            ("restart/60000/none/0", 300),
            ("restart/0", 300),
            ("run/0", 300),
            ("reboot/60000", 300),
        ] {
            let mut trap = recovering(actions, reset);
            trap.failure_actions_on_non_crash_failures = true;
            assert_eq!(count(&trap), 1, "{actions}");
        }
        assert_eq!(count(&recovering("restart/60000", 300)), 1, "the flag");
    }

    #[test]
    fn x81_a_jitter_is_shown_as_what_it_may_add() {
        let mut config = recovering("restart/60000/run/0", 300);
        config
            .extensions
            .set(RESTART_JITTER, Duration::from_secs(5));
        let text = steps(&config, 0, Lang::En).into_string();
        assert!(text.contains("1 min and up to 5 s"), "{text}");
        assert!(
            text.contains(console::PREVIEW_AT_ONCE.of(Lang::En)),
            "{text}"
        );
    }
}
