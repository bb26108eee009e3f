//! The guardian: parent of every service and of the engine. Small on purpose: no threads, no
//! database, no network, no decisions.
//!
//! It creates processes when the engine asks, or has asked in advance (`orders`), reaps everything that ends (it
//! is the subreaper, in a container the init), and keeps each end until the engine has acknowledged it, together
//! with a duplicate of the run's control channel and output. So the engine may be killed at any moment: its
//! successor is told what runs and what has ended meanwhile, and no service notices. The same stands in
//! a file (`journal`), from which the next guardian takes it over (`takeover`) if this one is killed.
//!
//! Where the engine cannot end the services in good order, the guardian does (`shutdown`). An engine that
//! does not answer is replaced (`attention`).
//!
//! If a console is configured, it also keeps that running: a process that gets nothing but its
//! listening socket, under an account of its own.
//!
//! Descriptors 3 to 7 belong to `Spawner`; everything else lies above.

mod adopted;
mod attention;
mod console;
mod engine;
mod farewell;
mod groups;
mod hand_over;
pub(super) mod journal;
mod notifier;
mod orders;
mod probe;
mod reaping;
mod rest;
mod restart;
mod room;
mod services;
mod shutdown;
mod socket;
mod stop_command;
mod strays;
mod streams;
mod takeover;

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use rustix::event::{Timespec, epoll};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

use adopted::Adopted;
use attention::Attention;
use console::Console;
pub use console::{ConsoleSetup, handed_over_listener};
use engine::Engine;
use hand_over::HandedOver;
pub use hand_over::{
    VARIABLE as HAND_OVER_VARIABLE, VERSION as HAND_OVER_VERSION, ask_to_exchange, can_be_exchanged,
};
use journal::{Asked, End, Intent, Journal, Slot};
use notifier::Notifier;
pub use notifier::NotifierSetup;
use probe::ProbeCommand;
use rest::Rest;
use restart::Restart;
pub use shutdown::EXIT_WITHOUT_ENGINE;
use shutdown::{Shutdown, Stop};
use socket::SocketWatch;
use stop_command::{StopCommand, StopProcess};
use streams::Streams;

use super::board::Board;
use super::cgroup::{Group, GroupNames, Tree};
use super::channel::Channel;
use super::clock;
pub use super::kept::Kept;
use super::protocol::{
    ActionKey, GuardianReport, GuardianRequest, Order, RunKey, StreamKey, run_of, stream_of,
};
use super::secret::Secret;
use super::signals::{REOPEN, Signals, UPGRADE};
use super::spawn::{Inherited, SpawnError, Spawner};

/// An engine ends with this status when it cannot start at all, so that trying again would not help.
pub const EXIT_CANNOT_START: i32 = 78;

const TOKEN_SIGNALS: u64 = 0;
const TOKEN_ENGINE: u64 = 1;
const TOKEN_GROUPS: u64 = 2;
const TOKEN_LISTENER: u64 = 3;
const TOKEN_SOCKET: u64 = 4;
/// Set for the process of a run that was taken over; other tokens of runs are for their output.
const TOKEN_ADOPTED: u64 = 1 << 63;
/// Set for the control channel of a run that the guardian stops itself. Services are numbered from 1.
const TOKEN_FAREWELL: u64 = 1 << 62;
/// Set for the processes that are left of a run whose main process has ended.
const TOKEN_REST: u64 = 1 << 61;
/// Set for the stop command of a run that was taken over. (The bit between is that of standard error.)
const TOKEN_STOP_COMMAND: u64 = 1 << 59;

/// What the guardian is given.
pub struct Setup {
    /// The program of the engine: absolute path and arguments. It finds the link as descriptor 3 and
    /// the listening socket as descriptor 4.
    pub engine: Vec<String>,
    /// Its environment.
    pub environment: Vec<String>,
    /// Where the socket is on which clients are served ...
    pub socket: PathBuf,
    /// ... and that socket; kept open here, so that clients wait while an engine is replaced.
    pub listener: OwnedFd,
    /// Those of the state folder and of the socket, held for the life of the daemon.
    pub locks: [OwnedFd; 2],
    /// The id of the state folder.
    pub identity: String,
    /// Told `READY=1` when the first engine is ready (`NOTIFY_SOCKET`).
    pub notify: Option<PathBuf>,
    /// The web console, if one is configured.
    pub console: Option<ConsoleSetup>,
    /// The notifier, where it can run.
    pub notifier: Option<NotifierSetup>,
    /// What the daemon's control groups are called; `None`: services get none.
    pub cgroups: Option<GroupNames>,
    /// The folder of the pipes into which services print.
    pub streams: PathBuf,
    /// The run journal, in the state folder.
    pub journal: PathBuf,
    /// The mark that all services were stopped, in the state folder.
    pub stopped: PathBuf,
    /// How long services have to stop when the guardian stops them itself.
    pub wait_to_kill: Duration,
    /// How long an engine may leave the guardian without an answer; zero: for ever.
    pub engine_patience: Duration,
    /// Whether the state folder is a copy of another one: what it says of processes may be about those
    /// of another daemon.
    pub is_copy: bool,
}

/// The process as it was found; made before anything else is opened.
pub struct Prepared {
    spawner: Spawner,
    handed_over: Option<HandedOver>,
}

impl Prepared {
    /// What this process has kept from when it was another program; to be asked for once.
    pub fn kept(&mut self) -> Kept {
        let handed_over = self.handed_over.as_mut();
        handed_over.map(HandedOver::kept).unwrap_or_default()
    }
}

/// Takes the lowest descriptors for the spawner, makes signals and limits its own, and becomes the
/// subreaper.
///
/// # Errors
/// When the system refuses one of these.
pub fn prepare() -> io::Result<Prepared> {
    let handed_over = HandedOver::take()?;
    if handed_over.is_none() {
        super::process::close_all_but(&[])?;
    }
    super::process::default_signals();
    let nofile = super::process::raise_nofile_limit()?;
    let oom_protected = super::process::is_oom_protected();
    let spawner = Spawner::new(Inherited {
        nofile,
        oom_protected,
    })?;
    super::process::become_subreaper()?;
    Ok(Prepared {
        spawner,
        handed_over,
    })
}

struct Run {
    pid: u32,
    birth: u64,
    secret: Secret,
    channel: Option<Rc<OwnedFd>>,
    /// The socket on which it reports about itself (`NOTIFY_SOCKET`).
    notify: Option<Rc<OwnedFd>>,
    /// The reading end of the descriptor on which it says that it is ready.
    ready: Option<Rc<OwnedFd>>,
    group: Option<Group>,
    end: Option<Box<End>>,
    /// How many others were in its control group when it ended with 0.
    left: u32,
    /// Its place in the journal.
    slot: Option<Slot>,
    /// Set while it runs, for one that an earlier guardian has started.
    adopted: Option<Box<Adopted>>,
    /// The name of its service, where it is known.
    service: Option<Box<str>>,
    /// The signal that asks it to stop if it has no control channel.
    stop_signal: i32,
    /// How long it may take to stop, if it is a program.
    stop_grace_ms: Option<u32>,
    /// The keys of the services that it needs.
    needs: Vec<String>,
    /// The progress of its end, if the guardian stops everything without the engine.
    stop: Stop,
    /// Whether this guardian has started it.
    is_child: bool,
    /// The progress of its stop.
    asked: Asked,
    /// The command that stops it, once that was run.
    stop_command: Option<StopCommand>,
    /// Set once its main process has ended, while others of its processes that were asked to stop too have not.
    rest: Option<Box<Rest>>,
}

impl Run {
    /// A run whose process exists, as far as it was written down before it did.
    fn begun(pid: u32, intent: Intent) -> Self {
        Self {
            pid,
            birth: intent.birth,
            secret: intent.secret,
            channel: None,
            notify: None,
            ready: None,
            group: intent.group,
            end: None,
            left: 0,
            slot: None,
            adopted: None,
            service: None,
            stop_signal: intent.stop_signal,
            stop_grace_ms: intent.stop_grace_ms,
            needs: Vec::new(),
            stop: Stop::No,
            is_child: false,
            asked: Asked::default(),
            stop_command: None,
            rest: None,
        }
    }
}

struct Guardian {
    setup: Setup,
    spawner: Spawner,
    groups: Option<Tree>,
    null: OwnedFd,
    epoll: OwnedFd,
    runs: BTreeMap<RunKey, Box<Run>>,
    /// The number of the last run of each service that this guardian has seen.
    last_runs: BTreeMap<u32, u32>,
    streams: Streams,
    /// Process ids of runs of this guardian that have not ended.
    by_pid: BTreeMap<u32, RunKey>,
    /// Process ids of stop commands.
    stop_commands: BTreeMap<u32, StopProcess>,
    /// Process ids of commands that show whether runs live.
    probes: BTreeMap<u32, ProbeCommand>,
    /// Adopted runs that have ended and that their parent has not reaped; with the time it still gets for that.
    unreaped: BTreeMap<RunKey, u64>,
    /// Runs whose remaining processes could not be watched; with the time of the next look.
    blind: BTreeMap<RunKey, u64>,
    commands: BTreeMap<ActionKey, (Result<u32, SpawnError>, Option<Slot>)>,
    journal: Option<Journal>,
    engine: Option<Engine>,
    /// Where orders of this engine are taken ...
    board: Option<Board>,
    /// ... and what they are, by the runs whose end they are for.
    orders: BTreeMap<RunKey, Order>,
    engines: u32,
    /// Whether one of them has put its beginning on record and served clients.
    has_begun: bool,
    /// So many in a row have ended before they served clients.
    engines_failed: u32,
    engine_restart: Restart,
    attention: Attention,
    /// When connecting clients are noticed again, if they are ignored now.
    listens_at: Option<u64>,
    /// Set when an engine was ended because it had not answered for so long, until its successor is told.
    silent_s: Option<u32>,
    console: Console,
    notifier: Notifier,
    shutdown: Shutdown,
    socket: SocketWatch,
    /// Channels of the services that the guardian stops itself.
    farewells: BTreeMap<RunKey, Channel>,
    /// The boot of the machine, or of the container, that the journal is of.
    boot: String,
    /// Whether this process has begun as another program, and what of that has not been taken yet.
    is_handed_over: bool,
    handed_over: Option<HandedOver>,
    /// Set while the program is to be exchanged.
    is_upgrading: bool,
    /// What it ends with after a shutdown in good order.
    status: i32,
    ended: Option<i32>,
}

/// Runs until the daemon has shut down; returns its exit status.
///
/// # Errors
/// When the guardian cannot be set up. Later errors end an engine, never the guardian.
pub fn run(prepared: Prepared, setup: Setup) -> io::Result<i32> {
    let Prepared {
        spawner,
        handed_over,
    } = prepared;
    let signals = Signals::block()?;
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let data = epoll::EventData::new_u64(TOKEN_SIGNALS);
    epoll::add(&epoll, &signals, data, epoll::EventFlags::IN)?;
    let mut guardian = Guardian::new(spawner, setup, epoll)?;
    guardian.watch_socket();
    guardian.set_up_groups()?;
    guardian.inherit(handed_over);
    // Some of the processes that existed before may have ended without a signal that is still to
    // come.
    guardian.reap_all();
    if guardian.ended.is_none() {
        // Before the engine, which knows from its first moment whether links lead to our console.
        guardian.start_console();
        guardian.start_engine();
        guardian.start_notifier();
    }
    let mut events = Vec::with_capacity(4);
    while guardian.ended.is_none() {
        guardian.tidy_groups();
        guardian.streams.tidy(&guardian.epoll);
        guardian.wait(&mut events)?;
        for token in events.drain(..).map(|event: epoll::Event| event.data.u64()) {
            match token {
                TOKEN_SIGNALS => guardian.signals(&signals),
                TOKEN_GROUPS => guardian.groups_changed(),
                TOKEN_ENGINE => guardian.engine_talks(),
                TOKEN_LISTENER => guardian.client_came(),
                TOKEN_SOCKET => guardian.socket_changed(),
                token if token & TOKEN_ADOPTED != 0 => {
                    guardian.adopted_event(run_of(token & !TOKEN_ADOPTED).into());
                }
                token if token & TOKEN_REST != 0 => {
                    guardian.rest_event(run_of(token & !TOKEN_REST).into());
                }
                token if token & TOKEN_STOP_COMMAND != 0 => {
                    guardian.stop_command_event(run_of(token & !TOKEN_STOP_COMMAND).into());
                }
                token if token & TOKEN_FAREWELL != 0 => {
                    guardian.farewell(run_of(token & !TOKEN_FAREWELL).into());
                }
                token => {
                    let (run, stream) = stream_of(token);
                    guardian.streams.ended(StreamKey(run.into(), stream));
                }
            }
        }
        guardian.give_up_on_parents();
        guardian.look_again();
        guardian.go_on_with_shutdown();
        guardian.go_on_with_upgrade();
        if guardian.wants_engine() {
            guardian.start_engine();
        }
        guardian.start_console();
        guardian.start_notifier();
    }
    guardian.end_console();
    guardian.end_notifier();
    guardian.let_engine_end();
    guardian.close_groups();
    guardian.streams.close(&guardian.epoll);
    if guardian.runs.values().all(|run| run.end.is_some()) {
        guardian.close_journal();
    }
    Ok(guardian.ended.unwrap_or_default())
}

impl Guardian {
    fn new(spawner: Spawner, setup: Setup, epoll: OwnedFd) -> io::Result<Self> {
        Ok(Self {
            streams: Streams::take_over(setup.streams.clone()),
            setup,
            spawner,
            groups: None,
            null: std::fs::OpenOptions::new()
                .read(true)
                .write(true)
                .open("/dev/null")?
                .into(),
            epoll,
            last_runs: BTreeMap::new(),
            runs: BTreeMap::new(),
            by_pid: BTreeMap::new(),
            stop_commands: BTreeMap::new(),
            probes: BTreeMap::new(),
            unreaped: BTreeMap::new(),
            blind: BTreeMap::new(),
            commands: BTreeMap::new(),
            journal: None,
            engine: None,
            board: None,
            orders: BTreeMap::new(),
            engines: 0,
            has_begun: false,
            engines_failed: 0,
            engine_restart: Restart::default(),
            attention: Attention::default(),
            listens_at: None,
            silent_s: None,
            console: Console::default(),
            notifier: Notifier::default(),
            shutdown: Shutdown::No,
            socket: SocketWatch::default(),
            farewells: BTreeMap::new(),
            boot: String::new(),
            is_handed_over: false,
            handed_over: None,
            is_upgrading: false,
            status: 0,
            ended: None,
        })
    }

    fn wait(&self, events: &mut Vec<epoll::Event>) -> io::Result<()> {
        let engine = self.wants_engine().then_some(self.engine_restart.at_ns);
        let console = self.console_deadline_ns();
        let parents = self.unreaped.values().chain(self.blind.values()).copied();
        let attention = self.attention_deadline_ns();
        let notifier = self.notifier_deadline_ns();
        let own = [engine, console, notifier, attention, self.shutdown_next()];
        let next = own.into_iter().flatten().chain(parents).min();
        let pause = next.map(|at_ns| {
            let nanos = at_ns.saturating_sub(clock::boottime_ns());
            Timespec {
                tv_sec: i64::try_from(nanos / 1_000_000_000).unwrap_or(i64::MAX),
                tv_nsec: (nanos % 1_000_000_000).cast_signed(),
            }
        });
        events.clear();
        match epoll::wait(
            &self.epoll,
            rustix::buffer::spare_capacity(events),
            pause.as_ref(),
        ) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn signals(&mut self, signals: &Signals) {
        while let Some(signal) = signals.next() {
            match signal {
                libc::SIGCHLD => {}
                libc::SIGTERM | libc::SIGINT => self.shut_down(),
                UPGRADE => self.upgrade(),
                signal if REOPEN.contains(&signal) => {
                    self.tell(&GuardianReport::ReopenOutput, vec![]);
                    self.restore_socket();
                }
                _ => {}
            }
        }
        self.reap_all();
    }

    fn engine_is_ready(&mut self) {
        if let Some(engine) = &mut self.engine {
            engine.is_ready = true;
        }
        self.engines_failed = 0;
        self.has_begun = true;
        self.forget_shutdown();
        self.settle();
        // The service manager above was told when this process began.
        let notify = self.setup.notify.take().filter(|_| !self.is_handed_over);
        super::process::notify_ready(notify.as_deref());
        self.attend();
        super::resident::forget_start();
    }

    fn terminate(&mut self, key: RunKey) {
        self.end_stop_command(key);
        if let Some(run) = self.runs.get_mut(&key).filter(|run| run.end.is_none()) {
            // What is killed with it gets no time to stop.
            run.asked.main = false;
            self.kill_tree(&self.runs[&key]);
        }
    }

    fn request(&mut self, request: GuardianRequest) {
        match request {
            GuardianRequest::Ready => self.engine_is_ready(),
            GuardianRequest::Spawn {
                run,
                secret,
                output,
                errors,
                channel,
                notify,
                spec,
            } => {
                let engine = self.engine.as_mut().filter(|_| notify);
                let notify = engine.and_then(|engine| engine.link.take_fd());
                self.spawn(run, secret, (output, errors), channel, notify, &spec);
            }
            GuardianRequest::Orders => self.take_board(),
            GuardianRequest::Order { run, order } => self.take_order(run, order),
            GuardianRequest::Command { action, spec } => self.command(action, &spec),
            GuardianRequest::Signal { run, signal, stops } if stops => {
                self.ask_to_stop(run, signal);
            }
            GuardianRequest::Signal { run, signal, .. } => self.signal_run(run, signal),
            GuardianRequest::StopCommand { run, spec } => self.stop_by_command(run, &spec),
            GuardianRequest::Probe { run, number, spec } => self.probe(run, number, spec),
            GuardianRequest::EndProbe { run } => self.end_probe(run),
            GuardianRequest::Terminate { run } => self.terminate(run),
            GuardianRequest::Acknowledge { run } => {
                if self.runs.get(&run).is_some_and(|run| run.end.is_some())
                    && let Some(known) = self.runs.remove(&run)
                {
                    self.release_group(known.group);
                    self.free(known.slot);
                    self.streams.release(run);
                }
            }
            GuardianRequest::AcknowledgeCommand { action } => self.forget_command(action),
            GuardianRequest::Adopt { runs } => self.adopt(runs),
            GuardianRequest::CannotServe => {
                if let Some(engine) = &mut self.engine {
                    engine.cannot_serve = true;
                }
                self.attend();
            }
            GuardianRequest::ShuttingDown { within_ms } => self.engine_shuts_down(within_ms),
            GuardianRequest::GiveUp { service, status } => self.give_up_with(&service, status),
            GuardianRequest::ShutDown => self.all_stopped(self.status),
            GuardianRequest::Here => {} // Any frame from it is the answer.
        }
    }
}

fn socket_pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let pair = socketpair(
        AddressFamily::UNIX,
        SocketType::STREAM,
        SocketFlags::CLOEXEC,
        None,
    )?;
    Ok(pair)
}
