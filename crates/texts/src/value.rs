//! The values of parameters.

use std::borrow::Cow;
use std::fmt::{Display, Write};
use std::time::Duration;

use crate::{Lang, Message, Sentence, Size, Text, marked};

/// A value that a sentence takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A name, a path, what another system said: the same in each language.
    Plain(Box<str>),
    /// A number, also for choices by count and order.
    Number(i64),
    /// A time, to milliseconds.
    Duration(Duration),
    /// So many bytes.
    Size(Size),
    /// A word of another table, as the name of a setting.
    Label(Box<Label>),
    /// Another message.
    Text(Box<Text>),
    /// Several, separated by commas, or by semicolons where one has a comma itself.
    List(Box<[Value]>),
    /// Several sentences, separated by semicolons.
    Sentences(Box<[Sentence]>),
}

/// What separates texts that may have commas.
fn between(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "; ",
        Lang::Fr => "\u{202F}; ",
    }
}

impl Value {
    /// What it is in a language.
    #[must_use]
    pub fn of(&self, lang: Lang) -> Cow<'_, str> {
        match self {
            Self::Plain(text) => Cow::Borrowed(text),
            Self::Number(number) => number.to_string().into(),
            Self::Duration(duration) => Human(*duration).of(lang).into(),
            Self::Size(size) => size.of(lang).into(),
            Self::Label(label) => label.of(lang),
            Self::Text(text) => text.of(lang).into(),
            Self::List(values) => {
                let values: Vec<_> = values.iter().map(|value| value.of(lang)).collect();
                let has_commas = values.iter().any(|value| value.contains(", "));
                let separator = if has_commas { between(lang) } else { ", " };
                values.join(separator).into()
            }
            Self::Sentences(sentences) => {
                let sentences: Vec<_> = sentences.iter().map(|said| said.of(lang)).collect();
                sentences.join(between(lang)).into()
            }
        }
    }

    /// Whether a choice with this key means it.
    pub(crate) fn is(&self, key: &str) -> bool {
        match self {
            Self::Plain(text) => **text == *key,
            Self::Number(number) => number.to_string() == key,
            Self::Text(text) => text.id() == key,
            Self::Duration(_)
            | Self::Size(_)
            | Self::Label(_)
            | Self::List(_)
            | Self::Sentences(_) => false,
        }
    }

    pub(crate) fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number.unsigned_abs()),
            Self::Plain(_)
            | Self::Duration(_)
            | Self::Size(_)
            | Self::Label(_)
            | Self::Text(_)
            | Self::List(_)
            | Self::Sentences(_) => None,
        }
    }
}

/// A word that is not in the catalogue, with its wording in each language: it stands beside what it names (ADR 92).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// In English.
    pub en: Cow<'static, str>,
    /// In French.
    pub fr: Cow<'static, str>,
}

impl Label {
    fn of(&self, lang: Lang) -> Cow<'_, str> {
        match lang {
            Lang::En => Cow::Borrowed(&self.en),
            Lang::Fr => marked::said(self.fr.to_string(), true).into(),
        }
    }
}

impl From<Label> for Value {
    fn from(label: Label) -> Self {
        Self::Label(Box::new(label))
    }
}

/// What can be shown, and is the same in each language.
pub fn shown(value: impl Display) -> Value {
    Value::Plain(value.to_string().into())
}

/// What somebody typed, so that it stands on one line; the quotation marks are the sentence's.
#[must_use]
pub fn quoted(text: impl AsRef<str>) -> Value {
    Value::Plain(text.as_ref().escape_debug().collect())
}

macro_rules! plain {
    ($($type:ty),+) => {
        $(impl From<$type> for Value {
            fn from(text: $type) -> Self {
                Self::Plain(text.into())
            }
        })+
    };
}

plain!(&str, String, Box<str>, Cow<'_, str>);

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Plain(text.as_str().into())
    }
}

macro_rules! numbers {
    ($($type:ty),+) => {
        $(impl From<$type> for Value {
            fn from(number: $type) -> Self {
                Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        })+
    };
}

numbers!(u8, u16, u32, u64, usize, i32, i64);

impl From<Size> for Value {
    fn from(size: Size) -> Self {
        Self::Size(size)
    }
}

/// To milliseconds, which is how times cross the wire: rounded from there, the sentence reads the same on both sides.
impl From<Duration> for Value {
    fn from(duration: Duration) -> Self {
        let beyond = duration.subsec_nanos() % 1_000_000;
        Self::Duration(duration.saturating_sub(Duration::from_nanos(beyond.into())))
    }
}

impl<M: Message> From<M> for Value {
    fn from(message: M) -> Self {
        Self::Text(Box::new(message.text()))
    }
}

impl<V: Into<Value>> From<Vec<V>> for Value {
    fn from(values: Vec<V>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl From<Sentence> for Value {
    fn from(sentence: Sentence) -> Self {
        match sentence {
            Sentence::Said(text) => Self::Text(text),
            Sentence::Foreign(text) => Self::Plain(text),
        }
    }
}

/// A duration for people: `3 ms`, `0.25 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `4 d 1 h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Human(pub Duration);

impl Human {
    /// In a language: French has `0,25 s` and `4 j 1 h`, with spaces that do not break.
    #[must_use]
    pub fn of(self, lang: Lang) -> String {
        let english = self.english();
        match lang {
            Lang::En => english,
            Lang::Fr => english
                .replace('.', ",")
                .replace('d', "j")
                .replace(' ', "\u{A0}"),
        }
    }

    fn english(self) -> String {
        let total = self.0.as_secs();
        let pair = |(a, unit_a), (b, unit_b): (u64, &str)| {
            let mut text = format!("{a} {unit_a}");
            if b > 0 {
                let _ = write!(text, " {b} {unit_b}");
            }
            text
        };
        match total {
            // Two digits of seconds would say that it is nothing.
            0 if self.0 < Duration::from_millis(10) && !self.0.is_zero() => self.millis(),
            0..10 => {
                let text = format!("{:.2}", self.0.as_secs_f64());
                format!("{} s", text.trim_end_matches('0').trim_end_matches('.'))
            }
            10..60 => format!("{total} s"),
            60..3600 => pair((total / 60, "min"), (total % 60, "s")),
            3600..86_400 => pair((total / 3600, "h"), (total % 3600 / 60, "min")),
            _ => pair((total / 86_400, "d"), (total % 86_400 / 3600, "h")),
        }
    }

    /// Below one millisecond with a digit of it.
    fn millis(self) -> String {
        match self.0.as_millis() {
            0 => format!("{:.1} ms", (self.0.as_secs_f64() * 1000.0).max(0.1)),
            millis => format!("{millis} ms"),
        }
    }
}

impl Display for Human {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.english())
    }
}

impl From<Human> for Value {
    fn from(duration: Human) -> Self {
        duration.0.into()
    }
}
