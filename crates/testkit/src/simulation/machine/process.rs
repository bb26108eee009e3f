//! One process, and its channel.

use std::collections::VecDeque;

use relance_engine::processes::Started;
use relance_policy::{Notice, RunId, Time};
use relance_scm::status::{ProcessExit, RawStatusReport};
use relance_scm::{ServiceKind, ServiceState};
use relance_wire::channel::{Hello, ManagerFrame, ServiceFrame, Status, VERSION};

/// A process, or what the guardian keeps of it until its end is acknowledged.
#[derive(Debug)]
pub struct Process {
    /// Its run.
    pub run: RunId,
    /// Kind of the service.
    pub kind: ServiceKind,
    /// What it last reported; RUNNING for a program.
    pub state: ServiceState,
    /// Whether it has said hello.
    pub connected: bool,
    /// It will not say hello.
    pub is_mute: bool,
    /// The program was asked to stop.
    pub was_signaled: bool,
    /// The command that stops it (X25).
    pub stop_command: StopCommand,
    /// It does not obey.
    pub ignores_stop: bool,
    /// It gives no heartbeat.
    pub hangs: bool,
    /// How often its probes have failed without a good one between: the thread of an engine counts them.
    pub(super) bad_probes: u64,
    /// How much memory it uses.
    pub memory: u64,
    /// How and when it ended.
    pub end: Option<(ProcessExit, Time)>,
    /// How many of its processes the kernel has killed because memory ran out.
    pub memory_kills: u32,
    pub(super) pid: u32,
    pub(super) birth: u64,
    /// Its guardian was killed: it has no parent that waits for it.
    pub(super) orphaned: bool,
    /// Its end is in the run journal.
    pub(super) end_recorded: bool,
    pub(super) end_told: bool,
    /// The run that the guardian has started at its end, and has not told yet.
    pub(super) next: Option<Started>,
    /// The guardian that has run its stop command was killed.
    pub(super) command_is_orphaned: bool,
    pub(super) channel: SimChannel,
    pub(super) signs: SimSigns,
    pub(super) reports: u64,
    pub(super) last_control: u32,
    pub(super) last_report: Option<RawStatusReport>,
}

/// How far the command is that stops a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StopCommand {
    /// It was not run.
    #[default]
    None,
    /// It runs.
    Runs,
    /// It has ended: well, or not.
    Ended(bool),
    /// It has ended while no guardian was there.
    Unknown,
}

/// The channel of a process: frames instead of bytes.
#[derive(Debug, Default)]
pub(super) struct SimChannel {
    pub(super) sent: Vec<ServiceFrame>,
    /// Read by this engine ...
    pub(super) read: usize,
    /// ... and on record.
    pub(super) taken: usize,
    pub(super) inbox: VecDeque<ManagerFrame>,
    pub(super) is_broken: bool,
    pub(super) broken_told: bool,
}

/// What a process says of itself, over a socket that the guardian keeps.
#[derive(Debug, Default)]
pub(super) struct SimSigns {
    /// It has to say that it is ready.
    pub(super) are_awaited: bool,
    /// It has said so.
    pub(super) said_ready: bool,
    /// The socket is gone with its guardian.
    pub(super) are_lost: bool,
    /// What was said and is not on record.
    pub(super) sent: VecDeque<Notice>,
    /// Whether this engine was told of the first of them.
    pub(super) is_told: bool,
}

impl SimSigns {
    pub(super) fn on_record(&mut self) {
        if std::mem::take(&mut self.is_told) {
            self.sent.pop_front();
        }
    }

    /// What the engine may be told now.
    pub(super) fn next(&mut self) -> Option<Notice> {
        let next = self.sent.front().filter(|_| !self.is_told).cloned();
        self.is_told |= next.is_some();
        next
    }

    /// The guardian was killed.
    pub(super) fn lose(&mut self) {
        self.sent.clear();
        self.are_lost = true;
    }
}

impl Process {
    pub(super) fn new(run: RunId, pid: u32, birth: u64, kind: ServiceKind) -> Self {
        let state = match kind {
            ServiceKind::Service => ServiceState::StartPending,
            ServiceKind::Program => ServiceState::Running,
        };
        Self {
            run,
            kind,
            state,
            connected: false,
            is_mute: false,
            was_signaled: false,
            stop_command: StopCommand::default(),
            ignores_stop: false,
            hangs: false,
            bad_probes: 0,
            memory: 0,
            end: None,
            memory_kills: 0,
            pid,
            birth,
            orphaned: false,
            end_recorded: false,
            end_told: false,
            next: None,
            command_is_orphaned: false,
            channel: SimChannel::default(),
            signs: SimSigns::default(),
            reports: 0,
            last_control: 0,
            last_report: None,
        }
    }

    /// Its run is: a stop command may outlive the process.
    pub(super) fn is_over(&self) -> bool {
        self.end.is_some() && self.stop_command != StopCommand::Runs
    }

    pub(super) fn hello(&mut self) {
        let hello = Hello {
            version: VERSION,
            pid: self.pid,
        };
        self.channel.sent.push(ServiceFrame::Hello(hello));
    }

    /// Its channel was lost: it comes back, and says again how it is.
    pub(super) fn attach(&mut self) {
        if self.end.is_none() && self.connected && !self.channel.is_broken {
            self.hello();
            if let Some(report) = self.last_report {
                self.report(report);
            }
        }
    }

    pub(super) fn report(&mut self, report: RawStatusReport) {
        self.reports += 1;
        self.last_report = Some(report);
        let status = Status::new(self.reports, report);
        self.channel.sent.push(ServiceFrame::Status(status));
    }
}
