//! `clone3` with a stack for the child and a control group to be born in.
//!
//! libc has no wrapper: the child comes back from the system call on another stack, so a function
//! cannot return in it, and a few instructions have to call the child's main function instead.

use std::ffi::{c_int, c_void};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::sync::atomic::AtomicU32;

/// `CLONE_INTO_CGROUP` (Linux 5.7), which does not fit the type that libc gives it.
const CLONE_INTO_CGROUP: u64 = 1 << 33;

/// The child's main function, and what it is called with.
pub(super) struct Child {
    pub(super) main: extern "C" fn(*mut c_void) -> c_int,
    pub(super) argument: *mut c_void,
}

/// The child's stack: its lowest address and its length. It is never unmapped.
#[derive(Clone, Copy)]
pub(super) struct Stack {
    pub(super) bottom: *mut c_void,
    pub(super) len: usize,
}

impl Stack {
    /// The word at its end, which the kernel clears when the child executes a program or has ended.
    pub(super) fn word(self) -> &'static AtomicU32 {
        // SAFETY: mapped, aligned and zeroed by the kernel; the stack, which grows from the top, does not reach it.
        unsafe { AtomicU32::from_ptr(self.bottom.cast()) }
    }
}

/// Creates a process in a control group and returns its id, as libc's `clone` with the same flags does.
///
/// # Errors
/// The kernel's; `ENOSYS` on a processor for which the instructions are not written.
///
/// # Safety
/// As for `clone` with these flags: the child shares memory with the caller, who only waits. The stack
/// is nobody else's, its top is aligned to 16 bytes, and the child makes system calls only.
pub(super) unsafe fn clone3_into(
    group: BorrowedFd<'_>,
    flags: c_int,
    stack: Stack,
    child: Child,
) -> io::Result<libc::pid_t> {
    let number = |fd: c_int| u64::from(fd.unsigned_abs());
    let arguments = libc::clone_args {
        flags: number(flags) | CLONE_INTO_CGROUP,
        pidfd: 0,
        child_tid: stack.word().as_ptr() as u64,
        parent_tid: 0,
        exit_signal: number(libc::SIGCHLD),
        stack: stack.bottom as u64,
        stack_size: stack.len as u64,
        tls: 0,
        set_tid: 0,
        set_tid_size: 0,
        cgroup: number(group.as_raw_fd()),
    };
    // SAFETY: as for this function; the kernel reads `arguments` before it returns.
    let result = unsafe { enter(&raw const arguments, child) };
    match i32::try_from(result) {
        Ok(pid) if pid >= 0 => Ok(pid),
        Ok(errno) => Err(io::Error::from_raw_os_error(-errno)),
        Err(_) => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// The system call. In the parent its result; the child calls its main function on its own stack, of
/// which that is the first frame, and ends with what it returns.
#[cfg(target_arch = "x86_64")]
unsafe fn enter(arguments: *const libc::clone_args, child: Child) -> libc::c_long {
    let result;
    // SAFETY: the kernel preserves all registers but rax, rcx and r11 in both processes. Only the
    // child goes on between the call and the label, on its own stack, and never leaves that part.
    unsafe {
        std::arch::asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp",
            "mov rdi, r9",
            "call r8",
            "mov edi, eax",
            "mov eax, {exit}",
            "syscall",
            "ud2",
            "2:",
            exit = const libc::SYS_exit,
            inlateout("rax") libc::SYS_clone3 => result,
            in("rdi") arguments,
            in("rsi") size_of::<libc::clone_args>(),
            in("r8") child.main,
            in("r9") child.argument,
            lateout("rcx") _,
            lateout("r11") _,
        );
    }
    result
}

/// As above.
#[cfg(target_arch = "aarch64")]
unsafe fn enter(arguments: *const libc::clone_args, child: Child) -> libc::c_long {
    let result;
    // SAFETY: the kernel preserves all registers but x0 in both processes. Only the child goes on
    // between the call and the label, on its own stack, and never leaves that part.
    unsafe {
        std::arch::asm!(
            "svc #0",
            "cbnz x0, 2f",
            "mov x29, xzr",
            "mov x30, xzr",
            "mov x0, x10",
            "blr x9",
            "mov x8, {exit}",
            "svc #0",
            "brk #1",
            "2:",
            exit = const libc::SYS_exit,
            in("x8") libc::SYS_clone3,
            inlateout("x0") arguments => result,
            in("x1") size_of::<libc::clone_args>(),
            in("x9") child.main,
            in("x10") child.argument,
        );
    }
    result
}

/// Nobody has written the instructions for this processor: runs are held without control groups.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
unsafe fn enter(_: *const libc::clone_args, _: Child) -> libc::c_long {
    (-libc::ENOSYS).into()
}
