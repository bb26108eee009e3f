//! Being a service under the real manager: the connection of a process, its reports, its controls.
//!
//! The same interface as the hosted service of Linux (`relance-client` offers one or the other). Here a
//! thread gives itself to `StartServiceCtrlDispatcher`, which calls controls on it and the service's
//! main function on another one; that one registers the handler and is done.
//!
//! A process is one service, once: Windows takes no second dispatcher, and its handler has no way to be
//! taken back. So what it needs lives as long as the process.

use std::ffi::c_void;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use relance_scm::status::RawStatusReport;
use relance_scm::{EndCause, ScmError, ServiceState, Win32Error};
use relance_texts::{error, windows};
use windows_sys::Win32::System::Services::{
    RegisterServiceCtrlHandlerExW, SERVICE_STATUS, SERVICE_TABLE_ENTRYW, SERVICE_WIN32_OWN_PROCESS,
    SetServiceStatus, StartServiceCtrlDispatcherW,
};

use crate::real::text::{text, wide};
use crate::real::{check, last_error};
use crate::{process, session};

/// How long the manager may take to call the service (R83).
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

type Handler = Box<dyn FnMut(u32, &Reporter<'_>) -> u32 + Send>;

/// A service's connection to its manager.
#[derive(Debug)]
pub struct Hosted {
    connection: &'static Connection,
}

/// A report that was made.
#[must_use = "whether it was taken shows when it is waited for"]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent(());

/// What the manager says when it calls a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcomed {
    /// The name under which the service is registered.
    pub service_name: String,
    /// Start arguments, without the service name (S16).
    pub arguments: Vec<String>,
}

/// Lets a control handler report a status before it answers.
#[derive(Debug)]
pub struct Reporter<'a> {
    connection: &'a Connection,
}

impl Reporter<'_> {
    /// Makes a report; the manager has it before it has the answer to the control.
    pub fn report(&self, report: RawStatusReport) {
        // The handler has no caller for an error.
        let _ = self.connection.report(report);
    }
}

/// See the module. There is one in a process.
#[derive(Debug)]
struct Connection {
    state: Mutex<State>,
    changed: Condvar,
    handler: Mutex<HandlerSlot>,
}

struct HandlerSlot(Handler);

impl std::fmt::Debug for HandlerSlot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HandlerSlot(…)")
    }
}

#[derive(Debug, Default)]
struct State {
    /// The handle for reports; 0 before the service was called, and after STOPPED (S11).
    status_handle: usize,
    welcomed: Option<Result<Welcomed, ScmError>>,
    /// The dispatching thread is done.
    over: bool,
}

static CONNECTION: OnceLock<Connection> = OnceLock::new();

/// Whether the service control manager may have started this process; connecting makes it certain.
#[must_use]
pub fn was_started_by_manager() -> bool {
    CONNECTION.get().is_none() && session::may_be_service()
}

/// Connects to the manager that started this process, and waits until it calls the service.
///
/// # Errors
/// As [`Hosted::open`] and [`Hosted::welcome`].
pub fn connect(
    timeout: Duration,
    handler: impl FnMut(u32, &Reporter<'_>) -> u32 + Send + 'static,
) -> Result<(Hosted, Welcomed), ScmError> {
    let hosted = Hosted::open(handler)?;
    let welcomed = hosted.welcome(timeout)?;
    Ok((hosted, welcomed))
}

impl Hosted {
    /// Starts the dispatching thread.
    ///
    /// `handler` gets every control by its code, in order, on that thread. What it returns is the
    /// answer: 0, or a Win32 code.
    ///
    /// # Errors
    /// `ERROR_SERVICE_ALREADY_RUNNING` (1056) when this process has a dispatcher already, the refusal of
    /// an attempt before, `ERROR_SERVICE_NO_THREAD` (1054).
    pub fn open(
        handler: impl FnMut(u32, &Reporter<'_>) -> u32 + Send + 'static,
    ) -> Result<Self, ScmError> {
        let mut is_new = false;
        let connection = CONNECTION.get_or_init(|| {
            is_new = true;
            Connection {
                state: Mutex::default(),
                changed: Condvar::new(),
                handler: Mutex::new(HandlerSlot(Box::new(handler))),
            }
        });
        if !is_new {
            // Later attempts get the same refusal.
            if let Some(Err(refusal)) = &connection.lock().welcomed {
                return Err(refusal.clone());
            }
            return Err(ScmError::new(
                Win32Error::SERVICE_ALREADY_RUNNING,
                windows::CONNECTED_BEFORE,
            ));
        }
        thread::Builder::new()
            .name("relance-control".into())
            .spawn(|| connection.dispatch())
            .map_err(|_| Win32Error::SERVICE_NO_THREAD)?;
        Ok(Self { connection })
    }

    /// Waits until the manager has called the service; may be called again after a time-out.
    ///
    /// # Errors
    /// `ERROR_FAILED_SERVICE_CONTROLLER_CONNECT` (1063) when no manager started this process,
    /// `ERROR_SERVICE_REQUEST_TIMEOUT` (1053).
    pub fn welcome(&self, timeout: Duration) -> Result<Welcomed, ScmError> {
        let until = Instant::now() + timeout;
        let state = self
            .connection
            .wait_until(until, |state| state.welcomed.is_some());
        state
            .welcomed
            .clone()
            .unwrap_or_else(|| Err(Win32Error::SERVICE_REQUEST_TIMEOUT.into()))
    }

    /// Reports a status.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn report(&self, report: RawStatusReport) -> Result<(), ScmError> {
        self.send(report).map(|_| ())
    }

    /// Reports a status: the manager has it when this returns.
    ///
    /// # Errors
    /// `ERROR_INVALID_DATA` (13) for an impossible state (S10), `ERROR_INVALID_HANDLE` (6) after
    /// STOPPED (S11).
    pub fn send(&self, report: RawStatusReport) -> Result<Sent, ScmError> {
        report
            .check()
            .map_err(|_| ScmError::new(Win32Error::INVALID_DATA, error::IMPOSSIBLE_STATUS))?;
        self.connection.report(report)?;
        Ok(Sent(()))
    }

    /// Says why the service is about to end. The manager of Windows has no place for it and learns the
    /// exit code alone.
    #[allow(clippy::unused_self, reason = "the interface is that of Linux")]
    pub fn tell_cause(&self, _cause: &EndCause) {}

    /// Nothing is left to wait for: [`send`](Self::send) has waited.
    ///
    /// # Errors
    /// Never.
    #[allow(clippy::unused_self, reason = "the interface is that of Linux")]
    pub fn wait(&self, _sent: Sent) -> Result<(), ScmError> {
        Ok(())
    }

    /// Waits, at most so long, until the dispatching thread is done, which it is after STOPPED.
    pub fn close(self, timeout: Duration) {
        drop(
            self.connection
                .wait_until(Instant::now() + timeout, |state| state.over),
        );
    }
}

impl Connection {
    /// Nothing panics while it holds the lock, so a poisoned one is whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_until(&self, until: Instant, holds: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        while !holds(&state) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state
    }

    /// The dispatching thread: returns when the service has stopped, or was never one.
    fn dispatch(&self) {
        // In a process of its own any name does.
        let name = wide("");
        let table = [
            SERVICE_TABLE_ENTRYW {
                lpServiceName: name.as_ptr().cast_mut(),
                lpServiceProc: Some(service_main),
            },
            SERVICE_TABLE_ENTRYW::default(),
        ];
        // SAFETY: the table ends with an empty entry and lives until the call is over.
        let answer = check(unsafe { StartServiceCtrlDispatcherW(table.as_ptr()) });
        let mut state = self.lock();
        if let Err(code) = answer {
            state.welcomed.get_or_insert(Err(code.into()));
        }
        state.over = true;
        self.changed.notify_all();
    }

    /// The service's main function: registers the handler and tells who waits.
    fn begin(&'static self, mut words: Vec<String>) {
        let service_name = if words.is_empty() {
            String::new()
        } else {
            words.remove(0)
        };
        let name = wide(&service_name);
        let context: *const c_void = std::ptr::from_ref(self).cast();
        // SAFETY: the name ends with a zero; the context lives as long as the process.
        let handle =
            unsafe { RegisterServiceCtrlHandlerExW(name.as_ptr(), Some(on_control), context) };
        process::apply_priority(&service_name);
        let mut state = self.lock();
        state.welcomed = Some(if handle.is_null() {
            Err(last_error().into())
        } else {
            state.status_handle = handle as usize;
            Ok(Welcomed {
                service_name,
                arguments: words,
            })
        });
        self.changed.notify_all();
    }

    fn report(&self, report: RawStatusReport) -> Result<(), ScmError> {
        // Reports reach the manager in the order in which they were made, so under the lock.
        let mut state = self.lock();
        if state.status_handle == 0 {
            return Err(Win32Error::INVALID_HANDLE.into());
        }
        let status = SERVICE_STATUS {
            dwServiceType: SERVICE_WIN32_OWN_PROCESS,
            dwCurrentState: report.state,
            dwControlsAccepted: report.controls_accepted,
            dwWin32ExitCode: report.win32_exit_code,
            dwServiceSpecificExitCode: report.service_specific_exit_code,
            dwCheckPoint: report.checkpoint,
            dwWaitHint: report.wait_hint_ms,
        };
        let handle = state.status_handle as *mut c_void;
        if report.state == ServiceState::Stopped.to_raw() {
            // S11: the first STOPPED closes the handle; another report might crash.
            state.status_handle = 0;
        }
        // SAFETY: the handle is the service's and open.
        check(unsafe { SetServiceStatus(handle, &raw const status) }).map_err(Into::into)
    }
}

unsafe extern "system" fn service_main(count: u32, words: *mut *mut u16) {
    // SAFETY: Windows gives so many texts that end with a zero.
    let words = (0..count as usize).map(|i| unsafe { text(*words.add(i)) });
    let words = words.collect();
    if let Some(connection) = CONNECTION.get() {
        connection.begin(words);
    }
}

unsafe extern "system" fn on_control(
    control: u32,
    _event: u32,
    _data: *mut c_void,
    context: *mut c_void,
) -> u32 {
    let context: *const Connection = context.cast();
    // SAFETY: registered with a connection that lives as long as the process.
    let Some(connection) = (unsafe { context.as_ref() }) else {
        return Win32Error::INVALID_HANDLE.to_raw();
    };
    let mut handler = connection
        .handler
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    (handler.0)(control, &Reporter { connection })
}
