//! What an examination finds.

use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    /// As it should be.
    Fine,
    /// It works, and may not be what is meant.
    Warning,
    /// It does not work.
    Problem,
}

impl Level {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) level: Level,
    /// A service, or a part of the machine.
    pub(super) about: String,
    pub(super) text: String,
    /// What to do; empty where nothing is to be done.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) advice: String,
}

impl Finding {
    fn new(level: Level, about: &str, text: String, advice: String) -> Self {
        Self {
            level,
            about: about.to_owned(),
            text,
            advice,
        }
    }

    pub(super) fn fine(about: &str, text: impl Into<String>) -> Self {
        Self::new(Level::Fine, about, text.into(), String::new())
    }

    pub(super) fn warning(about: &str, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Level::Warning, about, text.into(), advice.into())
    }

    pub(super) fn problem(about: &str, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Level::Problem, about, text.into(), advice.into())
    }
}
