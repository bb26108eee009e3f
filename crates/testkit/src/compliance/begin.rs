//! The date and time at which a scenario begins, for schedules and quiet hours: `2026-03-27 01:55`, in the time zone of the
//! machine.

use relance_policy::simulate::Clock;
use relance_scm::ServiceConfig;
use relance_scm::budget::minute_of_day;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begin(String);

impl Begin {
    /// As it stands in the scenario.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As `relance daemon --clock-begins` takes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The second of the day.
    ///
    /// # Panics
    /// If the scenario names no time.
    #[must_use]
    pub fn second_of_day(&self) -> u32 {
        let time = self.0.split_once(' ').map(|(_, time)| time);
        time.and_then(minute_of_day).expect("a date and a time") * 60
    }

    /// In seconds since 1970.
    ///
    /// # Panics
    /// If the scenario names no date that was.
    #[cfg(unix)]
    #[must_use]
    pub fn seconds(&self) -> i64 {
        use relance_engine::zones;
        let once = zones::schedule(&format!("{}:00", self.0)).expect("a date and a time");
        zones::next(&once, 0).expect("a time after 1970")
    }

    /// The wall clock of a service with a schedule.
    #[cfg(unix)]
    pub(super) fn clock(&self, config: &ServiceConfig) -> Option<Clock> {
        use relance_engine::zones;
        use relance_scm::settings::SCHEDULE;
        let schedule = config.extensions.get(SCHEDULE)?;
        let schedule = zones::schedule(&schedule).expect("a schedule");
        let next = move |after| zones::next(&schedule, after);
        Some(Clock::new(self.seconds(), next))
    }

    /// Windows keeps no schedules.
    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "called as the one above")]
    pub(super) fn clock(&self, _: &ServiceConfig) -> Option<Clock> {
        None
    }
}
