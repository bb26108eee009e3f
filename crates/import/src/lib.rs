//! Configurations of other service managers, read as services of Relance.
//!
//! [`import`] reads files through the small trait [`Files`], writes nothing and starts nothing. Its result is a
//! file for `relance apply`, an account of every line that was read ([`report`]: kept, changed or lost, with
//! the reason), and, for recovery, both managers side by side.
//!
//! Each kind of file has its converter in `formats`; the notations are read in `syntax`.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod circles;
mod command;
mod convert;
mod draft;
mod formats;
mod kind;
mod recovery;
pub mod report;
mod syntax;
mod work;

use std::io;
use std::path::{Path, PathBuf};

use relance_texts::Sentence;

pub use kind::Kind;
pub use recovery::{COMPARED, Comparison};
pub use report::{Fate, FileReport, Line};

pub use convert::import;
pub use draft::quoted;

/// What an import reads through.
pub trait Files {
    /// The bytes of a file.
    ///
    /// # Errors
    /// It cannot be read.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The entries of a folder.
    ///
    /// # Errors
    /// It is not a folder, or cannot be read.
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>>;

    /// A variable of the environment that the old manager had, if it is known.
    fn variable(&self, name: &str) -> Option<String>;

    /// What a JavaScript file exports, as JSON.
    ///
    /// # Errors
    /// node is missing or failed; the sentence says which.
    fn evaluate(&self, path: &Path) -> Result<String, Sentence>;
}

/// The system that the services are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Linux.
    Linux,
    /// Windows.
    Windows,
}

/// How to import.
#[derive(Clone, Debug)]
pub struct Options {
    /// What kind the files are of; without, each is recognised by its name and content.
    pub kind: Option<Kind>,
    /// Put in front of every name; the services are then started by hand only, to run beside the old manager.
    pub prefix: Option<String>,
    /// Instances of templates that do not name theirs.
    pub instances: Vec<String>,
    /// The system that the services are for.
    pub system: System,
}

impl Default for Options {
    fn default() -> Self {
        let system = if cfg!(windows) {
            System::Windows
        } else {
            System::Linux
        };
        Self {
            kind: None,
            prefix: None,
            instances: Vec::new(),
            system,
        }
    }
}

/// What an import found.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// A file for `relance apply`.
    pub toml: String,
    /// The names of its services; a template has its `@`.
    pub services: Vec<String>,
    /// Every file that was read.
    pub files: Vec<FileReport>,
    /// What follows failures, before and now.
    pub comparisons: Vec<Comparison>,
    /// Files of a folder that are of none of the kinds.
    pub skipped: Vec<PathBuf>,
}

/// Why nothing could be imported.
#[derive(Debug)]
pub enum Problem {
    /// A file cannot be read.
    Read(PathBuf, io::Error),
    /// A file is of none of the kinds.
    UnknownKind(PathBuf),
    /// A file is not what its kind asks for: the line, and what is wrong there.
    Syntax(PathBuf, usize, Sentence),
    /// A folder with nothing to import.
    Empty(PathBuf),
}
