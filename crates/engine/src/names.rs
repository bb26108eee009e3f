//! Which names are taken: service names and display names share one space (C3, C4).

use std::collections::{BTreeSet, HashMap};

use relance_policy::ServiceId;
use relance_scm::{Caller, ScmError, ServiceConfig, ServiceName, Win32Error, fold_case};
use relance_texts::{error, quoted, shown};

use crate::access;
use crate::sight;

/// The index of all names, without case.
#[derive(Debug, Default)]
pub(crate) struct Names {
    names: HashMap<Box<str>, ServiceId>,
    /// Display names that differ from the service's own name.
    displays: HashMap<Box<str>, ServiceId>,
    /// Names of services that could not be read and still have their rows.
    reserved: BTreeSet<Box<str>>,
}

impl Names {
    /// The service of this name.
    pub(crate) fn find(&self, name: &ServiceName) -> Option<ServiceId> {
        self.names.get(name.key().as_str()).copied()
    }

    /// 1060: there is no service of this name, or it could not be read, which is for those to know who see all.
    pub(crate) fn missing(&self, caller: &Caller, name: &ServiceName) -> ScmError {
        if sight::sees_all(caller) && self.reserved.contains(name.key().as_str()) {
            return unreadable(Win32Error::SERVICE_DOES_NOT_EXIST, name);
        }
        access::not_found(name)
    }

    /// The service of this name, or 1060.
    pub(crate) fn require(
        &self,
        caller: &Caller,
        name: &ServiceName,
    ) -> Result<ServiceId, ScmError> {
        self.find(name).ok_or_else(|| self.missing(caller, name))
    }

    /// Whether a configuration could have its names: for a new service (`id` is `None`) or as the new
    /// configuration of an existing one.
    ///
    /// # Errors
    /// 1073 when the service name is taken, 1078 when a display name is in the way.
    pub(crate) fn check(
        &self,
        id: Option<ServiceId>,
        config: &ServiceConfig,
    ) -> Result<(), ScmError> {
        let key = config.service_name.key();
        let display = fold_case(&config.display_name);
        let other = |owner: Option<&ServiceId>| owner.is_some_and(|owner| Some(*owner) != id);
        if other(self.names.get(key.as_str())) {
            return Err(ScmError::new(
                Win32Error::SERVICE_EXISTS,
                error::ServiceExists {
                    name: shown(&config.service_name),
                },
            ));
        }
        if id.is_none() && self.reserved.contains(key.as_str()) {
            return Err(unreadable(Win32Error::SERVICE_EXISTS, &config.service_name));
        }
        // C4: a new name may not be another service's display name.
        if other(self.displays.get(key.as_str())) {
            return Err(duplicate(config.service_name.as_str()));
        }
        // C3: a display name differs from every other name and display name.
        if other(self.names.get(display.as_str())) || other(self.displays.get(display.as_str())) {
            return Err(duplicate(&config.display_name));
        }
        Ok(())
    }

    /// Keeps a name, without case, for a service that could not be read.
    pub(crate) fn reserve(&mut self, key: &str) {
        self.reserved.insert(key.into());
    }

    pub(crate) fn insert(&mut self, id: ServiceId, config: &ServiceConfig) {
        let key = config.service_name.key().into_boxed_str();
        let display = fold_case(&config.display_name).into_boxed_str();
        if display != key {
            self.displays.insert(display, id);
        }
        self.names.insert(key, id);
    }

    pub(crate) fn remove(&mut self, config: &ServiceConfig) {
        self.names.remove(config.service_name.key().as_str());
        self.displays
            .remove(fold_case(&config.display_name).as_str());
    }
}

/// A service has this name and could not be loaded.
fn unreadable(code: Win32Error, name: &ServiceName) -> ScmError {
    ScmError::new(code, error::ServiceUnreadable { name: shown(name) })
}

fn duplicate(name: &str) -> ScmError {
    ScmError::new(
        Win32Error::DUPLICATE_SERVICE_NAME,
        error::NameTaken { name: quoted(name) },
    )
}

#[cfg(test)]
mod tests {
    use relance_scm::security::Sid;

    use super::*;

    fn config(name: &str, display: &str) -> ServiceConfig {
        let name = ServiceName::new(name).unwrap();
        ServiceConfig {
            display_name: display.into(),
            ..ServiceConfig::new(name, "/x")
        }
    }

    fn refused(names: &Names, id: Option<u32>, config: &ServiceConfig) -> u32 {
        let result = names.check(id.map(ServiceId), config);
        result.map_or_else(|error| error.code().to_raw(), |()| 0)
    }

    #[test]
    fn c3_c4_names_and_display_names_share_one_space() {
        let mut names = Names::default();
        names.insert(ServiceId(1), &config("Mailer", "Mail service"));
        names.insert(ServiceId(2), &config("db", "db"));
        let rows = [
            (None, "mailer", "x", 1073),
            (None, "new", "MAILER", 1078),
            (None, "new", "mail SERVICE", 1078),
            (None, "Mail service", "x", 1078),
            (None, "new", "DB", 1078),
            (None, "new", "new", 0),
            (Some(1), "Mailer", "mailer", 0),
            (Some(1), "Mailer", "Mail service", 0),
            (Some(1), "Mailer", "db", 1078),
        ];
        for (id, name, display, code) in rows {
            assert_eq!(
                refused(&names, id, &config(name, display)),
                code,
                "{name} {display}"
            );
        }
        names.reserve(&ServiceName::new("broken").unwrap().key());
        assert_eq!(refused(&names, None, &config("Broken", "x")), 1073);
        let by = |caller: &Caller, name| names.missing(caller, &ServiceName::new(name).unwrap());
        let missing = |name| by(&Caller::system(), name);
        let stranger = Caller {
            name: "uid 33".into(),
            sids: [Sid::UnixUser(33)].into(),
            session: None,
        };
        assert!(
            !by(&stranger, "BROKEN")
                .sentence()
                .contains("cannot be read")
        );
        assert!(missing("BROKEN").sentence().contains("cannot be read"));
        assert_eq!(missing("broken").code(), missing("other").code());
        names.remove(&config("MAILER", "mail service"));
        assert_eq!(refused(&names, None, &config("mailer", "Mail service")), 0);
        assert!(names.find(&ServiceName::new("DB").unwrap()).is_some());
    }
}
