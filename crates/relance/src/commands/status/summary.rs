//! `relance status` without a name: the state of the machine, and what needs attention.

use relance_scm::ServiceState;
use relance_scm::event_log::Timestamp;
use relance_scm::manager::{ManagerInfo, ServiceInfo};
use relance_texts::{Lang, Message, Text, status};
use serde::Serialize;

use crate::cli::{CommandResult, Common};
use crate::lang::{lang, say};
use crate::limits;
use crate::plain::plain;
use crate::table::{self, Cell, Column, Tone};
use crate::text::{between, due, earliest};
use crate::words;

/// How long a service may be in a pending state before the summary names it.
const LONG_MS: i64 = 60_000;

/// Something that needs attention.
struct Note {
    name: String,
    text: Text,
    tone: Tone,
    /// What to type next.
    next: Option<String>,
}

pub(super) fn run(common: &Common) -> CommandResult {
    let manager = common.manager()?;
    let info = manager.ask(|scm, caller, reply| scm.query_manager(caller, reply))?;
    let all = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
    let mut notes: Vec<Note> = of_manager(&info);
    for service in &all.services {
        notes.extend(of_service(service, info.now));
        notes.extend(limits_of(service, &info));
        notes.extend(output_of(service));
    }
    // X27
    notes.extend(all.unreadable.iter().map(|service| {
        Note {
            name: service.name.to_string(),
            text: status::Foreign {
                text: service.problem.clone(),
            }
            .text(),
            tone: Tone::Bad,
            next: Some("relance doctor".to_owned()),
        }
    }));
    notes.sort_by_key(|note| note.tone != Tone::Bad);
    if common.json {
        return Common::print_json(&Reply::of(&info, &all.services, &notes));
    }
    let (version, pid) = (plain(&info.version), info.pid);
    println!("{}", say(status::ManagerRuns { version, pid }));
    println!("{}", counted(&all.services));
    println!();
    if notes.is_empty() {
        println!("{}", say(status::NOTHING_NEEDED));
        return Ok(());
    }
    println!("{}", say(status::NEEDED));
    let row = |note: &Note| -> Vec<Cell> {
        let next = note.next.clone().unwrap_or_default();
        vec![
            format!("  {}", note.name).into(),
            Cell::toned(note.text.of(lang()), note.tone),
            next.into(),
        ]
    };
    let rows: Vec<_> = notes.iter().map(row).collect();
    table::print_rows(
        &[Column::new(""), Column::new(""), Column::new("").ranked(1)],
        &rows,
    );
    Ok(())
}

/// What is wrong with the manager itself.
fn of_manager(info: &ManagerInfo) -> Vec<Note> {
    let note = |text: &str| Note {
        name: "relance".to_owned(),
        text: status::Foreign { text }.text(),
        tone: Tone::Bad,
        next: Some("relance doctor".to_owned()),
    };
    let console = info
        .console
        .as_ref()
        .and_then(|console| console.problem.as_deref());
    let notices = info.notices.iter().map(String::as_str);
    notices.chain(console).map(note).collect()
}

fn of_service(info: &ServiceInfo, now: Timestamp) -> Option<Note> {
    let name = info.config.service_name.as_str();
    let why = Some(format!("relance why {name}"));
    let note = |text: Text, tone, next| {
        Some(Note {
            name: name.to_owned(),
            text,
            tone,
            next,
        })
    };
    if let Some(pending) = earliest(info) {
        return note(due(pending, now), Tone::Busy, why);
    }
    if let Some(held) = &info.held {
        let needed = plain(&held.needed);
        return note(status::WaitsFor { needed }.text(), Tone::Busy, why);
    }
    let state = info.status.state;
    let end = info.last_end.as_ref().filter(|_| info.has_failed());
    if state == ServiceState::Stopped && info.recovery.gave_up {
        let name = plain(info.config.service_name.as_str());
        return note(status::GaveUpStart { name }.text(), Tone::Bad, why);
    }
    if let Some(end) = end {
        let text = status::GivenUp {
            end: words::summary(end.summary),
            time: between(end.at, now),
        };
        return note(text.text(), Tone::Bad, why);
    }
    let since = info.run.as_ref().map(|run| run.state_since);
    if let Some(since) = since.filter(|since| state.is_pending() && now.0 - since.0 > LONG_MS) {
        let time = between(since, now);
        return note(status::Lasts { state, time }.text(), Tone::Bad, why);
    }
    if info.marked_for_delete && state != ServiceState::Stopped {
        let next = Some(format!("relance stop {name}"));
        return note(status::STILL_RUNS.text(), Tone::Busy, next);
    }
    None
}

/// A limit that nothing holds here.
fn limits_of(info: &ServiceInfo, manager: &ManagerInfo) -> Option<Note> {
    let lacking = limits::lacking(info, manager.controllers)?;
    Some(Note {
        name: info.config.service_name.to_string(),
        text: lacking.text()?.clone(),
        tone: Tone::Busy,
        next: Some("relance doctor".to_owned()),
    })
}

/// What it prints is not kept (X26).
fn output_of(info: &ServiceInfo) -> Option<Note> {
    let problem = info.output_problem.clone()?;
    Some(Note {
        name: info.config.service_name.to_string(),
        text: status::Foreign { text: problem }.text(),
        tone: Tone::Bad,
        next: Some("relance doctor".to_owned()),
    })
}

/// How many services are in which state.
#[derive(Serialize)]
struct Counts {
    services: usize,
    running: usize,
    stopped: usize,
    failed: usize,
    other: usize,
}

impl Counts {
    fn of(services: &[ServiceInfo]) -> Self {
        let count =
            |is: &dyn Fn(&ServiceInfo) -> bool| services.iter().filter(|info| is(info)).count();
        let is = |info: &ServiceInfo, state| info.status.state == state;
        let running = count(&|info| is(info, ServiceState::Running));
        let down = count(&|info| is(info, ServiceState::Stopped));
        let failed = count(&|info| is(info, ServiceState::Stopped) && info.has_failed());
        Self {
            services: services.len(),
            running,
            stopped: down - failed,
            failed,
            other: services.len() - running - down,
        }
    }
}

/// `12 services: 9 running, 2 stopped, 1 failed`.
fn counted(services: &[ServiceInfo]) -> String {
    let Counts {
        services: count,
        running,
        stopped,
        failed,
        other,
    } = Counts::of(services);
    let mut parts = vec![say(status::CountRunning { count: running })];
    if stopped > 0 {
        parts.push(say(status::CountStopped { count: stopped }));
    }
    if failed > 0 {
        parts.push(say(status::CountFailed { count: failed }));
    }
    if other > 0 {
        parts.push(say(status::CountOther { count: other }));
    }
    let states = parts.join(", ");
    say(status::Counted { count, states })
}

/// What `--json` prints.
#[derive(Serialize)]
struct Reply<'a> {
    version: &'a str,
    pid: u32,
    counts: Counts,
    needed: Vec<NoteReply<'a>>,
}

#[derive(Serialize)]
struct NoteReply<'a> {
    name: &'a str,
    /// Whether it needs somebody to act.
    urgent: bool,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

impl<'a> Reply<'a> {
    fn of(info: &'a ManagerInfo, services: &[ServiceInfo], notes: &'a [Note]) -> Self {
        let note = |note: &'a Note| NoteReply {
            name: &note.name,
            urgent: note.tone == Tone::Bad,
            text: note.text.of(Lang::En),
            next: note.next.as_deref(),
        };
        Self {
            version: &info.version,
            pid: info.pid,
            counts: Counts::of(services),
            needed: notes.iter().map(note).collect(),
        }
    }
}
