//! Speak to a Relance service manager, or be one of its services.
//!
//! [`connect`] gives a [`ServiceManager`]: over the socket of the embedded manager, where every call
//! stands for itself; on Windows the real one. [`hosted`] is what a program links to be a service: it
//! connects to the manager that started it, reports its status and takes controls.
//!
//! `reach` finds a way to a manager; `http` speaks HTTP/1.1 over a Unix socket, `kept` opens and keeps its connections, `patience` says how
//! long a manager that is away is waited for (until the `arrival` of its socket), `starting` the same of one that is about to come, `bounds` the same of one that is there, `socket` writes without a signal; `manager` turns
//! calls into requests (`sessions` those about signing in), `watch` reads the stream of changes and
//! `part` the output of a service, through `queue`; `target` finds the manager. On Windows `windows` stands for all of them.

#![deny(missing_docs)]

#[cfg(unix)]
mod arrival;
#[cfg(unix)]
mod bounds;
#[cfg(unix)]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(unix)]
pub mod hosted;
#[cfg(unix)]
mod http;
#[cfg(unix)]
mod kept;
#[cfg(unix)]
mod manager;
#[cfg(unix)]
mod part;
#[cfg(unix)]
mod patience;
#[cfg(unix)]
mod queue;
#[cfg(unix)]
mod reach;
#[cfg(unix)]
mod sessions;
#[cfg(unix)]
mod socket;
#[cfg(unix)]
mod starting;
mod target;
#[cfg(unix)]
mod watch;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use manager::SocketManager;
#[cfg(unix)]
pub use reach::{connect, connect_as, connect_once_started};
pub use relance_scm::ServiceManager;
#[cfg(windows)]
pub use relance_windows::dispatcher as hosted;
pub use target::Target;
#[cfg(unix)]
pub use target::socket_candidates;
#[cfg(windows)]
pub use windows::connect;
