//! What scenarios and promises have in common: which of several services or policies they are about, and how their times are wrong.

use std::path::PathBuf;

use relance_scm::{PolicyName, RecoveryPolicy, ScmError, ServiceConfig, ServiceName};
use relance_texts::{Sentence, command, quoted};

use crate::cli::CommandFailure;
use crate::{policies, service_files};

/// What files describe, and what of it is played.
pub(super) struct Choice {
    policies: Vec<RecoveryPolicy>,
    services: Vec<ServiceConfig>,
}

impl Choice {
    /// Of these files.
    pub(super) fn of(files: &[PathBuf]) -> Result<Self, CommandFailure> {
        let to_apply = service_files::look_at(files)?;
        let services = policies::of_files_alone(&to_apply)?;
        Ok(Self {
            policies: to_apply.policies,
            services,
        })
    }

    /// What is meant: the service or policy of this name, or the only one; with both, the service with that policy.
    pub(super) fn find(
        &self,
        service: Option<&str>,
        policy: Option<&str>,
    ) -> Result<ServiceConfig, Sentence> {
        let service = service.map(|name| self.service(name)).transpose()?;
        let policy = policy.map(|name| self.policy(name)).transpose()?;
        match (service, policy, &*self.services, &*self.policies) {
            (Some(service), None, ..) => Ok(service.clone()),
            (Some(service), Some(policy), ..) => {
                let mut config = service.clone();
                policy.put_on(&mut config);
                Ok(config)
            }
            (None, Some(policy), ..) | (None, None, [], [policy]) => Ok(policy.as_config()),
            (None, None, [service], _) => Ok(service.clone()),
            _ => Err(command::TEST_WHICH_SERVICE.into()),
        }
    }

    fn service(&self, name: &str) -> Result<&ServiceConfig, Sentence> {
        let wanted = ServiceName::new(name).map_err(|error| error.to_sentence())?;
        let mut services = self.services.iter();
        let found = services.find(|config| config.service_name == wanted);
        found.ok_or_else(|| command::TestNoService { name: quoted(name) }.into())
    }

    fn policy(&self, name: &str) -> Result<&RecoveryPolicy, Sentence> {
        let wanted: PolicyName = name
            .parse()
            .map_err(|error: ScmError| error.to_sentence())?;
        let mut policies = self.policies.iter();
        let found = policies.find(|policy| policy.name == wanted);
        found.ok_or_else(|| command::TestNoPolicy { name: quoted(name) }.into())
    }
}

/// What is wrong with a time, in words about what it is of.
pub(super) fn of_failure(
    failure: CommandFailure,
    of: impl Fn(Sentence) -> CommandFailure,
) -> CommandFailure {
    match failure {
        CommandFailure::Scm(error) => of(error.to_sentence()),
        other => other,
    }
}
