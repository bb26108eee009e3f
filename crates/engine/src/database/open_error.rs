//! Why a database cannot be opened, in words that say what to do.

use std::fmt;
use std::io;
use std::path::PathBuf;

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

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const RESTORE: &str = "bring a backup back with `relance restore FILE`";
        match self {
            Self::Damaged(aside, error) => write!(
                f,
                "the service database is damaged ({error}) and was put aside as {0}; {RESTORE}, or \
                 save what can be read with `sqlite3 {0} .recover | sqlite3 NEW` and restore NEW",
                aside.display()
            ),
            Self::PutAside(aside) => write!(
                f,
                "there is no service database: a damaged one was put aside as {0}; {RESTORE}, or save \
                 what can be read with `sqlite3 {0} .recover | sqlite3 NEW` and restore NEW, or move \
                 the state folder away to begin with no services",
                aside.display()
            ),
            Self::Missing(path) => write!(
                f,
                "the service database {} is missing, and this is not the first start; put it back, or \
                 {RESTORE}, or move the state folder away to begin with no services",
                path.display()
            ),
            Self::Replaced(path) => write!(
                f,
                "{} is not the service database of this state folder but another one; put the right one \
                 back, or take this one as it is with `relance restore`",
                path.display()
            ),
            Self::OtherFolder(folder) => write!(
                f,
                "{} has become another state folder while the daemon was running; put the right one \
                 back, or stop the daemon and start it again to use this one",
                folder.display()
            ),
            Self::NotAFile(path) => write!(
                f,
                "{} is not a file but a link or a folder, which the daemon does not follow; put the service \
                 database in its place, or {RESTORE}",
                path.display()
            ),
            Self::TooNew(version) => write!(
                f,
                "the service database has the format {version} of a newer version of Relance; \
                 install that version, or restore an older backup with `relance restore FILE`"
            ),
            Self::Format(path, version) => write!(
                f,
                "{} has the format number {version} (user_version), which no version of Relance has \
                 written: something else has changed the file; {RESTORE}",
                path.display()
            ),
            Self::Incomplete(path, table) => write!(
                f,
                "{} lacks the table {table}: something else has changed the file; {RESTORE}",
                path.display()
            ),
            Self::Io(error) => write!(f, "the service database cannot be opened: {error}"),
            Self::Other(error) => write!(
                f,
                "the service database cannot be opened: {error}; check the rights and the room of the \
                 state folder"
            ),
        }
    }
}

impl std::error::Error for OpenError {}
