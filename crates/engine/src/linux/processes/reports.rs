//! What the guardian tells the engine, as it arrives.

use std::io;

use relance_policy::{RunId, Time};
use relance_scm::manager::ConsoleInfo;
use relance_scm::status::ProcessExit;

use super::super::channel::Channel;
use super::super::plan;
use super::super::protocol::{GuardianReport, GuardianRequest, KnownRun};
use super::super::spawn::SpawnError;
use super::attach::watch_channel;
use super::{HostRun, LinuxProcesses, command_error, missing_descriptor};
use crate::processes::Fact;

impl LinuxProcesses {
    pub(super) fn take_reports(&mut self) -> io::Result<()> {
        while let Some(report) = self.link.next::<GuardianReport>()? {
            self.report(report)?;
        }
        Ok(())
    }

    pub(super) fn report(&mut self, report: GuardianReport) -> io::Result<()> {
        match report {
            GuardianReport::Run(known) => self.learn(&known)?,
            GuardianReport::LastRuns { runs } => {
                let runs = runs.into_iter().map(RunId::from);
                self.last_runs = runs.map(|run| (run.service, run.number)).collect();
            }
            GuardianReport::Stream { run } => {
                let output = self.link.take_fd().ok_or_else(missing_descriptor)?;
                self.streams.insert(run.into(), output);
            }
            GuardianReport::Spawned(known) => self.spawned(&known)?,
            GuardianReport::SpawnFailed { run, error } => self.spawn_failed(run.into(), error),
            GuardianReport::Exited {
                run,
                exit,
                at_ns,
                memory_kills,
                left,
            } => {
                let run = run.into();
                if let Some(known) = self.runs.get_mut(&run) {
                    known.exit = Some((exit.into(), at_ns));
                    known.memory_kills = memory_kills;
                    known.left = left;
                }
                // What it had sent is told before its end (a service that reported STOPPED and died
                // is never taken for a crash).
                self.look(run);
                self.read_last_signs(run);
                self.tell_exit(run);
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
        if let Some(channel) = &channel {
            watch_channel(&self.epoll, channel, run)?;
        }
        let host_run = HostRun {
            pid: known.pid,
            birth: known.birth,
            secret: known.secret.clone(),
            channel: channel.map(Channel::new),
            output,
            exit: known.exit.map(|(exit, at)| (exit.into(), at)),
            memory_kills: known.memory_kills,
            left: known.left,
            service: known.service.clone(),
        };
        self.runs.insert(run, host_run);
        Ok(())
    }

    pub(super) fn spawned(&mut self, known: &KnownRun) -> io::Result<()> {
        let run = RunId::from(known.run);
        let starting = self.starting.remove(&run);
        self.learn(known)?;
        if let Some((config, _)) = starting
            && let Some(output) = self.runs.get_mut(&run).and_then(|run| run.output.take())
        {
            self.logs.add(run, Some(config), output, false);
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
        if let Some((exit, at)) = known.exit {
            // A program that ended well has survived the OOM kill.
            if known.memory_kills > 0 && exit != ProcessExit::Exited(0) {
                let processes = known.memory_kills;
                self.facts.push_back(Fact::MemoryRanOut { run, processes });
            }
            if known.left > 0 {
                let processes = known.left;
                self.facts.push_back(Fact::LeftBehind { run, processes });
            }
            self.facts.push_back(Fact::Exited {
                run,
                exit,
                at: Time::from_nanos(at),
            });
        }
    }

    pub(super) fn spawn_failed(&mut self, run: RunId, error: SpawnError) {
        let Some((config, spec)) = self.starting.remove(&run) else {
            return;
        };
        self.close_signs(run);
        let failure = plan::problem(&config, &spec, error);
        self.facts.push_back(Fact::SpawnFailed { run, failure });
    }
}
