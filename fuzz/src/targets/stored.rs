//! Rows of the database, as another version, a bad disk or a person may have written them.

use std::sync::Arc;

use relance_engine::database::{Batch, Database};
use relance_policy::{ServiceId, ServiceRecord};
use relance_scm::ServiceConfig;
use relance_scm::event_log::{EventFilter, LogEntry};
use relance_wire::api::{ConfigBody, EventPageReply};

const CONFIG: &str = include_str!("../../corpus/config_bodies/whole");
const ENTRIES: &str = include_str!("../../corpus/api_answers/events");
const COLUMNS: [(&str, &str); 3] = [
    (
        "services",
        " id name_key name display_name kind service_type start_type delayed_auto_start error_control command_line load_order_group dependencies account_name description reset_period reboot_message command actions non_crash_failures environment priority preshutdown_ms security extensions marked_for_delete ",
    ),
    (
        "runtime",
        " service_id state controls_accepted win32_exit_code service_specific_exit_code checkpoint wait_hint_ms pid runs failure_count last_failure_ns actions_queued details ",
    ),
    (
        "events",
        " at_ms source event_id level service_id service parameters run pid details ",
    ),
];

/// Lines `table.column=value`, written over the rows of a service. What can be read can be written, and is
/// the same then; what cannot is an error.
pub(super) fn rows(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut database = filled();
    for line in text.lines() {
        if let Some((table, column, value)) = cell(line) {
            // A column of numbers takes no text.
            let _ = database.overwrite(table, column, value);
        }
    }
    let _ = database.find(&EventFilter::default());
    let Ok(loaded) = database.load() else {
        return;
    };
    let batch = Batch {
        configs: loaded.records.iter().map(config_of).collect(),
        records: loaded.records.clone(),
        ..Batch::default()
    };
    database
        .commit(&[&batch])
        .expect("what was read can be written");
    let again = database.load().expect("our own rows");
    assert_eq!(again.records, loaded.records);
}

fn config_of(record: &Arc<ServiceRecord>) -> (ServiceId, Arc<ServiceConfig>, bool) {
    let config = Arc::clone(&record.config);
    (record.id, config, record.marked_for_delete)
}

fn cell(line: &str) -> Option<(&'static str, &str, &str)> {
    let (place, value) = line.split_once('=')?;
    let (table, column) = place.split_once('.')?;
    let (table, columns) = COLUMNS.iter().find(|(name, _)| *name == table)?;
    let is_column = !column.is_empty() && columns.split(' ').any(|known| known == column);
    is_column.then_some((*table, column, value))
}

fn filled() -> Database {
    let body: ConfigBody = serde_json::from_str(CONFIG).expect("a configuration");
    let config = Arc::new(ServiceConfig::try_from(&body).expect("a configuration"));
    let record = ServiceRecord::new(ServiceId(1), Arc::clone(&config));
    let reply: EventPageReply = serde_json::from_str(ENTRIES).expect("an answer");
    let entries = reply.events.iter().map(LogEntry::try_from);
    let batch = Batch {
        configs: vec![(ServiceId(1), config, false)],
        records: vec![Arc::new(record)],
        entries: entries
            .map(|entry| Arc::new(entry.expect("an entry")))
            .collect(),
        ..Batch::default()
    };
    let mut database = Database::in_memory().expect("memory");
    database.commit(&[&batch]).expect("a database in memory");
    database
}
