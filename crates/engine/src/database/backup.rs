//! Backups: making a complete copy of the database in one file, checking such a file, and putting it in the
//! place of the database. For `relance backup` and `relance restore`.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::aside::{is_anything_there, put_aside, sync_folder, with_suffix};
use super::open_error::OpenError;
use super::schema::{self, Content};
use super::{
    Meta, Restored, Unreadable, events, read_meta, restored, runtime, services, write_meta,
};

/// What is in a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The services that can be read.
    pub services: usize,
    /// Number of the last entry of the event log.
    pub last_entry: u64,
    /// The id of the state folder that it is of; older versions wrote none.
    pub identity: Option<String>,
    /// Services that cannot be read.
    pub unreadable: Vec<Unreadable>,
}

/// Writes a copy of a database, which may be in use, to a new file that its owner alone may read. Its
/// folder must be one that nobody else writes.
///
/// # Errors
/// When the database cannot be read, or the copy not written.
pub fn copy(database: &Path, to: &Path) -> Result<(), OpenError> {
    new_file(to)?;
    let connection = open(database)?;
    // Otherwise the last connection to close would remove the log, and a missing log is a sign of damage.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
    Ok(File::open(to)?.sync_all()?)
}

/// Makes a file that is not there yet, for its owner alone; what was left there by a crash goes.
///
/// # Errors
/// When the folder cannot be written.
pub fn new_file(path: &Path) -> io::Result<File> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(with_suffix(path, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)
}

/// Checks a copy wholly: its format, its pages and indexes, every service.
///
/// # Errors
/// When it is not a database of Relance's, or damaged.
pub fn check(copy: &Path) -> Result<Contents, OpenError> {
    let connection = open(copy)?;
    if schema::content(&connection, copy)? == Content::Nothing {
        return Err(OpenError::Incomplete(copy.to_owned(), "services"));
    }
    let verdict: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        return Err(rusqlite::Error::SqliteFailure(code, Some(verdict)).into());
    }
    let mut unreadable = Vec::new();
    let mut records = services::load(&connection, &mut unreadable)?;
    runtime::load(&connection, &mut records, &mut unreadable)?;
    Ok(Contents {
        services: records.len(),
        last_entry: events::last_number(&connection)?,
        identity: read_meta(&connection, Meta::Identity)?,
        unreadable,
    })
}

/// Puts a checked copy, which lies in the state folder, in the place of the database. What was there
/// is kept; its new name is returned.
///
/// `boot` is this boot of the machine where services may be running. Without it, the next start is a boot: the
/// status in the copy says nothing about the present.
///
/// # Errors
/// When the state folder cannot be written.
pub fn put_in_place(
    copy: &Path,
    database: &Path,
    id: &str,
    boot: Option<&str>,
) -> Result<Option<PathBuf>, OpenError> {
    let connection = open(copy)?;
    let found = read_meta(&connection, Meta::Boot)?;
    let restored = Restored {
        of_another_boot: found.as_deref() != boot,
        last_runs: restored::last_runs(database),
    };
    restored.write(&connection)?;
    match boot {
        Some(boot) => {
            write_meta(&connection, Meta::Boot, boot)?;
            write_meta(&connection, Meta::ShutDown, "0")?;
        }
        None => write_meta(&connection, Meta::ShutDown, "1")?,
    }
    drop(connection);
    File::open(copy)?.sync_all()?;
    let aside = is_anything_there(database)
        .then(|| put_aside(database, "before-restore"))
        .transpose()?;
    fs::rename(copy, database)?;
    sync_folder(database)?;
    begin_log(database, id)?;
    Ok(aside)
}

/// Begins the write-ahead log of a database that was copied without one: else it would be missed.
fn begin_log(database: &Path, id: &str) -> rusqlite::Result<()> {
    let mut connection = open(database)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    schema::configure(&connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let transaction = connection.transaction()?;
    // SQLite writes nothing for a value that is there already.
    write_meta(&transaction, Meta::Identity, "")?;
    write_meta(&transaction, Meta::Identity, id)?;
    transaction.commit()
}

pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
}

#[cfg(test)]
mod tests;
