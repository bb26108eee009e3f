//! Global constants.

use std::ffi::{CStr, c_int};

use super::engine::engine;

/// `CONST_PERSISTENT`: the constant outlives requests. Case-sensitive is the absence of a flag.
const PERSISTENT: c_int = 1;

/// Number by which PHP knows the module that starts.
#[derive(Clone, Copy)]
pub(super) struct ModuleNumber(pub(super) c_int);

/// The value of a constant.
pub(crate) enum Constant {
    /// An int.
    Int(i64),
    /// A string.
    Text(&'static CStr),
}

/// Registers a constant. For module startup.
pub(super) fn register(module: ModuleNumber, name: &CStr, value: &Constant) {
    match value {
        Constant::Int(value) => register_int(module, name, *value),
        Constant::Text(value) => register_string(module, name, value),
    }
}

fn register_int(module: ModuleNumber, name: &CStr, value: i64) {
    // SAFETY: the name is given with its length; PHP copies it.
    unsafe {
        (engine().symbols.zend_register_long_constant)(
            name.as_ptr(),
            name.count_bytes(),
            value,
            PERSISTENT,
            module.0,
        );
    }
}

fn register_string(module: ModuleNumber, name: &CStr, value: &CStr) {
    // SAFETY: name and value are given with their lengths; PHP copies both.
    unsafe {
        (engine().symbols.zend_register_stringl_constant)(
            name.as_ptr(),
            name.count_bytes(),
            value.as_ptr(),
            value.count_bytes(),
            PERSISTENT,
            module.0,
        );
    }
}
