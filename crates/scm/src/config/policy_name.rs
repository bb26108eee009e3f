//! Names of policies (X101).

use std::fmt;
use std::str::FromStr;

use relance_texts::{error, quoted};

use super::ServiceConfig;
use crate::error::ScmError;
use crate::settings::RECOVERY_POLICY;
use crate::win32::Win32Error;

/// Longest name, in characters.
const NAME_LEN_MAX: usize = 64;
/// What a service without a policy says instead of a name.
pub const NO_POLICY: &str = "none";

/// The name of a policy: 1 to 64 letters, digits, `.`, `_` and `-`, kept in small letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyName(Box<str>);

impl PolicyName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The policy that a service uses.
    #[must_use]
    pub fn of(config: &ServiceConfig) -> Option<Self> {
        config.extensions.get(RECOVERY_POLICY).map(Self)
    }
}

impl FromStr for PolicyName {
    type Err = ScmError;

    fn from_str(text: &str) -> Result<Self, ScmError> {
        let name = text.trim().to_ascii_lowercase();
        let is_legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let begins_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !begins_well
            || !name.chars().all(is_legal)
            || name.len() > NAME_LEN_MAX
            || name == NO_POLICY
        {
            let sentence = error::NoPolicyName { text: quoted(text) };
            return Err(ScmError::new(Win32Error::INVALID_NAME, sentence));
        }
        Ok(Self(name.into()))
    }
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
