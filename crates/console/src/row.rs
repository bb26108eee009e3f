//! How a row of the table of services looks.

use maud::{Markup, html};
use relance_scm::ServiceState;
use relance_scm::manager::ServiceInfo;
use relance_texts::{Size, console, shown};

use crate::form::query;
use crate::hub::Load;
use crate::lang::{self, Lang, SLOTS, rich};
use crate::time;

/// How a state looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    state: ServiceState,
    has_failed: bool,
}

impl Look {
    pub(crate) fn of(info: &ServiceInfo) -> Self {
        let state = info.status.state;
        Self {
            state,
            has_failed: state == ServiceState::Stopped && info.has_failed(),
        }
    }

    /// Rows that need attention come first, stopped ones last.
    pub(crate) fn rank(self) -> u32 {
        match self.state {
            ServiceState::Stopped if self.has_failed => 0,
            ServiceState::Running => 2,
            ServiceState::Paused => 3,
            ServiceState::Stopped => 4,
            _ => 1,
        }
    }

    /// As a shape and a word; with a number before it if it stands for several.
    pub(crate) fn markup(self, count: Option<usize>, lang: Lang) -> Markup {
        let (class, shape) = match self.state {
            ServiceState::Running => ("running", "M5 3.2v9.6l7.6-4.8z"),
            ServiceState::Paused => ("paused", "M4 3h3v10H4zM9 3h3v10H9z"),
            ServiceState::Stopped if self.has_failed => ("failed", "M8 1.5 15 14H1z"),
            ServiceState::Stopped => ("stopped", "M3.5 3.5h9v9h-9z"),
            _ => (
                "pending",
                "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zm0 2.5V8l2.5 1.6",
            ),
        };
        let word = if self.has_failed {
            console::SERVICES_FAILED.of(lang)
        } else {
            lang::state(self.state).of(lang)
        };
        html! {
            span class={ "state " (class) } {
                svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" { path d=(shape) {} }
                @if let Some(count) = count { (count) "\u{A0}" }
                (word)
            }
        }
    }
}

/// The state as a shape and a word, and what is to be said of it.
pub(crate) fn state(info: &ServiceInfo, lang: Lang) -> Markup {
    html! {
        (Look::of(info).markup(None, lang))
        @if info.status.state.is_pending() { (progress(info, lang)) }
        @if let Some(problem) = &info.output_problem {
            " " span.chip.warn title=(problem.of(lang)) { (console::OUTPUT_NOT_KEPT.of(lang)) }
        }
        @if info.marked_for_delete { " " span.chip.warn { (console::BEING_DELETED.of(lang)) } }
    }
}

/// How far a pending state has come: its checkpoint, and how long the next step may take.
fn progress(info: &ServiceInfo, lang: Lang) -> Markup {
    let status = &info.status;
    let hint = u64::try_from(status.wait_hint.as_millis()).unwrap_or(u64::MAX);
    html! {
        span.progress {
            progress aria-label=(console::IN_PROGRESS.of(lang)) {}
            @if status.checkpoint > 0 { span { (lang.say(console::Step { number: status.checkpoint })) } }
            @if hint > 0 { span { "≤ " (time::duration(hint, lang)) } }
        }
    }
}

/// What it waits for, and what follows a failure that has happened, with its countdown.
pub(crate) fn next_recovery(info: &ServiceInfo, lang: Lang) -> Markup {
    html! {
        @if let Some(held) = &info.held {
            span.next { (lang.say(console::Held { needed: shown(&held.needed) })) }
        }
        @if let Some(at) = info.next_start {
            span.next { (rich(console::StartsNext { time: SLOTS[0] }, lang, &[time::until(at.0)])) }
        }
        @for pending in &info.recovery.pending {
            span.next {
                (lang::action(pending.action.kind).of(lang)) " "
                @if pending.executing { (console::NOW.of(lang)) }
                @else { (time::until(pending.due.0)) }
                @if let Some(budget) = pending.delayed_by {
                    span.budget title=(budget.name()) { " (" (lang::budget(budget).of(lang)) ")" }
                }
            }
        }
    }
}

/// When and why a service failed last.
pub(crate) fn last_failure(info: &ServiceInfo, lang: Lang) -> Markup {
    let Some(at) = info.recovery.last_failure_at else {
        return html! {};
    };
    let end = info.last_end.as_ref().filter(|end| end.failure.is_some());
    html! {
        (time::ago(at.0))
        @if let Some(end) = end {
            span.reason { (reason(end, lang)) }
        }
    }
}

/// A cause with more characters does not fit into a row; its page has it.
const CAUSE_MAX: usize = 120;

/// Why a run ended, in a few words.
pub(crate) fn reason(end: &relance_scm::manager::EndInfo, lang: Lang) -> String {
    use relance_scm::ExitCode;
    use relance_scm::signal::signal_name;
    use relance_scm::status::ProcessExit;
    let cause = end.cause.as_ref().map(|cause| cause.of(lang));
    if let Some(cause) = cause.filter(|cause| cause.chars().count() <= CAUSE_MAX) {
        return cause;
    }
    match (end.exit, end.exit_code) {
        // What a program reports is its exit status.
        (Some(ProcessExit::Exited(status)), ExitCode::ServiceSpecific(code))
            if u32::try_from(status) == Ok(code) =>
        {
            lang.say(console::ExitNumber { status })
        }
        (_, ExitCode::ServiceSpecific(code)) => lang.say(console::ErrorNumber { code }),
        (Some(ProcessExit::Signaled(signal)), _) => match signal_name(signal) {
            Some(name) => format!("SIG{name}"),
            None => lang.say(console::SignalNumber { signal }),
        },
        (Some(ProcessExit::Exited(code)), ExitCode::PROCESS_ABORTED) => {
            lang.say(console::ExitNumber { status: code })
        }
        (_, ExitCode::PROCESS_ABORTED) => console::ENDED_UNSEEN.of(lang).to_owned(),
        (_, code) => lang.say(console::ErrorNumber {
            code: code.win32().to_raw(),
        }),
    }
}

/// What a service is doing, in its own words (X42).
pub(crate) fn says(info: &ServiceInfo) -> Option<&str> {
    info.run.as_ref()?.status_text.as_deref()
}

/// The row of one service.
pub(crate) fn row(info: &ServiceInfo, load: Option<&Load>, is_member: bool, lang: Lang) -> Markup {
    let config = &info.config;
    let name = config.service_name.as_str();
    let link = format!("/service/general?{}", query(&[("name", name)]));
    let differs = *config.display_name != *name;
    html! {
        tr.member[is_member] data-id=(info.id.0) {
            td.pick { input type="checkbox" name="name" value=(name) form="controls" aria-label=(lang.say(console::Select { name })); }
            th.name scope="row" {
                a href=(link) { bdi { (config.display_name) } }
                @if differs { bdi.second { (name) } }
            }
            td.st {
                (state(info, lang))
                @if let Some(text) = says(info) { bdi.second { (text) } }
            }
            td.start { (lang::start_type(config.start_type.name(), config.delayed_auto_start).of(lang)) }
            td.account { bdi { (config.account_name.as_str()) } }
            td.num.pid { @if info.status.process_id != 0 { (info.status.process_id) } }
            td.num.uptime { @if let Some(run) = &info.run { (time::since(run.started_at.0)) } }
            td.num.cpu { @if let Some(cpu) = load.and_then(|load| load.cpu) { (lang::decimal(cpu, 1, lang)) "\u{A0}%" } }
            td.num.memory { @if let Some(load) = load { (Size(load.memory_bytes).of(lang)) } }
            td.num.failures { @if info.recovery.failure_count > 0 { span.chip.bad { (info.recovery.failure_count) } } }
            td.last { (last_failure(info, lang)) }
            td.next { (next_recovery(info, lang)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::tests::info;

    #[test]
    fn names_are_text_and_not_markup() {
        let html = row(
            &info(
                1,
                "<img src=x onerror=alert(1)>\"'",
                ServiceState::Running,
                0,
            ),
            None,
            false,
            Lang::En,
        );
        let html = html.into_string();
        assert!(!html.contains("<img") && html.contains("&lt;img"), "{html}");
        assert!(!html.contains("\"'\""), "{html}");
    }
}
