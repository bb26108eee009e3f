//! `Relance\heartbeat` tells a manager that watches over the service (setting `watchdog_ms`) that it lives, and
//! `Relance\job_done` one that counts its jobs (setting `recycle_after_jobs`) that there is one more.

use std::time::Duration;

use crate::zend::function::{Call, php_function};
use crate::zend::outcome::Value;
use crate::zend::signature::{Parameter, ParameterKind};

php_function!(
    /// Says that the service gets on with its work; false when no manager waits for that.
    pub(super) Heartbeat = c"Relance\\heartbeat" () -> Bool,
    |_| Ok(Value::Bool(beat())),
);

php_function!(
    /// Says that the service has done so many more jobs; false when no manager counts them.
    pub(super) JobDone = c"Relance\\job_done" (
        Parameter::optional(c"jobs", ParameterKind::Int, c"1"),
    ) -> Bool,
    |call: &mut Call<'_>| Ok(Value::Bool(done(call.given_int(0).unwrap_or(1)))),
);

/// A negative number counts as 0. Windows' manager counts no jobs.
fn done(jobs: i64) -> bool {
    let jobs = u64::try_from(jobs).unwrap_or_default();
    #[cfg(unix)]
    return relance_client::hosted::jobs_done(jobs);
    #[cfg(windows)]
    {
        let _ = jobs;
        false
    }
}

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
