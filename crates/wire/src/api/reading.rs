//! Reading what another version may have written.

use relance_scm::{ScmError, Win32Error};
use relance_texts::{error, shown};

pub(super) fn unreadable(what: &str) -> ScmError {
    ScmError::new(
        Win32Error::INVALID_DATA,
        error::AnswerWhat { what: shown(what) },
    )
}

/// Words of the wire as the static words of `scm`; an unknown one of a newer manager becomes `?`.
pub(super) fn known(word: &str, words: &[&'static str]) -> &'static str {
    words
        .iter()
        .copied()
        .find(|known| *known == word)
        .unwrap_or("?")
}
