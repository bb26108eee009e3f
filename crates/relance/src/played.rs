//! Scripts played on a policy, by the clock where a service has a schedule: the times of its starts are computed
//! in the time zones of this machine.

use relance_policy::simulate::{Script, Timeline, simulate};
use relance_scm::ServiceConfig;
use relance_scm::event_log::Timestamp;

use crate::cli::CommandFailure;

/// Plays a script that begins at this moment. Windows keeps no schedules.
///
/// # Errors
/// The schedule has a time zone that this machine does not know.
#[cfg_attr(
    not(unix),
    expect(
        clippy::unnecessary_wraps,
        reason = "only a schedule can have a zone that is not there"
    )
)]
pub(crate) fn play(
    config: &ServiceConfig,
    script: &Script,
    begin: Timestamp,
) -> Result<Timeline, CommandFailure> {
    #[cfg(unix)]
    {
        use relance_engine::zones;
        use relance_policy::simulate::{Clock, simulate_by};
        use relance_scm::settings::SCHEDULE;
        use relance_texts::{error, quoted};

        use crate::cli::usage;

        let schedule = config.extensions.get(SCHEDULE);
        if let Some(Ok(schedule)) = schedule.as_deref().map(zones::schedule) {
            if let Some(zone) = zones::missing(&schedule) {
                let zone = quoted(zone);
                return Err(usage(error::NoTimeZone { zone }));
            }
            let clock = Clock::new(begin.0.div_euclid(1000), move |after| {
                zones::next(&schedule, after)
            });
            return Ok(simulate_by(clock, config, script));
        }
    }
    let _ = begin;
    Ok(simulate(config, script))
}
