//! The seam to the library that speaks to the manager on behalf of a service (`relance-client`).
//!
//! The dispatcher knows only [`Hosted`]; tests put a fake behind it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use relance_client::hosted::{Hosted as Client, Sent};
use relance_scm::status::RawStatusReport;
use relance_scm::{EndCause, ScmError, Win32Error};

/// Called with the code of each control, on the reader thread, which blocks all signals. It returns
/// soon and calls nothing in PHP.
pub(crate) type ControlHandler = Box<dyn Fn(u32) + Send + Sync>;

/// Waits until a report is on record. Not to be called with a lock that the control handler takes:
/// the reader thread brings the answer.
///
/// # Errors
/// 6 when the connection has ended, 13 for an impossible status (S10).
pub(crate) type Acknowledged = Box<dyn FnOnce() -> Result<(), ScmError>>;

/// A service's connection to its manager.
pub(crate) trait Hosted: Send + Sync {
    /// Starts to deliver controls. None comes before the first report.
    fn listen(&self, on_control: ControlHandler);

    /// Sends the manager a status, without waiting. Nothing can be reported after STOPPED (S11).
    ///
    /// # Errors
    /// 6 when the connection has ended, 13 for an impossible status (S10).
    fn report(&self, status: RawStatusReport) -> Result<Acknowledged, ScmError>;

    /// Says why the service is about to end.
    fn tell_cause(&self, cause: &EndCause);

    /// Ends the connection; waits at most so long for the reader thread.
    fn close(&self, timeout: Duration);
}

/// A connection that the manager has not welcomed in time: the next attempt goes on with it (B11).
static UNWELCOME: Mutex<Option<(Client, Arc<OnceLock<ControlHandler>>)>> = Mutex::new(None);

/// Connects as the service `name`, which an own-process service may call what it likes (B12).
///
/// # Errors
/// 1063 when no manager started this process, 1460 when nothing happened within `timeout`.
pub(crate) fn connect(_name: &str, timeout: Duration) -> Result<Arc<dyn Hosted>, ScmError> {
    let mut waiting = UNWELCOME.lock().unwrap_or_else(PoisonError::into_inner);
    let (client, handler) = match waiting.take() {
        Some(connection) => connection,
        None => open()?,
    };
    match client.welcome(timeout) {
        Ok(_) => Ok(Arc::new(Connected {
            client: Mutex::new(Some(Arc::new(client))),
            handler,
        })),
        Err(error) if error.code() == Win32Error::SERVICE_REQUEST_TIMEOUT => {
            *waiting = Some((client, handler));
            Err(Win32Error::TIMEOUT.into())
        }
        Err(error) => Err(error),
    }
}

fn open() -> Result<(Client, Arc<OnceLock<ControlHandler>>), ScmError> {
    let handler: Arc<OnceLock<ControlHandler>> = Arc::default();
    let for_reader = Arc::clone(&handler);
    let client = Client::open(move |code, _| {
        if let Some(on_control) = for_reader.get() {
            on_control(code);
        }
        Win32Error::SUCCESS.to_raw()
    })?;
    Ok((client, handler))
}

struct Connected {
    /// `None` once it is closed.
    client: Mutex<Option<Arc<Client>>>,
    handler: Arc<OnceLock<ControlHandler>>,
}

impl Connected {
    fn client(&self) -> Option<Arc<Client>> {
        self.client
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Hosted for Connected {
    fn listen(&self, on_control: ControlHandler) {
        // A connection is listened to once.
        let _ = self.handler.set(on_control);
    }

    fn report(&self, status: RawStatusReport) -> Result<Acknowledged, ScmError> {
        let client = self.client().ok_or(Win32Error::INVALID_HANDLE)?;
        let sent: Sent = client.send(status)?;
        Ok(Box::new(move || client.wait(sent)))
    }

    fn tell_cause(&self, cause: &EndCause) {
        if let Some(client) = self.client() {
            client.tell_cause(cause);
        }
    }

    fn close(&self, timeout: Duration) {
        let client = self
            .client
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(client) = client.and_then(Arc::into_inner) {
            client.close(timeout);
        }
    }
}
