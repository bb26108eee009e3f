//! The capabilities of Linux that a process keeps.

use std::fmt;
use std::str::FromStr;

use relance_texts::{error, quoted};

use crate::error::ScmError;
use crate::win32::Win32Error;

/// Names of the capabilities, by their numbers in the kernel (capabilities(7)).
const NAMES: [&str; 41] = [
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
];
/// The empty set.
const NONE: &str = "none";

/// A set of capabilities, written `net_bind_service,chown`, or `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Capabilities(u64);

impl Capabilities {
    /// One bit for each, by their numbers in the kernel.
    #[must_use]
    pub const fn mask(self) -> u64 {
        self.0
    }
}

impl FromStr for Capabilities {
    type Err = ScmError;

    /// Reads names, with or without `CAP_` before them, in any case, separated by commas or blanks.
    fn from_str(text: &str) -> Result<Self, ScmError> {
        let lower = text.trim().to_lowercase();
        if lower == NONE {
            return Ok(Self(0));
        }
        let words = lower.split([',', ' ']).filter(|word| !word.is_empty());
        let mut mask = 0;
        for word in words {
            let name = word.strip_prefix("cap_").unwrap_or(word);
            let number = NAMES.iter().position(|known| *known == name);
            mask |= 1 << number.ok_or_else(|| unknown(word))?;
        }
        if mask == 0 {
            return Err(unknown(text));
        }
        Ok(Self(mask))
    }
}

fn unknown(word: &str) -> ScmError {
    ScmError::new(
        Win32Error::INVALID_PARAMETER,
        error::NoCapability { text: quoted(word) },
    )
}

impl fmt::Display for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = NAMES.iter().enumerate();
        let kept: Vec<&str> = names
            .filter(|(number, _)| self.0 >> number & 1 == 1)
            .map(|(_, name)| *name)
            .collect();
        if kept.is_empty() {
            return f.write_str(NONE);
        }
        f.write_str(&kept.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_read_and_written() {
        let set: Capabilities = "CAP_CHOWN, net_bind_service".parse().unwrap();
        assert_eq!(set.mask(), 1 | 1 << 10);
        assert_eq!(set.to_string(), "chown,net_bind_service");
        assert_eq!(set.to_string().parse::<Capabilities>().unwrap(), set);
        let none: Capabilities = "none".parse().unwrap();
        assert_eq!((none.mask(), none.to_string().as_str()), (0, "none"));
    }

    #[test]
    fn what_is_not_a_capability_is_refused() {
        for text in ["", ",", "root", "cap_", "chown,root", "none,chown"] {
            let error = text.parse::<Capabilities>().unwrap_err();
            assert_eq!(error.code(), Win32Error::INVALID_PARAMETER, "{text}");
        }
    }
}
