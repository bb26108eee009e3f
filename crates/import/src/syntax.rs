//! The notations that the files are written in, each with the line of every element.

pub(crate) mod ini;
pub(crate) mod literal;
pub(crate) mod node;
pub(crate) mod yaml;

use relance_texts::{Sentence, file};

/// How deep values may be nested.
pub(crate) const DEPTH_MAX: usize = 48;

/// Why a file cannot be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) line: usize,
    pub(crate) problem: Sentence,
}

/// What the reader of a notation says, as a part of our sentence.
pub(crate) fn not_in_format(format: &'static str, said: &str) -> Sentence {
    let problem = Sentence::foreign(said);
    file::NotInFormat { format, problem }.into()
}
