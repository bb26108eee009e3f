//! Finds the message that an English text was made from.
//!
//! For texts that were stored or sent as English (a cause in a record, a problem in a queue), so that a reader of
//! another language reads them, too. A text of another version that says something else stays as it is.

use crate::render::PARAMETER;
use crate::{Lang, Sentence, Text, Value, all};

impl Sentence {
    /// The message of these areas (`start`, `file`) that says this in English, or the text as it came. What
    /// stands in the place of a parameter may be such a message, too.
    #[must_use]
    pub fn recognised(english: &str, areas: &[&str]) -> Self {
        match message(english, areas) {
            Some(text) => text.into(),
            None => Self::foreign(english),
        }
    }
}

/// Of several messages the one that leaves the least to its parameters.
fn message(english: &str, areas: &[&str]) -> Option<Text> {
    let is_of_areas = |id: &str| {
        let area = id.split('-').next().unwrap_or_default();
        areas.contains(&area)
    };
    let found = all().filter(|words| is_of_areas(words.id()));
    let found = found.filter_map(|words| {
        let pattern = words.pattern(Lang::En);
        let values = values(pattern, english)?;
        let left: usize = values.iter().map(|(_, value)| value.len()).sum();
        // A message that is a parameter alone says nothing of its own.
        (left < english.len()).then_some((left, words, values))
    });
    let (_, words, mut values) = found.min_by_key(|(left, ..)| *left)?;
    values.sort_by_key(|(place, _)| *place);
    values.dedup();
    let names: Vec<_> = words.parameters().collect();
    if names.len() != values.len() {
        return None;
    }
    let values = values
        .into_iter()
        .map(|(_, value)| match message(value, areas) {
            Some(text) => Value::from(text),
            None => Value::from(value),
        });
    Text::build(words.id(), names.into_iter().zip(values).collect())
}

/// The places of parameters in a pattern, and what stands there in a text. None if the text is not of this
/// pattern, or the pattern has choices.
fn values<'a>(pattern: &str, text: &'a str) -> Option<Vec<(u32, &'a str)>> {
    let mut parts = pattern.split(PARAMETER);
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut values = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let mut characters = part.chars();
        let place = characters.next()?;
        let literal = characters.as_str();
        let is_last = parts.peek().is_none();
        let end = match (is_last, literal) {
            (true, _) => rest.len().checked_sub(literal.len())?,
            (false, _) => rest.find(literal)?,
        };
        let (value, after) = rest.split_at_checked(end)?;
        rest = after.strip_prefix(literal)?;
        if value.is_empty() {
            return None;
        }
        values.push((u32::from(place), value));
    }
    rest.is_empty().then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, file, shown, start};

    #[test]
    fn a_text_is_found_by_its_english() {
        let read = |text: &Text| Sentence::recognised(&text.of(Lang::En), &["start", "file"]);
        for text in [
            start::NO_PROCESS.text(),
            start::NotExecutable { program: "/srv/a" }.text(),
            start::Directory {
                folder: "/srv",
                error: file::NOT_THERE,
            }
            .text(),
            start::FileLine {
                path: "/srv/.env",
                line: shown(3),
                mistake: start::MISTAKE_NO_EQUALS,
            }
            .text(),
        ] {
            assert_eq!(read(&text).of(Lang::Fr), text.of(Lang::Fr));
        }
    }

    #[test]
    fn what_the_catalogue_does_not_say_stays_as_it_is() {
        for text in ["", "Uncaught LogicException: oh", "it was so"] {
            let sentence = Sentence::recognised(text, &["start", "file"]);
            assert_eq!(sentence, Sentence::foreign(text));
        }
    }
}
