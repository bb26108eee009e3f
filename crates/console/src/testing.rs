//! What tests of several modules make.

use relance_scm::ServiceId;
use relance_scm::event::Event;
use relance_scm::event_log::{Details, LogEntry, Timestamp};

/// An entry about the service "a", with its moment as its number.
pub(crate) fn entry(at: i64, event: &Event) -> LogEntry {
    LogEntry {
        number: at.unsigned_abs(),
        at: Timestamp(at),
        source: event.source(),
        event_id: event.id(),
        level: event.level(),
        service: Some((ServiceId(1), "a".into())),
        parameters: event.parameters("a", "a"),
        details: Details::default(),
    }
}
