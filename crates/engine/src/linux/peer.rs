//! Who is at the other end of a Unix socket (A28): the kernel says it, nobody has to sign in.

use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, BorrowedFd};

use relance_scm::Caller;
use relance_scm::security::Sid;

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
        Ok(Caller {
            session: session(credentials.pid),
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
    use std::os::unix::net::UnixStream;

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
