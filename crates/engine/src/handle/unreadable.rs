//! Services that could not be loaded, for those who ask for them (X27).

use relance_scm::{Caller, ScmError, ServiceName, Win32Error};
use relance_texts::{error, shown};

use super::EngineHandle;
use crate::access;
use crate::database::Unreadable;
use crate::sight;

impl EngineHandle {
    /// 1060: there is no such service, or it could not be loaded.
    pub(super) fn not_found(&self, caller: &Caller, name: &ServiceName) -> ScmError {
        let mut known = self.unreadable_for(caller).iter();
        match known.find(|service| service.name_key == name.key()) {
            Some(service) => ScmError::new(
                Win32Error::SERVICE_DOES_NOT_EXIST,
                error::NotLoaded {
                    name: shown(name),
                    problem: service.sentence(),
                },
            ),
            None => access::not_found(name),
        }
    }

    /// The services may be ones that other callers may not see.
    pub(super) fn unreadable_for(&self, caller: &Caller) -> &[Unreadable] {
        if sight::sees_all(caller) {
            &self.unreadable
        } else {
            &[]
        }
    }
}
