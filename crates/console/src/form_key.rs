//! The key of a form: what a session's forms carry and a page of another site cannot know.

use relance_scm::{ScmError, Win32Error};
use relance_texts::error;
use sha2::{Digest, Sha256};

use crate::form::Form;

/// Checks that a form comes from a page of this session. Scripts need no key.
///
/// # Errors
/// 5 for a missing or wrong key.
pub(crate) fn check(token: &str, is_script: bool, form: &Form) -> Result<(), ScmError> {
    if is_script || form.get("key") == Some(of(token).as_str()) {
        return Ok(());
    }
    Err(ScmError::new(
        Win32Error::ACCESS_DENIED,
        error::FOREIGN_FORM,
    ))
}

/// The form key that belongs to a session's secret.
pub(crate) fn of(token: &str) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::new()
        .chain_update(b"relance form key ")
        .chain_update(token.as_bytes())
        .finalize();
    digest
        .iter()
        .take(16)
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_needs_the_key_of_its_session() {
        let form = |key: &str| Form(vec![("key".into(), key.into())]);
        assert!(check("abc", false, &form(&of("abc"))).is_ok());
        assert!(check("abc", false, &form(&of("abd"))).is_err());
        assert!(check("abc", false, &Form::default()).is_err());
        assert!(check("abc", true, &Form::default()).is_ok());
    }

    #[test]
    fn form_keys_differ_and_tell_nothing() {
        assert_ne!(of("a"), of("b"));
        assert!(!of("secret").contains("secret"));
    }
}
