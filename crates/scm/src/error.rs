//! The one public error: a Win32 code, and a sentence that says what to do.
//!
//! Callers branch on the code, which crosses every interface unchanged: the PHP extension throws it, the API
//! carries it, the command line prints it. A closed enum of refusals would lose codes that only a real Windows
//! SCM returns (`docs/adr/0002-one-error-type.md`).

use std::borrow::Cow;
use std::fmt;

use relance_texts::{Lang, Sentence, Text};

use crate::win32::Win32Error;

/// Why a request was refused or failed.
#[derive(Clone, PartialEq, Eq)]
pub struct ScmError {
    code: Win32Error,
    /// In English, for every caller that compares or logs it.
    sentence: Box<str>,
    /// The same for readers of other languages.
    text: Option<Box<Text>>,
}

impl ScmError {
    /// An error with our sentence: lower case, no code in it, no full stop, and what to do about it. It is
    /// a message of the catalogue (`relance_texts::error`), or what another system said.
    #[must_use]
    pub fn new(code: Win32Error, sentence: impl Into<Sentence>) -> Self {
        let sentence = sentence.into();
        Self {
            code,
            sentence: sentence.to_string().into(),
            text: match sentence {
                Sentence::Said(text) => Some(text),
                Sentence::Foreign(_) => None,
            },
        }
    }

    /// The sentence with its parameters, if it is of the catalogue.
    #[must_use]
    pub fn text(&self) -> Option<&Text> {
        self.text.as_deref()
    }

    /// The sentence in a language if it is in the catalogue, or else as it came.
    #[must_use]
    pub fn sentence_in(&self, lang: Lang) -> Cow<'_, str> {
        match &self.text {
            Some(text) if lang != Lang::En => text.of(lang).into(),
            _ => Cow::Borrowed(&self.sentence),
        }
    }

    /// The sentence, to be a part of another one.
    #[must_use]
    pub fn to_sentence(&self) -> Sentence {
        match &self.text {
            Some(text) => Sentence::Said(text.clone()),
            None => Sentence::Foreign(self.sentence.clone()),
        }
    }

    /// The Win32 code of this refusal, as Windows gives it.
    #[must_use]
    pub fn code(&self) -> Win32Error {
        self.code
    }

    /// The sentence alone.
    #[must_use]
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// What kind of refusal it is, for exit and HTTP statuses.
    #[must_use]
    pub fn class(&self) -> ErrorClass {
        ErrorClass::of(self.code)
    }
}

impl From<Win32Error> for ScmError {
    fn from(code: Win32Error) -> Self {
        Self::new(code, code)
    }
}

/// Without the message, which says the same as the sentence.
impl fmt::Debug for ScmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScmError")
            .field("code", &self.code)
            .field("sentence", &self.sentence)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ScmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for ScmError {}

/// The few kinds of refusal that the command line's exit status and HTTP can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The request itself is not valid: bad name, bad parameter. Exit status 2, HTTP 400.
    Usage,
    /// The request is valid, and refused because of the present state. Exit status 3, HTTP 409.
    Refused,
    /// The service does not take this control at all. Exit status 3, HTTP 400.
    NotTaken,
    /// The caller may not do this. Exit status 3, HTTP 403.
    Denied,
    /// No such service or object. Exit status 4, HTTP 404.
    NotFound,
    /// No answer in time. Exit status 5, HTTP 504.
    TimedOut,
    /// The manager failed, or cannot be reached. Exit status 1, HTTP 500.
    Internal,
    /// The manager has no service database that it can read. Exit status 1, HTTP 503.
    Unavailable,
}

impl ErrorClass {
    /// The class of a code.
    #[must_use]
    pub fn of(code: Win32Error) -> Self {
        match code {
            Win32Error::INVALID_PARAMETER
            | Win32Error::INVALID_NAME
            | Win32Error::INVALID_LEVEL
            | Win32Error::INVALID_DATA
            | Win32Error::INVALID_SECURITY_DESCR
            | Win32Error::NO_UNICODE_TRANSLATION => Self::Usage,
            Win32Error::INVALID_SERVICE_CONTROL => Self::NotTaken,
            Win32Error::ACCESS_DENIED
            | Win32Error::PRIVILEGE_NOT_HELD
            | Win32Error::LOGON_FAILURE => Self::Denied,
            Win32Error::SERVICE_DOES_NOT_EXIST
            | Win32Error::NOT_FOUND
            | Win32Error::NONE_MAPPED => Self::NotFound,
            Win32Error::SERVICE_REQUEST_TIMEOUT | Win32Error::TIMEOUT => Self::TimedOut,
            Win32Error::INTERNAL_ERROR
            | Win32Error::RPC_S_SERVER_UNAVAILABLE
            | Win32Error::RPC_S_CALL_FAILED
            | Win32Error::WIN32SERVICE_INTERNAL => Self::Internal,
            Win32Error::BADDB
            | Win32Error::REGISTRY_IO_FAILED
            | Win32Error::DATABASE_DOES_NOT_EXIST => Self::Unavailable,
            _ => Self::Refused,
        }
    }

    /// The exit status of the command line.
    #[must_use]
    pub const fn exit_status(self) -> u8 {
        match self {
            Self::Internal | Self::Unavailable => 1,
            Self::Usage => 2,
            Self::Refused | Self::NotTaken | Self::Denied => 3,
            Self::NotFound => 4,
            Self::TimedOut => 5,
        }
    }

    /// The HTTP status of a reply.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::Usage | Self::NotTaken => 400,
            Self::Denied => 403,
            Self::NotFound => 404,
            Self::Refused => 409,
            Self::Internal => 500,
            Self::Unavailable => 503,
            Self::TimedOut => 504,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_follow_the_table_of_the_style_guide() {
        let rows = [
            (1060, 404, 4),
            (1073, 409, 3),
            (1072, 409, 3),
            (1056, 409, 3),
            (1062, 409, 3),
            (1061, 409, 3),
            (1052, 400, 3),
            (1058, 409, 3),
            (1053, 504, 5),
            (5, 403, 3),
            (1065, 503, 1),
        ];
        for (code, http, exit) in rows {
            let class = ScmError::from(Win32Error::from_raw(code)).class();
            assert_eq!(
                (class.http_status(), class.exit_status()),
                (http, exit),
                "code {code}"
            );
        }
    }
}
