//! What an examination finds.

use relance_texts::{Sentence, Words, doctor};
use serde::{Serialize, Serializer};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    /// As it should be.
    Fine,
    /// It works, but may not be intended.
    Warning,
    /// It does not work.
    Problem,
}

impl Level {
    pub(super) const fn word(self) -> Words {
        match self {
            Self::Fine => doctor::LEVEL_FINE,
            Self::Warning => doctor::LEVEL_WARNING,
            Self::Problem => doctor::LEVEL_PROBLEM,
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) level: Level,
    /// A service, or a part of the machine.
    #[serde(serialize_with = "in_english")]
    pub(super) about: Sentence,
    #[serde(serialize_with = "in_english")]
    pub(super) text: Sentence,
    /// What to do, where there is something.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "in_english_if_any"
    )]
    pub(super) advice: Option<Sentence>,
}

/// `--json` is the same in each language.
fn in_english<S: Serializer>(sentence: &Sentence, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(sentence)
}

#[allow(clippy::ref_option, reason = "serde gives what the field is")]
fn in_english_if_any<S: Serializer>(
    sentence: &Option<Sentence>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match sentence {
        Some(sentence) => serializer.collect_str(sentence),
        None => serializer.serialize_none(),
    }
}

/// What a finding is about: a part of the manager, or a name or a path as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct About(Sentence);

impl From<Words> for About {
    fn from(words: Words) -> Self {
        Self(words.into())
    }
}

impl From<&str> for About {
    fn from(name: &str) -> Self {
        Self(Sentence::foreign(name))
    }
}

impl From<&Box<str>> for About {
    fn from(name: &Box<str>) -> Self {
        Self(Sentence::foreign(&**name))
    }
}

impl From<&String> for About {
    fn from(name: &String) -> Self {
        Self(Sentence::foreign(&**name))
    }
}

impl Finding {
    fn new(
        level: Level,
        about: impl Into<About>,
        text: Sentence,
        advice: Option<Sentence>,
    ) -> Self {
        Self {
            level,
            about: about.into().0,
            text,
            advice,
        }
    }

    pub(super) fn fine(about: impl Into<About>, text: impl Into<Sentence>) -> Self {
        Self::new(Level::Fine, about, text.into(), None)
    }

    pub(super) fn warning(
        about: impl Into<About>,
        text: impl Into<Sentence>,
        advice: impl Into<Sentence>,
    ) -> Self {
        Self::new(Level::Warning, about, text.into(), Some(advice.into()))
    }

    pub(super) fn problem(
        about: impl Into<About>,
        text: impl Into<Sentence>,
        advice: impl Into<Sentence>,
    ) -> Self {
        Self::new(Level::Problem, about, text.into(), Some(advice.into()))
    }

    /// The same, where nothing can be advised.
    pub(super) fn without_advice(
        level: Level,
        about: impl Into<About>,
        text: impl Into<Sentence>,
    ) -> Self {
        Self::new(level, about, text.into(), None)
    }
}
