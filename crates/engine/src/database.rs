//! The service database and the event log: one SQLite file (`docs/database.md` describes it).
//!
//! This file opens it and commits batches; `schema` holds the tables, `services` and `runtime` turn
//! rows into records and back, `events` writes and finds entries of the log. It does no more than it
//! is told: what a batch holds is decided by the engine.

mod epoch;
mod events;
mod runtime;
mod schema;
mod services;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use relance_policy::{ServiceId, ServiceRecord};
use relance_scm::ServiceConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use relance_scm::event_log::{LogEntry, Timestamp};

pub use epoch::{CommitError, Epoch};
pub use events::EventLog;

/// What one transaction writes.
#[derive(Debug, Default)]
pub struct Batch {
    /// Configurations created or changed, with the mark for deletion. Their presence makes the
    /// transaction durable against a loss of power (`synchronous=FULL`).
    pub configs: Vec<(ServiceId, Arc<ServiceConfig>, bool)>,
    /// Services removed for good.
    pub removed: Vec<ServiceId>,
    /// Records as they are now.
    pub records: Vec<Arc<ServiceRecord>>,
    /// New entries of the log.
    pub entries: Vec<Arc<LogEntry>>,
    /// Values to remember.
    pub meta: Vec<(Meta, String)>,
}

/// Values that are remembered beside the services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meta {
    /// The machine's boot that the run-time records belong to.
    Boot,
    /// `1` after an orderly shutdown.
    ShutDown,
    /// The time of a manual clock, nanoseconds.
    ManualClock,
    /// The starts of this boot that are still to come, as JSON; empty: none.
    BootStarts,
    /// How often the database was opened for writing: whoever opened it last may write.
    Epoch,
}

impl Meta {
    fn key(self) -> &'static str {
        match self {
            Self::Boot => "boot",
            Self::ShutDown => "shut_down",
            Self::ManualClock => "manual_clock",
            Self::BootStarts => "boot_starts",
            Self::Epoch => "epoch",
        }
    }
}

/// Everything the engine needs to begin.
#[derive(Debug)]
pub struct Loaded {
    /// The services, as they were last committed.
    pub records: Vec<ServiceRecord>,
    /// Number of the last entry of the log.
    pub last_entry: u64,
    /// The highest service id ever given.
    pub last_service: u32,
    /// What was remembered as [`Meta::BootStarts`].
    pub boot_starts: Option<String>,
}

/// Why a database cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// It is damaged; it was put aside under this name.
    Damaged(PathBuf, String),
    /// It is missing, but one that was put aside lies there: nobody has decided to begin anew.
    PutAside(PathBuf),
    /// It was written by a newer version.
    TooNew(i64),
    /// Anything else: permissions, disk.
    Other(rusqlite::Error),
}

/// An open database, for writing. Only the one that was opened last writes: the commits of all
/// others are refused, whichever process holds them.
pub struct Database {
    connection: Connection,
    durable: bool,
    epoch: Epoch,
}

impl Database {
    /// Opens or creates the database.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        if !path.exists()
            && let Some(aside) = put_aside_before(path)
        {
            return Err(OpenError::PutAside(aside));
        }
        match Self::try_open(path) {
            Err(OpenError::Other(error)) if is_damage(&error) => Err(put_aside(path, &error)),
            other => other,
        }
    }

    fn try_open(path: &Path) -> Result<Self, OpenError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        schema::prepare(&connection)?;
        Ok(Self {
            epoch: Epoch::begin(&mut connection)?,
            connection,
            durable: false,
        })
    }

    /// A database that lives as long as this value, for simulations.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn in_memory() -> rusqlite::Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        schema::prepare(&connection).map_err(|error| match error {
            OpenError::Other(error) => error,
            _ => rusqlite::Error::InvalidQuery,
        })?;
        Ok(Self {
            epoch: Epoch::begin(&mut connection)?,
            connection,
            durable: false,
        })
    }

    /// Begins another epoch, as a new engine does; returns the one before, for simulations.
    ///
    /// # Errors
    /// When the database is gone.
    pub fn begin_epoch(&mut self) -> rusqlite::Result<Epoch> {
        let next = Epoch::begin(&mut self.connection)?;
        Ok(std::mem::replace(&mut self.epoch, next))
    }

    /// Writes as one who opened it in another epoch; returns the one before, for simulations.
    pub fn set_epoch(&mut self, epoch: Epoch) -> Epoch {
        std::mem::replace(&mut self.epoch, epoch)
    }

    /// Refuses to write, or writes again: a full disk, for simulations.
    ///
    /// # Errors
    /// When the database is gone.
    pub fn refuse_writes(&self, refuse: bool) -> rusqlite::Result<()> {
        self.connection.pragma_update(None, "query_only", refuse)
    }

    /// Reads everything the engine needs to begin.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn load(&self) -> rusqlite::Result<Loaded> {
        let mut records = services::load(&self.connection)?;
        runtime::load(&self.connection, &mut records)?;
        let last_entry = events::last_number(&self.connection)?;
        let last_service = services::last_id(&self.connection)?;
        Ok(Loaded {
            records: records.into_values().collect(),
            last_entry,
            last_service,
            boot_starts: self.meta(Meta::BootStarts)?,
        })
    }

    /// A remembered value.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn meta(&self, key: Meta) -> rusqlite::Result<Option<String>> {
        let query = "SELECT value FROM meta WHERE key = ?1";
        self.connection
            .query_row(query, params![key.key()], |row| row.get(0))
            .optional()
    }

    /// Writes a batch in one transaction: all of it or nothing.
    ///
    /// # Errors
    /// When it cannot be written, for instance because the disk is full; or must not be, because
    /// another engine has opened the database since.
    pub fn commit(&mut self, batches: &[&Batch]) -> Result<(), CommitError> {
        self.set_durable(batches.iter().any(|batch| batch.needs_durability()))?;
        let (transaction, epoch) = self.epoch.enter(&mut self.connection)?;
        for batch in batches {
            for (id, config, marked) in &batch.configs {
                services::write(&transaction, *id, config, *marked)?;
            }
            for record in &batch.records {
                runtime::write(&transaction, record)?;
            }
            for id in &batch.removed {
                services::remove(&transaction, *id)?;
            }
            for entry in &batch.entries {
                events::write(&transaction, entry)?;
            }
            for (key, value) in &batch.meta {
                let statement = "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)";
                transaction
                    .prepare_cached(statement)?
                    .execute(params![key.key(), value])?;
            }
        }
        transaction.commit()?;
        self.epoch = epoch;
        Ok(())
    }

    /// Configuration survives a loss of power; run-time records belong to one boot of the machine
    /// anyway and only need to survive the engine.
    fn set_durable(&mut self, durable: bool) -> rusqlite::Result<()> {
        if self.durable != durable {
            let level = if durable { "FULL" } else { "NORMAL" };
            self.connection.pragma_update(None, "synchronous", level)?;
            self.durable = durable;
        }
        Ok(())
    }

    /// Moves what the write-ahead log holds into the database, as far as readers allow.
    ///
    /// # Errors
    /// When the disk is full; nothing is lost.
    pub fn checkpoint(&self) -> rusqlite::Result<()> {
        self.connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
    }

    /// Removes entries of the log that are older than `before`, or beyond a total size.
    ///
    /// # Errors
    /// When the database cannot be written, or must not be.
    pub fn prune(&mut self, before: Timestamp, bytes_max: u64) -> Result<(), CommitError> {
        // Nothing but old entries is removed, whoever does it: looked at once, beforehand.
        self.epoch.enter(&mut self.connection)?;
        Ok(events::prune(&mut self.connection, before, bytes_max)?)
    }
}

impl Batch {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.configs.is_empty()
            && self.removed.is_empty()
            && self.records.is_empty()
            && self.entries.is_empty()
            && self.meta.is_empty()
    }

    fn needs_durability(&self) -> bool {
        !self.configs.is_empty() || !self.removed.is_empty() || !self.meta.is_empty()
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(
        error.sqlite_error_code(),
        Some(DatabaseCorrupt | NotADatabase)
    )
}

/// A damaged database is kept for whoever can read it, and never replaced by an empty one.
fn put_aside(path: &Path, error: &rusqlite::Error) -> OpenError {
    let aside = (1..=u32::MAX)
        .map(|n| path.with_extension(format!("db.damaged-{n}")))
        .find(|aside| !aside.exists())
        .expect("some number is free");
    for suffix in ["", "-wal", "-shm"] {
        let with = |base: &Path| PathBuf::from(format!("{}{suffix}", base.display()));
        let _ = std::fs::rename(with(path), with(&aside));
    }
    OpenError::Damaged(aside, error.to_string())
}

fn put_aside_before(path: &Path) -> Option<PathBuf> {
    let aside = path.with_extension("db.damaged-1");
    aside.exists().then_some(aside)
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Other(error)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(aside, error) => write!(
                f,
                "the service database is damaged ({error}) and was put aside as {}; restore a backup \
                 in its place, or recover it with `sqlite3 {} .recover | sqlite3 NEW`, or begin \
                 anew by moving it away",
                aside.display(),
                aside.display()
            ),
            Self::PutAside(aside) => write!(
                f,
                "there is no service database, but a damaged one was put aside as {}; restore a \
                 backup, or move that file away to begin with no services",
                aside.display()
            ),
            Self::TooNew(version) => write!(
                f,
                "the service database has the format {version} of a newer version of Relance; \
                 install that version, or restore an older backup"
            ),
            Self::Other(error) => write!(f, "the service database cannot be opened: {error}"),
        }
    }
}

impl std::error::Error for OpenError {}

#[cfg(test)]
mod tests;
