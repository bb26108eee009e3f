//! Who may do what with a service, by the names of Windows' accounts.

use relance_scm::security::{Access, AccessChange, Give, NamedChange, SecurityDescriptor, Sid};
use relance_scm::{AccessRights, ConfigChange, ScmError, ServiceName, Win32Error};
use relance_texts::{quoted, windows};

use super::{Result, Scm};

impl Scm {
    pub(super) fn access(&self, name: &ServiceName) -> Result<Access> {
        let service = self.open(name, AccessRights::READ_CONTROL)?;
        Ok(named(self.reader().security(&service)?))
    }

    /// Windows keeps whole descriptors: what somebody else changes in the same moment is lost.
    pub(super) fn change_access(
        &self,
        name: &ServiceName,
        changes: &[NamedChange],
        is_trial: bool,
    ) -> Result<Access> {
        let changes: Vec<AccessChange> = changes
            .iter()
            .map(|change| {
                if let Give::Grant(rights) = change.give
                    && rights.intersects(AccessRights::READ_OUTPUT)
                {
                    return Err(ScmError::new(
                        Win32Error::NOT_SUPPORTED,
                        windows::READ_OUTPUT,
                    ));
                }
                Ok(AccessChange {
                    sid: find(&change.who)?,
                    give: change.give,
                })
            })
            .collect::<Result<_>>()?;
        let before = self.access(name)?.descriptor;
        let after = changes
            .iter()
            .fold(before, |descriptor, change| descriptor.with(change));
        if !is_trial {
            self.change(name, &setting(after.clone()))?;
        }
        Ok(named(after))
    }
}

fn setting(descriptor: SecurityDescriptor) -> ConfigChange {
    ConfigChange {
        security: Some(Some(descriptor)),
        ..ConfigChange::default()
    }
}

fn named(descriptor: SecurityDescriptor) -> Access {
    let names = descriptor.dacl.iter().map(|ace| name_of(&ace.sid).into());
    Access {
        names: names.collect(),
        is_default: false,
        descriptor,
    }
}

fn find(who: &str) -> Result<Sid> {
    let name = who.strip_prefix("user:").or(who.strip_prefix("group:"));
    account(name.unwrap_or(who)).ok_or_else(|| {
        ScmError::new(
            Win32Error::NONE_MAPPED,
            windows::NoAccount { who: quoted(who) },
        )
    })
}

#[cfg(windows)]
fn account(name: &str) -> Option<Sid> {
    crate::accounts::sid_of(name).ok()
}

#[cfg(windows)]
pub(super) fn name_of(sid: &Sid) -> String {
    match crate::accounts::name_of(sid) {
        Ok((domain, name)) if domain.is_empty() => name,
        Ok((domain, name)) => format!(r"{domain}\{name}"),
        Err(_) => sid.to_string(),
    }
}

/// Where tests play Windows, the identifiers are the names.
#[cfg(not(windows))]
fn account(name: &str) -> Option<Sid> {
    let descriptor: SecurityDescriptor = format!("D:(A;;RC;;;{name})").parse().ok()?;
    descriptor.dacl.into_iter().next().map(|ace| ace.sid)
}

#[cfg(not(windows))]
pub(super) fn name_of(sid: &Sid) -> String {
    sid.to_string()
}
