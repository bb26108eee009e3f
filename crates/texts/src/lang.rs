//! The languages.

use crate::{Message, marked};

/// A language that the catalogue has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

impl Lang {
    /// All languages.
    pub const ALL: [Self; 2] = [Self::En, Self::Fr];

    /// The language of a tag or a locale: `fr`, `fr-CA;q=0.8`, `fr_FR.UTF-8`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let tag = tag.trim();
        let (name, rest) = tag.split_at(
            tag.find(|c: char| !c.is_ascii_alphabetic())
                .unwrap_or(tag.len()),
        );
        match &*name.to_ascii_lowercase() {
            "fr" => Some(Self::Fr),
            "en" => Some(Self::En),
            // No language is asked for.
            "c" | "posix" if rest.is_empty() || rest.starts_with('.') => Some(Self::En),
            _ => None,
        }
    }

    /// From a choice of the reader, else from `Accept-Language`: the first that is known.
    #[must_use]
    pub fn choose(chosen: Option<&str>, accepted: Option<&str>) -> Self {
        chosen
            .and_then(Self::from_tag)
            .or_else(|| accepted?.split(',').find_map(Self::from_tag))
            .unwrap_or_default()
    }

    /// The language of a terminal: `RELANCE_LANG`, `LC_ALL`, `LC_MESSAGES`, `LANG`; the first that is set
    /// decides. English if it is another.
    #[must_use]
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        ["RELANCE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| variable(name).filter(|value| !value.is_empty()))
            .and_then(|value| Self::from_tag(&value))
            .unwrap_or_default()
    }

    /// The tag of the language: `en`, `fr`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// One of two texts that stand beside what they are about (ADR 92).
    #[must_use]
    pub fn choose_text(self, en: &'static str, fr: &'static str) -> &'static str {
        match self {
            Self::En => en,
            Self::Fr => marked::constant(fr, true),
        }
    }

    /// What a message says.
    pub fn say(self, message: impl Message) -> String {
        message.text().of(self)
    }

    /// Its plural category for a count.
    pub(crate) fn cardinal(self, number: u64) -> &'static str {
        match (self, number) {
            (Self::Fr, 0) | (_, 1) => "one",
            _ => "other",
        }
    }

    /// Its category for a place in an order: 1st, 2nd, 3rd, 4th.
    pub(crate) fn ordinal(self, number: u64) -> &'static str {
        match (self, number % 10, number % 100) {
            (Self::Fr, ..) if number == 1 => "one",
            (Self::Fr, ..) | (Self::En, _, 11..=13) => "other",
            (Self::En, 1, _) => "one",
            (Self::En, 2, _) => "two",
            (Self::En, 3, _) => "few",
            (Self::En, ..) => "other",
        }
    }
}
