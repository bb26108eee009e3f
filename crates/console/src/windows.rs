//! The console on Windows: over the real manager, with sessions of its own
//! (`docs/adr/0052-windows-console.md`).
//!
//! `store` keeps the sessions in the registry, with the service that the console is;
//! `crate::session_manager` decides by them what is asked of the manager.

mod store;

use std::sync::Arc;

use relance_client::{Target, connect};
use relance_scm::ScmError;
use relance_sessions::Sessions;
use relance_windows::WindowsManager;

use crate::session_manager::SessionManager;
use store::RegistryStore;

pub use store::{publish_address, sessions};

/// The console, by the name of its service: its sessions are kept there.
pub(crate) type Place = Arc<str>;
/// What is asked.
pub(crate) type Manager = SessionManager<WindowsManager>;

/// The manager, for the session with this secret; for the console itself with `None`.
pub(crate) fn open(place: &Place, token: Option<&str>) -> Result<Manager, ScmError> {
    let sessions = Sessions::new(RegistryStore::of(place), None);
    Ok(SessionManager::new(
        connect(&Target::Local)?,
        Arc::new(sessions),
        token,
    ))
}
