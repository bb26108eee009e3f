//! The command that stops a program, run instead of its stop signal (X25). It is run once for a run, in the
//! control group of the run, and prints where the run does. Whether it has done what it should, the engine
//! decides.
//!
//! It is in the run journal, and so the next guardian watches it again if this one is killed. If it ended
//! while there was no guardian, its result cannot be known: none is reported, and the stop signal follows
//! when the time of the command is over.

use std::os::fd::{AsFd, BorrowedFd};

use rustix::event::epoll;
use rustix::fs::{Mode, OFlags};

use super::super::process::{kill_group, log};
use super::super::protocol::{Exit, GuardianReport, RunKey, StreamKey, token};
use super::super::signals::is_child;
use super::super::spawn::{ChildFds, SpawnError, SpawnSpec};
use super::adopted::{Adopted, Look};
use super::journal::Slot;
use super::services::witness;
use super::{Guardian, TOKEN_STOP_COMMAND};

/// The process of a stop command that has not ended.
pub(super) struct StopProcess {
    run: RunKey,
    /// Its place in the journal.
    slot: Option<Slot>,
    /// Set for one that an earlier guardian has started.
    adopted: Option<Adopted>,
}

/// How far the stop command of a run is.
#[derive(Clone, Copy)]
pub(super) enum StopCommand {
    /// It runs, as this process.
    Runs(u32),
    /// It has ended, or could not be run.
    Ended(Result<Exit, SpawnError>),
}

impl Guardian {
    pub(super) fn stop_by_command(&mut self, key: RunKey, spec: &SpawnSpec) {
        let Some(run) = self.runs.get(&key).filter(|run| run.end.is_none()) else {
            return;
        };
        match run.stop_command {
            Some(StopCommand::Runs(_)) => {}
            Some(StopCommand::Ended(Ok(Exit::Unknown))) => {}
            Some(StopCommand::Ended(result)) => self.tell_stop_command(key, result),
            // An earlier guardian has run it, and it has ended since; how cannot be known.
            None if run.asked.command => {}
            None => {
                self.note_stop_command(key);
                let mut slot = self.journal.as_mut().and_then(|j| j.stop_command(key));
                match self.run_stop_command(key, spec, slot.as_ref()) {
                    Ok(pid) => {
                        let process = StopProcess {
                            run: key,
                            slot,
                            adopted: None,
                        };
                        self.stop_commands.insert(pid, process);
                        self.set_stop_command(key, StopCommand::Runs(pid));
                    }
                    Err(error) => {
                        self.free(slot.take());
                        self.stop_command_ended(key, Err(error));
                    }
                }
            }
        }
    }

    /// On record before it is run, so that no later guardian runs it a second time.
    fn note_stop_command(&mut self, key: RunKey) {
        if let Some(run) = self.runs.get_mut(&key) {
            run.asked.main = true;
            run.asked.command = true;
            self.write_asked(key);
        }
    }

    fn run_stop_command(
        &mut self,
        key: RunKey,
        spec: &SpawnSpec,
        slot: Option<&Slot>,
    ) -> Result<u32, SpawnError> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = self.runs.get(&key).and_then(|run| self.group_folder(run));
        let group = folder.and_then(|folder| rustix::fs::open(folder, flags, Mode::empty()).ok());
        let [output, errors] = StreamKey::of(key).map(|key| self.streams.writer(key));
        let out = output.as_ref().unwrap_or(&self.null).as_fd();
        let fds = ChildFds {
            stdin: self.null.as_fd(),
            stdout: out,
            stderr: errors.as_ref().map_or(out, AsFd::as_fd),
            handed: &[],
        };
        let witness = witness(self.journal.as_ref(), slot);
        let group = group.as_ref().map(AsFd::as_fd);
        self.spawner.spawn(spec, &fds, group, witness)
    }

    /// The process of one has ended.
    pub(super) fn stop_process_ended(&mut self, process: StopProcess, exit: Exit) {
        self.free(process.slot);
        self.stop_command_ended(process.run, Ok(exit));
    }

    fn stop_command_ended(&mut self, key: RunKey, result: Result<Exit, SpawnError>) {
        if !self.runs.contains_key(&key) {
            return; // It was killed with its run.
        }
        self.set_stop_command(key, StopCommand::Ended(result));
        // The result of a command whose end was not seen is unknown.
        if result != Ok(Exit::Unknown) {
            self.tell_stop_command(key, result);
        }
        self.tell_rest(key);
        self.rest_event(key);
    }

    fn set_stop_command(&mut self, key: RunKey, command: StopCommand) {
        if let Some(run) = self.runs.get_mut(&key) {
            run.stop_command = Some(command);
        }
    }

    fn tell_stop_command(&mut self, run: RunKey, result: Result<Exit, SpawnError>) {
        self.tell(&GuardianReport::StopCommandEnded { run, result }, vec![]);
    }

    /// Tells a new engine of commands that have ended. It passes over those of runs that no longer stop.
    pub(super) fn tell_stop_commands(&mut self) {
        let ended = self
            .runs
            .iter()
            .filter_map(|(key, run)| match run.stop_command {
                Some(StopCommand::Ended(result)) => Some((*key, result)),
                _ => None,
            })
            .filter(|(_, result)| *result != Ok(Exit::Unknown));
        for (key, result) in ended.collect::<Vec<_>>() {
            self.tell_stop_command(key, result);
        }
    }

    /// It has had its time.
    pub(super) fn end_stop_command(&self, key: RunKey) {
        let Some(pid) = self.stop_command_of(key) else {
            return;
        };
        match self.stop_commands.get(&pid).map(|process| &process.adopted) {
            Some(Some(adopted)) => adopted.kill_process_group(),
            _ => kill_group(pid),
        }
    }

    /// Takes over one that an earlier guardian has started. This is done before its run is taken over.
    pub(super) fn inherit_stop_command(&mut self, run: RunKey, slot: Slot, found: Option<Adopted>) {
        let Some(adopted) = found else {
            return self.free(Some(slot));
        };
        let process = StopProcess {
            run,
            slot: Some(slot),
            adopted: None,
        };
        // Where the program was exchanged in its process.
        if is_child(adopted.pid) {
            self.stop_commands.insert(adopted.pid, process);
            return;
        }
        match self.watch_stop_command(run, adopted.as_fd()) {
            Ok(()) => {
                let pid = adopted.pid;
                let adopted = Some(adopted);
                self.stop_commands
                    .insert(pid, StopProcess { adopted, ..process });
            }
            Err(error) => log(&format!(
                "the stop command of a run (process {}) cannot be watched: {error}; the stop signal follows \
                 when its time is over",
                adopted.pid
            )),
        }
    }

    fn watch_stop_command(&self, run: RunKey, pidfd: BorrowedFd<'_>) -> rustix::io::Result<()> {
        let data = epoll::EventData::new_u64(token(run.into()) | TOKEN_STOP_COMMAND);
        // At the end, and again when the parent has taken notice of it.
        let flags = epoll::EventFlags::IN | epoll::EventFlags::ET;
        epoll::add(&self.epoll, pidfd, data, flags)
    }

    /// The stop command of a run that is taken over, if it was taken over before.
    pub(super) fn inherited_stop_command(&self, run: RunKey) -> Option<StopCommand> {
        let mut commands = self.stop_commands.iter();
        let (pid, _) = commands.find(|(_, process)| process.run == run)?;
        Some(StopCommand::Runs(*pid))
    }

    /// Something happened to one that was taken over.
    pub(super) fn stop_command_event(&mut self, key: RunKey) {
        let Some(pid) = self.stop_command_of(key) else {
            return;
        };
        let process = self.stop_commands.get(&pid);
        let Some(adopted) = process.and_then(|process| process.adopted.as_ref()) else {
            return;
        };
        // What it leaves behind.
        adopted.kill_process_group();
        if let Look::Ended(exit) = adopted.look()
            && let Some(process) = self.stop_commands.remove(&pid)
        {
            self.stop_process_ended(process, exit);
        }
    }

    /// The process of a stop command that has not ended.
    pub(super) fn stop_command_of(&self, key: RunKey) -> Option<u32> {
        match self.runs.get(&key)?.stop_command {
            Some(StopCommand::Runs(pid)) => Some(pid),
            _ => None,
        }
    }
}
