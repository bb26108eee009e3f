//! The log thread: moves what services print from their pipes to files, without looking at it.
//!
//! Each turn of a pipe has a byte budget, so that a service that prints without end holds nobody up.
//! A file that grows beyond its limit is rotated. When the disk is full, output is dropped rather
//! than kept in the pipe, where it would stop the service.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use relance_policy::{RunId, ServiceId};
use relance_scm::ServiceName;
use rustix::event::{EventfdFlags, epoll, eventfd};
use rustix::pipe::{SpliceFlags, splice};

use super::place::append_to;
use super::protocol::{STREAMS_AFTER_RUNS_MAX, run_of, token};
use crate::output::OutputSignals;

/// Bytes moved for one service before the others have their turn.
const BUDGET: usize = 256 * 1024;
/// Most bytes moved before the last lines are read for an event.
const DRAIN_MAX: usize = 1024 * 1024;
/// How long the end of the daemon waits for the last lines.
const COLLECT_MAX: Duration = Duration::from_secs(1);
/// Files kept open.
const OPEN_MAX: usize = 128;
/// Last lines of output in an event, at most so many ...
const TAIL_LINES: usize = 10;
/// ... and so many bytes.
const TAIL_BYTES: u64 = 4096;
const TOKEN_WAKE: u64 = u64::MAX;

/// Where output goes.
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// The folder of the files.
    pub folder: PathBuf,
    /// A file longer than this is rotated.
    pub bytes_max: u64,
    /// Rotated files kept beside the current one.
    pub files_max: u32,
}

/// The file that holds the output of a service. Characters that no file name should have are
/// written as `%XX`.
#[must_use]
pub fn log_path(folder: &Path, name: &ServiceName) -> PathBuf {
    let mut file = String::new();
    for c in name.key().chars() {
        if c.is_alphanumeric() || matches!(c, '-' | '_' | ' ') || (c == '.' && !file.is_empty()) {
            file.extend(c.to_lowercase());
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                let _ = write!(file, "%{byte:02X}");
            }
        }
    }
    // A file name has at most 255 bytes; the tail of a longer one is told apart by its sum.
    if file.len() > 200 {
        let sum = file.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        let cut = (0..=180)
            .rev()
            .find(|at| file.is_char_boundary(*at))
            .unwrap_or(0);
        file.truncate(cut);
        let _ = write!(file, "~{sum:016x}");
    }
    folder.join(format!("{file}.log"))
}

/// The thread, for the owner loop.
pub(crate) struct Logs {
    requests: Sender<LogsRequest>,
    wake: Arc<OwnedFd>,
    /// The thread was asked for something and not woken yet.
    is_asked: bool,
}

enum LogsRequest {
    Add {
        run: RunId,
        name: Option<ServiceName>,
        pipe: OwnedFd,
        resumed: bool,
    },
    Tail {
        run: RunId,
        reply: Sender<String>,
    },
    Forget(RunId),
    /// Answered when all has been collected that was printed before.
    Collect(Sender<()>),
}

impl Logs {
    pub(crate) fn start(settings: LogSettings, signals: Arc<OutputSignals>) -> io::Result<Self> {
        let wake = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        let (requests, receiver) = channel();
        let thread = Thread::new(settings, signals, Arc::clone(&wake), receiver)?;
        std::thread::Builder::new()
            .name("output".into())
            .spawn(move || thread.run())?;
        Ok(Self {
            requests,
            wake,
            is_asked: false,
        })
    }

    fn send(&mut self, request: LogsRequest) {
        // The thread ends with the process.
        let _ = self.requests.send(request);
        self.is_asked = true;
    }

    /// Wakes the thread for what it was asked. At the end of a turn: a restart is not to wait while
    /// another thread is woken.
    pub(crate) fn wake(&mut self) {
        if std::mem::take(&mut self.is_asked) {
            let _ = rustix::io::write(&*self.wake, &1_u64.to_ne_bytes());
        }
    }

    /// Collects the output of a run; without the name of a service it is thrown away. `resumed`: it
    /// printed before this engine began.
    pub(crate) fn add(
        &mut self,
        run: RunId,
        name: Option<&ServiceName>,
        pipe: OwnedFd,
        resumed: bool,
    ) {
        self.send(LogsRequest::Add {
            run,
            name: name.cloned(),
            pipe,
            resumed,
        });
    }

    /// The last lines a run has printed.
    pub(crate) fn tail(&mut self, run: RunId) -> Receiver<String> {
        let (reply, receiver) = channel();
        self.send(LogsRequest::Tail { run, reply });
        receiver
    }

    /// Collects all that was printed before; bounded in time.
    pub(crate) fn collect(&mut self) {
        let (reply, receiver) = channel();
        self.send(LogsRequest::Collect(reply));
        self.wake();
        let _ = receiver.recv_timeout(COLLECT_MAX);
    }

    /// Nobody will ask for the last lines of this run any more.
    pub(crate) fn forget(&mut self, run: RunId) {
        self.send(LogsRequest::Forget(run));
    }
}

struct Thread {
    epoll: OwnedFd,
    wake: Arc<OwnedFd>,
    receiver: Receiver<LogsRequest>,
    pipes: BTreeMap<RunId, Pipe>,
    files: Files,
}

/// The files that are open, the least recently used of which are closed.
struct Files {
    settings: LogSettings,
    signals: Arc<OutputSignals>,
    open: HashMap<ServiceId, Output>,
    turn: u64,
}

struct Pipe {
    /// `None` once nobody can print any more: its last lines may still be asked for.
    fd: Option<OwnedFd>,
    /// `None`: the service is gone, and its output with it.
    name: Option<ServiceName>,
    /// Where the output of this run begins in its file, and in which file.
    begin: (u64, u64),
    /// Nobody asks for its last lines any more: it goes when nobody can print.
    forgotten: bool,
}

struct Output {
    file: File,
    length: u64,
    /// How often the file was rotated.
    rotations: u64,
    used: u64,
}

impl Thread {
    fn new(
        settings: LogSettings,
        signals: Arc<OutputSignals>,
        wake: Arc<OwnedFd>,
        receiver: Receiver<LogsRequest>,
    ) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let data = epoll::EventData::new_u64(TOKEN_WAKE);
        epoll::add(&epoll, &*wake, data, epoll::EventFlags::IN)?;
        let files = Files {
            settings,
            signals,
            open: HashMap::new(),
            turn: 0,
        };
        Ok(Self {
            epoll,
            wake,
            receiver,
            pipes: BTreeMap::new(),
            files,
        })
    }

    fn run(mut self) {
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
                LogsRequest::Collect(reply) => {
                    for run in self.pipes.keys().copied().collect::<Vec<_>>() {
                        self.drain(run, DRAIN_MAX);
                    }
                    let _ = reply.send(());
                }
            }
        }
    }

    fn add(&mut self, run: RunId, name: Option<ServiceName>, pipe: OwnedFd, resumed: bool) {
        let begin = match self.files.output(run.service, name.as_ref()) {
            // What it printed under the engine before is somewhere near the end.
            Ok(output) if resumed => (output.rotations, output.length.saturating_sub(TAIL_BYTES)),
            Ok(output) => (output.rotations, output.length),
            Err(_) => (0, 0),
        };
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

    fn readable(&mut self, run: RunId) {
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

    fn forget(&mut self, run: RunId) {
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
            output.length >= self.files.settings.bytes_max
        };
        // Only once there is more: until then the last lines stay where they are looked for.
        if full && rustix::io::ioctl_fionread(fd)? > 0 {
            self.files.rotate(run.service, pipe.name.as_ref())?;
        }
        let output = self.files.output(run.service, pipe.name.as_ref())?;
        let mut offset = output.length;
        let flags = SpliceFlags::NONBLOCK | SpliceFlags::MOVE;
        let length = splice(fd, None, &output.file, Some(&mut offset), budget, flags)?;
        output.length += length as u64;
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

    fn tail(&mut self, run: RunId) -> String {
        self.drain(run, DRAIN_MAX);
        let Some(pipe) = self.pipes.get(&run) else {
            return String::new();
        };
        let (rotations, begin) = pipe.begin;
        let Ok(output) = self.files.output(run.service, pipe.name.as_ref()) else {
            return String::new();
        };
        let begin = if output.rotations == rotations {
            begin
        } else {
            0
        };
        let from = begin.max(output.length.saturating_sub(TAIL_BYTES));
        let length = usize::try_from(output.length.saturating_sub(from)).unwrap_or(0);
        let mut bytes = vec![0; length];
        let whole = from == begin;
        match output.file.read_exact_at(&mut bytes, from) {
            Ok(()) => last_lines(&bytes, whole),
            Err(_) => String::new(),
        }
    }
}

impl Files {
    /// The file of a service, opened if it is not.
    fn output(
        &mut self,
        service: ServiceId,
        name: Option<&ServiceName>,
    ) -> io::Result<&mut Output> {
        let name = name.ok_or(io::ErrorKind::NotFound)?;
        self.turn += 1;
        if !self.open.contains_key(&service) {
            self.close_oldest();
            let path = log_path(&self.settings.folder, name);
            let file = append_to(&path)?;
            let length = file.metadata()?.len();
            let output = Output {
                file,
                length,
                rotations: 0,
                used: 0,
            };
            self.open.insert(service, output);
        }
        let turn = self.turn;
        let output = self.open.get_mut(&service).expect("it was just opened");
        output.used = turn;
        Ok(output)
    }

    fn close_oldest(&mut self) {
        if self.open.len() >= OPEN_MAX
            && let Some(oldest) = self
                .open
                .iter()
                .min_by_key(|(_, output)| output.used)
                .map(|(id, _)| *id)
        {
            self.open.remove(&oldest);
        }
    }

    fn rotate(&mut self, service: ServiceId, name: Option<&ServiceName>) -> io::Result<()> {
        let name = name.ok_or(io::ErrorKind::NotFound)?;
        let Some(old) = self.open.remove(&service) else {
            return Ok(());
        };
        let path = log_path(&self.settings.folder, name);
        let numbered = |n: u32| PathBuf::from(format!("{}.{n}", path.display()));
        for n in (1..self.settings.files_max).rev() {
            let _ = fs::rename(numbered(n), numbered(n + 1));
        }
        if self.settings.files_max > 0 {
            fs::rename(&path, numbered(1))?;
        } else {
            fs::remove_file(&path)?;
        }
        self.output(service, Some(name))?.rotations = old.rotations + 1;
        Ok(())
    }
}

/// The last lines of some output; the first one only if it is known to be whole.
fn last_lines(bytes: &[u8], whole: bool) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_end();
    let text = match text.split_once('\n') {
        Some((_, rest)) if !whole => rest,
        _ => text,
    };
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}

#[cfg(test)]
mod tests;
