//! What tests of several modules make.

use relance_scm::event::Event;
use relance_scm::event_log::{Details, LogEntry, Timestamp};
use relance_scm::failure_actions::ActionList;
use relance_scm::{ResetPeriod, ServiceConfig, ServiceId, ServiceName};

/// The service "a" with these actions, `restart/30000`, and a reset period in seconds.
pub(crate) fn recovering(actions: &str, reset: u32) -> ServiceConfig {
    let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
    config.failure_actions.actions = actions.parse::<ActionList>().unwrap().0.into();
    config.failure_actions.reset_period = ResetPeriod::Seconds(reset);
    config
}

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
