//! A world: one engine between a machine and a disk, in virtual time. `requests` is what clients ask of it.

mod requests;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use relance_engine::engine::{Beginning, Engine, Moment, Settings};
use relance_engine::processes::Fact;
use relance_engine::publisher::{self, Listener, Publisher};
use relance_policy::budget::MachineBudgets;
use relance_policy::{RunId, ServiceId, ServiceRecord, ShutdownLimits, Time};
use relance_scm::event_log::{LogEntry, Timestamp};
use relance_scm::{Caller, ServiceName, ServiceState};

pub use requests::Pending;

use super::disk::{Disk, SharedDisk, SimStorage};
use super::machine::{Machine, SharedMachine, SimProcesses};

/// Most turns that one settling takes; more is a loop.
const TURNS_MAX: usize = 100_000;

/// See the module.
pub struct World {
    machine: SharedMachine,
    disk: SharedDisk,
    engine: Engine<SimProcesses, SimStorage>,
    now: Rc<Cell<Time>>,
    /// How far the wall clock is ahead of the other, in milliseconds.
    wall_ahead: i64,
    boots: u32,
    /// Of the manager's settings, for every engine.
    budgets: MachineBudgets,
    caller: Caller,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// A machine that has just booted, without services.
    #[must_use]
    pub fn new() -> Self {
        Self::on(Disk::default())
    }

    /// The same, with this disk.
    #[must_use]
    pub fn on(disk: Disk) -> Self {
        Self::with_budgets(disk, MachineBudgets::default())
    }

    /// The same, with budgets of recovery.
    #[must_use]
    pub fn with_budgets(disk: Disk, budgets: MachineBudgets) -> Self {
        let machine: SharedMachine = Rc::new(RefCell::new(Machine::default()));
        let disk: SharedDisk = Rc::new(RefCell::new(disk));
        // Not zero, so that a time that was never set shows.
        let now = Rc::new(Cell::new(Time::from_millis(1_000_000)));
        let engine = engine(&machine, &disk, budgets);
        let mut world = Self {
            machine,
            disk,
            engine,
            now,
            wall_ahead: 0,
            boots: 0,
            budgets,
            caller: Caller::system(),
        };
        world.begin_boot();
        world
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> Moment {
        let time = self.now.get();
        let wall = i64::try_from(time.as_nanos() / 1_000_000).expect("a short life");
        Moment {
            time,
            wall: Timestamp(wall + self.wall_ahead),
        }
    }

    /// The machine.
    pub fn machine(&self) -> std::cell::RefMut<'_, Machine> {
        let mut machine = self.machine.borrow_mut();
        machine.now = self.now.get();
        machine
    }

    /// The disk.
    pub fn disk(&self) -> std::cell::RefMut<'_, Disk> {
        self.disk.borrow_mut()
    }

    /// The event log.
    #[must_use]
    pub fn log(&self) -> Vec<Arc<LogEntry>> {
        self.disk.borrow().log().to_vec()
    }

    /// The records as the engine has them.
    pub fn records(&self) -> impl Iterator<Item = &Arc<ServiceRecord>> {
        self.engine.records()
    }

    /// The record of a service.
    #[must_use]
    pub fn record(&self, name: &ServiceName) -> Option<Arc<ServiceRecord>> {
        self.engine.record(name).cloned()
    }

    /// The identity of a service.
    ///
    /// # Panics
    /// If there is no such service.
    #[must_use]
    pub fn id(&self, name: &ServiceName) -> ServiceId {
        self.record(name).expect("a known service").id
    }

    /// The state of a service.
    ///
    /// # Panics
    /// If there is no such service.
    #[must_use]
    pub fn state(&self, name: &ServiceName) -> ServiceState {
        self.record(name).expect("a known service").state
    }

    // The engine's driver, step by step.

    /// Gives the engine the next fact, if there is one.
    pub fn give_fact(&mut self) -> bool {
        let fact = self.machine().next_fact();
        let Some(fact) = fact else { return false };
        self.machine()
            .note(format_args!("        engine: {fact:?}"));
        let now = self.now();
        // As the driver does: what ended has ended now, on a clock that is moved by hand.
        let fact = match fact {
            Fact::Exited {
                run, exit, next, ..
            } => Fact::Exited {
                run,
                exit,
                at: now.time,
                next,
            },
            fact => fact,
        };
        self.engine.fact(now, fact);
        true
    }

    /// Tells the engine of the next commit, if there is one.
    pub fn give_commit(&mut self) -> bool {
        let committed = self.disk().next_committed();
        let Some(committed) = committed else {
            return false;
        };
        let outcome = &committed.outcome;
        self.machine().note(format_args!(
            "        engine: commit {} {outcome:?}",
            committed.id
        ));
        self.engine.committed(self.now(), committed);
        true
    }

    /// Lets deadlines fire and ends the turn.
    pub fn end_turn(&mut self) {
        let now = self.now();
        self.engine.fire_deadlines(now);
        self.engine.end_turn(now);
    }

    /// Everything that follows from what is there, without any time passing. Processes do only what
    /// the caller makes them do.
    pub fn settle(&mut self) {
        for _ in 0..TURNS_MAX {
            while self.machine().carry_out() {}
            self.machine().look_at_all();
            while self.give_fact() {}
            while self.give_commit() {}
            self.end_turn();
            let waiting = self.disk().waiting();
            self.disk().write(waiting);
            let quiet = self.machine().is_quiet() && self.disk().is_quiet();
            if quiet && self.engine.is_settled() && !self.is_due() {
                return;
            }
        }
        panic!("the engine never comes to rest");
    }

    /// The same, with processes that do what a good service would.
    pub fn behave(&mut self) {
        self.settle();
        while self.machine().behave() {
            self.settle();
        }
    }

    fn is_due(&self) -> bool {
        self.engine
            .next_deadline()
            .is_some_and(|at| at <= self.now.get())
    }

    // Time.

    /// Moves the clock without letting anything happen.
    pub fn jump(&mut self, by: Duration) {
        self.now.set(self.now.get() + by);
    }

    /// Lets time pass, deadline by deadline, with processes that behave.
    pub fn advance(&mut self, by: Duration) {
        let until = self.now.get() + by;
        self.behave();
        while self.advance_to_next(until) {}
        self.now.set(until);
        self.behave();
    }

    /// Sets the wall clock, and nothing else happens. An engine that has not begun yet is not told.
    pub fn move_wall(&mut self, ahead: i64, is_told: bool) {
        self.wall_ahead = ahead;
        if is_told {
            self.engine.clock_was_set(self.now());
        }
    }

    /// Sets the wall clock, so many milliseconds ahead of the other.
    pub fn set_wall(&mut self, ahead: i64) {
        self.wall_ahead = ahead;
        let now = self.now();
        self.engine.clock_was_set(now);
        self.engine.end_turn(now);
        self.behave();
    }

    /// When something is started by the clock next.
    #[must_use]
    pub fn next_scheduled(&self) -> Option<Timestamp> {
        self.engine.next_scheduled()
    }

    /// Goes to the next deadline, if it comes by then.
    pub fn advance_to_next(&mut self, until: Time) -> bool {
        let scheduled = self
            .engine
            .next_scheduled()
            .map(|at| Time::from_millis(u64::try_from(at.0 - self.wall_ahead).unwrap_or_default()));
        let deadline = self.engine.next_deadline();
        let next = deadline.into_iter().chain(scheduled).min();
        let next = next.filter(|at| *at <= until);
        if let Some(at) = next {
            self.now.set(self.now.get().max(at));
            self.machine().beat();
            self.behave();
        }
        next.is_some()
    }

    // The engine's life.

    fn begin_boot(&mut self) {
        self.boots += 1;
        let now = self.now();
        let boot = Beginning::Boot(format!("boot {}", self.boots));
        self.engine.begin(now, &boot);
        self.engine.end_turn(now);
    }

    fn new_engine(&mut self) {
        self.disk().engine_died();
        self.begin_engine();
    }

    fn begin_engine(&mut self) {
        self.engine = engine(&self.machine, &self.disk, self.budgets);
    }

    /// The engine is killed after so many of its last requests to the guardian were sent, and a new
    /// one begins.
    pub fn kill_engine(&mut self, sent: usize) {
        self.machine().engine_died(sent);
        self.new_engine();
        for record in self.records().cloned().collect::<Vec<_>>() {
            let run = record.run.as_ref().map(|run| (run.id, run.kind, run.phase));
            let (name, state) = (&record.config.service_name, record.state);
            self.machine()
                .note(format_args!("    on record: {name} {state:?} {run:?}"));
        }
        let beginning = self.beginning_or(Beginning::Restart);
        self.engine.begin(self.now(), &beginning);
        self.machine().greet();
    }

    /// An engine boots as long as the boot is not on record.
    fn beginning_or(&self, other: Beginning) -> Beginning {
        let boot = format!("boot {}", self.boots);
        let is_on_record = self.disk().boot().as_ref() == Some(&boot);
        if is_on_record {
            other
        } else {
            Beginning::Boot(boot)
        }
    }

    /// Guardian and engine are killed; see [`Machine::guardian_died`]. Services run on, until a new daemon
    /// is started.
    pub fn kill_guardian(&mut self, begun: usize, forgets: impl FnMut() -> bool) {
        self.machine().guardian_died(begun, forgets);
    }

    /// The same, and the run journal is lost with it.
    pub fn kill_guardian_with_journal(&mut self, begun: usize) {
        self.kill_guardian(begun, || true);
        let records = self.disk().load().records;
        let runs = || records.iter().filter_map(|record| record.run.as_ref());
        let previous = records.iter().filter_map(|record| record.previous.as_ref());
        let known = runs().filter(|run| run.pid != 0).map(|run| run.id);
        let recorded = known.chain(previous.map(|run| run.run)).collect();
        let is_new = |run: RunId| {
            let record = records.iter().find(|record| record.id == run.service);
            let begins =
                |record: &ServiceRecord| record.run.as_ref().is_some_and(|own| own.id == run);
            record.is_none_or(|record| record.runs < run.number || begins(record))
        };
        self.machine().lose_journal(&recorded, is_new);
    }

    /// A new daemon takes over what still runs.
    pub fn start_daemon(&mut self) {
        self.machine().guardian_began();
        self.new_engine();
        let beginning = self.beginning_or(Beginning::Adoption);
        self.engine.begin(self.now(), &beginning);
        self.machine().greet();
        self.machine().attach_all();
    }

    /// The machine is switched off and on.
    pub fn reboot(&mut self) {
        self.machine().reboot();
        self.new_engine();
        self.begin_boot();
    }

    /// Whether what stands in the database is what the engine has in memory.
    pub fn database_matches(&mut self) -> Result<(), String> {
        let stored = self.disk().load().records;
        // A shutdown is not stored: a new engine is told of it again.
        let without_shutdown = |record: &Arc<ServiceRecord>| ServiceRecord {
            shutting_down: false,
            shutdown: None,
            limits: ShutdownLimits::default(),
            ..(**record).clone()
        };
        let live = self.records().map(without_shutdown);
        let live: Vec<_> = live.map(Arc::new).collect();
        let names = |records: &[Arc<ServiceRecord>]| -> Vec<String> {
            let names = records
                .iter()
                .map(|record| record.config.service_name.to_string());
            names.collect()
        };
        let (stored_names, live_names) = (names(&stored), names(&live));
        if stored_names != live_names {
            return Err(format!(
                "in the database: {stored_names:?}, in memory: {live_names:?}"
            ));
        }
        let differ = stored
            .iter()
            .zip(&live)
            .find(|(stored, live)| stored != live);
        differ.map_or(Ok(()), |(stored, live)| {
            Err(format!("in the database: {stored:?}\nin memory: {live:?}"))
        })
    }

    // Clients.

    /// Whether the engine takes requests: not while it catches up after a restart.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.engine.is_catching_up()
    }
}

fn engine(
    machine: &SharedMachine,
    disk: &SharedDisk,
    budgets: MachineBudgets,
) -> Engine<SimProcesses, SimStorage> {
    let loaded = disk.borrow_mut().load();
    Engine::new(
        SimProcesses(Rc::clone(machine)),
        SimStorage(Rc::clone(disk)),
        Settings {
            budgets,
            ..Settings::default()
        },
        vec![
            Arc::new(Publisher::new(Timestamp(1000))),
            Arc::new(InOrder::default()),
        ],
        loaded,
    )
}

/// A listener that checks what the engine promises: entries are told in their order, each once.
#[derive(Default)]
struct InOrder {
    last: AtomicU64,
}

impl Listener for InOrder {
    fn committed(&self, changes: &[publisher::Change]) {
        for change in changes {
            if let publisher::Change::Logged(entry) = change {
                let last = self.last.swap(entry.number, Ordering::Relaxed);
                assert!(last < entry.number, "entry {} after {last}", entry.number);
            }
        }
    }
}
