//! Hands a result to the engine: makes PHP's values and throws PHP's exceptions.
//!
//! Everything here works through pointers into the `outbox` and holds no value with a destructor,
//! because each call may leave by `longjmp`.

use std::ffi::{CStr, c_char};
use std::sync::atomic::Ordering;

use super::abi::{TYPE_FALSE, TYPE_INT, TYPE_NULL, TYPE_TRUE, ZendString, Zval};
use super::engine::engine;
use super::errors;
use super::outcome::{Key, PhpResult, Throwable, Value};

/// Writes the value of `answer` to `returned`, or throws.
///
/// # Safety
/// `answer` lies in the outbox; `returned` is the zval for the function's result; a PHP function is
/// being called on this thread.
pub(super) unsafe fn deliver(answer: *mut PhpResult, returned: *mut Zval) {
    // SAFETY: the outbox keeps the answer for as long as this takes.
    unsafe {
        match &mut *answer {
            Ok(value) => build(value, returned),
            Err(failure) => throw(failure),
        }
    }
}

/// Makes a PHP value at `out`, over whatever is there.
unsafe fn build(value: &mut Value, out: *mut Zval) {
    // SAFETY: `out` is a zval that holds nothing; the engine's functions get what their signatures
    // say, and each finished part belongs to its parent at once.
    unsafe {
        match value {
            Value::Null => *out = Zval::scalar(TYPE_NULL, 0),
            Value::Noticed(texts) => {
                *out = Zval::scalar(TYPE_NULL, 0);
                for text in texts.iter() {
                    notice(text);
                }
            }
            Value::Bool(false) => *out = Zval::scalar(TYPE_FALSE, 0),
            Value::Bool(true) => *out = Zval::scalar(TYPE_TRUE, 0),
            Value::Int(int) => *out = Zval::scalar(TYPE_INT, *int),
            Value::Bytes(bytes) => *out = Zval::string(new_string(bytes)),
            Value::List(items) => {
                *out = Zval::array((engine().symbols._zend_new_array)(capacity(items.len())));
                for item in items {
                    let mut element = Zval::NULL;
                    build(item, &raw mut element);
                    (engine().symbols.zend_hash_next_index_insert)(
                        (*out).payload.array,
                        &raw mut element,
                    );
                }
            }
            Value::Map(entries) => {
                *out = Zval::array((engine().symbols._zend_new_array)(capacity(entries.len())));
                for (key, item) in entries {
                    let mut element = Zval::NULL;
                    build(item, &raw mut element);
                    put(out, key, &raw mut element);
                }
            }
            Value::Object(object) => *out = Zval::object(object.create()),
        }
    }
}

/// Raises an `E_NOTICE` of the function that is being called. A handler of the script may throw.
unsafe fn notice(text: &CStr) {
    // SAFETY: the text is a C string and the format takes one.
    unsafe {
        let raise = engine().symbols.php_error_docref;
        raise(
            std::ptr::null(),
            errors::NOTICE,
            c"%s".as_ptr(),
            text.as_ptr(),
        );
    }
}

unsafe fn put(map: *mut Zval, key: &Key, element: *mut Zval) {
    // SAFETY: `map` is an array that this zval alone holds.
    unsafe {
        match key {
            Key::Index(index) => {
                (engine().symbols.zend_hash_index_update)(
                    (*map).payload.array,
                    index.cast_unsigned(),
                    element,
                );
            }
            Key::Name(name) => {
                (engine().symbols.add_assoc_zval_ex)(
                    map,
                    name.as_ptr().cast::<c_char>(),
                    name.len(),
                    element,
                );
            }
        }
    }
}

unsafe fn new_string(bytes: &[u8]) -> *mut ZendString {
    // SAFETY: both parts are given with their lengths.
    unsafe {
        (engine().symbols.zend_string_concat2)(
            bytes.as_ptr().cast::<c_char>(),
            bytes.len(),
            c"".as_ptr(),
            0,
        )
    }
}

/// A hint only; the engine grows the array.
fn capacity(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(0)
}

/// Throws in the PHP function that is being called.
///
/// # Safety
/// A PHP function is being called on this thread; `failure` lies in the outbox or is static.
pub(super) unsafe fn throw(failure: &Throwable) {
    const TEXT: &CStr = c"%s";
    let symbols = &engine().symbols;
    // SAFETY: the messages are C strings and the format takes one.
    unsafe {
        match failure {
            Throwable::Exception {
                class,
                message,
                code,
                previous,
            } => {
                let class = class.entry.load(Ordering::Acquire);
                if let Some(previous) = previous {
                    // What is thrown while an exception is on its way gets that as its previous one.
                    (symbols.zend_throw_exception)(class, previous.as_ptr(), *code);
                }
                (symbols.zend_throw_exception)(class, message.as_ptr(), *code);
            }
            Throwable::ArgumentValue { number, message } => {
                (symbols.zend_argument_value_error)(*number, TEXT.as_ptr(), message.as_ptr());
            }
            Throwable::ArgumentType { number, message } => {
                (symbols.zend_argument_type_error)(*number, TEXT.as_ptr(), message.as_ptr());
            }
            Throwable::Value { message } => {
                (symbols.zend_value_error)(TEXT.as_ptr(), message.as_ptr());
            }
        }
    }
}
