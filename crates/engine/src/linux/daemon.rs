//! The engine process: opens the database, greets the guardian, starts the threads, and hands the
//! rest to the driver.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{FromRawFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use relance_policy::{RunId, ServiceRecord, Time};
use relance_scm::ServiceManager;
use relance_scm::event_log::Timestamp;
use relance_scm::manager::NoticeBook;
use relance_scm::manager::ToApply;
use rustix::event::{EventfdFlags, epoll, eventfd};

use super::account;
use super::clock::{self, Clock};
use super::driver::{Driver, Timer};
use super::environment::Surroundings;
use super::link::Link;
use super::logs::{LogSettings, Logs};
use super::passed::Passed;
use super::process;
use super::processes::{Greeting, LinuxProcesses, RebootCommand, TOKEN_WAKE};
use super::protocol::RecordedRun;
use super::signals::Signals;
use super::store_watch::StoreWatch;
use super::verdicts::Verdicts;
use super::wall_timer::WallTimer;
use super::without_database;
use crate::command::QUEUE_LEN_MAX;
use crate::database::{Database, EventLog, Loaded, Meta};
use crate::engine::{Beginning, Engine, Moment, Settings};
use crate::handle::{EngineHandle, SharedClock};
use crate::output::OutputSignals;
use crate::processes::Processes;
use crate::publisher::{Listener, Publisher};
use crate::queue::queue;
use crate::storage::{Retention, WriterThread};

pub use super::start_error::StartError;

/// Descriptors that the guardian hands to the engine.
const LINK_FD: i32 = 3;
const LISTENER_FD: i32 = 4;

/// What the engine needs to know.
#[derive(Clone, Debug)]
pub struct EngineSetup {
    /// The database file.
    pub database: PathBuf,
    /// The id of its folder.
    pub identity: String,
    /// The socket on which clients are served.
    pub socket: PathBuf,
    /// How long what services call waits for a manager that is away.
    pub client_wait: Duration,
    /// Variables of the manager's environment that every service gets (X31).
    pub pass_environment: Vec<String>,
    /// Where the output of services goes.
    pub output: LogSettings,
    /// How long entries of the event log are kept.
    pub retention: Retention,
    /// How the machine is rebooted, if the daemon may.
    pub reboot: RebootCommand,
    /// How long a shutdown waits.
    pub settings: Settings,
    /// Services that are created or changed at boot, before any is started.
    pub services: ToApply,
    /// The files of the notifier.
    pub notices: Option<Arc<dyn NoticeBook>>,
    /// Whether the clock is moved by hand.
    pub manual_clock: bool,
    /// When the wall clock begins, if it is moved with a manual one.
    pub clock_begins: Option<Timestamp>,
}

/// Runs the engine. `serve` is called once with the socket and the handle of the engine, and starts
/// what answers clients.
///
/// # Errors When the engine cannot begin. Once it runs, it returns only when the guardian ends.
///
/// # Panics
/// In a process that a guardian has not started.
pub fn run(
    setup: &EngineSetup,
    serve: impl FnOnce(OwnedFd, Arc<dyn ServiceManager>) -> io::Result<()> + Send + 'static,
) -> Result<(), StartError> {
    let (link, listener) = handed_over()?;
    open_as_many_files_as_the_guardian();
    let epoll = Arc::new(epoll::create(epoll::CreateFlags::CLOEXEC)?);
    let wake = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
    epoll::add(
        &*epoll,
        &*wake,
        epoll::EventData::new_u64(TOKEN_WAKE),
        epoll::EventFlags::IN,
    )?;

    let around = Surroundings {
        socket: setup.socket.clone(),
        client_wait: setup.client_wait,
        passed: Passed::handed(setup.pass_environment.clone()),
    };
    // The threads of output and database, which are created now, inherit it: a restart must not
    // wait while its reason is written.
    process::set_patient(true);
    let verdicts = Verdicts::new(&epoll)?;
    let logs = collect_output(setup, &verdicts)?;
    let output_signals = Arc::clone(logs.signals());
    let mut processes = LinuxProcesses::new(
        Link::new(link)?,
        Arc::clone(&epoll),
        logs,
        verdicts,
        around,
        setup.reboot.clone(),
    )?;
    let greeting = processes.greet()?;

    let has_runs = processes.has_runs();
    let (database, loaded, clock, beginning) = match open(setup, greeting, has_runs) {
        Ok(opened) => opened,
        // If no service runs, the daemon reports the problem and ends.
        Err(error) if greeting.engine == 1 && !has_runs => return Err(error),
        Err(error) => {
            let again = || open(setup, greeting, has_runs).map(drop);
            return without_database::run(processes, listener, &error, serve, again);
        }
    };
    processes.adopt(match beginning {
        Beginning::Boot(_) => Vec::new(),
        Beginning::Restart | Beginning::Adoption | Beginning::Upgrade => recorded(&loaded)?,
    })?;
    tell_all(&mut processes, &loaded.records);

    let publisher = Arc::new(Publisher::new(clock::wall()));
    let (queue, commands) = queue(QUEUE_LEN_MAX);
    let (done, committed) = channel();
    let wake_after_commit = waker(Arc::clone(&wake));
    // The driver ends with the process.
    let shared_clock = shared(clock);
    let wall_clock = Arc::clone(&shared_clock);
    let wall = move || wall_clock.clocks(machine()).wall;
    let writer = WriterThread::start(database, setup.retention, wall, move |outcome| {
        let _ = done.send(outcome);
        wake_after_commit();
    })?;
    process::set_patient(false);
    if clock.is_manual() {
        processes.give_no_orders();
    }
    let handle = EngineHandle {
        cgroups: processes.groups().cloned(),
        controllers: processes.controllers(),
        unreadable: loaded.unreadable.as_slice().into(),
        signs: Arc::clone(processes.signs()),
        console: Arc::clone(processes.console()),
        notices: setup.notices.clone(),
        queue,
        wake: Arc::new(waker(Arc::clone(&wake))),
        publisher: Arc::clone(&publisher),
        event_log: EventLog::new(&setup.database),
        output: setup.output.folder.clone(),
        output_signals: Arc::clone(&output_signals),
        clock: Arc::clone(&shared_clock),
        machine,
        check_account: account::check,
        uid_of: account::uid_of,
    };
    handle.note_losses();
    let listeners = told(publisher, output_signals);
    let mut engine = Engine::new(processes, writer, settings_of(setup), listeners, loaded);
    let now = moment(clock);
    engine.begin(now, &beginning);
    engine.say_who_was_silent(now, greeting.silent_s);
    engine.say_if_the_socket_was_removed(now, greeting.socket_was_removed);
    if engine.waits_for_services() {
        let serve = |handle| serve(listener, handle);
        bring_services(handle, setup.services.clone(), serve)?;
    } else {
        serve(listener, Arc::new(handle))?;
    }
    let timer = Timer::new(&epoll)?;
    let wall_timer = WallTimer::new(Arc::clone(&epoll));
    let mut driver = Driver {
        store: StoreWatch::new(&epoll, &setup.database),
        engine,
        epoll,
        wake,
        commands,
        committed,
        clock,
        shared_clock,
        timer,
        wall_timer,
        is_ready: false,
    };
    driver.look_at_rights();
    if greeting.shutting_down {
        driver.shut_down(now);
    }
    Ok(run_to_the_end(driver)?)
}

fn run_to_the_end(mut driver: Driver) -> io::Result<()> {
    let ran = driver.run();
    if !driver.engine.has_shut_down() {
        // The guardian was killed. Requests that are dropped here would be answered that the manager was stopped and
        // to ask again, but some of them may be on record. Without an answer clients know what to ask again.
        std::mem::forget(driver);
    }
    ran
}

/// What wakes the owner loop.
fn waker(wake: Arc<OwnedFd>) -> impl Fn() + Send + Sync + 'static {
    move || {
        let _ = rustix::io::write(&*wake, &1_u64.to_ne_bytes());
    }
}

/// The guardian starts services as long as both have descriptors left.
fn open_as_many_files_as_the_guardian() {
    if let Err(error) = process::raise_nofile_limit() {
        tracing::warn!(%error, "no more files can be open than before");
    }
}

/// Starts the thread that collects output. No thread was started before, so all others leave these
/// signals to this one.
fn collect_output(setup: &EngineSetup, verdicts: &Verdicts) -> io::Result<Logs> {
    let reopen = Signals::reopen()?;
    Logs::start(setup.output.clone(), verdicts.teller(), Some(reopen))
}

fn moment(clock: Clock) -> Moment {
    Moment {
        time: clock.now(),
        wall: clock.wall(),
    }
}

/// The clocks of the machine.
fn machine() -> (Time, Timestamp) {
    (Clock::Machine.now(), clock::wall())
}

/// The clock for the threads beside the owner loop.
fn shared(clock: Clock) -> Arc<SharedClock> {
    let shared = SharedClock::default();
    if clock.is_manual() {
        shared.set_manual(clock.now());
    }
    if let Some(ahead) = clock.wall_ahead() {
        shared.set_wall_ahead(ahead);
    }
    Arc::new(shared)
}

/// The link and the listening socket.
fn handed_over() -> io::Result<(OwnedFd, OwnedFd)> {
    // SAFETY: the guardian has put them there for us, and nothing else has touched them.
    let (link, listener) = unsafe {
        (
            OwnedFd::from_raw_fd(LINK_FD),
            OwnedFd::from_raw_fd(LISTENER_FD),
        )
    };
    for fd in [&link, &listener] {
        rustix::io::fcntl_setfd(fd, rustix::io::FdFlags::CLOEXEC)?;
    }
    Ok((link, listener))
}

/// Has the services of files created and automatic ones started, once the driver runs; clients are
/// served when they are there. A daemon whose services are refused cannot start.
fn bring_services(
    handle: EngineHandle,
    services: ToApply,
    serve: impl FnOnce(Arc<dyn ServiceManager>) -> io::Result<()> + Send + 'static,
) -> io::Result<()> {
    let thread = std::thread::Builder::new().name("services".to_owned());
    thread.spawn(move || {
        if let Err(error) = handle.bring(services) {
            process::log(&format!(
                "the services of the files (--apply) are refused, and nothing was started: {error} ({})",
                error.code()
            ));
            end_engine(super::guardian::EXIT_CANNOT_START);
        }
        if let Err(error) = serve(Arc::new(handle.clone())) {
            process::log(&format!("clients cannot be served: {error}"));
            end_engine(1);
        }
        handle.begin_boot();
    })?;
    Ok(())
}

#[allow(
    clippy::exit,
    reason = "the driver runs in another thread, and cannot go on"
)]
fn end_engine(status: i32) -> ! {
    std::process::exit(status)
}

/// Tells the engine of everything that existed before it began.
fn tell_all(processes: &mut LinuxProcesses, records: &[Arc<ServiceRecord>]) {
    let configs: BTreeMap<_, _> = records
        .iter()
        .map(|record| (record.id, &record.config))
        .collect();
    processes.tell_all(|run| configs.get(&run.service).map(|config| Arc::clone(config)));
}

/// Everything that has to be read before an engine can begin.
fn open(
    setup: &EngineSetup,
    greeting: Greeting,
    has_runs: bool,
) -> Result<(Database, Loaded, Clock, Beginning), StartError> {
    let mut database =
        Database::open(&setup.database, &setup.identity).map_err(StartError::Database)?;
    let (clock, beginning) = beginning(setup, &database, greeting, has_runs)?;
    let loaded = database.load()?;
    Ok((database, loaded, clock, beginning))
}

/// Whether this is a boot: a new boot of the machine, a container's init, or the first start after an orderly
/// shutdown.
fn beginning(
    setup: &EngineSetup,
    database: &Database,
    greeting: Greeting,
    has_runs: bool,
) -> Result<(Clock, Beginning), StartError> {
    let boot = clock::boot_id()?;
    let clock = if setup.manual_clock {
        let stored = database
            .meta(Meta::ManualClock)?
            .and_then(|text| text.parse().ok());
        Clock::manual(stored.map(Time::from_nanos), setup.clock_begins)
    } else {
        Clock::Machine
    };
    let same_boot = database.meta(Meta::Boot)?.as_deref() == Some(boot.as_str());
    let orderly = database.meta(Meta::ShutDown)?.as_deref() == Some("1");
    let is_boot = match greeting.engine {
        1 => !same_boot || orderly || greeting.after_shutdown || greeting.init,
        // The first engine may have ended before the boot was on record. In a shutdown nothing is started.
        _ if greeting.shutting_down => !same_boot,
        _ if !same_boot || orderly => true,
        // It may also have ended just after that: then its services are there, or nothing was started yet.
        _ => (greeting.after_shutdown || greeting.init) && !has_runs,
    };
    let beginning = match greeting.engine {
        _ if is_boot => Beginning::Boot(boot),
        1 if greeting.handed_over => Beginning::Upgrade,
        1 => Beginning::Adoption,
        _ => Beginning::Restart,
    };
    Ok((clock, beginning))
}

fn settings_of(setup: &EngineSetup) -> Settings {
    Settings {
        services_come_first: !setup.services.is_empty(),
        ..setup.settings.clone()
    }
}

/// Who is told what has been committed.
fn told(publisher: Arc<Publisher>, signals: Arc<OutputSignals>) -> Vec<Arc<dyn Listener>> {
    vec![publisher, signals]
}

/// The processes that the records name; those of a backup only if they are there.
///
/// # Errors
/// When it cannot be told whether one is there.
fn recorded(loaded: &Loaded) -> io::Result<Vec<RecordedRun>> {
    let records = &loaded.records;
    let current = records.iter().filter_map(|record| {
        let run = record.run.as_ref().filter(|run| run.pid != 0)?;
        Some((run.id, run.pid, run.birth))
    });
    let previous = records.iter().filter_map(|record| {
        let run = record.previous.as_ref()?;
        Some((run.run, run.pid, run.birth))
    });
    let recorded = |(run, pid, birth): (RunId, _, _)| RecordedRun {
        run: run.into(),
        pid,
        birth,
    };
    let mut wanted = Vec::new();
    for run in current.chain(previous).map(recorded) {
        if loaded.restored.is_none() || run.is_there()? {
            wanted.push(run);
        }
    }
    Ok(wanted)
}
