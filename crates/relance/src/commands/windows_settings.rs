//! Options about settings that only Windows has (C21, C22): the identity of a service's process and the
//! privileges that it keeps.

use clap::Args;
use relance_scm::ServiceName;

use crate::cli::{CommandResult, Common};

/// See the module.
#[derive(Debug, Default, Args)]
pub(crate) struct WindowsOptions {
    /// Windows: whether its process gets a SID of the service's own: none, unrestricted or
    /// restricted; takes effect at the next boot
    #[arg(long, value_name = "TYPE", value_parser = ["none", "unrestricted", "restricted"])]
    sid_type: Option<String>,
    /// Windows: a privilege of the account that its process keeps, like SeChangeNotifyPrivilege;
    /// may be repeated; replaces the list; "" keeps all of them
    #[arg(long = "required-privilege", value_name = "NAME")]
    required_privileges: Vec<String>,
}

impl WindowsOptions {
    /// Whether nothing was given.
    pub(crate) fn is_empty(&self) -> bool {
        self.sid_type.is_none() && self.required_privileges.is_empty()
    }

    /// Refuses them where there is no such thing.
    ///
    /// # Errors
    /// 50 on every system but Windows.
    #[cfg(unix)]
    pub(crate) fn check(&self) -> CommandResult {
        if self.is_empty() {
            return Ok(());
        }
        Err(relance_scm::ScmError::new(
            relance_scm::Win32Error::NOT_SUPPORTED,
            relance_texts::command::NO_WINDOWS_SETTINGS,
        )
        .into())
    }

    /// On Windows they are Windows' to refuse.
    #[cfg(windows)]
    #[allow(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "elsewhere they are refused"
    )]
    pub(crate) fn check(&self) -> CommandResult {
        Ok(())
    }

    /// Makes the settings of a service like these.
    #[cfg(unix)]
    #[allow(clippy::unused_self, reason = "they were refused before")]
    pub(crate) fn apply(&self, _: &Common, _: &ServiceName) -> CommandResult {
        self.check()
    }

    /// Makes the settings of a service like these.
    #[cfg(windows)]
    pub(crate) fn apply(&self, common: &Common, name: &ServiceName) -> CommandResult {
        if self.is_empty() {
            return Ok(());
        }
        let manager = common.windows_manager()?;
        let mut settings = manager.query_settings(name)?;
        match self.sid_type.as_deref() {
            None => {}
            Some("none") => settings.sid_type = SID_NONE,
            Some("unrestricted") => settings.sid_type = SID_UNRESTRICTED,
            Some(_) => settings.sid_type = SID_RESTRICTED,
        }
        if !self.required_privileges.is_empty() {
            let given = self.required_privileges.iter();
            settings.required_privileges = given.filter(|name| !name.is_empty()).cloned().collect();
        }
        Ok(manager.change_settings(name, &settings)?)
    }
}

#[cfg(windows)]
const SID_NONE: u32 = 0;
#[cfg(windows)]
const SID_UNRESTRICTED: u32 = 1;
#[cfg(windows)]
const SID_RESTRICTED: u32 = 3;

/// The settings of a service that are not Windows' defaults, for people.
#[cfg(windows)]
pub(crate) fn shown(
    common: &Common,
    name: &ServiceName,
) -> Result<Vec<(&'static str, String)>, crate::cli::CommandFailure> {
    let settings = common.windows_manager()?.query_settings(name)?;
    let sid_type = match settings.sid_type {
        SID_NONE => "",
        SID_UNRESTRICTED => "unrestricted",
        SID_RESTRICTED => "restricted",
        _ => "unknown",
    };
    let mut pairs = vec![
        ("service SID", sid_type.to_owned()),
        ("privileges", settings.required_privileges.join(", ")),
    ];
    pairs.retain(|(_, value)| !value.is_empty());
    Ok(pairs)
}

/// The embedded manager has none of them.
#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "on Windows they are asked for")]
pub(crate) fn shown(
    _: &Common,
    _: &ServiceName,
) -> Result<Vec<(&'static str, String)>, crate::cli::CommandFailure> {
    Ok(Vec::new())
}
