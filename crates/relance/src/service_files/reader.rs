//! What the reader of TOML says is wrong, in words of the catalogue where it is about a key or a kind of value.
//!
//! The reader speaks English only. What it says of keys has a fixed form (serde's), from which names and values are
//! taken; what it says of the notation is a detail of our sentence (ADR 130).

use relance_texts::{Sentence, Words, error, file, quoted, setting};

use super::nearest::nearest;

/// The sentence about an error of the reader.
pub(crate) fn not_toml(error: &toml::de::Error) -> Sentence {
    about_key(error.message()).unwrap_or_else(|| {
        let problem = Sentence::foreign(error.message().replace('\n', ", "));
        let format = "TOML";
        file::NotInFormat { format, problem }.into()
    })
}

fn about_key(message: &str) -> Option<Sentence> {
    let (about, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let names = || in_backticks(expected);
    if about.starts_with("unknown field ") {
        let key = *in_backticks(about).first()?;
        return Some(match nearest(key, names().into_iter()) {
            Some(right) => file::KeyNearly { key, right }.into(),
            None => file::NoKey { key, keys: names() }.into(),
        });
    }
    if about.starts_with("missing field ") {
        let key = *in_backticks(about).first()?;
        return Some(file::KeyMissing { key }.into());
    }
    if about.starts_with("unknown variant ") {
        let value = quoted(in_backticks(about).first()?);
        return Some(
            file::NotOneOf {
                value,
                values: names(),
            }
            .into(),
        );
    }
    about
        .starts_with("invalid type: ")
        .then(|| form(expected).map(|form| error::Expected { form }.into()))?
}

/// The names between backticks.
fn in_backticks(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// A kind of value, as the reader calls it.
fn form(expected: &str) -> Option<Words> {
    Some(match expected {
        "a string" | "path string" => setting::RANGE_TEXT,
        "a sequence" => file::FORM_LIST,
        "a boolean" => file::FORM_FLAG,
        "u16" | "u32" | "u64" | "usize" => file::FORM_NUMBER,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only read")]
    struct Written {
        name: String,
        #[serde(default)]
        files: Vec<String>,
        #[serde(default)]
        count: u32,
        #[serde(default)]
        copy: Copy,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Copy {
        #[default]
        Off,
        On,
    }

    #[test]
    fn what_is_wrong_with_a_key_or_a_value_is_a_sentence_of_ours() {
        for (text, said) in [
            ("nme = 'a'", "there is no nme here; did you mean name?"),
            (
                "other = 1",
                "there is no other here; use name, files, count, copy",
            ),
            ("count = 1", "name is missing"),
            ("name = 1", "expected text"),
            ("name = 'a'\nfiles = 'b'", "expected a list"),
            (
                "name = 'a'\ncount = 'b'",
                "expected a whole number, 0 or more",
            ),
            ("name = 'a'\ncopy = 'x'", "\"x\" is not one of off, on"),
            (
                "name",
                "what stands here cannot be read; the reader of TOML says: ",
            ),
        ] {
            let error = toml::from_str::<Written>(text).unwrap_err();
            let sentence = not_toml(&error);
            assert!(sentence.to_string().starts_with(said), "{text}: {sentence}");
            assert!(sentence.text().is_some(), "{text}");
        }
    }
}
