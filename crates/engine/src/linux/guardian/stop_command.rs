//! The command that stops a program, run instead of its stop signal (X25). It is run once for a run, in the
//! control group of the run, and prints where the run does. Whether it has done what it should, the engine
//! decides.

use std::os::fd::AsFd;

use rustix::fs::{Mode, OFlags};

use super::super::process::kill_group;
use super::super::protocol::{Exit, GuardianReport, RunKey, StreamKey};
use super::super::spawn::{ChildFds, SpawnError, SpawnSpec};
use super::Guardian;

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
            Some(StopCommand::Ended(result)) => self.tell_stop_command(key, result),
            // An earlier guardian has run it; how that ends cannot be seen.
            None if run.asked.command => {}
            None => {
                self.note_stop_command(key);
                match self.run_stop_command(key, spec) {
                    Ok(pid) => {
                        self.stop_commands.insert(pid, key);
                        self.set_stop_command(key, StopCommand::Runs(pid));
                    }
                    Err(error) => self.stop_command_ended(key, Err(error)),
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

    fn run_stop_command(&mut self, key: RunKey, spec: &SpawnSpec) -> Result<u32, SpawnError> {
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
        self.spawner
            .spawn(spec, &fds, group.as_ref().map(AsFd::as_fd), None)
    }

    pub(super) fn stop_command_ended(&mut self, key: RunKey, result: Result<Exit, SpawnError>) {
        if !self.runs.contains_key(&key) {
            return; // It was killed with its run.
        }
        self.set_stop_command(key, StopCommand::Ended(result));
        self.tell_stop_command(key, result);
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
            });
        for (key, result) in ended.collect::<Vec<_>>() {
            self.tell_stop_command(key, result);
        }
    }

    /// It has had its time.
    pub(super) fn end_stop_command(&self, key: RunKey) {
        if let Some(pid) = self.stop_command_of(key) {
            kill_group(pid);
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
