//! Who may do what with a service, and changing it, by names. Names are looked up here, because a lookup
//! may be slow and the owner loop must not wait.

use std::sync::Arc;

use relance_scm::security::{Access, AccessChange, NamedChange, SecurityDescriptor, Sid};
use relance_scm::{AccessRights, Caller, Reply, ScmError, ServiceConfig, ServiceName};

use super::EngineHandle;
use crate::access;
use crate::command::ConfigRequest;
use crate::linux::account::principals;

impl EngineHandle {
    /// Who may do what with a service.
    pub(super) fn access(&self, caller: &Caller, name: &ServiceName) -> Result<Access, ScmError> {
        let record = self.open(caller, name, AccessRights::READ_CONTROL)?;
        Ok(access_of(&record.config, principals::name_of))
    }

    /// What to change, and who may do what then.
    pub(super) fn access_changes(
        &self,
        caller: &Caller,
        name: &ServiceName,
        changes: &[NamedChange],
    ) -> Result<(Vec<AccessChange>, Access), ScmError> {
        let rights = AccessRights::WRITE_DAC.union(AccessRights::READ_CONTROL);
        let record = self.open(caller, name, rights)?;
        let changes = changes.iter().map(|change| {
            Ok(AccessChange {
                sid: principals::find(&change.who)?,
                give: change.give,
            })
        });
        let changes: Vec<_> = changes.collect::<Result<_, ScmError>>()?;
        let config = record.config.with_access(&changes);
        Ok((changes, access_of(&config, principals::name_of)))
    }

    /// Makes the changes; `expected` has the names of those in it.
    pub(super) fn change_access_to(
        &self,
        caller: &Caller,
        name: &ServiceName,
        changes: Vec<AccessChange>,
        expected: Access,
        reply: Reply<Access>,
    ) {
        let (publisher, changed) = (Arc::clone(&self.publisher), name.clone());
        let reply = Reply::new(move |result: Result<(), ScmError>| {
            // Somebody else may have changed it at the same time.
            let is = |()| {
                let record = publisher
                    .find(&changed)
                    .ok_or_else(|| access::not_found(&changed))?;
                Ok(access_of(&record.config, |sid| known(&expected, sid)))
            };
            reply.send(result.and_then(is));
        });
        self.configure(caller, ConfigRequest::Access(name.clone(), changes), reply);
    }
}

/// The name of somebody in an access list that is known.
fn known(access: &Access, sid: &Sid) -> String {
    let mut entries = access.descriptor.dacl.iter().zip(&access.names);
    let named = entries.find(|(ace, _)| ace.sid == *sid);
    named.map_or_else(|| sid.to_string(), |(_, name)| name.to_string())
}

fn access_of(config: &ServiceConfig, name_of: impl Fn(&Sid) -> String) -> Access {
    let stored = config.security.as_deref();
    let descriptor = stored.map_or_else(SecurityDescriptor::default_for_service, Clone::clone);
    let names = descriptor.dacl.iter().map(|ace| name_of(&ace.sid).into());
    Access {
        is_default: stored.is_none(),
        names: names.collect(),
        descriptor,
    }
}
