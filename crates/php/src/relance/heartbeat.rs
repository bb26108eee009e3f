//! `Relance\heartbeat`: tells a manager that watches over the service (setting `watchdog_ms`) that it lives.

use std::time::Duration;

use crate::zend::function::php_function;
use crate::zend::outcome::Value;

php_function!(
    /// Says that the service gets on with its work; false when no manager waits for that.
    pub(super) Heartbeat = c"Relance\\heartbeat" () -> Bool,
    |_| Ok(Value::Bool(beat())),
);

/// Gives a heartbeat. Windows' manager takes none.
pub(super) fn beat() -> bool {
    #[cfg(unix)]
    return relance_client::hosted::heartbeat();
    #[cfg(windows)]
    false
}

/// After which time the next one should be given, at the latest.
pub(super) fn interval() -> Option<Duration> {
    #[cfg(unix)]
    return relance_client::hosted::heartbeat_time().map(|time| time / 3);
    #[cfg(windows)]
    None
}
