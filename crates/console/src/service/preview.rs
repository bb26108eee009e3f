//! What stands beside a form while it is filled in: what is wrong, what would change, what would
//! follow a failure, and the script for it.
//!
//! The what-if is played by the policy's own simulator, in virtual time.

use std::time::Duration;

use maud::{Markup, html};
use relance_policy::delays;
use relance_policy::simulate::{Happening, Moment, Occurrence, Script, Timeline, When, simulate};
use relance_policy::trap::{Trap, traps};
use relance_scm::config::Cause;
use relance_scm::event::Event;
use relance_scm::manager::ServiceInfo;
use relance_scm::settings::{
    BACKOFF, RESET_AFTER_RUN, RESTART_JITTER, RESTART_LIMIT, RESTART_LIMIT_PERIOD,
};
use relance_scm::status::ProcessExit;
use relance_scm::{
    ExitCode, RecoveryAction, RecoveryActionKind, ResetPeriod, ServiceConfig, ServiceState,
};
use relance_texts::{console, word};

use super::change::changed;
use super::policy;
use crate::chart::{Axis, DueRestarts, Lane, Mark, MarkKind, Span, SpanKind, draw, legend};
use crate::form::Form;
use crate::lang::{self, Lang};
use crate::policy_words;
use crate::reply::problem;
use crate::tab::Tab;
use crate::viewer::Viewer;
use crate::{contradictions, diff, script, time};

/// Lengths of the what-if's axis, milliseconds.
const SPANS: [i64; 6] = [
    60_000,
    600_000,
    3_600_000,
    21_600_000,
    86_400_000,
    604_800_000,
];
const SPAN_DEFAULT: i64 = 600_000;
/// Failures that one may mark.
const MARKS_MAX: usize = 50;

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
    let lasting = config.extensions.get(RESET_AFTER_RUN);
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

/// A failure somebody has marked: when, and of which kind: one of [`KINDS`], or a cause that rules can name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct MarkedFailure {
    at_ms: u64,
    kind: String,
}

/// The kinds of failures that one may mark.
const KINDS: [&str; 4] = ["crash", "error", "clean", "start"];

fn kind_label(kind: &str, lang: Lang) -> String {
    let words = match kind {
        "error" => console::STOPS_WITH_AN_ERROR,
        "clean" => console::STOPS_WITHOUT_AN_ERROR,
        "start" => console::IS_STARTED_BY_HAND,
        _ => match caused(kind) {
            Some(cause) => {
                let cause = policy_words::cause(&cause, lang);
                return lang.say(console::FailsOf { cause });
            }
            None => console::CRASHES,
        },
    };
    words.of(lang).to_owned()
}

/// The cause that a kind is, if it can be tried.
fn caused(kind: &str) -> Option<Cause> {
    let cause = kind.parse().ok()?;
    policy_words::happening(&cause).map(|_| cause)
}

fn marked(form: &Form) -> Vec<MarkedFailure> {
    let mut failures: Vec<_> = form
        .all("at")
        .filter_map(|text| {
            let (at, kind) = text.split_once(':')?;
            let is_known = KINDS.contains(&kind) || caused(kind).is_some();
            Some(MarkedFailure {
                at_ms: at.parse().ok()?,
                kind: is_known.then(|| kind.to_owned())?,
            })
        })
        .take(MARKS_MAX)
        .collect();
    failures.sort_by_key(|failure| failure.at_ms);
    failures
}

/// The user marks failures on an axis and sees what would follow.
fn what_if(config: &ServiceConfig, form: &Form, lang: Lang) -> Markup {
    let span = form
        .number("span")
        .filter(|span| SPANS.contains(span))
        .unwrap_or(SPAN_DEFAULT);
    let failures = marked(form);
    let timeline = simulate(config, &script_of(&failures));
    let lane = lane_of(&timeline, span, lang);
    html! {
        section #whatif.card aria-labelledby="what-if" {
            h2 #what-if { (console::WHAT_IF.of(lang)) }
            p.dim { (console::CLICK_ON_THE_LINE.of(lang)) }
            div.whatif data-whatif="" { (draw(&lane, 0, span, Axis::Relative, console::WHAT_WOULD_FOLLOW.of(lang), lang)) }
            (legend(lang))
            div.row {
                label { span { (console::SECONDS.of(lang)) } input #whatif-at type="number" min="0" step="any" value="30"; }
                label { span { (console::THE_SERVICE.of(lang)) }
                    select #whatif-kind {
                        @for kind in KINDS { option value=(kind) { (kind_label(kind, lang)) } }
                        @for cause in policy::tried(config) {
                            @let kind = cause.to_string();
                            option value=(kind) { (kind_label(&kind, lang)) }
                        }
                    } }
                button type="button" data-whatif-add="" { (console::ADD.of(lang)) }
                label { span { (console::AXIS.of(lang)) }
                    select name="span" form="edit" { @for each in SPANS {
                        option value=(each) selected[each == span] { (time::duration(each.unsigned_abs(), lang)) }
                    } }
                }
            }
            @if !failures.is_empty() {
                ul.marks {
                    @for failure in &failures {
                        li {
                            input type="hidden" name="at" form="edit" value={ (failure.at_ms) ":" (failure.kind) };
                            "+" (time::duration(failure.at_ms, lang)) " " (kind_label(&failure.kind, lang)) " "
                            button.small type="button" data-whatif-remove="" aria-label={ (console::PREVIEW_REMOVE.of(lang)) " +" (time::duration(failure.at_ms, lang)) } { "×" }
                        }
                    }
                }
                (story(&timeline, lang))
            }
        }
    }
}

fn script_of(failures: &[MarkedFailure]) -> Script {
    let what = |kind: &str| match kind {
        "error" => Happening::Stopped(ExitCode::ServiceSpecific(1)),
        "clean" => Happening::Stopped(ExitCode::SUCCESS),
        "start" => Happening::Start,
        _ => {
            let of_cause = caused(kind).and_then(|cause| policy_words::happening(&cause));
            of_cause.unwrap_or(Happening::Exit(ProcessExit::Signaled(11)))
        }
    };
    Script {
        clock: None,
        moments: failures
            .iter()
            .map(|failure| Moment {
                when: When::At(Duration::from_millis(failure.at_ms)),
                what: what(&failure.kind),
            })
            .collect(),
    }
}

fn at_ms(entry: &relance_policy::simulate::Entry) -> i64 {
    i64::try_from(entry.at.as_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// A time line of the simulator as a drawing: running until something else is said.
fn lane_of(timeline: &Timeline, until: i64, lang: Lang) -> Lane {
    let mut lane = Lane::default();
    let mut from = 0;
    let mut kind = SpanKind::Up;
    let mut failed = false;
    let mut restarts = DueRestarts::default();
    for entry in &timeline.entries {
        let at = at_ms(entry).min(until);
        let is_restarted = match &entry.what {
            Occurrence::Logged(Event::Failed {
                action: Some(action),
                ..
            }) if action.kind.restarts() => {
                let delay = i64::try_from(action.delay().as_millis()).unwrap_or(i64::MAX);
                restarts.add(at_ms(entry).saturating_add(delay));
                false
            }
            Occurrence::Logged(Event::StateEntered(ServiceState::Running)) => {
                restarts.take(at_ms(entry))
            }
            Occurrence::Logged(Event::RecoveryActionFailed(..)) => {
                restarts.take(at_ms(entry));
                false
            }
            _ => false,
        };
        let mut enter = |next: SpanKind| {
            lane.spans.push(Span { from, to: at, kind });
            (from, kind) = (at, next);
        };
        match &entry.what {
            Occurrence::Logged(Event::StateEntered(ServiceState::Running)) => {
                enter(SpanKind::Up);
                failed = false;
            }
            Occurrence::Logged(Event::StateEntered(ServiceState::Stopped)) => {
                enter(if failed {
                    SpanKind::Failed
                } else {
                    SpanKind::Stopped
                });
            }
            Occurrence::Logged(Event::Failed { .. }) => failed = true,
            _ => {}
        }
        let mark = if is_restarted {
            let what = lang::action(RecoveryActionKind::Restart).of(lang);
            Some((MarkKind::Action, what.to_owned()))
        } else {
            mark_of(&entry.what, lang)
        };
        if let Some((mark, kind)) = mark
            && at_ms(entry) <= until
        {
            lane.marks.push(Mark {
                at,
                kind: mark,
                label: format!("+{} {kind}", time::duration(at.unsigned_abs(), lang)),
                href: None,
            });
        }
    }
    lane.spans.push(Span {
        from,
        to: until,
        kind,
    });
    lane.spans.retain(|span| span.to > span.from);
    lane
}

fn mark_of(what: &Occurrence, lang: Lang) -> Option<(MarkKind, String)> {
    let kind = match what {
        Occurrence::Logged(Event::Failed { .. }) => MarkKind::Failure,
        Occurrence::CommandRun(_) | Occurrence::Rebooted => MarkKind::Action,
        Occurrence::CounterReset => MarkKind::Reset,
        Occurrence::Logged(Event::RecoveryActionFailed(..))
        | Occurrence::Ignored(_)
        | Occurrence::Refused(_) => MarkKind::Ignored,
        // It is played without a clock: no schedule starts it.
        Occurrence::Happened(_)
        | Occurrence::Logged(_)
        | Occurrence::ScheduledStart
        | Occurrence::Finished => return None,
    };
    Some((kind, what.text(console::THE_SERVICE.of(lang)).of(lang)))
}

/// The same in words.
fn story(timeline: &Timeline, lang: Lang) -> Markup {
    let shown = timeline
        .entries
        .iter()
        .filter(|entry| !matches!(entry.what, Occurrence::Happened(_)))
        .take(60);
    html! {
        details {
            summary { (console::IN_WORDS.of(lang)) }
            ol.story {
                @for entry in shown {
                    li { span.code { "+" (time::duration(at_ms(entry).unsigned_abs(), lang)) } " " (entry.what.text(console::THE_SERVICE.of(lang)).of(lang)) }
                }
            }
            p { (lang.say(console::AtTheEnd {
                state: lang::state(timeline.final_state),
                failures: console::FailuresCounted {
                    count: timeline.failure_count,
                    number: timeline.failure_count,
                },
            })) }
        }
    }
}

#[cfg(test)]
mod tests {
    use relance_scm::ServiceName;
    use relance_scm::failure_actions::ActionList;

    use super::*;

    fn config(actions: &str, reset: u32) -> ServiceConfig {
        let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        config.failure_actions.actions = actions.parse::<ActionList>().unwrap().0.into();
        config.failure_actions.reset_period = ResetPeriod::Seconds(reset);
        config
    }

    #[test]
    fn r14_r22_r3_each_trap_has_its_warning() {
        let count = |config: &ServiceConfig| warnings(config, Lang::En).len();
        let mut good = config("restart/60000/restart/120000", 300);
        good.failure_actions_on_non_crash_failures = true;
        assert_eq!(count(&good), 0);
        for (actions, reset) in [
            ("restart/60000/restart/60000", 0),
            ("restart/60000/none/0", 300),
            ("restart/0", 300),
            ("run/0", 300),
            ("reboot/60000", 300),
        ] {
            let mut trap = config(actions, reset);
            trap.failure_actions_on_non_crash_failures = true;
            assert_eq!(count(&trap), 1, "{actions}");
        }
        assert_eq!(count(&config("restart/60000", 300)), 1, "the flag");
    }

    #[test]
    fn x81_a_jitter_is_shown_as_what_it_may_add() {
        let mut config = config("restart/60000/run/0", 300);
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

    #[test]
    fn what_if_is_down_between_a_failure_and_its_restart() {
        let form = Form::parse(b"at=10000%3Acrash&at=garbage&at=5%3Aexplode");
        let failures = marked(&form);
        assert_eq!(failures.len(), 1);
        let timeline = simulate(&config("restart/30000", 300), &script_of(&failures));
        let lane = lane_of(&timeline, 60_000, Lang::En);
        let spans: Vec<_> = lane.spans.iter().map(|s| (s.from, s.to, s.kind)).collect();
        assert_eq!(
            spans,
            [
                (0, 10_000, SpanKind::Up),
                (10_000, 40_000, SpanKind::Failed),
                (40_000, 60_000, SpanKind::Up)
            ]
        );
        let marks: Vec<_> = lane.marks.iter().map(|m| (m.at, m.kind)).collect();
        let expected = [(10_000, MarkKind::Failure), (40_000, MarkKind::Action)];
        assert_eq!(marks, expected);
    }

    #[test]
    fn r3_a_stop_with_an_error_is_no_failure_without_the_flag() {
        let failures = marked(&Form::parse(b"at=10000%3Aerror"));
        let timeline = simulate(&config("restart/30000", 300), &script_of(&failures));
        let lane = lane_of(&timeline, 60_000, Lang::En);
        assert_eq!(lane.spans[1].kind, SpanKind::Stopped);
    }
}
