//! The result of a PHP function: a value, or something to throw. Built by safe code, handed to the engine by
//! `deliver`.

use std::ffi::CString;

use super::class::ExceptionClass;
use super::object::NewObject;

/// The result of a PHP function.
pub(crate) type PhpResult = Result<Value, Throwable>;

/// A value for PHP.
pub(crate) enum Value {
    Null,
    /// Null, after notices (`E_NOTICE`) that begin with the name of the function.
    Noticed(Vec<CString>),
    Bool(bool),
    Int(i64),
    /// A string; PHP's need not be UTF-8.
    Bytes(Box<[u8]>),
    /// An array with keys 0, 1, 2, ...
    List(Vec<Value>),
    /// An array with these keys.
    Map(Vec<(Key, Value)>),
    /// A new object that holds a value.
    Object(NewObject),
}

impl Value {
    /// A string of bytes.
    pub(crate) fn bytes(bytes: impl Into<Box<[u8]>>) -> Self {
        Self::Bytes(bytes.into())
    }

    /// Null, and these notices if there are any.
    pub(crate) fn noticed(texts: impl IntoIterator<Item = String>) -> Self {
        Self::Noticed(texts.into_iter().map(|text| c_text(&text)).collect())
    }

    /// A string of bytes, or null.
    pub(crate) fn optional_bytes(bytes: Option<Box<[u8]>>) -> Self {
        bytes.map_or(Self::Null, Self::Bytes)
    }
}

/// A key of an array. As in PHP, a name of digits becomes an index.
pub(crate) enum Key {
    Index(i64),
    Name(Box<str>),
}

/// What to throw.
#[derive(Debug)]
pub(crate) enum Throwable {
    /// An exception of one of our classes.
    Exception {
        class: &'static ExceptionClass,
        message: CString,
        code: i64,
        /// Message of the exception that `getPrevious()` gives; same class and code.
        previous: Option<CString>,
    },
    /// A `ValueError` that begins with `FUNCTION(): Argument #N ($name) `.
    ArgumentValue { number: u32, message: CString },
    /// A `TypeError` that begins with `FUNCTION(): Argument #N ($name) `.
    ArgumentType { number: u32, message: CString },
    /// A `ValueError` with this text alone.
    Value { message: CString },
}

impl Throwable {
    /// An exception of one of our classes.
    pub(crate) fn exception(class: &'static ExceptionClass, code: i64, message: &str) -> Self {
        Self::Exception {
            class,
            message: c_text(message),
            code,
            previous: None,
        }
    }

    /// The same with the message of a previous exception, if this is an exception of ours.
    pub(crate) fn with_previous(mut self, text: &str) -> Self {
        if let Self::Exception { previous, .. } = &mut self {
            *previous = Some(c_text(text));
        }
        self
    }

    /// A `ValueError` about argument `number`, counted from 1.
    pub(crate) fn argument_value(number: u32, message: &str) -> Self {
        Self::ArgumentValue {
            number,
            message: c_text(message),
        }
    }

    /// A `TypeError` about argument `number`, counted from 1.
    pub(crate) fn argument_type(number: u32, message: &str) -> Self {
        Self::ArgumentType {
            number,
            message: c_text(message),
        }
    }

    /// A `ValueError` with this text alone.
    pub(crate) fn value(message: &str) -> Self {
        Self::Value {
            message: c_text(message),
        }
    }
}

/// The engine takes messages as C strings: cut at a NUL, as PHP's own messages are.
fn c_text(text: &str) -> CString {
    let until_nul = text.split('\0').next().unwrap_or_default();
    CString::new(until_nul).unwrap_or_default()
}

impl From<Value> for PhpResult {
    fn from(value: Value) -> Self {
        Ok(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Bytes(text.as_bytes().into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Bytes(text.into_bytes().into())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<&str> for Key {
    fn from(name: &str) -> Self {
        Self::Name(name.into())
    }
}
