//! Sessions in the registry, below the key `Parameters` of the console's service, a value each. Windows
//! lets administrators and the system write there, which is all the protection that links need: who
//! makes one is an administrator. The key goes when the service is deleted, and signs everybody out.

use relance_scm::{ScmError, Win32Error};
use relance_sessions::{Entry, Sessions, Store};
use relance_windows::service_values::ServiceValues;

/// The key of the sessions.
const SESSIONS: &str = "Sessions";
/// The value that holds the address of a console that runs.
const ADDRESS: &str = "Address";

/// See the module.
#[derive(Debug)]
pub(super) struct RegistryStore(ServiceValues);

impl RegistryStore {
    /// Of the console with this service name.
    pub(super) fn of(service: &str) -> Self {
        Self(ServiceValues::new(service, Some(SESSIONS)))
    }
}

/// What cannot be read was not written by us and signs nobody in.
fn read(text: &str) -> Option<Entry> {
    serde_json::from_str(text).ok()
}

impl Store for RegistryStore {
    fn find(&self, hash: &str) -> Result<Option<Entry>, ScmError> {
        let text = self.0.read(hash)?;
        Ok(text.and_then(|text| read(&text)))
    }

    fn list(&self) -> Result<Vec<Entry>, ScmError> {
        let texts = self.0.list()?;
        let mut entries: Vec<Entry> = texts.iter().filter_map(|text| read(text)).collect();
        entries.sort_by_key(Entry::created_at_ms);
        Ok(entries)
    }

    fn add(&self, entry: Entry) -> Result<(), ScmError> {
        let text = serde_json::to_string(&entry).expect("a plain structure");
        self.0.write(entry.hash(), &text)
    }

    fn remove(&self, hash: &str) -> Result<bool, ScmError> {
        self.0.delete(hash)
    }
}

/// The sessions of a console, for an administrator of this machine.
///
/// # Errors
/// 1060 when there is no such console, 1062 when it has never run.
pub fn sessions(service: &str) -> Result<Sessions, ScmError> {
    let address = ServiceValues::new(service, None).read(ADDRESS)?;
    let address = address.ok_or_else(|| {
        ScmError::new(
            Win32Error::SERVICE_NOT_ACTIVE,
            relance_texts::windows::Console { service },
        )
    })?;
    Ok(Sessions::new(RegistryStore::of(service), Some(address)))
}

/// Says where a console answers, for the links to it.
///
/// # Errors
/// 5 for everybody but administrators and the system.
pub fn publish_address(service: &str, address: &str) -> Result<(), ScmError> {
    ServiceValues::new(service, None).write(ADDRESS, address)
}
