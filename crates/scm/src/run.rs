//! Identities: of a service in its database, and of one execution of it.

use std::fmt;
use std::str::FromStr;

/// Identity of a service in the database; never used again after a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ServiceId(pub u32);

/// Identity of one execution of a service, from its start to the end of its process: `12.3` is the
/// third run of service 12. Deterministic, so that a step that is repeated after a crash of the
/// engine names the same run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RunId {
    /// Whose run.
    pub service: ServiceId,
    /// 1 for the first run since the service was created.
    pub number: u32,
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.service.0, self.number)
    }
}

impl FromStr for RunId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (service, number) = text.split_once('.').unwrap_or((text, ""));
        Ok(Self {
            service: ServiceId(service.parse()?),
            number: number.parse()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_read_back() {
        let run = RunId {
            service: ServiceId(12),
            number: 3,
        };
        assert_eq!(run.to_string(), "12.3");
        assert_eq!("12.3".parse(), Ok(run));
        for bad in ["", "12", "12.", ".3", "a.b", "12.3.4", "-1.2"] {
            assert!(bad.parse::<RunId>().is_err(), "{bad}");
        }
    }
}
