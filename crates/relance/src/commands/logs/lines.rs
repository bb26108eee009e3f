//! Lines of output: of several services, or of both streams of one, merged by their time stamps; those that were asked for; as JSON.
//!
//! A line without a time stamp belongs to the line before it. In JSON a line that is not valid UTF-8 is an
//! array of its bytes, so that nothing is lost, as `journalctl -o json` writes it.

use std::collections::VecDeque;
use std::thread;

use jiff::Timestamp;
use relance_scm::Win32Error;
use relance_scm::manager::{OutputRange, OutputStream, next_output};
use relance_texts::command;
use serde_json::{Value, json};

use super::{Arguments, Source, print};
use crate::cli::{CommandFailure, CommandResult, Manager, usage};
use crate::plain::PlainOutput;
use crate::selection::Selected;
use crate::text::moment_from;

/// A line without its end.
struct Line {
    stamp: Option<Timestamp>,
    bytes: Vec<u8>,
}

/// Which lines are wanted.
struct Wanted {
    text: Option<Vec<u8>>,
    since: Option<i64>,
    until: Option<i64>,
}

/// How lines are printed.
struct Style {
    json: bool,
    raw: bool,
    has_names: bool,
    /// Whether it is said to which stream a line was printed.
    has_streams: bool,
}

/// What of one service has been read.
struct Reader {
    wanted: Wanted,
    begun: Vec<u8>,
    stamp: Option<Timestamp>,
    has_stamps: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    manager: &Manager,
    selected: &Selected,
    sources: &[Source],
) -> CommandResult {
    let has_errors = |(_, stream): &Source| *stream == OutputStream::Errors;
    let style = Style {
        json: arguments.common.json,
        raw: arguments.raw,
        has_names: !selected.is_one,
        has_streams: !arguments.stderr && sources.iter().any(has_errors),
    };
    let (lines, ends) = read(arguments, manager, selected, sources)?;
    for (source, line) in &lines {
        style.print(source, line)?;
    }
    if !arguments.follow {
        return Ok(());
    }
    let style = &style;
    thread::scope(|scope| {
        let followers: Vec<_> = ends
            .into_iter()
            .map(|(source, end, reader)| {
                scope.spawn(move || reader.follow(manager, source, end, style))
            })
            .collect();
        let results = followers.into_iter().map(thread::ScopedJoinHandle::join);
        results.flatten().collect()
    })
}

/// The last lines of all sources as objects.
pub(super) fn body(
    arguments: &Arguments,
    manager: &Manager,
    selected: &Selected,
    sources: &[Source],
) -> Result<Vec<Value>, CommandFailure> {
    let (lines, _) = read(arguments, manager, selected, sources)?;
    Ok(lines
        .iter()
        .map(|(source, line)| line.object(source))
        .collect())
}

/// A source, where it was read up to, and what is begun there.
type End<'a> = (&'a Source, u64, Reader);

/// The last lines of all sources, and where each ends.
type Found<'a> = (Vec<(&'a Source, Line)>, Vec<End<'a>>);

/// Reads them.
fn read<'a>(
    arguments: &Arguments,
    manager: &Manager,
    selected: &Selected,
    sources: &'a [Source],
) -> Result<Found<'a>, CommandFailure> {
    let is_alone = selected.is_one && sources.len() == 1 && !arguments.follow;
    let mut lines: Vec<(&Source, Line)> = Vec::new();
    let mut ends = Vec::new();
    let most = usize::try_from(arguments.lines).unwrap_or(usize::MAX);
    for source in sources {
        let mut reader = Reader::new(Wanted::new(arguments)?);
        let (own, end) = reader.read(manager, source, most, is_alone, arguments.follow)?;
        lines.extend(own.into_iter().map(|line| (source, line)));
        ends.push((source, end, reader));
    }
    // Stable: lines without stamps stay where they are.
    if lines.iter().all(|(_, line)| line.stamp.is_some()) {
        lines.sort_by_key(|(_, line)| line.stamp);
    }
    Ok((lines, ends))
}

impl Line {
    fn object(&self, (name, stream): &Source) -> Value {
        let bytes = &self.bytes;
        let text = std::str::from_utf8(bytes).map_or_else(|_| json!(bytes), |text| json!(text));
        let stream = stream.name();
        json!({ "service": name.as_str(), "stream": stream, "line": text })
    }
}

impl Wanted {
    fn new(arguments: &Arguments) -> Result<Self, CommandFailure> {
        let moment = |text: &Option<String>| text.as_deref().map(moment_from).transpose();
        Ok(Self {
            text: arguments.grep.clone().map(String::into_bytes),
            since: moment(&arguments.since)?.map(|moment| moment.0),
            until: moment(&arguments.until)?.map(|moment| moment.0),
        })
    }

    fn has_times(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    fn wants(&self, line: &Line) -> bool {
        let at = line.stamp.map(Timestamp::as_millisecond);
        let in_time = !self.has_times()
            || at.is_some_and(|at| {
                self.since.is_none_or(|since| at >= since)
                    && self.until.is_none_or(|until| at < until)
            });
        in_time
            && self
                .text
                .as_ref()
                .is_none_or(|text| contains(&line.bytes, text))
    }
}

fn contains(line: &[u8], text: &[u8]) -> bool {
    text.is_empty() || line.windows(text.len()).any(|part| part == text)
}

impl Reader {
    fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            begun: Vec::new(),
            stamp: None,
            has_stamps: false,
        }
    }

    /// The last of the wanted lines in the file, and where it ends.
    fn read(
        &mut self,
        manager: &Manager,
        (name, stream): &Source,
        most: usize,
        is_alone: bool,
        goes_on: bool,
    ) -> Result<(VecDeque<Line>, u64), CommandFailure> {
        let (mut lines, mut position, mut is_empty) = (VecDeque::new(), 0, true);
        loop {
            let range = OutputRange::From(position);
            let asked = manager
                .ask(|scm, caller, reply| scm.read_output(caller, name, *stream, range, reply));
            let part = match asked {
                Err(CommandFailure::Scm(error))
                    if error.code() == Win32Error::FILE_NOT_FOUND && !is_alone =>
                {
                    break;
                }
                asked => asked?,
            };
            if part.bytes.is_empty() || part.end <= position {
                break;
            }
            is_empty = false;
            position = part.end;
            for line in self.lines(&part.bytes) {
                lines.push_back(line);
                if lines.len() > most {
                    lines.pop_front();
                }
            }
        }
        // A line without an end may get one as long as it is followed.
        if !goes_on && !self.begun.is_empty() {
            lines.extend(self.line());
        }
        while lines.len() > most {
            lines.pop_front();
        }
        if self.wanted.has_times() && !self.has_stamps && !is_empty {
            return Err(usage(command::NoTimes { name }));
        }
        Ok((lines, position))
    }

    /// The wanted lines that end in these bytes.
    fn lines(&mut self, bytes: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.begun.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                self.begun.pop();
                lines.extend(self.line());
            }
        }
        lines
    }

    /// The line that has been read, if it is wanted.
    fn line(&mut self) -> Option<Line> {
        let bytes = std::mem::take(&mut self.begun);
        if let Some(stamp) = stamp_of(&bytes) {
            self.stamp = Some(stamp);
            self.has_stamps = true;
        }
        let line = Line {
            stamp: self.stamp,
            bytes,
        };
        self.wanted.wants(&line).then_some(line)
    }

    fn follow(
        mut self,
        manager: &Manager,
        source: &Source,
        from: u64,
        style: &Style,
    ) -> CommandResult {
        let (scm, caller) = manager.get();
        let (name, stream) = source;
        let mut output = scm.follow_output(caller, name, *stream, from)?;
        while let Some(part) = next_output(&mut *output) {
            for line in self.lines(&part.bytes) {
                style.print(source, &line)?;
            }
        }
        Ok(())
    }
}

/// The time with which a line begins.
fn stamp_of(line: &[u8]) -> Option<Timestamp> {
    let word = line.split(|byte| *byte == b' ').next()?;
    // No other word is looked at closely.
    (word.len() >= 20 && word[4] == b'-' && word[10] == b'T')
        .then(|| std::str::from_utf8(word).ok()?.parse().ok())?
}

impl Style {
    fn print(&self, source: &Source, line: &Line) -> CommandResult {
        if self.json {
            return print(format!("{}\n", line.object(source)).as_bytes());
        }
        let (name, stream) = source;
        let mut bytes = Vec::new();
        if self.has_names {
            bytes.extend_from_slice(crate::plain::plain(name.as_str()).as_bytes());
        }
        if self.has_streams {
            let space = if self.has_names { " " } else { "" };
            bytes.extend_from_slice(space.as_bytes());
            bytes.extend_from_slice(stream.name().as_bytes());
        }
        if !bytes.is_empty() {
            bytes.extend_from_slice(b" | ");
        }
        if self.raw {
            bytes.extend_from_slice(&line.bytes);
        } else {
            let mut plain = PlainOutput::default();
            bytes.extend_from_slice(plain.part(&line.bytes).as_bytes());
            bytes.extend_from_slice(plain.end().as_bytes());
        }
        bytes.push(b'\n');
        print(&bytes)
    }
}
