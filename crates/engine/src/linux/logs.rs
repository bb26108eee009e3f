//! The log thread: moves what services print from their pipes to files, without reading it where it can.
//!
//! Each turn of a pipe has a byte budget, so that a service that prints without end does not delay others
//! (`thread`). Before each turn it is asked once whether the file is still where it should be: one that was moved
//! or removed is made again, one that was truncated is written from its new end (`files`, X30). Nothing is asked
//! while nothing is printed. A file that is too long or too old is rotated (`rotation`). When the disk is full,
//! output is dropped rather than kept in the pipe, where it would stop the service.
//!
//! Where a service wants time stamps, or its lines elsewhere too (`plan`), output is read and looked at, line
//! by line (`lines`, `sinks`).

mod files;
mod lines;
mod path;
mod plan;
mod problem;
mod recent;
mod rotation;
mod sinks;
mod thread;

use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use relance_policy::RunId;
use relance_scm::ServiceConfig;
use relance_scm::manager::OutputStream;
use rustix::event::{EventfdFlags, eventfd};

use super::signals::Signals;
use super::verdicts::Teller;
use crate::output::OutputSignals;
pub use path::log_path;
pub(crate) use path::{LogOwners, OutputFile, check_log_places, names_log_file};
pub use plan::Sink;
pub(crate) use plan::check_log_rights;
use sinks::Sinks;
use thread::Thread;

/// How long the end of the daemon waits for the last lines.
const COLLECT_MAX: Duration = Duration::from_secs(1);

/// Where output goes.
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// The folder of the files.
    pub folder: PathBuf,
    /// A file longer than this is rotated.
    pub bytes_max: u64,
    /// Rotated files kept beside the current one.
    pub files_max: u32,
    /// Where the output of services goes besides, if they do not say.
    pub copy: Option<Sink>,
}

/// The thread, for the owner loop.
pub(crate) struct Logs {
    requests: Sender<LogsRequest>,
    wake: Arc<OwnedFd>,
    signals: Arc<OutputSignals>,
    /// The thread was asked for something and not woken yet.
    is_asked: bool,
}

enum LogsRequest {
    Add {
        run: RunId,
        stream: OutputStream,
        config: Option<Arc<ServiceConfig>>,
        pipe: OwnedFd,
        resumed: bool,
    },
    Tail {
        run: RunId,
        reply: Sender<String>,
    },
    Forget(RunId),
    /// Looks for files that were moved or removed, and makes them again.
    Reopen,
    /// Answered when all has been collected that was printed before.
    Collect(Sender<()>),
}

impl Logs {
    /// Starts the thread. `reopen`: signals after which files are looked for; `teller`: who is told of
    /// lines that are waited for.
    pub(crate) fn start(
        settings: LogSettings,
        teller: Teller,
        reopen: Option<Signals>,
    ) -> io::Result<Self> {
        Self::with_sinks(settings, teller, reopen, Sinks::new()?)
    }

    fn with_sinks(
        settings: LogSettings,
        teller: Teller,
        reopen: Option<Signals>,
        sinks: Sinks,
    ) -> io::Result<Self> {
        let signals = Arc::<OutputSignals>::default();
        let wake = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        let (requests, receiver) = channel();
        let thread = Thread::new(
            settings,
            Arc::clone(&signals),
            Arc::clone(&wake),
            reopen,
            receiver,
            sinks,
            teller,
        )?;
        std::thread::Builder::new()
            .name("output".into())
            .spawn(move || thread.run())?;
        Ok(Self {
            requests,
            wake,
            signals,
            is_asked: false,
        })
    }

    /// What the log thread reports.
    pub(crate) fn signals(&self) -> &Arc<OutputSignals> {
        &self.signals
    }

    fn send(&mut self, request: LogsRequest) {
        // The thread ends with the process.
        let _ = self.requests.send(request);
        self.is_asked = true;
    }

    /// Wakes the thread for what it was asked. Called at the end of a turn: a restart must not wait
    /// while another thread is woken.
    pub(crate) fn wake(&mut self) {
        if std::mem::take(&mut self.is_asked) {
            let _ = rustix::io::write(&*self.wake, &1_u64.to_ne_bytes());
        }
    }

    /// Collects a stream of a run; without the configuration of a service it is thrown away. `resumed`: it
    /// printed before this engine began.
    pub(crate) fn add(
        &mut self,
        run: RunId,
        stream: OutputStream,
        config: Option<Arc<ServiceConfig>>,
        pipe: OwnedFd,
        resumed: bool,
    ) {
        self.send(LogsRequest::Add {
            run,
            stream,
            config,
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

    /// Makes files that were moved or removed again, also those of services that print nothing now.
    pub(crate) fn reopen(&mut self) {
        self.send(LogsRequest::Reopen);
    }

    /// The last lines of this run will not be asked for any more.
    pub(crate) fn forget(&mut self, run: RunId) {
        self.send(LogsRequest::Forget(run));
    }
}

#[cfg(test)]
mod tests;
