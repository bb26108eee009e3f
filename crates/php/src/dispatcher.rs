//! The service side of a process: its status block, its control handler, its end (T13 to T17).
//!
//! Three laws. The status block and what was reported of it change under one lock, so reports reach
//! the manager in the order in which they were made (B7). No lock is held while PHP is called. In a
//! forked child nothing here is touched but one number: the lock may be held by a thread that does
//! not exist there.
//!
//! Knows nothing of PHP; the tests run it against a fake connection.

mod block;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use relance_scm::{Control, ControlsAccepted, EndCause, ScmError, Win32Error};
use relance_texts::{error, shown};

use crate::hosted::{Acknowledged, Hosted};
use crate::wake::{Wake, Woken};
use block::{CONTROLS_ACCEPTED, StatusBlock};

/// How long a connection may take (S43).
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the end of a request waits for the reader thread.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

/// Controls that are kept for a script that may wait for them.
const CONTROLS_LEN_MAX: usize = 1024;

/// The one service that this process can be.
pub(crate) static DISPATCHER: Dispatcher = Dispatcher::new();

/// See the module's text.
pub(crate) struct Dispatcher {
    /// Process in which a dispatcher runs; 0: none. Read without the lock.
    process: AtomicU32,
    state: Mutex<State>,
}

struct State {
    connection: Connection,
    graceful: bool,
    exit_code: i64,
    last_control: u32,
    /// Controls that the script has not fetched yet, the oldest first.
    controls: VecDeque<u32>,
    block: StatusBlock,
}

enum Connection {
    None,
    /// Another thread is in `start`.
    Connecting,
    Open {
        hosted: Arc<dyn Hosted>,
        thread: ThreadId,
        /// Rung by every control.
        wake: Arc<Wake>,
    },
}

/// Why [`Dispatcher::start`] did not start.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum StartError {
    /// A dispatcher runs in this process.
    AlreadyRunning,
    /// The manager did not answer in time; a retry is possible (B11).
    TimedOut,
    /// It cannot be reached or refused.
    Refused(ScmError),
}

/// How a service ends that did not say STOPPED itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// Exit code 0.
    Graceful,
    /// 1066 with this service-specific code.
    Error {
        /// As the script set it; 32 bits of it are reported (B19).
        exit_code: i64,
    },
    /// No report: the end of the process is a failure (R1), as the ini setting wants it.
    Unreported,
}

/// Which ends of a script are failures that it does not report as such itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counts {
    /// None (B3).
    Nothing,
    /// Those that an error of PHP caused.
    Errors,
    /// X35: these, and those with an exit status other than 0, of which this is one or not; but none with a status
    /// that ends a script which was asked to stop: it may end as it likes.
    ErrorsAndStatus(i32),
}

impl Counts {
    fn is_failure(self, cause: &EndCause, is_asked: bool) -> bool {
        match self {
            Self::Nothing => false,
            Self::Errors => cause.is_error(),
            Self::ErrorsAndStatus(status) => cause.is_error() || status != 0 && !is_asked,
        }
    }
}

impl Dispatcher {
    const fn new() -> Self {
        Self {
            process: AtomicU32::new(0),
            state: Mutex::new(State {
                connection: Connection::None,
                graceful: true,
                exit_code: 1,
                last_control: 0,
                controls: VecDeque::new(),
                block: StatusBlock::new(CONTROLS_ACCEPTED),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change below leaves the state whole, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a dispatcher runs, but in the process that this one was forked from.
    pub(crate) fn is_of_another_process(&self) -> bool {
        let process = self.process.load(Ordering::Acquire);
        process != 0 && process != std::process::id()
    }

    /// Whether a dispatcher runs in this process.
    pub(crate) fn is_running(&self) -> bool {
        !matches!(self.lock().connection, Connection::None)
    }

    /// Connects to the manager. Nothing is reported: the manager shows its own START_PENDING until
    /// the script says something (S14).
    ///
    /// # Errors
    /// See [`StartError`]; the dispatcher does not run then.
    pub(crate) fn start(
        &'static self,
        name: &str,
        graceful: Option<bool>,
        connect: impl FnOnce(&str, Duration) -> Result<Arc<dyn Hosted>, ScmError>,
    ) -> Result<(), StartError> {
        let attempt = self.begin(graceful)?;
        let wake = Wake::new().map_err(|error| StartError::Refused(no_wake(&error)))?;
        let hosted = connect(name, CONNECT_TIMEOUT).map_err(|error| match error.code() {
            Win32Error::TIMEOUT => StartError::TimedOut,
            _ => StartError::Refused(error),
        })?;
        attempt.succeed(Arc::clone(&hosted), wake);
        hosted.listen(Box::new(|code| self.on_control(code)));
        Ok(())
    }

    fn begin(&self, graceful: Option<bool>) -> Result<Attempt<'_>, StartError> {
        let mut state = self.lock();
        if !matches!(state.connection, Connection::None) {
            return Err(StartError::AlreadyRunning);
        }
        if let Some(graceful) = graceful {
            state.graceful = graceful;
        }
        state.connection = Connection::Connecting;
        Ok(Attempt { dispatcher: self })
    }

    /// The control handler, on the reader thread: remembers the code, for STOP sets STOP_PENDING, and
    /// reports the block again. The script finds out when it asks.
    fn on_control(&self, code: u32) {
        let mut state = self.lock();
        state.last_control = code;
        if code == Control::Stop.to_raw() {
            state.block.stop_pending();
        }
        if state.controls.len() >= CONTROLS_LEN_MAX {
            // A script that never waits polls the last one, and misses none of these.
            state.controls.pop_front();
        }
        state.controls.push_back(code);
        if let Connection::Open { hosted, wake, .. } = &state.connection {
            // The handler refuses no control and has no caller for an error.
            let _ = hosted.report(state.block.report());
            wake.call();
        }
    }

    /// The next control, in the order in which they came. `None` when `until` has come, or a signal.
    ///
    /// # Errors
    /// 6 without a dispatcher.
    pub(crate) fn next_control(&self, until: Option<Instant>) -> Result<Option<u32>, ScmError> {
        loop {
            // Without the lock: a control wants it meanwhile.
            let wake = {
                let mut state = self.lock();
                let Connection::Open { wake, .. } = &state.connection else {
                    return Err(Win32Error::INVALID_HANDLE.into());
                };
                let wake = Arc::clone(wake);
                if let Some(control) = state.controls.pop_front() {
                    return Ok(Some(control));
                }
                wake
            };
            match wake.wait(until) {
                Woken::Called => {}
                Woken::TimedOut | Woken::Interrupted => return Ok(None),
            }
        }
    }

    /// Code of the last control; reading does not clear it (B8).
    pub(crate) fn last_control(&self) -> u32 {
        self.lock().last_control
    }

    /// Reports a status. A status that is refused changes nothing (B5).
    ///
    /// # Errors
    /// 6 without a dispatcher or after STOPPED, 13 for an impossible status.
    pub(crate) fn set_status(&self, status: i64, checkpoint: i64) -> Result<(), ScmError> {
        // This waits until the status is on record, so that later queries see it; but without the
        // lock, which a control may need meanwhile.
        self.send_status(status, checkpoint)?()
    }

    fn send_status(&self, status: i64, checkpoint: i64) -> Result<Acknowledged, ScmError> {
        let mut state = self.lock();
        let Connection::Open { hosted, .. } = &state.connection else {
            return Err(Win32Error::INVALID_HANDLE.into());
        };
        if state.block.is_stopped() {
            return Err(Win32Error::INVALID_HANDLE.into());
        }
        let block = state.block.with_status(status, checkpoint)?;
        let acknowledged = hosted.report(block.report())?;
        state.block = block;
        Ok(acknowledged)
    }

    /// The flag before; `None` only asks.
    pub(crate) fn exit_mode(&self, graceful: Option<bool>) -> bool {
        let mut state = self.lock();
        let before = state.graceful;
        state.graceful = graceful.unwrap_or(before);
        before
    }

    /// The code before; `None` only asks (B1).
    pub(crate) fn exit_code(&self, exit_code: Option<i64>) -> i64 {
        let mut state = self.lock();
        let before = state.exit_code;
        state.exit_code = exit_code.unwrap_or(before);
        before
    }

    /// Whether PAUSE and CONTINUE were accepted before; `None` only asks. While a dispatcher runs the
    /// caller refuses a change.
    pub(crate) fn pause_continue(&self, accepted: Option<bool>) -> bool {
        const BIT: ControlsAccepted = ControlsAccepted::PAUSE_CONTINUE;
        let mut state = self.lock();
        let mask = state.block.controls_accepted();
        match accepted {
            Some(true) => state.block.accept(mask | BIT.to_raw()),
            Some(false) => state.block.accept(mask & !BIT.to_raw()),
            None => {}
        }
        mask & BIT.to_raw() != 0
    }

    /// The request ends: says why, and reports STOPPED unless the script did (B2). For the thread that
    /// started the dispatcher; in any other thread or process nothing happens.
    ///
    /// Ends that count are not reported as a stop.
    pub(crate) fn end_request(&self, cause: &EndCause, counts: Counts) -> Option<Farewell> {
        if self.is_of_another_process() {
            return None;
        }
        let mut state = self.lock();
        if !state.connection.is_of_this_thread() || state.block.is_stopped() {
            return None;
        }
        if let Connection::Open { hosted, .. } = &state.connection {
            hosted.tell_cause(cause);
        }
        let is_asked = state.last_control == Control::Stop.to_raw();
        if counts.is_failure(cause, is_asked) {
            return Some(Farewell::Unreported);
        }
        let farewell = if state.graceful {
            Farewell::Graceful
        } else {
            Farewell::Error {
                exit_code: state.exit_code,
            }
        };
        state.block.stop(farewell);
        if let Connection::Open { hosted, .. } = &state.connection {
            // The manager learns it from the end of the process otherwise.
            let _ = hosted.report(state.block.report());
        }
        Some(farewell)
    }

    /// After [`end_request`](Self::end_request): waits for the reader thread; a next request can
    /// start a dispatcher again (B13).
    pub(crate) fn close(&self) {
        if self.is_of_another_process() {
            return;
        }
        let connection = {
            let mut state = self.lock();
            if !state.connection.is_of_this_thread() {
                return;
            }
            std::mem::replace(&mut state.connection, Connection::None)
        };
        if let Connection::Open { hosted, .. } = connection {
            // Without the lock: the reader thread may want it for a last control.
            hosted.close(CLOSE_TIMEOUT);
        }
        self.process.store(0, Ordering::Release);
    }
}

impl Connection {
    fn is_of_this_thread(&self) -> bool {
        matches!(self, Self::Open { thread, .. } if *thread == std::thread::current().id())
    }
}

/// A connection being made; if it fails, nothing remains of it.
struct Attempt<'a> {
    dispatcher: &'a Dispatcher,
}

impl Attempt<'_> {
    fn succeed(self, hosted: Arc<dyn Hosted>, wake: Wake) {
        let mut state = self.dispatcher.lock();
        state.block = StatusBlock::new(state.block.controls_accepted());
        state.block.start_pending();
        state.controls.clear();
        state.connection = Connection::Open {
            hosted,
            thread: std::thread::current().id(),
            wake: Arc::new(wake),
        };
        self.dispatcher
            .process
            .store(std::process::id(), Ordering::Release);
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut state = self.dispatcher.lock();
        if matches!(state.connection, Connection::Connecting) {
            state.connection = Connection::None;
        }
    }
}

fn no_wake(error: &std::io::Error) -> ScmError {
    ScmError::new(
        Win32Error::TOO_MANY_OPEN_FILES,
        error::DispatcherDescriptor {
            error: shown(error),
        },
    )
}

#[cfg(test)]
mod tests;
