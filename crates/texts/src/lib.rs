//! What people read, in English and French.
//!
//! The sentences stand in `en/*.ftl` and `fr/*.ftl`, in the syntax of Fluent; the build script compiles
//! them. Each file is a module here. A message without parameters is a constant of type [`Words`], one with
//! parameters a struct with a field for each:
//!
//! ```
//! use relance_texts::{Lang, Message, why, word};
//!
//! assert_eq!(why::CAUSE_DEMAND.of(Lang::Fr), "quelqu’un l’a demandé");
//! let text = why::FailureCrashedStopping { number: word::Ordinal { number: 1 } }.text();
//! assert!(text.of(Lang::Fr).starts_with("C’est le 1er échec, malgré la demande d’arrêt"));
//! ```
//!
//! A [`Text`] knows its message and its parameters, so that it can cross a socket and be read in the
//! language of the reader. The texts are constants of the program: nothing is parsed or kept in memory.

mod catalogue;
mod harmless;
mod lang;
mod marked;
mod recognise;
mod render;
mod sentence;
mod size;
mod value;

pub use catalogue::{Words, all, find};
pub use harmless::is_harmless;
pub use lang::Lang;
pub use marked::MARKED_VARIABLE;
pub use sentence::Sentence;
pub use size::Size;
pub use value::{Human, Label, Value, quoted, shown};

#[allow(missing_docs, reason = "each item is documented by its English text")]
mod messages {
    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}

pub use messages::*;

/// A message with its parameters: something that can be said.
pub trait Message {
    /// The same as a value of one type.
    fn text(self) -> Text;
}

/// A message of the catalogue and the values of its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    words: Words,
    values: Box<[Value]>,
}

impl Text {
    pub(crate) fn new(index: u16, values: Vec<Value>) -> Self {
        Self {
            words: Words::at(index),
            values: values.into(),
        }
    }

    /// The message with this id and these parameters, in any order; `None` if there is no such message, or
    /// one of its parameters is missing.
    #[must_use]
    pub fn build(id: &str, mut values: Vec<(&str, Value)>) -> Option<Self> {
        let words = find(id)?;
        let mut take = |parameter: &str| {
            let at = values.iter().position(|(name, _)| *name == parameter)?;
            Some(values.swap_remove(at).1)
        };
        let values = words.parameters().map(&mut take).collect::<Option<_>>()?;
        Some(Self { words, values })
    }

    /// The id of the message.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.words.id()
    }

    /// The parameters and their values.
    pub fn values(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.words.parameters().zip(&self.values)
    }

    /// What it says in a language.
    #[must_use]
    pub fn of(&self, lang: Lang) -> String {
        let text = render::render(self.words.pattern(lang), &self.values, lang);
        marked::said(text, lang == Lang::Fr)
    }
}

impl Message for Text {
    fn text(self) -> Text {
        self
    }
}

impl Message for &Text {
    fn text(self) -> Text {
        self.clone()
    }
}

impl Message for Words {
    fn text(self) -> Text {
        Text {
            words: self,
            values: Box::default(),
        }
    }
}

#[cfg(test)]
mod tests;
