//! The texts of a process, as the kernel takes them.

use std::ffi::{CString, c_char};

use super::spec::{SpawnError, SpawnSpec};

/// What the kernel is given of a plan; the pointers go into the plan's own texts.
pub(super) struct Strings {
    pub(super) program: CString,
    pub(super) directory: CString,
    pub(super) argv: Vec<*const c_char>,
    pub(super) envp: Vec<*const c_char>,
}

impl Strings {
    pub(super) fn new(spec: &SpawnSpec) -> Result<Self, SpawnError> {
        Ok(Self {
            program: CString::new(spec.program.as_str())?,
            directory: CString::new(spec.directory.as_str())?,
            argv: spec.arguments.pointers().ok_or(SpawnError::NUL)?,
            envp: spec.environment.pointers().ok_or(SpawnError::NUL)?,
        })
    }
}
