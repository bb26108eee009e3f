//! What the converters share: the files that were read, the account of them, the services in the making.

use std::path::{Path, PathBuf};

use relance_texts::{Message, import};

use crate::command::is_of_windows;
use crate::draft::{Given, Origin, ServiceDraft};
use crate::kind::{Kind, decode};
use crate::report::{FileReport, Lines};
use crate::syntax::SyntaxError;
use crate::syntax::node::Entry;
use crate::{Files, Options, Problem, System};

/// What converters share.
pub(crate) struct Work<'a> {
    pub(crate) files: &'a dyn Files,
    pub(crate) options: &'a Options,
    pub(crate) reports: Vec<FileReport>,
    pub(crate) drafts: Vec<ServiceDraft>,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) kind: Kind,
}

impl Work<'_> {
    /// Begins the report of a file, and returns its number.
    pub(crate) fn open(&mut self, input: &Input) -> usize {
        let path = input.path.display().to_string();
        self.reports
            .push(FileReport::new(path, input.kind, &input.text));
        self.reports.len() - 1
    }

    /// The lines that say something, without blanks around them; the others are silent.
    pub(crate) fn statements<'t>(
        &mut self,
        input: &'t Input,
        file: usize,
    ) -> Vec<(Lines, &'t str)> {
        let mut statements = Vec::new();
        for (at, line) in input.text.lines().enumerate() {
            let (lines, line) = (Lines::one(at + 1), line.trim());
            if line.is_empty() || line.starts_with('#') {
                self.report(file).silent(lines);
            } else {
                statements.push((lines, line));
            }
        }
        statements
    }

    /// The account of a file.
    pub(crate) fn report(&mut self, file: usize) -> &mut FileReport {
        &mut self.reports[file]
    }

    /// What becomes of a log file for standard error of a wrapper of Windows; `output` is that of the output.
    pub(crate) fn errors_file(&self, path: &str, output: Option<&str>) -> LogFile {
        match self.output_file(path) {
            _ if output == Some(path) => LogFile::Together,
            LogFile::Elsewhere if self.options.system == System::Linux => LogFile::Apart,
            file => file,
        }
    }

    /// The same for the output.
    pub(crate) fn output_file(&self, path: &str) -> LogFile {
        match self.options.system {
            System::Linux if path.starts_with('/') => LogFile::There,
            _ => LogFile::Elsewhere,
        }
    }

    /// Whether the services are for Linux, where standard error can be apart.
    pub(crate) fn is_for_linux(&self) -> bool {
        self.options.system == System::Linux
    }

    /// Whether a path is one of Windows and the services are for another system.
    pub(crate) fn is_path_elsewhere(&self, path: &str) -> bool {
        self.options.system == System::Linux && is_of_windows(path)
    }

    /// What remains to be done about an account of Windows.
    pub(crate) fn note_of_account(&self) -> impl Message + use<> {
        match self.options.system {
            System::Linux => import::ACCOUNT_OF_WINDOWS,
            System::Windows => import::PASSWORD_NEEDED,
        }
    }
}

/// What stands somewhere in a configuration: a key, an element, or lines themselves.
pub(crate) trait Place: Copy {
    /// Its origin, if this is the file that is converted.
    fn origin(self, file: usize) -> Origin;
}

impl Place for Lines {
    fn origin(self, file: usize) -> Origin {
        Origin { file, lines: self }
    }
}

impl Place for &Entry {
    fn origin(self, file: usize) -> Origin {
        self.lines().origin(file)
    }
}

/// A service that is put together from an old configuration.
pub(crate) trait Converter {
    /// Where this stands.
    fn origin(&self, place: impl Place) -> Origin;

    /// The service, and the accounts of all files.
    fn parts(&mut self) -> (&mut ServiceDraft, &mut [FileReport]);

    /// Sets a setting, and says that these lines are it.
    fn keep(&mut self, place: impl Place, key: &str, value: impl Into<Given>) {
        let origin = self.origin(place);
        self.parts().0.set(key, value, Some(origin));
        self.kept(place, key);
    }

    /// These lines are this setting.
    fn kept(&mut self, place: impl Place, key: &str) {
        let Origin { file, lines } = self.origin(place);
        self.parts().1[file].kept(lines, key);
    }

    /// These lines are this setting, but something differs.
    fn changed(&mut self, place: impl Place, key: &str, note: impl Message) {
        let Origin { file, lines } = self.origin(place);
        self.parts().1[file].changed(lines, key, note);
    }

    /// These lines name the log file of a wrapper of Windows; `key` is the setting for such a file.
    fn log_of_wrapper(&mut self, place: impl Place, key: &str, path: String, becomes: LogFile) {
        match becomes {
            LogFile::There => return self.keep(place, key, path),
            LogFile::Together => return self.kept(place, "extensions.output"),
            LogFile::Apart => {
                let origin = Some(self.origin(place));
                self.parts().0.set("extensions.stderr", "file", origin);
            }
            LogFile::Elsewhere => {}
        }
        self.changed(place, "extensions.output", import::LogElsewhere { path });
    }

    /// These lines are not taken over.
    fn lost(&mut self, place: impl Place, why: impl Message) {
        let Origin { file, lines } = self.origin(place);
        self.parts().1[file].lost(lines, why);
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

/// What becomes of a log file that a wrapper of Windows wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFile {
    /// It can be where it was.
    There,
    /// It was that of the output.
    Together,
    /// It is apart, in the folder of log files.
    Apart,
    /// It goes into the one log file.
    Elsewhere,
}
