//! The engine: the one owner of every service record.
//!
//! It takes requests of clients, facts about processes and deadlines, one after the other, lets
//! policy decide, and carries the actions out. It never waits: what it asks of processes and of the
//! database comes back as facts. Its driver (`linux/driver.rs`, or a simulation) gives the
//! time with every call and ends each turn with [`Engine::end_turn`].
//!
//! Laws:
//! - Only this file and the ones below it change a record, and only by a step of policy.
//! - What a turn changed is committed in one batch; it is published, and a caller that waits for it is
//!   answered, when the batch is committed. Requests to create, signal or kill a process go out before that:
//!   the guardian keeps what came of them, and a new engine repeats the same step.
//! - Everything that happens once (a control, a command, the end of a run) is forgotten by the host
//!   only after it is on record.
//!
//! - Standing orders for the end of a run (`orders`) are recalled before the record changes.
//!
//! `boot` starts automatic services, `turn` ends turns and takes commits, `facts` what the host tells, `requests` what clients want,
//! `configure` changes of the configuration, `starts` services that must run first, `lifetime` the
//! boot and the shutdown.

mod authors;
mod boot;
mod budgets;
mod circles;
mod configure;
mod deadlines;
mod dependencies;
mod errors;
mod facts;
mod giving_up;
mod held;
mod lifetime;
mod orders;
mod policies;
mod recycles;
mod requests;
mod restarts;
mod restored;
mod schedules;
mod shutdown;
mod starts;
mod submitted;
mod turn;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use relance_policy::budget::MachineBudgets;
use relance_policy::{
    Action, Answer, ControlId, Input, RunId, ServiceId, ServiceRecord, ShutdownLimits, Time,
};
use relance_scm::config::PriorityClass;
use relance_scm::event::Event;
use relance_scm::event_log::{Author, By, LogEntry, NewEntry};
use relance_scm::status::ServiceStatus;
use relance_scm::{Reply, ServiceName, Win32Error};
use relance_texts::Sentence;
use relance_wire::channel::{ControlRequest, ManagerFrame};

use crate::ceilings::Ceilings;
use crate::database::{Loaded, Restored, Unreadable};
use crate::event_log::{entry_of_manager, entry_of_program, entry_of_service, wants_output};
use crate::info::status_of;
use crate::liveness::Liveness;
use crate::names::Names;
use crate::policies::Policies;
use crate::processes::Processes;
use crate::publisher::{Change, Listener};
use crate::restraint::{Cause, Restraint};
use crate::storage::Storage;
use relance_scm::event_log::Timestamp;

pub use lifetime::Beginning;

use configure::PendingConfigure;
use errors::{control_error, start_error};
use starts::Wait;
use turn::{Effect, SubmittedTurn, Turn};

/// This moment on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The clock of deadlines and reset periods.
    pub time: Time,
    /// The clock of the event log.
    pub wall: Timestamp,
}

/// Settings of the daemon that the engine obeys.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The order of the load order groups at boot (C18, D8).
    pub load_order_groups: Vec<Box<str>>,
    /// How long a shutdown waits.
    pub shutdown: ShutdownLimits,
    /// At boot the services of files come first.
    pub services_come_first: bool,
    /// What recovery may do on the whole machine.
    pub budgets: MachineBudgets,
}

/// See the module.
pub struct Engine<P, S> {
    processes: P,
    storage: S,
    settings: Settings,
    listeners: Vec<Arc<dyn Listener>>,
    services: BTreeMap<ServiceId, Slot>,
    names: Names,
    /// Earliest deadline of each service that has one.
    deadlines: BTreeSet<(Time, ServiceId)>,
    /// Services that need others, so that a stop need not look at all.
    with_dependencies: BTreeSet<ServiceId>,
    /// Services that must be told when a service that they need is down.
    minding: BTreeSet<ServiceId>,
    /// Services that are started by the clock.
    schedules: schedules::Schedules,
    /// Services with a requested restart that has not finished.
    restarting: BTreeSet<ServiceId>,
    /// Services that may wait for their turn to be recycled.
    recycling: BTreeSet<ServiceId>,
    /// What recovery may still do, and which actions wait for that.
    budgets: budgets::MachineState,
    /// What the host does by itself.
    orders: orders::Orders,
    policies: Arc<Policies>,
    waits: Vec<Wait>,
    boot_starts: Option<boot::BootStarts>,
    /// The services of files are not there yet.
    boot_waits: bool,
    configures: VecDeque<PendingConfigure>,
    configuring: bool,
    turn: Turn,
    submitted: VecDeque<SubmittedTurn>,
    /// What the host may forget once the database can be written again.
    withheld: VecDeque<Effect>,
    /// Set while the engine catches up after a restart. Until then no deadline fires: the message that meets it
    /// may be waiting in a channel.
    catching_up: Option<lifetime::CatchUp>,
    last_service: u32,
    last_entry: u64,
    last_batch: u64,
    restraint: Restraint,
    liveness: Liveness,
    ceilings: Ceilings,
    shutting_down: bool,
    shut_down_sent: bool,
    is_fenced: bool,
    /// Whether the engine's beginning is on record, or is kept until it can be written.
    is_on_record: bool,
    /// What a boot asks of processes until it is on record.
    held: Option<Vec<Action>>,
    /// The caller on whose behalf the engine works at the moment.
    authors: authors::Authors,
    /// What was wrong with the files of the database.
    notices: Vec<String>,
    /// Services that were not loaded.
    unreadable: Vec<Unreadable>,
    /// Set until the records of a backup are brought up to now.
    restored: Option<Restored>,
    /// Whether the web console had failed by the last report.
    console_fails: bool,
    /// Whether other users could open the folder of the database when it was last checked.
    is_opened: bool,
}

/// One service and those who wait for it.
struct Slot {
    record: Arc<ServiceRecord>,
    deadline: Option<Time>,
    waiters: Vec<Waiter>,
    /// Why the last start failed, in a sentence.
    problem: Option<Sentence>,
    /// Set while its creation is not committed: nobody may use it yet.
    is_new: bool,
}

/// Somebody who waits for an answer.
enum Waiter {
    Start(RunId, Reply<()>),
    Control(RunId, ControlId, Reply<ServiceStatus>, Option<Arc<Author>>),
}

impl<P: Processes, S: Storage> Engine<P, S> {
    /// An engine for what was loaded; nothing happens before [`begin`](Self::begin).
    pub fn new(
        processes: P,
        storage: S,
        settings: Settings,
        listeners: Vec<Arc<dyn Listener>>,
        loaded: Loaded,
    ) -> Self {
        let budgets = budgets::MachineState::new(settings.budgets, loaded.budgets.as_deref());
        let mut engine = Self {
            processes,
            storage,
            settings,
            listeners,
            services: BTreeMap::new(),
            names: Names::default(),
            deadlines: BTreeSet::new(),
            with_dependencies: BTreeSet::new(),
            minding: BTreeSet::new(),
            schedules: schedules::Schedules::default(),
            restarting: BTreeSet::new(),
            recycling: BTreeSet::new(),
            budgets,
            orders: orders::Orders::default(),
            policies: Policies::read(loaded.policies.as_deref()).into(),
            waits: Vec::new(),
            boot_starts: None,
            boot_waits: false,
            configures: VecDeque::new(),
            configuring: false,
            turn: Turn::default(),
            submitted: VecDeque::new(),
            withheld: VecDeque::new(),
            catching_up: None,
            last_service: loaded.last_service,
            last_entry: loaded.last_entry,
            last_batch: 0,
            restraint: Restraint::default(),
            liveness: Liveness::default(),
            ceilings: Ceilings::default(),
            shutting_down: false,
            shut_down_sent: false,
            is_fenced: false,
            is_on_record: false,
            held: None,
            authors: authors::Authors::default(),
            notices: loaded.notices,
            unreadable: loaded.unreadable,
            restored: loaded.restored,
            console_fails: false,
            is_opened: false,
        };
        engine.recall_boot_starts(loaded.boot_starts.as_deref().unwrap_or_default());
        for record in loaded.records {
            engine.insert(record);
        }
        for service in &engine.unreadable {
            engine.names.reserve(&service.name_key);
        }
        engine
    }

    /// Tells the listeners what has been committed.
    fn tell(&self, changes: &[Change]) {
        for listener in &self.listeners {
            listener.committed(changes);
        }
    }

    /// The host, for the driver of the engine.
    pub fn processes(&mut self) -> &mut P {
        &mut self.processes
    }

    /// The committer, for the driver of the engine.
    pub fn storage(&mut self) -> &mut S {
        &mut self.storage
    }

    /// The record of a service, perhaps not committed yet.
    #[must_use]
    pub fn record(&self, name: &ServiceName) -> Option<&Arc<ServiceRecord>> {
        self.services
            .get(&self.names.find(name)?)
            .map(|slot| &slot.record)
    }

    /// The service of this name, unless its creation is not committed yet.
    fn find(&self, name: &ServiceName) -> Option<ServiceId> {
        let id = self.names.find(name)?;
        (!self.services.get(&id)?.is_new).then_some(id)
    }

    /// All records, perhaps not committed yet.
    pub fn records(&self) -> impl Iterator<Item = &Arc<ServiceRecord>> {
        self.services.values().map(|slot| &slot.record)
    }

    /// Whether the host has still to tell what was there when the engine began. Clients wait until it has.
    #[must_use]
    pub fn is_catching_up(&self) -> bool {
        self.catching_up.is_some()
    }

    /// Gives an input to the record of a service and carries out what follows.
    fn input(&mut self, now: Moment, id: ServiceId, input: Input) -> Answer {
        let before = self.before(id);
        let answer = self.input_alone(now, id, input);
        self.look_at_waits(now, id);
        if let Some(before) = before {
            self.look_at_change(now, &before);
        }
        answer
    }

    /// The same, but starts that wait for this service are notified later.
    fn input_alone(&mut self, now: Moment, id: ServiceId, input: Input) -> Answer {
        let is_fact = !input.is_request();
        let Some((before, outcome)) = self.decide(now, id, input) else {
            return Answer::Stale;
        };
        if outcome.record != *before
            && let Some(slot) = self.services.get_mut(&id)
        {
            if outcome.record.restart.is_some() {
                self.restarting.insert(id);
            }
            slot.record = Arc::new(outcome.record);
            self.orders.look_at(now.time, &slot.record);
            self.turn.changed.insert(id);
            self.liveness.watch(id, slot.record.watched(), now.time);
            self.processes.look_after(&slot.record);
            self.note_ceilings(now, id);
            self.note_budgets(id);
            self.schedule(id);
        }
        for action in outcome.actions {
            self.carry_out(now, id, &before, action);
        }
        if is_fact {
            self.look_for_giving_up(now, &before, id);
        }
        outcome.answer
    }

    fn carry_out(&mut self, now: Moment, id: ServiceId, before: &ServiceRecord, action: Action) {
        let Some(slot) = self.services.get(&id) else {
            return;
        };
        if let (Action::Spawn(run) | Action::ResolveDependencies(run), Some(catch_up)) =
            (&action, &mut self.catching_up)
        {
            catch_up.begun.insert(*run);
        }
        let config = &slot.record.config;
        let effects = &mut self.turn.effects;
        match action {
            Action::Spawn(run) if self.orders.has_started(run) => {}
            Action::Spawn(_)
            | Action::SignalStop(_)
            | Action::Signal { .. }
            | Action::Terminate(_) => self.ask_process(action),
            Action::RunStopCommand(run) => {
                let config = Arc::clone(config);
                effects.push(Effect::StopCommand(run, config));
            }
            Action::SetPriority(run) => {
                let class = config.priority.unwrap_or(PriorityClass::Normal);
                effects.push(Effect::SetPriority(run, class));
            }
            Action::SetLimits { run, before } => {
                let after = Arc::clone(config);
                effects.push(Effect::SetLimits(run, before, after));
            }
            Action::ResolveDependencies(run) => self.resolve_dependencies(now, run),
            Action::DeliverControl { run, id, control } => {
                let request = ControlRequest {
                    id: id.0,
                    code: control.to_raw(),
                };
                effects.push(Effect::Send(run, ManagerFrame::Control(request)));
            }
            Action::RunCommand { id, command } => {
                let config = Arc::clone(config);
                effects.push(Effect::RunCommand(id, config, command));
            }
            Action::Reboot { id } => effects.push(Effect::Reboot(id)),
            Action::Broadcast { message, .. } => effects.push(Effect::Broadcast(message)),
            Action::Log(event) => {
                let by = self.author_of(id, before, &event);
                self.log_by(now, id, &event, by);
            }
            Action::CompleteStart { run, result } => self.complete_start(id, run, result),
            Action::CompleteControl {
                run,
                id: control,
                result,
            } => {
                self.complete_control(id, run, control, result);
            }
            Action::Remove => self.remove(now, id),
        }
    }

    fn log(&mut self, now: Moment, id: ServiceId, event: &Event) {
        self.log_by(now, id, event, None);
    }

    fn log_by(&mut self, now: Moment, id: ServiceId, event: &Event, by: Option<By>) {
        let Some(slot) = self.services.get(&id) else {
            return;
        };
        let mut entry = entry_of_service(0, now.wall, event, &slot.record);
        entry.details.by = by;
        let wanted = entry.details.run.filter(|_| wants_output(&entry));
        let output = wanted.and_then(|run| self.processes.last_output(run));
        match Cause::of(&entry) {
            Some(cause) => {
                let entries = self.restraint.take(now.time, cause, entry);
                self.write(entries);
            }
            None => self.write_one(entry, output),
        }
    }

    /// An entry in a program's own words; about the service of that name, if there is one.
    fn write_event(&mut self, now: Moment, entry: NewEntry, author: Author) {
        let cause = match &author.service {
            Some(service) => Cause::Service(service.clone()),
            None => Cause::User(author.name.clone()),
        };
        let service = ServiceName::new(&*entry.name)
            .ok()
            .and_then(|name| self.record(&name).cloned());
        let entry = entry_of_program(now.wall, entry, author, service.as_deref());
        let entries = self.restraint.take(now.time, cause, entry);
        self.write(entries);
    }

    fn write(&mut self, entries: Vec<LogEntry>) {
        for entry in entries {
            self.write_one(entry, None);
        }
    }

    /// Numbers an entry and hands it to the next batch, with the last lines of output if they belong to
    /// it.
    fn write_one(&mut self, entry: LogEntry, output: Option<Receiver<String>>) {
        self.last_entry += 1;
        let number = self.last_entry;
        self.turn
            .entries
            .push((LogEntry { number, ..entry }, output));
    }

    fn log_of_manager(&mut self, now: Moment, event: &Event) {
        self.write_one(entry_of_manager(0, now.wall, event), None);
    }

    fn complete_start(&mut self, id: ServiceId, run: RunId, result: Result<(), Win32Error>) {
        let Some(slot) = self.services.get_mut(&id) else {
            return;
        };
        let result = result.map_err(|error| start_error(slot, error));
        let waits = |waiter: &mut Waiter| matches!(waiter, Waiter::Start(of, _) if *of == run);
        for waiter in slot.waiters.extract_if(.., waits) {
            if let Waiter::Start(_, reply) = waiter {
                self.turn.effects.push(Effect::Reply(reply, result.clone()));
            }
        }
    }

    fn complete_control(
        &mut self,
        id: ServiceId,
        run: RunId,
        control: ControlId,
        result: Result<(), Win32Error>,
    ) {
        let Some(slot) = self.services.get_mut(&id) else {
            return;
        };
        let name = &slot.record.config.service_name;
        let result = match result {
            Ok(()) => Ok(status_of(&slot.record)),
            Err(code) => Err(control_error(name, code)),
        };
        let waits = |waiter: &mut Waiter| matches!(waiter, Waiter::Control(of, id, ..) if (*of, *id) == (run, control));
        for waiter in slot.waiters.extract_if(.., waits) {
            if let Waiter::Control(_, _, reply, _) = waiter {
                self.turn
                    .effects
                    .push(Effect::ReplyControl(reply, result.clone()));
            }
        }
    }

    fn insert(&mut self, record: Arc<ServiceRecord>) {
        let id = record.id;
        self.names.insert(id, &record.config);
        if !record.config.dependencies.is_empty() {
            self.with_dependencies.insert(id);
        }
        if record.restart.is_some() {
            self.restarting.insert(id);
        }
        let slot = Slot {
            record,
            deadline: None,
            waiters: Vec::new(),
            problem: None,
            is_new: false,
        };
        self.services.insert(id, slot);
        self.note_minding(id);
        self.note_budgets(id);
        self.schedule(id);
    }

    /// C31: a deleted service is gone.
    fn remove(&mut self, now: Moment, id: ServiceId) {
        let by = self.deleted_by(id);
        self.log_by(now, id, &Event::Deleted, by);
        if let Some(record) = self.take_out(id) {
            self.turn.changed.remove(&id);
            self.turn.removed.push(record);
        }
    }

    /// Takes a service out of every index.
    fn take_out(&mut self, id: ServiceId) -> Option<Arc<ServiceRecord>> {
        let slot = self.services.remove(&id)?;
        if let Some(at) = slot.deadline {
            self.deadlines.remove(&(at, id));
        }
        self.names.remove(&slot.record.config);
        self.liveness.forget(id);
        self.processes.look_away(id);
        self.ceilings.forget(id);
        self.forget_place(id);
        self.with_dependencies.remove(&id);
        self.minding.remove(&id);
        self.schedules.note(id, None);
        Some(slot.record)
    }
}
