//! A program as a service under the real manager of Windows: what `relance host` does.
//!
//! `verdict` decides what the end of the program means; `service` runs it.

#[cfg(windows)]
mod service;
mod verdict;

#[cfg(windows)]
pub(crate) use service::run;
