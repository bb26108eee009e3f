//! The functions and variables of the engine that we use, looked up when the extension is loaded.
//!
//! Looked up and not linked, so that one file serves every PHP: a symbol that a build lacks becomes
//! a clear message instead of a loader error, and the unit tests need no PHP. None of these has
//! another signature in a debug or thread-safe build, but `_emalloc` (see `object::allocate`).
//!
//! All are `C-unwind`: most of them can leave by `longjmp` (a "bailout": memory limit, time limit,
//! `exit` in an error handler), which crosses our frames.

use std::ffi::{CStr, c_char, c_int, c_void};

use super::abi::{ClassEntry, HashTable, Object, ZendString, Zval};

macro_rules! symbols {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)+) => {
        /// Addresses in the running PHP.
        pub(super) struct Symbols {
            $($(#[$doc])* pub(super) $name: $type,)+
        }

        impl Symbols {
            /// Looks all of them up; `Err` is the first name that this PHP lacks.
            #[allow(
                clippy::transmute_ptr_to_ptr,
                reason = "addresses become functions and variables alike"
            )]
            pub(super) fn find() -> Result<Self, &'static CStr> {
                Ok(Self {
                    $($name: {
                        const NAME: &CStr = match CStr::from_bytes_with_nul(
                            concat!(stringify!($name), "\0").as_bytes(),
                        ) {
                            Ok(name) => name,
                            Err(_) => panic!("a name without NUL"),
                        };
                        let address = address_of(NAME);
                        if address.is_null() {
                            return Err(NAME);
                        }
                        // SAFETY: the type is the declaration of this symbol in PHP's headers, the
                        // same from 8.1 to 8.5; pointers of all kinds have one size here.
                        unsafe { std::mem::transmute::<*mut c_void, $type>(address) }
                    },)+
                })
            }
        }
    };
}

symbols! {
    /// The modules that PHP has, by lower-case name.
    module_registry: *mut HashTable;
    /// `sapi_module.name`, the first member.
    sapi_module: *const *const c_char;
    std_object_handlers: *const c_void;
    zend_ce_exception: *const *mut ClassEntry;
    zend_ce_stringable: *const *mut ClassEntry;
    /// A variable that holds a function: makes a string that lives as long as PHP.
    zend_string_init_interned:
        *const unsafe extern "C-unwind" fn(*const c_char, usize, bool) -> *mut ZendString;

    /// Its signature depends on the build: `object::allocate`.
    _emalloc: *const c_void;
    zval_ptr_dtor: unsafe extern "C-unwind" fn(*mut Zval);
    /// The one way to a new string that has the same signature in debug builds.
    zend_string_concat2:
        unsafe extern "C-unwind" fn(*const c_char, usize, *const c_char, usize) -> *mut ZendString;
    _zend_new_array: unsafe extern "C-unwind" fn(u32) -> *mut HashTable;

    zend_parse_parameters: unsafe extern "C-unwind" fn(u32, *const c_char, ...) -> c_int;
    _try_convert_to_string: unsafe extern "C-unwind" fn(*mut Zval) -> bool;
    zval_get_long_func: unsafe extern "C-unwind" fn(*mut Zval, bool) -> i64;
    /// An `int` until 8.2, a `bool` since; the low byte is right for both.
    zend_is_true: unsafe extern "C-unwind" fn(*mut Zval) -> u8;
    zend_class_implements_interface:
        unsafe extern "C-unwind" fn(*const ClassEntry, *const ClassEntry) -> bool;

    zend_is_callable: unsafe extern "C-unwind" fn(*mut Zval, u32, *mut *mut ZendString) -> bool;
    _call_user_function_impl:
        unsafe extern "C-unwind" fn(*mut Zval, *mut Zval, *mut Zval, u32, *mut Zval, *mut HashTable) -> c_int;

    zend_hash_str_find: unsafe extern "C-unwind" fn(*const HashTable, *const c_char, usize) -> *mut Zval;
    zend_hash_internal_pointer_reset_ex: unsafe extern "C-unwind" fn(*mut HashTable, *mut u32);
    zend_hash_get_current_data_ex: unsafe extern "C-unwind" fn(*mut HashTable, *mut u32) -> *mut Zval;
    zend_hash_get_current_key_zval_ex: unsafe extern "C-unwind" fn(*const HashTable, *mut Zval, *const u32);
    zend_hash_move_forward_ex: unsafe extern "C-unwind" fn(*mut HashTable, *mut u32) -> c_int;
    zend_hash_next_index_insert: unsafe extern "C-unwind" fn(*mut HashTable, *mut Zval) -> *mut Zval;
    zend_hash_index_update: unsafe extern "C-unwind" fn(*mut HashTable, u64, *mut Zval) -> *mut Zval;
    add_assoc_zval_ex: unsafe extern "C-unwind" fn(*mut Zval, *const c_char, usize, *mut Zval);

    zend_throw_exception: unsafe extern "C-unwind" fn(*mut ClassEntry, *const c_char, i64) -> *mut Object;
    zend_argument_value_error: unsafe extern "C-unwind" fn(u32, *const c_char, ...);
    zend_argument_type_error: unsafe extern "C-unwind" fn(u32, *const c_char, ...);
    php_error_docref: unsafe extern "C-unwind" fn(*const c_char, c_int, *const c_char, ...);
    zend_value_error: unsafe extern "C-unwind" fn(*const c_char, ...);

    zend_register_internal_class_ex:
        unsafe extern "C-unwind" fn(*mut ClassEntry, *mut ClassEntry) -> *mut ClassEntry;
    zend_object_std_init: unsafe extern "C-unwind" fn(*mut Object, *mut ClassEntry);
    zend_object_std_dtor: unsafe extern "C-unwind" fn(*mut Object);
    zend_std_compare_objects: unsafe extern "C-unwind" fn(*mut Zval, *mut Zval) -> c_int;

    /// Returns nothing until 8.4.
    zend_register_long_constant: unsafe extern "C-unwind" fn(*const c_char, usize, i64, c_int, c_int);
    /// Returns nothing until 8.4.
    zend_register_stringl_constant:
        unsafe extern "C-unwind" fn(*const c_char, usize, *const c_char, usize, c_int, c_int);
    zend_get_constant_str: unsafe extern "C-unwind" fn(*const c_char, usize) -> *mut Zval;

    zend_register_ini_entries: unsafe extern "C-unwind" fn(*const c_void, c_int) -> c_int;
    zend_unregister_ini_entries: unsafe extern "C-unwind" fn(c_int);
    zend_ini_string: unsafe extern "C-unwind" fn(*const c_char, usize, c_int) -> *const c_char;
    zend_observer_error_register:
        unsafe extern "C-unwind" fn(unsafe extern "C-unwind" fn(c_int, *mut ZendString, u32, *mut ZendString));

    php_info_print_table_start: unsafe extern "C-unwind" fn();
    php_info_print_table_header: unsafe extern "C-unwind" fn(c_int, ...);
    php_info_print_table_row: unsafe extern "C-unwind" fn(c_int, ...);
    php_info_print_table_end: unsafe extern "C-unwind" fn();
    php_log_err_with_severity: unsafe extern "C-unwind" fn(*const c_char, c_int);
}

/// The address of a symbol of the PHP that loaded us; null if there is none.
#[cfg(windows)]
pub(super) fn address_of(name: &CStr) -> *mut c_void {
    relance_windows::exports::address_of(name)
}

/// The address of a symbol in the process that loaded us; null if there is none.
#[cfg(unix)]
pub(super) fn address_of(name: &CStr) -> *mut c_void {
    // SAFETY: plain look-up by a name that ends with NUL.
    unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) }
}
