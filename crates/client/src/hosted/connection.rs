//! The shared state of a connection, and the thread that reads what the manager says.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use relance_scm::status::RawStatusReport;
use relance_scm::{EndCause, ScmError, Win32Error};
use relance_wire::channel::{
    ControlAnswer, ControlRequest, FRAME_LEN_MAX, Hello, ManagerFrame, ServiceFrame, Status,
    VERSION, decode, encode,
};

use super::Welcomed;
use super::attach::attach;
use super::environment::{Environment, WayBack, without_signals};

/// Pauses between attempts to come back to a manager that is away.
const RETRY_PAUSES: [Duration; 4] = [
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(2),
];
/// How long a report waits for its acknowledgement while the manager is there.
const REPORT_TIMEOUT: Duration = Duration::from_secs(60);

pub(super) type Handler = Box<dyn FnMut(u32, &Reporter) -> u32 + Send>;

/// See the module.
#[derive(Debug)]
pub(super) struct Connection {
    state: Mutex<State>,
    changed: Condvar,
    way_back: Option<WayBack>,
    /// In a forked child this is another process, which does not speak for the service.
    pid: u32,
}

#[derive(Debug)]
struct State {
    /// Where frames are written; `None` while the manager is away.
    stream: Option<UnixStream>,
    welcomed: Option<Result<Welcomed, ScmError>>,
    /// Number of the last report sent.
    reports: u64,
    /// The last report, for a manager that comes back.
    last_report: Option<RawStatusReport>,
    /// The last acknowledgement: number and code.
    done: (u64, Win32Error),
    /// The last control taken and its answer, should the manager, restarted, repeat it.
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
            (None, Some(way)) => attach(way).map_err(|error| {
                ScmError::new(
                    Win32Error::FAILED_SERVICE_CONTROLLER_CONNECT,
                    format!(
                        "the service manager that started this process does not take it: {error}"
                    ),
                )
            })?,
            (None, None) => unreachable!("an environment has one of them"),
        };
        Ok(Self {
            state: Mutex::new(State {
                stream: Some(stream),
                welcomed: None,
                reports: 0,
                last_report: None,
                done: (0, Win32Error::SUCCESS),
                last_control: (0, 0),
                closing: false,
                reader_over: false,
            }),
            changed: Condvar::new(),
            way_back: environment.way_back,
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
        Err(ScmError::new(
            Win32Error::INVALID_HANDLE,
            "a forked child does not speak for the service; only the process that connected does",
        ))
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
                    "the service manager did not answer in time",
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
        self.lock().send(&ServiceFrame::Cause(cause.into()));
    }

    /// Waits for the acknowledgement of a report.
    pub(super) fn wait_done(&self, number: u64) -> Done {
        let mut state = self.lock();
        let until = Instant::now() + REPORT_TIMEOUT;
        loop {
            if state.done.0 >= number {
                return Done::Code(state.done.1);
            }
            let left = until.saturating_duration_since(Instant::now());
            if state.stream.is_none() || left.is_zero() {
                return Done::Kept;
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
                    // A newer manager may say what this version does not know.
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
                state.reports = state.reports.max(welcome.last_report);
                state.welcomed = Some(Ok(Welcomed {
                    service_name: welcome.service_name,
                    arguments: welcome.arguments,
                }));
            }
            ManagerFrame::Refused(refused) => {
                let code = Win32Error::from_raw(refused.code);
                self.lock().welcomed = Some(Err(ScmError::new(code, refused.message)));
            }
            ManagerFrame::Done(done) => {
                let mut state = self.lock();
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

    /// The manager is gone: attaches again when it is back, and repeats the last report. `None` when
    /// the connection is closed or there is no way back.
    fn come_back(&self) -> Option<UnixStream> {
        self.lock().stream = None;
        self.changed.notify_all();
        let way = self.way_back.as_ref()?;
        let mut pauses = RETRY_PAUSES
            .iter()
            .copied()
            .chain(std::iter::repeat(RETRY_PAUSES[3]));
        loop {
            if self.pause(pauses.next()?) {
                return None;
            }
            match attach(way) {
                Ok(stream) => return self.resume(stream),
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return None,
                Err(_) => {}
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
        state.send(&ServiceFrame::Hello(Hello {
            version: VERSION,
            pid: self.pid,
        }));
        if let Some(report) = state.last_report {
            state.report(report);
        }
        Some(reader)
    }
}

impl State {
    /// Sends a report; its number.
    fn report(&mut self, report: RawStatusReport) -> u64 {
        self.reports += 1;
        self.last_report = Some(report);
        let number = self.reports;
        self.send(&ServiceFrame::Status(Status::new(number, report)));
        number
    }

    /// A frame that cannot be sent is lost with its stream; the reading thread sees the end of it.
    fn send(&mut self, frame: &ServiceFrame) {
        if let Some(stream) = &mut self.stream {
            let _ = stream.write_all(&encode(frame));
        }
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
            format!("the thread that takes controls could not be made: {error}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn a_control_that_is_repeated_is_answered_as_before_and_handled_once() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let connection = Connection::open(Environment {
            channel: Some(ours.into()),
            way_back: None,
        })
        .unwrap();
        let handled = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&handled);
        let mut handler: Handler = Box::new(move |_, _| 100 + count.fetch_add(1, Ordering::SeqCst));
        for id in [1, 1, 2] {
            connection.control(ControlRequest { id, code: 200 }, &mut handler);
        }
        drop(connection);
        let answers = BufReader::new(theirs).lines().map(|line| {
            match decode(line.unwrap().as_bytes()).unwrap() {
                ServiceFrame::Answer(answer) => (answer.id, answer.code),
                other => panic!("{other:?}"),
            }
        });
        assert_eq!(answers.collect::<Vec<_>>(), [(1, 100), (1, 100), (2, 101)]);
        assert_eq!(handled.load(Ordering::SeqCst), 2);
    }
}
