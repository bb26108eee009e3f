//! How the delay of a restart grows while a service goes on failing (X80).

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use relance_texts::{error, quoted};

use crate::duration::{self, Bare};
use crate::error::ScmError;
use crate::win32::Win32Error;

/// The factor of a back-off that names none: each delay is twice the one before.
const FACTOR_DEFAULT: u32 = 2 * WHOLE;
/// Factors are kept in thousandths.
const WHOLE: u32 = 1000;
/// The largest factor.
const FACTOR_MAX: u32 = 100 * WHOLE;

/// How the last delay of the list grows while it is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backoff {
    /// It is multiplied each time: `exponential` (by 2), `exponential/1.5`.
    Exponential {
        /// By how much, in thousandths; above 1000.
        thousandths: u32,
    },
    /// So much is added each time: `linear/10s`; `linear`: the delay itself.
    Linear {
        /// What is added; `None`: the last delay of the list.
        step: Option<Duration>,
    },
}

impl Backoff {
    /// The delay after the last one of the list, `last`, was used `repeats` times before. It grows to `most` at
    /// the most, and is never less than `last`.
    #[must_use]
    pub fn delay(self, last: Duration, repeats: u32, most: Duration) -> Duration {
        let grown = match self {
            Self::Exponential { thousandths } => {
                let factor = f64::from(thousandths) / f64::from(WHOLE);
                multiplied(
                    last,
                    factor.powi(i32::try_from(repeats).unwrap_or(i32::MAX)),
                )
            }
            Self::Linear { step } => {
                last.saturating_add(step.unwrap_or(last).saturating_mul(repeats))
            }
        };
        grown.min(most).max(last)
    }
}

/// In whole milliseconds, like all delays.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "delays have 32 bits, and what is too large saturates"
)]
fn multiplied(time: Duration, by: f64) -> Duration {
    Duration::from_millis((time.as_millis() as f64 * by) as u64)
}

impl FromStr for Backoff {
    type Err = ScmError;

    fn from_str(text: &str) -> Result<Self, ScmError> {
        let (kind, rest) = match text.split_once('/') {
            Some((kind, rest)) => (kind.trim(), Some(rest.trim())),
            None => (text.trim(), None),
        };
        let read = match (kind, rest) {
            ("exponential", None) => Some(Self::Exponential {
                thousandths: FACTOR_DEFAULT,
            }),
            ("exponential", Some(factor)) => {
                factor_of(factor).map(|thousandths| Self::Exponential { thousandths })
            }
            ("linear", None) => Some(Self::Linear { step: None }),
            ("linear", Some(step)) => duration::parse(step, Bare::Milliseconds)
                .filter(|step| !step.is_zero())
                .map(|step| Self::Linear { step: Some(step) }),
            _ => None,
        };
        read.ok_or_else(|| {
            let text = quoted(text);
            ScmError::new(Win32Error::INVALID_PARAMETER, error::NoBackoff { text })
        })
    }
}

/// `1.5`, in thousandths.
fn factor_of(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if part.len() > 3 || !is_plain(whole) || !is_plain(part) {
        return None;
    }
    let thousandths = format!("{part:0<3}").parse::<u32>().ok()?;
    let factor = whole.parse::<u32>().ok()?.checked_mul(WHOLE)?;
    let factor = factor.checked_add(thousandths)?;
    (WHOLE + 1..=FACTOR_MAX).contains(&factor).then_some(factor)
}

impl fmt::Display for Backoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exponential {
                thousandths: FACTOR_DEFAULT,
            } => f.write_str("exponential"),
            Self::Exponential { thousandths } => {
                let (whole, part) = (thousandths / WHOLE, thousandths % WHOLE);
                let text = format!("{whole}.{part:03}");
                let text = text.trim_end_matches('0').trim_end_matches('.');
                write!(f, "exponential/{text}")
            }
            Self::Linear { step: None } => f.write_str("linear"),
            Self::Linear { step: Some(step) } => write!(f, "linear/{}", duration::format(*step)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x80_backoffs_are_read_and_written_alike() {
        for text in [
            "exponential",
            "exponential/1.5",
            "exponential/1.001",
            "exponential/10",
            "linear",
            "linear/10s",
            "linear/1s500ms",
        ] {
            assert_eq!(text.parse::<Backoff>().unwrap().to_string(), text);
        }
        let spelled: Backoff = "exponential/2.0".parse().unwrap();
        assert_eq!(spelled.to_string(), "exponential");
        for text in [
            "",
            "fast",
            "exponential/",
            "exponential/1",
            "exponential/0.5",
            "exponential/101",
            "exponential/1.0005",
            "exponential/-2",
            "exponential/1e3",
            "linear/0",
            "linear/x",
        ] {
            assert!(text.parse::<Backoff>().is_err(), "{text}");
        }
    }

    #[test]
    fn x80_it_grows_up_to_the_most() {
        let delays = |text: &str, last: u64| -> Vec<u64> {
            let backoff: Backoff = text.parse().unwrap();
            let most = Duration::from_secs(60);
            let at = |repeats| backoff.delay(Duration::from_millis(last), repeats, most);
            let seen = [0, 1, 2, 3, 40, u32::MAX].map(at);
            seen.iter()
                .map(|time| u64::try_from(time.as_millis()).unwrap())
                .collect()
        };
        assert_eq!(
            delays("exponential", 1000),
            [1000, 2000, 4000, 8000, 60_000, 60_000]
        );
        assert_eq!(
            delays("exponential/1.5", 100),
            [100, 150, 225, 337, 60_000, 60_000]
        );
        assert_eq!(
            delays("linear", 5000),
            [5000, 10_000, 15_000, 20_000, 60_000, 60_000]
        );
        assert_eq!(
            delays("linear/1s", 0),
            [0, 1000, 2000, 3000, 40_000, 60_000]
        );
        assert_eq!(
            delays("exponential", 0),
            [0; 6],
            "nothing times two is nothing"
        );
        assert_eq!(
            delays("exponential", 90_000),
            [90_000; 6],
            "never less than the list says"
        );
    }
}
