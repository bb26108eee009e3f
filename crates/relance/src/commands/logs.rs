//! `relance logs`: the bytes of one service as they are, or chosen lines of several (`lines`).

mod lines;

use std::io::Write;

use clap::Parser;
use relance_scm::manager::{OutputRange, next_output};

use crate::cli::{CommandResult, Common};
use crate::plain::PlainOutput;
use crate::selection::Selection;

/// What a service prints
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// How many of the last lines
    #[arg(long, short = 'n', default_value_t = 100)]
    lines: u32,
    /// Go on as it is printed
    #[arg(long, short)]
    follow: bool,
    /// Only lines with this text
    #[arg(long, value_name = "TEXT")]
    grep: Option<String>,
    /// Only from some moment on, for lines with time stamps (--log-timestamps): 10m for ten minutes ago,
    /// or 2026-11-22T14:00
    #[arg(long, value_name = "MOMENT")]
    since: Option<String>,
    /// Only before some moment
    #[arg(long, value_name = "MOMENT")]
    until: Option<String>,
    /// The bytes as they were printed; otherwise what could disturb a terminal is made visible
    #[arg(long, conflicts_with = "json")]
    raw: bool,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let manager = arguments.common.manager()?;
    let selected = arguments.selection.select(&manager)?;
    let chosen = [&arguments.grep, &arguments.since, &arguments.until];
    let wants_lines = arguments.common.json || chosen.iter().any(|word| word.is_some());
    let name = match (&*selected.names, selected.is_one && !wants_lines) {
        ([only], true) => only.clone(),
        _ => return lines::run(&arguments, &manager, &selected),
    };
    let range = OutputRange::LastLines(arguments.lines);
    let asked = manager.ask(|scm, caller, reply| scm.read_output(caller, &name, range, reply));
    let mut printer = Printer::new(arguments.raw);
    let position = match asked {
        Ok(part) => {
            printer.part(&part.bytes)?;
            part.end
        }
        // Nothing printed yet: that may change.
        Err(crate::cli::CommandFailure::Scm(error))
            if arguments.follow && error.code().to_raw() == 2 =>
        {
            0
        }
        Err(failure) => return Err(failure),
    };
    if !arguments.follow {
        return printer.end();
    }
    let (scm, caller) = manager.get();
    let mut output = scm.follow_output(caller, &name, position)?;
    while let Some(part) = next_output(&mut *output) {
        printer.part(&part.bytes)?;
    }
    printer.end()
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
    stdout.write_all(bytes)?;
    stdout.flush()?;
    Ok(())
}
