//! The shared state of a connection, and the thread that reads what the manager says.

use std::io::{self, BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use relance_scm::status::RawStatusReport;
use relance_scm::{EndCause, ScmError, Win32Error};
use relance_texts::{Sentence, error, shown};
use relance_wire::channel::{
    ControlAnswer, ControlRequest, FRAME_LEN_MAX, Hello, ManagerFrame, ServiceFrame, Status,
    VERSION, decode, encode,
};

use super::Welcomed;
use super::attach::{AttachError, attach, attach_patiently};
use super::environment::{Environment, WayBack, without_signals};
use super::unanswered::Unanswered;
use crate::{patience, socket};

/// Pause before a manager is asked again that does not know the run. It may be brought back from a
/// backup that does.
const REFUSED_PAUSE: Duration = Duration::from_secs(60);
/// How long a report waits for its acknowledgement while the manager is there.
const REPORT_TIMEOUT: Duration = Duration::from_secs(60);

pub(super) type Handler = Box<dyn FnMut(u32, &Reporter) -> u32 + Send>;

/// See the module.
#[derive(Debug)]
pub(super) struct Connection {
    state: Mutex<State>,
    changed: Condvar,
    way_back: Option<WayBack>,
    /// How long a report waits for a manager that is away.
    patience: Duration,
    /// In a forked child this is another process, which does not speak for the service.
    pid: u32,
}

#[derive(Debug)]
struct State {
    /// Where frames are written; `None` while the manager is away.
    stream: Option<UnixStream>,
    welcomed: Option<Result<Welcomed, ScmError>>,
    /// Since when the manager is away; until it has welcomed the process again.
    away_since: Option<Instant>,
    /// The manager that came back does not know the run.
    is_refused: bool,
    unanswered: Unanswered,
    /// The last acknowledgement: number and code.
    done: (u64, Win32Error),
    /// The last control taken and its answer, in case a restarted manager repeats it.
    last_control: (u32, u32),
    closing: bool,
    reader_over: bool,
}

/// What became of a report.
pub(super) enum Done {
    /// The manager has answered.
    Code(Win32Error),
    /// The manager is away; the report is repeated when it is back.
    Kept,
}

/// Lets a control handler report a status before it answers, without waiting.
#[derive(Debug)]
pub struct Reporter<'a> {
    connection: &'a Connection,
}

impl Reporter<'_> {
    /// Sends a report. It reaches the manager before the answer to the control does.
    pub fn report(&self, report: RawStatusReport) {
        self.connection.lock().report(report);
    }
}

impl Connection {
    pub(super) fn open(environment: Environment) -> Result<Self, ScmError> {
        let stream = match (environment.channel, &environment.way_back) {
            (Some(channel), _) => UnixStream::from(channel),
            (None, Some(way)) => attach_patiently(way).map_err(|error| {
                ScmError::new(
                    Win32Error::FAILED_SERVICE_CONTROLLER_CONNECT,
                    error::NotTaken {
                        error: shown(&error),
                    },
                )
            })?,
            (None, None) => unreachable!("an environment has one of them"),
        };
        Ok(Self {
            state: Mutex::new(State {
                stream: Some(stream),
                welcomed: None,
                away_since: None,
                is_refused: false,
                unanswered: Unanswered::default(),
                done: (0, Win32Error::SUCCESS),
                last_control: (0, 0),
                closing: false,
                reader_over: false,
            }),
            changed: Condvar::new(),
            way_back: environment.way_back,
            patience: patience::of_this_process(),
            pid: std::process::id(),
        })
    }

    /// Nothing panics while it holds the lock, so a poisoned one is whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses in a forked child.
    pub(super) fn check_process(&self) -> Result<(), ScmError> {
        if std::process::id() == self.pid {
            return Ok(());
        }
        Err(ScmError::new(Win32Error::INVALID_HANDLE, error::FORKED))
    }

    /// Says hello.
    pub(super) fn hello(&self) {
        self.lock().send(&ServiceFrame::Hello(Hello {
            version: VERSION,
            pid: self.pid,
        }));
    }

    /// Waits for the welcome.
    pub(super) fn welcome(&self, until: Instant) -> Result<Welcomed, ScmError> {
        let mut state = self.lock();
        loop {
            if let Some(welcomed) = &state.welcomed {
                return welcomed.clone();
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ScmError::new(
                    Win32Error::SERVICE_REQUEST_TIMEOUT,
                    error::SILENT,
                ));
            }
            state = self.wait(state, left);
        }
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, time: Duration) -> MutexGuard<'a, State> {
        self.changed
            .wait_timeout(state, time)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }

    /// Sends a report; its number.
    pub(super) fn send(&self, report: RawStatusReport) -> u64 {
        self.lock().report(report)
    }

    /// Says why the service is about to end.
    pub(super) fn tell_cause(&self, cause: &EndCause) {
        let mut state = self.lock();
        let frame = state.unanswered.cause(cause.into());
        state.send(&frame);
    }

    /// Waits for the acknowledgement of a report; while the manager is away, as long as this process
    /// waits for it.
    pub(super) fn wait_done(&self, number: u64) -> Done {
        let mut state = self.lock();
        let until = Instant::now() + REPORT_TIMEOUT;
        loop {
            if state.done.0 >= number {
                return Done::Code(state.done.1);
            }
            let until = state.missed_until(self.patience).unwrap_or(until);
            let left = until.saturating_duration_since(Instant::now());
            if state.reader_over || left.is_zero() {
                return Done::Kept;
            }
            state = self.wait(state, left);
        }
    }

    /// Waits for the manager to answer what it has been told, as long as this process waits for a manager
    /// that is away: before the process ends, because nothing can be repeated after that. A manager that is
    /// being killed accepts frames that it never reads.
    pub(super) fn settle(&self) {
        let mut state = self.lock();
        let now = Instant::now();
        while state.is_owed_an_answer() && !state.reader_over {
            let since = state.away_since.unwrap_or(now);
            let left = (since + self.patience).saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self.wait(state, left);
        }
    }

    /// Ends the connection: the reading thread sees the end of its stream.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closing = true;
        if let Some(stream) = &state.stream {
            let _ = stream.shutdown(std::net::Shutdown::Read);
        }
        self.changed.notify_all();
    }

    /// Waits until the reading thread is over, or the time is. `true` if it is over.
    pub(super) fn wait_for_reader(&self, until: Instant) -> bool {
        let mut state = self.lock();
        while !state.reader_over {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self.wait(state, left);
        }
        true
    }

    // The reading thread.

    fn read_until_closed(&self, mut handler: Handler) {
        let mut stream = self
            .lock()
            .stream
            .as_ref()
            .and_then(|stream| stream.try_clone().ok());
        while let Some(current) = stream {
            self.read_stream(current, &mut handler);
            stream = self.come_back();
        }
        let mut state = self.lock();
        state.stream = None;
        state.reader_over = true;
        self.changed.notify_all();
    }

    fn read_stream(&self, stream: UnixStream, handler: &mut Handler) {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        loop {
            line.clear();
            match read_line(&mut reader, &mut line) {
                Ok(0) => return,
                Ok(_) => {
                    // A newer manager may send frames that this version does not know.
                    if let Ok(frame) = decode::<ManagerFrame>(&line) {
                        self.frame(frame, handler);
                    }
                }
                Err(_) => return,
            }
        }
    }

    fn frame(&self, frame: ManagerFrame, handler: &mut Handler) {
        match frame {
            ManagerFrame::Control(control) => return self.control(control, handler),
            ManagerFrame::Welcome(welcome) => {
                let mut state = self.lock();
                state.away_since = None;
                state.is_refused = false;
                state.unanswered.begin_after(welcome.last_report);
                state.welcomed = Some(Ok(Welcomed {
                    service_name: welcome.service_name,
                    arguments: welcome.arguments,
                }));
            }
            ManagerFrame::Refused(refused) => {
                let code = Win32Error::from_raw(refused.code);
                let mut state = self.lock();
                state.is_refused = true;
                // One that was welcomed before goes on without its manager.
                state
                    .welcomed
                    .get_or_insert(Err(ScmError::new(code, Sentence::foreign(refused.message))));
            }
            ManagerFrame::Done(done) => {
                let mut state = self.lock();
                state.unanswered.answered(done.number);
                if done.number >= state.done.0 {
                    state.done = (done.number, Win32Error::from_raw(done.code));
                }
            }
        }
        self.changed.notify_all();
    }

    /// Runs the handler, without the lock, and answers. A control that is repeated is answered again
    /// but not handled again.
    fn control(&self, control: ControlRequest, handler: &mut Handler) {
        let (last, answer) = self.lock().last_control;
        let code = if control.id <= last {
            answer
        } else {
            handler(control.code, &Reporter { connection: self })
        };
        let mut state = self.lock();
        state.last_control = (control.id.max(last), code);
        state.send(&ServiceFrame::Answer(ControlAnswer {
            id: control.id,
            code,
        }));
    }

    /// The manager is gone: attaches again when it is back, and says again what it has not answered.
    /// `None` when the connection is closed or there is no way back.
    fn come_back(&self) -> Option<UnixStream> {
        let (since, mut is_refused) = {
            let mut state = self.lock();
            state.stream = None;
            let since = *state.away_since.get_or_insert_with(Instant::now);
            (since, state.is_refused)
        };
        self.changed.notify_all();
        let way = self.way_back.as_ref()?;
        loop {
            let pause = if is_refused {
                REFUSED_PAUSE
            } else {
                patience::pause(since.elapsed())
            };
            if self.pause(pause) {
                return None;
            }
            match attach(way) {
                Ok(stream) => return self.resume(stream),
                Err(AttachError::Refused) => is_refused = true,
                Err(AttachError::Away(_)) => is_refused = false,
            }
        }
    }

    /// Waits; `true` when the connection was closed meanwhile.
    fn pause(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        let mut state = self.lock();
        while !state.closing {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self.wait(state, left);
        }
        true
    }

    fn resume(&self, stream: UnixStream) -> Option<UnixStream> {
        let reader = stream.try_clone().ok()?;
        let mut state = self.lock();
        state.stream = Some(stream);
        state.is_refused = false;
        state.send(&ServiceFrame::Hello(Hello {
            version: VERSION,
            pid: self.pid,
        }));
        state.say_again();
        Some(reader)
    }
}

impl State {
    /// Sends a report; its number.
    fn report(&mut self, report: RawStatusReport) -> u64 {
        let (number, frame) = self.unanswered.report(|number| Status::new(number, report));
        self.send(&frame);
        number
    }

    /// Tells a manager that came back what it has not answered.
    fn say_again(&self) {
        for frame in self.unanswered.again() {
            write(self.stream.as_ref(), frame);
        }
    }

    fn send(&self, frame: &ServiceFrame) {
        write(self.stream.as_ref(), frame);
    }

    /// Whether the manager still has to answer something. It does not answer the cause of an end, but a
    /// manager that comes back has to get it.
    fn is_owed_an_answer(&self) -> bool {
        match self.away_since {
            Some(_) => self.unanswered.is_waiting(),
            None => self.unanswered.has_reports(),
        }
    }

    /// Until when a manager that is away is waited for; `None` while it is there.
    fn missed_until(&self, patience: Duration) -> Option<Instant> {
        self.away_since.map(|since| since + patience)
    }
}

/// A frame that cannot be sent is lost with its stream; the reading thread sees the end of it.
fn write(stream: Option<&UnixStream>, frame: &ServiceFrame) {
    if let Some(stream) = stream {
        let _ = socket::write_all(stream, &encode(frame));
    }
}

/// A line without its end; a longer one than a frame may be is an error.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let mut limited = io::Read::take(reader, FRAME_LEN_MAX as u64);
    let length = limited.read_until(b'\n', line)?;
    if line.pop_if(|byte| *byte == b'\n').is_none() && length == FRAME_LEN_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(length)
}

/// Starts the reading thread.
pub(super) fn spawn_reader(
    connection: &Arc<Connection>,
    handler: Handler,
) -> Result<JoinHandle<()>, ScmError> {
    let connection = Arc::clone(connection);
    let builder = thread::Builder::new()
        .name("relance-control".into())
        .stack_size(256 * 1024);
    let spawned = without_signals(|| builder.spawn(move || connection.read_until_closed(handler)));
    spawned.map_err(|error| {
        ScmError::new(
            Win32Error::SERVICE_NO_THREAD,
            error::ControlThread {
                error: shown(error),
            },
        )
    })
}

#[cfg(test)]
mod tests;
