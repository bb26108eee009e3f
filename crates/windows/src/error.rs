//! From the codes of Windows' calls to errors that say what to do.

use relance_scm::{ScmError, Win32Error};

use crate::api::Api;

/// The error for a code: our sentence where there is one, else Windows' own, else the name.
pub(crate) fn error(api: &dyn Api, code: Win32Error) -> ScmError {
    if code == Win32Error::ACCESS_DENIED {
        return ScmError::new(
            code,
            "access is denied; run as administrator, or ask one for the right to do this",
        );
    }
    let sentence = match code.own_text() {
        Some(own) => own.to_owned(),
        None => api
            .format_message(code)
            .map_or_else(|| code.text().into_owned(), |text| plain(&text)),
    };
    ScmError::new(code, sentence)
}

/// Windows' sentence on one line, without its full stop.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches('.').to_owned()
}

/// What the real manager cannot do; `sentence` says what can be done instead.
pub(crate) fn unsupported(sentence: impl Into<relance_scm::Sentence>) -> ScmError {
    ScmError::new(Win32Error::NOT_SUPPORTED, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Recording;

    #[test]
    fn access_denied_says_what_to_do() {
        let denied = error(&Recording::default(), Win32Error::ACCESS_DENIED);
        assert!(denied.sentence().contains("run as administrator"));
    }

    #[test]
    fn codes_without_a_sentence_of_ours_get_windows() {
        // ABIOS_ERROR
        let code = Win32Error::from_raw(538);
        assert_eq!(
            error(&Recording::default(), code).sentence(),
            "A sentence of Windows on two lines"
        );
    }
}
