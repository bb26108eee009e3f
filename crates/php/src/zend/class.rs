//! Classes: exceptions, and final classes whose objects carry a Rust value ([`super::object`]).
//!
//! `zend_class_entry` and `zend_object_handlers` differ between versions, so both are filled by the
//! offsets of `versions`.

use std::ffi::{CStr, c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::abi::{
    ACC_FINAL, ACC_NO_OBJECTS, ACC_PRIVATE, ACC_PUBLIC, ClassEntry, HashTable, Object, ZendString,
    Zval,
};
use super::engine::engine;
use super::function::{PhpFunction, method};
use super::object::{
    Stored, clone_object, clone_object_with, compare_objects, create_object, free_object,
    object_offset,
};
use super::signature::{Registration, function_table};
use super::versions::{CLASS_ENTRY_SIZE_MAX, Layout, OBJECT_HANDLERS_SIZE_MAX};

/// A class that PHP is to know.
pub(crate) trait Class: Sync {
    /// Makes the class. For module startup.
    fn register(&self);
}

/// An exception class that extends PHP's `Exception` and adds nothing.
#[derive(Debug)]
pub(crate) struct ExceptionClass {
    name: &'static CStr,
    pub(super) entry: AtomicPtr<ClassEntry>,
}

impl ExceptionClass {
    /// Describes the class; [`register`](Class::register) makes it.
    pub(crate) const fn new(name: &'static CStr) -> Self {
        Self {
            name,
            entry: AtomicPtr::new(null_mut()),
        }
    }
}

impl Class for ExceptionClass {
    fn register(&self) {
        // SAFETY: PHP's own exception class exists before any module starts.
        let entry = unsafe {
            register_class(
                self.name,
                std::ptr::null(),
                *engine().symbols.zend_ce_exception,
            )
        };
        self.entry.store(entry, Ordering::Release);
    }
}

/// The member `create_object` of a `zend_class_entry`.
type CreateObject = unsafe extern "C-unwind" fn(*mut ClassEntry) -> *mut Object;

/// A class of [`Stored`] values.
pub(crate) struct StoredClass {
    name: &'static CStr,
    methods: &'static [Registration],
    /// `create_object` and the handlers for the values of the class.
    create: CreateObject,
    make_handlers: fn() -> Handlers,
    entry: AtomicPtr<ClassEntry>,
    /// The table made of `methods`, and the handlers: kept for PHP, which only has their addresses.
    method_table: AtomicPtr<c_void>,
    handlers: AtomicPtr<Handlers>,
}

/// A final class of static methods, without objects.
pub(crate) struct MethodsClass {
    name: &'static CStr,
    methods: &'static [Registration],
    /// The table made of `methods`: kept for PHP, which only has its address.
    method_table: AtomicPtr<c_void>,
}

impl MethodsClass {
    /// Describes the class; [`register`](Class::register) makes it.
    pub(crate) const fn new(name: &'static CStr, methods: &'static [Registration]) -> Self {
        Self {
            name,
            methods,
            method_table: AtomicPtr::new(null_mut()),
        }
    }
}

impl Class for MethodsClass {
    fn register(&self) {
        let method_table = function_table(&[self.methods]);
        self.method_table
            .store(method_table.cast_mut(), Ordering::Release);
        // SAFETY: the methods' table lives as long as PHP; the flags are those of its own copy of the
        // entry. Abstract, so that nobody makes an object of it.
        unsafe {
            let entry = register_class(self.name, method_table, null_mut());
            (*entry).flags |= ACC_FINAL | ACC_NO_OBJECTS;
        }
    }
}

/// A row for the table of a class's methods.
pub(crate) const fn public_method<F: PhpFunction>() -> Registration {
    method::<F>(ACC_PUBLIC)
}

/// As [`public_method`].
pub(crate) const fn private_method<F: PhpFunction>() -> Registration {
    method::<F>(ACC_PRIVATE)
}

/// A copy of `zend_object_handlers` with ours put in.
#[repr(C, align(8))]
struct Handlers([u8; OBJECT_HANDLERS_SIZE_MAX]);

/// A `zend_class_entry` that is filled before it is registered.
#[repr(C, align(8))]
struct NewClassEntry([u8; CLASS_ENTRY_SIZE_MAX]);

impl StoredClass {
    /// Describes the class; [`register`](Class::register) makes it.
    pub(crate) const fn of<S: Stored>(
        name: &'static CStr,
        methods: &'static [Registration],
    ) -> Self {
        Self {
            name,
            methods,
            create: create_object::<S>,
            make_handlers: Handlers::of::<S>,
            entry: AtomicPtr::new(null_mut()),
            method_table: AtomicPtr::new(null_mut()),
            handlers: AtomicPtr::new(null_mut()),
        }
    }

    /// Its entry; null before module startup.
    pub(super) fn entry(&self) -> *mut ClassEntry {
        self.entry.load(Ordering::Acquire)
    }

    /// The `zend_object_handlers` of its objects.
    pub(super) fn handlers(&self) -> *const c_void {
        self.handlers.load(Ordering::Acquire).cast()
    }
}

impl Class for StoredClass {
    fn register(&self) {
        let layout = engine().layout;
        let method_table = function_table(&[self.methods]);
        let handlers = Box::into_raw(Box::new((self.make_handlers)()));
        self.method_table
            .store(method_table.cast_mut(), Ordering::Release);
        self.handlers.store(handlers, Ordering::Release);
        // SAFETY: the methods' table lives as long as PHP. The entry that comes back is the
        // engine's copy, which no object uses yet; `create_object` and the flags are its members.
        unsafe {
            let entry = register_class(self.name, method_table, null_mut());
            entry
                .byte_add(layout.class_entry.create_object)
                .cast::<CreateObject>()
                .write(self.create);
            (*entry).flags |= ACC_FINAL | layout.readonly_class;
            self.entry.store(entry, Ordering::Release);
        }
    }
}

impl Handlers {
    /// PHP's standard handlers with those for objects that hold an `S`.
    fn of<S: Stored>() -> Self {
        let Layout {
            object_handlers: places,
            ..
        } = engine().layout;
        let mut handlers = Self([0; OBJECT_HANDLERS_SIZE_MAX]);
        // SAFETY: `places.size` is the size of the engine's structure, and not more than ours.
        unsafe {
            std::ptr::copy_nonoverlapping(
                engine().symbols.std_object_handlers.cast::<u8>(),
                handlers.0.as_mut_ptr(),
                places.size,
            );
        }
        let free: unsafe extern "C-unwind" fn(*mut Object) = free_object::<S>;
        let clone: unsafe extern "C-unwind" fn(*mut Object) -> *mut Object = clone_object::<S>;
        let clone_with: unsafe extern "C-unwind" fn(
            *mut Object,
            *const ClassEntry,
            *const HashTable,
        ) -> *mut Object = clone_object_with::<S>;
        let compare: unsafe extern "C-unwind" fn(*mut Zval, *mut Zval) -> c_int =
            compare_objects::<S>;
        let offset = u32::try_from(object_offset::<S>()).expect("one pointer");
        handlers.0[..4].copy_from_slice(&offset.to_ne_bytes());
        handlers.put(8, free as usize);
        handlers.put(24, clone as usize);
        handlers.put(places.compare, compare as usize);
        if let Some(place) = places.clone_with {
            handlers.put(place, clone_with as usize);
        }
        handlers
    }

    fn put(&mut self, offset: usize, function: usize) {
        self.0[offset..offset + size_of::<usize>()].copy_from_slice(&function.to_ne_bytes());
    }
}

/// Fills a `zend_class_entry` and registers it.
unsafe fn register_class(
    name: &CStr,
    methods: *const c_void,
    parent: *mut ClassEntry,
) -> *mut ClassEntry {
    let (symbols, layout) = (&engine().symbols, engine().layout);
    let mut entry = NewClassEntry([0; CLASS_ENTRY_SIZE_MAX]);
    let entry = (&raw mut entry).cast::<ClassEntry>();
    // SAFETY: the offsets are this PHP's, and it copies the entry. The name is made for ever, as
    // classes of modules are.
    unsafe {
        let name: *mut ZendString =
            (*symbols.zend_string_init_interned)(name.as_ptr(), name.count_bytes(), true);
        (*entry).name = name;
        entry
            .byte_add(layout.class_entry.builtin_functions)
            .cast::<*const c_void>()
            .write(methods);
        if let Some(offset) = layout.class_entry.default_object_handlers {
            entry
                .byte_add(offset)
                .cast::<*const c_void>()
                .write(symbols.std_object_handlers);
        }
        (symbols.zend_register_internal_class_ex)(entry, parent)
    }
}
