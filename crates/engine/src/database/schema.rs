//! The tables. Migrations go forward only; the format is the database's `user_version`.

use std::path::Path;

use rusqlite::Connection;

use super::OpenError;

const FORMAT: i64 = 1;

const TABLES: &str = "
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a service: its configuration. Numbers are Windows'.
CREATE TABLE services (
    id                 INTEGER PRIMARY KEY,
    name_key           TEXT NOT NULL UNIQUE,   -- the name in one case
    name               TEXT NOT NULL,
    display_name       TEXT NOT NULL,
    kind               TEXT NOT NULL,          -- service, program
    service_type       INTEGER NOT NULL,
    start_type         INTEGER NOT NULL,
    delayed_auto_start INTEGER NOT NULL,
    error_control      INTEGER NOT NULL,
    command_line       TEXT NOT NULL,
    load_order_group   TEXT NOT NULL,
    dependencies       TEXT NOT NULL,          -- JSON list; groups as +NAME
    account_name       TEXT NOT NULL,
    description        TEXT NOT NULL,
    reset_period       INTEGER NOT NULL,       -- seconds; 4294967295: INFINITE
    reboot_message     TEXT NOT NULL,
    command            TEXT NOT NULL,
    actions            TEXT NOT NULL,          -- restart/60000/run/5000
    non_crash_failures INTEGER NOT NULL,
    environment        TEXT NOT NULL,          -- JSON list of NAME=value
    priority           INTEGER,
    preshutdown_ms     INTEGER,
    security           TEXT,                   -- SDDL; null: the default
    extensions         TEXT NOT NULL,          -- JSON object
    marked_for_delete  INTEGER NOT NULL
) STRICT;

-- One row a service that was ever started: its status and what is pending. Belongs to one boot.
CREATE TABLE runtime (
    service_id                 INTEGER PRIMARY KEY,
    state                      INTEGER NOT NULL,
    controls_accepted          INTEGER NOT NULL,
    win32_exit_code            INTEGER NOT NULL,
    service_specific_exit_code INTEGER NOT NULL,
    checkpoint                 INTEGER NOT NULL,
    wait_hint_ms               INTEGER NOT NULL,
    pid                        INTEGER NOT NULL,
    runs                       INTEGER NOT NULL,
    failure_count              INTEGER NOT NULL,
    last_failure_ns            INTEGER,        -- since the machine's boot
    actions_queued             INTEGER NOT NULL,
    details                    TEXT NOT NULL   -- JSON: run, pending actions, last end
) STRICT;

-- The event log.
CREATE TABLE events (
    number     INTEGER PRIMARY KEY,
    at_ms      INTEGER NOT NULL,               -- since 1970, UTC
    source     TEXT NOT NULL,
    event_id   INTEGER NOT NULL,
    level      INTEGER NOT NULL,               -- 2 error, 3 warning, 4 information
    service_id INTEGER,
    service    TEXT,
    parameters TEXT NOT NULL,                  -- JSON list
    run        INTEGER,
    pid        INTEGER NOT NULL,
    details    TEXT                            -- JSON: exit, due, cause, policy, output, author, by, repeated
) STRICT;
CREATE INDEX events_of_service ON events (service_id, number);
CREATE INDEX events_not_routine ON events (level, number) WHERE level < 4;
";

/// What a database holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Nothing at all: it was just created.
    Nothing,
    /// Our tables, in our format.
    Ours,
}

/// Looks at a database without changing it.
pub(super) fn content(connection: &Connection, path: &Path) -> Result<Content, OpenError> {
    match connection.query_row("PRAGMA user_version", [], |row| row.get(0))? {
        FORMAT => check(connection, path).map(|()| Content::Ours),
        0 if has_nothing(connection)? => Ok(Content::Nothing),
        newer if newer > FORMAT => Err(OpenError::TooNew(newer)),
        other => Err(OpenError::Format(path.to_owned(), other)),
    }
}

/// Settings of the connection.
pub(super) fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "cache_size", -256)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(16);
    Ok(())
}

/// Makes the tables of the database of a state folder: all of it or nothing.
pub(super) fn create(connection: &Connection, id: &str) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "BEGIN; {TABLES} INSERT INTO meta VALUES ('identity', '{id}'); \
         PRAGMA user_version = {FORMAT}; COMMIT;"
    ))
}

fn has_nothing(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| {
        row.get(0)
    })
}

/// The tables that services depend on; the log may be large and is checked as it is read.
fn check(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    for table in ["services", "runtime", "meta", "events"] {
        let query = "SELECT count(*) = 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1";
        if !connection.query_row(query, [table], |row| row.get(0))? {
            return Err(OpenError::Incomplete(path.to_owned(), table));
        }
    }
    for table in ["services", "runtime", "meta"] {
        let verdict: String =
            connection.query_row(&format!("PRAGMA quick_check({table})"), [], |row| {
                row.get(0)
            })?;
        if verdict != "ok" {
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
            return Err(rusqlite::Error::SqliteFailure(code, Some(verdict)).into());
        }
    }
    Ok(())
}
