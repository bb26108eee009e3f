//! System calls that the child makes, and their results.

use std::ffi::c_char;

use super::spec::SpawnStage;

pub(super) fn errno() -> i32 {
    // SAFETY: the thread-local of the suspended parent, which is this thread as far as libc knows.
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
