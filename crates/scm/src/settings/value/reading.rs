//! Values as people write them, kind by kind.

use std::str::FromStr;

use relance_texts::{Sentence, error, quoted};

use super::Value;
use crate::budget::{self, QuietHours};
use crate::config::{NO_POLICY, PolicyName};
use crate::duration::{self, Bare};
use crate::error::ScmError;
use crate::failure_actions::ActionList;
use crate::signal::signal_number;

pub(super) fn path(text: &str) -> Result<Value, Sentence> {
    if std::path::Path::new(text).is_absolute() {
        return Ok(Value::Text(text.into()));
    }
    Err(error::WholePath { text: quoted(text) }.into())
}

pub(super) fn schedule(text: &str) -> Result<Value, Sentence> {
    use relance_schedule::ScheduleError as E;
    match text.parse::<relance_schedule::Schedule>() {
        Ok(schedule) => Ok(Value::Text(schedule.as_str().into())),
        Err(E::Unreadable(part)) => Err(error::NoSchedule {
            text: quoted(&part),
        }
        .into()),
        Err(E::Never(part)) => Err(error::ScheduleNever {
            text: quoted(&part),
        }
        .into()),
        Err(E::Fraction(part)) => Err(error::ScheduleFraction {
            text: quoted(&part),
        }
        .into()),
        Err(E::Reboot) => Err(error::SCHEDULE_REBOOT.into()),
        Err(E::TooLong) => Err(error::SCHEDULE_TOO_LONG.into()),
    }
}

pub(super) fn flag(text: &str) -> Result<Value, Sentence> {
    match text {
        "yes" | "true" | "on" | "1" => Ok(Value::Flag(true)),
        "no" | "false" | "off" | "0" => Ok(Value::Flag(false)),
        _ => Err(error::YES_OR_NO.into()),
    }
}

pub(super) fn choice(words: &'static [&'static str], text: &str) -> Result<Value, Sentence> {
    let word = words.iter().find(|word| **word == text);
    word.map(|word| Value::Choice(word)).ok_or_else(|| {
        error::NoChoice {
            text: quoted(text),
            words: words.to_vec(),
        }
        .into()
    })
}

pub(super) fn number(text: &str, least: u64, most: u64) -> Result<Value, Sentence> {
    in_range(text, least, most).map(Value::Number)
}

pub(super) fn integer(text: &str, least: i32, most: i32) -> Result<Value, Sentence> {
    in_range(text, least, most).map(Value::Integer)
}

fn in_range<T>(text: &str, least: T, most: T) -> Result<T, Sentence>
where
    T: FromStr + PartialOrd + Copy + Into<relance_texts::Value>,
{
    let number = text.parse().ok();
    number
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| {
            error::NoNumberFrom {
                text: quoted(text),
                least,
                most,
            }
            .into()
        })
}

/// Something in a notation of its own.
pub(super) fn set<T: FromStr<Err = ScmError>>(
    text: &str,
    value: fn(T) -> Value,
) -> Result<Value, Sentence> {
    let set = text.parse().map(value);
    set.map_err(|error| error.to_sentence())
}

/// The units of sizes, the largest first.
const UNITS: [(char, u32); 4] = [('T', 40), ('G', 30), ('M', 20), ('K', 10)];

pub(super) fn size(text: &str) -> Result<Value, Sentence> {
    let bare = text.strip_suffix("iB").or(text.strip_suffix('B'));
    let bare = bare.unwrap_or(text);
    let unit = UNITS.into_iter().find_map(|(unit, bits)| {
        Some((bare.strip_suffix([unit, unit.to_ascii_lowercase()])?, bits))
    });
    let (number, bits) = unit.unwrap_or((bare, 0));
    let number: Option<u64> = number.trim_end().parse().ok();
    number
        .filter(|number| *number > 0)
        .and_then(|number| number.checked_mul(1 << bits))
        .filter(|bytes| *bytes <= 1 << 50)
        .map(Value::Number)
        .ok_or_else(|| error::NoSize { text: quoted(text) }.into())
}

/// In the largest unit that divides it.
pub(super) fn size_text(bytes: u64) -> String {
    let unit = UNITS
        .into_iter()
        .find(|(_, bits)| bytes > 0 && bytes.is_multiple_of(1 << bits));
    match unit {
        Some((unit, bits)) => format!("{}{unit}", bytes >> bits),
        None => bytes.to_string(),
    }
}

pub(super) fn octal(text: &str, most: u32) -> Result<Value, Sentence> {
    let number = u32::from_str_radix(text, 8).ok();
    number
        .filter(|number| *number <= most)
        .map(|number| Value::Number(number.into()))
        .ok_or_else(|| {
            error::NoOctal {
                text: quoted(text),
                most: format!("{most:o}"),
            }
            .into()
        })
}

pub(super) fn duration(text: &str) -> Result<Value, Sentence> {
    duration::parse(text, Bare::Seconds)
        .map(Value::Duration)
        .ok_or_else(|| {
            error::NoTime {
                text: quoted(text),
                examples: duration::EXAMPLES,
            }
            .into()
        })
}

/// `3:00` too is `03:00`.
pub(super) fn time_of_day(text: &str) -> Result<Value, Sentence> {
    let minutes = budget::minute_of_day(text).ok_or_else(|| {
        let text = quoted(text);
        Sentence::from(error::NoTimeOfDay { text })
    })?;
    Ok(Value::Text(budget::time_of_day(minutes).into()))
}

pub(super) fn quiet_hours(text: &str) -> Result<Value, Sentence> {
    let hours: QuietHours = text
        .parse()
        .map_err(|error: ScmError| error.to_sentence())?;
    Ok(Value::Text(hours.to_string().into()))
}

pub(super) fn policy_name(text: &str) -> Result<Value, Sentence> {
    if text == NO_POLICY {
        return Ok(Value::Unset);
    }
    let name: PolicyName = text
        .parse()
        .map_err(|error: ScmError| error.to_sentence())?;
    Ok(Value::Text(name.as_str().into()))
}

pub(super) fn signal(text: &str) -> Result<Value, Sentence> {
    signal_number(text)
        .filter(|number| (1..=64).contains(number))
        .map(Value::Signal)
        .ok_or_else(|| error::NoSignal { text: quoted(text) }.into())
}

pub(super) fn statuses(text: &str) -> Result<Value, Sentence> {
    let codes = text
        .split(',')
        .map(str::trim)
        .filter(|code| !code.is_empty());
    let codes: Result<Box<[u8]>, Sentence> = codes
        .map(|code| {
            let status = code.parse();
            status.map_err(|_| error::NoStatus { text: quoted(code) }.into())
        })
        .collect();
    codes.map(Value::Statuses)
}

pub(super) fn actions(text: &str) -> Result<Value, Sentence> {
    let list: Result<ActionList, _> = text.parse();
    list.map(|list| Value::Text(list.to_string().into()))
        .map_err(|error| error.to_sentence())
}
