//! A command line that cannot be read: what `clap` found wrong with it, in words of the catalogue.
//!
//! `clap` knows English only. What it says of an error is put together from the error's kind and context
//! (the option, the value, what is similar), and so are these sentences.

use std::num::{IntErrorKind, ParseIntError};

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use relance_scm::{ScmError, Win32Error};
use relance_texts::{Lang, Sentence, Value, misuse, quoted, shown};

use crate::similar::is_like;

/// Most similar names that are suggested.
const SIMILAR_MAX: usize = 2;

/// Whether it is help, which was asked for, or which is shown because nothing was.
pub(crate) fn is_help(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

/// What is wrong, as a refusal.
pub(crate) fn refusal(error: &Error) -> ScmError {
    ScmError::new(Win32Error::INVALID_PARAMETER, Found(error).sentence())
}

/// The lines below that: how the command is written, and where to read more.
pub(crate) fn advice(error: &Error, lang: Lang) -> String {
    let help = misuse::HELP.of(lang);
    match Found(error).usage() {
        Some(usage) => format!("{}\n{help}", lang.say(misuse::Usage { usage })),
        None => help.to_owned(),
    }
}

/// What `clap` found.
struct Found<'a>(&'a Error);

impl Found<'_> {
    fn sentence(&self) -> Sentence {
        let option = || self.option();
        match self.0.kind() {
            ErrorKind::UnknownArgument => self.unknown_argument(),
            ErrorKind::InvalidSubcommand => {
                let word = quoted(self.text(ContextKind::InvalidSubcommand));
                self.with_similar(misuse::Command { word }, ContextKind::SuggestedSubcommand)
            }
            ErrorKind::MissingSubcommand => misuse::CommandMissing {
                commands: self.texts(ContextKind::ValidSubcommand),
            }
            .into(),
            ErrorKind::MissingRequiredArgument => misuse::ArgumentMissing {
                arguments: self.texts(ContextKind::InvalidArg),
            }
            .into(),
            ErrorKind::InvalidValue => self.invalid_value(),
            ErrorKind::ValueValidation => misuse::Value {
                option: option(),
                problem: self.problem_of_value(),
            }
            .into(),
            ErrorKind::NoEquals => misuse::Equals { option: option() }.into(),
            ErrorKind::TooManyValues => misuse::TooManyValues {
                value: quoted(self.text(ContextKind::InvalidValue)),
                option: option(),
            }
            .into(),
            ErrorKind::TooFewValues => self.count(ContextKind::MinValues),
            ErrorKind::WrongNumberOfValues => self.count(ContextKind::ExpectedNumValues),
            ErrorKind::ArgumentConflict => self.conflict(),
            ErrorKind::InvalidUtf8 => misuse::NOT_UTF8.into(),
            _ => misuse::UNREADABLE.into(),
        }
    }

    fn unknown_argument(&self) -> Sentence {
        let word = self.text(ContextKind::InvalidArg);
        if !word.starts_with('-') {
            return self.word_too_many(word);
        }
        let option = quoted(word);
        if let Some(ContextValue::Strings(commands)) = self.0.get(ContextKind::Custom) {
            let problem = misuse::Option { option };
            return misuse::OptionOf {
                problem,
                commands: commands.iter().map(String::as_str).collect::<Vec<_>>(),
            }
            .into();
        }
        if let Some(ContextValue::String(command)) = self.0.get(ContextKind::Custom) {
            let problem = misuse::Option { option };
            return misuse::OptionInstead { problem, command }.into();
        }
        if self.0.get(ContextKind::SuggestedArg).is_some() {
            return self.with_similar(misuse::Option { option }, ContextKind::SuggestedArg);
        }
        let problem = misuse::Option { option };
        match self.0.get(ContextKind::Suggested) {
            Some(_) => misuse::AsValue { problem }.into(),
            None => problem.into(),
        }
    }

    /// A surplus word, with the option whose value it may be.
    fn word_too_many(&self, word: &str) -> Sentence {
        let problem = misuse::Word { word: quoted(word) };
        match self.0.get(ContextKind::Custom) {
            Some(ContextValue::String(instead)) if instead.contains(' ') => {
                misuse::WordInstead { problem, instead }.into()
            }
            Some(ContextValue::String(option)) => misuse::WordOption { problem, option }.into(),
            _ => problem.into(),
        }
    }

    /// A value that is missing, or not among those there are.
    fn invalid_value(&self) -> Sentence {
        let option = self.option();
        let value = self.text(ContextKind::InvalidValue);
        let values = self.texts(ContextKind::ValidValue);
        if value.is_empty() && values.is_empty() {
            return misuse::NoValue { option }.into();
        }
        if value.is_empty() {
            return misuse::NoValueOf { option, values }.into();
        }
        let value = quoted(value);
        let problem = misuse::NotOneOf { value, values };
        let problem = self.with_similar(problem, ContextKind::SuggestedValue);
        misuse::Value { option, problem }.into()
    }

    /// What is wrong with a value: what its parser says. Those for numbers are `clap`'s, and speak English.
    fn problem_of_value(&self) -> Sentence {
        use std::error::Error as _;
        let text = self.text(ContextKind::InvalidValue);
        let value = quoted(text);
        let Some(source) = self.0.source() else {
            return misuse::NotAValue { value }.into();
        };
        if let Some(error) = source.downcast_ref::<ScmError>() {
            return error.to_sentence();
        }
        if let Some(error) = source.downcast_ref::<ParseIntError>() {
            return match error.kind() {
                IntErrorKind::PosOverflow => misuse::Beyond { value }.into(),
                _ => misuse::NotANumber { value }.into(),
            };
        }
        match range(&source.to_string()) {
            Some((least, most)) => misuse::OutOfRange { value, least, most }.into(),
            None => misuse::NotAValue { value }.into(),
        }
    }

    fn count(&self, expected: ContextKind) -> Sentence {
        misuse::ValuesCount {
            option: self.option(),
            expected: self.number(expected),
            actual: self.number(ContextKind::ActualNumValues),
        }
        .into()
    }

    fn conflict(&self) -> Sentence {
        let option = self.option();
        let others = self.texts(ContextKind::PriorArg);
        if others.is_empty() {
            return misuse::ConflictUnnamed { option }.into();
        }
        if others == [self.text(ContextKind::InvalidArg)] {
            return misuse::Twice { option }.into();
        }
        misuse::Conflict { option, others }.into()
    }

    /// The same, with what it looks like most: clap names the most similar last, and some that only share letters.
    fn with_similar(&self, problem: impl Into<Sentence>, kind: ContextKind) -> Sentence {
        let problem = problem.into();
        let word = match kind {
            ContextKind::SuggestedSubcommand => ContextKind::InvalidSubcommand,
            ContextKind::SuggestedValue => ContextKind::InvalidValue,
            _ => ContextKind::InvalidArg,
        };
        let word = self.text(word);
        let names = self.texts(kind).into_iter().rev();
        let names = names.filter(|name| is_like(word, name));
        let names: Vec<_> = names.take(SIMILAR_MAX).collect();
        if names.is_empty() {
            return problem;
        }
        misuse::Similar { problem, names }.into()
    }

    /// The option or argument that it is about, without the placeholder of its value.
    fn option(&self) -> Value {
        let text = self.text(ContextKind::InvalidArg);
        let name = text.split([' ', '=', '[']).next().unwrap_or_default();
        shown(if name.starts_with('-') { name } else { text })
    }

    fn usage(&self) -> Option<String> {
        let Some(ContextValue::StyledStr(usage)) = self.0.get(ContextKind::Usage) else {
            return None;
        };
        let usage = usage.to_string();
        Some(usage.trim_start_matches("Usage:").trim().to_owned())
    }

    fn text(&self, kind: ContextKind) -> &str {
        match self.0.get(kind) {
            Some(ContextValue::String(text)) => text,
            _ => "",
        }
    }

    fn texts(&self, kind: ContextKind) -> Vec<&str> {
        match self.0.get(kind) {
            Some(ContextValue::String(text)) => vec![text],
            Some(ContextValue::Strings(texts)) => texts.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    fn number(&self, kind: ContextKind) -> i64 {
        match self.0.get(kind) {
            Some(ContextValue::Number(number)) => i64::try_from(*number).unwrap_or(i64::MAX),
            _ => 0,
        }
    }
}

/// The numbers of `5000 is not in 1..=1000`, which `clap` has as a text only.
fn range(text: &str) -> Option<(i64, i64)> {
    let (_, range) = text.split_once(" is not in ")?;
    let (least, most) = range.split_once("..=")?;
    Some((least.parse().ok()?, most.parse().ok()?))
}

#[cfg(test)]
mod tests;
