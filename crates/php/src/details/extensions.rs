//! Settings that Windows does not have, as the key `extensions` of `$details` has them (X106): names and values of the
//! table of settings, in the forms of the API, or as people write them.

use std::time::Duration;

use relance_scm::config::{Extensions, ExtensionsChange};
use relance_scm::duration::millis;
use relance_scm::settings::{EXTENSIONS, Setting, Value, ValueType};
use relance_texts::Sentence;

use super::read::{Details, Given};
use crate::zend::outcome::{Key, Throwable, Value as PhpValue};

/// What is to change; `$details` is argument `number`.
///
/// # Errors
/// A `ValueError` about the first setting that there is not, or whose value it does not take.
pub(crate) fn extensions(details: &Details, number: u32) -> Result<ExtensionsChange, Throwable> {
    let mut change = ExtensionsChange::default();
    for (name, given) in details.extensions.iter().flatten() {
        let wrong = |problem: &str| {
            let text = format!("the value for key 'extensions' is wrong: {problem}");
            Throwable::argument_value(number, &text)
        };
        let name = String::from_utf8_lossy(name);
        let setting = EXTENSIONS.iter().find(|setting| setting.key == name);
        let Some(setting) = setting else {
            let text = format!("there is no setting '{name}'; relance config shows all");
            return Err(wrong(&text));
        };
        let value = value(setting, given)
            .map_err(|problem| wrong(&format!("{}: {problem}", setting.key)))?;
        change.add(setting, value);
    }
    Ok(change)
}

/// `None`: back to the default.
fn value(setting: &Setting, given: &Given) -> Result<Option<Value>, Sentence> {
    let times = matches!(
        setting.value,
        ValueType::Duration | ValueType::OptionalDuration
    );
    let text = match given {
        Given::Null => return Ok(None),
        Given::Int(ms) if times && *ms >= 0 => {
            return Ok(Some(Value::Duration(Duration::from_millis(
                ms.unsigned_abs(),
            ))));
        }
        Given::Bool(true) => "yes".to_owned(),
        Given::Bool(false) => "no".to_owned(),
        // As for chmod(): PHP writes 027.
        Given::Int(mode) if matches!(setting.value, ValueType::Octal(_)) => format!("{mode:o}"),
        Given::Int(int) => int.to_string(),
        Given::Text(text) => utf8(text)?.to_owned(),
        Given::Texts(texts) => {
            let texts: Result<Vec<&str>, Sentence> = texts.iter().map(|text| utf8(text)).collect();
            let between = match setting.value {
                ValueType::List | ValueType::Rules | ValueType::Notify => "\n",
                _ => ",",
            };
            texts?.join(between)
        }
    };
    setting.parse(&text).map(Some)
}

fn utf8(bytes: &[u8]) -> Result<&str, Sentence> {
    std::str::from_utf8(bytes).map_err(|_| Sentence::foreign("this is not valid UTF-8"))
}

/// The settings that differ from their defaults, in forms that `extensions` takes.
pub(crate) fn given_extensions(extensions: &Extensions) -> Vec<(Key, PhpValue)> {
    let given = extensions.given();
    given
        .map(|(setting, value)| (Key::from(setting.key), php_value(setting, value)))
        .collect()
}

fn php_value(setting: &Setting, value: &Value) -> PhpValue {
    let int = |number: u64| PhpValue::Int(i64::try_from(number).unwrap_or(i64::MAX));
    match value {
        Value::Flag(set) => PhpValue::Bool(*set),
        Value::Number(number) if !matches!(setting.value, ValueType::Octal(_)) => int(*number),
        Value::Integer(number) => PhpValue::Int((*number).into()),
        Value::Duration(time) => int(millis(*time)),
        Value::Statuses(codes) => {
            PhpValue::List(codes.iter().map(|code| int((*code).into())).collect())
        }
        Value::List(texts) => PhpValue::List(texts.iter().map(|text| (**text).into()).collect()),
        other => other.text(setting.value).into(),
    }
}

#[cfg(test)]
mod tests {
    use relance_scm::settings::{
        BACKOFF, FAILURE_RULES, RESTART_LIMIT, RESTART_LIMIT_PERIOD, RESTART_ON_EXIT, UMASK,
    };

    use super::*;

    fn details(given: Vec<(&str, Given)>) -> Details {
        let given = given.into_iter();
        Details {
            extensions: Some(given.map(|(name, given)| (name.into(), given)).collect()),
            ..Details::default()
        }
    }

    fn text(text: &str) -> Given {
        Given::Text(text.into())
    }

    fn read(given: Vec<(&str, Given)>) -> Extensions {
        let change = extensions(&details(given), 1).unwrap();
        let mut extensions = Extensions::default();
        extensions.apply(&change);
        extensions
    }

    #[test]
    fn x106_values_are_those_of_the_api_or_as_people_write_them() {
        let written = read(vec![
            ("backoff", text("exponential")),
            ("restart_limit", Given::Int(3)),
            ("restart_limit_period_ms", Given::Int(300_000)),
            (
                "failure_rules",
                Given::Texts(vec![b"exit:78=none".into(), b"gave-up=run/0".into()]),
            ),
            (
                "restart_on_exit",
                Given::Texts(vec![b"0".into(), b"75".into()]),
            ),
            ("umask", Given::Int(0o27)),
        ]);
        let spoken = read(vec![
            ("backoff", text("exponential")),
            ("restart_limit", text("3")),
            ("restart_limit_period_ms", text("5m")),
            ("failure_rules", text("exit:78=none\ngave-up=run/0")),
            ("restart_on_exit", text("0,75")),
            ("umask", text("027")),
        ]);
        assert_eq!(written, spoken);
        assert!(written.get(BACKOFF).is_some());
        assert_eq!(written.get(RESTART_LIMIT), Some(3));
        let period = written.get(RESTART_LIMIT_PERIOD);
        assert_eq!(period, Duration::from_secs(300));
        assert_eq!(written.get(FAILURE_RULES).texts().len(), 2);
        assert_eq!(&*written.get(RESTART_ON_EXIT), [0, 75]);
        assert_eq!(written.get(UMASK), Some(0o27));
        assert_eq!(given_extensions(&written).len(), 6);
    }

    #[test]
    fn x106_null_goes_back_to_the_default() {
        let change = extensions(&details(vec![("backoff", Given::Null)]), 1).unwrap();
        let mut stored = read(vec![("backoff", text("linear"))]);
        stored.apply(&change);
        assert_eq!(stored, Extensions::default());
    }

    #[test]
    fn x106_what_is_wrong_is_named() {
        let wrong = |name, given| match extensions(&details(vec![(name, given)]), 1) {
            Err(Throwable::ArgumentValue { number: 1, message }) => message.into_string().unwrap(),
            other => panic!("{other:?}"),
        };
        let unknown = wrong("backof", text("linear"));
        assert!(
            unknown.contains("there is no setting 'backof'"),
            "{unknown}"
        );
        let limit = wrong("restart_limit", Given::Int(0));
        assert!(limit.contains("restart_limit: "), "{limit}");
        let time = wrong("restart_limit_period_ms", Given::Int(-1));
        assert!(time.contains("restart_limit_period_ms: "), "{time}");
    }
}
