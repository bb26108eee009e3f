//! What the guardian tells the engine, as it arrives.

use std::io;
use std::sync::Arc;

use relance_policy::{RunId, Time};
use relance_scm::manager::{ConsoleInfo, OutputStream};
use relance_scm::status::ProcessExit;

use super::super::channel::Channel;
use super::super::link::Filled;
use super::super::plan;
use super::super::protocol::{Exit, GuardianReport, GuardianRequest, KnownRun};
use super::super::spawn::SpawnError;
use super::attach::watch_channel;
use super::host::command_error;
use super::{HostRun, LinuxProcesses, missing_descriptor};
use crate::processes::{Fact, Started};

impl LinuxProcesses {
    /// Takes all that has arrived. `false` when the guardian is gone.
    pub(super) fn take_all_reports(&mut self) -> io::Result<bool> {
        loop {
            let filled = self.link.fill_some()?;
            while let Some(report) = self.link.next::<GuardianReport>()? {
                self.report(report)?;
            }
            match filled {
                Filled::More => {}
                Filled::Nothing => return Ok(true),
                Filled::End => return Ok(false),
            }
        }
    }

    pub(super) fn report(&mut self, report: GuardianReport) -> io::Result<()> {
        match report {
            GuardianReport::Run(known) => self.learn(&known)?,
            GuardianReport::LastRuns { runs } => {
                let runs = runs.into_iter().map(RunId::from);
                self.last_runs = runs.map(|run| (run.service, run.number)).collect();
            }
            GuardianReport::Stream { run, errors } => {
                let pipe = self.link.take_fd().ok_or_else(missing_descriptor)?;
                let stream = if errors {
                    OutputStream::Errors
                } else {
                    OutputStream::Output
                };
                self.streams.insert((run.into(), stream), pipe);
            }
            GuardianReport::Spawned(known) => self.spawned(&known)?,
            GuardianReport::SpawnFailed { run, error } => self.spawn_failed(run.into(), error),
            GuardianReport::Exited {
                run,
                exit,
                at_ns,
                memory_kills,
                left,
                next,
            } => {
                let end = HostEnd::new(exit, at_ns, memory_kills, left);
                self.run_exited(run.into(), end, next.as_deref())?;
            }
            GuardianReport::Command { action, result } => {
                let result = result.map(|_| ()).map_err(command_error);
                self.facts.push_back(Fact::CommandDone {
                    id: action.into(),
                    result,
                });
            }
            GuardianReport::StopCommandEnded { run, result } => {
                self.stop_command_ended(run.into(), result);
            }
            GuardianReport::ProbeEnded {
                run,
                number,
                result,
            } => self.probe_ended(run.into(), number, result),
            GuardianReport::Console {
                pid,
                problem,
                is_new,
            } => self.console_changed(pid, problem, is_new),
            GuardianReport::ReopenOutput => self.logs.reopen(),
            GuardianReport::AreYouThere => self.ask(&GuardianRequest::Here),
            GuardianReport::Shutdown => self.facts.push_back(Fact::ShutdownAsked),
            GuardianReport::Hello { .. } | GuardianReport::TableEnd => {}
        }
        Ok(())
    }

    /// A run has ended, and an order may have started the next one.
    fn run_exited(
        &mut self,
        run: RunId,
        mut end: HostEnd,
        next: Option<&KnownRun>,
    ) -> io::Result<()> {
        if let Some(next) = next {
            self.learn(next)?;
        }
        self.order_is_over(run, next.map(|next| next.run));
        end.next = next.map(|next| Started {
            run: next.run.into(),
            pid: next.pid,
            birth: next.birth,
        });
        self.exited(run, end);
        Ok(())
    }

    fn exited(&mut self, run: RunId, end: HostEnd) {
        if let Some(known) = self.runs.get_mut(&run) {
            known.end = Some(Box::new(end));
        }
        // What it had sent is told before its end (a service that reported STOPPED and died is never
        // taken for a crash).
        self.look(run);
        self.read_last_signs(run);
        self.tell_exit(run);
    }

    fn console_changed(&mut self, pid: Option<u32>, problem: Option<String>, is_new: bool) {
        self.console.set(ConsoleInfo {
            pid: pid.unwrap_or_default(),
            problem: problem.clone(),
        });
        self.facts
            .push_back(Fact::ConsoleChanged { problem, is_new });
    }

    /// Takes a run from the guardian, with its descriptors.
    pub(super) fn learn(&mut self, known: &KnownRun) -> io::Result<()> {
        let run = RunId::from(known.run);
        let channel = if known.channel {
            Some(self.link.take_fd().ok_or_else(missing_descriptor)?)
        } else {
            None
        };
        let output = if known.output {
            Some(self.link.take_fd().ok_or_else(missing_descriptor)?)
        } else {
            None
        };
        if known.notify {
            let socket = self.link.take_fd().ok_or_else(missing_descriptor)?;
            self.sockets.take(run, socket);
        }
        if known.ready {
            let reader = self.link.take_fd().ok_or_else(missing_descriptor)?;
            self.ready_fds.insert(run, reader);
        }
        let errors = if known.errors {
            Some(self.link.take_fd().ok_or_else(missing_descriptor)?)
        } else {
            None
        };
        if let Some(channel) = &channel {
            watch_channel(&self.epoll, channel, run)?;
        }
        let host_run = HostRun {
            pid: known.pid,
            birth: known.birth,
            secret: known.secret,
            channel: channel.map(Channel::new).map(Box::new),
            output,
            errors,
            end: known.exit.map(|(exit, at_ns)| {
                let end = HostEnd::new(exit, at_ns, known.memory_kills, known.left);
                Box::new(end)
            }),
            service: known.service.as_deref().map(Into::into),
        };
        self.runs.insert(run, host_run);
        Ok(())
    }

    pub(super) fn spawned(&mut self, known: &KnownRun) -> io::Result<()> {
        let run = RunId::from(known.run);
        let starting = self.starting.remove(&run);
        self.learn(known)?;
        if let Some((config, _)) = starting
            && let Some(known) = self.runs.get_mut(&run)
        {
            known.service = None;
            for (stream, pipe) in known.take_streams() {
                self.logs
                    .add(run, stream, Some(Arc::clone(&config)), pipe, false);
            }
            self.catch_up_with_limits(run, &config);
        }
        self.facts.push_back(Fact::Spawned {
            run,
            pid: known.pid,
            birth: known.birth,
        });
        self.look(run);
        self.watch_signs(run);
        self.tell_exit(run);
        Ok(())
    }

    /// The end of a run, if it is known, with what the kernel says of it.
    pub(super) fn tell_exit(&mut self, run: RunId) {
        let Some(known) = self.runs.get(&run) else {
            return;
        };
        if let Some(end) = &known.end {
            let &HostEnd { exit, at, next, .. } = &**end;
            // A program that ended well has survived the OOM kill.
            if end.memory_kills > 0 && exit != ProcessExit::Exited(0) {
                let processes = end.memory_kills;
                self.facts.push_back(Fact::MemoryRanOut { run, processes });
            }
            if end.left > 0 {
                let processes = end.left;
                self.facts.push_back(Fact::LeftBehind { run, processes });
            }
            self.facts.push_back(Fact::Exited {
                run,
                exit,
                at,
                next,
            });
        }
    }

    pub(super) fn spawn_failed(&mut self, run: RunId, error: SpawnError) {
        let Some((config, program)) = self.starting.remove(&run) else {
            return;
        };
        self.close_signs(run);
        let failure = plan::problem(&config, &program, error);
        self.facts.push_back(Fact::SpawnFailed { run, failure });
    }
}

/// How a run ended.
pub(super) struct HostEnd {
    exit: ProcessExit,
    at: Time,
    /// How many of its processes the kernel had killed because memory ran out.
    memory_kills: u32,
    /// How many of its processes were still there when the first ended with 0.
    left: u32,
    /// The run that an order has started then.
    next: Option<Started>,
}

impl HostEnd {
    fn new(exit: Exit, at_ns: u64, memory_kills: u32, left: u32) -> Self {
        Self {
            exit: exit.into(),
            at: Time::from_nanos(at_ns),
            memory_kills,
            left,
            next: None,
        }
    }
}
