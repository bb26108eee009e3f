//! `clone` with a stack for the child, a word that is cleared, and a control group to be born in.
//!
//! Libraries have no wrapper for all of it: the child comes back from the system call on another stack, so a function
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

/// Creates a process in a control group and returns its id.
///
/// # Errors
/// The kernel's; `ENOSYS` on a processor for which the instructions are not written, and where a filter of system calls
/// lets none through that it cannot look into.
///
/// # Safety
/// The child shares memory with the caller, who leaves alone what the child uses until its word is cleared. The stack
/// is nobody else's, its top is aligned to 16 bytes, and the child makes system calls only.
pub(super) unsafe fn clone_into(
    group: BorrowedFd<'_>,
    flags: c_int,
    stack: Stack,
    child: Child,
) -> io::Result<libc::pid_t> {
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
    let at = (&raw const arguments) as u64;
    // SAFETY: as for this function; the kernel reads `arguments` before it returns.
    let result = unsafe {
        enter(
            libc::SYS_clone3,
            [at, size_of::<libc::clone_args>() as u64, 0, 0, 0],
            child,
        )
    };
    pid(result)
}

/// The same, in the group of this process. Musl's `clone` refuses to have a word cleared, so no library is asked.
///
/// # Errors
/// As for [`clone_into`].
///
/// # Safety
/// As for [`clone_into`].
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) unsafe fn clone_here(
    flags: c_int,
    stack: Stack,
    child: Child,
) -> io::Result<libc::pid_t> {
    let flags = number(flags | libc::SIGCHLD);
    let top = stack.bottom as u64 + stack.len as u64;
    let word = stack.word().as_ptr() as u64;
    let arguments = if cfg!(target_arch = "x86_64") {
        [flags, top, 0, word, 0]
    } else {
        [flags, top, 0, 0, word]
    };
    // SAFETY: as for this function.
    pid(unsafe { enter(libc::SYS_clone, arguments, child) })
}

/// As above, by the library.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) unsafe fn clone_here(
    flags: c_int,
    stack: Stack,
    child: Child,
) -> io::Result<libc::pid_t> {
    let none = std::ptr::null_mut::<c_void>();
    let (flags, word) = (flags | libc::SIGCHLD, stack.word().as_ptr());
    // SAFETY: as for this function.
    let pid = unsafe {
        let top = stack.bottom.byte_add(stack.len);
        libc::clone(child.main, top, flags, child.argument, none, none, word)
    };
    if pid < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(pid)
}

fn number(number: c_int) -> u64 {
    u64::from(number.unsigned_abs())
}

fn pid(result: libc::c_long) -> io::Result<libc::pid_t> {
    match i32::try_from(result) {
        Ok(pid) if pid >= 0 => Ok(pid),
        Ok(errno) => Err(io::Error::from_raw_os_error(-errno)),
        Err(_) => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// The system call. In the parent its result; the child calls its main function on its own stack, of
/// which that is the first frame, and ends with what it returns.
#[cfg(target_arch = "x86_64")]
unsafe fn enter(call: libc::c_long, arguments: [u64; 5], child: Child) -> libc::c_long {
    let [first, second, third, fourth, fifth] = arguments;
    let result;
    // SAFETY: the kernel preserves all registers but rax, rcx and r11 in both processes. Only the
    // child goes on between the call and the label, on its own stack, and never leaves that part.
    unsafe {
        std::arch::asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp",
            "mov rdi, r12",
            "call r9",
            "mov edi, eax",
            "mov eax, {exit}",
            "syscall",
            "ud2",
            "2:",
            exit = const libc::SYS_exit,
            inlateout("rax") call => result,
            in("rdi") first,
            in("rsi") second,
            in("rdx") third,
            in("r10") fourth,
            in("r8") fifth,
            in("r9") child.main,
            in("r12") child.argument,
            lateout("rcx") _,
            lateout("r11") _,
        );
    }
    result
}

/// As above.
#[cfg(target_arch = "aarch64")]
unsafe fn enter(call: libc::c_long, arguments: [u64; 5], child: Child) -> libc::c_long {
    let [first, second, third, fourth, fifth] = arguments;
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
            in("x8") call,
            inlateout("x0") first => result,
            in("x1") second,
            in("x2") third,
            in("x3") fourth,
            in("x4") fifth,
            in("x9") child.main,
            in("x10") child.argument,
        );
    }
    result
}

/// Nobody has written the instructions for this processor.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
unsafe fn enter(_: libc::c_long, _: [u64; 5], _: Child) -> libc::c_long {
    (-libc::ENOSYS).into()
}
