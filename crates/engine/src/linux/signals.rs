//! Signals as readable events, and the reaping of children.

use std::io;
use std::mem::{MaybeUninit, size_of};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;

use super::protocol::Exit;

/// The signals that the guardian reads from a descriptor instead of being interrupted.
const TAKEN: [libc::c_int; 7] = [
    libc::SIGCHLD,
    libc::SIGTERM,
    libc::SIGINT,
    libc::SIGHUP,
    libc::SIGUSR1,
    libc::SIGUSR2,
    UPGRADE,
];
/// With it `relance upgrade` asks a guardian to exchange its program. A number and not a distance from
/// `SIGRTMIN`, which differs between C libraries, and one that nobody sends by habit.
pub(crate) const UPGRADE: libc::c_int = 40;
/// Those with which people and logrotate have files opened again.
pub(crate) const REOPEN: [libc::c_int; 3] = [libc::SIGHUP, libc::SIGUSR1, libc::SIGUSR2];

/// A signalfd.
pub(crate) struct Signals(OwnedFd);

impl Signals {
    /// Blocks the signals of a guardian and opens the descriptor.
    pub(crate) fn block() -> io::Result<Self> {
        Self::of(&TAKEN)
    }

    /// The same for the signals after which an engine opens its files again.
    pub(crate) fn reopen() -> io::Result<Self> {
        Self::of(&REOPEN)
    }

    fn of(signals: &[libc::c_int]) -> io::Result<Self> {
        // SAFETY: the set is initialised by sigemptyset before it is used; the descriptor is fresh.
        unsafe {
            let mut set = MaybeUninit::uninit();
            libc::sigemptyset(set.as_mut_ptr());
            let mut set = set.assume_init();
            for signal in signals {
                libc::sigaddset(&raw mut set, *signal);
            }
            if libc::sigprocmask(libc::SIG_BLOCK, &raw const set, ptr::null_mut()) < 0 {
                return Err(io::Error::last_os_error());
            }
            let fd = libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK);
            if fd < 0 {
                return Err(io::Error::last_os_error());
            }
            Ok(Self(OwnedFd::from_raw_fd(fd)))
        }
    }

    /// The next signal that has come, if any.
    pub(crate) fn next(&self) -> Option<libc::c_int> {
        let mut info = MaybeUninit::<libc::signalfd_siginfo>::uninit();
        let length = size_of::<libc::signalfd_siginfo>();
        // SAFETY: the buffer is as long as said; it is read only if it was filled whole.
        unsafe {
            let read = libc::read(self.0.as_raw_fd(), info.as_mut_ptr().cast(), length);
            (read == length.cast_signed()).then(|| info.assume_init().ssi_signo.cast_signed())
        }
    }
}

/// Has SIGINT, SIGTERM and SIGHUP wait for [`Interrupts::wait`]. To be called before the process has other
/// threads, which inherit it.
///
/// # Errors
/// When the system refuses.
pub fn take_interrupts() -> io::Result<Interrupts> {
    Signals::block().map(Interrupts)
}

/// See [`take_interrupts`].
pub struct Interrupts(Signals);

impl Interrupts {
    /// Waits until somebody wants the process to end.
    pub fn wait(&self) {
        loop {
            let mut poll = [rustix::event::PollFd::new(
                &self.0,
                rustix::event::PollFlags::IN,
            )];
            // Interrupted by nothing that matters: it looks, and waits again.
            let _ = rustix::event::poll(&mut poll, None);
            while let Some(signal) = self.0.next() {
                if [libc::SIGTERM, libc::SIGINT, libc::SIGHUP].contains(&signal) {
                    return;
                }
            }
        }
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Reaps one child that has ended, if there is one; `before` is called while it is still a zombie
/// and its number therefore nobody else's.
pub(crate) fn reap(before: impl FnOnce(u32, Exit)) -> Option<(u32, Exit)> {
    let (pid, exit) = wait(
        libc::P_ALL,
        0,
        libc::WEXITED | libc::WNOHANG | libc::WNOWAIT,
    )?;
    before(pid, exit);
    wait(libc::P_PID, pid, libc::WEXITED)
}

/// Whether a process is a child of this one that has not been reaped.
pub(crate) fn is_child(pid: u32) -> bool {
    let look = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: zeroed is valid; nothing is read from it.
    let result = unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        libc::waitid(libc::P_PID, pid, &raw mut info, look)
    };
    result == 0
}

fn wait(kind: libc::idtype_t, id: u32, options: libc::c_int) -> Option<(u32, Exit)> {
    loop {
        // SAFETY: zeroed is valid; with WNOHANG and no child it stays zero, which is checked. The
        // union fields are those of SIGCHLD.
        let (result, pid, status, code) = unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            let result = libc::waitid(kind, id, &raw mut info, options);
            (result, info.si_pid(), info.si_status(), info.si_code)
        };
        if result < 0 && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted {
            continue;
        }
        if result < 0 || pid == 0 {
            return None;
        }
        let exit = match code {
            libc::CLD_EXITED => Exit::Status(status),
            _ => Exit::Signal(status),
        };
        return Some((pid.cast_unsigned(), exit));
    }
}
