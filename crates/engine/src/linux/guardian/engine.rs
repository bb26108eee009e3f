//! The engine's process: starts it, tells it which runs there are, exchanges frames with it, and replaces it.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;
use std::time::Duration;

use relance_scm::manager::OutputStream;
use rustix::event::{PollFd, PollFlags, Timespec, epoll, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::super::clock;
use super::super::link::{Filled, Link};
use super::super::protocol::{
    Exit, GuardianReport, GuardianRequest, KnownRun, RunKey, StreamKey, VERSION,
};
use super::super::spawn::{SpawnError, SpawnSpec, SpawnStage};
use super::restart::Restart;
use super::{EXIT_CANNOT_START, Guardian, TOKEN_ENGINE, socket_pair};

/// How long the engine may take to end after its last word.
const LAST_MOMENTS: Duration = Duration::from_secs(2);

/// The engine's process.
pub(super) struct Engine {
    pub(super) pid: u32,
    pub(super) link: Link,
    pub(super) started_at_ns: u64,
    /// It has served clients.
    pub(super) is_ready: bool,
    /// It has no database, and answers clients with an error only.
    pub(super) cannot_serve: bool,
}

impl Guardian {
    pub(super) fn wants_engine(&self) -> bool {
        let is_wanted = !self.shutdown.is_own() && !self.is_upgrading;
        self.engine.is_none() && self.ended.is_none() && is_wanted
    }

    pub(super) fn start_engine(&mut self) {
        let now = clock::boottime_ns();
        if now < self.engine_restart.at_ns {
            return;
        }
        match self.try_start_engine(now) {
            Ok(()) => self.introduce(),
            Err(error) => {
                super::super::process::log(&format!("the engine could not be started: {error:?}"));
                self.engine_restart.ended(now, now);
                if self.engines == 0 {
                    self.ended = Some(EXIT_CANNOT_START);
                }
            }
        }
    }

    /// Waits until the engine has ended by itself, which it does when the link is closed. So it closes its files, and
    /// nobody who waits for the guardian finds it still there. One that hangs is killed with the guardian.
    pub(super) fn let_engine_end(&mut self) {
        let Some(Engine { pid, link, .. }) = self.engine.take() else {
            return;
        };
        let id = Pid::from_raw(pid.cast_signed());
        let Some(process) = id.and_then(|id| pidfd_open(id, PidfdFlags::empty()).ok()) else {
            return;
        };
        drop(link);
        let limit = Timespec::try_from(LAST_MOMENTS).ok();
        // Whether it has ended or not, the guardian ends now.
        let _ = poll(&mut [PollFd::new(&process, PollFlags::IN)], limit.as_ref());
    }

    pub(super) fn try_start_engine(&mut self, now: u64) -> Result<(), SpawnError> {
        let prepare = |error: io::Error| SpawnError::at(SpawnStage::Prepare, &error);
        let (ours, theirs) = socket_pair().map_err(prepare)?;
        let spec = SpawnSpec {
            dies_with_guardian: true,
            ..SpawnSpec::of_part(&self.setup.engine, &self.setup.environment)
        };
        let handed = [theirs.as_fd(), self.setup.listener.as_fd()];
        let pid = self.spawner.spawn_part(&spec, self.null.as_fd(), &handed)?;
        let link = Link::new(ours).map_err(prepare)?;
        let data = epoll::EventData::new_u64(TOKEN_ENGINE);
        epoll::add(&self.epoll, &link, data, epoll::EventFlags::IN)
            .map_err(|error| prepare(error.into()))?;
        self.engines += 1;
        self.engine = Some(Engine {
            pid,
            link,
            started_at_ns: now,
            is_ready: false,
            cannot_serve: false,
        });
        Ok(())
    }

    /// Tells a new engine everything its predecessor may not have put on record.
    pub(super) fn introduce(&mut self) {
        self.tell(
            &GuardianReport::Hello {
                version: VERSION,
                engine: self.engines,
                shutting_down: self.shutdown.is_asked(),
                // A boot is due until an engine has put it on record.
                init: std::process::id() == 1 && !self.has_begun,
                after_shutdown: self.is_after_shutdown(),
                groups: self.groups.as_ref().map(|tree| tree.location().clone()),
                silent_s: self.silent_s,
                socket_was_removed: self.socket.was_removed,
                handed_over: self.is_handed_over,
            },
            vec![],
        );
        for key in self.runs.keys().copied().collect::<Vec<_>>() {
            let (known, fds) = self.known(key);
            self.tell(&GuardianReport::Run(known), fds);
        }
        self.tell_stop_commands();
        let commands = self.commands.iter();
        let commands: Vec<_> = commands
            .map(|(action, (result, _))| (*action, *result))
            .collect();
        for (action, result) in commands {
            self.tell(&GuardianReport::Command { action, result }, vec![]);
        }
        let last_runs = self.last_runs.iter();
        let runs = last_runs.map(|(service, number)| RunKey(*service, *number));
        let runs = runs.collect();
        self.tell(&GuardianReport::LastRuns { runs }, vec![]);
        self.introduce_console();
        self.tell(&GuardianReport::TableEnd, vec![]);
    }

    pub(super) fn known(&self, key: RunKey) -> (KnownRun, Vec<Rc<OwnedFd>>) {
        let run = &self.runs[&key];
        let [output, errors] = StreamKey::of(key).map(|key| self.streams.reader(key));
        let known = KnownRun {
            run: key,
            pid: run.pid,
            birth: run.birth,
            secret: run.secret,
            channel: run.channel.is_some(),
            output: output.is_some(),
            notify: run.notify.is_some(),
            ready: run.ready.is_some(),
            errors: errors.is_some(),
            exit: run.end.as_ref().map(|end| (end.exit, end.at_ns)),
            memory_kills: run.end.as_ref().map_or(0, |end| end.memory_kills),
            left: run.left,
            service: run.service.as_deref().map(ToOwned::to_owned),
        };
        let fds = run.channel.iter().chain(output);
        let fds = fds.chain(&run.notify).chain(&run.ready).chain(errors);
        (known, fds.cloned().collect())
    }

    /// Tells of output whose run is not in the table: a process may still print, or its last output is unread.
    pub(super) fn tell_streams(&mut self) {
        let streams = self
            .streams
            .keys()
            .filter(|key| !self.runs.contains_key(&key.0));
        for key in streams.collect::<Vec<_>>() {
            let output = self.streams.reader(key).cloned();
            let StreamKey(run, stream) = key;
            let errors = stream == OutputStream::Errors;
            self.tell(
                &GuardianReport::Stream { run, errors },
                output.into_iter().collect(),
            );
            self.streams.release(run);
        }
    }

    pub(super) fn engine_ended(&mut self, exit: Exit) {
        // Its requests from before its end are still carried out: a start is recorded nowhere else.
        let _ = self.take_requests();
        let Some(engine) = self.engine.take() else {
            return;
        };
        self.drop_orders();
        if exit == Exit::Status(EXIT_CANNOT_START) && self.runs.is_empty() {
            self.ended = Some(EXIT_CANNOT_START);
            return;
        }
        if !engine.is_ready && !engine.cannot_serve {
            self.engines_failed = self.engines_failed.saturating_add(1);
        }
        let now = clock::boottime_ns();
        if !self.is_upgrading {
            super::super::process::log(&format!(
                "the engine ended ({exit:?}) and is started again"
            ));
        }
        // An engine that was killed from outside is started again at once: this is not a crash loop.
        let killed = engine.is_ready && exit == Exit::Signal(libc::SIGKILL);
        if killed {
            self.engine_restart = Restart::default();
        }
        self.engine_restart.ended(now, engine.started_at_ns);
    }

    /// Says something to the engine. An engine that cannot be reached has ended, or is about
    /// to: SIGCHLD follows, and its successor is told everything.
    pub(super) fn tell(&mut self, report: &GuardianReport, fds: Vec<Rc<OwnedFd>>) {
        if let Some(engine) = &mut self.engine
            && engine.link.send(report, fds).is_ok()
        {
            self.watch_engine();
        }
    }

    pub(super) fn watch_engine(&mut self) {
        if let Some(engine) = &mut self.engine {
            let always = epoll::EventFlags::IN;
            // Fails only for a descriptor that is not watched, and this one is.
            let _ = engine.link.watch_room(&self.epoll, TOKEN_ENGINE, always);
        }
    }

    pub(super) fn engine_talks(&mut self) {
        match self.take_requests() {
            Ok(true) => {
                if self
                    .engine
                    .as_mut()
                    .is_some_and(|engine| engine.link.flush().is_ok())
                {
                    self.watch_engine();
                }
            }
            Ok(false) => self.drop_engine("it closed the link"),
            Err(error) => self.drop_engine(&format!("it sent rubbish: {error}")),
        }
    }

    /// Does everything the engine has asked for. `false` when it will ask for nothing more.
    pub(super) fn take_requests(&mut self) -> io::Result<bool> {
        while let Some(engine) = &mut self.engine {
            let filled = engine.link.fill_some()?;
            while let Some(engine) = &mut self.engine
                && let Some(request) = engine.link.next::<GuardianRequest>()?
            {
                self.has_spoken();
                self.request(request);
            }
            match filled {
                Filled::More => {}
                Filled::Nothing => break,
                Filled::End => return Ok(false),
            }
        }
        Ok(true)
    }

    /// An engine that cannot be spoken to is useless, so it is killed; SIGCHLD follows.
    pub(super) fn drop_engine(&mut self, why: &str) {
        let Some(engine) = &self.engine else { return };
        super::super::process::log(&format!("the engine is ended: {why}"));
        super::super::process::kill(engine.pid, libc::SIGKILL);
        // No more events from a socket whose other end is gone.
        let _ = epoll::delete(&self.epoll, &engine.link);
    }
}
