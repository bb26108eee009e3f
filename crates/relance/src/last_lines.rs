//! The last lines that a run printed, from the event log: entries about failures, failed starts and stops
//! with an error hold them.

use relance_scm::event::EventLevel;
use relance_scm::event_log::EventFilter;
use relance_scm::manager::{OutputRange, OutputStream, ServiceInfo};
use relance_scm::status::ProcessExit;

use crate::cli::Manager;
use crate::plain::plain;

/// Entries among which they are looked for.
const ENTRIES: u32 = 50;
/// Lines that are shown.
const LINES: usize = 5;

/// The last lines of the last run that ended; `None` if they are not known, or this caller may not
/// see them.
pub(crate) fn of_last_run(manager: &Manager, info: &ServiceInfo) -> Option<String> {
    let run = info.last_end.as_ref()?.run;
    let filter = EventFilter {
        service: Some(info.id),
        limit: ENTRIES,
        ..EventFilter::default()
    };
    let page = manager
        .ask(|scm, caller, reply| scm.find_events(caller, filter, reply))
        .ok()?;
    let entries = page.entries.into_iter();
    let mut of_run = entries.filter(|entry| entry.details.run == Some(run));
    let mut failed = false;
    let output = of_run.find_map(|entry| {
        failed |= entry.level == EventLevel::Error;
        entry.details.output
    });
    match output {
        // It failed and printed nothing: the lines in the files are of earlier runs.
        None if failed => None,
        None => of(&printed(manager, info)?),
        Some(output) => of(&output),
    }
}

/// What the run printed last, from the log files, after a clean stop whose process then ended with a status: no
/// entry has its lines, and they are wanted. Nothing if an earlier engine had started it.
fn printed(manager: &Manager, info: &ServiceInfo) -> Option<String> {
    let end = info.last_end.as_ref()?;
    let is_odd = matches!(end.exit?, ProcessExit::Exited(status) if status != 0);
    if !is_odd || info.run.is_some() {
        return None;
    }
    let lines = u32::try_from(LINES).expect("a few");
    let range = OutputRange::LastLinesOfRun(end.run.number, lines);
    let name = &info.config.service_name;
    let parts = OutputStream::ALL.map(|stream| {
        let part = manager.ask(|scm, caller, reply| {
            scm.read_output(caller, name, stream, range, reply);
        });
        part.map_or_else(
            |_| String::new(),
            |part| String::from_utf8_lossy(&part.bytes).into_owned(),
        )
    });
    Some(parts.concat())
}

/// The last lines of a text; `None` where it has none.
pub(crate) fn of(output: &str) -> Option<String> {
    let lines: Vec<&str> = output.trim_end().lines().collect();
    let last = &lines[lines.len().saturating_sub(LINES)..];
    (!last.is_empty()).then(|| last.join("\n"))
}

/// The same, as it stands below a sentence.
pub(crate) fn indented(lines: &str) -> String {
    let lines: Vec<String> = lines
        .lines()
        .map(|line| format!("  | {}", plain(line)))
        .collect();
    lines.join("\n")
}
