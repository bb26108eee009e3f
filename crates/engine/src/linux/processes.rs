//! Processes on Linux, as the engine asks for them: the engine's side of the guardian, the control
//! channels, the output.

mod ask;
mod attach;
mod host;
mod limits;
mod no_database;
mod orders;
mod probe_command;
mod reports;
mod signs;
mod stop_command;
mod takeover;
mod wall;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use relance_policy::{RunId, ServiceId};
use relance_scm::config::OutputMode;
use relance_scm::controllers::Controllers;
use relance_scm::manager::OutputStream;
use relance_scm::settings::{STDERR_TOGETHER, stderr_of};
use relance_scm::{ServiceConfig, duration};
use rustix::event::epoll;

pub(crate) use takeover::Greeting;

use limits::Limiter;
use orders::Orders;
use reports::HostEnd;

use super::cgroup::Location;
use super::channel::{Channel, PEEK_LEN, Seen};
use super::environment::Surroundings;
use super::link::Link;
use super::logs::Logs;
use super::notify::Sockets;
use super::prober::Prober;
use super::protocol::{
    ErrorsGo, GuardianRequest, VERSION, VERSION_ERRORS, VERSION_JOURNAL, run_of,
};
use super::secret::Secret;
use super::verdicts::{self, Verdicts};
use crate::handle::SharedConsole;
use crate::processes::{Fact, Processes, StartProblem};
use crate::signs::SharedSigns;

/// How the machine is rebooted, if the daemon may (R46).
#[derive(Clone, Debug, Default)]
pub struct RebootCommand(pub Option<String>);

/// See the module.
pub(crate) struct LinuxProcesses {
    link: Link,
    epoll: Arc<OwnedFd>,
    logs: Logs,
    around: Surroundings,
    reboot: RebootCommand,
    facts: VecDeque<Fact>,
    runs: BTreeMap<RunId, HostRun>,
    /// Starts under way: with which configuration, and for the sentence if one fails, of which program.
    starting: BTreeMap<RunId, (Arc<ServiceConfig>, Box<str>)>,
    /// Stop commands under way, likewise.
    stop_commands: BTreeMap<RunId, (Arc<ServiceConfig>, Box<str>)>,
    /// Starts that the guardian was given in advance.
    orders: Orders,
    /// The last run of each service, as far as the guardian knew when this engine began.
    last_runs: BTreeMap<ServiceId, u32>,
    /// Output of runs that the guardian has not in its table.
    streams: BTreeMap<(RunId, OutputStream), OwnedFd>,
    /// Runs that are over and whose output is collected until the first turn has ended, for the log
    /// entry about their end.
    ended_unseen: Vec<RunId>,
    /// Where the control groups of runs are, if they have any, and what these have.
    groups: Option<(Location, Controllers)>,
    /// Of the guardian, which may be older.
    version: u32,
    /// What runs say of themselves comes by these.
    sockets: Sockets,
    /// The ready descriptors of runs that have not said yet that they are ready.
    ready_fds: BTreeMap<RunId, OwnedFd>,
    prober: Prober,
    /// Changes what runs may use.
    limiter: Limiter,
    /// The findings of this and the other threads.
    verdicts: Verdicts,
    /// What runs have said, for people.
    signs: Arc<SharedSigns>,
    /// What the guardian has said of the console.
    console: Arc<SharedConsole>,
    buffer: Box<[u8]>,
    link_closed: bool,
}

/// A run as the host knows it. Small: there is one for each service that runs.
struct HostRun {
    pid: u32,
    birth: u64,
    secret: Secret,
    channel: Option<Box<Channel>>,
    /// Its output until it is known whose it is.
    output: Option<OwnedFd>,
    /// Its standard error, likewise, where that is apart.
    errors: Option<OwnedFd>,
    end: Option<Box<HostEnd>>,
    /// The name of its service, until it is known from elsewhere.
    service: Option<Box<str>>,
}

impl HostRun {
    /// Its streams, to be collected once.
    fn take_streams(&mut self) -> impl Iterator<Item = (OutputStream, OwnedFd)> + use<> {
        let output = self.output.take().map(|pipe| (OutputStream::Output, pipe));
        let errors = self.errors.take().map(|pipe| (OutputStream::Errors, pipe));
        output.into_iter().chain(errors)
    }
}

/// Sources of events that are not channels: tokens that no run has, because services count from 1.
pub(crate) const TOKEN_LINK: u64 = 1;
pub(crate) const TOKEN_WAKE: u64 = 2;
pub(crate) const TOKEN_TIMER: u64 = 3;
pub(crate) const TOKEN_STORE: u64 = 4; // 5 is that of verdicts.
pub(crate) const TOKEN_WALL: u64 = 6;
/// What is always waited for on the link.
const LINK_EVENTS: epoll::EventFlags = epoll::EventFlags::IN.union(epoll::EventFlags::ET);
const TOKEN_LOWEST_RUN: u64 = 1 << 32;

impl LinuxProcesses {
    pub(crate) fn new(
        link: Link,
        epoll: Arc<OwnedFd>,
        logs: Logs,
        verdicts: Verdicts,
        around: Surroundings,
        reboot: RebootCommand,
    ) -> io::Result<Self> {
        let data = epoll::EventData::new_u64(TOKEN_LINK);
        epoll::add(&epoll, &link, data, LINK_EVENTS)?;
        let prober = Prober::new(verdicts.teller(), Arc::clone(logs.signals()));
        let sockets = Sockets::new(&around.socket, Arc::clone(&epoll));
        Ok(Self {
            link,
            epoll,
            logs,
            around,
            reboot,
            facts: VecDeque::new(),
            runs: BTreeMap::new(),
            starting: BTreeMap::new(),
            stop_commands: BTreeMap::new(),
            orders: Orders::default(),
            last_runs: BTreeMap::new(),
            streams: BTreeMap::new(),
            ended_unseen: Vec::new(),
            groups: None,
            version: VERSION,
            sockets,
            ready_fds: BTreeMap::new(),
            prober,
            limiter: Limiter::new(verdicts.teller()),
            verdicts,
            signs: Arc::default(),
            console: Arc::default(),
            buffer: vec![0; PEEK_LEN].into_boxed_slice(),
            link_closed: false,
        })
    }

    /// Where the control groups of runs are, if they have any.
    pub(crate) fn groups(&self) -> Option<&Location> {
        self.groups.as_ref().map(|(location, _)| location)
    }

    /// The state of the console, as the guardian reports it.
    pub(crate) fn console(&self) -> &Arc<SharedConsole> {
        &self.console
    }

    /// What runs say of themselves, for people.
    pub(crate) fn signs(&self) -> &Arc<SharedSigns> {
        &self.signs
    }

    /// The daemon serves its clients now.
    pub(crate) fn ready(&mut self) {
        self.ask(&GuardianRequest::Ready);
    }

    /// The engine ends the services, at the latest in this time.
    pub(crate) fn shutting_down(&mut self, within: Option<Duration>) {
        let within = within.map(duration::millis);
        // An older guardian waits without being told.
        if self.version >= VERSION_JOURNAL {
            self.ask(&GuardianRequest::ShuttingDown { within_ms: within });
        }
    }

    /// Whether the guardian told of any run.
    pub(crate) fn has_runs(&self) -> bool {
        !self.runs.is_empty()
    }

    /// The link to the guardian.
    pub(crate) fn link(&self) -> &Link {
        &self.link
    }

    /// Whether the guardian is gone.
    pub(crate) fn is_orphaned(&self) -> bool {
        self.link_closed
    }

    /// The next fact.
    pub(crate) fn next_fact(&mut self) -> Option<Fact> {
        self.facts.pop_front()
    }

    /// Everything of this turn has been asked for.
    pub(crate) fn end_turn(&mut self) {
        for run in std::mem::take(&mut self.ended_unseen) {
            self.logs.forget(run);
        }
        self.logs.wake();
    }

    /// Something happened on a descriptor.
    pub(crate) fn event(&mut self, token: u64) {
        if token == TOKEN_LINK {
            self.read_link();
        } else if let Some(run) = Sockets::run_of(token) {
            self.read_signs(run);
        } else if token == verdicts::TOKEN {
            self.take_verdicts();
        } else if let Some(run) = signs::ready_run(token) {
            self.ready_event(run);
        } else if token >= TOKEN_LOWEST_RUN {
            let run = run_of(token);
            if let Some(channel) = channel_of(&mut self.runs, run) {
                channel.flush();
            }
            self.look(run);
        }
    }

    fn read_link(&mut self) {
        let open = match self.take_all_reports() {
            Ok(open) => open,
            Err(error) => {
                tracing::error!(%error, "the guardian cannot be understood");
                false
            }
        };
        if !open || self.link.flush().and_then(|()| self.watch_room()).is_err() {
            self.link_closed = true;
        }
    }

    /// Looks at a channel and turns what came into facts.
    fn look(&mut self, run: RunId) {
        let Some(channel) = channel_of(&mut self.runs, run) else {
            return;
        };
        for seen in channel.look(&mut self.buffer) {
            self.facts.push_back(match seen {
                Seen::Frame(frame, position) => Fact::Frame {
                    run,
                    frame,
                    position,
                },
                Seen::Broken => Fact::ChannelBroken { run },
            });
        }
    }

    fn watch_room(&mut self) -> io::Result<()> {
        self.link.watch_room(&self.epoll, TOKEN_LINK, LINK_EVENTS)
    }

    /// Where the standard error of a run goes. An older guardian keeps it together with the output.
    fn errors_of(&self, config: &ServiceConfig) -> ErrorsGo {
        match stderr_of(&config.extensions) {
            STDERR_TOGETHER => ErrorsGo::Together,
            _ if self.version < VERSION_ERRORS => ErrorsGo::Together,
            word if word == OutputMode::Null.name() => ErrorsGo::Nowhere,
            _ => ErrorsGo::Apart,
        }
    }

    fn refuse_spawn(&mut self, run: RunId, failure: StartProblem) {
        self.facts.push_back(Fact::SpawnFailed { run, failure });
    }
}

/// The control channel of a run. It leaves the rest of the state, the buffer above all, free to be borrowed.
fn channel_of(runs: &mut BTreeMap<RunId, HostRun>, run: RunId) -> Option<&mut Channel> {
    runs.get_mut(&run)?.channel.as_deref_mut()
}

fn missing_descriptor() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a descriptor is missing")
}

#[cfg(test)]
mod tests;
