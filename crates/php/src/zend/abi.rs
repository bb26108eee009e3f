//! Structures of the Zend engine as PHP 8.1 to 8.5 lay them out, as far as we touch them.
//!
//! Facts, taken from PHP's public headers and asserted below. What differs between versions is not
//! here but in `versions`. Names follow the engine's, without `zend_`.

use std::ffi::{c_char, c_int, c_void};
use std::mem::{offset_of, size_of};

/// `HashTable`; only ever reached through the engine's functions.
#[repr(C)]
pub(super) struct HashTable {
    opaque: [u8; 0],
}

/// `zend_class_entry`; reached by the offsets in `versions`, except for the members that have not moved.
#[repr(C)]
pub(super) struct ClassEntry {
    kind: c_char,
    /// The class's name.
    pub(super) name: *mut ZendString,
    parent: *mut ClassEntry,
    refcount: c_int,
    /// `ZEND_ACC_*`
    pub(super) flags: u32,
}

/// `zend_refcounted`: the head of every value that is shared.
#[repr(C)]
pub(super) struct Refcounted {
    /// How many zvals point here.
    pub(super) refcount: u32,
    type_info: u32,
}

/// `zend_string`; the bytes follow.
#[repr(C)]
pub(super) struct ZendString {
    gc: Refcounted,
    hash: u64,
    /// Number of bytes.
    pub(super) length: usize,
    /// First byte.
    pub(super) bytes: [u8; 0],
}

/// What a zval holds; which member counts is said by its type.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) union Payload {
    /// `IS_LONG`
    pub(super) int: i64,
    /// Any type with [`FLAG_REFCOUNTED`].
    pub(super) counted: *mut Refcounted,
    /// `IS_STRING`
    pub(super) string: *mut ZendString,
    /// `IS_ARRAY`
    pub(super) array: *mut HashTable,
    /// `IS_OBJECT`
    pub(super) object: *mut Object,
    /// `IS_REFERENCE`
    pub(super) reference: *mut Reference,
    /// `IS_PTR`, in the list of modules.
    pub(super) module: *mut ModuleEntry,
}

/// `zval`
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Zval {
    /// The value.
    pub(super) payload: Payload,
    /// Type in the low byte, flags above it.
    pub(super) type_info: u32,
    /// Belongs to anyone who holds the zval; in `This` of a call it is the number of arguments.
    pub(super) extra: u32,
}

/// `zend_reference`: a PHP variable that several names share.
#[repr(C)]
pub(super) struct Reference {
    gc: Refcounted,
    /// The shared value.
    pub(super) value: Zval,
}

/// `zend_object`
#[repr(C)]
pub(super) struct Object {
    gc: Refcounted,
    handle: u32,
    extra_flags: u32,
    /// Its class.
    pub(super) class: *mut ClassEntry,
    /// Its `zend_object_handlers`.
    pub(super) handlers: *const c_void,
    properties: *mut HashTable,
    properties_table: [Zval; 1],
}

/// `zend_execute_data`, the frame of a call.
#[repr(C)]
pub(super) struct ExecuteData {
    opline: *const c_void,
    call: *mut ExecuteData,
    return_value: *mut Zval,
    function: *mut c_void,
    /// `$this`, and the number of arguments in its `extra`.
    pub(super) this: Zval,
    previous: *mut ExecuteData,
    symbol_table: *mut HashTable,
    run_time_cache: *mut c_void,
    extra_named_params: *mut HashTable,
}

/// `zend_module_entry`: what `get_module` returns.
#[repr(C)]
pub(super) struct ModuleEntry {
    pub(super) size: u16,
    pub(super) api: u32,
    pub(super) debug: u8,
    pub(super) zts: u8,
    pub(super) ini_entries: *const c_void,
    pub(super) dependencies: *const c_void,
    pub(super) name: *const c_char,
    /// `zend_function_entry[]`, ended by one without a name.
    pub(super) functions: *const c_void,
    pub(super) module_startup: Option<StartStop>,
    pub(super) module_shutdown: Option<StartStop>,
    pub(super) request_startup: Option<StartStop>,
    pub(super) request_shutdown: Option<StartStop>,
    pub(super) info: Option<Info>,
    pub(super) version: *const c_char,
    pub(super) globals_size: usize,
    pub(super) globals: *mut c_void,
    pub(super) globals_constructor: *const c_void,
    pub(super) globals_destructor: *const c_void,
    pub(super) post_deactivate: *const c_void,
    pub(super) module_started: c_int,
    pub(super) kind: u8,
    pub(super) handle: *mut c_void,
    pub(super) module_number: c_int,
    pub(super) build_id: *const c_char,
}

/// Called when the module or a request starts or ends: (type, module number) → [`SUCCESS`] or not.
pub(super) type StartStop = unsafe extern "C-unwind" fn(c_int, c_int) -> c_int;
/// Prints the module's part of `phpinfo()`.
pub(super) type Info = unsafe extern "C-unwind" fn(*mut ModuleEntry);
/// The code of a PHP function.
pub(super) type Handler = unsafe extern "C-unwind" fn(*mut ExecuteData, *mut Zval);

/// `zend_internal_arg_info`; the first of a function describes its return value.
#[repr(C)]
pub(super) struct ArgumentInfo {
    /// The name; in the first, the number of required arguments.
    pub(super) name: *const c_char,
    /// A class; we use none.
    pub(super) type_pointer: *const c_void,
    /// `1 << type` for each type allowed.
    pub(super) type_mask: u32,
    /// Source text of the default, for reflection.
    pub(super) default: *const c_char,
}

/// The members of `zend_function_entry` that all versions share; `versions` knows its full size.
#[repr(C)]
pub(super) struct FunctionEntry {
    pub(super) name: *const c_char,
    pub(super) handler: Option<Handler>,
    pub(super) arguments: *const ArgumentInfo,
    pub(super) arguments_len: u32,
    pub(super) flags: u32,
}

/// `zend_result`
pub(super) const SUCCESS: c_int = 0;

pub(super) const TYPE_NULL: u32 = 1;
pub(super) const TYPE_FALSE: u32 = 2;
pub(super) const TYPE_TRUE: u32 = 3;
pub(super) const TYPE_INT: u32 = 4;
pub(super) const TYPE_FLOAT: u32 = 5;
pub(super) const TYPE_STRING: u32 = 6;
pub(super) const TYPE_ARRAY: u32 = 7;
pub(super) const TYPE_OBJECT: u32 = 8;
pub(super) const TYPE_REFERENCE: u32 = 10;
pub(super) const TYPE_CALLABLE: u32 = 12;
pub(super) const TYPE_VOID: u32 = 14;

const TYPE_MASK: u32 = 0xFF;
/// In `type_info`: the value has a [`Refcounted`] head.
pub(super) const FLAG_REFCOUNTED: u32 = 1 << 8;
/// In `type_info`: the value can be part of a circle.
pub(super) const FLAG_COLLECTABLE: u32 = 1 << 9;

/// `ZEND_ACC_PUBLIC`
pub(super) const ACC_PUBLIC: u32 = 1;
/// `ZEND_ACC_PRIVATE`
pub(super) const ACC_PRIVATE: u32 = 1 << 2;
/// `ZEND_ACC_STATIC`
pub(super) const ACC_STATIC: u32 = 1 << 4;
/// `ZEND_ACC_EXPLICIT_ABSTRACT_CLASS`
pub(super) const ACC_NO_OBJECTS: u32 = 1 << 6;
/// `ZEND_ACC_FINAL`
pub(super) const ACC_FINAL: u32 = 1 << 5;

impl Zval {
    /// `NULL`
    pub(super) const NULL: Self = Self::scalar(TYPE_NULL, 0);

    /// A value without a shared part.
    pub(super) const fn scalar(kind: u32, int: i64) -> Self {
        Self {
            payload: Payload { int },
            type_info: kind,
            extra: 0,
        }
    }

    /// A string that the zval owns.
    pub(super) const fn string(string: *mut ZendString) -> Self {
        Self {
            payload: Payload { string },
            type_info: TYPE_STRING | FLAG_REFCOUNTED,
            extra: 0,
        }
    }

    /// An array that the zval owns.
    pub(super) const fn array(array: *mut HashTable) -> Self {
        Self {
            payload: Payload { array },
            type_info: TYPE_ARRAY | FLAG_REFCOUNTED | FLAG_COLLECTABLE,
            extra: 0,
        }
    }

    /// An object that the zval owns.
    pub(super) const fn object(object: *mut Object) -> Self {
        Self {
            payload: Payload { object },
            type_info: TYPE_OBJECT | FLAG_REFCOUNTED | FLAG_COLLECTABLE,
            extra: 0,
        }
    }

    /// The object that it holds; null if it holds something else.
    pub(super) fn as_object(&self) -> *mut Object {
        if self.kind() == TYPE_OBJECT {
            // SAFETY: the type says which member of the payload counts.
            unsafe { self.payload.object }
        } else {
            std::ptr::null_mut()
        }
    }

    /// The type alone: one of the `TYPE_*`.
    pub(super) const fn kind(&self) -> u32 {
        self.type_info & TYPE_MASK
    }
}

/// The value behind a PHP reference, or the value itself.
///
/// # Safety
/// `zval` points to a live zval.
pub(super) unsafe fn dereference(zval: *mut Zval) -> *mut Zval {
    // SAFETY: the type says which member of the payload counts; a reference holds a live zval.
    unsafe {
        if (*zval).kind() == TYPE_REFERENCE {
            &raw mut (*(*zval).payload.reference).value
        } else {
            zval
        }
    }
}

/// The bytes of an engine's string.
///
/// # Safety
/// `string` points to a `zend_string` that lives and does not change for `'a`.
pub(super) unsafe fn string_bytes<'a>(string: *const ZendString) -> &'a [u8] {
    // SAFETY: a `zend_string` holds `length` bytes after its head.
    unsafe {
        std::slice::from_raw_parts((&raw const (*string).bytes).cast::<u8>(), (*string).length)
    }
}

#[cfg(not(target_pointer_width = "64"))]
compile_error!("the layouts are those of 64-bit PHPs");

// The numbers are those that a C compiler gives for PHP's headers, the same for 8.1 to 8.5.
const _: () = {
    assert!(size_of::<ModuleEntry>() == 168);
    assert!(offset_of!(ModuleEntry, api) == 4);
    assert!(offset_of!(ModuleEntry, debug) == 8);
    assert!(offset_of!(ModuleEntry, zts) == 9);
    assert!(offset_of!(ModuleEntry, name) == 32);
    assert!(offset_of!(ModuleEntry, functions) == 40);
    assert!(offset_of!(ModuleEntry, module_startup) == 48);
    assert!(offset_of!(ModuleEntry, info) == 80);
    assert!(offset_of!(ModuleEntry, version) == 88);
    assert!(offset_of!(ModuleEntry, globals_size) == 96);
    assert!(offset_of!(ModuleEntry, post_deactivate) == 128);
    assert!(offset_of!(ModuleEntry, module_started) == 136);
    assert!(offset_of!(ModuleEntry, kind) == 140);
    assert!(offset_of!(ModuleEntry, handle) == 144);
    assert!(offset_of!(ModuleEntry, module_number) == 152);
    assert!(offset_of!(ModuleEntry, build_id) == 160);
    assert!(size_of::<FunctionEntry>() == 32);
    assert!(offset_of!(FunctionEntry, arguments) == 16);
    assert!(offset_of!(FunctionEntry, arguments_len) == 24);
    assert!(offset_of!(FunctionEntry, flags) == 28);
    assert!(size_of::<ArgumentInfo>() == 32);
    assert!(offset_of!(ArgumentInfo, type_pointer) == 8);
    assert!(offset_of!(ArgumentInfo, type_mask) == 16);
    assert!(offset_of!(ArgumentInfo, default) == 24);
    assert!(offset_of!(ClassEntry, name) == 8);
    assert!(offset_of!(ClassEntry, flags) == 28);
    assert!(size_of::<Zval>() == 16);
    assert!(offset_of!(Zval, type_info) == 8);
    assert!(offset_of!(Zval, extra) == 12);
    assert!(offset_of!(ZendString, length) == 16);
    assert!(offset_of!(ZendString, bytes) == 24);
    assert!(offset_of!(Reference, value) == 8);
    assert!(size_of::<Object>() == 56);
    assert!(offset_of!(Object, class) == 16);
    assert!(offset_of!(Object, handlers) == 24);
    assert!(offset_of!(Object, properties_table) == 40);
    assert!(size_of::<ExecuteData>() == 80);
    assert!(offset_of!(ExecuteData, this) == 32);
};
