//! The service database and the event log: one SQLite file (`docs/database.md` describes it).
//!
//! This file commits batches; `opening` opens it, `loss` saves what is known when its files are lost, `schema`
//! holds the tables, `services` and `runtime` turn rows into records and back, `events` writes and finds entries
//! of the log. The engine decides what a batch holds.

mod aside;
pub mod backup;
mod columns;
mod epoch;
mod events;
mod fuzzing;
mod known;
mod loss;
mod open_error;
mod opening;
mod restored;
mod runtime;
mod schema;
mod services;

use std::collections::BTreeMap;
use std::sync::Arc;

use relance_policy::{ServiceId, ServiceRecord};
use relance_scm::ServiceConfig;
use rusqlite::{Connection, OptionalExtension, params};

use relance_scm::event_log::{LogEntry, Timestamp};

use known::Known;
use loss::Files;

pub use columns::Unreadable;
pub use epoch::{CommitError, Epoch};
pub use events::EventLog;
pub use loss::{Loss, SaveError};
pub use open_error::OpenError;
pub use restored::Restored;

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
    /// How often the database was opened for writing. Only the engine that opened it last may
    /// write.
    Epoch,
    /// The id of the state folder that the database belongs to.
    Identity,
    /// Set from a restore until an engine has read the database: a [`Restored`].
    Restored,
    /// The last entry that was written before the event log was lost: numbers go on behind it.
    LastEntry,
    /// The same of the highest service id ever given.
    LastService,
    /// What was used of the machine's budgets of recovery, as JSON.
    Budgets,
    /// The named policies, as JSON.
    Policies,
}

impl Meta {
    fn key(self) -> &'static str {
        match self {
            Self::Boot => "boot",
            Self::ShutDown => "shut_down",
            Self::ManualClock => "manual_clock",
            Self::BootStarts => "boot_starts",
            Self::Epoch => "epoch",
            Self::Identity => "identity",
            Self::Restored => "restored",
            Self::LastEntry => "last_entry",
            Self::LastService => "last_service",
            Self::Budgets => "budgets",
            Self::Policies => "policies",
        }
    }
}

/// Everything the engine needs to begin.
#[derive(Debug)]
pub struct Loaded {
    /// The services, as they were last committed.
    pub records: Vec<Arc<ServiceRecord>>,
    /// Number of the last entry of the log.
    pub last_entry: u64,
    /// The highest service id ever given.
    pub last_service: u32,
    /// What was remembered as [`Meta::BootStarts`].
    pub boot_starts: Option<String>,
    /// What was remembered as [`Meta::Budgets`].
    pub budgets: Option<String>,
    /// What was remembered as [`Meta::Policies`].
    pub policies: Option<String>,
    /// Problems of the files that did not prevent reading them, in sentences.
    pub notices: Vec<String>,
    /// The services that are not among the records, because their rows cannot be read.
    pub unreadable: Vec<Unreadable>,
    /// Set if the database was restored from a backup.
    pub restored: Option<Restored>,
}

/// An open database, for writing. Only the one that was opened last writes: the commits of all
/// others are refused, whichever process holds them.
pub struct Database {
    connection: Connection,
    durable: bool,
    epoch: Epoch,
    notices: Vec<String>,
    /// `None`: in memory.
    files: Option<Files>,
    known: Known,
}

impl Database {
    /// A database that lives as long as this value, for simulations.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn in_memory() -> rusqlite::Result<Self> {
        let connection = Connection::open_in_memory()?;
        schema::configure(&connection)?;
        schema::create(&connection, "")?;
        Self::begin(connection)
    }

    /// Begins an epoch on a connection to a database that has its tables.
    fn begin(mut connection: Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            epoch: Epoch::begin(&mut connection)?,
            connection,
            durable: false,
            notices: Vec::new(),
            files: None,
            known: Known::default(),
        })
    }

    /// Begins another epoch, as a new engine does; returns the epoch before, for simulations.
    ///
    /// # Errors
    /// When the database is gone.
    pub fn begin_epoch(&mut self) -> rusqlite::Result<Epoch> {
        let next = Epoch::begin(&mut self.connection)?;
        Ok(std::mem::replace(&mut self.epoch, next))
    }

    /// Writes as if the database had been opened in another epoch; returns the epoch before, for
    /// simulations.
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

    /// Problems of the files that did not prevent opening the database, in sentences.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Reads everything the engine needs to begin.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn load(&mut self) -> rusqlite::Result<Loaded> {
        let mut unreadable = Vec::new();
        let mut records = services::load(&self.connection, &mut unreadable)?;
        runtime::load(&self.connection, &mut records, &mut unreadable)?;
        let last_entry = events::last_number(&self.connection)?.max(self.number(Meta::LastEntry)?);
        let last_service =
            services::last_id(&self.connection)?.max(self.number(Meta::LastService)?);
        let records: Vec<_> = records.into_values().map(Arc::new).collect();
        self.known = Known::new(&records, self.remembered()?, last_entry, last_service);
        Ok(Loaded {
            records,
            last_entry,
            last_service,
            boot_starts: self.meta(Meta::BootStarts)?,
            budgets: self.meta(Meta::Budgets)?,
            policies: self.meta(Meta::Policies)?,
            notices: self.notices.clone(),
            unreadable,
            restored: Restored::read(&self.connection)?,
        })
    }

    /// A remembered value.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn meta(&self, key: Meta) -> rusqlite::Result<Option<String>> {
        read_meta(&self.connection, key)
    }

    /// A remembered number; 0 where there is none.
    fn number<N: std::str::FromStr + Default>(&self, key: Meta) -> rusqlite::Result<N> {
        let text = self.meta(key)?;
        Ok(text.and_then(|text| text.parse().ok()).unwrap_or_default())
    }

    /// The values that a database written again begins with.
    fn remembered(&self) -> rusqlite::Result<BTreeMap<Meta, String>> {
        let keys = [
            Meta::Boot,
            Meta::ShutDown,
            Meta::ManualClock,
            Meta::BootStarts,
            Meta::Budgets,
            Meta::Policies,
        ];
        let found = keys.into_iter().map(|key| Ok((key, self.meta(key)?)));
        let found: Vec<_> = found.collect::<rusqlite::Result<_>>()?;
        let found = found.into_iter();
        Ok(found
            .filter_map(|(key, value)| Some((key, value?)))
            .collect())
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
            // Deletions come first, because a new service may have the name of one that is deleted
            // in the same batch.
            for id in &batch.removed {
                services::remove(&transaction, *id)?;
            }
            let stays = |id: &ServiceId| !batch.removed.contains(id);
            for (id, config, marked) in batch.configs.iter().filter(|(id, ..)| stays(id)) {
                services::write(&transaction, *id, config, *marked)?;
            }
            for record in batch.records.iter().filter(|record| stays(&record.id)) {
                runtime::write(&transaction, record)?;
            }
            for entry in &batch.entries {
                events::write(&transaction, entry)?;
            }
            for (key, value) in &batch.meta {
                write_meta(&transaction, *key, value)?;
            }
        }
        transaction.commit()?;
        self.epoch = epoch;
        for batch in batches {
            self.known.committed(batch);
        }
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

    /// Moves what the write-ahead log holds into the database, as far as readers allow; whether that was
    /// all of it.
    ///
    /// # Errors
    /// When the disk is full; nothing is lost.
    pub fn checkpoint(&self) -> rusqlite::Result<bool> {
        let query = "PRAGMA wal_checkpoint(PASSIVE)";
        self.connection.query_row(query, [], |row| {
            let (is_busy, frames, moved): (bool, i64, i64) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(!is_busy && frames == moved)
        })
    }

    /// Removes entries of the log that are older than `before`, or beyond a total size.
    ///
    /// # Errors
    /// When the database cannot be written, or must not be.
    pub fn prune(&mut self, before: Timestamp, bytes_max: u64) -> Result<(), CommitError> {
        // Only old entries are removed here, so one look at the epoch, beforehand, is enough.
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

    /// Whether the batch must survive a loss of power.
    #[must_use]
    pub fn needs_durability(&self) -> bool {
        !self.configs.is_empty() || !self.removed.is_empty() || !self.meta.is_empty()
    }
}

fn read_meta(connection: &Connection, key: Meta) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row(params![key.key()], |row| row.get(0))
        .optional()
}

fn write_meta(connection: &Connection, key: Meta, value: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?
        .execute(params![key.key(), value])?;
    Ok(())
}

#[cfg(test)]
mod tests;
