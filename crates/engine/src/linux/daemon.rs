//! The engine process: opens the database, greets the guardian, starts the threads, and hands the
//! rest to the driver.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{FromRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{channel, sync_channel};
use std::time::Duration;

use relance_policy::{ServiceRecord, Time};
use rustix::event::{EventfdFlags, epoll, eventfd};

use super::account;
use super::adopt::{self, Adopted, Claim};
use super::clock::{self, Clock};
use super::driver::{Driver, Timer};
use super::link::Link;
use super::logs::{LogSettings, Logs};
use super::plan::Surroundings;
use super::process;
use super::processes::{Greeting, LinuxProcesses, RebootCommand, TOKEN_WAKE};
use crate::command::QUEUE_LEN_MAX;
use crate::database::{Database, EventLog, Meta, OpenError};
use crate::engine::{Beginning, Engine, Moment, Settings};
use crate::handle::{EngineHandle, SharedClock};
use crate::output::OutputSignals;
use crate::publisher::Publisher;
use crate::storage::{Retention, WriterThread};

/// Descriptors that the guardian hands to the engine.
const LINK_FD: i32 = 3;
const LISTENER_FD: i32 = 4;

/// What the engine needs to know.
#[derive(Clone, Debug)]
pub struct EngineSetup {
    /// The database file.
    pub database: PathBuf,
    /// The socket on which clients are served.
    pub socket: PathBuf,
    /// How long what services call waits for a manager that is away.
    pub client_wait: Duration,
    /// Where the output of services goes.
    pub output: LogSettings,
    /// How long entries of the event log are kept.
    pub retention: Retention,
    /// How the machine is rebooted, if the daemon may.
    pub reboot: RebootCommand,
    /// How long a shutdown waits.
    pub settings: Settings,
    /// Whether the clock is moved by hand.
    pub manual_clock: bool,
}

/// Why the engine cannot begin.
#[derive(Debug)]
pub enum StartError {
    /// The database.
    Database(OpenError),
    /// Anything else.
    Io(io::Error),
}

/// Runs the engine. `serve` is called once with the socket and the handle of the engine, and starts
/// whatever answers clients.
///
/// # Errors
/// When the engine cannot begin; or never, but by the guardian's end.
///
/// # Panics
/// In a process that a guardian has not started.
pub fn run(
    setup: &EngineSetup,
    serve: impl FnOnce(OwnedFd, EngineHandle) -> io::Result<()>,
) -> Result<(), StartError> {
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
    let database = Database::open(&setup.database).map_err(StartError::Database)?;
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
    };
    // The threads of output and database, which are made now, inherit it: a restart is not to wait
    // while its reason is written down.
    process::set_patient(true);
    let output_signals = Arc::new(OutputSignals::default());
    let logs = Logs::start(setup.output.clone(), Arc::clone(&output_signals))?;
    let mut processes = LinuxProcesses::new(
        Link::new(link)?,
        Arc::clone(&epoll),
        logs,
        around,
        setup.reboot.clone(),
    )?;
    let greeting = processes.greet()?;

    let (clock, beginning) = beginning(setup, &database, greeting)?;
    let loaded = database.load()?;
    match beginning {
        Beginning::Boot(_) => {}
        Beginning::Restart => adopt_recorded(&mut processes, &loaded.records),
        Beginning::Adoption => {
            adopt_recorded(&mut processes, &loaded.records);
            adopt_unrecorded(&mut processes, &loaded.records, &setup.socket);
        }
    }
    processes.end_leftovers();
    tell_all(&mut processes, &loaded.records);

    let publisher = Arc::new(Publisher::new(clock::wall()));
    let (queue, commands) = sync_channel(QUEUE_LEN_MAX);
    let (done, committed) = channel();
    let waker = |wake: Arc<OwnedFd>| {
        move || {
            let _ = rustix::io::write(&*wake, &1_u64.to_ne_bytes());
        }
    };
    let wake_after_commit = waker(Arc::clone(&wake));
    let writer = WriterThread::start(database, setup.retention, clock::wall, move |outcome| {
        // The driver ends with the process.
        let _ = done.send(outcome);
        wake_after_commit();
    })?;
    process::set_patient(false);
    let shared_clock = Arc::new(SharedClock::default());
    if clock.is_manual() {
        shared_clock.set_manual(clock.now());
    }
    let handle = EngineHandle {
        cgroups: processes.groups().cloned(),
        queue,
        wake: Arc::new(waker(Arc::clone(&wake))),
        publisher: Arc::clone(&publisher),
        event_log: EventLog::new(&setup.database),
        output: setup.output.folder.clone(),
        output_signals,
        clock: Arc::clone(&shared_clock),
        machine: || (Clock::Machine.now(), clock::wall()),
        check_account: account::check,
    };
    let mut engine = Engine::new(processes, writer, setup.settings.clone(), publisher, loaded);
    let now = Moment {
        time: clock.now(),
        wall: clock::wall(),
    };
    engine.begin(now, &beginning);
    if greeting.shutting_down {
        engine.fact(now, crate::processes::Fact::ShutdownAsked);
    }
    serve(listener, handle)?;
    engine.processes().ready();
    let timer = Timer::new(&epoll)?;
    let driver = Driver {
        engine,
        epoll,
        wake,
        commands,
        committed,
        clock,
        shared_clock,
        timer,
    };
    Ok(driver.run()?)
}

/// Tells the engine of everything that was there before it began.
fn tell_all(processes: &mut LinuxProcesses, records: &[ServiceRecord]) {
    let configs: BTreeMap<_, _> = records
        .iter()
        .map(|record| (record.id, &record.config))
        .collect();
    processes.tell_all(|run| configs.get(&run.service).map(|config| Arc::clone(config)));
}

/// Whether this is a boot (design, section 3): a new boot of the machine, a container's init, or the
/// first start after an orderly shutdown.
fn beginning(
    setup: &EngineSetup,
    database: &Database,
    greeting: Greeting,
) -> Result<(Clock, Beginning), StartError> {
    let boot = boot_id()?;
    let clock = if setup.manual_clock {
        let stored = database
            .meta(Meta::ManualClock)?
            .and_then(|text| text.parse().ok());
        Clock::Manual(stored.map_or_else(|| Clock::Machine.now(), Time::from_nanos))
    } else {
        Clock::Machine
    };
    let same_boot = database.meta(Meta::Boot)?.as_deref() == Some(boot.as_str());
    let orderly = database.meta(Meta::ShutDown)?.as_deref() == Some("1");
    let beginning = match greeting.engine {
        1 if !same_boot || orderly || greeting.init => Beginning::Boot(boot),
        1 => Beginning::Adoption,
        // The first engine may have died before the boot was on record.
        _ if !same_boot => Beginning::Boot(boot),
        _ => Beginning::Restart,
    };
    Ok((clock, beginning))
}

fn boot_id() -> io::Result<String> {
    Ok(std::fs::read_to_string("/proc/sys/kernel/random/boot_id")?
        .trim()
        .to_owned())
}

/// What the records name and still runs is taken over: the guardian that started it had ended. So has
/// the engine that took it over before, if this is a restart.
fn adopt_recorded(processes: &mut LinuxProcesses, records: &[ServiceRecord]) {
    for record in records {
        let current = record.run.as_ref().map(|run| (run.id, run.pid, run.birth));
        let previous = record
            .previous
            .map(|previous| (previous.run, previous.pid, previous.birth));
        for (run, pid, birth) in current.into_iter().chain(previous) {
            if !processes.knows(run)
                && let Some(adopted) = Adopted::open(pid, birth)
            {
                processes.adopt(run, adopted);
            }
        }
    }
}

/// Guardian and engine had ended: so is what was started but never put on record.
fn adopt_unrecorded(processes: &mut LinuxProcesses, records: &[ServiceRecord], socket: &Path) {
    for claim in adopt::running(socket) {
        if processes.knows(claim.run) {
            continue;
        }
        if has_outlived_its_run(&claim, records) {
            tracing::warn!(?claim, "a process has outlived its run");
            continue;
        }
        if !is_believed(&claim, records) {
            tracing::warn!(?claim, "a process says it is a run, under another account");
            processes.leave_alone(claim.pid);
            continue;
        }
        if let Some(adopted) = Adopted::open(claim.pid, claim.birth) {
            processes.adopt(claim.run, adopted);
        }
    }
}

/// Whether the process of the run is on record, and therefore another one, that has ended.
fn has_outlived_its_run(claim: &Claim, records: &[ServiceRecord]) -> bool {
    let mut runs = records.iter().filter_map(|record| record.run.as_ref());
    runs.any(|run| run.id == claim.run && run.pid != 0 && run.pid != claim.pid)
}

/// Whether a process runs under the account of the service that it says it is. Otherwise any user
/// could be any service that is stopped, as soon as the guardian is gone.
fn is_believed(claim: &Claim, records: &[ServiceRecord]) -> bool {
    let mut records = records.iter();
    let own = rustix::process::getuid().as_raw();
    match records.find(|record| record.id == claim.run.service) {
        Some(record) => account::find(&record.config.account_name)
            .is_ok_and(|account| claim.uid == account.ids.map_or(own, |ids| ids.uid)),
        // The engine will say that it cannot place it.
        None => claim.uid == own,
    }
}

impl From<io::Error> for StartError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<rustix::io::Errno> for StartError {
    fn from(error: rustix::io::Errno) -> Self {
        Self::Io(error.into())
    }
}

impl From<rusqlite::Error> for StartError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(OpenError::Other(error))
    }
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Database(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StartError {}

#[cfg(test)]
mod tests {
    use relance_policy::record::StartCause;
    use relance_policy::{Input, RunId, ServiceId, step};
    use relance_scm::config::AccountName;
    use relance_scm::{ServiceConfig, ServiceName};

    use super::*;

    fn record(account: &str) -> ServiceRecord {
        let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        config.account_name = AccountName::new(account);
        ServiceRecord::new(ServiceId(1), Arc::new(config))
    }

    fn claim(service: u32, uid: u32) -> Claim {
        let run = RunId {
            service: ServiceId(service),
            number: 1,
        };
        let (pid, birth) = (2, 3);
        Claim {
            run,
            pid,
            birth,
            uid,
        }
    }

    #[test]
    fn what_a_run_has_started_is_not_taken_for_the_run() {
        let mut record = record("LocalSystem");
        let start = Input::StartRequested {
            cause: StartCause::Demand,
            arguments: [].into(),
        };
        let run = claim(1, 0).run;
        let resolved = Input::DependenciesResolved {
            run,
            result: Ok(()),
        };
        for input in [start, resolved] {
            record = step(&record, Time::ZERO, input).record;
        }
        let outlived = |record: &ServiceRecord| {
            has_outlived_its_run(&claim(1, 0), std::slice::from_ref(record))
        };
        assert!(!outlived(&record), "its process is not on record yet");
        let spawned = |pid| Input::ProcessSpawned { run, pid, birth: 3 };
        assert!(!outlived(&step(&record, Time::ZERO, spawned(2)).record));
        assert!(outlived(&step(&record, Time::ZERO, spawned(9)).record));
    }

    #[test]
    fn a_process_of_another_user_is_no_run_whatever_its_environment_says() {
        let own = rustix::process::getuid().as_raw();
        let records = [record("LocalSystem")];
        assert!(is_believed(&claim(1, own), &records));
        assert!(!is_believed(&claim(1, own + 1), &records));
        assert!(!is_believed(&claim(9, own + 1), &records));
        let gone = [record("no-such-account-here")];
        assert!(!is_believed(&claim(1, own), &gone));
    }
}
