//! Telling somebody what happens to services (X86 to X94, ADR 143 to 147): beside the recovery action, never instead of
//! it, and from a process of its own that the manager never waits for.
//!
//! `targets` reads the file that says who is told. On Linux `teller` is that process: it reads the event log from where
//! it stopped (`following`), makes of the entries what is to be told (`fold`, a pure function of entries and time), puts
//! messages into a durable queue (`store`) and delivers them, each target on a thread of its own (`delivery`).
//! `carriers` are the ways to a target, `templates` what the services that people know want to read, `message` what is
//! told. Nothing of it reads the configuration of the manager, and no secret of a target leaves this crate but to the
//! target.

#![deny(missing_docs)]

#[cfg(unix)]
mod book;
pub mod carriers;
#[cfg(unix)]
mod delivery;
pub mod fold;
#[cfg(unix)]
mod following;
pub mod message;
pub mod rehearsal;
#[cfg(unix)]
mod shared;
#[cfg(unix)]
mod store;
pub mod targets;
#[cfg(unix)]
mod teller;
mod templates;

#[cfg(unix)]
pub use book::Book;
#[cfg(unix)]
pub use shared::{Fatal, FindAccount};
#[cfg(unix)]
pub use teller::{Setup, run};

/// The file of targets, beside the settings of the daemon.
pub const FILE_NAME: &str = "notify.toml";
/// Carries the [`Setup`] from the guardian to the process that tells.
pub const SETUP_VARIABLE: &str = "RELANCE_TELLER";

/// The name of this machine, as messages say it.
#[must_use]
pub fn machine() -> String {
    #[cfg(unix)]
    let name = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default();
    name
}
