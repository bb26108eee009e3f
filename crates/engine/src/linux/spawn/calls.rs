//! System calls that the child makes, and their results.

use std::ffi::c_char;
use std::ptr;

use super::spec::SpawnStage;

pub(super) fn errno() -> i32 {
    // SAFETY: the thread-local of the waiting parent, which is this thread as far as libc knows.
    unsafe { *libc::__errno_location() }
}

pub(super) fn check(result: libc::c_long, stage: SpawnStage) -> Result<(), SpawnStage> {
    if result < 0 { Err(stage) } else { Ok(()) }
}

/// Writes a file in one call.
///
/// # Safety
/// `path` is a C string; only in the child.
pub(super) unsafe fn write_to(path: *const c_char, bytes: &[u8]) -> libc::c_long {
    // SAFETY: as for the function.
    unsafe {
        let fd = libc::open(path, libc::O_WRONLY | libc::O_CLOEXEC);
        if fd < 0 {
            return -1;
        }
        let written = libc::write(fd, bytes.as_ptr().cast(), bytes.len());
        libc::close(fd);
        if written < 0 { -1 } else { 0 }
    }
}

/// No signal reaches it while it is neither the guardian nor a program.
///
/// # Safety
/// Only in the child.
pub(super) unsafe fn block_signals() {
    // SAFETY: thin wrappers; a zeroed set is valid.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const all, ptr::null_mut());
    }
}

/// A program starts with the defaults. The guardian ignores SIGPIPE, and the runtime's handlers of SIGSEGV and SIGBUS must
/// not run in a process that shares its memory.
///
/// # Safety
/// Only in the child.
pub(super) unsafe fn default_signals() {
    // SAFETY: both are thin wrappers of one system call; zeroed structures are valid (default
    // action, empty set).
    unsafe {
        let default: libc::sigaction = std::mem::zeroed();
        for signal in [libc::SIGPIPE, libc::SIGSEGV, libc::SIGBUS] {
            libc::sigaction(signal, &raw const default, ptr::null_mut());
        }
        let empty: libc::sigset_t = std::mem::zeroed();
        libc::sigprocmask(libc::SIG_SETMASK, &raw const empty, ptr::null_mut());
    }
}
