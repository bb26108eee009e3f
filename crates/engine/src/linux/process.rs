//! Helpers for processes that are one system call each.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::os::fd::RawFd;
use std::os::unix::net::UnixDatagram;
use std::path::Path;

/// Reads a file of the system in which names of others may stand: those that are not UTF-8 do not keep the rest
/// from being read.
pub(crate) fn read_text(path: impl AsRef<Path>) -> io::Result<String> {
    let bytes = fs::read(path)?;
    Ok(match String::from_utf8_lossy(&bytes) {
        Cow::Owned(text) => text,
        // It is usually UTF-8, and then need not be copied.
        Cow::Borrowed(_) => String::from_utf8(bytes).unwrap_or_default(),
    })
}

/// Whether a file of a process cannot be read because the process is gone. Other errors say nothing about it.
pub(crate) fn is_gone(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ESRCH))
}

/// Closes every descriptor from 3 on except these, which are sorted: the others were inherited by
/// accident.
pub(crate) fn close_all_but(kept: &[RawFd]) -> io::Result<()> {
    let mut next = 3;
    for kept in kept.iter().copied().map(i32::cast_unsigned) {
        if kept > next {
            close_range(next, kept - 1)?;
        }
        next = next.max(kept + 1);
    }
    close_range(next, u32::MAX)
}

fn close_range(first: u32, last: u32) -> io::Result<()> {
    // SAFETY: the caller has opened nothing yet, so no owned descriptor is closed under its owner.
    let result = unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Whether this thread, and those it makes from now on, wait for a processor instead of interrupting
/// who is on it (`SCHED_BATCH`). Where a sandbox forbids the change, everything works, only slower.
pub(crate) fn set_patient(patient: bool) {
    let policy = if patient {
        libc::SCHED_BATCH
    } else {
        libc::SCHED_OTHER
    };
    // The kernel's structure is its one number; musl's has more fields.
    let priority: libc::c_int = 0;
    // Not by libc's function, which musl does not have. SAFETY: one number in; 0 is the calling thread.
    let result =
        unsafe { libc::syscall(libc::SYS_sched_setscheduler, 0, policy, &raw const priority) };
    if result < 0 {
        let error = io::Error::last_os_error();
        tracing::debug!(%error, "the scheduling of threads cannot be chosen");
    }
}

/// Raises the soft limit of open descriptors to the hard one; the old limit if it was changed.
pub(crate) fn raise_nofile_limit() -> io::Result<Option<libc::rlimit>> {
    // SAFETY: one structure in, one out.
    unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        if libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) < 0 {
            return Err(io::Error::last_os_error());
        }
        if limit.rlim_cur >= limit.rlim_max {
            return Ok(None);
        }
        let raised = libc::rlimit {
            rlim_cur: limit.rlim_max,
            ..limit
        };
        if libc::setrlimit(libc::RLIMIT_NOFILE, &raw const raised) < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Some(limit))
    }
}

/// Whether the out-of-memory killer is told to spare this process (a systemd unit may say so).
pub(crate) fn is_oom_protected() -> bool {
    fs::read_to_string("/proc/self/oom_score_adj").is_ok_and(|score| spares(&score))
}

/// Only a negative score spares. A positive one (a pod of Kubernetes has it) is for services too:
/// without a privilege it cannot even be lowered.
fn spares(score: &str) -> bool {
    score.trim().parse().is_ok_and(|score: i32| score < 0)
}

/// Gives every signal that is ignored its default action again: the process that started the
/// daemon may have ignored some. With SIGCHLD ignored no end of a process would be seen, and what is ignored
/// stays so in
/// every service. SIGPIPE is left to the runtime, which ignores it; the spawner gives it back.
pub(crate) fn default_signals() {
    for signal in (1..=libc::SIGRTMAX()).filter(|signal| *signal != libc::SIGPIPE) {
        // SAFETY: `sigaction` is valid zeroed, and filled before it is read. A number that cannot be
        // asked for is refused, and left alone.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            let known = libc::sigaction(signal, std::ptr::null(), &raw mut action) == 0;
            if known && action.sa_sigaction == libc::SIG_IGN {
                libc::signal(signal, libc::SIG_DFL);
            }
        }
    }
}

/// Orphans among the descendants become children of this process.
pub(crate) fn become_subreaper() -> io::Result<()> {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    Ok(())
}

/// Sends a signal to a process; one that has ended is not an error.
pub(crate) fn kill(pid: u32, signal: i32) {
    send(pid.cast_signed(), signal);
}

/// Kills a process group.
pub(crate) fn kill_group(pid: u32) {
    send(-pid.cast_signed(), libc::SIGKILL);
}

fn send(pid: libc::pid_t, signal: libc::c_int) {
    // 0 and -1 would reach far more than was meant.
    if pid.unsigned_abs() > 1 {
        // SAFETY: numbers only.
        unsafe { libc::kill(pid, signal) };
    }
}

/// Tells the service manager above us that the daemon is ready (`Type=notify`).
pub(crate) fn notify_ready(socket: Option<&Path>) {
    let Some(path) = socket else { return };
    let sent = UnixDatagram::unbound().and_then(|socket| socket.send_to(b"READY=1\n", path));
    if let Err(error) = sent {
        log(&format!(
            "{} cannot be told that the daemon is ready: {error}",
            path.display()
        ));
    }
}

/// One line of diagnostics of the guardian, which has no subscriber for more.
#[allow(clippy::print_stderr, reason = "the guardian's only voice")]
pub(crate) fn log(text: &str) {
    eprintln!("<4>relance guardian: {text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_negative_score_spares_a_process() {
        assert!(spares("-900\n"));
        assert!(!spares("0\n"));
        assert!(!spares("995\n"), "as in a pod of Kubernetes");
    }
}
