//! The table of services: which rows, in which order, and how each looks.

use std::cmp::Ordering;
use std::sync::Arc;

use maud::{Markup, html};
use relance_scm::manager::ServiceInfo;
use relance_scm::{ServiceState, fold_case};
use relance_texts::{Size, console, shown};

use crate::form::{Form, query};
use crate::hub::{Load, State};
use crate::lang::{self, Lang, SLOTS, rich};
use crate::time;

/// Most rows of a page.
pub(crate) const ROWS_MAX: usize = 200;

/// Columns that rows can be put in order by.
const COLUMNS: [&str; 10] = [
    "name", "state", "start", "account", "pid", "uptime", "cpu", "memory", "failures", "next",
];

/// Groups of states that can be chosen.
pub(crate) const STATES: [&str; 5] = ["running", "stopped", "pending", "paused", "failed"];

/// Which rows are wanted, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// In the name, display name or description, without case.
    pub(crate) text: String,
    /// One of [`STATES`], or empty.
    pub(crate) state: String,
    /// A start type, or empty.
    pub(crate) start: String,
    /// One of the columns, or empty: by name.
    pub(crate) sort: String,
    pub(crate) descending: bool,
    /// Number of the page, from 0.
    pub(crate) page: usize,
}

impl Wanted {
    pub(crate) fn of(form: &Form) -> Self {
        let known = |name: &str, words: &[&str]| {
            let word = form.text(name);
            if words.contains(&word.as_str()) {
                word
            } else {
                String::new()
            }
        };
        Self {
            text: form.text("q").trim().to_owned(),
            state: known("state", &STATES),
            start: known("start", &["auto", "demand", "disabled"]),
            sort: known("sort", &COLUMNS),
            descending: form.get("dir") == Some("desc"),
            page: form.number("page").unwrap_or_default(),
        }
    }

    /// As the query string of a link.
    pub(crate) fn query(&self) -> String {
        query(&[
            ("q", &self.text),
            ("state", &self.state),
            ("start", &self.start),
            ("sort", &self.sort),
            ("dir", if self.descending { "desc" } else { "" }),
            (
                "page",
                &if self.page == 0 {
                    String::new()
                } else {
                    self.page.to_string()
                },
            ),
        ])
    }

    fn takes(&self, info: &ServiceInfo, text: &str) -> bool {
        let config = &info.config;
        let in_state = match self.state.as_str() {
            "running" => info.status.state == ServiceState::Running,
            "stopped" => info.status.state == ServiceState::Stopped,
            "paused" => info.status.state == ServiceState::Paused,
            "pending" => info.status.state.is_pending(),
            "failed" => info.has_failed(),
            _ => true,
        };
        in_state
            && (self.start.is_empty() || config.start_type.name() == self.start)
            && (text.is_empty()
                || fold_case(config.service_name.as_str()).contains(text)
                || fold_case(&config.display_name).contains(text)
                || fold_case(&config.description).contains(text))
    }
}

/// The rows of a page, and how many there are in all.
pub(crate) struct View {
    pub(crate) rows: Vec<Arc<ServiceInfo>>,
    /// How many match.
    pub(crate) matching: usize,
    /// How many there are.
    pub(crate) all: usize,
    pub(crate) running: usize,
    pub(crate) failed: usize,
    /// The page that is shown, which is the last one if fewer are left than were asked for.
    pub(crate) page: usize,
}

impl View {
    pub(crate) fn of(state: &State, wanted: &Wanted) -> Self {
        let text = fold_case(&wanted.text);
        let mut rows: Vec<_> = state
            .services
            .values()
            .filter(|info| wanted.takes(info, &text))
            .collect();
        if !(wanted.sort.is_empty() || wanted.sort == "name") {
            rows.sort_by(|a, b| compare(state, &wanted.sort, a, b));
        }
        if wanted.descending {
            rows.reverse();
        }
        let matching = rows.len();
        let page = wanted.page.min(matching.saturating_sub(1) / ROWS_MAX);
        let count = |which: fn(&ServiceInfo) -> bool| {
            state.services.values().filter(|info| which(info)).count()
        };
        Self {
            rows: rows
                .into_iter()
                .skip(page * ROWS_MAX)
                .take(ROWS_MAX)
                .cloned()
                .collect(),
            matching,
            all: state.services.len(),
            running: count(|info| info.status.state == ServiceState::Running),
            failed: count(ServiceInfo::has_failed),
            page,
        }
    }
}

fn compare(state: &State, column: &str, a: &ServiceInfo, b: &ServiceInfo) -> Ordering {
    let by = |key: fn(&ServiceInfo) -> i64| key(a).cmp(&key(b));
    let cpu = |info: &ServiceInfo| {
        let load = state.loads.get(&info.id);
        load.and_then(|load| load.cpu).unwrap_or_default()
    };
    let memory = |info: &ServiceInfo| state.loads.get(&info.id).map(|load| load.memory_bytes);
    match column {
        "state" => by(|info| info.status.state.to_raw().into()),
        "start" => by(|info| info.config.start_type.to_raw().into()),
        "account" => a
            .config
            .account_name
            .as_str()
            .cmp(b.config.account_name.as_str()),
        "pid" => by(|info| info.status.process_id.into()),
        // Those that run, the oldest first; then those that do not.
        "uptime" => by(|info| info.run.as_ref().map_or(i64::MAX, |run| run.started_at.0)),
        "cpu" => cpu(a).total_cmp(&cpu(b)),
        "memory" => memory(a).cmp(&memory(b)),
        "failures" => by(|info| info.recovery.failure_count.into()),
        "next" => by(|info| info.recovery.pending.first().map_or(i64::MAX, |p| p.due.0)),
        _ => Ordering::Equal,
    }
}

/// The state as a shape and a word.
pub(crate) fn state(info: &ServiceInfo, lang: Lang) -> Markup {
    let status = &info.status;
    let (class, shape) = match status.state {
        ServiceState::Running => ("running", "M5 3.2v9.6l7.6-4.8z"),
        ServiceState::Paused => ("paused", "M4 3h3v10H4zM9 3h3v10H9z"),
        ServiceState::Stopped if info.has_failed() => ("failed", "M8 1.5 15 14H1z"),
        ServiceState::Stopped => ("stopped", "M3.5 3.5h9v9h-9z"),
        _ => (
            "pending",
            "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zm0 2.5V8l2.5 1.6",
        ),
    };
    let word = if class == "failed" {
        console::SERVICES_FAILED.of(lang)
    } else {
        lang::state(status.state).of(lang)
    };
    html! {
        span class={ "state " (class) } {
            svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" { path d=(shape) {} }
            (word)
        }
        @if status.state.is_pending() { (progress(info, lang)) }
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
            }
        }
    }
}

/// When and why a service failed last.
fn last_failure(info: &ServiceInfo, lang: Lang) -> Markup {
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

/// Why a run ended, in a few words.
pub(crate) fn reason(end: &relance_scm::manager::EndInfo, lang: Lang) -> String {
    use relance_scm::ExitCode;
    use relance_scm::status::{ProcessExit, signal_name};
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

/// One row.
pub(crate) fn row(info: &ServiceInfo, load: Option<&Load>, lang: Lang) -> Markup {
    let config = &info.config;
    let name = config.service_name.as_str();
    let link = format!("/service/general?{}", query(&[("name", name)]));
    let differs = *config.display_name != *name;
    html! {
        tr data-id=(info.id.0) {
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
pub(crate) mod tests {
    use relance_scm::manager::RecoveryInfo;
    use relance_scm::status::ServiceStatus;
    use relance_scm::{ControlsAccepted, ExitCode, ServiceConfig, ServiceId, ServiceName};

    use super::*;

    pub(crate) fn info(
        id: u32,
        name: &str,
        state: ServiceState,
        failures: u32,
    ) -> Arc<ServiceInfo> {
        let config = ServiceConfig::new(ServiceName::new(name).unwrap(), "/x");
        Arc::new(ServiceInfo {
            id: ServiceId(id),
            status: ServiceStatus {
                service_type: config.service_type,
                state,
                controls_accepted: ControlsAccepted::NONE,
                exit_code: ExitCode::SUCCESS,
                checkpoint: 0,
                wait_hint: std::time::Duration::ZERO,
                process_id: id,
                service_flags: 0,
            },
            config: Arc::new(config),
            marked_for_delete: false,
            run: None,
            recovery: RecoveryInfo {
                failure_count: failures,
                ..RecoveryInfo::default()
            },
            last_end: None,
            restart_wanted: None,
            held: None,
            next_start: None,
            output_problem: None,
        })
    }

    fn known(infos: &[Arc<ServiceInfo>]) -> State {
        let services = infos
            .iter()
            .map(|info| (info.config.service_name.key(), Arc::clone(info)));
        State {
            services: services.collect(),
            ..State::default()
        }
    }

    fn names(state: &State, query: &[u8]) -> Vec<String> {
        let view = View::of(state, &Wanted::of(&Form::parse(query)));
        view.rows
            .iter()
            .map(|info| info.config.service_name.to_string())
            .collect()
    }

    #[test]
    fn rows_are_chosen_and_put_in_order() {
        let state = known(&[
            info(1, "Beta", ServiceState::Running, 2),
            info(2, "alpha", ServiceState::Stopped, 5),
            info(3, "gamma", ServiceState::StopPending, 0),
        ]);
        assert_eq!(names(&state, b""), ["alpha", "Beta", "gamma"]);
        assert_eq!(names(&state, b"q=BET"), ["Beta"]);
        assert_eq!(names(&state, b"state=pending"), ["gamma"]);
        assert_eq!(names(&state, b"start=auto"), [""; 0]);
        assert_eq!(
            names(&state, b"sort=failures&dir=desc"),
            ["alpha", "Beta", "gamma"]
        );
        assert_eq!(
            names(&state, b"sort=nonsense&state=%3Cb%3E"),
            ["alpha", "Beta", "gamma"]
        );
    }

    #[test]
    fn a_page_has_two_hundred_rows_and_the_last_one_what_is_left() {
        let all: Vec<_> = (0..450)
            .map(|id| info(id, &format!("s{id:04}"), ServiceState::Stopped, 0))
            .collect();
        let state = known(&all);
        assert_eq!(names(&state, b"").len(), ROWS_MAX);
        assert_eq!(names(&state, b"page=2").len(), 50);
        assert_eq!(names(&state, b"page=99").first().unwrap(), "s0400");
    }

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
            Lang::En,
        );
        let html = html.into_string();
        assert!(!html.contains("<img") && html.contains("&lt;img"), "{html}");
        assert!(!html.contains("\"'\""), "{html}");
    }
}
