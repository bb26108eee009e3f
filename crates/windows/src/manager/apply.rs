//! Many services at a time: created or changed, all or none.

use relance_scm::config::Secret;
use relance_scm::manager::{NewService, Outcome, ToApply};
use relance_scm::{AccessRights, ServiceConfig, Win32Error};

use super::{Result, Scm, program};

impl Scm {
    /// Creates or changes one service; what was there before, if anything.
    fn apply_one(&self, new: &NewService) -> Result<(Outcome, Option<ServiceConfig>)> {
        let name = &new.config.service_name;
        let old = match self.config_without_security(name) {
            Err(unknown) if unknown.code() == Win32Error::SERVICE_DOES_NOT_EXIST => {
                self.create(new)?;
                return Ok((Outcome::Created, None));
            }
            old => old?,
        };
        let old = match &new.config.security {
            Some(_) => self.config(name)?,
            None => old,
        };
        if old == new.config {
            return Ok((Outcome::Unchanged, Some(old)));
        }
        new.config.check_after(&old)?;
        program::check(&new.config)?;
        self.replace(&old, &new.config, Some(&new.password))?;
        Ok((Outcome::Changed, Some(old)))
    }

    fn replace(
        &self,
        old: &ServiceConfig,
        new: &ServiceConfig,
        password: Option<&Secret>,
    ) -> Result<()> {
        let mut rights = AccessRights::CHANGE_CONFIG.union(AccessRights::START);
        if old.security != new.security {
            rights = rights.union(AccessRights::WRITE_DAC);
        }
        let service = self.open(&new.service_name, rights)?;
        self.said(self.writer().change(&service, old, new, password))
    }

    /// The same for services that may use policies, which are copied into them (X120).
    pub(super) fn apply_with_policies(&self, to_apply: ToApply) -> Result<Vec<Outcome>> {
        let policies = to_apply.policies.len();
        let mut outcomes = vec![Outcome::Unchanged; policies];
        outcomes.extend(self.apply(&to_apply.copied()?)?);
        Ok(outcomes)
    }

    /// All or nothing: when one cannot be, those before it are taken back.
    fn apply(&self, services: &[NewService]) -> Result<Vec<Outcome>> {
        let mut done: Vec<(Outcome, Option<ServiceConfig>)> = Vec::new();
        for new in services {
            match self.apply_one(new) {
                Ok(outcome) => done.push(outcome),
                Err(why) => {
                    for (new, (_, old)) in services.iter().zip(&done).rev() {
                        let _ = match old {
                            Some(old) => self.replace(&new.config, old, None),
                            None => self.delete(&new.config.service_name),
                        };
                    }
                    return Err(why);
                }
            }
        }
        Ok(done.into_iter().map(|(outcome, _)| outcome).collect())
    }
}
