//! The last lines that a run printed, from the event log: entries about failures, failed starts and stops
//! with an error hold them.

use relance_scm::event_log::EventFilter;
use relance_scm::manager::ServiceInfo;

use crate::cli::Manager;
use crate::plain::plain;

/// Entries among which they are looked for.
const ENTRIES: u32 = 50;
/// Lines that are shown.
const LINES: usize = 5;

/// What the last run that ended printed last; `None` where nothing is known, or not for this caller.
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
    let mut entries = page.entries.into_iter();
    let output = entries.find_map(|entry| {
        let of_run = entry.details.run == Some(run);
        entry.details.output.filter(|_| of_run)
    })?;
    of(&output)
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
