//! How a program says that it is ready (X41).

use std::fmt;
use std::str::FromStr;

use relance_texts::{error, quoted};

use super::{Address, probe};
use crate::error::ScmError;
use crate::win32::Win32Error;

/// The sign that a program is ready; until it comes the program is START_PENDING.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Readiness {
    /// `READY=1` by systemd's protocol: `notify`.
    Notify,
    /// A line on this descriptor, as s6 and dinit have it: `fd:3`.
    Descriptor(u8),
    /// This address takes connections: `tcp:127.0.0.1:8080`, `unix:/run/app.sock`.
    Connect(Address),
    /// A line that it prints contains this: `output:listening on`.
    Output(Box<str>),
    /// A command ends with status 0: `command:redis-cli ping`.
    Command(Box<str>),
}

/// Descriptors that a program may use: those above the standard ones.
const DESCRIPTORS: std::ops::RangeInclusive<u8> = 3..=255;

impl FromStr for Readiness {
    type Err = ScmError;

    fn from_str(text: &str) -> Result<Self, ScmError> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        let sign = match kind {
            "notify" if rest.is_empty() => Some(Self::Notify),
            "fd" => descriptor(rest).map(Self::Descriptor),
            "output" => line(rest).map(Self::Output),
            "command" => probe::command(rest).map(Self::Command),
            _ => Address::read(text).map(Self::Connect),
        };
        sign.ok_or_else(|| {
            let text = quoted(text);
            ScmError::new(Win32Error::INVALID_PARAMETER, error::NoReadiness { text })
        })
    }
}

fn descriptor(text: &str) -> Option<u8> {
    let number = text.parse().ok()?;
    DESCRIPTORS.contains(&number).then_some(number)
}

/// A part of one line. Empty, it would be in all of them.
fn line(text: &str) -> Option<Box<str>> {
    let fits = !text.is_empty() && !text.contains(['\n', '\0']);
    fits.then(|| text.into())
}

impl fmt::Display for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Notify => f.write_str("notify"),
            Self::Descriptor(number) => write!(f, "fd:{number}"),
            Self::Connect(address) => address.fmt(f),
            Self::Output(text) => write!(f, "output:{text}"),
            Self::Command(line) => write!(f, "command:{line}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x41_signs_are_read_and_written_alike() {
        for text in [
            "notify",
            "fd:3",
            "fd:255",
            "tcp:[::1]:80",
            "unix:/a",
            "output:listening on: 80",
            "command:redis-cli -h 127.0.0.1 ping",
        ] {
            let sign: Readiness = text.parse().unwrap();
            assert_eq!(sign.to_string(), text);
        }
        for text in [
            "",
            "notify:1",
            "fd",
            "fd:",
            "fd:2",
            "fd:256",
            "fd:-1",
            "soon",
            "output",
            "output:",
            "output:a\nb",
            "command",
            "command:",
        ] {
            let refused = text.parse::<Readiness>().unwrap_err();
            assert_eq!(refused.code(), Win32Error::INVALID_PARAMETER, "{text}");
        }
    }
}
