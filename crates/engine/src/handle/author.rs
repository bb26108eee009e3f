//! Who may write to the event log in its own words, and as whom (E12).

use std::collections::BTreeMap;
use std::sync::Arc;

use relance_policy::ServiceRecord;
use relance_scm::config::AccountName;
use relance_scm::event_log::{Author, NewEntry};
use relance_scm::{AccessRights, Caller, ScmError, ServiceName, Win32Error};
use relance_texts::{error, shown};

use super::EngineHandle;
use crate::access::{self, is_run_of};
use crate::sight::sees_all;

impl EngineHandle {
    /// The author of an entry, if it may write it: under the name of a service administrators, the
    /// service itself, its account, and those who may change it; under another name administrators, and
    /// the services and their accounts.
    ///
    /// # Errors
    /// 5 for everybody else.
    pub(super) fn author(&self, caller: &Caller, entry: &NewEntry) -> Result<Author, ScmError> {
        let services = self.publisher.snapshot().services;
        let itself = services.iter().find(|record| is_run_of(caller, record));
        let author = Author {
            name: caller.name.clone(),
            uid: caller.uid(),
            service: itself.map(|record| record.config.service_name.as_str().into()),
        };
        let name = ServiceName::new(&*entry.name).ok();
        let about = name.and_then(|name| self.publisher.find(&name));
        let may = sees_all(caller)
            || match &about {
                Some(record) => {
                    itself.is_some_and(|itself| itself.id == record.id)
                        || access::granted(caller, &record.config)
                            .contains(AccessRights::CHANGE_CONFIG)
                        || self.is_account_of(caller, record)
                }
                None => itself.is_some() || self.is_account(caller, &services),
            };
        if may {
            return Ok(author);
        }
        Err(ScmError::new(
            Win32Error::ACCESS_DENIED,
            error::DeniedLog {
                caller: shown(&caller.name),
                name: shown(&entry.name),
            },
        ))
    }

    fn is_account_of(&self, caller: &Caller, record: &ServiceRecord) -> bool {
        self.is_user(caller, &record.config.account_name)
    }

    fn is_account(&self, caller: &Caller, services: &[Arc<ServiceRecord>]) -> bool {
        let accounts = services.iter().map(|record| &record.config.account_name);
        let each_once: BTreeMap<&str, &AccountName> = accounts
            .map(|account| (account.as_str(), account))
            .collect();
        let mut accounts = each_once.into_values();
        accounts.any(|account| self.is_user(caller, account))
    }

    /// The daemon's own user is an administrator anyway.
    fn is_user(&self, caller: &Caller, account: &AccountName) -> bool {
        let uid = caller.uid();
        uid.is_some() && !account.is_local_system() && (self.uid_of)(account) == uid
    }
}
