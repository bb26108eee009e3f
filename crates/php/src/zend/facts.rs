//! What PHP says of itself.

use std::ffi::CStr;

use super::abi::{TYPE_STRING, string_bytes};
use super::engine::engine;

/// Name of the SAPI: `cli`, `fpm-fcgi`, ...
pub(crate) fn sapi_name() -> &'static CStr {
    // SAFETY: PHP sets the name before it loads extensions and never changes it.
    unsafe { CStr::from_ptr(*engine().symbols.sapi_module) }
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
