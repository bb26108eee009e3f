//! An event log of made-up entries, for measurements.

use std::path::{Path, PathBuf};

use relance_engine::database::{Batch, Database};
use relance_engine::identity::Identity;
use relance_scm::event::Event;
use relance_scm::event_log::{Details, LogEntry, Timestamp};
use relance_scm::{ServiceId, ServiceState};

/// Services that the entries are about.
const SERVICES: u64 = 1000;

/// The database of a folder.
#[must_use]
pub fn file(folder: &Path) -> PathBuf {
    folder.join("relance.db")
}

/// The same, new and open.
///
/// # Panics
/// If it cannot be made.
#[must_use]
pub fn database(folder: &Path) -> Database {
    let identity = Identity::load_or_create(folder).expect("a new identity");
    Database::open(&file(folder), &identity.id).expect("a new database")
}

/// So many entries from this number on, for one transaction.
#[must_use]
pub fn entries(first: u64, count: u64) -> Batch {
    let entries = (first..first + count).map(|number| entry(number).into());
    Batch {
        entries: entries.collect(),
        ..Batch::default()
    }
}

fn entry(number: u64) -> LogEntry {
    let event = Event::StateEntered(ServiceState::Running);
    let service = u32::try_from(number % SERVICES).unwrap_or(0);
    let name = format!("worker{service}");
    LogEntry {
        number,
        at: Timestamp(1_700_000_000_000 + i64::try_from(number).unwrap_or(0)),
        source: event.source(),
        event_id: event.id(),
        level: event.level(),
        parameters: event.parameters(&name, &name),
        service: Some((ServiceId(service), name.into())),
        details: Details::default(),
    }
}
