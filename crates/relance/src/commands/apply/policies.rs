//! What `relance apply` would do with policies: each of the files beside the one there is, and who else uses it.

use relance_scm::manager::{PolicyInfo, ServiceInfo, ToApply};
use relance_scm::{PolicyChange, PolicyName, RecoveryPolicy, ServiceConfig, ServiceName};
use relance_texts::apply;

use super::change::{Act, Change, changes};
use crate::cli::{CommandFailure, CommandResult, Manager};
use crate::lang::say;
use crate::plain::{plain, plain_lines};
use crate::policies;

/// What becomes of one policy.
#[derive(Debug)]
pub(crate) struct PolicyStep {
    pub(super) name: PolicyName,
    pub(super) act: Act,
    pub(super) changes: Vec<Change>,
    /// Services that use it and that no file describes, each with what follows its next failure then.
    others: Vec<(ServiceName, String)>,
}

impl PolicyStep {
    /// One that no file describes and nobody uses any more.
    pub(super) fn deletion(policy: &RecoveryPolicy) -> Self {
        Self {
            name: policy.name.clone(),
            act: Act::Delete,
            changes: Vec::new(),
            others: Vec::new(),
        }
    }

    /// `policy workers`.
    pub(super) fn named(&self) -> String {
        let policy = self.name.as_str();
        say(apply::Policy { policy })
    }

    pub(super) fn others(&self) -> impl Iterator<Item = &ServiceName> {
        self.others.iter().map(|(name, _)| name)
    }

    /// Says what changes, for the policy and for those that use it.
    pub(super) fn explain(&self) {
        for change in &self.changes {
            println!("    {}", plain_lines(&change.said()));
        }
        for (_, next) in &self.others {
            println!("    {}", plain(next));
        }
    }

    pub(super) fn delete(&self, manager: &Manager) -> CommandResult {
        let gone = PolicyChange::Delete;
        manager
            .ask(|scm, caller, reply| scm.change_policy(caller, &self.name, gone, false, reply))?;
        Ok(())
    }
}

/// The policies of files, and those there are beside them that no service of the files uses.
pub(super) fn policy_steps(
    manager: &Manager,
    to_apply: &ToApply,
    kept: Vec<PolicyInfo>,
    configs: &[ServiceConfig],
    secrets: &[String],
) -> Result<(Vec<PolicyStep>, Vec<PolicyInfo>), CommandFailure> {
    let is_described = |name: &ServiceName| configs.iter().any(|new| new.service_name == *name);
    let mut steps = Vec::new();
    for policy in &to_apply.policies {
        let before = kept.iter().find(|info| info.policy.name == policy.name);
        steps.push(step(manager, policy, before, &is_described, secrets)?);
    }
    let used = |name: &PolicyName| {
        let mut configs = configs.iter();
        configs.any(|config| PolicyName::of(config).as_ref() == Some(name))
    };
    let mut others = kept;
    others.retain(|info| {
        let name = &info.policy.name;
        to_apply.policies.iter().all(|policy| policy.name != *name) && !used(name)
    });
    for info in &mut others {
        // Those of the files will use another one.
        info.used_by.retain(|name| !is_described(name));
    }
    Ok((steps, others))
}

fn step(
    manager: &Manager,
    policy: &RecoveryPolicy,
    before: Option<&PolicyInfo>,
    is_described: &dyn Fn(&ServiceName) -> bool,
    secrets: &[String],
) -> Result<PolicyStep, CommandFailure> {
    let name = policy.name.clone();
    let (act, old) = match before {
        None => (Act::Create, RecoveryPolicy::new(name.clone())),
        Some(info) if info.policy == *policy => (Act::Keep, policy.clone()),
        Some(info) => (Act::Change, info.policy.clone()),
    };
    let mut others = Vec::new();
    if let Some(info) = before.filter(|_| act == Act::Change) {
        for name in info.used_by.iter().filter(|name| !is_described(name)) {
            let info: ServiceInfo =
                manager.ask(|scm, caller, reply| scm.query_service(caller, name, reply))?;
            others.push((name.clone(), policies::next(&info, policy)));
        }
    }
    Ok(PolicyStep {
        changes: changes(&old.as_config(), &policy.as_config(), secrets),
        name,
        act,
        others,
    })
}
