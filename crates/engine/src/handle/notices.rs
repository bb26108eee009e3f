//! Notifications: read from the files of the notifier, and shown to callers who may see them.

use relance_scm::manager::Notices;
use relance_scm::notice::target_name;
use relance_scm::{Caller, ScmError, ServiceName, Win32Error};
use relance_texts::{error, shown};

use super::EngineHandle;
use crate::access;
use crate::sight::{is_visible, sees_all};

impl EngineHandle {
    /// What the caller may see of it: where targets are and what is wrong with them is for administrators, and
    /// messages are for those who see the services that they are about.
    ///
    /// # Errors
    /// 50 where nobody is told; 1359 when what is on record cannot be read.
    pub(super) fn notices(&self, caller: &Caller) -> Result<Notices, ScmError> {
        let book = self.notices.as_ref().ok_or(Win32Error::NOT_SUPPORTED)?;
        let mut notices = book.read().map_err(|error| {
            ScmError::new(
                Win32Error::INTERNAL_ERROR,
                error::NoticesUnreadable {
                    error: shown(&error),
                },
            )
        })?;
        if sees_all(caller) {
            return Ok(notices);
        }
        notices.problem = None;
        notices.file = None;
        notices.file_is_missing = false;
        for target in &mut notices.targets {
            target.place.clear();
            target.services.clear();
            target.problem = None;
        }
        notices.messages.retain(|message| {
            let mut services = message.services.iter();
            !message.services.is_empty() && services.all(|name| self.sees(caller, name))
        });
        for message in &mut notices.messages {
            message.problem = None;
        }
        Ok(notices)
    }

    fn sees(&self, caller: &Caller, name: &str) -> bool {
        let name = ServiceName::new(name).ok();
        let record = name.and_then(|name| self.publisher.find(&name));
        record.is_some_and(|record| is_visible(caller, &record))
    }

    /// The target that is to be tested.
    ///
    /// # Errors
    /// 5 for callers who do not administer, 87 for what cannot be a target, 50 where nobody is told.
    pub(super) fn may_test(&self, caller: &Caller, target: &str) -> Result<Box<str>, ScmError> {
        access::check_administrator(caller)?;
        if self.notices.is_none() {
            return Err(Win32Error::NOT_SUPPORTED.into());
        }
        target_name(target)
    }
}
