//! Searching the event log.

use relance_engine::database::{Batch, Database};
use relance_scm::event_log::{EventFilter, LogEntry};
use relance_wire::api::{EventPageReply, EventsQuery};

/// Some entries, as an answer of the API holds them.
const ENTRIES: &str = include_str!("../../corpus/api_answers/events");

thread_local! {
    static LOG: (Database, Vec<LogEntry>) = log();
}

fn log() -> (Database, Vec<LogEntry>) {
    let reply: EventPageReply = serde_json::from_str(ENTRIES).expect("an answer");
    let entries = reply.events.iter().map(LogEntry::try_from);
    let entries: Vec<LogEntry> = entries.collect::<Result<_, _>>().expect("entries");
    let mut database = Database::in_memory().expect("memory");
    let batch = Batch {
        entries: entries.iter().cloned().map(Into::into).collect(),
        ..Batch::default()
    };
    database.commit(&[&batch]).expect("a database in memory");
    (database, entries)
}

/// A question that is understood finds what a reader of all entries would find.
pub(super) fn search(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let query = serde_urlencoded::from_str::<EventsQuery>(&text).ok();
    let Some(Ok(filter)) = query.map(|query| query.filter()) else {
        return;
    };
    LOG.with(|(database, entries)| compare(database, entries, &filter));
}

fn compare(database: &Database, entries: &[LogEntry], filter: &EventFilter) {
    let found = database.find(filter).expect("a readable log");
    assert!(found.entries.len() <= filter.limit as usize);
    if filter.text.is_some() {
        // SQLite folds the case of ASCII alone, and looks into the stored form.
        return;
    }
    let matching: Vec<&LogEntry> = entries.iter().filter(|e| filter.matches(e)).collect();
    let skipped = matching.len().saturating_sub(filter.limit as usize);
    assert_eq!(
        found.entries.iter().collect::<Vec<_>>(),
        matching[skipped..]
    );
    assert_eq!(found.more, skipped > 0);
}
