//! From the codes of Windows' calls to errors that say what to do.

use relance_scm::{ScmError, Sentence, Win32Error};
use relance_texts::windows;

use crate::api::Api;

/// The error for a code: our sentence where there is one, else Windows' own, else the name.
pub(crate) fn error(api: &dyn Api, code: Win32Error) -> ScmError {
    if code == Win32Error::ACCESS_DENIED {
        return ScmError::new(code, windows::ACCESS_DENIED);
    }
    let from_windows = || api.format_message(code).map(|text| plain(&text));
    match code.own_text().map_or_else(from_windows, |_| None) {
        Some(text) => ScmError::new(code, Sentence::foreign(text)),
        None => code.into(),
    }
}

/// Windows' sentence on one line, without its full stop.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches('.').to_owned()
}

/// What the real manager cannot do; `sentence` says what can be done instead.
pub(crate) fn unsupported(sentence: impl Into<Sentence>) -> ScmError {
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
