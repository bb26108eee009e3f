//! The processors that a service may run on.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use relance_texts::{error, quoted};

use crate::error::ScmError;
use crate::win32::Win32Error;

/// A set of processors, numbered from 0 to 63 as Windows' masks have them; written `0-3,6`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Affinity(NonZeroU64);

impl Affinity {
    /// From a mask, one bit for each processor. `None` for 0, because a process needs at least one
    /// processor.
    #[must_use]
    pub fn from_mask(mask: u64) -> Option<Self> {
        NonZeroU64::new(mask).map(Self)
    }

    /// One bit for each processor.
    #[must_use]
    pub const fn mask(self) -> u64 {
        self.0.get()
    }
}

impl FromStr for Affinity {
    type Err = ScmError;

    /// Reads numbers and ranges: `0`, `0-3,6`.
    fn from_str(text: &str) -> Result<Self, ScmError> {
        let mut mask = 0;
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let number = |text: &str| text.trim().parse::<u32>().ok().filter(|n| *n < u64::BITS);
            let range = number(first).zip(number(last));
            let (first, last) = range
                .filter(|(first, last)| first <= last)
                .ok_or_else(|| invalid(text))?;
            for processor in first..=last {
                mask |= 1 << processor;
            }
        }
        Self::from_mask(mask).ok_or_else(|| invalid(text))
    }
}

fn invalid(text: &str) -> ScmError {
    ScmError::new(
        Win32Error::INVALID_PARAMETER,
        error::NoProcessors { text: quoted(text) },
    )
}

impl fmt::Display for Affinity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has = |processor: u32| processor < u64::BITS && self.mask() >> processor & 1 == 1;
        let mut separator = "";
        let mut processor = 0;
        while processor < u64::BITS {
            if !has(processor) {
                processor += 1;
                continue;
            }
            let first = processor;
            while has(processor + 1) {
                processor += 1;
            }
            write!(f, "{separator}{first}")?;
            if processor > first {
                write!(f, "-{processor}")?;
            }
            separator = ",";
            processor += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_read_and_write() {
        for (text, mask) in [
            ("0", 1),
            ("0-3,6", 0b100_1111),
            ("63", 1 << 63),
            ("0-63", u64::MAX),
        ] {
            let affinity: Affinity = text.parse().unwrap();
            assert_eq!(affinity.mask(), mask);
            assert_eq!(affinity.to_string(), text);
        }
        assert_eq!(" 1 - 2 ,1".parse::<Affinity>().unwrap().to_string(), "1-2");
        for bad in ["", "64", "3-1", "a", "0,", "-1", "0-"] {
            assert!(bad.parse::<Affinity>().is_err(), "{bad:?}");
        }
        assert_eq!(Affinity::from_mask(0), None);
    }
}
