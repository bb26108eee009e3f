//! [`ServiceManager`]: what every service manager can be asked, whoever implements it.
//!
//! Stateless and object-safe: each call names its caller, opens, acts and closes, with the rights
//! that the call needs (A24 per request). Requests complete through a [`Reply`], so that a loop, a
//! blocking client and an async server can all stand behind or before it.

use std::fmt;

use crate::config::{ConfigChange, Secret, ServiceConfig};
use crate::control::Control;
use crate::error::ScmError;
use crate::name::ServiceName;
use crate::security::Sid;
use crate::status::ServiceStatus;
use crate::win32::Win32Error;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// For the log: `uid 1000`, `root`, `console session of anna`.
    pub name: Box<str>,
    /// Whom entries of a security descriptor may name to reach this caller (A28).
    pub sids: Box<[Sid]>,
}

impl Caller {
    /// The manager itself, which may do everything.
    #[must_use]
    pub fn system() -> Self {
        Self {
            name: "the service manager".into(),
            sids: [Sid::LocalSystem, Sid::Administrators, Sid::Everyone].into(),
        }
    }

    /// Whether the caller administers the manager: creates services, and sees and changes all.
    #[must_use]
    pub fn is_administrator(&self) -> bool {
        self.sids.contains(&Sid::Administrators)
    }
}

type Deliver<T> = Box<dyn FnOnce(Result<T, ScmError>) + Send>;

/// Where the result of a request goes. A reply that is dropped answers with an error, so nobody
/// waits for ever.
#[must_use = "a request without an answer is an error"]
pub struct Reply<T>(Option<Deliver<T>>);

impl<T> Reply<T> {
    /// A reply that calls `deliver` once, on the thread that completes the request.
    pub fn new(deliver: impl FnOnce(Result<T, ScmError>) + Send + 'static) -> Self {
        Self(Some(Box::new(deliver)))
    }

    /// Completes the request.
    pub fn send(mut self, result: Result<T, ScmError>) {
        if let Some(deliver) = self.0.take() {
            deliver(result);
        }
    }
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        if let Some(deliver) = self.0.take() {
            deliver(Err(ScmError::new(
                Win32Error::SHUTDOWN_IN_PROGRESS,
                "the service manager stopped before it could answer; ask again",
            )));
        }
    }
}

impl<T> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reply(…)")
    }
}

/// What to do when a service was created but one of its optional settings cannot be applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnPartialFailure {
    /// Nothing remains.
    #[default]
    Remove,
    /// The service stays without that setting, as the C extension leaves it (B33).
    Keep,
}

/// A service to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewService {
    /// Its configuration.
    pub config: ServiceConfig,
    /// Taken and ignored by the embedded manager, with a warning in the log.
    pub password: Secret,
}

/// What a manager can be asked about services. All names are looked up without case (C1).
pub trait ServiceManager: Send + Sync {
    /// Creates a service.
    ///
    /// Errors: 5, 123, 87, 1057, 1059, 1072, 1073, 1078, 112.
    fn create_service(&self, caller: &Caller, service: NewService, reply: Reply<()>);

    /// Marks a service for deletion; it is gone at once if it is stopped, else when it stops (C30,
    /// C31: no handles are held here).
    ///
    /// Errors: 5, 1060, 1072.
    fn delete_service(&self, caller: &Caller, name: &ServiceName, reply: Reply<()>);

    /// The configuration of a service.
    ///
    /// Errors: 5, 1060.
    fn query_config(&self, caller: &Caller, name: &ServiceName, reply: Reply<ServiceConfig>);

    /// Changes a configuration; what the change does not name stays.
    ///
    /// Errors: 5, 87, 1057, 1059, 1060, 1072, 1078, 112.
    fn change_config(
        &self,
        caller: &Caller,
        name: &ServiceName,
        change: ConfigChange,
        reply: Reply<()>,
    );

    /// The status of a service.
    ///
    /// Errors: 5, 1060.
    fn query_status(&self, caller: &Caller, name: &ServiceName, reply: Reply<ServiceStatus>);

    /// Starts a service; answered when it has connected, not when it runs (S15). Arguments are not
    /// stored (S16).
    ///
    /// Errors: 5, 1060 and those of S35.
    fn start_service(
        &self,
        caller: &Caller,
        name: &ServiceName,
        arguments: Vec<String>,
        reply: Reply<()>,
    );

    /// Sends a control; answered when the service has answered it (S44), with the status then.
    ///
    /// Errors: 5, 1060, 1051, 1052, 1053, 1061, 1062, 109.
    fn control_service(
        &self,
        caller: &Caller,
        name: &ServiceName,
        control: Control,
        reply: Reply<ServiceStatus>,
    );
}
