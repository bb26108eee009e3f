//! Where results wait while the engine takes them over.
//!
//! Any call into the engine may leave by `longjmp`, past our frames and without running destructors.
//! So a result never lies on the stack while the engine is called: it is boxed and its address kept
//! here, per thread. Ordinarily it is dropped at the end of the call; after a bailout, when the
//! request ends.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use super::outcome::{PhpResult, Throwable};

/// What a panic becomes, by its message. The extension says so before PHP calls anything.
static ON_PANIC: OnceLock<fn(&str) -> Throwable> = OnceLock::new();

thread_local! {
    static WAITING: RefCell<Vec<*mut PhpResult>> = const { RefCell::new(Vec::new()) };
}

/// Sets what a panic becomes, by its message. For module startup.
pub(super) fn on_panic(make: fn(&str) -> Throwable) {
    let _ = ON_PANIC.set(make);
}

/// Runs `work`, which calls nothing in the engine that may bail out, and keeps its result until
/// [`discard`]. A panic becomes what [`on_panic`] was told to make of its message.
pub(super) fn keep(work: impl FnOnce() -> PhpResult) -> *mut PhpResult {
    let answer = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        let make = ON_PANIC.get().copied().unwrap_or(Throwable::value);
        Err(make(text.unwrap_or("panic")))
    });
    let kept = Box::into_raw(Box::new(answer));
    WAITING.with_borrow_mut(|waiting| waiting.push(kept));
    kept
}

/// Drops a result that the engine has taken over.
///
/// # Safety
/// `kept` came from [`keep`] on this thread and was not discarded before.
pub(super) unsafe fn discard(kept: *mut PhpResult) {
    WAITING.with_borrow_mut(|waiting| waiting.retain(|other| *other != kept));
    // SAFETY: see above; nobody else knows the address now.
    drop(unsafe { Box::from_raw(kept) });
}

/// Drops what bailouts left behind. For the end of a request, when no call is under way.
pub(super) fn discard_all() {
    for kept in WAITING.with_borrow_mut(std::mem::take) {
        // SAFETY: it is in the list, so it was not discarded.
        drop(unsafe { Box::from_raw(kept) });
    }
}
