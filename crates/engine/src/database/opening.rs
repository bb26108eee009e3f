//! Opening the database: whether it is there, whole, and the one that belongs to this state folder.
//!
//! It is created at a first start only (`identity` knows which start that is). At every other start a
//! database that is missing, empty, damaged or another one is an error that says so; its files are
//! kept. Nothing is given to SQLite before the file was looked at, because SQLite deletes the
//! write-ahead log of an empty file.

use std::fmt;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::aside::{is_anything_there, last_damaged, put_aside, with_suffix};
use super::loss::Files;
use super::schema::{self, Content};
use super::{Database, Meta, read_meta, write_meta};
use crate::identity::{Identity, Stage};

/// A write-ahead log is at least its header.
const WAL_LEN_MIN: u64 = 32;

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

impl Database {
    /// Opens the database of the state folder with this id; creates it at a first start.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(path: &Path, id: &str) -> Result<Self, OpenError> {
        let folder = path.parent().unwrap_or(Path::new("/"));
        let known = Identity::load(folder).map_err(OpenError::Io)?;
        if known.as_ref().is_some_and(|known| known.id != id) {
            return Err(OpenError::OtherFolder(folder.to_owned()));
        }
        let stage = known.as_ref().map_or(Stage::Bound, |known| known.stage);
        let mut notices = Vec::new();
        look_at(path, stage)?;
        if stage == Stage::Bound && !has_wal(path) {
            notices.push(wal_missing(path));
        }
        let mut database = match Self::try_open(path, id, stage) {
            Err(OpenError::Other(error)) if is_damage(&error) => {
                return Err(damaged(path, &error.to_string()));
            }
            other => other?,
        };
        if known.is_none() {
            notices.push(format!(
                "the file {} was missing and was written again",
                folder.join("identity").display()
            ));
        }
        if known.is_none_or(|known| known.stage != Stage::Bound) {
            database.bind(folder, id)?;
        }
        database.files = Some(Files::hold(path, id).map_err(OpenError::Io)?);
        database.notices = notices;
        Ok(database)
    }

    pub(super) fn try_open(path: &Path, id: &str, stage: Stage) -> Result<Self, OpenError> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if stage == Stage::FirstStart {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let connection = Connection::open_with_flags(path, flags)?;
        // The log must be there after an end in good order too: else nobody could tell that it is lost.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        let content = schema::content(&connection, path)?;
        if content == Content::Nothing && stage != Stage::FirstStart {
            drop(connection);
            return Err(damaged(path, "it holds no tables"));
        }
        if content == Content::Ours && !is_of(&connection, id, stage)? {
            return Err(OpenError::Replaced(path.to_owned()));
        }
        schema::configure(&connection)?;
        if content == Content::Nothing {
            schema::create(&connection, id)?;
        }
        Ok(Self::begin(connection)?)
    }

    /// Gives the database its id, if it has none, and then notes that it exists: in this order, so that
    /// a first start that is cut short is still the first one.
    fn bind(&mut self, folder: &Path, id: &str) -> Result<(), OpenError> {
        self.set_durable(true)?;
        write_meta(&self.connection, Meta::Identity, id)?;
        self.checkpoint()?;
        let identity = Identity {
            id: id.to_owned(),
            stage: Stage::Bound,
        };
        identity.save(folder).map_err(OpenError::Io)
    }
}

/// Whether the database belongs to the folder with this id. One that is not bound yet may have no id,
/// or that of an identity file that was lost.
fn is_of(connection: &Connection, id: &str, stage: Stage) -> rusqlite::Result<bool> {
    let found = read_meta(connection, Meta::Identity)?;
    Ok(match stage {
        Stage::Unbound => true,
        Stage::FirstStart => found.is_none_or(|found| found == id),
        Stage::Bound => found.is_some_and(|found| found == id),
    })
}

/// The file as it lies there, before SQLite sees it.
fn look_at(path: &Path, stage: Stage) -> Result<(), OpenError> {
    let is_first = stage == Stage::FirstStart;
    match path.symlink_metadata() {
        Ok(meta) if !meta.is_file() => Err(OpenError::NotAFile(path.to_owned())),
        Ok(meta) if meta.len() == 0 && !is_first => Err(damaged(path, "it is empty")),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound && is_first => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(missing(path)),
        Err(error) => Err(OpenError::Io(error)),
    }
}

fn missing(path: &Path) -> OpenError {
    match last_damaged(path) {
        Some(aside) => OpenError::PutAside(aside),
        None => OpenError::Missing(path.to_owned()),
    }
}

/// A damaged database is kept for people who can read it, and never replaced by an empty one.
fn damaged(path: &Path, reason: &str) -> OpenError {
    debug_assert!(is_anything_there(path), "it was looked at before");
    match put_aside(path, "damaged") {
        Ok(aside) => OpenError::Damaged(aside, reason.to_owned()),
        // It stays where it is, and the next start says the same.
        Err(_) => OpenError::Damaged(path.to_owned(), reason.to_owned()),
    }
}

fn has_wal(path: &Path) -> bool {
    let is_whole = |meta: Metadata| meta.len() >= WAL_LEN_MIN;
    with_suffix(path, "-wal").metadata().is_ok_and(is_whole)
}

fn wal_missing(path: &Path) -> String {
    format!(
        "{}-wal is missing or empty: what was written to it after the last checkpoint is lost, unless \
         another program has put it into the database; configurations are never far behind",
        path.display()
    )
}

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

#[cfg(test)]
mod tests;
