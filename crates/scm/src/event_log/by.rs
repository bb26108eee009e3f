//! Who asked for what an entry records (X67): the author of a control or of a change.

use std::fmt;

use relance_texts::{Sentence, word};

use super::Author;

/// Who asked for what an entry records.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum By {
    /// A person or a program, through the socket or the console.
    Caller(Author),
    /// Nobody: the manager itself, at a boot, at a shutdown or after a failure.
    Manager,
    /// The schedule of the service.
    Schedule,
    /// A caller that the reader may not see.
    Hidden,
}

impl By {
    /// `caller`, `manager`, `schedule`, `hidden`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Caller(_) => "caller",
            Self::Manager => "manager",
            Self::Schedule => "schedule",
            Self::Hidden => "hidden",
        }
    }

    /// For people: "by root". Empty for the manager: an entry without a name is the manager's.
    #[must_use]
    pub fn sentence(&self) -> Option<Sentence> {
        match self {
            Self::Caller(author) => {
                let who = relance_texts::shown(author);
                Some(word::By { who }.into())
            }
            Self::Schedule => Some(word::BY_SCHEDULE.into()),
            Self::Manager | Self::Hidden => None,
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caller(author) => author.fmt(f),
            other => f.write_str(other.kind()),
        }
    }
}
