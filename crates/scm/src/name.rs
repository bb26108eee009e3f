//! Service names and display names (C1 to C4): what is a legal name, and when two names are equal.
//!
//! Whether a name is *taken* depends on other services and is decided by the engine.

use std::fmt;
use std::hash::{Hash, Hasher};

use relance_texts::{Sentence, Words, error, quoted};

use crate::error::ScmError;
use crate::win32::Win32Error;

/// Longest service or display name, in UTF-16 units (C1, C2).
pub const NAME_LEN_MAX: usize = 256;

/// The name a service is known by: 1 to 256 characters without `/`, `\` and control characters.
///
/// Case is kept and ignored: `Mailer` and `MAILER` are equal, hash alike and sort together (C1).
#[derive(Clone)]
pub struct ServiceName(Box<str>);

impl ServiceName {
    /// Checks a name by C1.
    ///
    /// # Errors
    /// `ERROR_INVALID_NAME` (123) with a sentence that says which rule the name breaks.
    pub fn new(name: impl Into<String>) -> Result<Self, ScmError> {
        let name = name.into();
        check_name(error::WHAT_SERVICE_NAME, &name)?;
        Ok(Self(name.into_boxed_str()))
    }

    /// The name as it was spelled when the service was created.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that equal names share; also the key of the service database.
    #[must_use]
    pub fn key(&self) -> String {
        fold_case(&self.0)
    }
}

/// Checks a display name by C2: at most 256 characters, no control characters. Empty is legal and
/// means "the service name".
///
/// # Errors
/// `ERROR_INVALID_NAME` (123).
pub fn check_display_name(name: &str) -> Result<(), ScmError> {
    if name.is_empty() {
        return Ok(());
    }
    check_length(error::WHAT_DISPLAY_NAME, name)?;
    check_no_control_characters(error::WHAT_DISPLAY_NAME, name)
}

fn check_name(what: Words, name: &str) -> Result<(), ScmError> {
    if name.is_empty() {
        return Err(invalid(error::NameEmpty { what }));
    }
    check_length(what, name)?;
    if let Some(bad) = name.chars().find(|c| matches!(c, '/' | '\\')) {
        return Err(invalid(error::NameCharacter {
            what,
            name: quoted(name),
            bad: quoted(bad.to_string()),
        }));
    }
    check_no_control_characters(what, name)
}

fn check_length(what: Words, name: &str) -> Result<(), ScmError> {
    let length = name.encode_utf16().count();
    if length > NAME_LEN_MAX {
        return Err(invalid(error::NameLength {
            what,
            length,
            most: NAME_LEN_MAX,
        }));
    }
    Ok(())
}

fn check_no_control_characters(what: Words, name: &str) -> Result<(), ScmError> {
    if name.chars().any(char::is_control) {
        return Err(invalid(error::NameControl {
            what,
            name: quoted(name),
        }));
    }
    Ok(())
}

fn invalid(sentence: impl Into<Sentence>) -> ScmError {
    ScmError::new(Win32Error::INVALID_NAME, sentence)
}

/// Folds case as name comparison does (C1, C3): one character at a time, so that folding never
/// changes the number of characters. Characters whose capital form is longer (`ß`) stay as they are.
#[must_use]
pub fn fold_case(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

fn fold_char(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

impl PartialEq for ServiceName {
    fn eq(&self, other: &Self) -> bool {
        self.0
            .chars()
            .map(fold_char)
            .eq(other.0.chars().map(fold_char))
    }
}

impl Eq for ServiceName {}

impl Hash for ServiceName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.chars().map(fold_char).for_each(|c| c.hash(state));
    }
}

impl PartialOrd for ServiceName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ServiceName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0
            .chars()
            .map(fold_char)
            .cmp(other.0.chars().map(fold_char))
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests;
