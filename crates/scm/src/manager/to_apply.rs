//! What is applied together: policies, and services that may use them.

use super::NewService;
use crate::config::{PolicyName, ServiceConfig};
use crate::error::ScmError;
use crate::recovery_policy::RecoveryPolicy;
use crate::settings::RECOVERY_POLICY;

/// Policies and services that are to be as they are described, all or none; others stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToApply {
    /// The policies, each once.
    pub policies: Vec<RecoveryPolicy>,
    /// The services, each once.
    pub services: Vec<NewService>,
}

impl From<Vec<NewService>> for ToApply {
    fn from(services: Vec<NewService>) -> Self {
        Self {
            policies: Vec::new(),
            services,
        }
    }
}

impl ToApply {
    /// Whether nothing is described.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty() && self.services.is_empty()
    }

    /// The policy of a service, if it is described here.
    #[must_use]
    pub fn policy_of(&self, config: &ServiceConfig) -> Option<&RecoveryPolicy> {
        let name = PolicyName::of(config)?;
        self.policies.iter().find(|policy| policy.name == name)
    }

    /// The configuration of a service with the values of its policy, if that is described here.
    ///
    /// # Errors
    /// 87 for a service that says something else than its policy.
    pub fn filled_in(&self, config: &ServiceConfig) -> Result<ServiceConfig, ScmError> {
        let mut config = config.clone();
        if let Some(policy) = self.policy_of(&config) {
            policy.fill_in(&mut config)?;
        }
        Ok(config)
    }

    /// The services for a manager that keeps no policies: what a policy says is theirs, and its name is gone.
    ///
    /// # Errors
    /// As [`filled_in`](Self::filled_in).
    pub fn copied(self) -> Result<Vec<NewService>, ScmError> {
        let copy = |service: &NewService| {
            let mut config = self.filled_in(&service.config)?;
            if self.policy_of(&config).is_some() {
                config.extensions.set(RECOVERY_POLICY, None);
            }
            Ok(NewService {
                config,
                password: service.password.clone(),
            })
        };
        self.services.iter().map(copy).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;
    use crate::settings::RESTART_LIMIT;
    use crate::{RecoveryAction, RecoveryActionKind, ServiceName, Win32Error};

    fn described() -> ToApply {
        let mut policy = RecoveryPolicy::new("workers".parse().expect("a name"));
        policy.failure_actions.actions =
            [RecoveryAction::new(RecoveryActionKind::Restart, 1000)].into();
        let named = |name: &str, policy: Option<&str>| {
            let name = ServiceName::new(name).expect("a name");
            let mut config = ServiceConfig::new(name, "/bin/worker");
            config
                .extensions
                .set(RECOVERY_POLICY, policy.map(Into::into));
            NewService {
                config,
                password: Secret::default(),
            }
        };
        ToApply {
            policies: vec![policy],
            services: vec![
                named("a", Some("workers")),
                named("b", Some("elsewhere")),
                named("c", None),
            ],
        }
    }

    #[test]
    fn x120_a_manager_without_policies_gets_copies_of_those_that_are_described() {
        let copied = described().copied().expect("nothing is beside a policy");
        let configs: Vec<_> = copied.iter().map(|service| &service.config).collect();
        assert_eq!(configs[0].failure_actions.actions[0].delay_ms(), 1000);
        assert_eq!(PolicyName::of(configs[0]), None);
        // One that is described nowhere stays named, and is refused by that manager.
        assert!(PolicyName::of(configs[1]).is_some());
        assert!(configs[2].failure_actions.actions.is_empty());
    }

    #[test]
    fn x120_settings_beside_a_policy_are_refused_unless_they_are_its_own() {
        let mut described = described();
        described.services[0].config = described
            .filled_in(&described.services[0].config)
            .expect("empty");
        assert!(described.clone().copied().is_ok(), "its own values");
        described.services[0]
            .config
            .extensions
            .set(RESTART_LIMIT, Some(3));
        let error = described.copied().expect_err("something else");
        assert_eq!(error.code(), Win32Error::INVALID_PARAMETER);
    }
}
