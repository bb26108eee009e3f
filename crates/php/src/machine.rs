//! Which manager `$machine` means: on Windows that of any machine, elsewhere only the local one.

use relance_client::Target as Manager;
use relance_scm::ScmError;

use crate::failure;
use crate::zend::outcome::Throwable;

/// A manager to talk to, or why it cannot be: the exception comes where upstream opens the manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target(pub(crate) Result<Manager, ScmError>);

impl Target {
    /// Reads `$machine`: `''`, `.`, `localhost` and the host's own name are local, with or without
    /// leading backslashes and whatever their case.
    ///
    /// # Errors
    /// 1113's `ValueError` when the name is not UTF-8.
    pub(crate) fn read(machine: &[u8], context: &str) -> Result<Self, Throwable> {
        Ok(Self(Manager::of_machine(failure::utf8(machine, context)?)))
    }
}

/// The name of this computer; empty if it has none.
#[cfg(all(windows, test))]
pub(crate) fn host_name() -> String {
    relance_windows::session::computer_name()
}

/// The name of this computer; empty if it has none.
#[cfg(unix)]
pub(crate) fn host_name() -> String {
    nix::unistd::gethostname()
        .ok()
        .and_then(|name| name.into_string().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(machine: &str) -> Target {
        Target::read(machine.as_bytes(), "").unwrap()
    }

    #[test]
    fn the_local_computer_has_many_names() {
        let host = host_name();
        let own = format!(r"\\{}", host.to_uppercase());
        for name in [
            "",
            ".",
            "LocalHost",
            r"\\",
            r"\\.",
            r"\\localhost",
            &host,
            &own,
        ] {
            assert_eq!(target(name), Target(Ok(Manager::Local)), "{name}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn any_other_name_is_another_computer() {
        let error = target(r"\\elsewhere").0.unwrap_err();
        assert_eq!(error.code().to_raw(), 1722);
    }

    #[test]
    fn a_name_must_be_utf8() {
        assert!(Target::read(b"bad\xFF", "on openning manager").is_err());
    }
}
