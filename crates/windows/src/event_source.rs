//! Our own entries in the log Application, which read as sentences in the Event Viewer because the
//! program that writes them carries the sentences (`message_table`) and says so in the registry.

use relance_scm::Win32Error;
use relance_scm::event::{Event, EventSource};

use crate::api::{RegistryValue, Report};
use crate::manager::events::kind;
use crate::message_table::event_identifier;
use crate::real::event_log;
use crate::real::registry;

/// Error, warning and information together.
const TYPES_SUPPORTED: u32 = 7;

fn key() -> String {
    let name = EventSource::Relance.name();
    format!(r"SYSTEM\CurrentControlSet\Services\EventLog\Application\{name}")
}

/// Says where our sentences are: in this program. Needs an administrator; once is enough.
///
/// # Errors
/// 5 without the right to write there.
pub fn register(program: &str) -> Result<(), Win32Error> {
    let path = RegistryValue::Text(program.to_owned());
    registry::write("", &key(), "EventMessageFile", &path)?;
    registry::write(
        "",
        &key(),
        "TypesSupported",
        &RegistryValue::Number(TYPES_SUPPORTED),
    )
}

/// Where our sentences are, if that was said.
#[must_use]
pub fn registered() -> Option<String> {
    match registry::read("", &key(), "EventMessageFile") {
        Ok(RegistryValue::Text(path)) => Some(path),
        _ => None,
    }
}

/// Writes an entry about a service.
///
/// # Errors
/// Those of the event log.
pub fn write(event: &Event, service_name: &str, display_name: &str) -> Result<(), Win32Error> {
    event_log::report(&Report {
        source: EventSource::Relance.name(),
        kind: kind(event.level()),
        id: event_identifier(event.level(), event.id()),
        parameters: &event.parameters(service_name, display_name),
    })
}
