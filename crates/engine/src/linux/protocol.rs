//! What guardian and engine say to each other. The engine may be newer than the guardian (it is
//! replaced by an upgrade, the guardian is not), so frames are versioned and fields are only added.

use relance_policy::{ActionId, RunId, ServiceId};
use relance_scm::manager::OutputStream;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::cgroup::Location;
use super::secret::Secret;
use super::spawn::{SpawnError, SpawnSpec};

/// Version of these frames.
pub(crate) const VERSION: u32 = 9;
/// Since this one the guardian keeps a journal.
pub(crate) const VERSION_JOURNAL: u32 = 2;
/// Since this one the guardian ends with a status that it is given.
pub(crate) const VERSION_GIVE_UP: u32 = 3;
/// Since this one the guardian limits control groups.
pub(crate) const VERSION_LIMITS: u32 = 4;
/// Since this one the guardian keeps what runs say something with.
pub(crate) const VERSION_SIGNS: u32 = 5;
/// Since this one the guardian runs stop commands.
pub(crate) const VERSION_STOP_COMMAND: u32 = 6;
/// Since this one the guardian keeps standard error apart.
pub(crate) const VERSION_ERRORS: u32 = 7;
/// Since this one the guardian runs the commands of probes.
pub(crate) const VERSION_PROBE_COMMAND: u32 = 8;
/// Since this one the guardian carries out standing orders.
pub(crate) const VERSION_ORDERS: u32 = 9;
/// The oldest that an engine understands: that of a guardian which kept no journal.
pub(crate) const VERSION_OLDEST: u32 = 1;
/// For at most so many ended runs of a service, output of processes that they left behind is collected.
pub(crate) const STREAMS_AFTER_RUNS_MAX: usize = 16;

/// The name of something on the link: its service and its number.
macro_rules! key {
    ($(#[$about:meta])* $key:ident, $id:ident) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub(crate) struct $key(pub(crate) u32, pub(crate) u32);

        impl From<$id> for $key {
            fn from(id: $id) -> Self {
                Self(id.service.0, id.number)
            }
        }

        impl From<$key> for $id {
            fn from(key: $key) -> Self {
                Self {
                    service: ServiceId(key.0),
                    number: key.1,
                }
            }
        }
    };
}

key!(
    /// Name of a run.
    RunKey,
    RunId
);
key!(
    /// Name of a recovery action.
    ActionKey,
    ActionId
);

/// A stream of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StreamKey(pub(crate) RunKey, pub(crate) OutputStream);

impl StreamKey {
    /// The streams that a run may have.
    pub(crate) fn of(run: RunKey) -> [Self; 2] {
        OutputStream::ALL.map(|stream| Self(run, stream))
    }
}

/// Where the standard error of a run goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ErrorsGo {
    /// Where its output goes.
    #[default]
    Together,
    /// Into a stream of its own.
    Apart,
    /// Nowhere.
    Nowhere,
}

/// Set in the token of a stream of standard error.
const TOKEN_ERRORS: u64 = 1 << 60;

/// A stream of a run as a number, for epoll: that of output is the [`token`] of the run.
pub(crate) fn stream_token(run: RunId, stream: OutputStream) -> u64 {
    match stream {
        OutputStream::Output => token(run),
        OutputStream::Errors => token(run) | TOKEN_ERRORS,
    }
}

/// The stream of a [`stream_token`].
pub(crate) fn stream_of(token: u64) -> (RunId, OutputStream) {
    let stream = match token & TOKEN_ERRORS {
        0 => OutputStream::Output,
        _ => OutputStream::Errors,
    };
    (run_of(token & !TOKEN_ERRORS), stream)
}

/// A run as a number, for epoll. Services count from 1, so these are above 2³².
pub(crate) fn token(run: RunId) -> u64 {
    u64::from(run.service.0) << 32 | u64::from(run.number)
}

/// The run of a [`token`].
pub(crate) fn run_of(token: u64) -> RunId {
    let low = u32::try_from(token & u64::from(u32::MAX)).expect("masked");
    let high = u32::try_from(token >> 32).expect("shifted");
    RunId {
        service: ServiceId(high),
        number: low,
    }
}

/// From the engine. Everything may be said twice: runs and commands are known by their names.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GuardianRequest {
    /// The database is open and clients are served: the parent of the daemon may be told.
    Ready,
    /// Create the process of a run.
    Spawn {
        run: RunKey,
        secret: Secret,
        output: bool,
        /// Where standard error goes. From version 7.
        #[serde(default)]
        errors: ErrorsGo,
        channel: bool,
        /// Whether the frame carries the socket on which the run says something, to be kept. From version 5.
        #[serde(default)]
        notify: bool,
        spec: SpawnSpec,
    },
    /// The memory of the board of orders, which the frame carries; before the first order. From version 9.
    Orders,
    /// When the run ends by a signal, or, with `statuses`, with another status than 0: start the next one, if the
    /// ticket still is on its place of the board. From version 9.
    Order { run: RunKey, order: Order },
    /// Start a command that nobody waits for.
    Command { action: ActionKey, spec: SpawnSpec },
    /// Send a signal to the process of a run.
    Signal {
        run: RunKey,
        signal: i32,
        /// Whether that asks the run to stop: what its main process leaves behind is then asked too, and has
        /// time until [`GuardianRequest::Terminate`]. An older guardian kills it at once.
        #[serde(default)]
        stops: bool,
    },
    /// Run the command that stops the program of a run. From version 6.
    StopCommand { run: RunKey, spec: SpawnSpec },
    /// Run a command that shows whether a run lives; one that is still at work is killed. From version 8.
    Probe {
        run: RunKey,
        /// Counts those of the run.
        number: u32,
        spec: SpawnSpec,
    },
    /// Kill that command: it has had its time, or nobody wants to know any more. From version 8.
    EndProbe { run: RunKey },
    /// Kill the whole process tree of a run.
    Terminate { run: RunKey },
    /// The end of a run is on record; it may be forgotten.
    Acknowledge { run: RunKey },
    /// The start of a command is on record; it may be forgotten.
    AcknowledgeCommand { action: ActionKey },
    /// Asked once, after the table: these runs are on record in the database, and the table did not
    /// name them. The guardian takes over those that run, tells each as a [`GuardianReport::Run`], then each
    /// [`GuardianReport::Stream`] and [`GuardianReport::TableEnd`]. What is in control groups that belong to no run is killed. From version 2.
    Adopt { runs: Vec<RecordedRun> },
    /// The engine cannot open its database: it answers clients with an error, and nothing else is to be
    /// expected of it. From version 2.
    CannotServe,
    /// The engine ends the services, at the latest in this time; `None`: on a clock moved by
    /// hand. From version 2.
    ShuttingDown { within_ms: Option<u64> },
    /// A service is down for good, and the daemon is to end with this status: a shutdown, as if
    /// somebody had asked for it. From version 3.
    GiveUp { service: String, status: u8 },
    /// All services have stopped; the guardian may end.
    ShutDown,
    /// The answer to [`GuardianReport::AreYouThere`].
    Here,
}

/// From the guardian.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GuardianReport {
    /// The first frame to a new engine.
    Hello {
        version: u32,
        /// 1 for the first engine of this guardian.
        engine: u32,
        /// Whether a shutdown was asked for before.
        shutting_down: bool,
        /// Whether this guardian is the init process of a container.
        init: bool,
        /// Whether the daemon before has stopped all services.
        #[serde(default)]
        after_shutdown: bool,
        /// Where the control groups of runs are, if they have any.
        #[serde(default)]
        groups: Option<Location>,
        /// Set where the engine before was ended because it had not answered for so long.
        #[serde(default)]
        silent_s: Option<u32>,
        /// Set where somebody has removed the socket for clients, and it was made again.
        #[serde(default)]
        socket_was_removed: bool,
        /// Whether the guardian's program was exchanged in its process.
        #[serde(default)]
        handed_over: bool,
    },
    /// One run that is not forgotten; with what it has of channel, output, socket, ready descriptor and
    /// standard error, in this order.
    Run(KnownRun),
    /// The output of a run that the guardian has not started or has forgotten: a process that it left
    /// behind may print, or what it printed has not been read. With the output as descriptor, or its standard
    /// error that is apart.
    Stream {
        run: RunKey,
        #[serde(default)]
        errors: bool,
    },
    /// One command that is not forgotten.
    Command {
        action: ActionKey,
        result: Result<u32, SpawnError>,
    },
    /// The last run of each service, over or not.
    LastRuns { runs: Vec<RunKey> },
    /// All runs and commands have been told.
    TableEnd,
    /// The process of a run exists; with the same descriptors.
    Spawned(KnownRun),
    /// It could not be created.
    SpawnFailed { run: RunKey, error: SpawnError },
    /// It has ended.
    Exited {
        run: RunKey,
        exit: Exit,
        at_ns: u64,
        /// See [`KnownRun::memory_kills`].
        #[serde(default)]
        memory_kills: u32,
        /// See [`KnownRun::left`].
        #[serde(default)]
        left: u32,
        /// The next run, with its descriptors, where an order has started it. To an engine that has given orders.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Box<KnownRun>>,
    },
    /// The stop command of a run has ended, or could not be run.
    StopCommandEnded {
        run: RunKey,
        result: Result<Exit, SpawnError>,
    },
    /// The command of a probe has ended, or could not be run.
    ProbeEnded {
        run: RunKey,
        number: u32,
        result: Result<Exit, SpawnError>,
    },
    /// The state of the web console.
    Console {
        /// Its process, if there is one.
        pid: Option<u32>,
        /// Why there is none, or was none a moment ago.
        problem: Option<String>,
        /// Whether the problem, or that there is none, is to be written down.
        is_new: bool,
    },
    /// Somebody asked the daemon to stop.
    Shutdown,
    /// Somebody has moved files of output, and asked for new ones.
    ReopenOutput,
    /// To be answered with [`GuardianRequest::Here`].
    AreYouThere,
}

/// What is to follow the end of a run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    /// Its place on the board ...
    pub(crate) place: u32,
    /// ... and its ticket.
    pub(crate) ticket: u64,
    /// Whether it holds for statuses, too, and not for signals only.
    pub(crate) statuses: bool,
    /// An [`OrderedStart`]: as text until it is needed, because most never are, and the text is a third of the size.
    pub(crate) start: Box<RawValue>,
}

/// A start that is asked for in advance; as in [`GuardianRequest::Spawn`], of a program that says nothing of itself.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OrderedStart {
    pub(crate) secret: Secret,
    pub(crate) output: bool,
    pub(crate) errors: ErrorsGo,
    pub(crate) spec: SpawnSpec,
}

/// A run as the guardian knows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KnownRun {
    pub(crate) run: RunKey,
    pub(crate) pid: u32,
    /// Nanoseconds of CLOCK_BOOTTIME just before the process was created.
    pub(crate) birth: u64,
    pub(crate) secret: Secret,
    /// Whether the frame carries the manager's end of its control channel.
    pub(crate) channel: bool,
    /// Whether the frame carries the reading end of its output.
    pub(crate) output: bool,
    /// Whether the frame carries the socket on which it says something.
    #[serde(default)]
    pub(crate) notify: bool,
    /// Whether the frame carries the reading end of the descriptor on which it says that it is ready.
    #[serde(default)]
    pub(crate) ready: bool,
    /// Whether the frame carries the reading end of its standard error, which is apart.
    #[serde(default)]
    pub(crate) errors: bool,
    /// Its end, and when (nanoseconds of CLOCK_BOOTTIME).
    pub(crate) exit: Option<(Exit, u64)>,
    /// How many of its processes the kernel had killed because memory ran out when it ended.
    #[serde(default)]
    pub(crate) memory_kills: u32,
    /// How many of its processes were still there when the first ended with 0.
    #[serde(default)]
    pub(crate) left: u32,
    /// The name of its service, where the guardian knows it.
    #[serde(default)]
    pub(crate) service: Option<String>,
}

/// A run that is on record in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordedRun {
    pub(crate) run: RunKey,
    pub(crate) pid: u32,
    /// See [`KnownRun::birth`].
    pub(crate) birth: u64,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Exit {
    Status(i32),
    Signal(i32),
    /// It ended while no guardian was there, or under another parent that told nobody.
    Unknown,
}

impl From<Exit> for relance_scm::status::ProcessExit {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Status(status) => Self::Exited(status),
            Exit::Signal(signal) => Self::Signaled(signal),
            Exit::Unknown => Self::Unknown,
        }
    }
}
