//! The table of services: which rows, in which order. `instances` has those that share a row, `row` how one
//! looks.

use std::cmp::Ordering;
use std::sync::Arc;

use relance_scm::manager::ServiceInfo;
use relance_scm::{ServiceState, fold_case};

use crate::form::{Form, query};
use crate::hub::State;
use crate::instances::{self, Folds, Line};

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
    pub(crate) folds: Folds,
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
            folds: Folds::of(form),
        }
    }

    /// As the query string of a link.
    pub(crate) fn query(&self) -> String {
        let page = self.page.to_string();
        let folds = self.folds.values();
        let mut pairs = vec![
            ("q", self.text.as_str()),
            ("state", &self.state),
            ("start", &self.start),
            ("sort", &self.sort),
            ("dir", if self.descending { "desc" } else { "" }),
            ("page", if self.page == 0 { "" } else { &page }),
        ];
        pairs.extend(folds.iter().map(|value| ("group", value.as_str())));
        query(&pairs)
    }

    fn is_by_name(&self) -> bool {
        self.sort.is_empty() || self.sort == "name"
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
    pub(crate) rows: Vec<Line>,
    /// How many rows all pages have together.
    pub(crate) lines: usize,
    /// How many services match.
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
        if wanted.is_by_name() {
            rows.sort_by_cached_key(|info| instances::by_number(&info.config.service_name));
        } else {
            rows.sort_by(|a, b| compare(state, &wanted.sort, a, b));
        }
        if wanted.descending {
            rows.reverse();
        }
        let matching = rows.len();
        let mut together = instances::together(&rows);
        sort_by_sum(state, wanted, &mut together);
        let counted = instances::count(state.services.values());
        let loaded =
            |info: &Arc<ServiceInfo>| (Arc::clone(info), state.loads.get(&info.id).copied());
        let lines: Vec<Line> = together
            .into_iter()
            .flat_map(|infos| {
                let members = infos.into_iter().map(loaded).collect();
                instances::lines(members, &counted, &wanted.folds, &text)
            })
            .collect();
        let page = wanted.page.min(lines.len().saturating_sub(1) / ROWS_MAX);
        let count = |which: fn(&ServiceInfo) -> bool| {
            state.services.values().filter(|info| which(info)).count()
        };
        Self {
            lines: lines.len(),
            rows: lines
                .into_iter()
                .skip(page * ROWS_MAX)
                .take(ROWS_MAX)
                .collect(),
            matching,
            all: state.services.len(),
            running: count(|info| info.status.state == ServiceState::Running),
            failed: count(ServiceInfo::has_failed),
            page,
        }
    }
}

/// What is shown as a sum is ordered by it.
fn sort_by_sum(state: &State, wanted: &Wanted, lines: &mut [Vec<&Arc<ServiceInfo>>]) {
    let loads = |line: &[&Arc<ServiceInfo>]| {
        let ids = line.iter().map(|info| &info.id);
        ids.filter_map(|id| state.loads.get(id))
            .copied()
            .collect::<Vec<_>>()
    };
    let cpu = |line: &[_]| -> f64 { loads(line).iter().filter_map(|load| load.cpu).sum() };
    let memory = |line: &[_]| {
        loads(line)
            .iter()
            .map(|load| load.memory_bytes)
            .reduce(|a, b| a + b)
    };
    let failures = |line: &[&Arc<ServiceInfo>]| -> u32 {
        line.iter().map(|info| info.recovery.failure_count).sum()
    };
    // Those that are equal keep their order, which is the other way round as well.
    if wanted.descending {
        lines.reverse();
    }
    match wanted.sort.as_str() {
        "cpu" => lines.sort_by(|a, b| cpu(a).total_cmp(&cpu(b))),
        "memory" => lines.sort_by_key(|line| memory(line)),
        "failures" => lines.sort_by_key(|line| failures(line)),
        _ => {}
    }
    if wanted.descending {
        lines.reverse();
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

    pub(crate) fn known(infos: &[Arc<ServiceInfo>]) -> State {
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
            .map(|line| line.services()[0].0.config.service_name.to_string())
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

    fn workers(count: u32) -> State {
        let mut all: Vec<_> = (1..=count)
            .map(|number| {
                let state = if number == 2 {
                    ServiceState::Stopped
                } else {
                    ServiceState::Running
                };
                info(number, &format!("worker@{number}"), state, number)
            })
            .collect();
        all.push(info(1000, "alone@1", ServiceState::Running, 0));
        all.push(info(1001, "zebra", ServiceState::Running, 4));
        known(&all)
    }

    fn keys(state: &State, query: &[u8]) -> Vec<String> {
        let view = View::of(state, &Wanted::of(&Form::parse(query)));
        view.rows.iter().map(Line::key).collect()
    }

    #[test]
    fn more_than_three_instances_are_one_row_until_it_is_opened() {
        assert_eq!(
            keys(&workers(3), b""),
            ["1000", "WORKER@", "1", "2", "3", "1001"]
        );
        let state = workers(11);
        assert_eq!(keys(&state, b""), ["1000", "WORKER@", "1001"]);
        let opened = keys(&state, b"group=open/Worker%40");
        assert_eq!(opened[..4], ["1000", "WORKER@", "1", "2"]);
        assert_eq!(opened[11..], ["10", "11", "1001"], "by number");
        // What was pressed last counts.
        assert_eq!(
            keys(&state, b"group=open/worker%40&group=shut/worker%40").len(),
            3
        );
        assert_eq!(keys(&workers(3), b"group=shut/worker%40").len(), 3);
    }

    #[test]
    fn a_search_for_an_instance_finds_it_and_one_for_the_template_its_row() {
        let state = workers(60);
        assert_eq!(keys(&state, b"q=worker"), ["WORKER@"]);
        assert_eq!(keys(&state, b"q=WORKER%402")[..3], ["WORKER@", "2", "20"]);
        assert_eq!(keys(&state, b"q=worker%4033"), ["33"]);
        assert_eq!(keys(&state, b"state=stopped"), ["2"]);
    }

    #[test]
    fn a_group_has_its_place_by_its_sum() {
        let order = keys(&workers(5), b"sort=failures&dir=desc");
        assert_eq!(order, ["WORKER@", "1001", "1000"], "15, 4 and 0");
    }

    #[test]
    fn the_row_counts_states_and_names_each_for_controls() {
        let state = workers(8);
        let view = View::of(&state, &Wanted::of(&Form::parse(b"")));
        let html = view.rows[1].row(crate::lang::Lang::En).into_string();
        for part in [
            "7\u{A0}",
            "1\u{A0}",
            "8 instances",
            "aria-expanded=\"false\"",
            ">36<",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert_eq!(
            instances::names("worker@/1/2/x"),
            ["worker@1", "worker@2", "worker@x"]
        );
        assert!(html.contains("worker@/1/2/3/4/5/6/7/8"), "{html}");
        assert_eq!(instances::names("zebra"), ["zebra"]);
    }
}
