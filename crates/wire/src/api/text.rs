//! A sentence of the catalogue on the wire: its id and its parameters, so that the reader says it in the
//! reader's language. The English sentence always stands beside it, for those who do not know the id.

use std::collections::BTreeMap;
use std::time::Duration;

use relance_scm::duration::millis;
use relance_texts::{Label, Lang, Sentence, Size, Text, Value};
use serde::{Deserialize, Serialize};

/// A message of the catalogue with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TextBody {
    /// Which message: `error-no-service`.
    pub id: String,
    /// Its parameters by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, ValueBody>,
}

/// A sentence in English, and as a message for readers of other languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentenceBody {
    /// In English.
    pub sentence: String,
    /// The same as a message of the catalogue, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<TextBody>,
}

impl From<&Sentence> for SentenceBody {
    fn from(sentence: &Sentence) -> Self {
        Self {
            sentence: sentence.to_string(),
            text: sentence.text().map(TextBody::from),
        }
    }
}

impl From<&SentenceBody> for Sentence {
    fn from(body: &SentenceBody) -> Self {
        sentence(&body.sentence, body.text.as_ref())
    }
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum ValueBody {
    /// A name, a path, or what another system said.
    Plain(String),
    /// A number.
    Number(i64),
    /// A time.
    Duration {
        /// In milliseconds.
        duration_ms: u64,
    },
    /// So many bytes.
    Size {
        /// The number.
        size_bytes: u64,
    },
    /// A word that is not in the catalogue, in each language.
    Label {
        /// In English.
        en: String,
        /// In French.
        fr: String,
    },
    /// Another message.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    Text(TextBody),
    /// Several.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    List(Vec<ValueBody>),
    /// Several sentences.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    Sentences {
        /// Messages, or what another system said.
        sentences: Vec<ValueBody>,
    },
    /// What a later version says. Its sentence is read in English.
    Unknown(serde_json::Value),
}

/// Deeper than any sentence of ours; what comes from a socket may be anything.
const DEPTH_MAX: usize = 8;

impl From<&Text> for TextBody {
    fn from(text: &Text) -> Self {
        Self {
            id: text.id().to_owned(),
            values: text
                .values()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect(),
        }
    }
}

impl From<&Value> for ValueBody {
    fn from(value: &Value) -> Self {
        match value {
            Value::Plain(text) => Self::Plain(text.to_string()),
            Value::Number(number) => Self::Number(*number),
            Value::Duration(duration) => Self::Duration {
                duration_ms: millis(*duration),
            },
            Value::Size(size) => Self::Size { size_bytes: size.0 },
            Value::Label(label) => Self::Label {
                en: label.en.to_string(),
                fr: label.fr.to_string(),
            },
            Value::Text(text) => Self::Text((&**text).into()),
            Value::List(values) => Self::List(values.iter().map(Into::into).collect()),
            Value::Sentences(sentences) => Self::Sentences {
                sentences: sentences.iter().map(sentence_body).collect(),
            },
        }
    }
}

fn sentence_body(sentence: &Sentence) -> ValueBody {
    match sentence {
        Sentence::Said(text) => ValueBody::Text((&**text).into()),
        Sentence::Foreign(text) => ValueBody::Plain(text.to_string()),
    }
}

impl TextBody {
    /// The message, if this version knows it.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        self.read(DEPTH_MAX)
    }

    fn read(&self, depth: usize) -> Option<Text> {
        let depth = depth.checked_sub(1)?;
        let values = self
            .values
            .iter()
            .map(|(name, value)| Some((name.as_str(), value.read(depth)?)))
            .collect::<Option<_>>()?;
        Text::build(&self.id, values)
    }
}

impl ValueBody {
    fn read(&self, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        Some(match self {
            Self::Plain(text) => Value::Plain(text.as_str().into()),
            Self::Number(number) => Value::Number(*number),
            Self::Duration { duration_ms } => Value::Duration(Duration::from_millis(*duration_ms)),
            Self::Size { size_bytes } => Value::Size(Size(*size_bytes)),
            Self::Label { en, fr } => Label {
                en: en.clone().into(),
                fr: fr.clone().into(),
            }
            .into(),
            Self::Text(text) => Value::Text(text.read(depth)?.into()),
            Self::List(values) => {
                let values = values.iter().map(|value| value.read(depth));
                Value::List(values.collect::<Option<_>>()?)
            }
            Self::Sentences { sentences } => {
                let sentences = sentences.iter().map(|value| match value {
                    Self::Text(text) => text.read(depth).map(Sentence::from),
                    Self::Plain(text) => Some(Sentence::foreign(text.as_str())),
                    _ => None,
                });
                Value::Sentences(sentences.collect::<Option<_>>()?)
            }
            Self::Unknown(_) => return None,
        })
    }
}

/// The sentence: of the catalogue, if this version knows it and says the same in English; else as it
/// came. Another version of the manager may mean something else by the id.
pub(crate) fn sentence(english: &str, body: Option<&TextBody>) -> Sentence {
    body.and_then(TextBody::text)
        .filter(|text| text.of(Lang::En) == english)
        .map_or_else(|| Sentence::foreign(english), Sentence::from)
}

#[cfg(test)]
mod tests {
    use relance_texts::{Message, error, why, word};

    use super::*;

    fn crossed(text: &Text) -> Option<Text> {
        let json = serde_json::to_string(&TextBody::from(text)).unwrap();
        serde_json::from_str::<TextBody>(&json).unwrap().text()
    }

    #[test]
    fn a_time_between_two_milliseconds_is_said_alike_on_both_sides() {
        // In hundredths of a second this is 0.44 s, and its milliseconds alone 0.43 s.
        let ended = why::Ended {
            run: "1.1",
            ago: Duration::from_nanos(435_000_100),
            what: "it crashed",
        };
        let text = ended.text();
        let body = TextBody::from(&text);
        assert_eq!(sentence(&text.of(Lang::En), Some(&body)), text.into());
    }

    #[test]
    fn sentences_cross_the_wire_with_their_parameters() {
        let next = why::Next {
            time: Duration::from_secs(5),
            action: why::NextCommand {
                action: word::ACTION_RUN,
            },
            number: word::Ordinal { number: 2_u32 },
        };
        let several = error::Several {
            problems: Value::Sentences(
                [next.clone().into(), Sentence::foreign("from elsewhere")].into(),
            ),
        };
        let list = why::Stopped {
            name: vec!["a", "b"],
        };
        let label = why::Stopped {
            name: Label {
                en: "Memory, at most".into(),
                fr: "Mémoire, au plus".into(),
            },
        };
        for text in [next.text(), several.text(), list.text(), label.text()] {
            assert_eq!(crossed(&text), Some(text));
        }
    }

    #[test]
    fn what_this_version_does_not_know_is_said_as_it_came() {
        let stopped = why::Stopped { name: "a" }.text();
        let mut body = TextBody::from(&stopped);
        assert_eq!(sentence("a is STOPPED.", Some(&body)), stopped.into());
        assert_eq!(
            sentence("a has stopped", Some(&body)),
            Sentence::foreign("a has stopped")
        );
        body.id = "why-of-a-later-version".to_owned();
        assert_eq!(
            sentence("a is STOPPED.", Some(&body)),
            Sentence::foreign("a is STOPPED.")
        );
        assert_eq!(sentence("x", None), Sentence::foreign("x"));
        let later = r#"{"id": "why-stopped", "values": {"name": {"colour": [1, {"of": null}]}}}"#;
        let body: TextBody = serde_json::from_str(later).unwrap();
        assert_eq!(
            sentence("the red one is STOPPED.", Some(&body)),
            Sentence::foreign("the red one is STOPPED.")
        );
    }

    #[test]
    fn nesting_has_a_bound() {
        let mut body = TextBody::from(&why::Stopped { name: "a" }.text());
        for _ in 0..100 {
            let inner = ValueBody::Text(body);
            body = TextBody {
                id: "why-stopped".to_owned(),
                values: [("name".to_owned(), inner)].into(),
            };
        }
        assert_eq!(body.text(), None);
    }
}
