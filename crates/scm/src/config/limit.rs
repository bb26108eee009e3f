//! The limit of a resource of a process: `setrlimit` as people write it.
//!
//! One value is soft and hard limit alike; `SOFT:HARD` gives both. `unlimited` is none.

use std::fmt::Write;
use std::time::Duration;

use relance_texts::{Sentence, Words, error, quoted, setting};

use crate::duration::{self, Bare};

/// A limit, in the kernel's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The limit in effect; the process may raise it up to `hard`.
    pub soft: u64,
    /// What it cannot pass.
    pub hard: u64,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitUnit {
    /// Things.
    Count,
    /// Bytes, with `K`, `M`, `G` or `T` for powers of 1024.
    Bytes,
    /// Seconds, as a time.
    Seconds,
    /// Microseconds, as a time.
    Microseconds,
}

/// `RLIM_INFINITY`.
const UNLIMITED: u64 = u64::MAX;
const PREFIXES: [(char, u32); 4] = [('T', 40), ('G', 30), ('M', 20), ('K', 10)];

impl LimitUnit {
    /// What a value may look like.
    #[must_use]
    pub const fn range(self) -> Words {
        match self {
            Self::Count => setting::RANGE_COUNT,
            Self::Bytes => setting::RANGE_BYTES,
            Self::Seconds | Self::Microseconds => setting::RANGE_SECONDS,
        }
    }

    fn parse(self, text: &str) -> Option<u64> {
        let text = text.trim();
        if matches!(text, "unlimited" | "infinity") {
            return Some(UNLIMITED);
        }
        match self {
            Self::Count => text.parse().ok(),
            Self::Bytes => bytes(text),
            Self::Seconds => {
                let time = duration::parse(text, Bare::Seconds)?;
                (time.subsec_nanos() == 0).then_some(time.as_secs())
            }
            Self::Microseconds => {
                let time = duration::parse(text, Bare::Milliseconds)?;
                u64::try_from(time.as_micros()).ok()
            }
        }
    }

    fn write(self, value: u64, text: &mut String) {
        let _ = match self {
            _ if value == UNLIMITED => write!(text, "unlimited"),
            Self::Count => write!(text, "{value}"),
            Self::Bytes => {
                let fits =
                    |(_, shift): &(char, u32)| value != 0 && value.is_multiple_of(1 << shift);
                match PREFIXES.into_iter().find(fits) {
                    Some((prefix, shift)) => write!(text, "{}{prefix}", value >> shift),
                    None => write!(text, "{value}"),
                }
            }
            Self::Seconds => write!(text, "{}", duration::format(Duration::from_secs(value))),
            Self::Microseconds => {
                write!(text, "{}", duration::format(Duration::from_micros(value)))
            }
        };
    }
}

fn bytes(text: &str) -> Option<u64> {
    let text = text
        .strip_suffix("iB")
        .or_else(|| text.strip_suffix('B'))
        .unwrap_or(text)
        .trim_end();
    let prefix = PREFIXES
        .into_iter()
        .find(|(prefix, _)| text.ends_with([*prefix, prefix.to_ascii_lowercase()]));
    match prefix {
        None => text.parse().ok(),
        Some((_, shift)) => {
            let number: u64 = text[..text.len() - 1].trim_end().parse().ok()?;
            number.checked_mul(1 << shift)
        }
    }
}

impl Limit {
    /// Reads a limit.
    ///
    /// # Errors
    /// A sentence that says what is expected.
    pub fn parse(text: &str, unit: LimitUnit) -> Result<Self, Sentence> {
        let parsed = match text.split_once(':') {
            Some((soft, hard)) => unit.parse(soft).zip(unit.parse(hard)),
            None => unit.parse(text).map(|value| (value, value)),
        };
        match parsed {
            Some((soft, hard)) if soft <= hard => Ok(Self { soft, hard }),
            Some(_) => Err(error::SoftAboveHard { text: quoted(text) }.into()),
            None => Err(error::NoLimit {
                text: quoted(text),
                range: unit.range(),
            }
            .into()),
        }
    }

    /// The limit as people write it, so that [`parse`](Self::parse) reads it back.
    #[must_use]
    pub fn text(self, unit: LimitUnit) -> String {
        let mut text = String::new();
        unit.write(self.soft, &mut text);
        if self.soft != self.hard {
            text.push(':');
            unit.write(self.hard, &mut text);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_read_back_as_they_are_written() {
        use LimitUnit::{Bytes, Count, Microseconds, Seconds};
        for (unit, typed, soft, hard, shown) in [
            (Count, "8192", 8192, 8192, "8192"),
            (Count, "1024:8192", 1024, 8192, "1024:8192"),
            (Count, "infinity", UNLIMITED, UNLIMITED, "unlimited"),
            (Count, "0:unlimited", 0, UNLIMITED, "0:unlimited"),
            (Bytes, "0", 0, 0, "0"),
            (Bytes, "64M", 64 << 20, 64 << 20, "64M"),
            (Bytes, "1500", 1500, 1500, "1500"),
            (Bytes, "8 MiB:1g", 8 << 20, 1 << 30, "8M:1G"),
            (Bytes, "64kB", 64 << 10, 64 << 10, "64K"),
            (Seconds, "90", 90, 90, "1m30s"),
            (Microseconds, "5ms:1s", 5000, 1_000_000, "5ms:1s"),
        ] {
            let limit = Limit::parse(typed, unit).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(limit, Limit { soft, hard }, "{typed}");
            assert_eq!(limit.text(unit), shown);
            assert_eq!(Limit::parse(shown, unit), Ok(limit));
        }
    }

    #[test]
    fn what_is_not_a_limit_is_refused_with_an_example() {
        use LimitUnit::{Bytes, Count, Seconds};
        for (unit, text) in [
            (Count, "-1"),
            (Count, "64M"),
            (Count, "1:2:3"),
            (Bytes, "64X"),
            (Bytes, "é"),
            (Bytes, "99999999999999T"),
            (Seconds, "500ms"),
            (Count, ":"),
        ] {
            let error = Limit::parse(text, unit).unwrap_err();
            assert!(error.to_string().contains("SOFT:HARD"), "{error}");
        }
        let error = Limit::parse("2:1", Count).unwrap_err();
        assert!(error.to_string().contains("swap"), "{error}");
    }
}
