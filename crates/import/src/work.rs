//! What the converters share: the files that were read, the account of them, the services in the making.

use std::path::{Path, PathBuf};

use crate::draft::{Draft, Given, Origin};
use crate::kind::{Kind, decode};
use crate::report::{FileReport, Lines};
use crate::syntax::SyntaxError;
use crate::{Files, Options, Problem};

/// What converters share.
pub(crate) struct Work<'a> {
    pub(crate) files: &'a dyn Files,
    pub(crate) options: &'a Options,
    pub(crate) reports: Vec<FileReport>,
    pub(crate) drafts: Vec<Draft>,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) kind: Kind,
}

impl Work<'_> {
    /// A report for a file; its number.
    pub(crate) fn open(&mut self, input: &Input) -> usize {
        let path = input.path.display().to_string();
        self.reports
            .push(FileReport::new(path, input.kind, &input.text));
        self.reports.len() - 1
    }

    /// Sets a setting and says that these lines are it.
    pub(crate) fn keep(
        &mut self,
        draft: &mut Draft,
        file: usize,
        lines: Lines,
        key: &str,
        value: impl Into<Given>,
    ) {
        draft.set(key, value, Some(Origin { file, lines }));
        self.reports[file].kept(lines, key);
    }

    /// What one setting of ours has become of a key of theirs that belongs to a program of this name.
    pub(crate) fn report(&mut self, file: usize) -> &mut FileReport {
        &mut self.reports[file]
    }
}

pub(crate) fn read(path: &Path, files: &dyn Files) -> Result<String, Problem> {
    let bytes = files.read(path);
    let bytes = bytes.map_err(|error| Problem::Read(path.to_owned(), error))?;
    Ok(decode(&bytes))
}

pub(crate) fn syntax(input: &Input) -> impl Fn(SyntaxError) -> Problem {
    let path = input.path.clone();
    move |error| Problem::Syntax(path.clone(), error.line, error.problem)
}
