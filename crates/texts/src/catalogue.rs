//! The compiled messages, searched by offsets.
#![allow(
    clippy::unreadable_literal,
    reason = "the build script writes the offsets, and nobody reads them"
)]

use crate::{Lang, marked};

/// A message without parameters, or the message of a [`Text`](crate::Text) without its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Words(u16);

macro_rules! compiled {
    ($name:literal) => {
        Blob {
            text: include_str!(concat!(env!("OUT_DIR"), "/", $name, ".txt")),
            offsets: &include!(concat!(env!("OUT_DIR"), "/", $name, ".rs")),
        }
    };
}

struct Blob {
    text: &'static str,
    offsets: &'static [u32],
}

static IDS: Blob = compiled!("ids");
static PARAMETERS: Blob = compiled!("parameters");
#[allow(clippy::unreadable_literal, reason = "offsets that are generated")]
static ENGLISH: Blob = compiled!("en");
#[allow(clippy::unreadable_literal, reason = "offsets that are generated")]
static FRENCH: Blob = compiled!("fr");

impl Blob {
    fn get(&self, index: usize) -> &'static str {
        let [from, to] = [index, index + 1].map(|at| self.offsets[at] as usize);
        &self.text[from..to]
    }

    fn len(&self) -> usize {
        self.offsets.len() - 1
    }
}

impl Words {
    pub(crate) const fn at(index: u16) -> Self {
        Self(index)
    }

    /// Its id: `why-stopped`.
    #[must_use]
    pub fn id(self) -> &'static str {
        IDS.get(self.0.into())
    }

    /// The names of its parameters, sorted.
    pub fn parameters(self) -> impl Iterator<Item = &'static str> {
        PARAMETERS.get(self.0.into()).split_whitespace()
    }

    pub(crate) fn pattern(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => ENGLISH.get(self.0.into()),
            Lang::Fr => FRENCH.get(self.0.into()),
        }
    }

    /// What it says in a language; with gaps, if it has parameters.
    #[must_use]
    pub fn of(self, lang: Lang) -> &'static str {
        marked::constant(self.pattern(lang), lang == Lang::Fr)
    }
}

/// The message with this id. For those that belong to a number or a key (`win32-5`, `event-7031.means`);
/// all others have items of their own.
#[must_use]
pub fn find(id: &str) -> Option<Words> {
    let (mut from, mut to) = (0, IDS.len());
    while from < to {
        let middle = usize::midpoint(from, to);
        match IDS.get(middle).cmp(id) {
            std::cmp::Ordering::Less => from = middle + 1,
            std::cmp::Ordering::Greater => to = middle,
            std::cmp::Ordering::Equal => return u16::try_from(middle).ok().map(Words),
        }
    }
    None
}

/// All messages, for tests.
pub fn all() -> impl Iterator<Item = Words> {
    (0..IDS.len()).filter_map(|index| u16::try_from(index).ok().map(Words))
}
