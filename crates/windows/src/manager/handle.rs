//! Handles that close themselves.

use crate::api::{Api, RawHandle, Result, manager_rights};

/// An open handle of the manager or of a service.
pub(super) struct Handle<'a> {
    api: &'a dyn Api,
    raw: RawHandle,
}

impl<'a> Handle<'a> {
    /// Takes over a handle that a call gave.
    pub(super) fn new(api: &'a dyn Api, raw: RawHandle) -> Self {
        Self { api, raw }
    }

    /// The manager of a machine, with the right to connect and these.
    pub(super) fn manager(api: &'a dyn Api, machine: &str, rights: u32) -> Result<Self> {
        let raw = api.open_manager(machine, manager_rights::CONNECT | rights)?;
        Ok(Self::new(api, raw))
    }

    pub(super) fn raw(&self) -> RawHandle {
        self.raw
    }
}

impl Drop for Handle<'_> {
    fn drop(&mut self) {
        self.api.close_service_handle(self.raw);
    }
}
