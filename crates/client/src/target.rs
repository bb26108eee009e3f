//! Which manager is meant, and where its socket is.

#[cfg(unix)]
use std::env;
#[cfg(unix)]
use std::path::PathBuf;

use relance_scm::ScmError;
#[cfg(unix)]
use relance_scm::Win32Error;
#[cfg(unix)]
use relance_texts::{error, shown};
#[cfg(unix)]
use relance_wire::channel::SOCKET_VARIABLE;

/// A manager. There may be more than one: a machine's and a user's; on Windows those of other machines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// The first that is there: `RELANCE_SOCKET`, the system's, the user's own. On Windows the
    /// machine's.
    #[default]
    Local,
    /// The one behind this socket.
    #[cfg(unix)]
    Socket(PathBuf),
    /// That of another machine, by its name.
    #[cfg(windows)]
    Machine(String),
}

impl Target {
    /// The manager of a machine, named as Windows names machines: `''`, `.`, `localhost` and the own
    /// name are this one, with or without `\\` before them.
    ///
    /// # Errors
    /// `RPC_S_SERVER_UNAVAILABLE` (1722) for any other machine, except on Windows, which can reach it.
    pub fn of_machine(machine: &str) -> Result<Self, ScmError> {
        let name = machine.trim_start_matches('\\');
        let is_local = ["", ".", "localhost"]
            .iter()
            .any(|local| name.eq_ignore_ascii_case(local))
            || own_name().is_some_and(|own| name.eq_ignore_ascii_case(&own));
        if is_local {
            return Ok(Self::Local);
        }
        Self::elsewhere(machine)
    }

    #[cfg(windows)]
    #[allow(
        clippy::unnecessary_wraps,
        reason = "elsewhere no other machine can be reached"
    )]
    fn elsewhere(machine: &str) -> Result<Self, ScmError> {
        Ok(Self::Machine(machine.to_owned()))
    }

    /// The name of the machine, as Windows' calls take it; empty: this one.
    #[cfg(windows)]
    pub(crate) fn machine(&self) -> &str {
        match self {
            Self::Local => "",
            Self::Machine(name) => name,
        }
    }

    #[cfg(unix)]
    fn elsewhere(machine: &str) -> Result<Self, ScmError> {
        Err(ScmError::new(
            Win32Error::RPC_S_SERVER_UNAVAILABLE,
            error::OtherMachine {
                machine: shown(machine),
            },
        ))
    }

    /// The sockets to try, in order.
    #[cfg(unix)]
    #[must_use]
    pub fn sockets(&self) -> Vec<PathBuf> {
        match self {
            Self::Local => socket_candidates(),
            Self::Socket(path) => vec![path.clone()],
        }
    }
}

/// Where a manager's socket may be: only the variable's if it is set, else the system's, then the
/// user's own, which lies beside its database where a session has no folder for sockets.
#[cfg(unix)]
#[must_use]
pub fn socket_candidates() -> Vec<PathBuf> {
    if let Some(path) = env::var_os(SOCKET_VARIABLE).filter(|path| !path.is_empty()) {
        return vec![path.into()];
    }
    let system = PathBuf::from("/run/relance/relance.sock");
    let user = match folder("XDG_RUNTIME_DIR") {
        Some(runtime) => Some(runtime.join("relance/relance.sock")),
        None => folder("XDG_STATE_HOME")
            .or_else(|| Some(folder("HOME")?.join(".local/state")))
            .map(|state| state.join("relance/relance.sock")),
    };
    std::iter::once(system).chain(user).collect()
}

#[cfg(windows)]
fn own_name() -> Option<String> {
    Some(relance_windows::session::computer_name()).filter(|name| !name.is_empty())
}

#[cfg(unix)]
fn folder(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

#[cfg(unix)]
fn own_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    Some(name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine() {
        let own = own_name().unwrap();
        for name in [
            "",
            ".",
            "localhost",
            "LOCALHOST",
            r"\\.",
            &own,
            &format!(r"\\{own}"),
        ] {
            assert_eq!(Target::of_machine(name), Ok(Target::Local), "{name}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn other_machines_are_only_reached_from_windows() {
        let error = Target::of_machine("elsewhere").unwrap_err();
        assert_eq!(error.code(), Win32Error::RPC_S_SERVER_UNAVAILABLE);
    }
}
