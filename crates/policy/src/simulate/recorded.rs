//! What has really happened to a service, as a script: the same failures can be played on another policy.

use std::sync::Arc;
use std::time::Duration;

use relance_scm::event::Event;
use relance_scm::event_log::{LogEntry, Timestamp};
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::status::ProcessExit;
use relance_scm::{Control, EndCause, ExitCode, ServiceState, Win32Error};

use super::script::{Happening, Moment, Script, StartOutcome, When};

/// How far the wall clock may fall behind the clock of delays over some restarts.
const CLOCKS_DIFFER: Duration = Duration::from_secs(1);

/// What an entry of the log says about a run. A log has many entries, and all are in memory at a
/// time, so this is small.
#[derive(Clone, Debug)]
pub struct Fact {
    /// When.
    pub at: Timestamp,
    event: Event,
    exit: Option<ProcessExit>,
    /// What ended the run, if it was told.
    told: Option<Arc<EndCause>>,
}

impl Fact {
    /// `None`: it says nothing of it.
    #[must_use]
    pub fn of(entry: &LogEntry) -> Option<Self> {
        let event = entry.event()?;
        let is_failure = matches!(event, Event::Failed { .. });
        let cause = entry.details.cause.as_deref().filter(|_| is_failure);
        Some(Self {
            at: entry.at,
            event,
            exit: entry.details.exit,
            told: cause.and_then(EndCause::read).map(Arc::new),
        })
    }
}

/// Reads the facts of one service, the oldest first.
///
/// A failure happens again at its time if the service runs then: a database that was away is away at the same time on
/// every policy. What people did happens again too: each stop, and each start that no recovery had caused.
#[derive(Debug)]
pub struct Recorded {
    begin: Timestamp,
    moments: Vec<Moment>,
    failures: u64,
    is_running: bool,
    /// Why the present run ends is known.
    is_explained: bool,
    /// The last failure was to be followed by a restart.
    is_restarted: bool,
    /// When that restart is played.
    restart_at: Option<Timestamp>,
    /// The code that the present run has stopped with.
    said: Option<ExitCode>,
}

/// What was recorded of one service, as a script.
#[derive(Clone, Debug)]
pub struct Recording {
    /// When the script begins: the first entry.
    pub begin: Timestamp,
    /// How many failures there were.
    pub failures: u64,
    /// What happened. It knows no time of day: quiet hours are kept once that is set.
    pub script: Script,
}

impl Recording {
    /// Of the facts of one service, the oldest first, up to this moment; `None` if nothing has failed.
    #[must_use]
    pub fn of(facts: &[Fact], end: Timestamp) -> Option<Self> {
        let begin = facts.first()?.at;
        let mut recorded = Recorded::since(begin);
        for fact in facts {
            recorded.take(fact);
        }
        let failures = recorded.failures();
        (failures > 0).then(|| Self {
            begin,
            failures,
            script: recorded.until(end),
        })
    }
}

impl Recorded {
    /// The entries that say something of it: failed starts, ends with a code, failures, controls, states, recycling.
    pub const EVENTS: [u32; 8] = [7000, 7023, 7024, 7031, 7034, 7035, 7036, 1001];

    /// Of a service that was started at this moment, or before.
    #[must_use]
    pub fn since(begin: Timestamp) -> Self {
        Self {
            begin,
            moments: Vec::new(),
            failures: 0,
            is_running: true,
            is_explained: false,
            is_restarted: false,
            restart_at: None,
            said: None,
        }
    }

    /// How many failures there were.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.failures
    }

    /// Takes the next entry. Entries that say nothing about a run, or that follow from other
    /// entries, are left out.
    pub fn take(&mut self, entry: &Fact) {
        let event = &entry.event;
        if let Some(code) = code_of(event) {
            self.said = Some(code);
        } else if let Event::StartFailed(error) = event {
            self.start_fails(entry, *error);
        } else if let Event::Failed { action, .. } = event {
            let restart = action.filter(|action| action.kind.restarts());
            self.fails(entry, restart.map(RecoveryAction::delay));
        } else if *event == Event::StateEntered(ServiceState::Running) {
            self.runs(entry);
        } else if *event == Event::StateEntered(ServiceState::Stopped) {
            self.stops(entry);
        } else if *event == Event::ControlSent(Control::Stop) {
            self.is_stopped(entry);
        } else if matches!(event, Event::Recycled(_)) {
            let exit = entry.exit.unwrap_or(ProcessExit::Exited(0));
            self.happens(entry, Happening::Exit(exit));
            (self.is_explained, self.is_restarted) = (true, true);
        }
    }

    /// What has happened, up to this moment.
    #[must_use]
    pub fn until(mut self, end: Timestamp) -> Script {
        let when = When::At(self.after_begin(end));
        self.moments.push(Moment {
            when,
            what: Happening::Quiet,
        });
        Script {
            moments: self.moments,
            clock: None,
        }
    }

    fn runs(&mut self, entry: &Fact) {
        if !self.is_running && !self.is_restarted {
            self.happens(entry, Happening::Start);
        }
        if !self.is_restarted {
            self.restart_at = None;
        }
        (self.is_running, self.is_restarted) = (true, false);
        self.is_explained = false;
        self.said = None;
    }

    /// A run that ends by itself and does not count may count on another policy.
    fn stops(&mut self, entry: &Fact) {
        if self.is_running && !self.is_explained {
            let code = self.said.take().unwrap_or(ExitCode::SUCCESS);
            self.happens(entry, Happening::Stopped(code));
        }
        self.is_running = false;
    }

    fn is_stopped(&mut self, entry: &Fact) {
        // A service that obeys at once may have stopped before the entry about the control is written.
        let obeyed = Happening::Stopped(ExitCode::SUCCESS);
        if !self.is_running {
            self.moments.pop_if(|moment| moment.what == obeyed);
        }
        self.happens(entry, Happening::Stop);
        (self.is_explained, self.is_restarted) = (true, false);
        self.said = None;
    }

    /// `restart_after`: the delay of the restart that follows, if one does.
    fn fails(&mut self, entry: &Fact, restart_after: Option<Duration>) {
        self.failures += 1;
        let at = self.played_at(entry);
        // If the failed start counts, its cause was recorded before.
        if self.is_running {
            let what = match (&entry.told, self.said.take()) {
                (Some(cause), _) => Happening::Caused(Arc::clone(cause)),
                (None, Some(code)) => Happening::Stopped(code),
                (None, None) => Happening::Exit(entry.exit.unwrap_or(ProcessExit::Unknown)),
            };
            self.happens(entry, what);
        }
        self.is_explained = true;
        self.is_restarted = restart_after.is_some();
        self.restart_at = restart_after.map(|delay| at.after(delay));
    }

    /// The outcome of a start is scripted before the start; a start that the policy has not asked
    /// for was made by somebody.
    fn start_fails(&mut self, entry: &Fact, error: Win32Error) {
        let outcome = if error == Win32Error::SERVICE_REQUEST_TIMEOUT {
            StartOutcome::ExitsBeforeConnecting
        } else {
            StartOutcome::FailsWith(error)
        };
        self.moments.push(Moment {
            when: When::After(Duration::ZERO),
            what: Happening::NextStart(outcome),
        });
        if !self.is_restarted {
            self.happens(entry, Happening::Start);
        }
        self.is_restarted = false;
    }

    fn happens(&mut self, entry: &Fact, what: Happening) {
        let when = When::At(self.after_begin(self.played_at(entry)));
        self.moments.push(Moment { when, what });
    }

    /// When an entry is played. Entries have the time of the wall clock, which may run slower than the
    /// clock of delays. So an end may be logged a moment before the time at which its run is restarted
    /// here: it happens at that restart.
    fn played_at(&self, entry: &Fact) -> Timestamp {
        let restart = self
            .restart_at
            .filter(|at| *at <= entry.at.after(CLOCKS_DIFFER));
        restart.map_or(entry.at, |at| at.max(entry.at))
    }

    fn after_begin(&self, at: Timestamp) -> Duration {
        let ms = at.0.saturating_sub(self.begin.0);
        Duration::from_millis(u64::try_from(ms).unwrap_or(0))
    }
}

/// The code that a run has stopped with.
fn code_of(event: &Event) -> Option<ExitCode> {
    if let Event::StoppedWithError(error) = event {
        return Some(ExitCode::Win32(*error));
    }
    if let Event::StoppedWithSpecificError(code) = event {
        return Some(ExitCode::ServiceSpecific(*code));
    }
    None
}

#[cfg(test)]
mod tests {
    use relance_scm::ServiceConfig;
    use relance_scm::event_log::Details;
    use relance_scm::{RecoveryActionKind, ResetPeriod, ServiceId, ServiceKind, ServiceName};

    use super::super::{Occurrence, Timeline, simulate, simulate_all};
    use super::*;

    const BEGIN: Timestamp = Timestamp(1_000_000);

    fn config(kind: ServiceKind, delay_ms: &[u32]) -> ServiceConfig {
        let mut config = ServiceConfig::new(ServiceName::new("worker").unwrap(), "/bin/worker");
        config.kind = kind;
        config.failure_actions_on_non_crash_failures = true;
        let restart = |ms: &u32| RecoveryAction::new(RecoveryActionKind::Restart, *ms);
        config.failure_actions.actions = delay_ms.iter().map(restart).collect();
        config.failure_actions.reset_period = ResetPeriod::Seconds(86_400);
        config
    }

    /// What a daemon would have logged of this time line.
    fn log_of(timeline: &Timeline) -> Recorded {
        log_by(timeline, |ms| ms)
    }

    /// The same, by a wall clock that shows `shown` milliseconds after so many.
    fn log_by(timeline: &Timeline, shown: impl Fn(i64) -> i64) -> Recorded {
        let mut recorded = Recorded::since(BEGIN);
        for entry in &timeline.entries {
            let Occurrence::Logged(event) = &entry.what else {
                continue;
            };
            let ms = i64::try_from(entry.at.as_nanos() / 1_000_000).unwrap();
            let details = Details {
                exit: Some(ProcessExit::Exited(3)),
                ..Details::default()
            };
            let entry = LogEntry {
                number: 1,
                at: Timestamp(BEGIN.0 + shown(ms)),
                source: event.source(),
                event_id: event.id(),
                level: event.level(),
                service: Some((ServiceId(1), "worker".into())),
                parameters: event.parameters("worker", "worker"),
                details,
            };
            recorded.take(&Fact::of(&entry).unwrap());
        }
        recorded
    }

    #[test]
    fn a_failure_that_a_slower_wall_clock_dates_before_the_restart_is_not_spared() {
        let config = config(ServiceKind::Program, &[1000, 2000, 4000]);
        let script = "exit 3 @0s, exit 3, exit 3, exit 3";
        let played = simulate(&config, &script.parse().unwrap());
        let recorded = log_by(&played, |ms| ms - ms / 500);
        assert_eq!(recorded.failures(), 4);
        let again = simulate_all(&config, &recorded.until(Timestamp(BEGIN.0 + 60_000)));
        let totals = again.totals();
        assert_eq!((totals.failures, totals.spared), (4, 0));
    }

    #[test]
    fn what_is_recorded_and_played_again_on_the_same_policy_is_the_same() {
        for kind in [ServiceKind::Service, ServiceKind::Program] {
            let config = config(kind, &[1000, 5000]);
            for script in [
                "exit 3 @10s, exit 3 @20s, exit 3 @1m",
                "crash @10s, stop @20s, start @30s, stopped 1066/42 @40s",
                "exit 3 @10s, spawn-fails 2 @10s, exit 3 @1m",
                "stopped 5 @10s, stopped 0 @20s, start @30s, exit 3 @40s",
            ] {
                let played = simulate(&config, &script.parse().unwrap());
                let recorded = log_of(&played);
                let failures = played.totals().failures;
                assert_eq!(recorded.failures(), failures as u64, "{kind:?} {script}");
                let again = simulate(&config, &recorded.until(played_until()));
                let actions = |timeline: &Timeline| timeline.actions().collect::<Vec<_>>();
                assert_eq!(actions(&again), actions(&played), "{kind:?} {script}");
                assert_eq!(again.times_down(), played.times_down(), "{kind:?} {script}");
            }
        }
    }

    fn played_until() -> Timestamp {
        BEGIN.after(Duration::from_secs(60))
    }

    #[test]
    fn on_another_policy_a_failure_while_the_service_is_down_is_spared() {
        let config = |delay_ms: &[u32]| config(ServiceKind::Program, delay_ms);
        let script = "exit 3 @10s, exit 3 @12s".parse().unwrap();
        let played = simulate(&config(&[0]), &script);
        let script = log_of(&played).until(played_until());
        let slower = simulate(&config(&[5000]), &script).totals();
        assert_eq!((slower.failures, slower.spared), (1, 1));
        assert_eq!(slower.down, Duration::from_secs(5));
        let never = simulate(&config(&[]), &script).totals();
        assert_eq!(
            (never.restarts, never.spared, never.stays_down),
            (0, 1, true)
        );
        let until_the_end = Duration::from_secs(50);
        assert_eq!(never.down, until_the_end);
    }

    #[test]
    fn an_end_that_did_not_count_counts_where_the_policy_says_so() {
        let mut config = config(ServiceKind::Program, &[1000]);
        config.failure_actions_on_non_crash_failures = false;
        let played = simulate(&config, &"exit 3 @10s".parse().unwrap());
        let recorded = log_of(&played);
        assert_eq!(recorded.failures(), 0);
        config.failure_actions_on_non_crash_failures = true;
        let counted = simulate(&config, &recorded.until(played_until()));
        assert_eq!(counted.totals().restarts, 1);
    }

    #[test]
    fn all_of_a_long_record_is_played() {
        let config = config(ServiceKind::Program, &[1]);
        let crash = |at| Moment {
            when: When::At(Duration::from_secs(at)),
            what: Happening::Exit(ProcessExit::Exited(3)),
        };
        let script = Script {
            moments: (1..=30_000).map(crash).collect(),
            clock: None,
        };
        assert!(simulate(&config, &script).truncated);
        let whole = simulate_all(&config, &script);
        assert_eq!((whole.totals().failures, whole.truncated), (30_000, false));
    }
}
