//! The texts of a process, as the kernel takes them.

use std::ffi::{CString, NulError, c_char};
use std::ptr;

use super::spec::SpawnSpec;

/// C strings that live until the child has executed.
pub(super) struct Strings {
    pub(super) program: CString,
    pub(super) directory: CString,
    pub(super) argv: Vec<*const c_char>,
    pub(super) envp: Vec<*const c_char>,
    /// What the pointers point into.
    _arguments: Vec<CString>,
    _environment: Vec<CString>,
}

impl Strings {
    pub(super) fn new(spec: &SpawnSpec) -> Result<Self, NulError> {
        let c = |text: &String| CString::new(text.as_str());
        let arguments = spec
            .arguments
            .iter()
            .map(c)
            .collect::<Result<Vec<_>, _>>()?;
        let environment = spec
            .environment
            .iter()
            .map(c)
            .collect::<Result<Vec<_>, _>>()?;
        let pointers = |strings: &[CString]| {
            strings
                .iter()
                .map(|s| s.as_ptr())
                .chain([ptr::null()])
                .collect::<Vec<_>>()
        };
        Ok(Self {
            program: c(&spec.program)?,
            directory: c(&spec.directory)?,
            argv: pointers(&arguments),
            envp: pointers(&environment),
            _arguments: arguments,
            _environment: environment,
        })
    }
}
