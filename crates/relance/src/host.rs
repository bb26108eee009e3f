//! A program as a service under the real manager of Windows: what `relance host` does.
//!
//! `keeper` decides when the program is started, again, and for the last time; `service` runs it.

mod keeper;
#[cfg(windows)]
mod service;

#[cfg(windows)]
pub(crate) use service::run;
