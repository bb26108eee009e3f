//! Classes: exceptions, and final classes whose objects carry a Rust value out of PHP's sight.

use std::any::Any;
use std::ffi::{CStr, c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::abi::{ACC_FINAL, ACC_PRIVATE, ACC_PUBLIC, ClassEntry, HashTable, Object, Zval};
use super::abi::{TYPE_OBJECT, ZendString};
use super::deliver::throw;
use super::engine::{allocate, engine};
use super::function::{PhpFunction, method};
use super::outbox;
use super::outcome::Failure;
use super::signature::{Registration, function_table};
use super::versions::{CLASS_ENTRY_SIZE_MAX, Layout, OBJECT_HANDLERS_SIZE_MAX};

/// An exception class that extends PHP's `Exception` and adds nothing.
#[derive(Debug)]
pub(crate) struct ExceptionClass {
    name: &'static CStr,
    pub(super) entry: AtomicPtr<ClassEntry>,
}

impl ExceptionClass {
    /// Describes the class; [`register`](Self::register) makes it.
    pub(crate) const fn new(name: &'static CStr) -> Self {
        Self {
            name,
            entry: AtomicPtr::new(null_mut()),
        }
    }

    /// Makes the class. For module startup.
    pub(crate) fn register(&self) {
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

/// A Rust value that objects of a class hold. The class is final, read-only where PHP can say so, and
/// has no properties; objects come from functions that return them, or from `unserialize`.
pub(crate) trait Stored: Any + PartialEq + Sized {
    /// The class.
    fn class() -> &'static StoredClass;

    /// What is thrown when somebody clones an object.
    fn refuse_clone() -> Failure;
}

/// A class of [`Stored`] values.
pub(crate) struct StoredClass {
    name: &'static CStr,
    methods: &'static [Registration],
    entry: AtomicPtr<ClassEntry>,
    /// The table made of `methods`, and the handlers: kept for PHP, which only has their addresses.
    method_table: AtomicPtr<c_void>,
    handlers: AtomicPtr<Handlers>,
}

/// A row for the table of a class's methods.
pub(crate) const fn public_method<F: PhpFunction>() -> Registration {
    method::<F>(ACC_PUBLIC)
}

/// As [`public_method`].
pub(crate) const fn private_method<F: PhpFunction>() -> Registration {
    method::<F>(ACC_PRIVATE)
}

/// A value on its way into a new object.
pub(crate) struct NewObject {
    value: Option<Box<dyn Any>>,
    create: unsafe fn(&mut Option<Box<dyn Any>>) -> *mut Object,
}

impl NewObject {
    /// A new object that will hold `value`.
    pub(crate) fn of<S: Stored>(value: S) -> Self {
        Self {
            value: Some(Box::new(value)),
            create: create_from::<S>,
        }
    }

    /// Makes the object.
    ///
    /// # Safety
    /// May leave by `longjmp`; `self` lies in the outbox.
    pub(super) unsafe fn create(&mut self) -> *mut Object {
        // SAFETY: as this function's.
        unsafe { (self.create)(&mut self.value) }
    }
}

/// A copy of `zend_object_handlers` with ours put in.
#[repr(C, align(8))]
struct Handlers([u8; OBJECT_HANDLERS_SIZE_MAX]);

/// A `zend_class_entry` that is filled before it is registered.
#[repr(C, align(8))]
struct NewClassEntry([u8; CLASS_ENTRY_SIZE_MAX]);

/// An object with what it holds before it; the engine only knows `object`.
#[repr(C)]
struct StoredObject<S> {
    value: Option<Box<S>>,
    object: Object,
}

impl StoredClass {
    /// Describes the class; [`register`](Self::register) makes it.
    pub(crate) const fn new(name: &'static CStr, methods: &'static [Registration]) -> Self {
        Self {
            name,
            methods,
            entry: AtomicPtr::new(null_mut()),
            method_table: AtomicPtr::new(null_mut()),
            handlers: AtomicPtr::new(null_mut()),
        }
    }

    /// Makes the class. For module startup.
    pub(crate) fn register<S: Stored>(&self) {
        let layout = engine().layout;
        let method_table = function_table(self.methods);
        let handlers = Box::into_raw(Box::new(Handlers::of::<S>()));
        self.method_table
            .store(method_table.cast_mut(), Ordering::Release);
        self.handlers.store(handlers, Ordering::Release);
        // SAFETY: the methods' table lives as long as PHP. The entry that comes back is the
        // engine's copy, which no object uses yet; `create_object` and the flags are its members.
        unsafe {
            let entry = register_class(self.name, method_table, null_mut());
            let create: unsafe extern "C-unwind" fn(*mut ClassEntry) -> *mut Object =
                create_object::<S>;
            entry
                .byte_add(layout.class_entry.create_object)
                .cast::<usize>()
                .write(create as usize);
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

const fn object_offset<S>() -> usize {
    std::mem::offset_of!(StoredObject<S>, object)
}

/// The whole of an object that the engine knows by its part.
///
/// # Safety
/// The object is of the class of `S`.
unsafe fn whole<S: Stored>(object: *mut Object) -> *mut StoredObject<S> {
    // SAFETY: objects of this class are made by `create_object`, which allocates the whole.
    unsafe { object.byte_sub(object_offset::<S>()).cast() }
}

/// What `object` holds; `None` if it is of another class or holds nothing yet.
///
/// # Safety
/// `object` is null or a live object, which is not freed and whose value is not replaced during `'a`.
pub(super) unsafe fn value_of<'a, S: Stored>(object: *mut Object) -> Option<&'a S> {
    // SAFETY: the class is final, so its objects are exactly those with its entry.
    unsafe {
        if object.is_null() || (*object).class != S::class().entry.load(Ordering::Acquire) {
            return None;
        }
        (*whole::<S>(object)).value.as_deref()
    }
}

/// Makes `object` hold `value`; does nothing if it is of another class.
///
/// # Safety
/// As [`value_of`], and nobody borrows the value before.
pub(super) unsafe fn replace<S: Stored>(object: *mut Object, value: S) {
    // SAFETY: as in `value_of`.
    unsafe {
        if !object.is_null() && (*object).class == S::class().entry.load(Ordering::Acquire) {
            (*whole::<S>(object)).value = Some(Box::new(value));
        }
    }
}

/// `create_object`: an object that holds nothing yet.
unsafe extern "C-unwind" fn create_object<S: Stored>(class: *mut ClassEntry) -> *mut Object {
    // SAFETY: the memory is large enough for the object and its value; the engine initialises its
    // part. A class without properties needs no more.
    unsafe {
        let whole = allocate(size_of::<StoredObject<S>>()).cast::<StoredObject<S>>();
        (&raw mut (*whole).value).write(None);
        let object = &raw mut (*whole).object;
        (engine().symbols.zend_object_std_init)(object, class);
        (*object).handlers = S::class().handlers.load(Ordering::Acquire).cast();
        object
    }
}

/// An object that takes over the value, which is of type `S`.
unsafe fn create_from<S: Stored>(value: &mut Option<Box<dyn Any>>) -> *mut Object {
    // SAFETY: module startup registered the class. From the object on nothing leaves any more.
    unsafe {
        let object = create_object::<S>(S::class().entry.load(Ordering::Acquire));
        let value = value.take().and_then(|value| value.downcast().ok());
        (*whole::<S>(object)).value = value;
        object
    }
}

/// `free_obj`
unsafe extern "C-unwind" fn free_object<S: Stored>(object: *mut Object) {
    // SAFETY: the engine frees each object once; the memory is the engine's to free.
    unsafe {
        drop((*whole::<S>(object)).value.take());
        (engine().symbols.zend_object_std_dtor)(object);
    }
}

/// `clone_obj`: throws; the engine wants an object even so, and frees it (B56).
unsafe extern "C-unwind" fn clone_object<S: Stored>(object: *mut Object) -> *mut Object {
    // SAFETY: nothing but plain memory and the outbox lives across the engine's functions.
    unsafe {
        let refusal = outbox::keep(|| Err(S::refuse_clone()), crate::failure::internal);
        if let Err(failure) = &*refusal {
            throw(failure);
        }
        outbox::discard(refusal);
        create_object::<S>((*object).class)
    }
}

/// `clone_obj_with`: `clone($object, [...])` of PHP 8.5.
unsafe extern "C-unwind" fn clone_object_with<S: Stored>(
    object: *mut Object,
    _scope: *const ClassEntry,
    _properties: *const HashTable,
) -> *mut Object {
    // SAFETY: the same object.
    unsafe { clone_object::<S>(object) }
}

/// `compare`: objects without properties would all be equal to PHP; these are when their values are.
unsafe extern "C-unwind" fn compare_objects<S: Stored>(a: *mut Zval, b: *mut Zval) -> c_int {
    const EQUAL: c_int = 0;
    const UNCOMPARABLE: c_int = 1;
    // SAFETY: both are live zvals, at least one of them an object of this class.
    unsafe {
        if (*a).kind() != TYPE_OBJECT || (*b).kind() != TYPE_OBJECT {
            return (engine().symbols.zend_std_compare_objects)(a, b);
        }
        let (a, b) = ((*a).payload.object, (*b).payload.object);
        if (*a).class == (*b).class && value_of::<S>(a) == value_of::<S>(b) {
            EQUAL
        } else {
            UNCOMPARABLE
        }
    }
}
