//! Messages of the queue: gathered while they wait, told in their order, one target at a time.

use std::sync::Arc;
use std::time::Duration;

use relance_scm::event_log::Timestamp;
use relance_scm::manager::{MessageInfo, TargetInfo};
use relance_texts::{Lang, target};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Store;
use crate::message::Message;

/// How many messages may wait for a target; then the oldest is dropped.
const WAITING_MAX: i64 = 1000;
/// How many finished messages are remembered.
const DONE_MAX: i64 = 500;
/// The pause after the first try that failed; it doubles.
const PAUSE: Duration = Duration::from_secs(1);
/// Up to this.
const PAUSE_MAX: Duration = Duration::from_secs(300);

/// A message to put into the queue.
#[derive(Clone, Debug)]
pub(crate) struct New {
    /// To whom.
    pub(crate) target: Box<str>,
    /// Messages of one key are one.
    pub(crate) key: String,
    /// Whether it names each service, so that a message that is full is followed by another one.
    pub(crate) names_all: bool,
    /// What it says.
    pub(crate) message: Message,
    /// The name of this machine.
    pub(crate) machine: Arc<str>,
    /// The language of the target.
    pub(crate) lang: Lang,
    /// How long it waits for others, in milliseconds.
    pub(crate) gather_ms: i64,
    /// How long it comes after the last one of its key.
    pub(crate) repeat_ms: i64,
    /// How long it is tried, from its time on.
    pub(crate) keep_ms: i64,
}

/// What a target is told next.
#[derive(Debug, PartialEq)]
pub(crate) enum Next {
    /// Nothing waits.
    Nothing,
    /// Not before this moment.
    At(i64),
    /// This.
    Now(Box<Waiting>),
}

/// A message that waits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Waiting {
    pub(crate) number: i64,
    pub(crate) id: String,
    pub(crate) message: Message,
}

/// Joins a message that waits for its target about the same, or puts another one behind all that wait.
pub(super) fn enqueue(db: &Connection, new: &New, now: i64) -> rusqlite::Result<()> {
    if join(db, new)? {
        return Ok(());
    }
    // One that is on its way counts as told now.
    let last: Option<i64> = db.query_row(
        "SELECT max(coalesce(done_at, ?3)) FROM message
         WHERE target = ?1 AND fold_key = ?2 AND (state = 1 OR state = 0 AND tries > 0)",
        params![new.target, new.key, now],
        |row| row.get(0),
    )?;
    let gathered = now.saturating_add(new.gather_ms);
    let due = last.map_or(gathered, |last| {
        gathered.max(last.saturating_add(new.repeat_ms))
    });
    let body = serde_json::to_string(&new.message).unwrap_or_default();
    db.execute(
        "INSERT INTO message (target, kind, fold_key, is_over, title, body, at, due, until)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            new.target,
            new.message.kind,
            new.key,
            new.message.is_over(),
            new.message.title(&new.machine, new.lang),
            body,
            new.message.at,
            due,
            due.saturating_add(new.keep_ms),
        ],
    )?;
    // What waits before it goes before it.
    db.execute(
        "UPDATE message SET due = min(due, ?2) WHERE target = ?1 AND state = 0",
        params![new.target, due],
    )?;
    db.execute(
        "UPDATE message SET state = 2, done_at = ?2, problem = ?4 WHERE number IN (
            SELECT number FROM message WHERE target = ?1 AND state = 0 ORDER BY number DESC LIMIT -1 OFFSET ?3)",
        params![new.target, now, WAITING_MAX, target::TOO_MANY_WAITED.of(Lang::En)],
    )?;
    Ok(())
}

/// Whether a message that waits has taken another one in. A message of the opposite kind must not stand between
/// them, because then the last message would be wrong.
fn join(db: &Connection, new: &New) -> rusqlite::Result<bool> {
    let mut select = db.prepare_cached(
        "SELECT number, body FROM message AS m
         WHERE target = ?1 AND fold_key = ?2 AND state = 0 AND tries = 0 AND NOT EXISTS (
            SELECT 1 FROM message AS later WHERE later.target = ?1 AND later.state = 0
            AND later.number > m.number AND later.is_over <> ?3)
         ORDER BY number",
    )?;
    let mut same = select.query(params![new.target, new.key, new.message.is_over()])?;
    while let Some(row) = same.next()? {
        let (number, body): (i64, String) = (row.get(0)?, row.get(1)?);
        let Ok(mut message) = serde_json::from_str::<Message>(&body) else {
            continue;
        };
        if message.has_no_room_for(&new.message) {
            if new.names_all {
                continue;
            }
            if !is_counted_first(db, number, &new.message)? {
                return Ok(true);
            }
        }
        message.join(new.message.clone());
        let body = serde_json::to_string(&message).unwrap_or_default();
        let title = message.title(&new.machine, new.lang);
        db.execute(
            "UPDATE message SET body = ?2, title = ?3 WHERE number = ?1",
            params![number, body, title],
        )?;
        return Ok(true);
    }
    Ok(false)
}

/// Whether a message that has no room for their names counts some of these services for the first time.
fn is_counted_first(db: &Connection, number: i64, message: &Message) -> rusqlite::Result<bool> {
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO counted VALUES (?1, ?2)")?;
    let mut new = 0;
    for subject in &message.services {
        new += insert.execute(params![number, subject.name])?;
    }
    Ok(new > 0)
}

/// Forgets what was done long ago.
pub(super) fn forget_old(db: &Connection) -> rusqlite::Result<()> {
    db.execute(
        "DELETE FROM counted WHERE message NOT IN (SELECT number FROM message WHERE state = 0)",
        [],
    )?;
    db.execute(
        "DELETE FROM message WHERE state > 0 AND number <= (
            SELECT number FROM message WHERE state > 0 ORDER BY number DESC LIMIT 1 OFFSET ?1)",
        [DONE_MAX],
    )
    .map(drop)
}

impl Store {
    /// The targets for which something waits.
    pub(crate) fn awaited(&self) -> rusqlite::Result<Vec<Box<str>>> {
        let mut select = self
            .db
            .prepare_cached("SELECT DISTINCT target FROM message WHERE state = 0")?;
        let names = select.query_map([], |row| row.get(0))?;
        names.collect()
    }

    /// What a target is told next. Messages that are too old are dropped before.
    pub(crate) fn next(&self, target: &str, now: i64) -> rusqlite::Result<Next> {
        self.db.execute(
            "UPDATE message SET state = 2, done_at = ?2, problem = coalesce(problem, ?3)
             WHERE target = ?1 AND state = 0 AND until <= ?2",
            params![target, now, target::TOO_OLD.of(Lang::En)],
        )?;
        let first: Option<(i64, String, i64)> = self
            .db
            .query_row(
                "SELECT number, body, max(due, coalesce(
                    (SELECT retry_at FROM target WHERE name = ?1), 0))
                 FROM message WHERE target = ?1 AND state = 0 ORDER BY number LIMIT 1",
                [target],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        let Some((number, body, at)) = first else {
            return Ok(Next::Nothing);
        };
        let Ok(message) = serde_json::from_str(&body) else {
            self.drop_message(number, "it cannot be read", now)?;
            return self.next(target, now);
        };
        if at > now {
            return Ok(Next::At(at));
        }
        let id = format!("{}-{number}", self.instance);
        Ok(Next::Now(Box::new(Waiting {
            number,
            id,
            message,
        })))
    }

    /// A try begins: nothing joins the message any more.
    pub(crate) fn claim(&self, number: i64) -> rusqlite::Result<()> {
        self.db
            .execute(
                "UPDATE message SET tries = tries + 1 WHERE number = ?1",
                [number],
            )
            .map(drop)
    }

    /// It was told. Whether the event log says that its target cannot be reached.
    pub(crate) fn told(&self, target: &str, number: i64, now: i64) -> rusqlite::Result<bool> {
        self.db.execute(
            "UPDATE message SET state = 1, done_at = ?2, problem = NULL WHERE number = ?1",
            [number, now],
        )?;
        self.db.execute(
            "UPDATE target SET failed = 0, retry_at = 0, problem = NULL WHERE name = ?1",
            [target],
        )?;
        self.is_told(target)
    }

    /// A try has failed and there will be another one. Whether the event log says already that the target cannot be
    /// reached.
    pub(crate) fn failed(
        &self,
        target: &str,
        number: i64,
        (problem, after): (&str, Option<Duration>),
        now: i64,
    ) -> rusqlite::Result<bool> {
        let failed: u32 = self
            .db
            .query_row(
                "SELECT failed FROM target WHERE name = ?1",
                [target],
                |row| row.get(0),
            )
            .optional()?
            .unwrap_or(0);
        let pause = pause(failed).max(after.unwrap_or_default());
        let retry_at = now.saturating_add(crate::fold::millis(pause));
        self.db.execute(
            "UPDATE target SET failed = failed + 1, retry_at = ?2, problem = ?3 WHERE name = ?1",
            params![target, retry_at, problem],
        )?;
        self.db.execute(
            "UPDATE message SET problem = ?2 WHERE number = ?1",
            params![number, problem],
        )?;
        self.is_told(target)
    }

    /// It will not be told.
    pub(crate) fn drop_message(
        &self,
        number: i64,
        problem: &str,
        now: i64,
    ) -> rusqlite::Result<()> {
        self.db
            .execute(
                "UPDATE message SET state = 2, done_at = ?2, problem = ?3 WHERE number = ?1",
                params![number, now, problem],
            )
            .map(drop)
    }

    /// The log entry about the drop is written.
    pub(crate) fn forget(&self, number: i64) -> rusqlite::Result<()> {
        self.db
            .execute("UPDATE message SET state = 3 WHERE number = ?1", [number])
            .map(drop)
    }

    /// Notes whether the event log says that a target cannot be reached.
    pub(crate) fn set_told(&self, target: &str, is_told: bool) -> rusqlite::Result<()> {
        self.db
            .execute(
                "UPDATE target SET is_told = ?2 WHERE name = ?1",
                params![target, is_told],
            )
            .map(drop)
    }

    /// How many messages to a target were dropped that nobody was told of yet, and notes that it is told now.
    pub(crate) fn take_dropped(&self, target: &str) -> rusqlite::Result<u64> {
        let changed = self.db.execute(
            "UPDATE message SET state = 3 WHERE target = ?1 AND state = 2",
            [target],
        )?;
        Ok(changed as u64)
    }

    fn is_told(&self, target: &str) -> rusqlite::Result<bool> {
        let told = self
            .db
            .query_row(
                "SELECT is_told FROM target WHERE name = ?1",
                [target],
                |row| row.get(0),
            )
            .optional()?;
        Ok(told.unwrap_or(false))
    }
}

fn pause(failed: u32) -> Duration {
    PAUSE.saturating_mul(1 << failed.min(12)).min(PAUSE_MAX)
}

/// The targets, as others see them.
pub(super) fn targets(db: &Connection) -> rusqlite::Result<Vec<TargetInfo>> {
    let mut select = db.prepare(
        "SELECT name, carrier, place, notices, services, problem, retry_at, failed,
            (SELECT count(*) FROM message WHERE target = name AND state = 0)
         FROM target ORDER BY name",
    )?;
    let targets = select.query_map([], |row| {
        let failed: u32 = row.get(7)?;
        Ok(TargetInfo {
            name: row.get(0)?,
            carrier: row.get(1)?,
            place: row.get(2)?,
            notices: words(row, 3, ',')?,
            services: words(row, 4, ' ')?,
            problem: row.get(5)?,
            next_try: (failed > 0).then_some(Timestamp(row.get(6)?)),
            waiting: row.get(8)?,
        })
    })?;
    targets.collect()
}

fn words(row: &Row<'_>, column: usize, between: char) -> rusqlite::Result<Vec<String>> {
    let text: String = row.get(column)?;
    let words = text.split(between).filter(|word| !word.is_empty());
    Ok(words.map(str::to_owned).collect())
}

/// The messages, as others see them.
pub(super) fn all(db: &Connection, instance: &str) -> rusqlite::Result<Vec<MessageInfo>> {
    let mut select = db.prepare(
        "SELECT number, target, kind, title, body, at, state, done_at, tries, problem
         FROM message ORDER BY number",
    )?;
    let messages = select.query_map([], |row| {
        let number: i64 = row.get(0)?;
        let body: String = row.get(4)?;
        let message: Option<Message> = serde_json::from_str(&body).ok();
        let services = message.map(|message| message.services).unwrap_or_default();
        let state = match row.get(6)? {
            0u8 => "waiting",
            1 => "told",
            _ => "dropped",
        };
        Ok(MessageInfo {
            id: format!("{instance}-{number}"),
            target: row.get(1)?,
            kind: row.get(2)?,
            title: row.get(3)?,
            services: services.into_iter().map(|subject| subject.name).collect(),
            at: Timestamp(row.get(5)?),
            state: state.to_owned(),
            done_at: row.get::<_, Option<i64>>(7)?.map(Timestamp),
            tries: row.get(8)?,
            problem: row.get(9)?,
        })
    })?;
    messages.collect()
}
