//! Named policies (X101), as commands need them: found by their names, and put on configurations that the manager has not
//! seen.

use relance_policy::delays::without_jitter;
use relance_scm::manager::{PolicyInfo, ServiceInfo, ToApply};
use relance_scm::settings::{RECOVERY_POLICY, RESTART_JITTER};
use relance_scm::{ConfigChange, PolicyName, RecoveryPolicy, ScmError, ServiceConfig, Win32Error};
use relance_texts::{Value, error, policy, shown};

use crate::cli::{CommandFailure, Common, Manager, usage};
use crate::lang::say;
use crate::words;

/// All that the caller may see.
pub(crate) fn all(manager: &Manager) -> Result<Vec<PolicyInfo>, CommandFailure> {
    manager.ask(|scm, caller, reply| scm.query_policies(caller, reply))
}

/// The same; `None` of a manager that keeps none, which is that of Windows.
pub(crate) fn kept(manager: &Manager) -> Result<Option<Vec<PolicyInfo>>, CommandFailure> {
    match all(manager) {
        Ok(policies) => Ok(Some(policies)),
        Err(CommandFailure::Scm(error)) if error.code() == Win32Error::NOT_SUPPORTED => Ok(None),
        Err(failure) => Err(failure),
    }
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

/// A configuration with a change applied, for trials: a policy that the change names comes first, then its other
/// settings.
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

/// The services of files as a manager with these policies makes them: those that name a policy get its values, from the
/// files or else from the manager.
pub(crate) fn filled_in(
    to_apply: &ToApply,
    kept: &[PolicyInfo],
) -> Result<Vec<ServiceConfig>, CommandFailure> {
    let fill_in = |config: &ServiceConfig| {
        let mut config = to_apply.filled_in(config)?;
        if to_apply.policy_of(&config).is_some() {
            return Ok(config);
        }
        let name = PolicyName::of(&config);
        let mut infos = kept.iter();
        let info = name.and_then(|name| infos.find(|info| info.policy.name == name));
        if let Some(info) = info.filter(|info| is_bare(&config, &info.policy)) {
            info.policy.put_on(&mut config);
        }
        Ok(config)
    };
    let services = to_apply.services.iter();
    services.map(|service| fill_in(&service.config)).collect()
}

/// Whether a service says nothing beside the name of its policy.
fn is_bare(config: &ServiceConfig, policy: &RecoveryPolicy) -> bool {
    RecoveryPolicy::like(policy.name.clone(), config).is_empty()
}

/// The same for what is only looked at: a manager is asked if the files do not describe a policy that they name.
pub(crate) fn looked_at(
    common: &Common,
    to_apply: &ToApply,
) -> Result<Vec<ServiceConfig>, CommandFailure> {
    if undescribed(to_apply).is_none() {
        return filled_in(to_apply, &[]);
    }
    filled_in(to_apply, &all(&common.manager()?)?)
}

/// The same where no manager is asked: a policy that the files do not describe is refused.
pub(crate) fn of_files_alone(to_apply: &ToApply) -> Result<Vec<ServiceConfig>, CommandFailure> {
    match undescribed(to_apply) {
        None => filled_in(to_apply, &[]),
        Some((config, name)) => Err(usage(policy::NotInFiles {
            service: shown(&config.service_name),
            policy: shown(name),
        })),
    }
}

/// The first service whose policy the files do not describe.
fn undescribed(to_apply: &ToApply) -> Option<(&ServiceConfig, PolicyName)> {
    let mut services = to_apply.services.iter();
    services.find_map(|service| {
        let config = &service.config;
        let name = PolicyName::of(config)?;
        to_apply
            .policy_of(config)
            .is_none()
            .then_some((config, name))
    })
}

/// A configuration as a file has it: without the values of its policy, which are not written a
/// second time.
pub(crate) fn without_values(config: &ServiceConfig) -> ServiceConfig {
    let mut config = config.clone();
    if let Some(name) = PolicyName::of(&config) {
        RecoveryPolicy::new(name).put_on(&mut config);
    }
    config
}

/// What follows the next failure of a service that no rule by cause decides.
pub(crate) fn next(info: &ServiceInfo, after: &RecoveryPolicy) -> String {
    let mut config = ServiceConfig::clone(&info.config);
    after.put_on(&mut config);
    let service = shown(&info.config.service_name);
    let count = info.recovery.failure_count;
    let [before, after] =
        [&*info.config, &config].map(|config| follows(config, count.saturating_add(1)));
    if before == after {
        return say(policy::NextStays {
            service,
            count,
            after,
        });
    }
    say(policy::NextChanges {
        service,
        count,
        before,
        after,
    })
}

fn follows(config: &ServiceConfig, failure_count: u32) -> Value {
    let jitter = config.extensions.get(RESTART_JITTER);
    without_jitter(config, failure_count).map_or_else(
        || policy::NOTHING_FOLLOWS.into(),
        |action| words::action_with_jitter(action, jitter).into(),
    )
}
