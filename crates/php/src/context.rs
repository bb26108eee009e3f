//! Whether this process is a service: the guard before the service-side functions (B14, B15).
//!
//! A process is in service context when our manager started it, which it knows from the hand-shake data
//! that the manager put into its environment; on Windows when its window station is not visible, or when
//! PHP is embedded in another program. Checked once, at module startup, because the process that takes
//! the channel over removes it from the environment.

use std::sync::OnceLock;

use relance_client::hosted::was_started_by_manager;

use crate::dispatcher;
use crate::failure;
use crate::zend::facts::sapi_name;
use crate::zend::outcome::Throwable;

/// For tests: `pass` lets the guard pass everywhere, so that what lies behind it can be reached.
const GUARD: &str = "RELANCE_PHP_GUARD";

static IN_SERVICE_CONTEXT: OnceLock<bool> = OnceLock::new();

/// Looks at the environment. For module startup.
pub(crate) fn capture() {
    let started_by_manager = was_started_by_manager() || (cfg!(windows) && sapi_name() == c"embed");
    let guard_passes = std::env::var_os(GUARD).is_some_and(|value| value == "pass");
    let _ = IN_SERVICE_CONTEXT.set(started_by_manager || guard_passes);
}

/// Whether the service-side functions work here.
pub(crate) fn in_service() -> bool {
    IN_SERVICE_CONTEXT.get() == Some(&true) && !dispatcher::DISPATCHER.is_of_another_process()
}

/// Refuses a service-side function outside a service.
///
/// # Errors
/// The guard's exception, code 0.
pub(crate) fn guard() -> Result<(), Throwable> {
    if in_service() {
        return Ok(());
    }
    Err(failure::exception(
        0,
        "This function work only when using the CLI SAPI and called into the service code.",
    ))
}
