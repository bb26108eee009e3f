//! Settings of a service that only Windows has, and that no rule of the project depends on (C21 to C23).

use relance_scm::{AccessRights, ScmError, ServiceName, Win32Error};

use super::WindowsManager;
use crate::api::{Info, Level};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WindowsSettings {
    /// 0 none, 1 unrestricted, 3 restricted; applies from the next boot on (C22).
    pub sid_type: u32,
    /// The privileges that its process keeps; empty: all of its account's.
    pub required_privileges: Vec<String>,
    /// The NUMA node that it prefers.
    pub preferred_node: Option<u16>,
    /// 0 none, 1 windows, 2 windows light, 3 antimalware light; only read (C23).
    pub launch_protected: u32,
    /// How many triggers start or stop it; only read.
    pub triggers: u32,
}

impl WindowsManager {
    /// The settings of a service; what the manager does not know has its default.
    ///
    /// # Errors
    /// 5, 1060.
    pub fn query_settings(&self, name: &ServiceName) -> Result<WindowsSettings, ScmError> {
        const LEVELS: [Level; 5] = [
            Level::ServiceSid,
            Level::RequiredPrivileges,
            Level::PreferredNode,
            Level::LaunchProtected,
            Level::Triggers,
        ];
        let scm = &self.scm;
        let service = scm.open(name, AccessRights::QUERY_CONFIG)?;
        let mut settings = WindowsSettings::default();
        for level in LEVELS {
            match scm.api.query_service_config2(service.raw(), level) {
                Ok(Info::ServiceSid(kind)) => settings.sid_type = kind,
                Ok(Info::RequiredPrivileges(list)) => settings.required_privileges = list,
                Ok(Info::PreferredNode(node)) => settings.preferred_node = node,
                Ok(Info::LaunchProtected(kind)) => settings.launch_protected = kind,
                Ok(Info::Triggers(count)) => settings.triggers = count,
                // A service without a preferred node answers 87 on the level.
                Ok(_) | Err(Win32Error::INVALID_LEVEL | Win32Error::INVALID_PARAMETER) => {}
                Err(code) => return scm.said(Err(code)),
            }
        }
        Ok(settings)
    }

    /// Makes the settings that can be changed like these.
    ///
    /// # Errors
    /// 5, 87, 1060, 1072.
    pub fn change_settings(
        &self,
        name: &ServiceName,
        new: &WindowsSettings,
    ) -> Result<(), ScmError> {
        let old = self.query_settings(name)?;
        let scm = &self.scm;
        let service = scm.open(name, AccessRights::CHANGE_CONFIG)?;
        let put = |differs: bool, info: Info| {
            if differs {
                scm.said(scm.api.change_service_config2(service.raw(), &info))
            } else {
                Ok(())
            }
        };
        put(old.sid_type != new.sid_type, Info::ServiceSid(new.sid_type))?;
        put(
            old.required_privileges != new.required_privileges,
            Info::RequiredPrivileges(new.required_privileges.clone()),
        )?;
        put(
            old.preferred_node != new.preferred_node,
            Info::PreferredNode(new.preferred_node),
        )
    }
}
