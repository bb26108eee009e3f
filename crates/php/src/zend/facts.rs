//! What PHP says of itself.

use std::ffi::{CStr, c_int, c_void};

use super::abi::{TYPE_STRING, string_bytes};
use super::engine::engine;
use super::symbols::address_of;

/// Name of the SAPI: `cli`, `fpm-fcgi`, ...
pub(crate) fn sapi_name() -> &'static CStr {
    // SAFETY: PHP sets the name before it loads extensions and never changes it.
    unsafe { CStr::from_ptr(*engine().symbols.sapi_module) }
}

/// The status that the process is about to end with, as `exit` or an error has set it. 0 where this PHP keeps it
/// elsewhere than the table says.
pub(crate) fn exit_status() -> i32 {
    let Some(globals) = executor_globals() else {
        return 0;
    };
    // SAFETY: the table has the place of this number in the globals of this PHP, which live as long as it.
    unsafe {
        globals
            .byte_add(engine().layout.exit_status)
            .cast::<c_int>()
            .read()
    }
}

/// `executor_globals`: one variable, or one for each thread in a thread-safe build.
fn executor_globals() -> Option<*const c_void> {
    type Cache = unsafe extern "C-unwind" fn() -> *const c_void;
    let single = address_of(c"executor_globals");
    if !single.is_null() {
        return Some(single.cast_const());
    }
    let offset: *const usize = address_of(c"executor_globals_offset").cast();
    let cache = address_of(c"tsrm_get_ls_cache");
    if offset.is_null() || cache.is_null() {
        return None;
    }
    // SAFETY: these are the declarations of both in PHP's headers; the globals of this thread are that far in.
    unsafe {
        let cache = std::mem::transmute::<*mut c_void, Cache>(cache)();
        (!cache.is_null()).then(|| cache.byte_add(*offset))
    }
}

/// The path of the PHP that runs, as the constant `PHP_BINARY` has it; `None` if PHP does not know.
pub(crate) fn php_binary() -> Option<String> {
    const NAME: &CStr = c"PHP_BINARY";
    // SAFETY: looks a constant up, which neither calls user code nor bails out; the constant's
    // string lives as long as PHP.
    let bytes = unsafe {
        let zval =
            (engine().symbols.zend_get_constant_str)(NAME.as_ptr(), NAME.count_bytes()).as_ref()?;
        if zval.kind() != TYPE_STRING {
            return None;
        }
        string_bytes(zval.payload.string)
    };
    let path = std::str::from_utf8(bytes).ok()?;
    (!path.is_empty()).then(|| path.to_owned())
}
