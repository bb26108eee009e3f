//! What an error, or another answer, says.

use std::fmt;

use crate::{Lang, Message, Text};

/// A sentence of the catalogue, or one from elsewhere: another system, or another version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sentence {
    /// Of the catalogue: it can be said in each language.
    Said(Box<Text>),
    /// From elsewhere, as it came.
    Foreign(Box<str>),
}

impl Sentence {
    /// What another system or another version said, as it came. A sentence of ours is a message of the
    /// catalogue: a text does not become a `Sentence` by itself, so that none of ours stays English.
    #[must_use]
    pub fn foreign(text: impl Into<Box<str>>) -> Self {
        Self::Foreign(text.into())
    }

    /// What it says, in a language if it is of the catalogue.
    #[must_use]
    pub fn of(&self, lang: Lang) -> String {
        match self {
            Self::Said(text) => text.of(lang),
            Self::Foreign(text) => text.to_string(),
        }
    }

    /// The message of the catalogue.
    #[must_use]
    pub fn text(&self) -> Option<&Text> {
        match self {
            Self::Said(text) => Some(text),
            Self::Foreign(_) => None,
        }
    }
}

/// In English.
impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.of(Lang::En))
    }
}

impl<M: Message> From<M> for Sentence {
    fn from(message: M) -> Self {
        Self::Said(Box::new(message.text()))
    }
}
