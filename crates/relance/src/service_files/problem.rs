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
}

impl Source {
    /// `services.toml:3:14`.
    pub(super) fn place(&self, at: usize) -> String {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &self.text[..at];
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let column = before[start..].chars().count() + 1;
        format!("{}:{line}:{column}", self.name)
    }
}

/// All that is wrong.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Sentence>);

impl Problems {
    pub(super) fn add(&mut self, place: &str, problem: impl Into<Sentence>) {
        let problem = problem.into();
        self.0.push(apply::At { place, problem }.into());
    }

    /// What names its file itself.
    pub(super) fn push(&mut self, problem: Sentence) {
        self.0.push(problem);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As one error.
    pub(crate) fn error(self) -> ScmError {
        let sentence = match <[Sentence; 1]>::try_from(self.0) {
            Ok([only]) => only,
            Err(several) => apply::Several {
                problems: Value::Sentences(several.into()),
            }
            .into(),
        };
        ScmError::new(Win32Error::INVALID_PARAMETER, sentence)
    }

    /// Says each on a line of its own; as JSON they are one error.
    pub(crate) fn report(self, json: bool) -> CommandFailure {
        if json || self.0.len() == 1 {
            return self.error().into();
        }
        for problem in self.0.iter().take(SHOWN_MAX) {
            eprintln!("{}", plain(&problem.of(lang())));
        }
        let count = self.0.len();
        eprintln!("{}", lang().say(apply::Refused { count }));
        CommandFailure::Silent(2)
    }
}
