//! A line for PHP's error log.

use std::ffi::{c_char, c_int};
use std::fmt;

use super::engine::engine;

/// `LOG_NOTICE`, which PHP uses for messages of extensions.
const NOTICE: c_int = 5;

const LINE_LEN_MAX: usize = 160;

/// A line, cut at [`LINE_LEN_MAX`] bytes. Plain memory: writing it may leave by `longjmp`.
pub(crate) struct LogLine {
    bytes: [u8; LINE_LEN_MAX + 1],
    len: usize,
}

impl LogLine {
    pub(super) fn new() -> Self {
        Self {
            bytes: [0; LINE_LEN_MAX + 1],
            len: 0,
        }
    }

    /// Writes the line to PHP's error log, unless it is empty.
    ///
    /// # Safety
    /// May leave by `longjmp`: no value with a destructor may be live in the caller's frames.
    pub(super) unsafe fn log(&self) {
        if self.len > 0 {
            let text = self.bytes.as_ptr().cast::<c_char>();
            // SAFETY: the last byte is never written to, so the text ends with NUL.
            unsafe { (engine().symbols.php_log_err_with_severity)(text, NOTICE) };
        }
    }
}

impl fmt::Write for LogLine {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = LINE_LEN_MAX - self.len;
        let taken = &text.as_bytes()[..text.len().min(room)];
        self.bytes[self.len..self.len + taken.len()].copy_from_slice(taken);
        self.len += taken.len();
        Ok(())
    }
}
