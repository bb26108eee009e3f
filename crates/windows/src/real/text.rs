//! Strings of Windows: UTF-16, ended by a zero.

use std::ptr::null;

use relance_scm::Win32Error;
use windows_sys::Win32::System::Diagnostics::Debug::{
    FORMAT_MESSAGE_FROM_SYSTEM, FORMAT_MESSAGE_IGNORE_INSERTS, FormatMessageW,
};

use crate::multi_string;

/// A text for a call, ended by a zero. A zero inside ends it early, so texts are checked before.
pub(crate) fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// A text for a call that takes a null pointer for "not given".
pub(crate) struct OptionalWide(Option<Vec<u16>>);

impl OptionalWide {
    pub(crate) fn new(text: Option<&str>) -> Self {
        Self(text.map(wide))
    }

    /// A list, as calls and the registry take it.
    pub(crate) fn list(list: Option<&[String]>) -> Self {
        Self(list.map(multi_string::encode))
    }

    /// Valid as long as the value lives.
    pub(crate) fn pointer(&self) -> *const u16 {
        self.0.as_ref().map_or_else(null, Vec::as_ptr)
    }
}

/// The text behind a pointer; empty where there is none.
///
/// # Safety
/// `text` is null or points to units that end with a zero.
pub(crate) unsafe fn text(text: *const u16) -> String {
    // SAFETY: as this function's.
    unsafe { optional_text(text) }.unwrap_or_default()
}

/// The text behind a pointer.
///
/// # Safety
/// As [`text`].
pub(crate) unsafe fn optional_text(text: *const u16) -> Option<String> {
    if text.is_null() {
        return None;
    }
    let mut length = 0;
    // SAFETY: the units up to the zero are there.
    unsafe {
        while *text.add(length) != 0 {
            length += 1;
        }
        Some(String::from_utf16_lossy(std::slice::from_raw_parts(
            text, length,
        )))
    }
}

/// The list behind a pointer; empty where there is none.
///
/// # Safety
/// `list` is null or points to texts that end with a zero, and the list with one more.
pub(crate) unsafe fn list(list: *const u16) -> Vec<String> {
    let mut texts = Vec::new();
    if list.is_null() {
        return texts;
    }
    let mut at = list;
    // SAFETY: each text ends with a zero, and behind it is another or the last zero.
    unsafe {
        while *at != 0 {
            let one = text(at);
            at = at.add(one.encode_utf16().count() + 1);
            texts.push(one);
        }
    }
    texts
}

/// Windows' own sentence for an error.
pub(super) fn format_message(error: Win32Error) -> Option<String> {
    let mut buffer = [0_u16; 1024];
    let flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;
    let size = u32::try_from(buffer.len()).expect("a small buffer");
    // SAFETY: the buffer has as many units as is said.
    let length = unsafe {
        FormatMessageW(
            flags,
            null(),
            error.to_raw(),
            0,
            buffer.as_mut_ptr(),
            size,
            null(),
        )
    };
    let text = String::from_utf16_lossy(&buffer[..length as usize]);
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
