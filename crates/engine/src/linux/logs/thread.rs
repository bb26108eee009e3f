//! The thread itself: what it waits for, and how much it moves at a time. `losses` is what happens where output cannot be
//! kept.

mod losses;

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, SystemTime};

use relance_policy::{Notice, RunId, ServiceId};
use relance_scm::ServiceConfig;
use relance_scm::manager::OutputStream;
use rustix::event::{PollFd, PollFlags, Timespec, epoll, poll};

use super::files::{Files, Output};
use super::lines::{Lines, stamp};
use super::path::FileKey;
use super::plan::{OutputPlan, ready_line};
use super::problem::{self, Trouble, Troubles};
use super::recent::{RECENT_LEN, keep_end, last_lines};
use super::sinks::Sinks;
use super::{LogSettings, LogsRequest};
use crate::linux::protocol::{STREAMS_AFTER_RUNS_MAX, stream_of, stream_token};
use crate::linux::signals::Signals;
use crate::linux::verdicts::{Teller, Verdict};
use crate::output::{Mark, OutputSignals};
use crate::output_losses::Losses;
use losses::LossKey;

/// Bytes moved for one service before the others have their turn.
const BUDGET: usize = 256 * 1024;
/// Most bytes moved before the last lines are read for an event.
const DRAIN_MAX: usize = 1024 * 1024;
/// Bytes among which the last lines for an event are looked for.
const TAIL_BYTES: u64 = 4096;
/// Bytes read at once of output that is looked at.
const READ_LEN: usize = 64 * 1024;
const TOKEN_WAKE: u64 = u64::MAX;
const TOKEN_REOPEN: u64 = u64::MAX - 1;

/// A stream of a run.
type StreamId = (RunId, OutputStream);

/// See the module.
pub(super) struct Thread {
    pub(super) epoll: OwnedFd,
    wake: Arc<OwnedFd>,
    reopen: Option<Signals>,
    receiver: Receiver<LogsRequest>,
    pub(super) pipes: BTreeMap<StreamId, Pipe>,
    files: Files,
    sinks: Sinks,
    losses: Losses<LossKey>,
    troubles: Troubles,
    teller: Teller,
    /// What is looked at line by line.
    buffer: Vec<u8>,
    stamped: Vec<u8>,
}

/// What a run prints into: its output, or its standard error where that is apart.
pub(super) struct Pipe {
    /// `None` once nobody can print any more: its last lines may still be asked for.
    fd: Option<OwnedFd>,
    /// `None`: the service is gone, and its output with it.
    plan: Option<Box<OutputPlan>>,
    /// For output that is looked at.
    lines: Option<Box<Lines>>,
    /// The last bytes of output that goes into no file.
    recent: Vec<u8>,
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
        sinks: Sinks,
        teller: Teller,
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
            sinks,
            losses: Losses::default(),
            troubles: Troubles::default(),
            teller,
            buffer: Vec::new(),
            stamped: Vec::new(),
        })
    }

    pub(super) fn run(mut self) {
        let mut events = Vec::with_capacity(64);
        loop {
            events.clear();
            let retry = self.troubles.retry_in();
            let waited = epoll::wait(
                &self.epoll,
                rustix::buffer::spare_capacity(&mut events),
                retry
                    .and_then(|pause| Timespec::try_from(pause).ok())
                    .as_ref(),
            );
            if waited.is_err_and(|error| error != rustix::io::Errno::INTR) {
                return;
            }
            if self.troubles.retry_in() == Some(Duration::ZERO) {
                self.retry();
            }
            for event in events.drain(..) {
                let event: epoll::Event = event;
                match event.data.u64() {
                    TOKEN_WAKE => self.take_requests(),
                    TOKEN_REOPEN => {
                        while self.reopen.as_ref().and_then(Signals::next).is_some() {}
                        self.reopen();
                    }
                    token => self.readable(stream_of(token)),
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
                    stream,
                    config,
                    pipe,
                    resumed,
                } => self.add((run, stream), config.as_deref(), pipe, resumed),
                LogsRequest::Tail { run, reply } => {
                    // The caller may have given up.
                    let _ = reply.send(self.tail(run));
                }
                LogsRequest::Forget(run) => self.forget(run),
                LogsRequest::Reopen => self.reopen(),
                LogsRequest::Collect(reply) => {
                    for id in self.pipes.keys().copied().collect::<Vec<_>>() {
                        self.drain(id, DRAIN_MAX);
                    }
                    let _ = reply.send(());
                }
            }
        }
    }

    pub(super) fn add(
        &mut self,
        id: StreamId,
        config: Option<&ServiceConfig>,
        pipe: OwnedFd,
        resumed: bool,
    ) {
        let data = epoll::EventData::new_u64(stream_token(id.0, id.1));
        let watched = rustix::io::ioctl_fionbio(&pipe, true)
            .and_then(|()| epoll::add(&self.epoll, &pipe, data, epoll::EventFlags::IN));
        if let Err(error) = watched {
            let trouble = Trouble {
                sentence: problem::not_watched(&error.into()),
                is_closed: false,
            };
            return self
                .troubles
                .note(&self.files.signals, file_of(id), Some(trouble));
        }
        let plan = config.map(|config| OutputPlan::new(config, id.1, &self.files.settings));
        let begin = plan.as_ref().map(|plan| self.begin(id, plan, resumed));
        let (begin, failed) = match begin {
            Some(Err(error)) => (None, Some(error)),
            begin => (begin.transpose().ok().flatten(), None),
        };
        // One that printed before is taken for ready (X41).
        let sign = config.filter(|_| !resumed).and_then(ready_line);
        let is_looked_at = sign.is_some() || plan.as_ref().is_some_and(|plan| !plan.is_plain());
        let pipe = Pipe {
            fd: Some(pipe),
            plan: plan.map(Box::new),
            lines: is_looked_at.then(|| Box::new(Lines::awaiting(sign))),
            recent: Vec::new(),
            begin: begin.unwrap_or_default(),
            forgotten: false,
        };
        self.pipes.insert(id, pipe);
        if id.1 == OutputStream::Output {
            // Standard error, which is told behind it, is perhaps no longer apart.
            self.troubles.note(
                &self.files.signals,
                (id.0.service, OutputStream::Errors),
                None,
            );
        }
        match failed {
            Some(error) => self.lost(id, 0, &error),
            None => self.kept(id),
        }
    }

    /// Where the output of a run begins.
    fn begin(&mut self, id: StreamId, plan: &OutputPlan, resumed: bool) -> io::Result<Mark> {
        if !plan.has_file {
            return Ok(Mark::default());
        }
        let file = file_of(id);
        // What the settings say of the file is done where it is opened.
        self.files.close(file);
        let is_begun = |output: &mut Output| output.length() > 0;
        if plan.rotation.at_start
            && !resumed
            && self.files.output(file, plan).is_ok_and(is_begun)
            && let Err(error) = self.files.rotate(file, plan)
        {
            tracing::warn!(service = %plan.name, %error, "its log file cannot be put aside");
        }
        // What it printed under the previous engine is near the end of the file.
        let before = if resumed { TAIL_BYTES } else { 0 };
        let mark = self.files.output(file, plan)?.mark(before);
        if !resumed {
            self.files.signals.begun(id.0, id.1, mark);
        }
        Ok(mark)
    }

    /// Somebody has moved or removed files, and wants the room back, or new ones: also those of services
    /// that print nothing now.
    fn reopen(&mut self) {
        let pipes = self.pipes.iter().filter(|(_, pipe)| pipe.fd.is_some());
        for (id, pipe) in pipes {
            if self.files.look(file_of(*id))
                && let Some(plan) = &pipe.plan
            {
                // If this fails, so does the next line, which reports it.
                let _ = self.files.output(file_of(*id), plan);
            }
        }
    }

    pub(super) fn readable(&mut self, id: StreamId) {
        if !self.drain(id, BUDGET) {
            self.close(id);
        }
    }

    /// Nobody can print any more. The guardian holds a duplicate of the pipe, so closing ours does not
    /// end the watch: it has to be taken out, or it would wake us without end.
    fn close(&mut self, id: StreamId) {
        let Some(pipe) = self.pipes.get_mut(&id) else {
            return;
        };
        if let Some(fd) = pipe.fd.take() {
            // Fails only for a descriptor that is not watched, and this one is.
            let _ = epoll::delete(&self.epoll, &fd);
        }
        if pipe.forgotten {
            self.pipes.remove(&id);
        }
    }

    pub(super) fn forget(&mut self, run: RunId) {
        for id in OutputStream::ALL.map(|stream| (run, stream)) {
            if let Some(pipe) = self.pipes.get_mut(&id) {
                pipe.forgotten = true;
                if pipe.fd.is_none() {
                    self.pipes.remove(&id);
                } else {
                    self.bound(run.service);
                }
            }
        }
    }

    /// A service must not be able to use up descriptors: of those that print after their runs, the
    /// latest are listened to.
    fn bound(&mut self, service: ServiceId) {
        let run = |number| RunId { service, number };
        let (first, last) = (run(0), run(u32::MAX));
        let of_service = self
            .pipes
            .range((first, OutputStream::Output)..=(last, OutputStream::Errors));
        let after_its_run = |(id, pipe): (&StreamId, &Pipe)| pipe.forgotten.then_some(*id);
        let mut printing = of_service.filter_map(after_its_run);
        let oldest = printing.next();
        if printing.count() >= STREAMS_AFTER_RUNS_MAX
            && let Some(oldest) = oldest
        {
            self.close(oldest);
        }
    }

    /// Moves output, up to a budget. `false` when nobody can print any more.
    fn drain(&mut self, id: StreamId, budget: usize) -> bool {
        let mut moved = 0;
        while moved < budget {
            let Some(fd) = self.pipes.get(&id).and_then(|pipe| pipe.fd.as_ref()) else {
                return false;
            };
            // Where there is nothing, no file is looked for, and none is made.
            if rustix::io::ioctl_fionread(fd).is_ok_and(|length| length == 0) {
                return !has_ended(fd) || self.end(id);
            }
            self.files.look(file_of(id));
            match self.move_some(id, budget - moved) {
                Ok(length) => {
                    moved += length;
                    self.files.signals.printed(id.0);
                    self.kept(id);
                    self.tell_of_sinks(id);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
                Err(error) => match self.drop_some(id) {
                    Ok(length) => {
                        moved += length;
                        self.files.signals.printed(id.0);
                        self.lost(id, length, &error);
                    }
                    Err(_) => return true,
                },
            }
        }
        true
    }

    /// Nobody can print any more: an unfinished last line is handed on. Always `false`.
    fn end(&mut self, id: StreamId) -> bool {
        if let Some(pipe) = self.pipes.get_mut(&id)
            && let (Some(plan), Some(lines)) = (&pipe.plan, &mut pipe.lines)
        {
            lines.end(|line| self.sinks.lines(plan, id.0, line));
        }
        false
    }

    fn move_some(&mut self, id: StreamId, budget: usize) -> io::Result<usize> {
        let Some(pipe) = self.pipes.get_mut(&id) else {
            return Ok(0);
        };
        let Some(fd) = &pipe.fd else {
            return Ok(0);
        };
        let plan = pipe.plan.as_ref().ok_or(io::ErrorKind::NotFound)?;
        if plan.has_file {
            let is_due = self.files.output(file_of(id), plan)?.is_due(&plan.rotation);
            // Only once there is more: until then the last lines stay where they are looked for.
            if is_due && rustix::io::ioctl_fionread(fd)? > 0 {
                self.files.rotate(file_of(id), plan)?;
            }
        }
        if plan.is_plain() {
            // It was looked at for the sign that it is ready.
            pipe.lines.take_if(|lines| !lines.awaits());
        }
        let Some(lines) = &mut pipe.lines else {
            let length = self.files.output(file_of(id), plan)?.append(fd, budget)?;
            self.files.signals.grown(id.0.service);
            return Ok(length);
        };
        self.buffer.resize(READ_LEN, 0);
        let room = budget.min(READ_LEN);
        let length = rustix::io::read(fd, &mut self.buffer[..room])?;
        let bytes = &self.buffer[..length];
        if plan.sinks != [None, None] || lines.awaits() {
            let is_ready = lines.whole(bytes, |line| self.sinks.lines(plan, id.0, line));
            if is_ready {
                self.teller.tell(id.0, Verdict::Noticed(Notice::Ready));
            }
        }
        if !plan.has_file {
            keep_end(&mut pipe.recent, bytes);
            return Ok(length);
        }
        self.stamped.clear();
        let bytes = if plan.stamps {
            lines.stamp(bytes, &stamp(SystemTime::now()), &mut self.stamped);
            &self.stamped
        } else {
            bytes
        };
        let (_, written) = self.files.output(file_of(id), plan)?.write(bytes);
        self.files.signals.grown(id.0.service);
        written.map(|()| length)
    }

    /// The disk is full, or the file is gone: output is dropped, so that the service is not held up.
    fn drop_some(&mut self, id: StreamId) -> io::Result<usize> {
        let Some(fd) = self.pipes.get(&id).and_then(|pipe| pipe.fd.as_ref()) else {
            return Ok(0);
        };
        Ok(rustix::io::read(fd, &mut [0; 16 * 1024])?)
    }

    pub(super) fn tail(&mut self, run: RunId) -> String {
        let output = self.tail_of((run, OutputStream::Output));
        let errors = self.tail_of((run, OutputStream::Errors));
        if errors.is_empty() || output.is_empty() {
            return output + &errors;
        }
        // Its last lines on standard error come at the end and are kept whole.
        last_lines(format!("{output}\n{errors}").as_bytes(), true)
    }

    fn tail_of(&mut self, id: StreamId) -> String {
        self.drain(id, DRAIN_MAX);
        let Some(pipe) = self.pipes.get(&id) else {
            return String::new();
        };
        let Some(plan) = &pipe.plan else {
            return String::new();
        };
        if !plan.has_file {
            return last_lines(&pipe.recent, pipe.recent.len() < RECENT_LEN);
        }
        let Ok(output) = self.files.output(file_of(id), plan) else {
            return String::new();
        };
        let begin = output.position(pipe.begin);
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

/// The file of a stream.
fn file_of((run, stream): StreamId) -> FileKey {
    (run.service, stream)
}

/// Whether nobody can write into a pipe that is empty.
fn has_ended(pipe: &OwnedFd) -> bool {
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let mut polled = [PollFd::new(pipe, PollFlags::IN)];
    let told = poll(&mut polled, Some(&at_once)).map(|_| polled[0].revents());
    told.is_ok_and(|told| told.contains(PollFlags::HUP) && !told.contains(PollFlags::IN))
}
