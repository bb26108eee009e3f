//! The thread itself: what it waits for, and how much it moves at a time.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use relance_policy::{RunId, ServiceId};
use relance_scm::ServiceName;
use rustix::event::epoll;

use super::files::{Files, Mark};
use super::{LogSettings, LogsRequest};
use crate::linux::protocol::{STREAMS_AFTER_RUNS_MAX, run_of, token};
use crate::linux::signals::Signals;
use crate::output::OutputSignals;

/// Bytes moved for one service before the others have their turn.
const BUDGET: usize = 256 * 1024;
/// Most bytes moved before the last lines are read for an event.
const DRAIN_MAX: usize = 1024 * 1024;
/// Last lines of output in an event, at most so many ...
const TAIL_LINES: usize = 10;
/// ... and so many bytes.
const TAIL_BYTES: u64 = 4096;
const TOKEN_WAKE: u64 = u64::MAX;
const TOKEN_REOPEN: u64 = u64::MAX - 1;

/// See the module.
pub(super) struct Thread {
    pub(super) epoll: OwnedFd,
    wake: Arc<OwnedFd>,
    reopen: Option<Signals>,
    receiver: Receiver<LogsRequest>,
    pub(super) pipes: BTreeMap<RunId, Pipe>,
    files: Files,
}

/// What a run prints into.
pub(super) struct Pipe {
    /// `None` once nobody can print any more: its last lines may still be asked for.
    fd: Option<OwnedFd>,
    /// `None`: the service is gone, and its output with it.
    name: Option<ServiceName>,
    /// Where the output of this run begins.
    begin: Mark,
    /// Nobody asks for its last lines any more: it goes when nobody can print.
    forgotten: bool,
}

impl Thread {
    pub(super) fn new(
        settings: LogSettings,
        signals: Arc<OutputSignals>,
        wake: Arc<OwnedFd>,
        reopen: Option<Signals>,
        receiver: Receiver<LogsRequest>,
    ) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let data = epoll::EventData::new_u64(TOKEN_WAKE);
        epoll::add(&epoll, &*wake, data, epoll::EventFlags::IN)?;
        if let Some(signals) = &reopen {
            let data = epoll::EventData::new_u64(TOKEN_REOPEN);
            epoll::add(&epoll, signals, data, epoll::EventFlags::IN)?;
        }
        Ok(Self {
            epoll,
            wake,
            reopen,
            receiver,
            pipes: BTreeMap::new(),
            files: Files::new(settings, signals),
        })
    }

    pub(super) fn run(mut self) {
        let mut events = Vec::with_capacity(64);
        loop {
            events.clear();
            let waited = epoll::wait(
                &self.epoll,
                rustix::buffer::spare_capacity(&mut events),
                None,
            );
            if waited.is_err_and(|error| error != rustix::io::Errno::INTR) {
                return;
            }
            for event in events.drain(..) {
                let event: epoll::Event = event;
                match event.data.u64() {
                    TOKEN_WAKE => self.take_requests(),
                    TOKEN_REOPEN => {
                        while self.reopen.as_ref().and_then(Signals::next).is_some() {}
                        self.reopen();
                    }
                    token => self.readable(run_of(token)),
                }
            }
        }
    }

    fn take_requests(&mut self) {
        let _ = rustix::io::read(&*self.wake, &mut [0; 8]);
        while let Ok(request) = self.receiver.try_recv() {
            match request {
                LogsRequest::Add {
                    run,
                    name,
                    pipe,
                    resumed,
                } => self.add(run, name, pipe, resumed),
                LogsRequest::Tail { run, reply } => {
                    // Whoever asked may have given up.
                    let _ = reply.send(self.tail(run));
                }
                LogsRequest::Forget(run) => self.forget(run),
                LogsRequest::Reopen => self.reopen(),
                LogsRequest::Collect(reply) => {
                    for run in self.pipes.keys().copied().collect::<Vec<_>>() {
                        self.drain(run, DRAIN_MAX);
                    }
                    let _ = reply.send(());
                }
            }
        }
    }

    pub(super) fn add(
        &mut self,
        run: RunId,
        name: Option<ServiceName>,
        pipe: OwnedFd,
        resumed: bool,
    ) {
        // What it printed under the engine before is somewhere near the end.
        let before = if resumed { TAIL_BYTES } else { 0 };
        self.files.look(run.service);
        let output = self.files.output(run.service, name.as_ref());
        let begin = output.map_or_else(|_| Mark::default(), |output| output.mark(before));
        let data = epoll::EventData::new_u64(token(run));
        if epoll::add(&self.epoll, &pipe, data, epoll::EventFlags::IN).is_ok() {
            self.pipes.insert(
                run,
                Pipe {
                    fd: Some(pipe),
                    name,
                    begin,
                    forgotten: false,
                },
            );
        }
    }

    /// Somebody has moved or removed files, and wants the room back, or new ones: also those of services
    /// that print nothing now.
    fn reopen(&mut self) {
        let pipes = self.pipes.iter().filter(|(_, pipe)| pipe.fd.is_some());
        for (run, pipe) in pipes {
            if self.files.look(run.service) {
                // Where it fails, so does the next line, which is counted.
                let _ = self.files.output(run.service, pipe.name.as_ref());
            }
        }
    }

    pub(super) fn readable(&mut self, run: RunId) {
        if !self.drain(run, BUDGET) {
            self.close(run);
        }
    }

    /// Nobody can print any more. The guardian holds a duplicate of the pipe, so closing ours does not
    /// end the watch: it has to be taken out, or it would wake us without end.
    fn close(&mut self, run: RunId) {
        let Some(pipe) = self.pipes.get_mut(&run) else {
            return;
        };
        if let Some(fd) = pipe.fd.take() {
            // Fails only for a descriptor that is not watched, and this one is.
            let _ = epoll::delete(&self.epoll, &fd);
        }
        if pipe.forgotten {
            self.pipes.remove(&run);
        }
    }

    pub(super) fn forget(&mut self, run: RunId) {
        if let Some(pipe) = self.pipes.get_mut(&run) {
            pipe.forgotten = true;
            if pipe.fd.is_none() {
                self.pipes.remove(&run);
            } else {
                self.bound(run.service);
            }
        }
    }

    /// A service must not be able to use up descriptors: of those that print after their runs, the
    /// latest are listened to.
    fn bound(&mut self, service: ServiceId) {
        let run = |number| RunId { service, number };
        let of_service = self.pipes.range(run(0)..=run(u32::MAX));
        let after_its_run = |(run, pipe): (&RunId, &Pipe)| pipe.forgotten.then_some(*run);
        let mut printing = of_service.filter_map(after_its_run);
        let oldest = printing.next();
        if printing.count() >= STREAMS_AFTER_RUNS_MAX
            && let Some(oldest) = oldest
        {
            self.close(oldest);
        }
    }

    /// Moves output, up to a budget. `false` when nobody can print any more.
    fn drain(&mut self, run: RunId, budget: usize) -> bool {
        let mut moved = 0;
        self.files.look(run.service);
        while moved < budget {
            match self.move_some(run, budget - moved) {
                Ok(0) => return false,
                Ok(length) => moved += length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
                Err(_) => match self.drop_some(run) {
                    Ok(0) => return false,
                    Ok(length) => moved += length,
                    Err(_) => return true,
                },
            }
        }
        true
    }

    fn move_some(&mut self, run: RunId, budget: usize) -> io::Result<usize> {
        let Some(pipe) = self.pipes.get(&run) else {
            return Ok(0);
        };
        let Some(fd) = &pipe.fd else {
            return Ok(0);
        };
        let full = {
            let output = self.files.output(run.service, pipe.name.as_ref())?;
            output.length() >= self.files.settings.bytes_max
        };
        // Only once there is more: until then the last lines stay where they are looked for.
        if full && rustix::io::ioctl_fionread(fd)? > 0 {
            self.files.rotate(run.service)?;
        }
        let output = self.files.output(run.service, pipe.name.as_ref())?;
        let length = output.append(fd, budget)?;
        self.files.signals.grown(run.service);
        Ok(length)
    }

    /// The disk is full, or the file is gone: better lost than a service that stands still.
    fn drop_some(&mut self, run: RunId) -> io::Result<usize> {
        let Some(fd) = self.pipes.get(&run).and_then(|pipe| pipe.fd.as_ref()) else {
            return Ok(0);
        };
        rustix::io::ioctl_fionbio(fd, true)?;
        Ok(rustix::io::read(fd, &mut [0; 16 * 1024])?)
    }

    pub(super) fn tail(&mut self, run: RunId) -> String {
        self.drain(run, DRAIN_MAX);
        let Some(pipe) = self.pipes.get(&run) else {
            return String::new();
        };
        let begin = pipe.begin;
        let Ok(output) = self.files.output(run.service, pipe.name.as_ref()) else {
            return String::new();
        };
        let begin = output.position(begin);
        let from = begin.max(output.length().saturating_sub(TAIL_BYTES));
        let length = usize::try_from(output.length().saturating_sub(from)).unwrap_or(0);
        let mut bytes = vec![0; length];
        let whole = from == begin;
        match output.file.read_exact_at(&mut bytes, from) {
            Ok(()) => last_lines(&bytes, whole),
            Err(_) => String::new(),
        }
    }
}

/// The last lines of some output; the first one only if it is known to be whole.
pub(super) fn last_lines(bytes: &[u8], whole: bool) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_end();
    let text = match text.split_once('\n') {
        Some((_, rest)) if !whole => rest,
        _ => text,
    };
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}
