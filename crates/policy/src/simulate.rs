//! Plays a policy against a script of failures in virtual time; the result is a time line.
//!
//! The decisions are those of [`step`], not a model of them. `host` is the ideal host: a process starts at once,
//! connects and runs, and obeys; the script says when it does not. `script` reads and prints scripts, `recorded`
//! makes them of the event log, `timeline` is the outcome, and `outcome` sums it up. `clock` is the wall clock, by
//! which services with a schedule are started; `due` finds the next thing that happens without the script.

mod clock;
mod due;
mod host;
mod outcome;
mod recorded;
mod script;
mod timeline;

use std::sync::Arc;
use std::time::Duration;

use relance_scm::config::StartType;
use relance_scm::event::Event;
use relance_scm::{Control, ServiceConfig, ServiceState};

pub use clock::Clock;
pub use outcome::Totals;
pub use recorded::{Fact, Recorded, Recording};
pub use script::{Happening, Moment, Script, StartOutcome, When};
pub use timeline::{Entry, Occurrence, Timeline};

use crate::action::Answer;
use crate::budget::in_own_quiet_hours;
use crate::input::Input;
use crate::notices::Notice;
use crate::record::{ActionId, RunId, ServiceId, ServiceRecord, StartCause, Timer};
use crate::step::step;
use crate::time::Time;

/// Most entries of a time line; a policy that restarts without delay makes no more than this.
pub const ENTRIES_MAX: usize = 100_000;
/// Most entries that a line of a long script makes, on average.
const ENTRIES_OF_A_MOMENT: usize = 20;
/// How far a simulation looks ahead for a service that is to run again.
const HORIZON: Duration = Duration::from_secs(400 * 24 * 3600);

/// Plays a script from a service that has just been started at time zero. Its schedule starts nothing.
#[must_use]
pub fn simulate(config: &ServiceConfig, script: &Script) -> Timeline {
    let mut simulation = Simulation::new(Arc::new(config.clone()));
    simulation.second_of_day = script.clock;
    simulation.start();
    simulation.play_all(script)
}

/// The same of a script of any length, with all that happens. Its time line takes memory as the script does, so this is for
/// scripts of one's own.
#[must_use]
pub fn simulate_all(config: &ServiceConfig, script: &Script) -> Timeline {
    let mut simulation = Simulation::new(Arc::new(config.clone()));
    let entries = script.moments.len().saturating_mul(ENTRIES_OF_A_MOMENT);
    simulation.entries_max = simulation.entries_max.max(entries);
    simulation.second_of_day = script.clock;
    simulation.start();
    simulation.play_all(script)
}

/// The same with a wall clock (X72 to X74). A service with a schedule is stopped at first, unless
/// it is an automatic one.
#[must_use]
pub fn simulate_by(clock: Clock, config: &ServiceConfig, script: &Script) -> Timeline {
    let mut simulation = Simulation::new(Arc::new(config.clone())).with(clock);
    simulation.second_of_day = script.clock;
    if simulation.record.schedule().is_none() || config.start_type == StartType::Auto {
        simulation.start();
    }
    simulation.play_all(script)
}

/// A service in virtual time.
#[derive(Debug)]
pub struct Simulation {
    record: ServiceRecord,
    now: Time,
    next_start: StartOutcome,
    ignores_stop: bool,
    /// The second of the day at time zero, where quiet hours count.
    second_of_day: Option<u32>,
    clock: Option<Clock>,
    /// How long each run takes, if runs end by themselves.
    lasts: Option<Duration>,
    /// The run that ends by itself, and when.
    ends: Option<(RunId, Time)>,
    timeline: Timeline,
    /// Most entries that the time line may have.
    entries_max: usize,
}

impl Simulation {
    /// A stopped service at time zero.
    #[must_use]
    pub fn new(config: Arc<ServiceConfig>) -> Self {
        Self {
            record: ServiceRecord::new(ServiceId(1), config),
            now: Time::ZERO,
            next_start: StartOutcome::Runs,
            ignores_stop: false,
            clock: None,
            second_of_day: None,
            lasts: None,
            ends: None,
            timeline: Timeline::default(),
            entries_max: ENTRIES_MAX,
        }
    }

    /// The same, at this second of a day, so that there are quiet hours.
    #[must_use]
    pub fn at(config: Arc<ServiceConfig>, second_of_day: u32) -> Self {
        Self {
            second_of_day: Some(second_of_day),
            ..Self::new(config)
        }
    }

    /// With a wall clock, by which its schedule starts it.
    #[must_use]
    pub fn with(mut self, clock: Clock) -> Self {
        let next = clock.next(clock.begin());
        self.timeline.begin = Some(clock.begin());
        self.clock = Some(clock);
        self.input(Input::SchedulePlanned { next });
        self
    }

    fn play_all(mut self, script: &Script) -> Timeline {
        for moment in &script.moments {
            self.play(moment);
        }
        // Actions that are still pending are carried out, to show what follows.
        self.advance_while(|s| !s.record.pending_actions.is_empty());
        self.into_timeline()
    }

    /// The record as it is now.
    #[must_use]
    pub fn record(&self) -> &ServiceRecord {
        &self.record
    }

    /// The virtual time.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// What happened so far.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// What happened.
    #[must_use]
    pub fn into_timeline(mut self) -> Timeline {
        self.timeline.end = self.now;
        self.timeline.final_state = self.record.state;
        self.timeline.failure_count = self.record.failure_count;
        self.timeline.next_starts = self.next_starts();
        self.timeline
    }

    /// One line of a script: waits until its time, then lets it happen.
    pub fn play(&mut self, moment: &Moment) {
        match moment.when {
            When::At(at) => self.advance_to(Time::ZERO + at),
            When::After(delay) => self.advance_to(self.now + delay),
            When::OnceRunning if moment.what.needs_running() => {
                let horizon = self.now + HORIZON;
                self.advance_while(|s| {
                    s.record.state != ServiceState::Running
                        && s.next_due().is_some_and(|(at, _)| at < horizon)
                });
            }
            When::OnceRunning => {}
        }
        self.happen(moment.what.clone());
    }

    /// Lets something happen now. What cannot happen in the present state is noted as ignored.
    pub fn happen(&mut self, what: Happening) {
        let running = self.record.run.as_ref().map(|run| run.id);
        if what.needs_running() && (running.is_none() || self.record.pid() == 0) {
            return self.note(Occurrence::Ignored(what));
        }
        self.note(Occurrence::Happened(what.clone()));
        match (what, running) {
            (Happening::Quiet, _) => {}
            (Happening::Lasts(time), _) => self.last(time),
            (Happening::Asleep(time), _) => self.sleep(time),
            (Happening::Exit(exit), Some(run)) => {
                self.input(Input::ProcessExited { run, exit });
            }
            (Happening::Stopped(exit_code), Some(run)) => self.report_stopped(run, exit_code),
            (Happening::Caused(cause), Some(run)) => self.end_of(run, cause),
            (Happening::ProbeFails, Some(run)) => {
                let text = "its probe failed".into();
                let notice = Notice::Unwell(text);
                self.input(Input::Noticed { run, notice });
            }
            (Happening::Hang, Some(run)) => self.hang(run),
            (Happening::Stop | Happening::StopNow, _) => self.control(Control::Stop),
            (Happening::CancelRecovery, _) => self.ask(Input::CancelRecoveryRequested(None)),
            (Happening::ExitInStop(exit), _) => {
                self.ignores_stop = true;
                self.control(Control::Stop);
                self.ignores_stop = false;
                if let Some(run) = running {
                    self.input(Input::ProcessExited { run, exit });
                }
            }
            (Happening::StoppedInStop(exit_code), _) => {
                self.ignores_stop = true;
                self.control(Control::Stop);
                self.ignores_stop = false;
                if let Some(run) = running {
                    self.report_stopped(run, exit_code);
                }
            }
            (Happening::Start, _) => self.start(),
            (Happening::Restart, _) => self.restart(),
            (Happening::Reload, _) => self.control(Control::ParamChange),
            (Happening::NextStart(outcome), _) => self.next_start = outcome,
            (Happening::Disable, _) => self.set_start_type(StartType::Disabled),
            (Happening::Enable, _) => self.set_start_type(StartType::Demand),
            (
                Happening::Exit(_)
                | Happening::Stopped(_)
                | Happening::Caused(_)
                | Happening::ProbeFails
                | Happening::Hang,
                None,
            ) => {}
        }
    }

    /// Starts the service by hand.
    pub fn start(&mut self) {
        self.ask(Input::StartRequested {
            cause: StartCause::Demand,
            arguments: [].into(),
        });
    }

    /// Asks for a restart.
    pub fn restart(&mut self) {
        self.ask(Input::RestartRequested {
            dependents_active: false,
            with_dependents: false,
            after: None,
        });
    }

    fn control(&mut self, control: Control) {
        self.ask(Input::ControlRequested {
            control,
            dependents_active: false,
        });
    }

    /// Somebody asks for something, which may be refused.
    fn ask(&mut self, input: Input) {
        if let Answer::Denied(reason) = self.input(input) {
            self.note(Occurrence::Refused(reason.code()));
        }
    }

    fn set_start_type(&mut self, start_type: StartType) {
        let config = ServiceConfig {
            start_type,
            ..(*self.record.config).clone()
        };
        self.input(Input::ConfigChanged(Arc::new(config)));
    }

    /// Lets time pass; what is due meanwhile happens at its time.
    pub fn advance_to(&mut self, until: Time) {
        self.advance_while(|s| s.next_due().is_some_and(|(at, _)| at <= until));
        self.now = self.now.max(until);
    }

    /// Goes from one thing that is due to the next while a condition holds and there is one.
    fn advance_while(&mut self, mut condition: impl FnMut(&Self) -> bool) {
        while condition(self) && self.timeline.entries.len() < self.entries_max {
            let Some((at, due)) = self.next_due() else {
                return;
            };
            self.now = self.now.max(at);
            self.come(due);
        }
    }

    /// Something is due. Of the budgets only the service's own quiet hours are simulated: there is no other
    /// service, and no manager.
    fn fire(&mut self, timer: Timer) {
        let mut input = Input::TimerFired(timer);
        if let Timer::Recovery(id) = timer
            && let Some(delayed) = self.quiet_hours(id)
        {
            input = delayed;
        }
        self.input(input);
    }

    fn quiet_hours(&self, id: ActionId) -> Option<Input> {
        let millis = self.now.as_nanos() / 1_000_000 + u64::from(self.second_of_day?) * 1000;
        in_own_quiet_hours(&self.record, id, self.now, millis)
    }

    fn input(&mut self, input: Input) -> Answer {
        let outcome = step(&self.record, self.now, input);
        if outcome.record.failure_count < self.record.failure_count
            || (outcome.record.failure_count == 1
                && self.record.failure_count == 1
                && outcome.record.last_failure_at != self.record.last_failure_at)
        {
            self.note(Occurrence::CounterReset);
        }
        self.record = outcome.record;
        if self.record.run.is_none() {
            self.ends = None;
        }
        for action in outcome.actions {
            self.carry_out(action);
        }
        self.fire_what_is_due();
        // The simulated service is the only instance, so its turn comes at once.
        if self.record.waits_for_recycling()
            && let Some(run) = self.record.run.as_ref().map(|run| run.id)
        {
            self.input(Input::RecycleTurn { run, in_use: false });
        }
        outcome.answer
    }

    /// An action that is due at once follows at once.
    fn fire_what_is_due(&mut self) {
        while let Some((at, timer)) = self.record.next_deadline()
            && at <= self.now
            && self.timeline.entries.len() < self.entries_max
        {
            self.fire(timer);
        }
    }

    fn note(&mut self, what: Occurrence) {
        if self.timeline.entries.len() < self.entries_max {
            self.timeline.entries.push(Entry { at: self.now, what });
        } else {
            self.timeline.truncated = true;
        }
    }
}

/// Entries that repeat what other lines of the time line say: 7035 and 7036.
#[must_use]
pub fn is_routine(event: &Event) -> bool {
    matches!(event.id(), 7035 | 7036)
}
