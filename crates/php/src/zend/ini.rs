//! Settings of php.ini.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::{offset_of, size_of};
use std::ptr::null;

use super::constant::ModuleNumber;
use super::engine::engine;

/// `ZEND_INI_ALL`: may be set anywhere, by the script too.
const ANYWHERE: u8 = 1 | 2 | 4;

/// A setting that is on or off.
pub(crate) struct Switch {
    /// Its name.
    pub(crate) name: &'static CStr,
    /// As php.ini would have it: `0` or `1`.
    pub(crate) default: &'static CStr,
}

/// `zend_ini_entry_def`
#[repr(C)]
struct Definition {
    name: *const c_char,
    on_modify: *const c_void,
    arguments: [*const c_void; 3],
    value: *const c_char,
    displayer: *const c_void,
    value_length: u32,
    name_length: u16,
    modifiable: u8,
}

impl Switch {
    /// Makes PHP know the setting. For module startup.
    pub(super) fn register(&self, module: ModuleNumber) {
        let row = |name: &CStr, value: &CStr, modifiable| Definition {
            name: name.as_ptr(),
            on_modify: null(),
            arguments: [null(); 3],
            value: value.as_ptr(),
            displayer: null(),
            value_length: u32::try_from(value.count_bytes()).expect("a short value"),
            name_length: u16::try_from(name.count_bytes()).expect("a short name"),
            modifiable,
        };
        let end = Definition {
            name: null(),
            ..row(c"", c"", 0)
        };
        let rows = [row(self.name, self.default, ANYWHERE), end];
        // SAFETY: a table that ends with a row without a name; PHP copies it.
        unsafe { (engine().symbols.zend_register_ini_entries)(rows.as_ptr().cast(), module.0) };
    }

    /// Whether it is on at the moment.
    pub(crate) fn is_on(&self) -> bool {
        is_true(self.value())
    }

    /// What it is set to at the moment.
    pub(crate) fn value(&self) -> &[u8] {
        const NOW: c_int = 0;
        // SAFETY: the name is given with its length; the text lives until the setting changes, and callers do
        // not keep it that long.
        let value = unsafe {
            let text = (engine().symbols.zend_ini_string)(
                self.name.as_ptr(),
                self.name.count_bytes(),
                NOW,
            );
            if text.is_null() {
                return b"";
            }
            CStr::from_ptr(text)
        };
        value.to_bytes()
    }
}

/// Forgets the settings of the module. For module shutdown.
pub(super) fn unregister(module: c_int) {
    // SAFETY: a plain number.
    unsafe { (engine().symbols.zend_unregister_ini_entries)(module) };
}

/// What PHP takes for on: `1` and other numbers, `on`, `yes`, `true`.
fn is_true(value: &[u8]) -> bool {
    let words: [&[u8]; 3] = [b"on", b"yes", b"true"];
    words.iter().any(|word| word.eq_ignore_ascii_case(value))
        || std::str::from_utf8(value)
            .is_ok_and(|text| text.trim().parse::<i64>().is_ok_and(|number| number != 0))
}

const _: () = {
    assert!(size_of::<Definition>() == 64);
    assert!(offset_of!(Definition, value) == 40);
    assert!(offset_of!(Definition, value_length) == 56);
    assert!(offset_of!(Definition, name_length) == 60);
    assert!(offset_of!(Definition, modifiable) == 62);
};

#[cfg(test)]
mod tests {
    use super::is_true;

    #[test]
    fn what_is_on() {
        for on in ["1", "on", "On", "YES", "true", "2", "-1"] {
            assert!(is_true(on.as_bytes()), "{on}");
        }
        for off in ["", "0", "off", "no", "false", "none"] {
            assert!(!is_true(off.as_bytes()), "{off}");
        }
    }
}
