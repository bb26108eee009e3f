//! Reading known keys of an array argument, converted as PHP converts, into copies: the caller's
//! array stays as it is (B22, B23, B30, B31).
//!
//! Conversions can call user code (`__toString`, error handlers), which may throw or bail out. So
//! this runs before our own work, on plain memory, and only *records* what does not fit; what to say
//! of it, and when, is for the function to decide.

use std::ffi::CStr;

use super::abi::{
    FLAG_REFCOUNTED, HashTable, SUCCESS, TYPE_ARRAY, TYPE_FALSE, TYPE_FLOAT, TYPE_INT, TYPE_NULL,
    TYPE_OBJECT, TYPE_STRING, TYPE_TRUE, ZendString, Zval, dereference, string_bytes,
};
use super::engine::engine;

/// Most keys that any function reads.
const FIELDS_LEN_MAX: usize = 24;

/// A key to read.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) key: &'static CStr,
    pub(crate) conversion: Conversion,
}

/// How a value is converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// As `(string)`; null stays null, arrays and objects without `__toString` do not fit.
    Text,
    /// As `(int)`; objects do not fit.
    Int,
    /// As `(bool)`.
    Bool,
    /// A list of texts, or one text; null stays null and other scalars are ignored.
    Texts,
    /// None: only strings, ints and null fit.
    Exact,
    /// An array with any keys; its values may be null, bools, ints, texts and lists of texts.
    Entries,
}

/// What was found at a key. Texts are zvals that we own until [`RawFields::release`].
#[derive(Clone, Copy)]
enum RawField {
    Absent,
    Null,
    Text(Zval),
    Int(i64),
    Bool(bool),
    Texts(Zval),
    /// A list in which the key of each entry stands before its value.
    Entries(Zval),
    UnfitArray,
    UnfitObject(*mut ZendString),
    Unfit,
}

/// What was found at all keys of a list of [`Field`]s. Plain memory.
#[derive(Clone, Copy)]
pub(super) struct RawFields {
    found: [RawField; FIELDS_LEN_MAX],
}

/// What was found at one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FieldValue<'call> {
    Absent,
    Null,
    Text(&'call [u8]),
    Int(i64),
    Bool(bool),
    Texts(Vec<&'call [u8]>),
    /// Keys and values in their order.
    Entries(Vec<(&'call [u8], FieldValue<'call>)>),
    /// Cannot be converted; the name of its type, as PHP's messages name it.
    Unfit(&'call str),
}

impl RawFields {
    /// Nothing found yet.
    pub(super) const EMPTY: Self = Self {
        found: [RawField::Absent; FIELDS_LEN_MAX],
    };

    /// Reads the keys in their order; false when user code has thrown (then nothing is held).
    ///
    /// # Safety
    /// `array` belongs to the PHP call that is under way on this thread. May leave by `longjmp`.
    pub(super) unsafe fn read(&mut self, array: *mut HashTable, fields: &[Field]) -> bool {
        for (i, field) in fields.iter().enumerate() {
            // SAFETY: the key is given with its length; the values of an array are live zvals.
            let converted = unsafe {
                let zval = (engine().symbols.zend_hash_str_find)(
                    array,
                    field.key.as_ptr(),
                    field.key.count_bytes(),
                );
                if zval.is_null() {
                    Some(RawField::Absent)
                } else {
                    convert(dereference(zval), field.conversion)
                }
            };
            match converted {
                Some(found) => self.found[i] = found,
                None => {
                    // SAFETY: these are ours, and will not be used again.
                    unsafe { self.release() };
                    return false;
                }
            }
        }
        true
    }

    /// Gives back the strings and lists that conversions made.
    ///
    /// # Safety
    /// No [`FieldValue`] of these is in use.
    pub(super) unsafe fn release(&mut self) {
        for found in &mut self.found {
            if let RawField::Text(zval) | RawField::Texts(zval) | RawField::Entries(zval) = found {
                // SAFETY: the zval holds a reference of ours to a string or a list.
                unsafe { (engine().symbols.zval_ptr_dtor)(&raw mut *zval) };
                *found = RawField::Absent;
            }
        }
    }

    /// What was found at key number `index`.
    ///
    /// # Safety
    /// `release` is not called during `'call`.
    pub(super) unsafe fn value<'call>(&self, index: usize) -> FieldValue<'call> {
        match self.found[index] {
            RawField::Absent => FieldValue::Absent,
            RawField::Null => FieldValue::Null,
            // SAFETY: a text is a zval that holds a string, which we own until `release`.
            RawField::Text(zval) => FieldValue::Text(unsafe { string_bytes(zval.payload.string) }),
            RawField::Int(int) => FieldValue::Int(int),
            RawField::Bool(bool) => FieldValue::Bool(bool),
            // SAFETY: an array of strings, which we own until `release`.
            RawField::Texts(zval) => FieldValue::Texts(unsafe { list(zval.payload.array) }),
            // SAFETY: an array that `convert_entries` made, which we own until `release`.
            RawField::Entries(zval) => FieldValue::Entries(unsafe { entries(zval.payload.array) }),
            RawField::UnfitArray => FieldValue::Unfit("array"),
            RawField::UnfitObject(name) => {
                // SAFETY: the name of a class lives until the end of the request at least.
                let name = unsafe { string_bytes(name) };
                // What follows a NUL is where an anonymous class stands.
                let shown = name.split(|byte| *byte == 0).next().unwrap_or_default();
                FieldValue::Unfit(std::str::from_utf8(shown).unwrap_or("object"))
            }
            RawField::Unfit => FieldValue::Unfit("another type"),
        }
    }
}

/// Converts a copy of a value; `None` when user code has thrown.
unsafe fn convert(zval: *mut Zval, conversion: Conversion) -> Option<RawField> {
    // SAFETY: the zval is live; the engine's conversions take any zval.
    unsafe {
        match ((*zval).kind(), conversion) {
            (
                TYPE_NULL,
                Conversion::Text | Conversion::Texts | Conversion::Exact | Conversion::Entries,
            ) => Some(RawField::Null),
            (TYPE_ARRAY, Conversion::Entries) => convert_entries(zval),
            (TYPE_OBJECT, Conversion::Entries) => Some(unfit_object(zval)),
            (_, Conversion::Entries) => Some(RawField::Unfit),
            (TYPE_STRING, Conversion::Exact) | (_, Conversion::Text) => convert_text(zval),
            (TYPE_INT, Conversion::Exact) => Some(RawField::Int((*zval).payload.int)),
            (_, Conversion::Exact) => Some(RawField::Unfit),
            (TYPE_ARRAY, Conversion::Texts) => convert_list(zval),
            (TYPE_STRING | TYPE_OBJECT, Conversion::Texts) => convert_text(zval),
            (_, Conversion::Texts) => Some(RawField::Absent),
            (TYPE_OBJECT, Conversion::Int) => Some(unfit_object(zval)),
            (_, Conversion::Int) => Some(RawField::Int((engine().symbols.zval_get_long_func)(
                zval, false,
            ))),
            (_, Conversion::Bool) => {
                Some(RawField::Bool((engine().symbols.zend_is_true)(zval) != 0))
            }
        }
    }
}

unsafe fn convert_text(zval: *mut Zval) -> Option<RawField> {
    // SAFETY: `copy` holds a reference of its own, which the conversion replaces by a string.
    unsafe {
        match (*zval).kind() {
            TYPE_ARRAY => return Some(RawField::UnfitArray),
            TYPE_OBJECT if !is_stringable(zval) => return Some(unfit_object(zval)),
            _ => {}
        }
        let mut copy = share(zval);
        if copy.kind() == TYPE_STRING || (engine().symbols._try_convert_to_string)(&raw mut copy) {
            Some(RawField::Text(copy))
        } else {
            (engine().symbols.zval_ptr_dtor)(&raw mut copy);
            None
        }
    }
}

/// Converts each item of a list into a list of strings of our own.
unsafe fn convert_list(zval: *mut Zval) -> Option<RawField> {
    // SAFETY: the zval holds a live array, and `list` is one.
    unsafe {
        convert_items(zval, RawField::Texts, |list, item, _| {
            match convert_text(dereference(item)) {
                Some(RawField::Text(text)) => {
                    push(list, text);
                    Ok(())
                }
                other => Err(other),
            }
        })
    }
}

/// What stands for the value of an entry that does not fit: a number with a fraction, which else is a text.
const UNFIT: Zval = Zval::scalar(TYPE_FLOAT, 0);

/// Makes a list of our own of the keys and values of an array.
unsafe fn convert_entries(zval: *mut Zval) -> Option<RawField> {
    // SAFETY: the zval holds a live array, and `list` is one.
    unsafe {
        convert_items(zval, RawField::Entries, |list, item, key| {
            let value = convert_entry(dereference(item)).ok_or(None)?;
            let mut key = key();
            // An index becomes a text; that calls no user code.
            (engine().symbols._try_convert_to_string)(&raw mut key);
            push(list, key);
            push(list, value);
            Ok(())
        })
    }
}

/// Makes a list of our own of the items of an array. `convert` is given the list, an item and what reads its key, and
/// adds to the list; an error of it is what is found instead.
unsafe fn convert_items(
    zval: *mut Zval,
    found: fn(Zval) -> RawField,
    convert: impl Fn(*mut HashTable, *mut Zval, &dyn Fn() -> Zval) -> Result<(), Option<RawField>>,
) -> Option<RawField> {
    // SAFETY: `source` keeps the caller's array alive and unchanged while user code runs (anyone who
    // writes to it then, writes to a copy); `list` is ours.
    unsafe {
        let symbols = &engine().symbols;
        let mut source = share(zval);
        let mut list = Zval::array((symbols._zend_new_array)(0));
        let mut answer = Some(found(list));
        let mut position = 0;
        let array = source.payload.array;
        (symbols.zend_hash_internal_pointer_reset_ex)(array, &raw mut position);
        loop {
            let item = (symbols.zend_hash_get_current_data_ex)(array, &raw mut position);
            if item.is_null() {
                break;
            }
            let key = || {
                let mut key = Zval::NULL;
                (symbols.zend_hash_get_current_key_zval_ex)(
                    array,
                    &raw mut key,
                    &raw const position,
                );
                key
            };
            if let Err(other) = convert(list.payload.array, item, &key) {
                (symbols.zval_ptr_dtor)(&raw mut list);
                answer = other;
                break;
            }
            (symbols.zend_hash_move_forward_ex)(array, &raw mut position);
        }
        (symbols.zval_ptr_dtor)(&raw mut source);
        answer
    }
}

/// Adds to a list, which then owns the value.
unsafe fn push(list: *mut HashTable, mut value: Zval) {
    // SAFETY: the list is live and ours.
    unsafe { (engine().symbols.zend_hash_next_index_insert)(list, &raw mut value) };
}

/// The value of an entry, as one of our own; `None` when user code has thrown.
unsafe fn convert_entry(zval: *mut Zval) -> Option<Zval> {
    // SAFETY: the zval is live.
    unsafe {
        let converted = match (*zval).kind() {
            TYPE_NULL | TYPE_FALSE | TYPE_TRUE | TYPE_INT => return Some(*zval),
            TYPE_ARRAY => convert_list(zval)?,
            _ => convert_text(zval)?,
        };
        match converted {
            RawField::Text(text) => Some(text),
            RawField::Texts(list) => Some(list),
            _ => Some(UNFIT),
        }
    }
}

/// A zval of our own for the same value.
unsafe fn share(zval: *mut Zval) -> Zval {
    // SAFETY: a value with the flag has a head that counts its holders.
    unsafe {
        let copy = *zval;
        if copy.type_info & FLAG_REFCOUNTED != 0 {
            (*copy.payload.counted).refcount += 1;
        }
        copy
    }
}

unsafe fn is_stringable(object: *mut Zval) -> bool {
    let symbols = &engine().symbols;
    // SAFETY: the zval holds an object.
    unsafe {
        (symbols.zend_class_implements_interface)(
            (*(*object).payload.object).class,
            *symbols.zend_ce_stringable,
        )
    }
}

unsafe fn unfit_object(object: *mut Zval) -> RawField {
    // SAFETY: the zval holds an object, whose class has a name.
    RawField::UnfitObject(unsafe { (*(*(*object).payload.object).class).name })
}

/// The strings of a list that [`convert_list`] made. Reads only: cannot bail out.
unsafe fn list<'call>(array: *mut HashTable) -> Vec<&'call [u8]> {
    // SAFETY: the array is ours and holds strings alone.
    unsafe {
        let items = items(array).into_iter();
        items
            .map(|item| string_bytes((*item).payload.string))
            .collect()
    }
}

/// The keys and values of a list that [`convert_entries`] made. Reads only: cannot bail out.
unsafe fn entries<'call>(array: *mut HashTable) -> Vec<(&'call [u8], FieldValue<'call>)> {
    // SAFETY: the array is ours and holds keys, which are strings, and values by turns.
    unsafe {
        let items = items(array);
        let pairs = items.chunks_exact(2);
        pairs
            .map(|pair| (string_bytes((*pair[0]).payload.string), entry(pair[1])))
            .collect()
    }
}

unsafe fn entry<'call>(zval: *mut Zval) -> FieldValue<'call> {
    // SAFETY: `convert_entry` made it; its type says which member of the payload counts.
    unsafe {
        match (*zval).kind() {
            TYPE_NULL => FieldValue::Null,
            TYPE_FALSE => FieldValue::Bool(false),
            TYPE_TRUE => FieldValue::Bool(true),
            TYPE_INT => FieldValue::Int((*zval).payload.int),
            TYPE_STRING => FieldValue::Text(string_bytes((*zval).payload.string)),
            TYPE_ARRAY => FieldValue::Texts(list((*zval).payload.array)),
            _ => FieldValue::Unfit("another type"),
        }
    }
}

/// The values of an array. Reads only: cannot bail out.
unsafe fn items(array: *mut HashTable) -> Vec<*mut Zval> {
    let symbols = &engine().symbols;
    let mut items = Vec::new();
    let mut position = 0;
    // SAFETY: the array is ours.
    unsafe {
        (symbols.zend_hash_internal_pointer_reset_ex)(array, &raw mut position);
        loop {
            let item = (symbols.zend_hash_get_current_data_ex)(array, &raw mut position);
            if item.is_null() {
                return items;
            }
            items.push(item);
            if (symbols.zend_hash_move_forward_ex)(array, &raw mut position) != SUCCESS {
                return items;
            }
        }
    }
}
