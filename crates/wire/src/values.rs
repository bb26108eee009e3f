//! A value of a setting as JSON: in the API, in files for `relance apply`, and in the database.
//!
//! Times are milliseconds, lists are arrays, everything else that is not a number or a truth value is
//! text as people write it.

use std::time::Duration;

use relance_scm::config::Affinity;
use relance_scm::duration::millis;
use relance_scm::settings::{Setting, Value, ValueType, notify, rules};
use relance_scm::{ScmError, Win32Error};
use relance_texts::{Message, Sentence, error};
use serde_json::Value as Json;

/// A value as JSON; `null` for one that is not set.
#[must_use]
pub fn to_json(setting: &Setting, value: &Value) -> Json {
    match value {
        Value::Unset => Json::Null,
        Value::Flag(set) => (*set).into(),
        Value::Number(number) if !matches!(setting.value, ValueType::Octal(_)) => (*number).into(),
        Value::Integer(number) => (*number).into(),
        Value::Duration(time) => millis(*time).into(),
        Value::Statuses(codes) => codes.to_vec().into(),
        Value::List(texts) => texts.iter().map(ToString::to_string).collect(),
        other => other.text(setting.value).into(),
    }
}

/// A value from JSON; `None` for `null`, which stands for the default. A text is
/// accepted for a value of any type and read as people write it; an empty one is the default.
///
/// # Errors
/// 87, with the key and what is expected.
pub fn from_json(setting: &Setting, json: &Json) -> Result<Option<Value>, ScmError> {
    let value = match json {
        Json::Null => return Ok(None),
        Json::String(text) => setting.parse(text),
        Json::Bool(set) if setting.value == ValueType::Flag => Ok(Value::Flag(*set)),
        Json::Number(number) if matches!(setting.value, ValueType::Integer(..)) => {
            setting.value.parse(&number.to_string())
        }
        Json::Number(number) => of_number(setting.value, number.as_u64()),
        Json::Array(items) => of_array(setting.value, items),
        Json::Bool(_) | Json::Object(_) => Err(expected(setting.value)),
    };
    value.map(Some).map_err(|problem| {
        invalid(error::OfSetting {
            setting: setting.key,
            problem,
        })
    })
}

fn of_number(value: ValueType, number: Option<u64>) -> Result<Value, Sentence> {
    let number = number.ok_or_else(|| expected(value))?;
    match value {
        ValueType::Duration | ValueType::OptionalDuration => {
            Ok(Value::Duration(Duration::from_millis(number)))
        }
        // The database of version 0.1.0 has numbers for these.
        ValueType::Choice(words) => {
            let word = usize::try_from(number).ok().and_then(|at| words.get(at));
            word.map(|word| Value::Choice(word))
                .ok_or_else(|| expected(value))
        }
        ValueType::Processors => {
            Ok(Affinity::from_mask(number).map_or(Value::Unset, Value::Processors))
        }
        ValueType::Number(..)
        | ValueType::Size
        | ValueType::SizeOrZero
        | ValueType::Percent(..)
        | ValueType::Limit(_)
        | ValueType::Signal
        | ValueType::OptionalSignal
        | ValueType::ResetPeriod => value.parse(&number.to_string()),
        _ => Err(expected(value)),
    }
}

fn of_array(value: ValueType, items: &[Json]) -> Result<Value, Sentence> {
    match value {
        ValueType::Statuses => {
            let code = |item: &Json| item.as_u64().and_then(|code| u8::try_from(code).ok());
            let codes: Option<Box<[u8]>> = items.iter().map(code).collect();
            codes.map(Value::Statuses).ok_or_else(|| expected(value))
        }
        ValueType::Rules => {
            let texts: Option<Vec<&str>> = items.iter().map(Json::as_str).collect();
            rules(texts.ok_or_else(|| expected(value))?)
        }
        ValueType::Notify => {
            let texts: Option<Vec<&str>> = items.iter().map(Json::as_str).collect();
            notify(texts.ok_or_else(|| expected(value))?)
        }
        ValueType::List => {
            let texts: Option<Box<[Box<str>]>> = items
                .iter()
                .map(|item| item.as_str().map(Into::into))
                .collect();
            texts.map(Value::List).ok_or_else(|| expected(value))
        }
        _ => Err(expected(value)),
    }
}

fn expected(value: ValueType) -> Sentence {
    let form = match value {
        ValueType::Duration | ValueType::OptionalDuration => {
            error::EXPECTED_MILLISECONDS.text().into()
        }
        ValueType::Statuses => error::EXPECTED_STATUSES.text().into(),
        ValueType::List | ValueType::Rules | ValueType::Notify => {
            error::EXPECTED_TEXTS.text().into()
        }
        ValueType::Flag => error::EXPECTED_FLAG.text().into(),
        other => other.range(),
    };
    error::Expected { form }.into()
}

pub(crate) fn invalid(sentence: impl Into<Sentence>) -> ScmError {
    ScmError::new(Win32Error::INVALID_PARAMETER, sentence)
}
