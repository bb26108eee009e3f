//! Named policies, as they are shown and changed.

use relance_policy::ServiceRecord;
use relance_scm::manager::{Outcome, PolicyInfo};
use relance_scm::{
    AccessRights, Caller, PolicyChange, PolicyName, RecoveryPolicy, Reply, ScmError, Win32Error,
};

use super::EngineHandle;
use crate::access;
use crate::command::{ClientRequest, ConfigRequest};
use crate::sight::is_visible;

impl EngineHandle {
    /// The policies that a caller may see (X105): a policy may name commands and notify targets, as the
    /// configuration of a service does.
    pub(super) fn policies(&self, caller: &Caller) -> Vec<PolicyInfo> {
        let services = self.publisher.snapshot().services;
        let policies = self.publisher.policies();
        let infos = policies.iter().filter_map(|policy| {
            let users = services.iter().filter(|record| uses(record, policy));
            let visible: Vec<&ServiceRecord> = users
                .filter(|record| is_visible(caller, record))
                .map(|record| &**record)
                .collect();
            let rights = AccessRights::QUERY_CONFIG;
            let mut readable = visible.iter();
            let is_shown = caller.is_administrator()
                || readable.any(|record| access::check(caller, &record.config, rights).is_ok());
            let names = visible.iter();
            is_shown.then(|| PolicyInfo {
                policy: policy.clone(),
                used_by: names
                    .map(|record| record.config.service_name.clone())
                    .collect(),
            })
        });
        infos.collect()
    }

    pub(super) fn change_policy_of(
        &self,
        caller: &Caller,
        name: &PolicyName,
        change: PolicyChange,
        is_trial: bool,
        reply: Reply<Outcome>,
    ) {
        let reply = Reply::new(move |result: Result<Vec<Outcome>, ScmError>| {
            let first = |outcomes: Vec<Outcome>| outcomes.first().copied();
            let none = || Win32Error::INTERNAL_ERROR.into();
            reply.send(result.and_then(|outcomes| first(outcomes).ok_or_else(none)));
        });
        let changes = vec![ConfigRequest::Policy(name.clone(), change)];
        let request = if is_trial {
            ClientRequest::TryConfigure(changes, reply)
        } else {
            ClientRequest::Configure(changes, reply)
        };
        self.send(caller, request);
    }
}

fn uses(record: &ServiceRecord, policy: &RecoveryPolicy) -> bool {
    !record.marked_for_delete && PolicyName::of(&record.config).as_ref() == Some(&policy.name)
}
