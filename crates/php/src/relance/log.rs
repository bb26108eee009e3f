//! Writing to the event log: `win32_send_log`, which upstream describes but never registered, with
//! Windows' numbers of levels, and `Relance\log_event`, which knows the service it is called in.

use relance_scm::event::EventLevel;
use relance_scm::event_log::NewEntry;

use crate::failure;
use crate::functions::open::{at_least_one_byte, manager};
use crate::zend::function::{Call, php_function};
use crate::zend::outcome::{PhpResult, Throwable, Value};
use crate::zend::signature::{Parameter, ParameterKind};

/// Name of the service, for its processes (set by the manager).
const SERVICE_VARIABLE: &str = "RELANCE_SERVICE";

php_function!(
    /// Writes an entry as the application `$appname`.
    pub(super) SendLog = c"win32_send_log" (
        Parameter::required(c"appname", ParameterKind::String),
        Parameter::required(c"eventCode", ParameterKind::Int),
        Parameter::required(c"eventLevel", ParameterKind::Int),
        Parameter::required(c"description", ParameterKind::String),
    ) -> Void,
    |call| {
        let name = at_least_one_byte(call, 0)?;
        write(name, event_id(call.int(1), 2)?, level(call.int(2), 3)?, call.bytes(3))
    },
);
php_function!(
    /// Writes an entry in the name of the service that calls.
    pub(super) LogEvent = c"Relance\\log_event" (
        Parameter::required(c"message", ParameterKind::String),
        Parameter::optional(c"level", ParameterKind::Int, c"4"),
        Parameter::optional(c"eventCode", ParameterKind::Int, c"1"),
    ) -> Void,
    log_event,
);

fn log_event(call: &mut Call<'_>) -> PhpResult {
    let name = std::env::var(SERVICE_VARIABLE).unwrap_or_else(|_| "php".to_owned());
    let level = level(call.given_int(1).unwrap_or(4), 2)?;
    let event_id = event_id(call.given_int(2).unwrap_or(1), 3)?;
    write(name.as_bytes(), event_id, level, call.bytes(0))
}

fn write(name: &[u8], event_id: u32, level: EventLevel, text: &[u8]) -> PhpResult {
    let entry = NewEntry {
        name: failure::utf8(name, "")?.into(),
        event_id,
        level,
        text: failure::utf8(text, "")?.into(),
    };
    manager("")?
        .write_event(entry)
        .map_err(|error| failure::operation(&error, ""))?;
    Ok(Value::Null)
}

/// Windows' event types: error 1, warning 2, information 4; success 0 and the audits 8 and 16 are
/// information too.
fn level(raw: i64, argument: u32) -> Result<EventLevel, Throwable> {
    match raw {
        1 => Ok(EventLevel::Error),
        2 => Ok(EventLevel::Warning),
        0 | 4 | 8 | 16 => Ok(EventLevel::Information),
        other => Err(Throwable::argument_value(
            argument,
            &format!("the value must be 1 (error), 2 (warning) or 4 (information). Got {other}"),
        )),
    }
}

fn event_id(raw: i64, argument: u32) -> Result<u32, Throwable> {
    u32::try_from(raw).map_err(|_| {
        Throwable::argument_value(
            argument,
            &format!("the value must be between 0 and {}. Got {raw}", u32::MAX),
        )
    })
}
