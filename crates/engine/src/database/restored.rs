//! The mark in a database that was restored from a backup, for the engine that opens it first.

use std::collections::BTreeMap;

use relance_policy::ServiceId;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};

use super::{Meta, read_meta, write_meta};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// Whether the backup is of another boot of the machine: then its times mean nothing now.
    pub of_another_boot: bool,
    /// The last run of each service that the database before named, where it could be read.
    pub last_runs: BTreeMap<ServiceId, u32>,
}

impl Restored {
    /// What is remembered; `None` for a database that was not restored, or that an engine has read
    /// since.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        let text = read_meta(connection, Meta::Restored)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    pub(super) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        let text = serde_json::to_string(self).expect("plain numbers");
        write_meta(connection, Meta::Restored, &text)
    }
}

/// The last run of each service in a database that is about to be put aside. One that is damaged names
/// what can be read, or nothing.
pub(super) fn last_runs(database: &std::path::Path) -> BTreeMap<ServiceId, u32> {
    let read = || -> rusqlite::Result<BTreeMap<ServiceId, u32>> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(database, flags)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        let mut statement = connection.prepare("SELECT service_id, runs FROM runtime")?;
        let rows = statement.query_map([], |row| Ok((ServiceId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.flatten().collect())
    };
    let is_file = std::fs::symlink_metadata(database).is_ok_and(|found| found.is_file());
    is_file.then(read).and_then(Result::ok).unwrap_or_default()
}
