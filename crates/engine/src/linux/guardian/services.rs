//! The processes of services and of recovery commands, as the engine asks for them.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::rc::Rc;

use super::super::clock;
use super::super::protocol::{ActionKey, Report, RunKey};
use super::super::spawn::{ChildFds, SpawnError, SpawnSpec, SpawnStage};
use super::{Guardian, Run, socket_pair};

impl Guardian {
    pub(super) fn spawn(
        &mut self,
        key: RunKey,
        secret: String,
        output: bool,
        channel: bool,
        spec: &SpawnSpec,
    ) {
        if !self.runs.contains_key(&key) {
            let (group, group_fd) = self.take_group().unzip();
            let group_fd = group_fd.as_ref().map(AsFd::as_fd);
            match self.try_spawn(key, secret, output, channel, spec, group_fd) {
                Ok(run) => {
                    self.by_pid.insert(run.pid, key);
                    self.runs.insert(key, Run { group, ..run });
                }
                Err(error) => {
                    self.release_group(group);
                    self.streams.forget(key);
                    return self.tell(&Report::SpawnFailed { run: key, error }, vec![]);
                }
            }
        }
        let (known, fds) = self.known(key);
        self.tell(&Report::Spawned(known), fds);
    }

    fn try_spawn(
        &mut self,
        key: RunKey,
        secret: String,
        output: bool,
        channel: bool,
        spec: &SpawnSpec,
        group: Option<BorrowedFd<'_>>,
    ) -> Result<Run, SpawnError> {
        let prepare = |error: io::Error| SpawnError::at(SpawnStage::Prepare, &error);
        let owner = spec.ids.as_ref().map(|ids| ids.uid);
        let stream = output.then(|| self.streams.make(key, owner)).transpose();
        let stream = stream.map_err(prepare)?;
        let pair = channel.then(socket_pair).transpose().map_err(prepare)?;
        let (ours, theirs) = pair.unzip();
        let out = stream.as_ref().unwrap_or(&self.null).as_fd();
        let handed: Vec<_> = theirs.iter().map(AsFd::as_fd).collect();
        let fds = ChildFds {
            stdin: self.null.as_fd(),
            stdout: out,
            stderr: out,
            handed: &handed,
        };
        let birth = clock::boottime_ns();
        let pid = self.spawner.spawn(spec, &fds, group)?;
        Ok(Run {
            pid,
            birth,
            secret,
            channel: ours.map(Rc::new),
            group: None,
            exit: None,
            memory_kills: 0,
        })
    }

    pub(super) fn command(&mut self, action: ActionKey, spec: &SpawnSpec) {
        if !self.commands.contains_key(&action) {
            let null = self.null.as_fd();
            let fds = ChildFds {
                stdin: null,
                stdout: null,
                stderr: null,
                handed: &[],
            };
            let result = self.spawner.spawn(spec, &fds, None);
            self.commands.insert(action, result);
        }
        let result = self.commands[&action];
        self.tell(&Report::Command { action, result }, vec![]);
    }
}
