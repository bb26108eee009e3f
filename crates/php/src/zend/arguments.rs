//! The arguments of a call, as the engine's own parser leaves them, so that every message about a
//! wrong argument is PHP's.

use std::ffi::{c_char, c_void};
use std::ptr::{null, null_mut};

use super::abi::{HashTable, SUCCESS, Zval};
use super::engine::engine;
use super::signature::{PARAMETERS_LEN_MAX, ParameterKind, Signature};

/// Parsed arguments. Plain memory: the parser may leave by `longjmp`.
#[derive(Clone, Copy)]
pub(super) struct RawArguments {
    given: u32,
    slots: [Slot; PARAMETERS_LEN_MAX],
}

/// Where the parser writes one argument; which member counts is said by the signature.
#[derive(Clone, Copy)]
struct Slot {
    bytes: *const u8,
    bytes_len: usize,
    int: i64,
    bool: u8,
    array: *mut HashTable,
    callable: *mut Zval,
}

impl RawArguments {
    /// No arguments yet, of the `given` that the caller passed.
    pub(super) fn new(given: u32) -> Self {
        const EMPTY: Slot = Slot {
            bytes: null(),
            bytes_len: 0,
            int: 0,
            bool: 0,
            array: null_mut(),
            callable: null_mut(),
        };
        Self {
            given,
            slots: [EMPTY; PARAMETERS_LEN_MAX],
        }
    }

    /// Parses by the signature; false when PHP has thrown.
    ///
    /// # Safety
    /// A PHP function with this signature is being called on this thread. May leave by `longjmp`.
    pub(super) unsafe fn parse(&mut self, signature: &Signature) -> bool {
        let mut places = [null_mut::<c_void>(); 2 * PARAMETERS_LEN_MAX];
        let mut next = 0;
        let mut add = |place: *mut c_void| {
            places[next] = place;
            next += 1;
        };
        for (slot, parameter) in self.slots.iter_mut().zip(signature.parameters) {
            match parameter.kind {
                ParameterKind::String | ParameterKind::StringOrSilentNull => {
                    add((&raw mut slot.bytes).cast());
                    add((&raw mut slot.bytes_len).cast());
                }
                ParameterKind::Int => add((&raw mut slot.int).cast()),
                ParameterKind::Bool => add((&raw mut slot.bool).cast()),
                ParameterKind::Array => add((&raw mut slot.array).cast()),
                ParameterKind::Callable => add((&raw mut slot.callable).cast()),
            }
        }
        let spec = signature.parse_spec();
        // SAFETY: the parser takes as many places as the letters ask for, of the types that they
        // stand for, and leaves the rest alone.
        unsafe {
            (engine().symbols.zend_parse_parameters)(
                self.given,
                spec.as_ptr().cast::<c_char>(),
                places[0],
                places[1],
                places[2],
                places[3],
                places[4],
                places[5],
                places[6],
                places[7],
            ) == SUCCESS
        }
    }

    /// The array that was passed, if the signature has one.
    pub(super) fn array(&self) -> *mut HashTable {
        self.slots
            .iter()
            .map(|slot| slot.array)
            .find(|array| !array.is_null())
            .unwrap_or(null_mut())
    }

    /// What was passed as a callable; null when absent.
    pub(super) fn callable(&self, index: usize) -> *mut Zval {
        self.slots[index].callable
    }

    pub(super) fn given(&self, index: usize) -> bool {
        u32::try_from(index).is_ok_and(|index| index < self.given)
    }

    /// A string; `None` when absent or null.
    ///
    /// # Safety
    /// The call whose arguments these are lasts for `'a`.
    pub(super) unsafe fn bytes<'a>(&self, index: usize) -> Option<&'a [u8]> {
        let slot = &self.slots[index];
        if slot.bytes.is_null() {
            return None;
        }
        // SAFETY: the parser wrote both; the frame of the call owns the string.
        Some(unsafe { std::slice::from_raw_parts(slot.bytes, slot.bytes_len) })
    }

    pub(super) fn int(&self, index: usize) -> i64 {
        self.slots[index].int
    }

    pub(super) fn bool(&self, index: usize) -> bool {
        self.slots[index].bool != 0
    }
}
