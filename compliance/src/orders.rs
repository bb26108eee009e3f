//! What the puppet is told: a file of three lines (how it starts, how it answers a stop, what it does
//! when it gets the control [`DO_IT`]), because start arguments are lost in a restart (R36).

use std::path::Path;
use std::{fs, io};

/// The custom control that makes the puppet do what its orders say.
pub(crate) const DO_IT: u32 = 200;

/// How a service ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The process ends with this code, without a report.
    Exit(i32),
    /// STOPPED is reported with these codes.
    Stopped(u32, u32),
}

/// How the next start goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    Runs,
    NeverConnects,
    ExitsEarly,
}

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Orders {
    pub(crate) start: Start,
    pub(crate) in_stop: End,
    pub(crate) now: End,
}

impl Default for Orders {
    fn default() -> Self {
        Self {
            start: Start::Runs,
            in_stop: End::Stopped(0, 0),
            now: End::Exit(1),
        }
    }
}

impl Orders {
    pub(crate) fn write(self, path: &Path) -> io::Result<()> {
        let start = match self.start {
            Start::Runs => "runs",
            Start::NeverConnects => "never-connects",
            Start::ExitsEarly => "exits-early",
        };
        let text = format!("{start}\n{}\n{}\n", end(self.in_stop), end(self.now));
        // The puppet must never see half a file.
        let fresh = path.with_extension("new");
        fs::write(&fresh, text)?;
        fs::rename(fresh, path)
    }

    /// `None` for a file that is not one of orders.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let text = fs::read_to_string(path).ok()?;
        let mut lines = text.lines();
        Some(Self {
            start: match lines.next()? {
                "runs" => Start::Runs,
                "never-connects" => Start::NeverConnects,
                "exits-early" => Start::ExitsEarly,
                _ => return None,
            },
            in_stop: parse(lines.next()?)?,
            now: parse(lines.next()?)?,
        })
    }
}

fn end(end: End) -> String {
    match end {
        End::Exit(code) => format!("exit {code}"),
        End::Stopped(win32, specific) => format!("stopped {win32} {specific}"),
    }
}

fn parse(line: &str) -> Option<End> {
    let words: Vec<&str> = line.split(' ').collect();
    match words.as_slice() {
        ["exit", code] => Some(End::Exit(code.parse().ok()?)),
        ["stopped", win32, specific] => {
            Some(End::Stopped(win32.parse().ok()?, specific.parse().ok()?))
        }
        _ => None,
    }
}
