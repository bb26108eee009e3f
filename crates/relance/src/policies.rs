//! Named policies (X101), as commands need them: found by their names, and put on configurations that the manager has not
//! seen.

use relance_scm::manager::{NewService, PolicyInfo};
use relance_scm::settings::RECOVERY_POLICY;
use relance_scm::{ConfigChange, PolicyName, RecoveryPolicy, ScmError, ServiceConfig, Win32Error};
use relance_texts::{error, policy, shown};

use crate::cli::{CommandFailure, Common, Manager, usage};

/// All that the caller may see.
pub(crate) fn all(manager: &Manager) -> Result<Vec<PolicyInfo>, CommandFailure> {
    manager.ask(|scm, caller, reply| scm.query_policies(caller, reply))
}

/// The policy of this name.
///
/// # Errors
/// 1168 where there is none.
pub(crate) fn find(manager: &Manager, name: &PolicyName) -> Result<PolicyInfo, CommandFailure> {
    let found = all(manager)?.into_iter();
    let mut found = found.filter(|info| info.policy.name == *name);
    found.next().ok_or_else(|| {
        let sentence = error::NoPolicy {
            policy: shown(name),
        };
        ScmError::new(Win32Error::NOT_FOUND, sentence).into()
    })
}

/// A configuration with a change over it, for what is only tried: a policy that the change names comes first, and its
/// other settings are over that.
pub(crate) fn changed(
    common: &Common,
    config: &ServiceConfig,
    change: &ConfigChange,
) -> Result<ServiceConfig, CommandFailure> {
    let key = RECOVERY_POLICY.setting().key;
    let mut changes = change.extensions.iter();
    let is_named = changes.any(|(setting, value)| setting.key == key && value.is_some());
    let changed = config.changed(change)?;
    let Some(name) = PolicyName::of(&changed).filter(|_| is_named) else {
        return Ok(changed);
    };
    let mut config = config.clone();
    find(&common.manager()?, &name)?.policy.put_on(&mut config);
    Ok(config.changed(change)?)
}

/// The services as the manager makes them: those of files that name a policy and say nothing else get its values.
pub(crate) fn filled_in(
    manager: &Manager,
    services: &[NewService],
) -> Result<Vec<ServiceConfig>, CommandFailure> {
    let mut configs: Vec<ServiceConfig> = services
        .iter()
        .map(|service| service.config.clone())
        .collect();
    if configs
        .iter()
        .all(|config| PolicyName::of(config).is_none())
    {
        return Ok(configs);
    }
    let policies = all(manager)?;
    for config in &mut configs {
        let Some(name) = PolicyName::of(config) else {
            continue;
        };
        let mut infos = policies.iter();
        let info = infos.find(|info| info.policy.name == name);
        if let Some(info) = info.filter(|_| RecoveryPolicy::like(name, config).is_empty()) {
            info.policy.put_on(config);
        }
    }
    Ok(configs)
}

/// Refuses services that name a policy where no manager is asked what it says.
pub(crate) fn refuse(configs: &[ServiceConfig]) -> Result<(), CommandFailure> {
    let mut named = configs.iter();
    let named = named.find_map(|config| Some((config, PolicyName::of(config)?)));
    match named {
        None => Ok(()),
        Some((config, name)) => Err(usage(policy::NotInFiles {
            service: shown(&config.service_name),
            policy: shown(name),
        })),
    }
}

/// A configuration as a file has it: what a policy says is not written a second time.
pub(crate) fn without_values(config: &ServiceConfig) -> ServiceConfig {
    let mut config = config.clone();
    if let Some(name) = PolicyName::of(&config) {
        RecoveryPolicy::new(name).put_on(&mut config);
    }
    config
}
