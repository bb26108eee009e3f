//! Services that are to be as a request describes them: what can be checked before the owner loop has it.

use relance_scm::manager::NewService;
use relance_scm::{Caller, ScmError};

use super::EngineHandle;
use crate::command::Change;

impl EngineHandle {
    /// What makes these services, if they can be.
    pub(super) fn to_apply(
        &self,
        caller: &Caller,
        services: Vec<NewService>,
    ) -> Result<Vec<Change>, ScmError> {
        for service in &services {
            self.check_new(caller, service)?;
        }
        let changes = services.into_iter();
        Ok(changes
            .map(|service| Change::Apply(Box::new(service)))
            .collect())
    }
}
