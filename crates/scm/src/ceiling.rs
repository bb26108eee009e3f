//! Soft ceilings: what a run may reach before it is recycled, that is, stopped gracefully and started again
//! (X55). Not a failure.

use std::time::Duration;

use crate::duration;

/// A ceiling that a run has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Ceiling {
    /// It uses so many bytes.
    Memory(u64),
    /// Its process has lived for so many milliseconds.
    Age(u64),
    /// It is the time of day for it.
    TimeOfDay,
    /// It has done so many jobs.
    Jobs(u64),
}

impl Ceiling {
    /// The age.
    #[must_use]
    pub fn age(age: Duration) -> Self {
        Self::Age(duration::millis(age))
    }

    /// Reads back what [`Display`](std::fmt::Display) has written, as entries of the log keep it.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (kind, number) = text.split_once(' ').unwrap_or((text, "0"));
        let number = number.parse().ok()?;
        match kind {
            "memory" => Some(Self::Memory(number)),
            "age" => Some(Self::Age(number)),
            "time_of_day" => Some(Self::TimeOfDay),
            "jobs" => Some(Self::Jobs(number)),
            _ => None,
        }
    }
}

/// `memory 315621376`
impl std::fmt::Display for Ceiling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory(bytes) => write!(f, "memory {bytes}"),
            Self::Age(ms) => write!(f, "age {ms}"),
            Self::TimeOfDay => f.write_str("time_of_day"),
            Self::Jobs(jobs) => write!(f, "jobs {jobs}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ceilings_read_back() {
        let all = [
            Ceiling::Memory(3),
            Ceiling::age(Duration::from_secs(2)),
            Ceiling::TimeOfDay,
            Ceiling::Jobs(1000),
        ];
        for ceiling in all {
            assert_eq!(Ceiling::read(&ceiling.to_string()), Some(ceiling));
        }
        for other in ["", "memory", "memory x", "height 3"] {
            assert_ne!(Ceiling::read(other), Some(Ceiling::Memory(3)), "{other}");
        }
    }
}
