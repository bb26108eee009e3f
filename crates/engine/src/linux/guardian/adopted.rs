//! A process that an earlier guardian started, so that it is not a child of this one: known by the moment of
//! its creation, watched and signalled through a pidfd.

use std::fs;
use std::io;
use std::ops::RangeInclusive;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::super::cgroup;
use super::super::process::{is_gone, kill_group, log, read_text};
use super::super::protocol::Exit;

/// The kernel tells when a process was created to a hundredth of a second.
pub(super) const TICK_NS: u64 = 10_000_000;

/// See the module.
pub(super) struct Adopted {
    pub(super) pid: u32,
    pidfd: OwnedFd,
    /// The folder of its control group, if it has one; perhaps not where this guardian has its own.
    pub(super) group: Option<PathBuf>,
}

/// What is known of a process that may have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It has ended, or cannot be watched any more.
    Ended(Exit),
    /// Its parent has not reaped it, so the kernel does not tell yet how it ended.
    NotYet,
}

impl Adopted {
    /// The process with this id, if it was created in this time (nanoseconds since the machine's
    /// boot) and leads a session, as every run does.
    ///
    /// # Errors
    /// When it cannot be told: descriptors or memory are short. Then it may well be there.
    pub(super) fn open(pid: u32, created: &RangeInclusive<u64>) -> io::Result<Option<Self>> {
        let Some(id) = pid.try_into().ok().and_then(Pid::from_raw) else {
            return Ok(None);
        };
        let pidfd = match pidfd_open(id, PidfdFlags::empty()) {
            Ok(pidfd) => pidfd,
            // No process has the number, or a thread has it (before Linux 6.9 that is EINVAL, since
            // then ENOENT).
            Err(Errno::SRCH | Errno::INVAL | Errno::NOENT) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // Read after the pidfd was opened: from then on the number stands for this process.
        let Some(stat) = read_stat(pid)? else {
            return Ok(None);
        };
        let is_in_time = created_ns(&stat).is_some_and(|at| created.contains(&at));
        let is_it = is_in_time && session(&stat) == Some(pid);
        Ok(is_it.then_some(Self {
            pid,
            pidfd,
            group: None,
        }))
    }

    /// Sends it a signal; 0 is none. Whether it is there, if only as a zombie.
    pub(super) fn signal(&self, signal: i32) -> bool {
        send_signal(self.pidfd.as_fd(), signal)
    }

    /// Kills all that is in its control group, which need not be in this guardian's tree.
    pub(super) fn kill_control_group(&self) {
        if let Some(group) = &self.group
            && let Err(error) = cgroup::kill(group)
        {
            log(&format!("{} cannot be killed: {error}", group.display()));
        }
    }

    /// Kills its process group, while its number cannot be anybody else's.
    pub(super) fn kill_process_group(&self) {
        if self.signal(0) {
            kill_group(self.pid);
        }
    }

    /// Looks how it ended, once its pidfd says that it did.
    pub(super) fn look(&self) -> Look {
        if let Some(exit) = self.zombie() {
            return Look::Ended(exit);
        }
        match exit_info(self.pidfd.as_fd()) {
            Ok(look) => look,
            // A kernel before 6.15.
            Err(_) => Look::Ended(Exit::Unknown),
        }
    }

    /// How it ended, while its parent has not taken notice: on every kernel, for who may see it.
    fn zombie(&self) -> Option<Exit> {
        let stat = stat(self.pid)?;
        let status: i32 = stat.get(49)?.parse().ok()?;
        // A reader without the right to see it gets 0.
        let namespace = format!("/proc/{}/ns/pid", self.pid);
        let is_told = status != 0 || fs::read_link(namespace).is_ok();
        // The process still exists after these reads, so the number was its own all the time.
        let is_zombie = stat.first()? == "Z" && self.signal(0);
        (is_zombie && is_told).then(|| decode(status))
    }
}

impl AsFd for Adopted {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }
}

/// Whether a process waits in the kernel for a device, as a rule for a disk. Most signals do not reach it
/// meanwhile, often not even SIGKILL.
pub(super) fn waits_for_device(pid: u32) -> bool {
    stat(pid).is_some_and(|stat| stat[0] == "D")
}

/// Sends a signal to a process; 0 is none. Whether it is there, if only as a zombie.
pub(super) fn send_signal(pidfd: BorrowedFd<'_>, signal: i32) -> bool {
    let nothing: *const libc::siginfo_t = std::ptr::null();
    let pidfd = pidfd.as_raw_fd();
    // SAFETY: numbers, and no information beside the signal.
    unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd, signal, nothing, 0) == 0 }
}

/// Fields of `/proc/PID/stat` behind the name, the first of which is the state.
pub(super) fn stat(pid: u32) -> Option<Vec<String>> {
    read_stat(pid).ok().flatten()
}

/// The same; `None` where there is no such process.
///
/// # Errors
/// When it cannot be read, which says nothing about the process.
pub(super) fn read_stat(pid: u32) -> io::Result<Option<Vec<String>>> {
    let text = match read_text(format!("/proc/{pid}/stat")) {
        Ok(text) => text,
        Err(error) if is_gone(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let fields = text.rsplit_once(") ").map(|(_, fields)| fields);
    Ok(fields.map(|fields| fields.split_whitespace().map(ToOwned::to_owned).collect()))
}

pub(super) fn session(stat: &[String]) -> Option<u32> {
    stat.get(3)?.parse().ok()
}

/// When the process was created, nanoseconds since the machine's boot.
fn created_ns(stat: &[String]) -> Option<u64> {
    let ticks: u64 = stat.get(19)?.parse().ok()?;
    let per_second = rustix::param::clock_ticks_per_second();
    Some(ticks.saturating_mul(1_000_000_000 / per_second.max(1)))
}

/// `struct pidfd_info` of Linux 6.15, the part that all later ones begin with.
#[repr(C)]
struct PidfdInfo {
    /// What is asked for, then what is told.
    mask: u64,
    cgroup: u64,
    /// Process ids, users and groups.
    ids: [u32; 11],
    exit_code: i32,
}

/// `PIDFD_INFO_EXIT`.
const EXIT: u64 = 1 << 3;
/// `PIDFD_GET_INFO`: reads and writes a structure of this length, as 0xff, 11.
const GET_INFO: libc::c_ulong = 3 << 30 | (size_of::<PidfdInfo>() as libc::c_ulong) << 16 | 0xff0b;

/// Asks the kernel how a process ended.
///
/// # Errors
/// When the kernel does not know the question, or not any more.
fn exit_info(pidfd: BorrowedFd<'_>) -> io::Result<Look> {
    let mut info = PidfdInfo {
        mask: EXIT,
        cgroup: 0,
        ids: [0; 11],
        exit_code: 0,
    };
    // SAFETY: the structure is as long as the number of the request says.
    let result = unsafe { libc::ioctl(pidfd.as_raw_fd(), GET_INFO as _, &raw mut info) };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(told(&info))
}

fn told(info: &PidfdInfo) -> Look {
    if info.mask & EXIT == 0 {
        return Look::NotYet;
    }
    Look::Ended(decode(info.exit_code))
}

/// What `wait` would say.
fn decode(status: i32) -> Exit {
    if libc::WIFSIGNALED(status) {
        Exit::Signal(libc::WTERMSIG(status))
    } else {
        Exit::Status(libc::WEXITSTATUS(status))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command, Stdio};

    use super::super::super::clock;
    use super::*;

    const HOUR: u64 = 3600 * 1_000_000_000;

    /// A child that leads a session, and when it was created.
    fn child(script: &str) -> (Child, RangeInclusive<u64>) {
        let birth = clock::boottime_ns().saturating_sub(TICK_NS);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]).stdin(Stdio::piped());
        // SAFETY: setsid is one system call.
        unsafe {
            command.pre_exec(|| {
                libc::setsid();
                Ok(())
            });
        }
        let child = command.spawn().unwrap();
        (child, birth..=clock::boottime_ns())
    }

    fn wait_until_readable(adopted: &Adopted) {
        let mut fds = [rustix::event::PollFd::new(
            adopted,
            rustix::event::PollFlags::IN,
        )];
        rustix::event::poll(&mut fds, None).unwrap();
    }

    #[test]
    fn a_process_is_known_by_its_id_its_creation_and_its_session() {
        let (mut run, created) = child("read line");
        let open = |pid, created: &_| Adopted::open(pid, created).unwrap();
        assert!(open(run.id(), &created).is_some());
        let (begin, end) = created.clone().into_inner();
        assert!(open(run.id(), &(begin + HOUR..=end + HOUR)).is_none());
        assert!(open(run.id(), &(0..=begin.saturating_sub(TICK_NS))).is_none());
        // No leader of a session.
        let mut other = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let until = begin..=clock::boottime_ns();
        assert!(open(other.id(), &until).is_none());
        let adopted = open(run.id(), &created).unwrap();
        adopted.kill_process_group();
        run.wait().unwrap();
        adopted.kill_process_group();
        assert!(open(run.id(), &created).is_none());
        other.kill().unwrap();
        other.wait().unwrap();
        for nobody in [0, 1, u32::MAX] {
            assert!(open(nobody, &until).is_none());
        }
    }

    /// The name of a program may be anything, cut off within a character for instance.
    #[test]
    fn a_process_whose_name_is_no_text_is_known_too() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join(OsStr::from_bytes(b"caf\xe9) x"));
        std::os::unix::fs::symlink("/bin/sh", &program).unwrap();
        let birth = clock::boottime_ns().saturating_sub(TICK_NS);
        let mut command = Command::new(&program);
        command.args(["-c", "read line"]).stdin(Stdio::piped());
        // SAFETY: setsid is one system call.
        unsafe {
            command.pre_exec(|| {
                libc::setsid();
                Ok(())
            });
        }
        let mut run = command.spawn().unwrap();
        let created = birth..=clock::boottime_ns();
        assert!(Adopted::open(run.id(), &created).unwrap().is_some());
        drop(run.stdin.take());
        run.wait().unwrap();
        assert!(Adopted::open(run.id(), &created).unwrap().is_none());
    }

    #[test]
    fn how_it_ended_is_told_where_the_kernel_knows() {
        for (script, expected) in [
            ("exit 7", Exit::Status(7)),
            ("exit 0", Exit::Status(0)),
            ("kill -9 $$", Exit::Signal(9)),
        ] {
            let (mut run, created) = child(&format!("read line; {script}"));
            let adopted = Adopted::open(run.id(), &created).unwrap().unwrap();
            drop(run.stdin.take());
            wait_until_readable(&adopted);
            assert_eq!(adopted.look(), Look::Ended(expected), "a zombie");
            run.wait().unwrap();
            assert_eq!(adopted.zombie(), None);
            match adopted.look() {
                Look::Ended(Exit::Unknown) => eprintln!("not run: needs Linux 6.15"),
                look => assert_eq!(look, Look::Ended(expected)),
            }
        }
    }

    /// A parent waits for its `vfork` child as it would wait for a disk: in the state D.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn a_process_that_waits_for_a_device_is_told_from_one_that_sleeps() {
        let vfork = "syscall(58) == 0 and sysread(STDIN, $_, 1), syscall(231, 0)";
        let mut child = Command::new("perl")
            .args(["-e", vfork])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        while !waits_for_device(child.id()) {
            assert_eq!(child.try_wait().unwrap(), None, "it waits");
            std::thread::yield_now();
        }
        drop(child.stdin.take());
        child.wait().unwrap();
        let mut sleeper = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        assert!(!waits_for_device(sleeper.id()));
        sleeper.kill().unwrap();
        sleeper.wait().unwrap();
    }

    #[test]
    fn the_kernels_answer_is_that_of_wait() {
        assert_eq!((size_of::<PidfdInfo>(), GET_INFO), (64, 0xc040_ff0b));
        let look = |mask, exit_code| {
            told(&PidfdInfo {
                mask,
                cgroup: 0,
                ids: [0; 11],
                exit_code,
            })
        };
        assert_eq!(look(0b111, 0), Look::NotYet);
        assert_eq!(look(EXIT, 0), Look::Ended(Exit::Status(0)));
        assert_eq!(look(EXIT, 7 << 8), Look::Ended(Exit::Status(7)));
        assert_eq!(look(EXIT, 9), Look::Ended(Exit::Signal(9)));
        assert_eq!(look(EXIT, 0x8b), Look::Ended(Exit::Signal(11)));
    }
}
