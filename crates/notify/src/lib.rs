//! Notifications about services (X86 to X94, ADR 143 to 147): beside the recovery action, never instead of it, and
//! from a process of its own, for which the manager never waits.
//!
//! `targets` reads the file that says who is told. On Linux `notifier` is that process: it reads the event log from
//! where it stopped (`following`), derives notices from the entries (`fold`, a pure function of entries and time),
//! puts messages into a durable queue (`store`) and delivers them, each target on a thread of its own
//! (`delivery`). `carriers` are the ways to a target, `templates` the formats of known chats and pagers, `message`
//! is the content. No part of it reads the configuration of the manager, and a secret of a target is sent only to
//! that target.

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
#[cfg(unix)]
mod notifier;
pub mod rehearsal;
#[cfg(unix)]
mod shared;
#[cfg(unix)]
mod store;
pub mod targets;
mod templates;

#[cfg(unix)]
pub use book::Book;
#[cfg(unix)]
pub use notifier::{Setup, run};
#[cfg(unix)]
pub use shared::{Fatal, FindAccount};

/// The file of targets, beside the settings of the daemon.
pub const FILE_NAME: &str = "notify.toml";
/// Carries the [`Setup`] from the guardian to the notifier.
pub const SETUP_VARIABLE: &str = "RELANCE_NOTIFIER";

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
