//! A second, naive reading of the rules: no counter, no queue, only the whole history, evaluated again
//! each time. What it says must be what `step` does: `both` lets the same happen to the two and compares them. `history`
//! finds the numbers of a failure, `entry` names what the model predicts of the event log.

mod both;
mod entry;
mod history;

use std::time::Duration;

use relance_policy::Time;
use relance_policy::simulate::{Happening, StartOutcome};
use relance_scm::failure_actions::{FailureActions, RecoveryAction};
use relance_scm::settings::{
    NO_RESTART_ON_EXIT, QUIET_HOURS, RESTART_LIMIT, RETRY_FAILED_STARTS, WHEN_START_MISSED,
    WHEN_STILL_RUNNING,
};
use relance_scm::status::ProcessExit;
use relance_scm::{ExitCode, RecoveryActionKind, ServiceConfig};

pub(crate) use both::Both;
pub(crate) use entry::Entry;

/// A schedule that comes at each multiple of a period, and what the wall clock shows at the beginning.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Periodic {
    pub(crate) begin: i64,
    pub(crate) period: i64,
}

impl Periodic {
    fn next(self, after: i64) -> i64 {
        (after.div_euclid(self.period) + 1) * self.period
    }

    /// The time of the model at which the wall clock shows that.
    fn time(self, wall: i64) -> Time {
        Time::ZERO + Duration::from_secs(u64::try_from(wall - self.begin).unwrap_or_default())
    }

    fn wall(self, time: Time) -> i64 {
        self.begin + i64::try_from((time - Time::ZERO).as_secs()).unwrap()
    }
}

/// The naive service.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    settings: FailureActions,
    flag: bool,
    now: Time,
    running: bool,
    /// X14: starts that fail are failures.
    retries_starts: bool,
    /// The code with which the next start fails.
    next_start_fails: Option<u32>,
    config: ServiceConfig,
    /// When the process of the current run was there.
    spawned: Time,
    /// Every failure since boot (R11), how long its run had lived, and the word of its cause.
    failures: Vec<(Time, Duration, String)>,
    /// Every restart that was to follow a failure since somebody last started the service (X83).
    restarts: Vec<Time>,
    /// Every queued action with its due time (R30, R38), in the order of the failures.
    queue: Vec<(Time, RecoveryAction)>,
    /// The second of the day at time zero.
    clock: u64,
    /// When its schedule comes, and next.
    schedule: Option<(Periodic, i64)>,
    /// X74: a start waits for the end of the run.
    start_waits: bool,
    pub(crate) log: Vec<(Time, Entry)>,
}

impl Model {
    pub(crate) fn new(config: &ServiceConfig, clock: u32) -> Self {
        Self {
            clock: clock.into(),
            settings: config.failure_actions.clone(),
            flag: config.failure_actions_on_non_crash_failures,
            now: Time::ZERO,
            running: false,
            retries_starts: config.extensions.get(RETRY_FAILED_STARTS),
            next_start_fails: None,
            config: config.clone(),
            spawned: Time::ZERO,
            failures: Vec::new(),
            restarts: Vec::new(),
            queue: Vec::new(),
            schedule: None,
            start_waits: false,
            log: Vec::new(),
        }
    }

    pub(crate) fn with(self, schedule: Periodic) -> Self {
        let next = schedule.next(schedule.begin);
        Self {
            schedule: Some((schedule, next)),
            ..self
        }
    }

    pub(crate) fn happen(&mut self, what: Happening) {
        // X74: somebody does not want it to run.
        if self.running && what.is_stop() {
            self.start_waits = false;
        }
        match what {
            Happening::Asleep(time) => self.sleep(time),
            Happening::Start if !self.running => self.start(false),
            Happening::NextStart(StartOutcome::FailsWith(error)) => {
                self.next_start_fails = Some(error.to_raw());
            }
            // R1, R8.2: no STOPPED report, so a failure, asked to stop or not.
            Happening::Exit(exit) | Happening::ExitInStop(exit) if self.running => {
                self.fail(&match exit {
                    ProcessExit::Exited(status) => format!("exit:{status}"),
                    ProcessExit::Signaled(signal) => format!("signal:{signal}"),
                    ProcessExit::Unknown => "crash".to_owned(),
                });
            }
            Happening::Caused(cause) if self.running => self.fail(cause.kind.name()),
            // R8.4
            Happening::Stop if self.running => self.running = false,
            // X12
            Happening::Stopped(code) if self.running && self.is_final(code) => {
                if !code.is_success() {
                    self.log.push((self.now, Entry::ErrorStop));
                }
                self.log.push((self.now, Entry::Final));
                self.running = false;
            }
            // R3, R8.5, R8.6
            Happening::Stopped(code) | Happening::StoppedInStop(code) if self.running => {
                self.stopped(code);
            }
            _ => {}
        }
        self.pass(Duration::ZERO);
    }

    /// Of a service it is the code of its own that decides, or 0.
    fn is_final(&self, code: ExitCode) -> bool {
        let listed = self.config.extensions.get(NO_RESTART_ON_EXIT);
        let status = match code {
            ExitCode::ServiceSpecific(code) => code,
            ExitCode::SUCCESS => 0,
            ExitCode::Win32(_) => return false,
        };
        listed.iter().any(|listed| u32::from(*listed) == status)
    }

    /// R8.9, R35: a start that fails is logged, and as a failed action if one had asked for it.
    fn start(&mut self, by_action: bool) {
        if !by_action {
            self.restarts.clear();
        }
        let Some(error) = self.next_start_fails.take() else {
            self.running = true;
            self.spawned = self.now;
            return;
        };
        self.log.push((self.now, Entry::StartFailed));
        if by_action {
            self.log.push((self.now, Entry::ActionFailed(error)));
        }
        if self.retries_starts {
            self.fail_with(1000, Duration::ZERO, "start");
        }
    }

    /// X22: it stops cleanly and runs again; one that is down is started.
    fn restart(&mut self) {
        self.start_waits = false;
        self.running = false;
        self.start(false);
        self.pass(Duration::ZERO);
    }

    fn stopped(&mut self, code: ExitCode) {
        if code.is_success() {
            self.running = false;
            return;
        }
        self.log.push((self.now, Entry::ErrorStop));
        // R5
        if self.flag && self.has_actions() {
            self.fail(&match code {
                ExitCode::ServiceSpecific(code) => format!("exit:{code}"),
                ExitCode::Win32(error) => format!("error:{}", error.to_raw()),
            });
        }
        self.running = false;
    }

    fn fail(&mut self, cause: &str) {
        self.fail_with(0, self.now - self.spawned, cause);
    }

    /// X14: a restart after a failed start waits for a second at least.
    fn fail_with(&mut self, least: u32, lived: Duration, cause: &str) {
        self.running = false;
        self.failures.push((self.now, lived, cause.to_owned()));
        let count = self.count();
        // R21
        let (actions, position) = self.list(cause);
        let action = actions.get(position - 1).or(actions.last()).copied();
        let listed = actions.len();
        let restarts = action.is_some_and(|action| action.kind.restarts());
        let mut action = action.map(|action| {
            let delay = if restarts {
                self.delay(
                    action.delay_ms().into(),
                    position - position.min(listed),
                    count,
                )
                .max(least)
            } else {
                action.delay_ms()
            };
            RecoveryAction::new(action.kind, delay)
        });
        let too_many = restarts && self.is_one_too_many();
        if too_many {
            action = None;
        } else if restarts {
            self.restarts.push(self.now);
        }
        self.log.push((self.now, Entry::Failed { count, action }));
        if too_many {
            let limit = self.config.extensions.get(RESTART_LIMIT).unwrap();
            let limit = u32::try_from(limit).unwrap();
            self.log.push((self.now, Entry::GaveUp(limit)));
        }
        if let Some(action) = action
            && action.kind != RecoveryActionKind::None
        {
            self.queue.push((self.now + action.delay(), action));
        }
    }

    /// Time passes; queued actions run at their times, the earliest first.
    pub(crate) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        loop {
            self.start_that_waited();
            let index = self.earliest_due(until);
            let action_at = index.map(|index| self.queue[index].0);
            let scheduled = self.schedule.map(|(schedule, at)| (schedule.time(at), at));
            if let Some((time, at)) = scheduled
                && time <= until
                && action_at.is_none_or(|action_at| time < action_at)
            {
                self.now = self.now.max(time);
                self.scheduled(at);
                continue;
            }
            let Some(index) = index else { break };
            self.act(index);
        }
        self.now = self.now.max(until);
    }

    /// X96: from 02:00 to 02:30, for everything that would happen.
    fn quiet_for(&self, action: RecoveryAction) -> Option<Duration> {
        const DAY: u64 = 24 * 3600 * 1000;
        let set = self.config.extensions.get(QUIET_HOURS)?;
        assert_eq!(&*set, "02:00-02:30");
        if action.kind.restarts() && self.running {
            return None;
        }
        let now = self.now.as_nanos() / 1_000_000 + self.clock * 1000;
        let (begin, end) = (2 * 3600 * 1000, 2 * 3600 * 1000 + 1800 * 1000);
        let of_day = now % DAY;
        (begin..end)
            .contains(&of_day)
            .then(|| Duration::from_millis(end - of_day))
    }

    /// When the machine wakes up, what was queued comes first.
    fn sleep(&mut self, time: Duration) {
        self.now = self.now + time;
        while let Some(index) = self.earliest_due(self.now) {
            self.act(index);
            self.start_that_waited();
        }
    }

    /// What is queued at this place runs.
    fn act(&mut self, index: usize) {
        let (due, action) = self.queue.remove(index);
        self.now = self.now.max(due);
        if let Some(rest) = self.quiet_for(action) {
            // They are shorter than a day, so no action meets them twice.
            self.queue.insert(index, (self.now + rest, action));
            let rest = u64::try_from(rest.as_millis()).unwrap();
            self.log.push((self.now, Entry::Delayed(rest)));
            return;
        }
        match action.kind {
            // R32
            RecoveryActionKind::Restart | RecoveryActionKind::OwnRestart if self.running => {
                self.log.push((self.now, Entry::ActionFailed(1056)));
            }
            RecoveryActionKind::Restart | RecoveryActionKind::OwnRestart => self.start(true),
            // R43
            RecoveryActionKind::RunCommand if self.settings.command.is_empty() => {
                self.log.push((self.now, Entry::ActionFailed(1082)));
            }
            _ => {}
        }
    }

    /// X72 to X74: the time of a start has come.
    fn scheduled(&mut self, at: i64) {
        let (schedule, _) = self.schedule.unwrap();
        let wall = schedule.wall(self.now);
        self.schedule = Some((schedule, schedule.next(wall)));
        let extensions = &self.config.extensions;
        let entry = if wall - at > 60 && extensions.get(WHEN_START_MISSED) == "skip" {
            Entry::StartMissed
        } else if !self.running {
            return self.start(false);
        } else if extensions.get(WHEN_STILL_RUNNING) == "skip" {
            Entry::StillRunning
        } else if !std::mem::replace(&mut self.start_waits, true) {
            Entry::StartQueued
        } else {
            return;
        };
        self.log.push((self.now, entry));
    }

    /// X74
    fn start_that_waited(&mut self) {
        if !self.running && std::mem::take(&mut self.start_waits) {
            self.start(false);
        }
    }

    fn earliest_due(&self, until: Time) -> Option<usize> {
        let due = self
            .queue
            .iter()
            .map(|(due, _)| *due)
            .filter(|due| *due <= until)
            .min()?;
        self.queue.iter().position(|(at, _)| *at == due)
    }
}
