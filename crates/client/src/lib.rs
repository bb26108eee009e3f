//! Speak to a Relance service manager, or be one of its services.
//!
//! [`connect`] gives a [`ServiceManager`] over the manager's socket; every call opens a connection,
//! asks and closes it. [`hosted`] is what a program links to be a service: it connects to the manager
//! that started it, reports its status and takes controls.
//!
//! `http` speaks HTTP/1.1 over a Unix socket, `manager` turns calls into requests (`sessions` those
//! about signing in), `target` finds the socket, `watch` reads the stream of changes and `part` the
//! output of a service.

#![deny(missing_docs)]

pub mod hosted;
mod http;
mod manager;
mod part;
mod queue;
mod sessions;
mod target;
mod watch;

pub use manager::{SocketManager, connect, connect_as};
pub use relance_scm::ServiceManager;
pub use target::{Target, socket_candidates};
