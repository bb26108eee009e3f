//! What the engine asks of the host of processes, and what the host tells. Implemented for Linux
//! (`linux/processes.rs`) and by the simulated host of the tests.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use relance_policy::{ActionId, Notice, RunId, ServiceId, ServiceRecord, StandingOrder, Time};
use relance_scm::config::PriorityClass;
use relance_scm::controllers::Controllers;
use relance_scm::event_log::Timestamp;
use relance_scm::status::ProcessExit;
use relance_scm::{ServiceConfig, ServiceName, Win32Error};
use relance_texts::{Lang, Sentence, start};
use relance_wire::channel::{ManagerFrame, ServiceFrame};

/// Requests. None of them waits: their outcome comes as a [`Fact`].
///
/// All may be repeated with the same identity after the engine was restarted; a run or a command that exists
/// already is reported again, never created twice.
pub trait Processes {
    /// Creates the process of a run: `Spawned` or `SpawnFailed`. If the host does not have it but has a later
    /// run of the service, it could not be created ([`StartProblem::given_up`]).
    fn spawn(&mut self, run: RunId, config: &Arc<ServiceConfig>);
    /// Gives the host what follows certain ends of a run, before it has ended: it creates the process of the next run
    /// by itself, once, and tells that with the end ([`Fact::Exited`]). It holds until the run has ended or the order
    /// is recalled, and at the longest as long as this engine. `false`: the host does not take it.
    fn order(&mut self, run: RunId, ends: StandingOrder, config: &Arc<ServiceConfig>) -> bool;
    /// Takes that back.
    fn recall(&mut self, run: RunId) -> Recalled;
    /// Starts a recovery command under the account of its service: `CommandDone`.
    fn run_command(&mut self, id: ActionId, config: &ServiceConfig, command: &str);
    /// Reboots the machine: `CommandDone`, with 1314 unless the daemon may (R46).
    fn reboot(&mut self, id: ActionId);
    /// Tells everybody on the machine something (R45); no fact follows.
    fn broadcast(&mut self, message: &str);
    /// Sends a signal to the process of a run.
    fn signal(&mut self, run: RunId, signal: u8);
    /// Sends the process of a run the signal that asks it to stop, once, however often this is called.
    /// Processes that its main process leaves behind are then asked too, and the run has ended when none is
    /// left (X24). Ends its stop command.
    fn stop(&mut self, run: RunId, signal: u8);
    /// Gives the processes of a run a priority. Does nothing where the daemon may not give that one.
    fn set_priority(&mut self, run: RunId, class: PriorityClass);
    /// Changes what the processes of a run may use from what one configuration says to what another one says
    /// (X76): `LimitsSet`, if that is anything.
    fn set_limits(&mut self, run: RunId, before: &ServiceConfig, after: &Arc<ServiceConfig>);
    /// The controllers that the control groups of runs have (X53).
    fn controllers(&self) -> Controllers;
    /// Runs the command that stops the program of a run, once (X25): `StopCommandEnded`.
    fn run_stop_command(&mut self, run: RunId, config: &ServiceConfig);
    /// How much memory runs use, without the cache of files, which the kernel can take back. A run that is not
    /// known is left out.
    fn memory_of(&self, runs: &[RunId]) -> BTreeMap<RunId, u64>;
    /// The next moment after this one with a time of day, like `03:00`, in the time zone of the machine.
    fn next_time_of_day(&self, after: Timestamp, time: &str) -> Timestamp;
    /// Kills the process tree of a run.
    fn terminate(&mut self, run: RunId);
    /// Sends a frame over the control channel of a run.
    fn send(&mut self, run: RunId, frame: &ManagerFrame);
    /// Takes what was read from the channel of a run off it, up to a position: it is on record.
    fn consume(&mut self, run: RunId, position: u64);
    /// Gives the host the new record of a service. If the record wants it, the host looks whether the run is
    /// ready, or lives, and tells what it finds as [`Fact::Noticed`].
    fn look_after(&mut self, record: &ServiceRecord);
    /// The service is gone.
    fn look_away(&mut self, service: ServiceId);
    /// The last [`Fact::Noticed`] of a run is on record.
    fn on_record(&mut self, run: RunId);
    /// Forgets a run that has ended: its end is on record.
    fn forget_run(&mut self, run: RunId);
    /// Forgets a command: its start is on record.
    fn forget_command(&mut self, id: ActionId);
    /// The last lines of the output of a run, from the thread that collects it.
    fn last_output(&mut self, run: RunId) -> Option<Receiver<String>>;
    /// The notifier should run now, if its file is there.
    fn look_for_teller(&mut self) {}
    /// A service is down for good: the daemon is to stop all services and end with this status (X33). May
    /// be asked again.
    fn give_up(&mut self, service: &ServiceName, status: u8);
    /// Process id and birth of a run that the host has, over or not.
    fn process_of(&self, run: RunId) -> Option<(u32, u64)>;
    /// The number of the last run of a service that the host knows of; 0: none.
    fn last_run(&self, service: ServiceId) -> u32;
    /// Breaks the control channel of a run: its service connects again, and reports its status again.
    fn cut(&mut self, run: RunId);
    /// The services have stopped; the daemon may end.
    fn shut_down(&mut self);
}

/// The outcome of recalling an order.
#[derive(Debug)]
pub enum Recalled {
    /// It is not carried out any more.
    InTime,
    /// It was carried out before: what the host has to tell of the service up to the end of that run. Not told
    /// again.
    TooLate(Vec<Fact>),
    /// The host has ended, and it is not known.
    Unknown,
}

/// A process that the host has created on its own, because of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// Of which run.
    pub run: RunId,
    /// Its process id.
    pub pid: u32,
    /// See [`relance_policy::Run::birth`].
    pub birth: u64,
}

/// What happened to processes.
#[derive(Debug)]
pub enum Fact {
    /// The process of a run exists.
    Spawned {
        /// Which run.
        run: RunId,
        /// Its process id.
        pid: u32,
        /// See [`relance_policy::Run::birth`].
        birth: u64,
    },
    /// It could not be created.
    SpawnFailed {
        /// Which run.
        run: RunId,
        /// Why, and what to do about it.
        failure: StartProblem,
    },
    /// A process that was there when the engine began; runs of a service in their order, each with
    /// all that is known of it before the next.
    Found {
        /// Which run.
        run: RunId,
        /// Its process id.
        pid: u32,
        /// See [`relance_policy::Run::birth`].
        birth: u64,
    },
    /// A frame came over the control channel of a run.
    Frame {
        /// Of which run.
        run: RunId,
        /// The frame.
        frame: ServiceFrame,
        /// Up to where the channel may be forgotten once this is on record.
        position: u64,
    },
    /// A run has said something about itself (X41, X42). When the change is on record, the host is told
    /// ([`Processes::on_record`]).
    Noticed {
        /// Which run.
        run: RunId,
        /// What it said, in order.
        notices: Vec<Notice>,
    },
    /// A run has given a sign of life (X40).
    Heartbeat {
        /// Which run.
        run: RunId,
    },
    /// A run has done so many more jobs (X58).
    JobsDone {
        /// Which run.
        run: RunId,
        /// How many.
        count: u64,
    },
    /// What came over the channel is not a frame; the channel was closed.
    ChannelBroken {
        /// Of which run.
        run: RunId,
    },
    /// The kernel has killed processes of a run because memory ran out, and the run has ended badly;
    /// told before its end.
    MemoryRanOut {
        /// Which run.
        run: RunId,
        /// How many of its processes.
        processes: u32,
    },
    /// What the processes of a run may use was changed (X76).
    LimitsSet {
        /// Of which run.
        run: RunId,
        /// The first limit that the kernel refused, and why.
        problem: Option<Box<str>>,
    },
    /// The first process of a run has ended with 0, and others of it were still there; told before its
    /// end.
    LeftBehind {
        /// Of which run.
        run: RunId,
        /// How many others.
        processes: u32,
    },
    /// The process of a run has ended, and all it had sent has been told.
    Exited {
        /// Which run.
        run: RunId,
        /// How.
        exit: ProcessExit,
        /// When.
        at: Time,
        /// The next run, where an order has started it at once.
        next: Option<Started>,
    },
    /// A command was started, or could not be.
    CommandDone {
        /// Which.
        id: ActionId,
        /// Its outcome.
        result: Result<(), Win32Error>,
    },
    /// The command that stops a program has ended, or could not be run; what was wrong with it.
    StopCommandEnded {
        /// Of which run.
        run: RunId,
        /// `None`: it has succeeded.
        problem: Option<Box<str>>,
    },
    /// The state of the web console has changed; an engine that has just begun gets it, too.
    ConsoleChanged {
        /// Why it does not run, or did not run a moment ago.
        problem: Option<String>,
        /// Whether that must be logged: no engine was told before.
        is_new: bool,
    },
    /// The host has told everything that was there when the engine began.
    Caught,
    /// Somebody asked the daemon to stop.
    ShutdownAsked,
}

impl Fact {
    /// The service that it is about, if it is about a run.
    #[must_use]
    pub const fn service(&self) -> Option<ServiceId> {
        match self {
            Self::Spawned { run, .. }
            | Self::SpawnFailed { run, .. }
            | Self::Found { run, .. }
            | Self::Frame { run, .. }
            | Self::Noticed { run, .. }
            | Self::Heartbeat { run }
            | Self::JobsDone { run, .. }
            | Self::ChannelBroken { run }
            | Self::MemoryRanOut { run, .. }
            | Self::LimitsSet { run, .. }
            | Self::LeftBehind { run, .. }
            | Self::Exited { run, .. }
            | Self::StopCommandEnded { run, .. } => Some(run.service),
            Self::CommandDone { .. }
            | Self::ConsoleChanged { .. }
            | Self::Caught
            | Self::ShutdownAsked => None,
        }
    }
}

/// Takes out of what the host has to tell what is about the service of a run, up to the end of that run, if an order
/// was carried out at it.
pub fn told_up_to_the_end(facts: &mut VecDeque<Fact>, run: RunId) -> Recalled {
    let is_end =
        |fact: &Fact| matches!(fact, Fact::Exited { run: of, next: Some(_), .. } if *of == run);
    let Some(end) = facts.iter().position(is_end) else {
        return Recalled::InTime;
    };
    let behind = facts.split_off(end + 1);
    let all = std::mem::replace(facts, behind).into_iter();
    let is_about = |fact: &Fact| fact.service() == Some(run.service);
    let (told, others): (Vec<_>, Vec<_>) = all.partition(is_about);
    for fact in others.into_iter().rev() {
        facts.push_front(fact);
    }
    Recalled::TooLate(told)
}

/// Why a start failed, for the log and for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartProblem {
    /// The Win32 code.
    pub error: Win32Error,
    /// Whether the account was the trouble (7038).
    pub logon: bool,
    /// What to do about it.
    pub sentence: Sentence,
}

impl StartProblem {
    /// For a run that an earlier engine asked for and that could not be created: that engine went on to a later
    /// run of the service, and was killed before it could put that on record. Runs are created in the order of
    /// their numbers.
    #[must_use]
    pub fn given_up(config: &ServiceConfig) -> Self {
        Self {
            error: Win32Error::CANCELLED,
            logon: false,
            sentence: start::Impossible {
                name: &config.service_name,
                problem: start::GIVEN_UP,
            }
            .into(),
        }
    }

    /// The sentence, without the parts that the caller knows.
    pub(crate) fn what(&self) -> String {
        let text = self.sentence.text();
        let problem = text.and_then(|text| text.values().find(|(name, _)| *name == "problem"));
        problem.map_or_else(
            || self.sentence.of(Lang::En),
            |(_, problem)| problem.of(Lang::En).into_owned(),
        )
    }
}
