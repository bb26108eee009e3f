//! Why a database cannot be opened, in words that say what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use relance_scm::system;
use relance_texts::{Sentence, Value, database, shown};

/// Why a database cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// It is damaged; it was put aside under this name.
    Damaged(PathBuf, String),
    /// It is missing, and one that was put aside lies there.
    PutAside(PathBuf),
    /// It is missing.
    Missing(PathBuf),
    /// It belongs to another state folder, or to none.
    Replaced(PathBuf),
    /// Another state folder has been put in the place of this one.
    OtherFolder(PathBuf),
    /// It is a link, a folder or something else that is not a file.
    NotAFile(PathBuf),
    /// It was written by a newer version.
    TooNew(i64),
    /// It has a format number that no version ever wrote.
    Format(PathBuf, i64),
    /// It lacks a table.
    Incomplete(PathBuf, &'static str),
    /// A file of the state folder.
    Io(io::Error),
    /// Anything else: permissions, disk.
    Other(rusqlite::Error),
}

/// Whether SQLite says that what is in the file is damaged.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    let is_cut_short = error
        .sqlite_error()
        .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHORT_READ);
    is_cut_short
        || matches!(
            error.sqlite_error_code(),
            Some(DatabaseCorrupt | NotADatabase)
        )
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Other(error)
    }
}

impl OpenError {
    /// What is wrong, and what to do.
    #[must_use]
    pub fn sentence(&self) -> Sentence {
        let at = |path: &Path| shown(path.display());
        match self {
            Self::Damaged(aside, error) => database::Damaged {
                aside: at(aside),
                error,
            }
            .into(),
            Self::PutAside(aside) => database::PutAside { aside: at(aside) }.into(),
            Self::Missing(path) => database::Missing { path: at(path) }.into(),
            Self::Replaced(path) => database::Replaced { path: at(path) }.into(),
            Self::OtherFolder(folder) => database::OtherFolder { folder: at(folder) }.into(),
            Self::NotAFile(path) => database::NotAFile { path: at(path) }.into(),
            Self::TooNew(version) => database::TooNew { version: *version }.into(),
            Self::Format(path, version) => database::Format {
                path: at(path),
                version: *version,
            }
            .into(),
            Self::Incomplete(path, table) => database::Incomplete {
                path: at(path),
                table: *table,
            }
            .into(),
            Self::Io(error) => {
                let error = Value::from(system::reason(error));
                database::Io { error }.into()
            }
            Self::Other(error) => {
                let error = shown(error);
                database::Other { error }.into()
            }
        }
    }
}

/// In English, for the diagnostics.
impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence().fmt(f)
    }
}

impl std::error::Error for OpenError {}
