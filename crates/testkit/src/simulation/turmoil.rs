//! Turmoil: a world in which, by a seed, anything happens at any moment. Afterwards the faults stop,
//! and everything that was promised must be so.

use std::time::Duration;

use relance_engine::command::Change;
use relance_policy::RunId;
use relance_policy::simulate::StartOutcome;
use relance_scm::config::{Dependency, Secret, StartType};
use relance_scm::failure_actions::{FailureActionsChange, ResetPeriod};
use relance_scm::manager::NewService;
use relance_scm::status::ProcessExit;
use relance_scm::{
    ConfigChange, Control, ExitCode, RecoveryAction, RecoveryActionKind, ServiceConfig,
    ServiceKind, ServiceName, ServiceState, UserControl, Win32Error,
};

use super::machine::{paused, pending, running, stopped};
use super::truth;
use super::world::{Pending, World};

/// Services of a world.
const SERVICES: usize = 5;
/// How long a world is left in peace before it is looked at.
const PEACE: Duration = Duration::from_secs(3600);
/// Lines of the trace that are shown with a problem at most.
const TRACE_LEN: usize = 80;
/// Most deadlines in the hour of peace.
const DEADLINES_MAX: usize = 2_000;

/// Which faults a world knows. Each seed has some of them, so that rare ones are not drowned.
#[derive(Clone, Copy, Debug)]
struct Faults {
    engine_dies: bool,
    guardian_dies: bool,
    machine_reboots: bool,
    disk_fills: bool,
    rubbish: bool,
    shutdown: bool,
}

/// What a world went through.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Processes started.
    pub runs: usize,
    /// Entries in the event log.
    pub entries: usize,
    /// Engines that were killed.
    pub engines_killed: usize,
    /// Failures counted (7031, 7034).
    pub failures: usize,
    /// What happened, line by line.
    pub trace: Vec<String>,
}

/// A request whose answer must come: what was asked, and whether it is answered.
struct Asked {
    what: String,
    is_answered: Box<dyn Fn() -> bool>,
}

/// What did not hold.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The world.
    pub seed: u64,
    /// What does not hold.
    pub what: String,
    /// What happened, line by line.
    pub trace: Vec<String>,
}

/// With the last part of the trace.
impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let last = &self.trace[self.trace.len().saturating_sub(TRACE_LEN)..];
        for line in last {
            writeln!(f, "{line}")?;
        }
        write!(f, "seed {}: {}", self.seed, self.what)
    }
}

struct Turmoil {
    world: World,
    random: fastrand::Rng,
    faults: Faults,
    pending: Vec<Asked>,
    engines_killed: usize,
    disk_is_full: bool,
    shut_down: bool,
}

/// Plays a world of so many steps.
///
/// # Errors
/// What does not hold.
pub fn run(seed: u64, steps: usize) -> Result<Summary, Problem> {
    let mut turmoil = Turmoil::new(seed);
    match turmoil.play(steps) {
        Ok(()) => Ok(turmoil.summarize()),
        Err(what) => Err(Problem {
            seed,
            what,
            trace: turmoil.summarize().trace,
        }),
    }
}

impl Turmoil {
    fn new(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let faults = Faults {
            engine_dies: random.u8(..3) > 0,
            guardian_dies: random.u8(..6) == 0,
            machine_reboots: random.u8(..6) == 0,
            disk_fills: random.u8(..4) == 0,
            rubbish: random.u8(..4) == 0,
            shutdown: random.u8(..8) == 0,
        };
        Self {
            world: World::new(),
            random,
            faults,
            pending: Vec::new(),
            engines_killed: 0,
            disk_is_full: false,
            shut_down: false,
        }
    }

    fn note(&mut self, what: impl std::fmt::Display) {
        self.world.machine().note(what);
    }

    fn chance(&mut self, one_in: u32) -> bool {
        self.random.u32(..one_in) == 0
    }

    fn play(&mut self, steps: usize) -> Result<(), String> {
        self.world.settle();
        let services = self.random.usize(1..=SERVICES);
        for index in 0..services {
            let config = self.config(index);
            self.note(format_args!("create {config:?}"));
            let created = self.world.create(config);
            self.expect_answer(created);
        }
        self.world.settle();
        for _ in 0..steps {
            self.step();
            truth::check_at_once(&self.world)?;
        }
        self.peace()?;
        truth::check_at_peace(&mut self.world)?;
        if let Some(silent) = self.pending.iter().find(|asked| !(asked.is_answered)()) {
            return Err(format!("never answered: {}", silent.what));
        }
        Ok(())
    }

    fn summarize(self) -> Summary {
        let log = self.world.log();
        let failures = log
            .iter()
            .filter(|entry| matches!(entry.event_id, 7031 | 7034));
        let history = &mut self.world.machine().history;
        Summary {
            entries: log.len(),
            failures: failures.count(),
            runs: history.runs.len(),
            engines_killed: self.engines_killed,
            trace: std::mem::take(&mut history.trace),
        }
    }

    fn expect_answer<T: 'static>(&mut self, pending: Pending<T>) {
        let what = self.world.machine().history.trace.last().cloned();
        self.pending.push(Asked {
            what: what.unwrap_or_default(),
            is_answered: Box::new(move || pending.is_answered()),
        });
    }

    /// One thing happens.
    fn step(&mut self) {
        match self.random.u32(..100) {
            0..12 => {
                self.world.machine().carry_out();
            }
            12..24 => {
                self.look_somewhere();
                self.world.give_fact();
            }
            24..34 => self.write_some(),
            34..44 => {
                self.world.give_commit();
            }
            44..56 => self.world.end_turn(),
            56..78 => self.process_does_something(),
            78..90 => self.client_asks(),
            90..94 => self.time_passes(),
            94 => self.next_start(),
            _ => self.fault(),
        }
    }

    fn look_somewhere(&mut self) {
        let runs: Vec<RunId> = self
            .world
            .machine()
            .alive()
            .map(|process| process.run)
            .collect();
        if let Some(run) = self.random.choice(&runs) {
            self.world.machine().look(*run);
        }
    }

    fn write_some(&mut self) {
        let waiting = self.world.disk().waiting();
        let count = self.random.usize(..=waiting);
        self.world.disk().write(count);
    }

    fn time_passes(&mut self) {
        let millis = match self.random.u32(..16) {
            0..8 => self.random.u64(..100),
            8..13 => self.random.u64(..5_000),
            13..15 => self.random.u64(..40_000),
            _ => self.random.u64(..200_000),
        };
        self.note(format_args!("{millis} ms pass"));
        self.world.jump(Duration::from_millis(millis));
    }

    fn next_start(&mut self) {
        let outcome = match self.random.u32(..3) {
            0 => StartOutcome::NeverConnects,
            1 => StartOutcome::ExitsBeforeConnecting,
            _ => StartOutcome::FailsWith(Win32Error::FILE_NOT_FOUND),
        };
        self.note(format_args!("the next start: {outcome:?}"));
        self.world.machine().next_start = outcome;
    }

    // Processes.

    fn process_does_something(&mut self) {
        let alive: Vec<(RunId, ServiceKind, bool)> = {
            let machine = self.world.machine();
            machine
                .alive()
                .map(|process| {
                    (
                        process.run,
                        process.kind,
                        process.connected || process.is_mute,
                    )
                })
                .collect()
        };
        let Some(&(run, kind, connected)) = self.random.choice(&alive) else {
            return;
        };
        match kind {
            ServiceKind::Program => self.program_does_something(run),
            ServiceKind::Service if !connected && !self.chance(8) => {
                self.note(format_args!("{run} says hello"));
                self.world.machine().say_hello(run);
            }
            ServiceKind::Service => self.service_does_something(run),
        }
    }

    fn program_does_something(&mut self, run: RunId) {
        let signaled = self
            .world
            .machine()
            .process(run)
            .is_some_and(|p| p.was_signaled);
        if signaled || self.chance(3) {
            let exit = self.exit();
            let memory_ran_out = exit == ProcessExit::Signaled(9) && self.chance(3);
            let mut machine = self.world.machine();
            if memory_ran_out {
                machine.run_out_of_memory(run);
            } else {
                machine.exit(run, exit);
            }
        }
    }

    fn exit(&mut self) -> ProcessExit {
        match self.random.u32(..5) {
            0 => ProcessExit::Exited(0),
            1 => ProcessExit::Exited(75),
            2 => ProcessExit::Exited(self.random.i32(1..256)),
            3 => ProcessExit::Signaled(11),
            _ => ProcessExit::Signaled(9),
        }
    }

    fn service_does_something(&mut self, run: RunId) {
        let stopped_already = self
            .world
            .machine()
            .process(run)
            .is_some_and(|process| process.state == ServiceState::Stopped);
        match self.random.u32(..12) {
            0..4 => self.takes_control(run),
            4..8 if !stopped_already => self.reports(run),
            8 if !stopped_already => {
                let code = match self.random.u32(..3) {
                    0 => ExitCode::SUCCESS,
                    1 => ExitCode::ServiceSpecific(self.random.u32(..3)),
                    _ => ExitCode::Win32(Win32Error::from_raw(self.random.u32(1..100))),
                };
                self.note(format_args!("{run} reports STOPPED with {code:?}"));
                self.world.machine().report(run, stopped(code));
            }
            9 if self.faults.rubbish && self.chance(4) => {
                self.note(format_args!("{run} writes rubbish"));
                self.world.machine().write_rubbish(run);
            }
            10 => self.world.machine().set_ignores_stop(run, true),
            _ => {
                let exit = self.exit();
                self.world.machine().exit(run, exit);
            }
        }
    }

    fn takes_control(&mut self, run: RunId) {
        let answer = if self.chance(5) {
            Win32Error::INVALID_FUNCTION
        } else {
            Win32Error::SUCCESS
        };
        let control = self.world.machine().take_control(run, answer);
        if let Some(control) = control {
            self.note(format_args!("{run} takes {control:?}"));
        }
    }

    fn reports(&mut self, run: RunId) {
        let states = [
            ServiceState::StartPending,
            ServiceState::StopPending,
            ServiceState::PausePending,
            ServiceState::ContinuePending,
        ];
        let report = match self.random.u32(..8) {
            0..4 => running(),
            4 => paused(),
            5 => {
                let mut impossible = running();
                impossible.state = self.random.u32(8..20);
                impossible
            }
            _ => pending(
                *self.random.choice(&states).expect("four states"),
                self.random.u32(..5),
            ),
        };
        self.note(format_args!("{run} reports state {}", report.state));
        self.world.machine().report(run, report);
    }

    // Clients.

    fn client_asks(&mut self) {
        if !self.world.is_ready() {
            return;
        }
        let index = self.random.usize(..SERVICES);
        let name = name(index);
        match self.random.u32(..20) {
            0..8 => {
                self.note(format_args!("start {name}"));
                let answer = self.world.start(&name);
                self.expect_answer(answer);
            }
            8..13 => self.sends_control(&name),
            13 => {
                self.note(format_args!("terminate {name}"));
                let answer = self.world.terminate(&name);
                self.expect_answer(answer);
            }
            14 => {
                self.note(format_args!("cancel the recovery of {name}"));
                let answer = self.world.cancel_recovery(&name);
                self.expect_answer(answer);
            }
            15 => {
                self.note(format_args!("delete {name}"));
                let answer = self.world.delete(&name);
                self.expect_answer(answer);
            }
            _ => self.configures(index),
        }
    }

    fn sends_control(&mut self, name: &ServiceName) {
        let control = match self.random.u32(..8) {
            0..4 => Control::Stop,
            4 => Control::Pause,
            5 => Control::Continue,
            6 => Control::Interrogate,
            _ => Control::User(UserControl::new(200).expect("a legal code")),
        };
        self.note(format_args!("send {control:?} to {name}"));
        let answer = self.world.control(name, control);
        self.expect_answer(answer);
    }

    fn configures(&mut self, index: usize) {
        let answer = match self.random.u32(..4) {
            0 => {
                let config = self.config(index);
                self.note(format_args!("create {}", config.service_name));
                self.world.create(config)
            }
            1 => {
                let apply = (0..SERVICES).map(|index| NewService {
                    config: self.config(index),
                    password: Secret::new(""),
                });
                let changes = apply
                    .map(|service| Change::Apply(Box::new(service)))
                    .collect();
                self.note("apply all");
                self.world.configure(changes)
            }
            _ => {
                let change = self.config_change();
                self.note(format_args!("change {index}: {change:?}"));
                self.world.change(&name(index), change)
            }
        };
        self.expect_answer(answer);
    }

    fn config_change(&mut self) -> ConfigChange {
        let mut change = ConfigChange::default();
        match self.random.u32(..3) {
            0 => {
                let types = [StartType::Demand, StartType::Disabled, StartType::Auto];
                change.start_type = self.random.choice(types);
            }
            1 => change.failure_actions_on_non_crash_failures = Some(self.random.bool()),
            _ => {
                change.failure_actions = Some(FailureActionsChange {
                    actions: Some(self.actions()),
                    reset_period: Some(self.reset_period()),
                    ..FailureActionsChange::default()
                });
            }
        }
        change
    }

    fn actions(&mut self) -> Vec<RecoveryAction> {
        use RecoveryActionKind as Kind;
        let kinds = [
            Kind::None,
            Kind::Restart,
            Kind::Restart,
            Kind::Restart,
            Kind::RunCommand,
            Kind::Reboot,
        ];
        let count = self.random.usize(..4);
        let action = |_| {
            let kind = *self.random.choice(&kinds).expect("some kinds");
            let delay = *self
                .random
                .choice(&[0, 0, 100, 1000, 60_000])
                .expect("some");
            RecoveryAction::new(kind, delay)
        };
        (0..count).map(action).collect()
    }

    fn reset_period(&mut self) -> ResetPeriod {
        match self.random.u32(..4) {
            0 => ResetPeriod::Seconds(0),
            1 => ResetPeriod::Seconds(30),
            2 => ResetPeriod::Seconds(86_400),
            _ => ResetPeriod::Infinite,
        }
    }

    fn config(&mut self, index: usize) -> ServiceConfig {
        let mut config = ServiceConfig::new(name(index), "/bin/service");
        if self.random.u32(..3) == 0 {
            config.kind = ServiceKind::Program;
            if self.random.bool() {
                config.extensions.restart_on_exit = [75].into();
            }
        }
        if self.random.u32(..3) == 0 {
            config.start_type = StartType::Auto;
            config.delayed_auto_start = self.random.bool();
        }
        config.failure_actions.actions = self.actions().into();
        config.failure_actions.reset_period = self.reset_period();
        config.failure_actions.command = "notify %1%".into();
        config.failure_actions_on_non_crash_failures = self.random.bool();
        // Mostly upwards, so that circles are rare, but tried.
        if self.random.u32(..3) == 0 {
            let other = match self.random.u32(..8) {
                0 => self.random.usize(..=SERVICES),
                _ => (index + 1).min(SERVICES - 1),
            };
            config.dependencies = [Dependency::Service(name(other))].into();
        }
        config
    }

    // Faults.

    fn fault(&mut self) {
        let faults = self.faults;
        match self.random.u32(..12) {
            0..4 if faults.engine_dies => self.kill_engine(),
            4 if faults.guardian_dies => {
                self.note("the guardian is killed");
                self.world.kill_guardian();
                self.engines_killed += 1;
                self.pending.clear();
            }
            5 if faults.machine_reboots && self.chance(3) => self.reboot(),
            6..8 if faults.disk_fills => {
                self.disk_is_full = !self.disk_is_full;
                let full = self.disk_is_full;
                self.note(format_args!("the disk is full: {full}"));
                self.world.disk().set_full(full);
            }
            8 if faults.shutdown && self.chance(4) => {
                self.note("the daemon is asked to stop");
                self.world.machine().ask_for_shutdown();
                self.shut_down = true;
            }
            _ => {}
        }
    }

    fn kill_engine(&mut self) {
        let requests = self.world.machine().requests_len();
        let sent = self.random.usize(..=requests);
        self.note(format_args!(
            "the engine is killed; {sent} of its {requests} requests were sent"
        ));
        self.world.kill_engine(sent);
        if self.shut_down {
            self.world.machine().ask_for_shutdown();
        }
        self.engines_killed += 1;
        // Whoever asked sees the connection end.
        self.pending.clear();
    }

    fn reboot(&mut self) {
        self.note("the machine is switched off and on");
        self.world.reboot();
        self.shut_down = false;
        self.pending.clear();
    }

    /// The faults stop; an hour passes in which every process behaves.
    fn peace(&mut self) -> Result<(), String> {
        self.note("peace");
        self.world.disk().set_full(false);
        self.world.machine().next_start = StartOutcome::Runs;
        let alive: Vec<RunId> = self
            .world
            .machine()
            .alive()
            .map(|process| process.run)
            .collect();
        for run in alive {
            self.world.machine().set_ignores_stop(run, false);
        }
        let until = self.world.now().time + PEACE;
        self.world.behave();
        for _ in 0..DEADLINES_MAX {
            if !self.world.advance_to_next(until) {
                return Ok(());
            }
        }
        Err("something happens again and again although all services behave".to_owned())
    }
}

fn name(index: usize) -> ServiceName {
    ServiceName::new(format!("s{index}")).expect("a legal name")
}
