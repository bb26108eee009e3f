//! Rows of the table `events`: writing, finding, pruning.

use std::path::{Path, PathBuf};

use relance_policy::{RunId, ServiceId};
use relance_scm::event::{EventLevel, EventSource};
use relance_scm::status::ProcessExit;
use rusqlite::{Connection, OpenFlags, Row, ToSql, params};
use serde::{Deserialize, Serialize};

use super::services::{from_json, json};
use crate::sight::{CLEAN_STOP_AFTER_ERROR, INSTALLED, SETTINGS_CHANGED, Sight};
use relance_scm::event_log::{
    Author, By, Details, EventFilter, EventPage, LogEntry, Repeated, Timestamp,
};
use relance_scm::manager::Interest;

const WRITE: &str = "
INSERT INTO events (
    number, at_ms, source, event_id, level, service_id, service, parameters, run, pid, details
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

/// Instructions of SQLite between two looks at whether a search is still wanted.
const PROGRESS_EVERY: i32 = 10_000;
/// Most bytes of text in a page of results; the next page has the rest.
const PAGE_LEN_MAX: usize = 16 * 1024 * 1024;
/// The same for callers who are not administrators.
const PAGE_LEN_MAX_OF_OTHERS: usize = 1024 * 1024;
/// The least important entries.
const ROUTINE: &str = "(source = 'Application' OR event_id IN (1001, 7035, 7036))";
/// What a caller asked for; as text, because a search may look at every entry there is.
const ASKED: &str = "details LIKE '%\"by\":{\"caller\":%'";
/// Entries removed in one transaction when the log is pruned.
const PRUNE_STEP: u32 = 10_000;

pub(super) fn write(connection: &Connection, entry: &LogEntry) -> rusqlite::Result<()> {
    let details = StoredDetails::of(&entry.details);
    connection.prepare_cached(WRITE)?.execute(params![
        entry.number,
        entry.at.0,
        entry.source.name(),
        entry.event_id,
        entry.level.to_raw(),
        entry.service.as_ref().map(|(id, _)| id.0),
        entry.service.as_ref().map(|(_, name)| &**name),
        json(&entry.parameters),
        entry.details.run.map(|run| run.number),
        entry.details.pid,
        details.as_ref().map(json),
    ])?;
    Ok(())
}

pub(super) fn last_number(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row("SELECT coalesce(max(number), 0) FROM events", [], |row| {
        row.get(0)
    })
}

/// Removes entries that are too old. If the file is still too large, it removes the oldest of the less
/// important ones: what programs wrote, controls, states, planned restarts. Only when none of these is left
/// does it remove the oldest of all.
pub(super) fn prune(
    connection: &mut Connection,
    before: Timestamp,
    bytes_max: u64,
) -> rusqlite::Result<()> {
    let old = "DELETE FROM events WHERE number IN (
        SELECT number FROM events WHERE at_ms < ?1 ORDER BY number LIMIT ?2)";
    while connection.execute(old, params![before.0, PRUNE_STEP])? > 0 {}
    if used_bytes(connection)? <= bytes_max {
        return Ok(());
    }
    // Prune to below the bound, so that the next commits do not prune again at once.
    let wanted = bytes_max - bytes_max / 10;
    while used_bytes(connection)? > wanted && prune_step(connection, ROUTINE)? > 0 {}
    while used_bytes(connection)? > bytes_max && prune_step(connection, "true")? > 0 {}
    Ok(())
}

/// Removes some of the oldest entries of a kind, or a tenth if there are few; how many.
fn prune_step(connection: &Connection, kind: &str) -> rusqlite::Result<usize> {
    let count = format!("SELECT count(*) FROM (SELECT 1 FROM events WHERE {kind} LIMIT ?1)");
    let found: u32 = connection.query_row(&count, [PRUNE_STEP], |row| row.get(0))?;
    let step = if found < PRUNE_STEP {
        (found / 10).max(1)
    } else {
        PRUNE_STEP
    };
    let oldest = format!(
        "DELETE FROM events WHERE number IN (
            SELECT number FROM events WHERE {kind} ORDER BY number LIMIT ?1)"
    );
    connection.execute(&oldest, [step])
}

fn used_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let number = |pragma: &str| {
        connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, u64>(0))
    };
    let pages = number("page_count")?.saturating_sub(number("freelist_count")?);
    Ok(pages * number("page_size")?)
}

/// Reads the event log beside the writer.
#[derive(Clone, Debug)]
pub struct EventLog {
    path: PathBuf,
}

impl EventLog {
    /// The log of the database at this path.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Finds entries, as long as somebody waits for them.
    ///
    /// # Errors
    /// When the database cannot be read, or nobody waits any longer.
    pub fn find(
        &self,
        filter: &EventFilter,
        sight: &Sight,
        interest: Interest,
    ) -> rusqlite::Result<EventPage> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&self.path, flags)?;
        connection.pragma_update(None, "cache_size", -512)?;
        connection.progress_handler(PROGRESS_EVERY, Some(move || !interest.lasts()))?;
        find(&connection, filter, sight)
    }
}

pub(super) fn find(
    connection: &Connection,
    filter: &EventFilter,
    sight: &Sight,
) -> rusqlite::Result<EventPage> {
    let mut query = Query::default();
    if let Sight::Of { services, .. } = sight {
        let ids: Vec<u32> = services.iter().map(|id| id.0).collect();
        query.add(
            "(service_id IS NULL OR service_id IN (SELECT value FROM json_each(?)))",
            Some(json(&ids)),
        );
    }
    query.add("service_id = ?", filter.service.map(|id| id.0));
    query.add("level <= ?", filter.level.map(EventLevel::to_raw));
    query.add("at_ms >= ?", filter.since.map(|at| at.0));
    query.add("at_ms < ?", filter.until.map(|at| at.0));
    query.add("number > ?", filter.after.map(storable));
    query.add("number < ?", filter.before.map(storable));
    if !filter.event_ids.is_empty() {
        query.add(
            "event_id IN (SELECT value FROM json_each(?))",
            Some(json(&filter.event_ids)),
        );
    }
    if filter.asked {
        query.conditions.push(ASKED.to_owned());
    }
    if let Some(text) = &filter.text {
        query.look_for(text, sight);
    }
    // The partial index serves the most frequent question: what went wrong lately.
    if filter
        .level
        .is_some_and(|level| level < EventLevel::Information)
    {
        query.conditions.push("level < 4".to_owned());
    }
    let bytes_max = match sight {
        Sight::All => PAGE_LEN_MAX,
        Sight::Of { .. } => PAGE_LEN_MAX_OF_OTHERS,
    };
    query.run(connection, filter.limit, bytes_max)
}

/// SQLite has numbers up to 2^63; no entry has a greater one.
fn storable(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[derive(Default)]
struct Query {
    conditions: Vec<String>,
    values: Vec<Box<dyn ToSql>>,
}

impl Query {
    fn add(&mut self, condition: &str, value: Option<impl ToSql + 'static>) {
        if let Some(value) = value {
            self.conditions.push(condition.to_owned());
            self.values.push(Box::new(value));
        }
    }

    /// Looks for a text in the parameters and the service's name; in the cause and the output where
    /// they may be read. If the caller may not read output, parameters that hold such texts are not
    /// searched either.
    fn look_for(&mut self, text: &str, sight: &Sight) {
        let everything = "parameters || ' ' || coalesce(details, '')";
        // A search does not match who asked, if the caller may not see that.
        let readable = "parameters || ' ' || coalesce(json_remove(details, '$.by'), '')";
        let place = match sight {
            Sight::All => everything.to_owned(),
            Sight::Of { readable: ids, .. } => {
                let ids: Vec<u32> = ids.iter().map(|id| id.0).collect();
                self.values.push(Box::new(json(&ids)));
                format!(
                    "CASE WHEN service_id IN (SELECT value FROM json_each(?)) THEN {readable} \
                     WHEN event_id IN ({CLEAN_STOP_AFTER_ERROR}, {INSTALLED}, {SETTINGS_CHANGED}) THEN '' \
                     ELSE parameters END"
                )
            }
        };
        let escaped = text
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        self.add(
            &format!("(({place}) || ' ' || coalesce(service, '')) LIKE ? ESCAPE '\\'"),
            Some(format!("%{escaped}%")),
        );
    }

    /// The newest entries, so many at most, and no more than fit: one at least.
    fn run(
        self,
        connection: &Connection,
        limit: u32,
        bytes_max: usize,
    ) -> rusqlite::Result<EventPage> {
        let conditions = if self.conditions.is_empty() {
            String::new()
        } else {
            format!("WHERE {}", self.conditions.join(" AND "))
        };
        let text = format!(
            "SELECT * FROM events {conditions} ORDER BY number DESC LIMIT {}",
            u64::from(limit) + 1
        );
        let mut statement = connection.prepare(&text)?;
        let values = rusqlite::params_from_iter(self.values.iter().map(|value| &**value));
        let mut rows = statement.query_map(values, read)?;
        let mut entries = Vec::new();
        let mut bytes = 0;
        let mut more = false;
        while let Some(entry) = rows.next().transpose()? {
            bytes += entry.size();
            more = entries.len() >= limit as usize || (bytes > bytes_max && !entries.is_empty());
            if more {
                break;
            }
            entries.push(entry);
        }
        entries.reverse();
        Ok(EventPage { entries, more })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<LogEntry> {
    let service: Option<u32> = row.get("service_id")?;
    let service = service.map(ServiceId);
    let name: Option<String> = row.get("service")?;
    let run: Option<u32> = row.get("run")?;
    let parameters: String = row.get("parameters")?;
    let details: Option<String> = row.get("details")?;
    let stored: StoredDetails = details
        .as_deref()
        .map(from_json)
        .transpose()?
        .unwrap_or_default();
    let source: String = row.get("source")?;
    Ok(LogEntry {
        number: row.get("number")?,
        at: Timestamp(row.get("at_ms")?),
        source: EventSource::from_name(&source).unwrap_or(EventSource::Application),
        event_id: row.get("event_id")?,
        level: EventLevel::from_raw(row.get("level")?).unwrap_or(EventLevel::Information),
        service: service.map(|id| (id, name.unwrap_or_default().into())),
        parameters: from_json(&parameters)?,
        details: Details {
            run: service
                .zip(run)
                .map(|(service, number)| RunId { service, number }),
            pid: row.get("pid")?,
            exit: stored.exit,
            due: stored.due_ms.map(Timestamp),
            cause: stored.cause,
            policy: stored.policy,
            output: stored.output,
            author: stored.author,
            by: stored.by,
            repeated: stored.repeated,
        },
    })
}

/// The column `details`.
#[derive(Default, PartialEq, Serialize, Deserialize)]
struct StoredDetails {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exit: Option<ProcessExit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_ms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    author: Option<Author>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<By>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    repeated: Option<Repeated>,
}

impl StoredDetails {
    /// `None` when there is nothing to store, as for most entries.
    fn of(details: &Details) -> Option<Self> {
        let Details {
            exit,
            due,
            cause,
            policy,
            output,
            author,
            by,
            repeated,
            run: _,
            pid: _,
        } = details;
        let stored = Self {
            exit: *exit,
            due_ms: due.map(|due| due.0),
            cause: cause.clone(),
            policy: policy.clone(),
            output: output.clone(),
            author: author.clone(),
            by: by.clone(),
            repeated: *repeated,
        };
        (stored != Self::default()).then_some(stored)
    }
}
