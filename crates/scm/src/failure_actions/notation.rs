//! Recovery settings as text, in `sc`'s notation (R70 to R72): `restart/60000/run/5000/""/0`, and a
//! reset period in seconds or `INFINITE`. What is printed can be pasted into `relance failure` and `sc
//! failure`. Times with a unit (`restart/60s`, `1h`) are read too; `sc` does not know them.

use std::fmt;
use std::str::FromStr;

use super::{RecoveryAction, RecoveryActionKind, ResetPeriod};
use relance_texts::{Sentence, error, quoted};

use crate::duration::{self, Bare};
use crate::error::ScmError;
use crate::win32::Win32Error;

/// A list of actions that reads and prints in `sc`'s notation.
///
/// Words are `restart`, `run`, `reboot` and `none`; `sc` itself stores NONE for any other word
/// (R71), here a word that is not known is refused, because a spelling mistake would silently
/// switch recovery off. Empty text and `""` mean no actions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionList(pub Vec<RecoveryAction>);

impl FromStr for ActionList {
    type Err = ScmError;

    fn from_str(text: &str) -> Result<Self, ScmError> {
        let text = text.trim();
        if text.is_empty() || text == "\"\"" {
            return Ok(Self::default());
        }
        if text.contains([',', ';']) {
            return Err(commas(text));
        }
        let mut fields = text.trim_end_matches('/').split('/');
        let mut actions = Vec::new();
        while let Some(word) = fields.next() {
            let kind = kind(word)?;
            let Some(delay) = fields.next() else {
                return Err(invalid(error::ActionNoDelay { word: quoted(word) }));
            };
            actions.push(RecoveryAction::new(kind, delay_ms(delay)?));
        }
        Ok(Self(actions))
    }
}

/// Actions with commas between them, as people write lists: what is meant is said if it is one.
fn commas(text: &str) -> ScmError {
    let parts = text.split([',', ';']).map(str::trim);
    // A word alone is an action without a delay: `restart, none`.
    let parts = parts.filter(|part| !part.is_empty()).map(|part| {
        let part = part.replace([' ', ':'], "/");
        if part.contains('/') {
            part
        } else {
            part + "/0"
        }
    });
    let meant = parts.collect::<Vec<_>>().join("/");
    let text = quoted(text);
    match meant.parse::<ActionList>() {
        Ok(_) => invalid(error::ActionsMeant { text, meant }),
        Err(_) => invalid(error::ActionsBetween { text }),
    }
}

fn kind(word: &str) -> Result<RecoveryActionKind, ScmError> {
    match word.trim().to_ascii_lowercase().as_str() {
        "restart" => Ok(RecoveryActionKind::Restart),
        "run" => Ok(RecoveryActionKind::RunCommand),
        "reboot" => Ok(RecoveryActionKind::Reboot),
        "own_restart" => Ok(RecoveryActionKind::OwnRestart),
        "none" | "" | "\"\"" => Ok(RecoveryActionKind::None),
        other => Err(invalid(error::NoActionWord {
            text: quoted(other),
        })),
    }
}

fn delay_ms(text: &str) -> Result<u32, ScmError> {
    duration::parse(text, Bare::Milliseconds)
        .and_then(|delay| u32::try_from(delay.as_millis()).ok())
        .ok_or_else(|| {
            invalid(error::NoDelay {
                text: quoted(text),
                examples: duration::EXAMPLES,
                most: u32::MAX,
            })
        })
}

/// A reset period as text: seconds, or `INFINITE` in any case (R72).
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` (87).
pub fn parse_reset_period(text: &str) -> Result<ResetPeriod, ScmError> {
    if text.trim().eq_ignore_ascii_case("infinite") {
        return Ok(ResetPeriod::Infinite);
    }
    // A period is whole seconds on Windows, so a part of one would be lost.
    duration::parse(text, Bare::Seconds)
        .filter(|period| period.subsec_nanos() == 0)
        .and_then(|period| u32::try_from(period.as_secs()).ok())
        .map(ResetPeriod::from_raw)
        .ok_or_else(|| invalid(error::NoResetPeriod { text: quoted(text) }))
}

fn invalid(sentence: impl Into<Sentence>) -> ScmError {
    ScmError::new(Win32Error::INVALID_PARAMETER, sentence)
}

impl RecoveryActionKind {
    /// The word of the notation.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Restart => "restart",
            Self::Reboot => "reboot",
            Self::RunCommand => "run",
            Self::OwnRestart => "own_restart",
        }
    }
}

impl fmt::Display for RecoveryAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.word(), self.delay_ms())
    }
}

impl fmt::Display for ActionList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, action) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("/")?;
            }
            action.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for ResetPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => seconds.fmt(f),
            Self::Infinite => f.write_str("INFINITE"),
        }
    }
}
