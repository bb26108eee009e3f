//! The tables of the queue.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

/// How long a reader and the writer wait for each other.
const PATIENCE: Duration = Duration::from_secs(5);
/// Of the tables. A queue of another version is not read.
const VERSION: u32 = 1;

const TABLES: &str = "
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS target (
    name TEXT PRIMARY KEY,
    carrier TEXT NOT NULL,
    place TEXT NOT NULL,
    notices TEXT NOT NULL,
    services TEXT NOT NULL,
    problem TEXT,
    -- Tries in a row that failed, and when the next one is.
    failed INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER NOT NULL DEFAULT 0,
    -- Whether the event log says that it cannot be reached.
    is_told INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    target TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- Messages of one key are gathered.
    fold_key TEXT NOT NULL,
    -- Whether it says that something is over.
    is_over INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- Not before: others like it may come.
    due INTEGER NOT NULL,
    -- After this it is not told any more.
    until INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    -- 0: waits, 1: was told, 2: was dropped.
    state INTEGER NOT NULL DEFAULT 0,
    done_at INTEGER,
    problem TEXT
);
-- Services that a message that waits only counts, so that each is counted once.
CREATE TABLE IF NOT EXISTS counted (
    message INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (message, name)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS message_waiting ON message (target, state, number);
INSERT OR IGNORE INTO meta VALUES ('instance', lower(hex(randomblob(6))));
COMMIT;";

/// Opens the queue, and makes it if it is not there.
pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open(path)?;
    db.busy_timeout(PATIENCE)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "NORMAL")?;
    let version: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version > VERSION {
        return Err(newer());
    }
    db.execute_batch(TABLES)?;
    db.pragma_update(None, "user_version", VERSION)?;
    Ok(db)
}

/// Opens it to read; `None`: it is just being made, and nothing is in it.
pub(super) fn open_to_read(path: &Path) -> rusqlite::Result<Option<Connection>> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    db.busy_timeout(PATIENCE)?;
    let version: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok((version > 0).then_some(db))
}

fn newer() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CANTOPEN),
        Some("the queue was written by a newer version".to_owned()),
    )
}
