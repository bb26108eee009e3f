//! The real service control manager of Windows, as the rest of the project speaks to a manager.
//!
//! `WindowsManager` is the trait `ServiceManager` over the SCM, the registry and the event log;
//! `dispatcher` is the process of a service; `host` is what keeps any program as a
//! service; `service_values` are texts that a service keeps in the registry; `accounts`, `exports` and `session`
//! answer single questions about the system. Raw types of
//! Windows never leave this crate.
//!
//! `api` names the calls of Windows as a trait of plain values. `real` makes them; on every system the
//! tests run what stands above it against a recording stand-in. `message_table` and `object_file` turn
//! our sentences for the Event Viewer into a resource; the build scripts of `relance` and of the PHP
//! extension use them on the system that builds.

#![deny(missing_docs)]

#[cfg(any(windows, test))]
#[cfg_attr(
    not(windows),
    allow(dead_code, reason = "some of it only the real calls make or take")
)]
mod api;
#[cfg(any(windows, test))]
mod error;
#[cfg(any(windows, test))]
mod event_xml;
#[cfg(any(windows, test))]
mod manager;
#[cfg(any(windows, test))]
mod multi_string;

#[cfg(windows)]
pub mod accounts;
#[cfg(windows)]
pub mod dispatcher;
#[cfg(windows)]
pub mod event_source;
#[cfg(windows)]
pub mod exports;
#[cfg(windows)]
pub mod host;
#[cfg(windows)]
pub mod process;
#[cfg(windows)]
mod real;
#[cfg(windows)]
pub mod service_values;
#[cfg(windows)]
pub mod session;

pub mod message_table;
pub mod object_file;
pub mod rotation;

#[cfg(test)]
mod recording;

#[cfg(any(windows, test))]
pub use manager::{WindowsManager, settings::WindowsSettings};
