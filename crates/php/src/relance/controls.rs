//! `Relance\wait_for_control`: the next control, in order and none lost, without polling.

use std::time::{Duration, Instant};

use crate::context::guard;
use crate::dispatcher::DISPATCHER;
use crate::ends;
use crate::failure;
use crate::zend::function::{Call, php_function};
use crate::zend::outcome::{PhpResult, Throwable};
use crate::zend::signature::{Parameter, ParameterKind};

php_function!(
    /// Waits at most so long (negative: for ever) for the next control; null when none came.
    pub(super) WaitForControl = c"Relance\\wait_for_control" (
        Parameter::optional(c"timeoutMs", ParameterKind::Int, c"-1"),
    ) -> NullableInt,
    wait,
    admit: admit,
);

fn admit(_given: u32) -> Result<(), Throwable> {
    ends::script_goes_on();
    guard()
}

fn wait(call: &mut Call<'_>) -> PhpResult {
    let timeout_ms = call.given_int(0).unwrap_or(-1);
    let control = DISPATCHER
        .next_control(until(timeout_ms))
        .map_err(|error| failure::operation(&error, ""))?;
    Ok(control.into())
}

/// When a wait of so many milliseconds is over; never for a negative number, or beyond the clock.
pub(super) fn until(timeout_ms: i64) -> Option<Instant> {
    let timeout = u64::try_from(timeout_ms).ok().map(Duration::from_millis)?;
    Instant::now().checked_add(timeout)
}
