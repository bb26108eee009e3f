//! Values of settings as the Rust types that code asks for.

use std::time::Duration;

use super::Value;
use crate::config::{Affinity, Capabilities, ControlSignals, Limit, Probe, Readiness};

/// A Rust type that values of a setting have.
pub trait Typed: Sized {
    /// The value as this type. A value of another type is as good as none.
    fn of(value: &Value) -> Self;
    /// The other way.
    fn into_value(self) -> Value;
}

impl Typed for Option<Box<str>> {
    fn of(value: &Value) -> Self {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Unset, Value::Text)
    }
}

impl Typed for &'static str {
    fn of(value: &Value) -> Self {
        match value {
            Value::Choice(word) => word,
            _ => "",
        }
    }

    fn into_value(self) -> Value {
        Value::Choice(self)
    }
}

impl Typed for bool {
    fn of(value: &Value) -> Self {
        matches!(value, Value::Flag(true))
    }

    fn into_value(self) -> Value {
        Value::Flag(self)
    }
}

impl Typed for Option<Duration> {
    fn of(value: &Value) -> Self {
        match value {
            Value::Duration(time) => Some(*time),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Unset, Value::Duration)
    }
}

impl Typed for Duration {
    fn of(value: &Value) -> Self {
        match value {
            Value::Duration(time) => *time,
            _ => Self::ZERO,
        }
    }

    fn into_value(self) -> Value {
        Value::Duration(self)
    }
}

impl Typed for u8 {
    fn of(value: &Value) -> Self {
        match value {
            Value::Signal(number) => *number,
            _ => 0,
        }
    }

    fn into_value(self) -> Value {
        Value::Signal(self)
    }
}

impl Typed for Option<u8> {
    fn of(value: &Value) -> Self {
        match value {
            Value::Signal(number) => Some(*number),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Unset, Value::Signal)
    }
}

impl Typed for Option<ControlSignals> {
    fn of(value: &Value) -> Self {
        match value {
            Value::ControlSignals(signals) => Some(signals.clone()),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Unset, Value::ControlSignals)
    }
}

impl Typed for Option<Probe> {
    fn of(value: &Value) -> Self {
        match value {
            Value::Probe(probe) => Some(probe.clone()),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Unset, Value::Probe)
    }
}

impl Typed for Option<Readiness> {
    fn of(value: &Value) -> Self {
        match value {
            Value::Readiness(sign) => Some(sign.clone()),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Unset, Value::Readiness)
    }
}

impl Typed for Option<u64> {
    fn of(value: &Value) -> Self {
        match value {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Unset, Value::Number)
    }
}

impl Typed for Option<i32> {
    fn of(value: &Value) -> Self {
        match value {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Unset, Value::Integer)
    }
}

impl Typed for Option<Limit> {
    fn of(value: &Value) -> Self {
        match value {
            Value::Limit(limit) => Some(*limit),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Unset, Value::Limit)
    }
}

impl Typed for Option<&'static str> {
    fn of(value: &Value) -> Self {
        match value {
            Value::Choice(word) => Some(word),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Unset, Value::Choice)
    }
}

impl Typed for Option<Capabilities> {
    fn of(value: &Value) -> Self {
        match value {
            Value::Capabilities(capabilities) => Some(*capabilities),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Unset, Value::Capabilities)
    }
}

impl Typed for Box<[u8]> {
    fn of(value: &Value) -> Self {
        match value {
            Value::Statuses(codes) => codes.clone(),
            _ => Self::default(),
        }
    }

    fn into_value(self) -> Value {
        Value::Statuses(self)
    }
}

impl Typed for Option<Affinity> {
    fn of(value: &Value) -> Self {
        match value {
            Value::Processors(processors) => Some(*processors),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Unset, Value::Processors)
    }
}

impl Typed for Box<[Box<str>]> {
    fn of(value: &Value) -> Self {
        match value {
            Value::List(texts) => texts.clone(),
            _ => Self::default(),
        }
    }

    fn into_value(self) -> Value {
        Value::List(self)
    }
}
