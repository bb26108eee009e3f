//! Turmoil: a world in which, by a seed, anything happens at any moment. Afterwards the faults stop,
//! and everything that was promised must be so. `processes` and `clients` hold what each of them does,
//! `budgets` what recovery may do, `kills` and `files` what is lost, `scaling` who adds and removes instances, `policies` who changes named policies.

mod budgets;
mod clients;
mod files;
mod kills;
mod policies;
mod processes;
mod scaling;

use std::time::Duration;

use relance_policy::simulate::StartOutcome;
use relance_policy::{RunId, StopCause};
use relance_scm::{ServiceName, Win32Error};

use super::disk::Disk;
use super::truth::{self, Common};
use super::world::{Pending, World};
use budgets::{Restarts, budgets};
use scaling::Scaling;

/// Services of a world.
const SERVICES: usize = 5;
/// How many of them are instances of one template.
const INSTANCES: usize = 4;
/// How long a world is left in peace before it is looked at.
const PEACE: Duration = Duration::from_secs(3600);
/// One world in this many has database files that are lost; such worlds take longer than those in memory.
const FILES_ONE_IN: u64 = 12;
/// Lines of the trace that are shown with a problem at most.
const TRACE_LEN: usize = 80;
/// How far the wall clock is set at most, in milliseconds.
const CLOCK_MS: i64 = 6 * 3600 * 1000;
/// Most deadlines in the hour of peace.
const DEADLINES_MAX: usize = 2_000;
/// The same with those after which nothing is written, heartbeats for instance.
const TURNS_MAX: usize = 100_000;

/// Which faults happen in a world. Each seed has only some of them, so that rare ones get their share.
#[derive(Clone, Copy, Debug)]
struct Faults {
    engine_dies: bool,
    guardian_dies: bool,
    machine_reboots: bool,
    disk_fills: bool,
    /// The files of the database, and the run journal.
    files_are_lost: bool,
    rubbish: bool,
    shutdown: bool,
    clock_is_set: bool,
    /// Most services are programs that often crash and are restarted at once, by standing orders.
    orders: bool,
    /// All services are instances of one template, and what clients do is scale it.
    scales: bool,
    /// Services use named policies, which change.
    policies: bool,
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
    /// How often files of the database or the run journal were lost or damaged.
    pub files_lost: usize,
    /// Failures counted (7031, 7034).
    pub failures: usize,
    /// Runs that the guardian has started by itself (X111).
    pub ordered: usize,
    /// Services that were held (1071).
    pub held: usize,
    /// Runs that have reached a soft ceiling (1047).
    pub recycled: usize,
    /// Runs that hung: no heartbeat, a bad probe, or said by themselves (1012, 1014).
    pub hung: usize,
    /// Starts by the clock that were missed (1075).
    pub missed: usize,
    /// Recovery actions that a budget has delayed (1176).
    pub delayed: usize,
    /// Reboots that a budget has refused (1177).
    pub refused: usize,
    /// Stop commands that were run.
    pub stop_commands: usize,
    /// Policies made, changed and deleted (1163 to 1165).
    pub policies: usize,
    /// How often a template got the number of instances that somebody wanted.
    pub scaled: usize,
    /// Probes that failed less often than they may.
    pub flaps: usize,
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
    seed: u64,
    world: World,
    random: fastrand::Rng,
    faults: Faults,
    common: Common,
    restarts: Restarts,
    scaling: Scaling,
    pending: Vec<Asked>,
    engines_killed: usize,
    files_lost: usize,
    disk_is_full: bool,
    shut_down: bool,
    /// How many commits the laws of policies have seen.
    commits_looked_at: usize,
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
        let files_are_lost = seed.is_multiple_of(FILES_ONE_IN);
        let faults = Faults {
            engine_dies: random.u8(..3) > 0,
            guardian_dies: random.u8(..3) == 0,
            machine_reboots: random.u8(..6) == 0,
            disk_fills: !files_are_lost && random.u8(..4) == 0,
            files_are_lost,
            rubbish: random.u8(..4) == 0,
            shutdown: random.u8(..8) == 0,
            clock_is_set: random.u8(..3) == 0,
            orders: !files_are_lost && fastrand::Rng::with_seed(!seed).u8(..5) == 0,
            scales: !files_are_lost && seed % 11 == 5,
            policies: !files_are_lost && seed % 7 == 4,
        };
        let disk = if faults.files_are_lost {
            Disk::with_files()
        } else {
            Disk::default()
        };
        // A generator of its own, so that the worlds of all seeds stay as they are.
        let mut chosen = fastrand::Rng::with_seed(seed);
        let mut budgets = budgets(&mut chosen);
        // Where the machine has a budget of restarts there are no orders.
        budgets.restarts = budgets.restarts.filter(|_| !faults.orders);
        let world = World::with_budgets(disk, budgets);
        world.machine().kernel_tells = random.bool();
        Self {
            seed,
            world,
            random,
            faults,
            common: Common {
                retries_starts: seed % 3 == 1,
                deadlines: seed % 5 == 1,
                statuses: seed % 7 < 3,
                listed: seed % 5 == 3,
                minds: seed % 4 == 1,
                groups: chosen.u8(..3) == 0,
                loses_changes: faults.disk_fills && (faults.engine_dies || faults.guardian_dies),
            },
            // What is lost with the disk is forgotten.
            restarts: Restarts::new(
                budgets
                    .restarts
                    .filter(|_| !faults.disk_fills && !faults.files_are_lost),
            ),
            scaling: Scaling::default(),
            pending: Vec::new(),
            engines_killed: 0,
            files_lost: 0,
            disk_is_full: false,
            shut_down: false,
            commits_looked_at: 0,
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
        let services = if self.faults.scales { 0 } else { services };
        for index in 0..services {
            let config = self.config(index);
            self.note(format_args!("create {config:?}"));
            let created = self.world.create(config);
            self.expect_answer(created);
        }
        self.world.settle();
        for _ in 0..steps {
            self.step();
            self.note_stops();
            truth::check_at_once(&self.world)?;
            self.restarts.check(&self.world)?;
            self.check_policies()?;
        }
        self.peace()?;
        self.scales_to_the_end()?;
        self.check_policies()?;
        truth::check_at_peace(&mut self.world, self.common)?;
        if let Some(silent) = self.pending.iter().find(|asked| !(asked.is_answered)()) {
            return Err(format!("never answered: {}", silent.what));
        }
        Ok(())
    }

    /// A stop command is run, and a process ended by force, once that is on record: what ends before was asked to, too.
    fn note_stops(&mut self) {
        let records: Vec<_> = self.world.records().cloned().collect();
        let mut machine = self.world.machine();
        for record in records {
            let Some(run) = &record.run else { continue };
            if run.stop.is_some() {
                machine.is_stopping(run.id);
            }
            if run.stop == Some(StopCause::Terminated) {
                machine.history.terminated.insert(run.id);
            }
        }
    }

    fn summarize(self) -> Summary {
        let log = self.world.log();
        let of = |ids: &[u32]| {
            let entries = log.iter().filter(|entry| ids.contains(&entry.event_id));
            entries.count()
        };
        let history = &mut self.world.machine().history;
        Summary {
            entries: log.len(),
            failures: of(&[7031, 7034]),
            held: of(&[1071]),
            recycled: of(&[1047]),
            hung: of(&[1012, 1014]),
            missed: of(&[1075]),
            delayed: of(&[1176]),
            refused: of(&[1177]),
            policies: of(&[1163, 1164, 1165]),
            stop_commands: history.stop_commands.len(),
            scaled: self.scaling.done,
            flaps: history.flaps,
            runs: history.runs.len(),
            ordered: history.ordered,
            engines_killed: self.engines_killed,
            files_lost: self.files_lost,
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
            78..90 if self.faults.scales && self.chance(2) => self.scales(),
            78..90 if self.faults.scales => self.all_goes_on(),
            78..90 if self.faults.policies && self.chance(3) => self.policies_change(),
            78..90 if self.faults.orders && !self.chance(4) => self.all_goes_on(),
            78..90 => self.client_asks(),
            90..94 if self.faults.clock_is_set && self.chance(12) => self.clock_is_set(),
            90..94 => self.time_passes(),
            94 => self.next_start(),
            _ => self.fault(),
        }
    }

    /// Guardian and engine do a little of what they have to do.
    fn all_goes_on(&mut self) {
        for _ in 0..self.random.u32(..4) {
            self.world.machine().carry_out();
            self.world.give_fact();
        }
        self.world.end_turn();
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

    /// Somebody sets the wall clock, forward or back; an engine that is just dead is not told.
    fn clock_is_set(&mut self) {
        let ahead = self.random.i64(0..CLOCK_MS);
        let is_told = self.chance(2) || !self.faults.engine_dies;
        self.note(format_args!("the clock is set {ahead} ms ahead"));
        self.world.move_wall(ahead, is_told);
        if !is_told {
            self.kill_engine();
        }
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

    fn fault(&mut self) {
        let faults = self.faults;
        match self.random.u32(..12) {
            0..4 if faults.engine_dies => self.kill_engine(),
            4 if faults.guardian_dies => self.kill_guardian(),
            9 if faults.guardian_dies => self.kill_guardian_of_frozen_engine(),
            10 => self.thaw(),
            6..8 if faults.files_are_lost => self.damage_files(),
            5 if faults.files_are_lost && self.chance(2) => self.damage_files_unseen(),
            11 if faults.files_are_lost && self.chance(3) => self.kill_guardian_with_journal(),
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

    /// The faults stop; an hour passes in which every process behaves.
    fn peace(&mut self) -> Result<(), String> {
        self.note("peace");
        self.thaw();
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
        let mut busy = 0;
        for _ in 0..TURNS_MAX {
            if busy >= DEADLINES_MAX {
                break;
            }
            let before = self.world.disk().commits();
            if !self.world.advance_to_next(until) {
                return Ok(());
            }
            self.restarts.check(&self.world)?;
            // Heartbeats are not facts: nothing is written for them.
            busy += usize::from(self.world.disk().commits() > before);
        }
        // X14: a start that cannot succeed (what it needs is gone) is tried again for ever, as configured.
        if self
            .world
            .records()
            .any(|record| truth::tries_in_vain(record))
        {
            return Ok(());
        }
        Err("something happens again and again although all services behave".to_owned())
    }
}

/// Some are instances of one template, which are recycled one at a time; the last is not.
fn name(index: usize) -> ServiceName {
    let name = if index < INSTANCES {
        format!("w@{}", index + 1)
    } else {
        format!("s{index}")
    };
    ServiceName::new(name).expect("a legal name")
}
