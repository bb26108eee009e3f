//! Signatures: one description of a function's parameters, from which come what reflection shows
//! and how the arguments are parsed.

use std::ffi::{CStr, c_void};
use std::ptr::null;

use super::abi::{
    ArgumentInfo, FunctionEntry, Handler, TYPE_ARRAY, TYPE_CALLABLE, TYPE_FALSE, TYPE_INT,
    TYPE_NULL, TYPE_OBJECT, TYPE_STRING, TYPE_TRUE, TYPE_VOID,
};
use super::engine::engine;

/// Most parameters of any function here.
pub(super) const PARAMETERS_LEN_MAX: usize = 4;

/// A function as reflection shows it.
#[derive(Debug)]
pub(crate) struct Signature {
    pub(crate) name: &'static CStr,
    pub(crate) parameters: &'static [Parameter],
    /// `None`: no return type is declared (constructors).
    pub(crate) returns: Option<Type>,
}

/// One parameter.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static CStr,
    pub(crate) kind: ParameterKind,
    /// Its default as source text; `None`: required.
    pub(crate) default: Option<&'static CStr>,
}

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParameterKind {
    String,
    /// Declared as a string, but null is taken too, in strict mode as well (0.2: `$machine`).
    StringOrSilentNull,
    Int,
    Bool,
    Array,
    Callable,
}

/// A declared return type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Void,
    Bool,
    Int,
    NullableInt,
    String,
    NullableString,
    Array,
    Object,
}

impl Parameter {
    /// A parameter that must be given.
    pub(crate) const fn required(name: &'static CStr, kind: ParameterKind) -> Self {
        Self {
            name,
            kind,
            default: None,
        }
    }

    /// A parameter with a default.
    pub(crate) const fn optional(
        name: &'static CStr,
        kind: ParameterKind,
        default: &'static CStr,
    ) -> Self {
        Self {
            name,
            kind,
            default: Some(default),
        }
    }
}

impl ParameterKind {
    const fn type_mask(self) -> u32 {
        match self {
            Self::String | Self::StringOrSilentNull => 1 << TYPE_STRING,
            Self::Int => 1 << TYPE_INT,
            Self::Bool => 1 << TYPE_FALSE | 1 << TYPE_TRUE,
            Self::Array => 1 << TYPE_ARRAY,
            Self::Callable => 1 << TYPE_CALLABLE,
        }
    }

    /// The letters of `zend_parse_parameters`.
    const fn letters(self) -> &'static [u8] {
        match self {
            Self::String => b"s",
            Self::StringOrSilentNull => b"s!",
            Self::Int => b"l",
            Self::Bool => b"b",
            Self::Array => b"h",
            // Whether it can be called is looked at afterwards.
            Self::Callable => b"z",
        }
    }
}

impl Type {
    const fn mask(self) -> u32 {
        match self {
            Self::Void => 1 << TYPE_VOID,
            Self::Bool => 1 << TYPE_FALSE | 1 << TYPE_TRUE,
            Self::Int => 1 << TYPE_INT,
            Self::NullableInt => 1 << TYPE_INT | 1 << TYPE_NULL,
            Self::String => 1 << TYPE_STRING,
            Self::NullableString => 1 << TYPE_STRING | 1 << TYPE_NULL,
            Self::Array => 1 << TYPE_ARRAY,
            Self::Object => 1 << TYPE_OBJECT,
        }
    }
}

/// What `zend_parse_parameters` wants to know, with its final NUL.
pub(super) type ParseSpec = [u8; 2 * PARAMETERS_LEN_MAX + 2];

impl Signature {
    fn required_len(&self) -> usize {
        self.parameters
            .iter()
            .filter(|parameter| parameter.default.is_none())
            .count()
    }

    /// The letters for `zend_parse_parameters`: `s|s!`.
    pub(super) fn parse_spec(&self) -> ParseSpec {
        let mut spec = ParseSpec::default();
        let mut end = 0;
        let mut optional = false;
        for parameter in self.parameters {
            if parameter.default.is_some() && !optional {
                optional = true;
                spec[end] = b'|';
                end += 1;
            }
            for letter in parameter.kind.letters() {
                spec[end] = *letter;
                end += 1;
            }
        }
        spec
    }

    /// The description for reflection; lives as long as PHP.
    fn argument_info(&self) -> &'static [ArgumentInfo] {
        let returned = ArgumentInfo {
            name: std::ptr::without_provenance(self.required_len()),
            type_pointer: null(),
            type_mask: self.returns.map_or(0, Type::mask),
            default: null(),
        };
        let parameters = self.parameters.iter().map(|parameter| ArgumentInfo {
            name: parameter.name.as_ptr(),
            type_pointer: null(),
            type_mask: parameter.kind.type_mask(),
            default: parameter.default.map_or(null(), CStr::as_ptr),
        });
        std::iter::once(returned)
            .chain(parameters)
            .collect::<Vec<_>>()
            .leak()
    }
}

/// A function or method to register.
#[derive(Clone, Copy)]
pub(crate) struct Registration {
    pub(super) signature: &'static Signature,
    pub(super) handler: Handler,
    pub(super) flags: u32,
}

/// The table of functions as this PHP lays it out, ended by an empty row; lives as long as PHP.
pub(super) fn function_table(tables: &[&[Registration]]) -> *const c_void {
    let functions = tables.concat();
    let words_per_row = engine().layout.function_entry_size / size_of::<usize>();
    let table = vec![0_usize; words_per_row * (functions.len() + 1)].leak();
    for (row, function) in table.chunks_exact_mut(words_per_row).zip(&functions) {
        let arguments = function.signature.argument_info();
        let entry = FunctionEntry {
            name: function.signature.name.as_ptr(),
            handler: Some(function.handler),
            arguments: arguments.as_ptr(),
            arguments_len: u32::try_from(arguments.len() - 1)
                .expect("PARAMETERS_LEN_MAX is a small number"),
            flags: function.flags,
        };
        // SAFETY: every row is at least as long as the members that all versions share, and
        // aligned like a pointer.
        unsafe { row.as_mut_ptr().cast::<FunctionEntry>().write(entry) };
    }
    table.as_ptr().cast()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_follow_the_parameters() {
        const SIGNATURE: Signature = Signature {
            name: c"f",
            parameters: &[
                Parameter::required(c"a", ParameterKind::String),
                Parameter::required(c"b", ParameterKind::Array),
                Parameter::optional(c"c", ParameterKind::Bool, c"true"),
                Parameter::optional(c"d", ParameterKind::StringOrSilentNull, c"''"),
            ],
            returns: Some(Type::Void),
        };
        assert!(SIGNATURE.parse_spec().starts_with(b"sh|bs!\0"));
        assert_eq!(SIGNATURE.required_len(), 2);
    }
}
