//! The durable queue: what waits for each target, what was told last, and how far the event log was read. All that
//! follows from an entry of the log is one transaction with the number of the entry, so nothing is queued twice or lost.
//!
//! Committed without waiting for the disk: a power failure may take back the last commits, and then the log is read
//! again from there, and a message goes out again with the id that it had.

mod messages;
mod schema;

use std::path::Path;

use relance_scm::manager::{Notices, TargetInfo};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::fold::Fold;

pub(crate) use messages::{New, Next, Waiting};

/// The queue of the notifier.
#[derive(Debug)]
pub(crate) struct Store {
    db: Connection,
    /// Begins the id of each message: another queue has another one.
    instance: String,
}

impl Store {
    /// Opens it, and makes it if it is not there.
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let db = schema::open(path)?;
        let instance =
            db.query_row("SELECT value FROM meta WHERE key = 'instance'", [], |row| {
                row.get(0)
            })?;
        Ok(Self { db, instance })
    }

    /// The number of the last entry that was read; `None` before the first.
    pub(crate) fn cursor(&self) -> rusqlite::Result<Option<u64>> {
        let text = meta(&self.db, "cursor")?;
        Ok(text.and_then(|text| text.parse().ok()))
    }

    /// What is known of services that are not well.
    pub(crate) fn fold(&self) -> rusqlite::Result<Fold> {
        let text = meta(&self.db, "fold")?;
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }

    /// Puts messages into the queue, and on record how far the log was read and what is known then.
    pub(crate) fn advance(
        &mut self,
        cursor: Option<u64>,
        fold: &Fold,
        messages: &[New],
        now: i64,
    ) -> rusqlite::Result<()> {
        let batch = self.batch()?;
        for message in messages {
            messages::enqueue(&batch, message, now)?;
        }
        if let Some(cursor) = cursor {
            set_meta(&batch, "cursor", &cursor.to_string())?;
        }
        let fold = serde_json::to_string(fold).unwrap_or_default();
        set_meta(&batch, "fold", &fold)?;
        messages::forget_old(&batch)?;
        batch.commit()
    }

    /// Puts the targets of the file on record, so that others can see them; what is known of them stays.
    pub(crate) fn set_targets(&mut self, targets: &[TargetInfo]) -> rusqlite::Result<()> {
        let batch = self.batch()?;
        let names: Vec<&str> = targets.iter().map(|target| &*target.name).collect();
        let names = serde_json::to_string(&names).unwrap_or_default();
        batch.execute(
            "DELETE FROM target WHERE name NOT IN (SELECT value FROM json_each(?1))",
            [names],
        )?;
        for target in targets {
            let notices = target.notices.join(",");
            let services = target.services.join(" ");
            batch.execute(
                "INSERT INTO target (name, carrier, place, notices, services) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (name) DO UPDATE SET carrier = ?2, place = ?3, notices = ?4, services = ?5,
                 retry_at = 0",
                params![target.name, target.carrier, target.place, notices, services],
            )?;
        }
        batch.execute("DELETE FROM meta WHERE key = 'problem'", [])?;
        batch.commit()
    }

    /// Puts on record why the file of targets cannot be used. Whether that is new.
    pub(crate) fn set_problem(&mut self, problem: &str) -> rusqlite::Result<bool> {
        if meta(&self.db, "problem")?.as_deref() == Some(problem) {
            return Ok(false);
        }
        set_meta(&self.db, "problem", problem)?;
        Ok(true)
    }

    fn batch(&mut self) -> rusqlite::Result<Transaction<'_>> {
        self.db
            .transaction_with_behavior(TransactionBehavior::Immediate)
    }
}

/// What is on record, for others. Nothing if there is no such file.
pub(crate) fn read(path: &Path) -> rusqlite::Result<Notices> {
    let Some(db) = schema::open_to_read(path)? else {
        return Ok(Notices::default());
    };
    let instance = meta(&db, "instance")?.unwrap_or_default();
    Ok(Notices {
        targets: messages::targets(&db)?,
        messages: messages::all(&db, &instance)?,
        problem: meta(&db, "problem")?,
        ..Notices::default()
    })
}

fn meta(db: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    db.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| {
        row.get(0)
    })
    .optional()
}

fn set_meta(db: &Connection, key: &str, value: &str) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
        [key, value],
    )
    .map(drop)
}

#[cfg(test)]
mod tests;
