//! Which manager `$machine` means. Only the local one so far; the parameter is here from the start so
//! that another can follow.

use crate::failure;
use crate::zend::outcome::Failure;

/// A manager to talk to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The one of this computer.
    Local,
    /// The one of another computer, by its name.
    Remote(String),
}

impl Target {
    /// Reads `$machine`: `''`, `.`, `localhost` and the host's own name are local, with or without
    /// leading backslashes and whatever their case.
    ///
    /// # Errors
    /// 1113's `ValueError` when the name is not UTF-8.
    pub(crate) fn read(machine: &[u8], context: &str) -> Result<Self, Failure> {
        let given = failure::utf8(machine, context)?;
        let name = given.strip_prefix(r"\\").unwrap_or(given);
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if is("") || is(".") || is("localhost") || is(&host_name()) {
            Ok(Self::Local)
        } else {
            Ok(Self::Remote(name.to_owned()))
        }
    }
}

/// The name of this computer; empty if it has none.
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
        for name in [
            "",
            ".",
            "localhost",
            "LocalHost",
            r"\\",
            r"\\.",
            r"\\localhost",
        ] {
            assert_eq!(target(name), Target::Local, "{name}");
        }
        assert_eq!(target(&host), Target::Local);
        assert_eq!(
            target(&format!(r"\\{}", host.to_uppercase())),
            Target::Local
        );
    }

    #[test]
    fn any_other_name_is_another_computer() {
        assert_eq!(target(r"\\elsewhere"), Target::Remote("elsewhere".into()));
    }

    #[test]
    fn a_name_must_be_utf8() {
        assert!(Target::read(b"bad\xFF", "on openning manager").is_err());
    }
}
