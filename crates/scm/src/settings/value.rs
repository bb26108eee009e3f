//! What a value of a setting is, and how people write it.

mod reading;

use std::time::Duration;

use relance_texts::{Sentence, setting};

use crate::config::{
    Affinity, Backoff, Capabilities, ControlSignals, Limit, LimitUnit, Probe, Readiness, Rules,
};
use crate::duration;
use crate::failure_actions::parse_reset_period;
use crate::notice::Notify;
use crate::signal::signal_name;
use reading::{
    actions, choice, duration as time, flag, integer, number, octal, path, policy_name,
    quiet_hours, schedule, set, signal, size, size_text, statuses, time_of_day,
};

/// What values a setting takes, with unit and range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// Any text; empty: not set.
    Text,
    /// A text that may have several lines; empty: not set.
    Lines,
    /// A folder or file, as an absolute path; empty: not set.
    Path,
    /// `yes` or `no`.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// The same, or nothing: not set.
    OptionalChoice(&'static [&'static str]),
    /// A whole number in a range, both ends included; empty: not set.
    Number(u64, u64),
    /// A whole number in a range that may begin below 0; empty: not set.
    Integer(i32, i32),
    /// A number of bytes, like `10M`; empty: not set.
    Size,
    /// The same, where 0 is a value too.
    SizeOrZero,
    /// A number of hundredths in a range, like `150%`; empty: not set.
    Percent(u64, u64),
    /// A number in base 8, up to this one; empty: not set.
    Octal(u32),
    /// The limit of a resource; empty: not set.
    Limit(LimitUnit),
    /// A time; JSON has it in milliseconds.
    Duration,
    /// The same, or nothing: not set.
    OptionalDuration,
    /// An hour and minute, like `03:00`; empty: not set.
    TimeOfDay,
    /// Hours of each day, like `02:00-04:00`; empty: not set.
    QuietHours,
    /// A Linux signal, 1 to 64, by name or number.
    Signal,
    /// The same, or nothing: not set.
    OptionalSignal,
    /// Controls and their signals, like `200=USR1`; empty: not set.
    ControlSignals,
    /// The sign that a program is ready, like `notify`; empty: not set.
    Readiness,
    /// Where a probe looks, like `http://127.0.0.1:8080/`; empty: not set.
    Probe,
    /// How delays grow, like `exponential`; empty: not set.
    Backoff,
    /// When it is started, like `Mon..Fri 02:30`; empty: not set.
    Schedule,
    /// Exit statuses from 0 to 255, separated by commas.
    Statuses,
    /// Processors, like `0-3,6`; empty: all.
    Processors,
    /// Linux capabilities, like `net_bind_service`, or `none`; empty: not set.
    Capabilities,
    /// Several texts: an option that may be repeated, a line for each in a form.
    List,
    /// Rules by cause (X84): an option that may be repeated, a line for each in a form.
    Rules,
    /// The name of a policy (X101), or `none`; empty: not set.
    PolicyName,
    /// The targets that a service names for its notices (X86): an option that may be repeated, a
    /// line for each in a form.
    Notify,
    /// A security descriptor; empty: the default.
    Sddl,
    /// Recovery actions in `sc`'s notation (R71).
    Actions,
    /// Seconds, a time with its unit, or INFINITE (R72).
    ResetPeriod,
}

/// A value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nobody has set it.
    Unset,
    /// `yes` or `no`.
    Flag(bool),
    /// A word of a choice.
    Choice(&'static str),
    /// Text, a path, or something in a notation of its own.
    Text(Box<str>),
    /// A number.
    Number(u64),
    /// A number that may be below 0.
    Integer(i32),
    /// The limit of a resource.
    Limit(Limit),
    /// A time, in whole milliseconds.
    Duration(Duration),
    /// Number of a signal.
    Signal(u8),
    /// Exit statuses.
    Statuses(Box<[u8]>),
    /// A set of processors.
    Processors(Affinity),
    /// A set of capabilities.
    Capabilities(Capabilities),
    /// Controls, each with a signal.
    ControlSignals(ControlSignals),
    /// The sign that a program is ready.
    Readiness(Readiness),
    /// How delays grow.
    Backoff(Backoff),
    /// Where a probe looks.
    Probe(Probe),
    /// Several texts.
    List(Box<[Box<str>]>),
}

impl ValueType {
    /// What stands for a value in the help of an option.
    #[must_use]
    pub const fn placeholder(self) -> &'static str {
        match self {
            Self::Text | Self::Lines | Self::List => "TEXT",
            Self::Path => "PATH",
            Self::Flag => "YES|NO",
            Self::Choice(_) | Self::OptionalChoice(_) => "WORD",
            Self::Number(..) | Self::Integer(..) => "NUMBER",
            Self::Size | Self::SizeOrZero => "SIZE",
            Self::Percent(..) => "PERCENT",
            Self::Octal(_) => "MODE",
            Self::Limit(_) => "LIMIT",
            Self::TimeOfDay => "HH:MM",
            Self::QuietHours => "HH:MM-HH:MM",
            Self::Duration | Self::OptionalDuration => "TIME",
            Self::Signal | Self::OptionalSignal => "SIGNAL",
            Self::ControlSignals => "CODE=SIGNAL,…",
            Self::Readiness => "SIGN",
            Self::Probe => "ADDRESS",
            Self::Backoff => "GROWTH",
            Self::Schedule => "WHEN",
            Self::Statuses => "CODES",
            Self::Processors | Self::Capabilities => "LIST",
            Self::Rules => "CAUSE=ACTIONS",
            Self::Notify => "TARGET=NOTICES",
            Self::PolicyName => "NAME",
            Self::Sddl => "SDDL",
            Self::Actions => "ACTIONS",
            Self::ResetPeriod => "TIME|INFINITE",
        }
    }

    /// Its values in words.
    #[must_use]
    pub fn range(self) -> relance_texts::Value {
        let words = match self {
            Self::Text | Self::Lines => setting::RANGE_TEXT,
            Self::Path => setting::RANGE_PATH,
            Self::Flag => setting::RANGE_FLAG,
            Self::Choice(words) | Self::OptionalChoice(words) => return words.to_vec().into(),
            Self::Number(least, most) => return setting::RangeNumbers { least, most }.into(),
            Self::Integer(least, most) => return setting::RangeNumbers { least, most }.into(),
            Self::Size => setting::RANGE_SIZE,
            Self::SizeOrZero => setting::RANGE_SIZE_OR_ZERO,
            Self::Percent(least, most) => return setting::RangePercent { least, most }.into(),
            Self::Octal(most) => {
                let most = format!("{most:o}");
                return setting::RangeOctal { most }.into();
            }
            Self::Limit(unit) => unit.range(),
            Self::TimeOfDay => setting::RANGE_TIME_OF_DAY,
            Self::QuietHours => setting::RANGE_QUIET_HOURS,
            Self::Duration | Self::OptionalDuration => setting::RANGE_TIME,
            Self::Signal | Self::OptionalSignal => setting::RANGE_SIGNAL,
            Self::ControlSignals => setting::RANGE_CONTROLS,
            Self::Readiness => setting::RANGE_READINESS,
            Self::Probe => setting::RANGE_PROBE,
            Self::Backoff => setting::RANGE_BACKOFF,
            Self::Schedule => setting::RANGE_SCHEDULE,
            Self::Statuses => setting::RANGE_STATUSES,
            Self::Processors => setting::RANGE_PROCESSORS,
            Self::Capabilities => setting::RANGE_CAPABILITIES,
            Self::List => setting::RANGE_LIST,
            Self::Sddl => return "SDDL".into(),
            Self::Rules => setting::RANGE_RULES,
            Self::Notify => setting::RANGE_NOTIFY,
            Self::PolicyName => setting::RANGE_POLICY,
            Self::Actions => setting::RANGE_ACTIONS,
            Self::ResetPeriod => setting::RANGE_PERIOD,
        };
        words.into()
    }

    /// Reads a value as people write it; [`Setting::parse`](super::Setting::parse) reads an empty text.
    ///
    /// # Errors
    /// A sentence that says what is expected.
    pub fn parse(self, text: &str) -> Result<Value, Sentence> {
        let trimmed = text.trim();
        match self {
            Self::Text | Self::Lines | Self::Sddl => Ok(Value::Text(text.into())),
            Self::Path => path(trimmed),
            Self::Flag => flag(trimmed),
            Self::Choice(words) | Self::OptionalChoice(words) => choice(words, trimmed),
            Self::Number(least, most) => number(trimmed, least, most),
            Self::Integer(least, most) => integer(trimmed, least, most),
            Self::SizeOrZero if trimmed == "0" => Ok(Value::Number(0)),
            Self::Size | Self::SizeOrZero => size(trimmed),
            Self::Percent(least, most) => {
                number(trimmed.trim_end_matches('%').trim_end(), least, most)
            }
            Self::Octal(most) => octal(trimmed, most),
            Self::Limit(unit) => Limit::parse(trimmed, unit).map(Value::Limit),
            Self::TimeOfDay => time_of_day(trimmed),
            Self::QuietHours => quiet_hours(trimmed),
            Self::Duration | Self::OptionalDuration => time(trimmed),
            Self::Signal | Self::OptionalSignal => signal(trimmed),
            Self::ControlSignals => set(trimmed, Value::ControlSignals),
            Self::Readiness => set(trimmed, Value::Readiness),
            Self::Probe => set(trimmed, Value::Probe),
            Self::Backoff => set(trimmed, Value::Backoff),
            Self::Schedule => schedule(trimmed),
            Self::Statuses => statuses(trimmed),
            Self::Processors => set(trimmed, Value::Processors),
            Self::Capabilities => set(trimmed, Value::Capabilities),
            Self::List => Ok(Value::List(text.lines().map(Into::into).collect())),
            Self::Rules => rules(text.lines()),
            Self::Notify => notify(text.lines()),
            Self::PolicyName => policy_name(trimmed),
            Self::Actions => actions(trimmed),
            Self::ResetPeriod => {
                let period = parse_reset_period(trimmed);
                let period = period.map_err(|error| error.to_sentence())?;
                Ok(Value::Text(period.to_string().into()))
            }
        }
    }
}

/// Rules by cause, each in the form in which they are kept.
///
/// # Errors A sentence that says what is wrong.
pub fn rules<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Value, Sentence> {
    let texts = texts.into_iter().map(str::trim);
    Rules::read(texts.filter(|text| !text.is_empty()))
        .map(|rules| Value::List(rules.texts()))
        .map_err(|error| error.to_sentence())
}

/// The targets that a service names for its notices, each in the form in which it is kept.
///
/// # Errors A sentence that says what is wrong.
pub fn notify<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Value, Sentence> {
    let texts = texts.into_iter().map(str::trim);
    Notify::read(texts.filter(|text| !text.is_empty()))
        .map(|notify| Value::List(notify.texts()))
        .map_err(|error| error.to_sentence())
}

impl Value {
    /// Whether the manager connects to something by it.
    #[must_use]
    pub(crate) const fn connects(&self) -> bool {
        matches!(
            self,
            Self::Readiness(Readiness::Connect(_))
                | Self::Probe(Probe::Connect(_) | Probe::Http { .. })
        )
    }

    /// The value as people write it, so that [`ValueType::parse`] reads it back.
    #[must_use]
    pub fn text(&self, value_type: ValueType) -> String {
        match self {
            Self::Unset => String::new(),
            Self::Flag(set) => if *set { "yes" } else { "no" }.to_owned(),
            Self::Choice(word) => (*word).to_owned(),
            Self::Text(text) if value_type == ValueType::ResetPeriod => {
                let seconds = text.parse().map(Duration::from_secs);
                seconds.map_or_else(|_| text.to_string(), duration::format)
            }
            Self::Text(text) => text.to_string(),
            Self::Number(number) if matches!(value_type, ValueType::Octal(_)) => {
                format!("{number:03o}")
            }
            Self::Number(bytes)
                if matches!(value_type, ValueType::Size | ValueType::SizeOrZero) =>
            {
                size_text(*bytes)
            }
            Self::Number(number) if matches!(value_type, ValueType::Percent(..)) => {
                format!("{number}%")
            }
            Self::Number(number) => number.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Limit(limit) => match value_type {
                ValueType::Limit(unit) => limit.text(unit),
                _ => String::new(),
            },
            Self::Duration(time) => duration::format(*time),
            Self::Signal(number) => {
                signal_name((*number).into()).map_or_else(|| number.to_string(), ToOwned::to_owned)
            }
            Self::Statuses(codes) => {
                let codes: Vec<String> = codes.iter().map(u8::to_string).collect();
                codes.join(",")
            }
            Self::Processors(processors) => processors.to_string(),
            Self::Capabilities(capabilities) => capabilities.to_string(),
            Self::ControlSignals(signals) => signals.to_string(),
            Self::Readiness(sign) => sign.to_string(),
            Self::Probe(probe) => probe.to_string(),
            Self::Backoff(backoff) => backoff.to_string(),
            Self::List(texts) => texts.join("\n"),
        }
    }

    /// Whether it is empty: not set, or an empty list.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Unset => true,
            Self::Statuses(codes) => codes.is_empty(),
            Self::List(texts) => texts.is_empty(),
            _ => false,
        }
    }
}
