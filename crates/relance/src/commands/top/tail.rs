//! What stands below the table of `relance top`: the last lines of output and the newest entries of one service.

use std::collections::VecDeque;

use relance_scm::ServiceName;
use relance_scm::event_log::LogEntry;

use super::super::events;
use crate::plain::PlainOutput;

/// Lines of output and of the log that are kept.
const LINES_MAX: usize = 500;

/// See the module.
#[derive(Default)]
pub(super) struct Tail {
    /// The service that this is about.
    about: Option<ServiceName>,
    pub(super) output: VecDeque<String>,
    /// A line that has not ended yet.
    open: String,
    decoder: PlainOutput,
    pub(super) entries: VecDeque<String>,
}

impl Tail {
    /// From now on it is about this service.
    fn begin(&mut self, name: &ServiceName) {
        if self.about.as_ref() != Some(name) {
            *self = Self {
                about: Some(name.clone()),
                ..Self::default()
            };
        }
    }

    /// Adds output.
    pub(super) fn print(&mut self, name: &ServiceName, bytes: &[u8]) {
        self.begin(name);
        let text = self.decoder.part(&without_colours(bytes));
        for part in text.split_inclusive('\n') {
            self.open.push_str(&part.replace('\t', "    "));
            if self.open.ends_with('\n') {
                self.open.pop();
                let line = std::mem::take(&mut self.open);
                push(&mut self.output, line);
            }
        }
    }

    /// These are the newest entries.
    pub(super) fn entries(&mut self, name: &ServiceName, entries: &[LogEntry]) {
        self.begin(name);
        self.entries.clear();
        for entry in entries {
            push(&mut self.entries, events::line(entry));
        }
    }

    /// Adds an entry that was written, if it is about this service.
    pub(super) fn logged(&mut self, entry: &LogEntry) {
        let is_its = |name: &ServiceName| {
            let of = entry.service.as_ref();
            of.is_some_and(|(_, of)| **of == *name.as_str())
        };
        if self.about.as_ref().is_some_and(is_its) {
            push(&mut self.entries, events::line(entry));
        }
    }
}

fn push(lines: &mut VecDeque<String>, line: String) {
    if lines.len() == LINES_MAX {
        lines.pop_front();
    }
    lines.push_back(line);
}

/// Output without the sequences that colour it.
fn without_colours(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte == 0x1b && after.first() == Some(&b'[') {
            let end = after
                .iter()
                .skip(1)
                .position(|byte| (0x40..0x7f).contains(byte));
            // A sequence that is cut stays as it is.
            if let Some(end) = end.filter(|end| after[end + 1] == b'm') {
                rest = &after[end + 2..];
                continue;
            }
        }
        plain.push(*byte);
    }
    plain
}
