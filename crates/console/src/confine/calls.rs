//! The system calls that are left to the console. Any other is answered as by a kernel that does not have
//! it, so libraries fall back or fail, and nothing is killed that could have gone on.

use std::collections::BTreeMap;
use std::io;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Is, SeccompCondition,
    SeccompFilter, SeccompRule, apply_filter,
};

/// Calls without a look at their arguments.
const PLAIN: &[libc::c_long] = &[
    // Connections.
    libc::SYS_accept4,
    libc::SYS_connect,
    libc::SYS_getpeername,
    libc::SYS_getsockname,
    libc::SYS_getsockopt,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_sendmsg,
    libc::SYS_sendto,
    libc::SYS_setsockopt,
    libc::SYS_shutdown,
    // What is open.
    libc::SYS_close,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_eventfd2,
    libc::SYS_fcntl,
    libc::SYS_ppoll,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_write,
    libc::SYS_writev,
    // Memory.
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    // Threads.
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_membarrier,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    // Whom the manager takes the client for.
    libc::SYS_getegid,
    libc::SYS_geteuid,
    // Time and chance.
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_getrandom,
    libc::SYS_nanosleep,
];

/// The same calls under their older names, which newer processors do not have.
#[cfg(target_arch = "x86_64")]
const OLDER: &[libc::c_long] = &[
    libc::SYS_epoll_wait,
    libc::SYS_gettimeofday,
    libc::SYS_poll,
    libc::SYS_time,
];
#[cfg(not(target_arch = "x86_64"))]
const OLDER: &[libc::c_long] = &[];

/// Gives up all other calls. `false` where the kernel has no filters.
pub(super) fn give_up() -> io::Result<bool> {
    match apply_filter(&filter().map_err(io::Error::other)?) {
        Ok(()) => Ok(true),
        // EINVAL: a kernel without filters.
        Err(seccompiler::Error::Seccomp(error)) if error.raw_os_error() == Some(libc::EINVAL) => {
            Ok(false)
        }
        Err(error) => Err(io::Error::other(error)),
    }
}

fn filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let arch = std::env::consts::ARCH.try_into()?;
    let unknown = SeccompAction::Errno(libc::ENOSYS.cast_unsigned());
    SeccompFilter::new(rules()?, unknown, SeccompAction::Allow, arch)?.try_into()
}

fn rules() -> Result<BTreeMap<i64, Vec<SeccompRule>>, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = PLAIN
        .iter()
        .chain(OLDER)
        .map(|call| (*call, Vec::new()))
        .collect();
    let number = |number: libc::c_int| u64::from(number.cast_unsigned());
    let executable = number(libc::PROT_EXEC);
    let thread = number(libc::CLONE_THREAD);
    let bounded = [
        // Sockets of Unix only.
        (
            libc::SYS_socket,
            0,
            Len::Dword,
            Is::Eq,
            number(libc::AF_UNIX),
        ),
        // `set_nonblocking` of the standard library.
        (libc::SYS_ioctl, 1, Len::Dword, Is::Eq, FIONBIO),
        // Threads, and no processes. Not `clone3`, whose flags cannot be seen here.
        (libc::SYS_clone, 0, Len::Dword, Is::MaskedEq(thread), thread),
        // A thread's name.
        (
            libc::SYS_prctl,
            0,
            Len::Dword,
            Is::Eq,
            number(libc::PR_SET_NAME),
        ),
        // Limits may be looked at, and not set: no new one is given.
        (libc::SYS_prlimit64, 2, Len::Qword, Is::Eq, 0),
        // Memory that holds no code.
        (libc::SYS_mmap, 2, Len::Dword, Is::MaskedEq(executable), 0),
        (
            libc::SYS_mprotect,
            2,
            Len::Dword,
            Is::MaskedEq(executable),
            0,
        ),
    ];
    for (call, argument, len, is, value) in bounded {
        let condition = SeccompCondition::new(argument, len, is, value)?;
        rules.insert(call, vec![SeccompRule::new(vec![condition])?]);
    }
    Ok(rules)
}

/// The same number wherever this program runs; libc names it in different types.
const FIONBIO: u64 = 0x5421;
