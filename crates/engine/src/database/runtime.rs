//! Rows of the table `runtime`: the part of a record that changes by itself.
//!
//! Numbers that people look for are columns; the rest is one JSON object. A field that a later
//! version adds needs a neutral default, because an upgrade reads what the version before wrote;
//! the tests hold a row of each format there ever was.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use relance_policy::record::{Previous, Recycling, ShutdownPhase};
use relance_policy::{
    Asked, End, NeededDown, PendingAction, RestartWanted, Run, Scheduled, ServiceId, ServiceRecord,
    Time, Tries,
};
use relance_scm::{ControlsAccepted, ExitCode, ServiceState, duration};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::columns::{Columns, Unreadable};
use super::services::json;

const WRITE: &str = "
INSERT OR REPLACE INTO runtime (
    service_id, state, controls_accepted, win32_exit_code, service_specific_exit_code, checkpoint,
    wait_hint_ms, pid, runs, failure_count, last_failure_ns, actions_queued, details
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

pub(super) fn write(connection: &Connection, record: &ServiceRecord) -> rusqlite::Result<()> {
    let details = Details {
        run: record.run.as_deref().map(Cow::Borrowed),
        previous: record.previous.as_deref().map(Cow::Borrowed),
        pending_actions: Cow::Borrowed(&record.pending_actions),
        last_end: record.last_end.as_deref().map(Cow::Borrowed),
        short_recycles: record.short_recycles,
        recycling: record.recycling,
        tries: record.tries.as_deref().map(Cow::Borrowed),
        state_since: record.state_since,
        shutdown: record.shutdown,
        restart: record.restart,
        asked: record.asked.clone(),
        needed_down: record.needed_down.as_ref().map(Cow::Borrowed),
        scheduled: record.scheduled,
    };
    connection.prepare_cached(WRITE)?.execute(params![
        record.id.0,
        record.state.to_raw(),
        record.controls_accepted.to_raw(),
        record.exit_code.win32().to_raw(),
        record.exit_code.specific(),
        record.checkpoint,
        duration::millis(record.wait_hint),
        record.pid(),
        record.runs,
        record.failure_count,
        record.last_failure_at.map(Time::as_nanos),
        record.actions_queued,
        json(&details),
    ])?;
    Ok(())
}

/// Puts the stored rows into fresh records. A service whose row cannot be read is left out: without the row
/// its running process is unknown, and the service would be started a second time.
pub(super) fn load(
    connection: &Connection,
    records: &mut BTreeMap<ServiceId, ServiceRecord>,
    unreadable: &mut Vec<Unreadable>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT * FROM runtime")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = ServiceId(row.get("service_id")?);
        // A row without a service is left over from a removal that was cut short.
        let Some(record) = records.get_mut(&id) else {
            continue;
        };
        let columns = Columns::new(row);
        if let Err(reason) = read(&columns, record) {
            unreadable.push(Unreadable {
                service: id.0,
                name: record.config.service_name.to_string(),
                name_key: record.config.service_name.key(),
                place: columns.place("runtime"),
                reason,
            });
            records.remove(&id);
        }
    }
    Ok(())
}

fn read(row: &Columns<'_>, record: &mut ServiceRecord) -> Result<(), String> {
    let number = |column| row.get::<u32>(column);
    let details: Details<'static> = row.json("details")?;
    let state = number("state")?;
    record.state = ServiceState::from_raw(state).ok_or("there is no such state")?;
    record.controls_accepted =
        ControlsAccepted::from_raw(number("controls_accepted")?).unwrap_or_default();
    record.exit_code = ExitCode::from_raw(
        number("win32_exit_code")?,
        number("service_specific_exit_code")?,
    );
    record.checkpoint = number("checkpoint")?;
    record.wait_hint = Duration::from_millis(row.get("wait_hint_ms")?);
    record.runs = number("runs")?;
    record.failure_count = number("failure_count")?;
    record.last_failure_at = row
        .get::<Option<u64>>("last_failure_ns")?
        .map(Time::from_nanos);
    record.actions_queued = number("actions_queued")?;
    record.run = details.run.map(boxed);
    record.previous = details.previous.map(boxed);
    record.pending_actions = details.pending_actions.into_owned();
    record.last_end = details.last_end.map(boxed);
    record.short_recycles = details.short_recycles;
    record.recycling = details.recycling;
    record.tries = details.tries.map(boxed);
    record.state_since = details.state_since;
    record.shutdown = details.shutdown;
    record.restart = details.restart;
    record.asked = details.asked;
    record.needed_down = details.needed_down.map(Cow::into_owned);
    record.scheduled = details.scheduled;
    Ok(())
}

fn boxed<T: Clone>(value: Cow<'_, T>) -> Box<T> {
    Box::new(value.into_owned())
}

/// The column `details`.
#[derive(Serialize, Deserialize)]
struct Details<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<Cow<'a, Run>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Cow<'a, Previous>>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pending_actions: Cow<'a, [PendingAction]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_end: Option<Cow<'a, End>>,
    #[serde(default)]
    short_recycles: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recycling: Option<Recycling>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tries: Option<Cow<'a, Tries>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state_since: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shutdown: Option<ShutdownPhase>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    restart: Option<RestartWanted>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<Arc<Asked>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    needed_down: Option<Cow<'a, NeededDown>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scheduled: Option<Scheduled>,
}
