//! Being a service: the connection of a process to the manager that started it.
//!
//! [`connect`] says hello on the control channel that the manager handed to the process. Controls
//! are taken by a handler on a thread of their own, which must return soon: it answers the control.
//! [`Hosted::report`] returns when the report is on record. When the manager goes away and comes
//! back, the connection is restored without the program's help, and unanswered frames are sent
//! again.
//!
//! `heartbeat` says that a process lives, `environment` finds the channel (and holds the only `unsafe` of this crate), `connection` is the
//! shared state and the reading thread, `attach` the way back over the manager's socket, `unanswered`
//! what is said again.

mod attach;
mod connection;
mod environment;
mod heartbeat;
mod unanswered;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use relance_scm::status::RawStatusReport;
use relance_scm::{EndCause, ScmError, Win32Error};
use relance_texts::error;

pub use connection::Reporter;
use connection::{Connection, Done};
pub use environment::was_started_by_manager;
pub use heartbeat::{heartbeat, heartbeat_time, jobs_done};

/// How long the manager may take to welcome a process (R83).
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// A service's connection to its manager.
#[derive(Debug)]
pub struct Hosted {
    connection: Arc<Connection>,
    reader: Option<JoinHandle<()>>,
}

/// A report on its way.
#[must_use = "whether it was taken shows when it is waited for"]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent(u64);

/// What the manager says when it welcomes a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcomed {
    /// The name under which the service is registered.
    pub service_name: String,
    /// Start arguments, without the service name (S16).
    pub arguments: Vec<String>,
}

/// Connects to the manager that started this process, and waits until it is welcomed.
///
/// # Errors
/// As [`Hosted::open`] and [`Hosted::welcome`].
pub fn connect(
    timeout: Duration,
    handler: impl FnMut(u32, &Reporter) -> u32 + Send + 'static,
) -> Result<(Hosted, Welcomed), ScmError> {
    let hosted = Hosted::open(handler)?;
    let welcomed = hosted.welcome(timeout)?;
    Ok((hosted, welcomed))
}

impl Hosted {
    /// Takes the channel and says hello.
    ///
    /// `handler` gets every control by its Windows code, in order, on a thread of its own. What it
    /// returns is the answer: 0, or a Win32 code. Through the [`Reporter`] it may report a status
    /// before it answers.
    ///
    /// # Errors
    /// `ERROR_FAILED_SERVICE_CONTROLLER_CONNECT` (1063) when no manager has started this process, or
    /// when it has connected before.
    pub fn open(
        handler: impl FnMut(u32, &Reporter) -> u32 + Send + 'static,
    ) -> Result<Self, ScmError> {
        let connection = Arc::new(Connection::open(environment::take()?)?);
        let reader = connection::spawn_reader(&connection, Box::new(handler))?;
        connection.hello();
        Ok(Self {
            connection,
            reader: Some(reader),
        })
    }

    /// Waits until the manager has welcomed the process; may be called again after a time-out.
    ///
    /// # Errors
    /// `ERROR_SERVICE_REQUEST_TIMEOUT` (1053), or the manager's refusal.
    pub fn welcome(&self, timeout: Duration) -> Result<Welcomed, ScmError> {
        self.connection.welcome(Instant::now() + timeout)
    }

    /// Reports a status and waits until it is on record. Not for the control handler, which has its
    /// [`Reporter`]: the thread that would bring the answer is its own.
    ///
    /// While the manager is away, this waits at most as long as the manager has told this process to;
    /// after that the report counts as done, and is sent again when the manager is back.
    ///
    /// # Errors
    /// As [`send`](Self::send) and [`wait`](Self::wait).
    pub fn report(&self, report: RawStatusReport) -> Result<(), ScmError> {
        self.wait(self.send(report)?)
    }

    /// Sends a report without waiting.
    ///
    /// # Errors
    /// `ERROR_INVALID_DATA` (13) for an impossible state or an unknown accept bit (S10),
    /// `ERROR_INVALID_HANDLE` (6) in a forked child.
    pub fn send(&self, report: RawStatusReport) -> Result<Sent, ScmError> {
        report
            .check()
            .map_err(|_| ScmError::new(Win32Error::INVALID_DATA, error::IMPOSSIBLE_STATUS))?;
        self.connection.check_process()?;
        Ok(Sent(self.connection.send(report)))
    }

    /// Says why the service is about to end; to be sent before the last report, or instead of one.
    pub fn tell_cause(&self, cause: &EndCause) {
        if self.connection.check_process().is_ok() {
            self.connection.tell_cause(cause);
        }
    }

    /// Waits until a report is on record.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE` (6) after STOPPED (S11).
    pub fn wait(&self, sent: Sent) -> Result<(), ScmError> {
        match self.connection.wait_done(sent.0) {
            Done::Code(code) if code != Win32Error::SUCCESS => Err(code.into()),
            Done::Code(_) | Done::Kept => Ok(()),
        }
    }

    /// Ends the connection and waits, at most so long, for a handler that is still at work. A manager
    /// that is away and has to be told something is waited for first.
    pub fn close(mut self, timeout: Duration) {
        if self.connection.check_process().is_err() {
            // The reading thread exists in the parent only.
            self.reader = None;
            return;
        }
        self.connection.settle();
        self.connection.close();
        let until = Instant::now() + timeout;
        if let Some(reader) = self.reader.take()
            && self.connection.wait_for_reader(until)
        {
            // The thread has reported its end, so this does not wait.
            let _ = reader.join();
        }
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        if self.connection.check_process().is_ok() {
            self.connection.close();
        }
    }
}
