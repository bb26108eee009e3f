//! Objects that carry a Rust value out of PHP's sight: how they are made, freed, cloned (never) and
//! compared.

use std::any::Any;
use std::ffi::{c_char, c_int, c_void};

use super::abi::{ClassEntry, HashTable, Object, TYPE_OBJECT, Zval};
use super::class::StoredClass;
use super::deliver::throw;
use super::engine::engine;
use super::outbox;
use super::outcome::Throwable;

/// A Rust value that objects of a class hold. The class is final, read-only where PHP can say so, and
/// has no properties; objects come from functions that return them, or from `unserialize`.
pub(crate) trait Stored: Any + PartialEq + Sized {
    /// The class.
    fn class() -> &'static StoredClass;

    /// What is thrown when somebody clones an object.
    fn refuse_clone() -> Throwable;
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

/// An object with what it holds before it; the engine only knows `object`.
#[repr(C)]
struct StoredObject<S> {
    value: Option<Box<S>>,
    object: Object,
}

pub(super) const fn object_offset<S>() -> usize {
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
        if object.is_null() || (*object).class != S::class().entry() {
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
        if !object.is_null() && (*object).class == S::class().entry() {
            (*whole::<S>(object)).value = Some(Box::new(value));
        }
    }
}

/// `create_object`: an object that holds nothing yet.
pub(super) unsafe extern "C-unwind" fn create_object<S: Stored>(
    class: *mut ClassEntry,
) -> *mut Object {
    // SAFETY: the memory is large enough for the object and its value; the engine initialises its
    // part. A class without properties needs no more.
    unsafe {
        let whole = allocate(size_of::<StoredObject<S>>()).cast::<StoredObject<S>>();
        (&raw mut (*whole).value).write(None);
        let object = &raw mut (*whole).object;
        (engine().symbols.zend_object_std_init)(object, class);
        (*object).handlers = S::class().handlers();
        object
    }
}

/// An object that takes over the value, which is of type `S`.
unsafe fn create_from<S: Stored>(value: &mut Option<Box<dyn Any>>) -> *mut Object {
    // SAFETY: module startup registered the class. From the object on nothing leaves any more.
    unsafe {
        let object = create_object::<S>(S::class().entry());
        let value = value.take().and_then(|value| value.downcast().ok());
        (*whole::<S>(object)).value = value;
        object
    }
}

/// `free_obj`
pub(super) unsafe extern "C-unwind" fn free_object<S: Stored>(object: *mut Object) {
    // SAFETY: the engine frees each object once; the memory is the engine's to free.
    unsafe {
        drop((*whole::<S>(object)).value.take());
        (engine().symbols.zend_object_std_dtor)(object);
    }
}

/// `clone_obj`: throws; the engine wants an object even so, and frees it (B56).
pub(super) unsafe extern "C-unwind" fn clone_object<S: Stored>(object: *mut Object) -> *mut Object {
    // SAFETY: nothing but plain memory and the outbox lives across the engine's functions.
    unsafe {
        let refusal = outbox::keep(|| Err(S::refuse_clone()));
        if let Err(failure) = &*refusal {
            throw(failure);
        }
        outbox::discard(refusal);
        create_object::<S>((*object).class)
    }
}

/// `clone_obj_with`: `clone($object, [...])` of PHP 8.5.
pub(super) unsafe extern "C-unwind" fn clone_object_with<S: Stored>(
    object: *mut Object,
    _scope: *const ClassEntry,
    _properties: *const HashTable,
) -> *mut Object {
    // SAFETY: the same object.
    unsafe { clone_object::<S>(object) }
}

/// `compare`: objects without properties would all be equal to PHP; these are when their values are.
pub(super) unsafe extern "C-unwind" fn compare_objects<S: Stored>(
    a: *mut Zval,
    b: *mut Zval,
) -> c_int {
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

/// Allocates memory that the engine owns and frees.
///
/// # Safety
/// May leave by `longjmp`: no value with a destructor may be live in the caller's frames.
unsafe fn allocate(size: usize) -> *mut c_void {
    type Plain = unsafe extern "C-unwind" fn(usize) -> *mut c_void;
    type WithPlace =
        unsafe extern "C-unwind" fn(usize, *const c_char, u32, *const c_char, u32) -> *mut c_void;
    let engine = engine();
    // SAFETY: a debug build's allocator takes the caller's file and line (twice, for macros that
    // call on somebody's behalf), any other takes the size alone.
    unsafe {
        if engine.debug {
            let emalloc = std::mem::transmute::<*const c_void, WithPlace>(engine.symbols._emalloc);
            emalloc(size, c"relance-php".as_ptr(), line!(), std::ptr::null(), 0)
        } else {
            let emalloc = std::mem::transmute::<*const c_void, Plain>(engine.symbols._emalloc);
            emalloc(size)
        }
    }
}
