//! Values of settings as the Rust types that code asks for.

use std::time::Duration;

use super::Value;
use crate::config::{
    Affinity, Backoff, Capabilities, ControlSignals, Limit, Probe, Readiness, Rules,
};
use crate::notice::Notify;

/// A Rust type that values of a setting have.
pub trait Typed: Sized {
    /// The value as this type. A value of another type counts as unset.
    fn of(value: &Value) -> Self;
    /// The other way.
    fn into_value(self) -> Value;
}

/// Types whose settings always have a value. One that is unset reads as the default of the type.
macro_rules! always_set {
    ($($variant:ident: $type:ty;)+) => {$(
        impl Typed for $type {
            fn of(value: &Value) -> Self {
                match value {
                    Value::$variant(value) => Clone::clone(value),
                    _ => Self::default(),
                }
            }

            fn into_value(self) -> Value {
                Value::$variant(self)
            }
        }
    )+};
}

/// Types whose settings may be unset.
macro_rules! optional {
    ($($variant:ident: $type:ty;)+) => {$(
        impl Typed for Option<$type> {
            fn of(value: &Value) -> Self {
                match value {
                    Value::$variant(value) => Some(Clone::clone(value)),
                    _ => None,
                }
            }

            fn into_value(self) -> Value {
                self.map_or(Value::Unset, Value::$variant)
            }
        }
    )+};
}

/// Lists of what is written in words of its own. One that cannot be read is left out: it was checked when it was set.
macro_rules! in_words {
    ($($type:ty),+) => {$(
        impl Typed for $type {
            fn of(value: &Value) -> Self {
                match value {
                    Value::List(texts) => {
                        Self(texts.iter().filter_map(|text| text.parse().ok()).collect())
                    }
                    _ => Self::default(),
                }
            }

            fn into_value(self) -> Value {
                Value::List(self.texts())
            }
        }
    )+};
}

in_words!(Rules, Notify);

always_set! {
    Choice: &'static str;
    Flag: bool;
    Duration: Duration;
    Signal: u8;
    Statuses: Box<[u8]>;
    List: Box<[Box<str>]>;
}

optional! {
    Text: Box<str>;
    Choice: &'static str;
    Duration: Duration;
    Signal: u8;
    Number: u64;
    Integer: i32;
    ControlSignals: ControlSignals;
    Backoff: Backoff;
    Probe: Probe;
    Readiness: Readiness;
    Limit: Limit;
    Capabilities: Capabilities;
    Processors: Affinity;
}
