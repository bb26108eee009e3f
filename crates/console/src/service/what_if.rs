//! The what-if beside the Recovery form: the reader marks failures on an axis, and sees what would follow. It is played by
//! the policy's own simulator, in virtual time.

use std::time::Duration;

use maud::{Markup, html};
use relance_policy::simulate::{Happening, Moment, Occurrence, Script, Timeline, When, simulate};
use relance_scm::config::Cause;
use relance_scm::event::Event;
use relance_scm::status::ProcessExit;
use relance_scm::{ExitCode, RecoveryActionKind, ServiceConfig, ServiceState};
use relance_texts::console;

use super::policy;
use crate::chart::{Axis, DueRestarts, Lane, Mark, MarkKind, Span, SpanKind, draw, legend};
use crate::form::Form;
use crate::lang::{self, Lang};
use crate::policy_words;
use crate::time;

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

/// The axis with its failures, and what would follow.
pub(super) fn what_if(config: &ServiceConfig, form: &Form, lang: Lang) -> Markup {
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
        let is_restarted = is_restarted(entry, &mut restarts);
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

/// Whether this entry is the restart that a failure before it has announced.
fn is_restarted(entry: &relance_policy::simulate::Entry, restarts: &mut DueRestarts) -> bool {
    match &entry.what {
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
    }
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
    use crate::testing::recovering;

    use super::*;

    #[test]
    fn what_if_is_down_between_a_failure_and_its_restart() {
        let form = Form::parse(b"at=10000%3Acrash&at=garbage&at=5%3Aexplode");
        let failures = marked(&form);
        assert_eq!(failures.len(), 1);
        let timeline = simulate(&recovering("restart/30000", 300), &script_of(&failures));
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
        let timeline = simulate(&recovering("restart/30000", 300), &script_of(&failures));
        let lane = lane_of(&timeline, 60_000, Lang::En);
        assert_eq!(lane.spans[1].kind, SpanKind::Stopped);
    }
}
