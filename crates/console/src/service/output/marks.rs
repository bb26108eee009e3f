//! Where runs begin and end in an output: what the event log says, between the lines of that time.
//!
//! Only lines with time stamps say when they were printed. Without them the marks of what happens while the
//! page is open are right, and the last end of a service that does not run.

use maud::html;
use relance_client::ServiceManager;
use relance_scm::event::{Event, EventLevel};
use relance_scm::event_log::{EventFilter, LogEntry};
use relance_scm::manager::ServiceInfo;
use relance_scm::{ScmError, ServiceState};

use crate::lang::Lang;
use crate::output_lines::{Line, Lines};
use crate::time::iso;
use crate::viewer::Viewer;

/// States entered, failures, ends by force.
const IDS: [u32; 4] = [7036, 7031, 7034, 1002];
/// Entries that are looked at, the newest.
const ENTRIES: u32 = 1000;
/// How the stamp of a line is found in its markup.
const STAMP: &str = "<time datetime=\"";

/// Entries of a service, the oldest first.
pub(super) struct Marks {
    entries: Vec<LogEntry>,
    /// Whether nothing runs that could print.
    is_over: bool,
}

impl Marks {
    pub(super) async fn find(viewer: &Viewer, info: &ServiceInfo) -> Result<Self, ScmError> {
        Ok(Self {
            entries: find(viewer, info, None).await?,
            is_over: info.run.is_none(),
        })
    }

    /// Puts each between the lines before and after it. With `to_end` the lines are the last ones.
    pub(super) fn put_into(&self, lines: &mut Lines, to_end: bool, lang: Lang) {
        let mut marked = Vec::with_capacity(lines.lines.len());
        let mut entries = self.entries.iter().peekable();
        let mut is_first = true;
        for line in lines.lines.drain(..) {
            if let Some(stamp) = stamp_of(&line) {
                while let Some(entry) = entries.next_if(|entry| *iso(entry.at.0) < *stamp) {
                    // What was before the first line is not known to be next to it.
                    if !is_first {
                        marked.extend(mark(entry, lang));
                    }
                }
                is_first = false;
            }
            marked.push(line);
        }
        if to_end && !is_first {
            marked.extend(entries.filter_map(|entry| mark(entry, lang)));
        } else if to_end && self.is_over && !marked.is_empty() {
            marked.extend(last_end(&self.entries).and_then(|entry| mark(entry, lang)));
        }
        lines.lines = marked;
        lines.entry = Some(self.entries.last().map_or(0, |entry| entry.number));
    }
}

/// Entries of a service that are marks, after this one; the oldest first.
pub(super) async fn find(
    viewer: &Viewer,
    info: &ServiceInfo,
    after: Option<u64>,
) -> Result<Vec<LogEntry>, ScmError> {
    let filter = EventFilter {
        service: Some(info.id),
        event_ids: IDS.to_vec(),
        after,
        limit: ENTRIES,
        ..EventFilter::default()
    };
    let found = viewer
        .ask(move |manager, caller, reply| manager.find_events(caller, filter, reply))
        .await?;
    Ok(found.entries)
}

/// The entry that says how the last run ended: its failure, or that it stopped.
fn last_end(entries: &[LogEntry]) -> Option<&LogEntry> {
    let is_begin =
        |entry: &LogEntry| entry.event() == Some(Event::StateEntered(ServiceState::Running));
    let last_run = entries.iter().rev().take_while(|entry| !is_begin(entry));
    let ends: Vec<_> = last_run.collect();
    let failure = ends.iter().find(|entry| entry.level == EventLevel::Error);
    failure.or_else(|| ends.first()).copied()
}

fn stamp_of(line: &Line) -> Option<&str> {
    let rest = line.1.strip_prefix(STAMP)?;
    rest.split_once('"').map(|(stamp, _)| stamp)
}

/// What happened, as a line of no bytes that leads to the entry.
pub(super) fn mark(entry: &LogEntry, lang: Lang) -> Option<Line> {
    if !IDS.contains(&entry.event_id) {
        return None;
    }
    let class = match (entry.level, entry.event()) {
        (EventLevel::Error, _) => "bad",
        (_, Some(Event::StateEntered(ServiceState::Running))) => "good",
        _ => "dim",
    };
    let at = iso(entry.at.0);
    let html = html! {
        a class={ "mark " (class) } href={ "/events/" (entry.number) } {
            time datetime=(at) data-as="clock" { (at) } " " (entry.sentence_with_author().of(lang))
        }
    };
    Some(Line(0, html.into_string()))
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::output_lines::Cutter;
    use crate::testing;

    fn entry(at: i64, event: &Event) -> LogEntry {
        LogEntry {
            number: 7,
            ..testing::entry(at, event)
        }
    }

    fn failed(at: i64) -> LogEntry {
        let event = Event::Failed {
            failure_count: 1,
            action: None,
        };
        entry(at, &event)
    }

    fn marked(output: &str, entries: Vec<LogEntry>) -> Vec<usize> {
        let mut lines = Cutter::new(0).feed(output.as_bytes());
        let marks = Marks {
            entries,
            is_over: true,
        };
        marks.put_into(&mut lines, true, Lang::En);
        lines.lines.iter().map(|line| line.0).collect()
    }

    #[test]
    fn an_end_stands_between_the_lines_of_its_time() {
        let output = "1970-01-01T00:00:01.000Z a\n1970-01-01T00:00:03.000Z b\n";
        let entries = vec![failed(500), failed(2000), failed(4000)];
        assert_eq!(marked(output, entries), [27, 0, 27, 0]);
    }

    #[test]
    fn without_times_only_the_last_end_is_known() {
        let running = entry(1500, &Event::StateEntered(ServiceState::Running));
        let entries = vec![failed(500), running, failed(2000)];
        assert_eq!(marked("a\nb\n", entries.clone()), [2, 2, 0]);
        assert_eq!(marked("", entries), [0; 0]);
    }
}
