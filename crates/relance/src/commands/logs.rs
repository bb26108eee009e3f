//! `relance logs`: the bytes of one service as they are, or chosen lines of several (`lines`).

mod lines;

use std::io::{ErrorKind, Write};

use clap::Parser;
use relance_scm::manager::{OutputRange, OutputStream, next_output};
use relance_scm::{ServiceName, Win32Error};

use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::plain::PlainOutput;
use crate::selection::{Selected, Selection};

/// What a service prints
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// How many of the last lines
    #[arg(long, short = 'n', default_value_t = 100)]
    lines: u32,
    /// Print new lines as they come
    #[arg(long, short)]
    follow: bool,
    /// Only lines with this text
    #[arg(long, value_name = "TEXT")]
    grep: Option<String>,
    /// Only from some moment on, for lines that carry a time (--log-timestamps): 10m for ten
    /// minutes ago, or 2026-11-22T14:00
    #[arg(long, value_name = "MOMENT")]
    since: Option<String>,
    /// Only before some moment
    #[arg(long, value_name = "MOMENT")]
    until: Option<String>,
    /// Only standard output, if standard error is kept in a file of its own
    #[arg(long, conflicts_with = "stderr")]
    stdout: bool,
    /// Only standard error, if it is kept in a file of its own (relance config --stderr file)
    #[arg(long)]
    stderr: bool,
    /// Print the bytes unchanged; without it, characters that could disturb a terminal are made
    /// visible
    #[arg(long, conflicts_with = "json")]
    raw: bool,
    #[command(flatten)]
    common: Common,
}

/// A stream of a service.
type Source = (ServiceName, OutputStream);

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let manager = arguments.common.manager()?;
    let selected = arguments.selection.select(&manager)?;
    let chosen = [&arguments.grep, &arguments.since, &arguments.until];
    let wants_lines = arguments.common.json || chosen.iter().any(|word| word.is_some());
    let sources = sources(&arguments, &manager, &selected);
    let (name, stream) = match (&*sources, selected.is_one && !wants_lines) {
        ([only], true) => only.clone(),
        _ => return lines::run(&arguments, &manager, &selected, &sources),
    };
    let range = OutputRange::LastLines(arguments.lines);
    let asked = manager.ask(|scm, caller, reply| {
        scm.read_output(caller, &name, stream, range, reply);
    });
    let mut printer = Printer::new(arguments.raw);
    let position = match asked {
        Ok(part) => {
            printer.part(&part.bytes)?;
            part.end
        }
        // Nothing printed yet: that may change.
        Err(CommandFailure::Scm(error))
            if arguments.follow && error.code() == Win32Error::FILE_NOT_FOUND =>
        {
            0
        }
        Err(failure) => return Err(failure),
    };
    if !arguments.follow {
        return printer.end();
    }
    let (scm, caller) = manager.get();
    let mut output = scm.follow_output(caller, &name, stream, position)?;
    while let Some(part) = next_output(&mut *output) {
        printer.part(&part.bytes)?;
    }
    printer.end()
}

/// The last lines, for programs.
pub(super) fn body(arguments: &Arguments) -> Result<Vec<serde_json::Value>, CommandFailure> {
    let manager = arguments.common.manager()?;
    let selected = arguments.selection.select(&manager)?;
    let sources = sources(arguments, &manager, &selected);
    lines::body(arguments, &manager, &selected, &sources)
}

/// The streams that are shown: standard error beside the output only where it is apart.
fn sources(arguments: &Arguments, manager: &Manager, selected: &Selected) -> Vec<Source> {
    let names = || selected.names.iter().cloned();
    let all_of = |stream| names().map(|name| (name, stream)).collect();
    if arguments.stdout {
        return all_of(OutputStream::Output);
    }
    if arguments.stderr {
        return all_of(OutputStream::Errors);
    }
    let both = names().flat_map(|name| OutputStream::ALL.map(|stream| (name.clone(), stream)));
    both.filter(|(name, stream)| *stream == OutputStream::Output || is_apart(manager, name))
        .collect()
}

/// Whether the standard error of a service is in a file of its own.
fn is_apart(manager: &Manager, name: &ServiceName) -> bool {
    let (stream, range) = (OutputStream::Errors, OutputRange::LastLines(0));
    let asked = manager.ask(|scm, caller, reply| {
        scm.read_output(caller, name, stream, range, reply);
    });
    match asked {
        Ok(_) => true,
        // It has printed nothing yet.
        Err(CommandFailure::Scm(error)) => error.code() == Win32Error::FILE_NOT_FOUND,
        Err(_) => false,
    }
}

/// Prints output that comes in parts.
struct Printer {
    /// `None`: as it is.
    plain: Option<PlainOutput>,
}

impl Printer {
    fn new(raw: bool) -> Self {
        Self {
            plain: (!raw).then(PlainOutput::default),
        }
    }

    fn part(&mut self, bytes: &[u8]) -> CommandResult {
        match &mut self.plain {
            Some(plain) => print(plain.part(bytes).as_bytes()),
            None => print(bytes),
        }
    }

    fn end(&mut self) -> CommandResult {
        match &mut self.plain {
            Some(plain) => print(plain.end().as_bytes()),
            None => Ok(()),
        }
    }
}

fn print(bytes: &[u8]) -> CommandResult {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        // `| head` has what it wanted.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(CommandFailure::Silent(0)),
        written => Ok(written?),
    }
}
