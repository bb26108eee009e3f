//! The tables of `phpinfo()` and `php --ri`: text on the command line, HTML elsewhere; PHP decides.
//!
//! Output handlers are user code, so each call may leave by `longjmp`: texts are static or on the
//! caller's stack.

use std::ffi::CStr;

use super::engine::engine;

/// Prints a table; `rows` prints what is in it.
pub(crate) fn table(rows: impl FnOnce()) {
    // SAFETY: PHP asked for our part of `phpinfo()`.
    unsafe { (engine().symbols.php_info_print_table_start)() };
    rows();
    // SAFETY: as above.
    unsafe { (engine().symbols.php_info_print_table_end)() };
}

/// Prints a heading of two columns.
pub(crate) fn header(left: &CStr, right: &CStr) {
    // SAFETY: as many C strings as the first argument says.
    unsafe {
        (engine().symbols.php_info_print_table_header)(2, left.as_ptr(), right.as_ptr());
    }
}

/// Prints a row of two columns.
pub(crate) fn row(left: &CStr, right: &CStr) {
    // SAFETY: as many C strings as the first argument says.
    unsafe { (engine().symbols.php_info_print_table_row)(2, left.as_ptr(), right.as_ptr()) };
}

/// Prints a row of one column.
pub(crate) fn line(text: &CStr) {
    // SAFETY: as many C strings as the first argument says.
    unsafe { (engine().symbols.php_info_print_table_row)(1, text.as_ptr()) };
}
