//! The processes of services and of recovery commands, as the engine asks for them.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::rc::Rc;

use super::super::cgroup::Tree;
use super::super::clock;
use super::super::protocol::{ActionKey, ErrorsGo, GuardianReport, RunKey, StreamKey};
use super::super::secret::Secret;
use super::super::spawn::{ChildFds, SpawnError, SpawnSpec, SpawnStage, Witness};
use super::journal::{Intent, Journal, Slot};
use super::{Guardian, Run, socket_pair, streams};

impl Guardian {
    pub(super) fn spawn(
        &mut self,
        key: RunKey,
        secret: Secret,
        streams: (bool, ErrorsGo),
        channel: bool,
        notify: Option<OwnedFd>,
        spec: &SpawnSpec,
    ) {
        self.note_run(key);
        if !self.runs.contains_key(&key)
            && let Err(error) = self.create(key, secret, streams, channel, notify, spec)
        {
            return self.tell(&GuardianReport::SpawnFailed { run: key, error }, vec![]);
        }
        let (known, fds) = self.known(key);
        self.tell(&GuardianReport::Spawned(known), fds);
    }

    /// Creates the process of a run that is not in the table.
    pub(super) fn create(
        &mut self,
        key: RunKey,
        secret: Secret,
        (output, errors): (bool, ErrorsGo),
        channel: bool,
        notify: Option<OwnedFd>,
        spec: &SpawnSpec,
    ) -> Result<(), SpawnError> {
        let (group, group_fd) = self.take_group().unzip();
        let group_fd = group_fd.as_ref().map(AsFd::as_fd);
        let intent = Intent {
            run: key,
            birth: clock::boottime_ns(),
            secret,
            channel,
            output,
            stop_signal: spec.stop_signal.unwrap_or(libc::SIGTERM),
            stop_grace_ms: spec.stop_grace_ms,
            group,
        };
        let spawned = self
            .limit_group(group, spec)
            .and_then(|()| self.try_spawn(intent, errors, spec, group_fd));
        match spawned {
            Ok(mut run) => {
                run.notify = notify.map(Rc::new);
                self.by_pid.insert(run.pid, key);
                self.runs.insert(key, Box::new(run));
                Ok(())
            }
            Err(error) => {
                self.release_group(group);
                self.streams.forget_run(key);
                Err(error)
            }
        }
    }

    fn try_spawn(
        &mut self,
        intent: Intent,
        errors: ErrorsGo,
        spec: &SpawnSpec,
        group: Option<BorrowedFd<'_>>,
    ) -> Result<Run, SpawnError> {
        self.check_room()?;
        let prepare = |error: io::Error| SpawnError::at(SpawnStage::Prepare, &error);
        let streams = self.make_streams(&intent, errors, spec);
        let [output, apart] = streams.map_err(prepare)?;
        let pair = intent.channel.then(socket_pair).transpose();
        let (ours, theirs) = pair.map_err(prepare)?.unzip();
        let out = output.as_ref().unwrap_or(&self.null).as_fd();
        let is_together = errors == ErrorsGo::Together;
        let err = apart.as_ref().unwrap_or(&self.null).as_fd();
        let ready = spec.ready_fd.map(|_| streams::unnamed()).transpose();
        let (ready, writer) = ready.map_err(prepare)?.unzip();
        let handed: Vec<_> = theirs.iter().chain(&writer).map(AsFd::as_fd).collect();
        let fds = ChildFds {
            stdin: self.null.as_fd(),
            stdout: out,
            stderr: if is_together { out } else { err },
            handed: &handed,
        };
        let slot = self
            .journal
            .as_mut()
            .and_then(|journal| journal.run(&intent));
        let witness = witness(self.journal.as_ref(), slot.as_ref());
        let make_next_group = || self.groups.iter_mut().for_each(Tree::make_spare);
        let spawned = self
            .spawner
            .spawn_beside(spec, &fds, group, witness, make_next_group);
        let pid = match spawned {
            Ok(pid) => pid,
            Err(error) => {
                self.free(slot);
                return Err(error);
            }
        };
        let channel = ours.map(Rc::new);
        let ready = ready.map(Rc::new);
        Ok(Run {
            channel,
            ready,
            slot,
            service: spec.service().map(Into::into),
            needs: spec.needs.clone(),
            is_child: true,
            ..Run::begun(pid, intent)
        })
    }

    /// What the process of a run prints into: its output, and its standard error if that is apart.
    fn make_streams(
        &mut self,
        intent: &Intent,
        errors: ErrorsGo,
        spec: &SpawnSpec,
    ) -> io::Result<[Option<OwnedFd>; 2]> {
        let owner = spec.ids.as_ref().map(|ids| ids.uid);
        let [of_output, of_errors] = StreamKey::of(intent.run);
        let mut make = |is_wanted: bool, key| {
            let made = is_wanted.then(|| self.streams.make(key, owner));
            made.transpose()
        };
        Ok([
            make(intent.output, of_output)?,
            make(errors == ErrorsGo::Apart, of_errors)?,
        ])
    }

    /// Kept for engines whose database is brought back from a backup: no number is given twice.
    pub(super) fn note_run(&mut self, RunKey(service, number): RunKey) {
        let last = self.last_runs.entry(service).or_default();
        *last = number.max(*last);
    }

    pub(super) fn command(&mut self, action: ActionKey, spec: &SpawnSpec) {
        if !self.commands.contains_key(&action) {
            let fds = ChildFds::nowhere(self.null.as_fd());
            let journal = self.journal.as_mut();
            let mut slot = journal.and_then(|journal| journal.command(action));
            let witness = witness(self.journal.as_ref(), slot.as_ref());
            let result = self.spawner.spawn(spec, &fds, None, witness);
            if result.is_err() {
                // Nothing was executed: a guardian after this one may try again.
                self.free(slot.take());
            }
            self.commands.insert(action, (result, slot));
        }
        let (result, _) = self.commands[&action];
        self.tell(&GuardianReport::Command { action, result }, vec![]);
    }
}

/// Where the process that is about to be made puts itself on record.
pub(super) fn witness(journal: Option<&Journal>, slot: Option<&Slot>) -> Option<Witness> {
    Some(journal?.witness(slot?))
}
