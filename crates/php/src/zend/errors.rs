//! PHP's errors, as they happen.

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::abi::{ZendString, string_bytes};
use super::engine::engine;

/// `E_ERROR`: fatal, what nobody caught included.
pub(crate) const ERROR: i32 = 1;
/// `E_PARSE`
pub(crate) const PARSE: i32 = 4;
/// `E_NOTICE`
pub(super) const NOTICE: i32 = 8;
/// `E_CORE_ERROR`
pub(crate) const CORE_ERROR: i32 = 16;
/// `E_COMPILE_ERROR`
pub(crate) const COMPILE_ERROR: i32 = 64;
/// `E_USER_ERROR`: fatal unless an error handler of the script took it.
pub(crate) const USER_ERROR: i32 = 256;

/// `E_DONT_BAIL`, which PHP adds to the kind of uncaught exceptions.
const DONT_BAIL: i32 = 1 << 15;

/// An error of PHP.
pub(crate) struct PhpError<'a> {
    /// `E_*`
    pub(crate) kind: i32,
    /// As PHP would print it, without the place.
    pub(crate) message: &'a [u8],
    /// File in which it happened.
    pub(crate) file: &'a [u8],
    /// Line, from 1.
    pub(crate) line: u32,
}

/// Calls `notice` with every error, on the thread where it happens, before PHP deals with it. It
/// calls nothing in PHP. For module startup; there is one observer.
pub(super) fn observe<O: Observer>() {
    // SAFETY: PHP keeps the address, and we are never unloaded.
    unsafe { (engine().symbols.zend_observer_error_register)(on_error::<O>) };
}

/// The observer of errors.
pub(crate) trait Observer: 'static {
    /// An error happened.
    fn notice(error: &PhpError<'_>);
}

/// The engine calls this.
pub(super) unsafe extern "C-unwind" fn on_error<O: Observer>(
    kind: c_int,
    file: *mut ZendString,
    line: u32,
    message: *mut ZendString,
) {
    // SAFETY: both strings live for the call; the file's is missing outside any script.
    let bytes = |string: *mut ZendString| unsafe {
        if string.is_null() {
            &b""[..]
        } else {
            string_bytes(string)
        }
    };
    let error = PhpError {
        kind: kind & !DONT_BAIL,
        message: bytes(message),
        file: bytes(file),
        line,
    };
    // PHP has to deal with the error, also if our notice fails.
    let _ = catch_unwind(AssertUnwindSafe(|| O::notice(&error)));
}
