//! Who is at the other end of a Unix socket (A28): the kernel says it, nobody has to sign in.

use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use relance_scm::Caller;
use relance_scm::manager::Session;
use relance_scm::security::Sid;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::clock;

/// `SO_PEERPIDFD` (Linux 6.5): a descriptor of the process that made the connection.
const SO_PEERPIDFD: libc::c_int = 77;

/// Groups of one peer that are looked at.
const GROUPS_MAX: usize = 1024;

/// Who administers the manager: root, the daemon's own user, and a group.
#[derive(Clone, Copy, Debug)]
pub struct Administrators {
    own_uid: u32,
    group: Option<u32>,
}

impl Administrators {
    /// Root, the user of this process, and the members of a group.
    #[must_use]
    pub fn new(group: Option<u32>) -> Self {
        Self {
            own_uid: rustix::process::getuid().as_raw(),
            group,
        }
    }

    /// The caller behind a connection.
    ///
    /// # Errors
    /// When the kernel does not say, because the peer is gone.
    pub fn identify(&self, socket: BorrowedFd<'_>) -> io::Result<Caller> {
        let credentials = credentials(socket)?;
        let uid = credentials.uid;
        let mut groups = peer_groups(socket)?;
        groups.push(credentials.gid);
        let session = session(credentials.pid).filter(|_| is_there(socket));
        let seen = clock::boottime_ns();
        Ok(Caller {
            session: session.map(|leader| Session { leader, seen }),
            ..self.caller(uid, &groups)
        })
    }

    fn caller(&self, uid: u32, groups: &[u32]) -> Caller {
        let is_administrator = uid == 0
            || uid == self.own_uid
            || self.group.is_some_and(|group| groups.contains(&group));
        let mut sids = vec![
            Sid::Interactive,
            Sid::AuthenticatedUsers,
            Sid::Everyone,
            Sid::UnixUser(uid),
        ];
        if is_administrator {
            sids.push(Sid::Administrators);
        }
        sids.extend(groups.iter().copied().map(Sid::UnixGroup));
        let name = if uid == 0 {
            "root".to_owned()
        } else {
            format!("user {uid}")
        };
        Caller {
            name: name.into(),
            sids: sids.into(),
            session: None,
        }
    }
}

/// Process, user and group of a peer (`SO_PEERCRED`). Not by rustix, for which no process has the number 0.
/// The process is 0 for one outside of this PID
/// namespace, for instance beside the container in which this daemon runs.
pub(super) fn credentials(socket: BorrowedFd<'_>) -> io::Result<libc::ucred> {
    let mut credentials = libc::ucred {
        pid: 0,
        uid: u32::MAX,
        gid: u32::MAX,
    };
    let mut length = libc::socklen_t::try_from(size_of::<libc::ucred>()).unwrap_or(0);
    // SAFETY: the structure is as long as said, and the kernel writes no more.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut credentials).cast(),
            &raw mut length,
        )
    };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(credentials)
}

/// The session of a process. One that is gone has none, and one that was led from outside of this PID
/// namespace (`docker exec`) has no number here.
pub(super) fn session(pid: libc::pid_t) -> Option<u32> {
    if pid <= 0 {
        return None;
    }
    // SAFETY: a number.
    let session = unsafe { libc::getsid(pid) };
    u32::try_from(session).ok().filter(|session| *session > 0)
}

/// Whether the process that made the connection has not ended: another one may have its number then. Before
/// Linux 6.5 nobody says so.
fn is_there(socket: BorrowedFd<'_>) -> bool {
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    match process(socket) {
        // Readable when it has ended.
        Ok(process) => poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&at_once)) == Ok(0),
        Err(error) => error.raw_os_error() == Some(libc::ENOPROTOOPT),
    }
}

/// The process that made the connection.
fn process(socket: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let mut number: libc::c_int = -1;
    let mut length = libc::socklen_t::try_from(size_of::<libc::c_int>()).unwrap_or(0);
    // SAFETY: the number is as long as said, and the kernel writes no more.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            SO_PEERPIDFD,
            (&raw mut number).cast(),
            &raw mut length,
        )
    };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just made it for this process.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// The supplementary groups of a peer (`SO_PEERGROUPS`).
fn peer_groups(socket: BorrowedFd<'_>) -> io::Result<Vec<u32>> {
    let mut groups = vec![0_u32; GROUPS_MAX];
    let mut length = libc::socklen_t::try_from(groups.len() * size_of::<u32>()).unwrap_or(0);
    // SAFETY: the buffer is as long as said, and the kernel writes no more and says how much.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERGROUPS,
            groups.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    groups.truncate(length as usize / size_of::<u32>());
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::process::{Command, Stdio};

    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

    use super::*;

    #[test]
    fn a28_who_administers() {
        let administrators = Administrators {
            own_uid: 500,
            group: Some(27),
        };
        let is = |uid, groups: &[u32]| administrators.caller(uid, groups).is_administrator();
        assert!(is(0, &[0]) && is(500, &[500]) && is(1000, &[1000, 27]));
        assert!(!is(1000, &[1000]));
        let caller = administrators.caller(33, &[33, 4]);
        assert!(
            caller.sids.contains(&Sid::UnixUser(33)) && caller.sids.contains(&Sid::UnixGroup(4))
        );
        assert!(!caller.sids.contains(&Sid::Service) && !caller.sids.contains(&Sid::LocalSystem));
    }

    /// Somebody else may have its number by now, a service perhaps.
    #[test]
    fn a_peer_that_has_ended_is_in_no_session() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let administrators = Administrators::new(None);
        let own = UnixStream::connect(&path).unwrap();
        let (end, _) = listener.accept().unwrap();
        drop(own);
        assert!(is_there(end.as_fd()));
        if process(end.as_fd()).is_err() {
            return eprintln!("not run: needs Linux 6.5");
        }
        // A process that connects, leaves the connection to another one, and ends.
        let script = "use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]); \
            fork or <STDIN>";
        let mut parent = Command::new("perl")
            .args(["-e", script])
            .arg(&path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let _until_dropped = parent.stdin.take();
        let (end, _) = listener.accept().unwrap();
        let pid = Pid::from_raw(parent.id().cast_signed()).unwrap();
        // Nobody else gets its number yet, so its session is still known.
        waitid(
            WaitId::Pid(pid),
            WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
        )
        .unwrap();
        let caller = administrators.identify(end.as_fd()).unwrap();
        assert_eq!(caller.session, None);
        parent.wait().unwrap();
    }

    #[test]
    fn the_kernel_names_the_peer() {
        let (a, _b) = UnixStream::pair().unwrap();
        let caller = Administrators::new(None).identify(a.as_fd()).unwrap();
        assert!(
            caller.is_administrator(),
            "a process administers its own daemon"
        );
    }
}
