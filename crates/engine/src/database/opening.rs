//! Opening the database: whether it is there, whole, and the one that belongs to this state folder.
//!
//! It is created at a first start only (`identity` knows which start that is). At every other start a
//! database that is missing, empty, damaged or another one is an error that says so; its files are
//! kept. Nothing is given to SQLite before the file was looked at, because SQLite deletes the
//! write-ahead log of an empty file.

use std::fs::Metadata;
use std::io;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::aside::{is_anything_there, last_damaged, put_aside, with_suffix};
use super::loss::Files;
use super::open_error::{OpenError, is_damage};
use super::schema::{self, Content};
use super::{Database, Meta, read_meta, write_meta};
use crate::identity::{Identity, Stage};

/// A write-ahead log is at least its header.
const WAL_LEN_MIN: u64 = 32;

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
        // The log must exist after an orderly end too: otherwise a lost log could not be noticed.
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
        // If it cannot be moved it stays, and the next start reports the same problem.
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

#[cfg(test)]
mod tests;
