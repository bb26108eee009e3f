//! What is wrong with files of services: each with the file, the line and the column.

use relance_scm::{ScmError, Sentence, Win32Error};
use relance_texts::{Value, apply};

use crate::cli::CommandFailure;
use crate::lang::lang;
use crate::plain::plain;

/// More are counted only.
const SHOWN_MAX: usize = 20;

/// The text of a file.
pub(super) struct Source {
    /// As people call it.
    pub(super) name: String,
    pub(super) text: String,
    /// Where each line begins: every service of a file has its place.
    lines: Box<[usize]>,
}

impl Source {
    pub(super) fn new(name: String, text: String) -> Self {
        let ends = text.match_indices('\n').map(|(end, _)| end + 1);
        let lines = std::iter::once(0).chain(ends).collect();
        Self { name, text, lines }
    }

    /// `services.toml:3:14`.
    pub(super) fn place(&self, at: usize) -> String {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let line = self.lines.partition_point(|start| *start <= at);
        let start = self.lines[line - 1];
        let column = self.text[start..at].chars().count() + 1;
        format!("{}:{line}:{column}", self.name)
    }
}

/// All that is wrong.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Sentence>);

impl Problems {
    pub(crate) fn add(&mut self, place: &str, problem: impl Into<Sentence>) {
        let problem = problem.into();
        self.0.push(apply::At { place, problem }.into());
    }

    /// What names its file itself.
    pub(super) fn push(&mut self, problem: Sentence) {
        self.0.push(problem);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As one error, for tests and fuzzing; commands say each on a line of its own.
    #[cfg(unix)]
    pub(crate) fn error(self) -> ScmError {
        self.error_as(Win32Error::INVALID_PARAMETER)
    }

    fn error_as(self, code: Win32Error) -> ScmError {
        let sentence = match <[Sentence; 1]>::try_from(self.0) {
            Ok([only]) => only,
            Err(several) => apply::Several {
                problems: Value::Sentences(several.into()),
            }
            .into(),
        };
        ScmError::new(code, sentence)
    }

    /// Says each on a line of its own; as JSON they are one error.
    pub(crate) fn report(self, json: bool) -> CommandFailure {
        self.report_as(Win32Error::INVALID_PARAMETER, json)
    }

    /// The same with another code.
    pub(crate) fn report_as(self, code: Win32Error, json: bool) -> CommandFailure {
        if json || self.0.len() == 1 {
            return self.error_as(code).into();
        }
        for problem in self.0.iter().take(SHOWN_MAX) {
            eprintln!("{}", plain(&problem.of(lang())));
        }
        let count = self.0.len();
        eprintln!("{}", lang().say(apply::Refused { count }));
        let status = CommandFailure::from(self.error_as(code)).status();
        CommandFailure::Silent(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_line_and_a_column_of_characters() {
        let source = Source::new("f".into(), "a\n\nüb\n".into());
        for (at, place) in [
            (0, "f:1:1"),
            (1, "f:1:2"),
            (2, "f:2:1"),
            (3, "f:3:1"),
            // Within a character.
            (4, "f:3:1"),
            (5, "f:3:2"),
            (7, "f:4:1"),
            (99, "f:4:1"),
        ] {
            assert_eq!(source.place(at), place, "{at}");
        }
        assert_eq!(Source::new("e".into(), String::new()).place(0), "e:1:1");
    }
}
