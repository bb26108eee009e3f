//! The socket on which clients are served: one daemon for one socket, and nothing removed that is not
//! the socket of a daemon that has ended.
//!
//! Whoever holds the lock beside a socket may replace it. That it is dead is seen all the same, by
//! connecting: its daemon may be of a version that takes no such lock, or be no daemon of ours.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, fstat, statat, unlinkat};
use rustix::io::Errno;
use rustix::net::sockopt::socket_peercred;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use rustix::process::umask;

use super::Unfit;
use super::files::open_in;
use super::state::take;
use super::trust::{Trust, kind};
use super::walk::{Found, Last, Walk};

/// A socket that is served by this daemon alone.
#[derive(Debug)]
pub struct Listening {
    /// Where clients connect.
    pub listener: OwnedFd,
    /// Held for the life of the daemon.
    pub lock: OwnedFd,
}

/// Makes the folder of the socket if it is missing, takes the lock, removes the socket of a daemon that
/// has ended, and listens. Peers are known by their credentials, so everybody may connect.
///
/// # Errors
/// When another daemon serves it, when something else than a dead socket is in its place, or when
/// others could put something else there.
pub fn listen(path: &Path) -> Result<Listening, Unfit> {
    let (Some(folder_path), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(Unfit::new(format!(
            "{} cannot be a socket; name a file with --socket",
            path.display()
        )));
    };
    let walk = Walk {
        to: "the socket",
        make: Some(0o755),
        system_groups: false,
        last: Last::FolderOnTheWay,
    };
    let found = walk.open(folder_path)?;
    let lock = lock(&found, path, name)?;
    remove_dead(&found.fd, path, name)?;
    let listener = bind(path).map_err(|error| Unfit::io(path, "made", error))?;
    Ok(Listening { listener, lock })
}

fn lock(found: &Found, path: &Path, name: &OsStr) -> Result<OwnedFd, Unfit> {
    let mut lock_name = OsString::from(name);
    lock_name.push(".lock");
    let lock_path = path.with_file_name(&lock_name);
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NONBLOCK;
    let file = open_in(&found.fd, &lock_name, flags)
        .map_err(|error| Unfit::io(&lock_path, "opened", error))?;
    let stat = fstat(&file).map_err(|error| Unfit::io(&lock_path, "looked at", error))?;
    let trust: &Trust = &found.trust;
    trust.check_lock(&lock_path, &stat)?;
    take(file, &lock_path, |pid| is_served(path, pid))
}

fn is_served(path: &Path, pid: &str) -> String {
    format!(
        "another daemon (process {pid}) serves {}; stop it, or name another socket with --socket",
        path.display()
    )
}

fn remove_dead(folder: &OwnedFd, path: &Path, name: &OsStr) -> Result<(), Unfit> {
    let stat = match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => stat,
        Err(Errno::NOENT) => return Ok(()),
        Err(error) => return Err(Unfit::io(path, "looked at", error)),
    };
    let what = match kind(&stat) {
        FileType::Socket => return remove_if_dead(folder, path, name),
        FileType::RegularFile => "a file",
        FileType::Directory => "a folder",
        FileType::Symlink => "a link",
        _ => "not a socket",
    };
    Err(Unfit::new(format!(
        "{} is {what}, and only the socket of a daemon that has ended is replaced; move it away, or name \
         another socket with --socket",
        path.display()
    )))
}

fn remove_if_dead(folder: &OwnedFd, path: &Path, name: &OsStr) -> Result<(), Unfit> {
    let owner = owner(path).map_err(|error| {
        Unfit::new(format!(
            "{} is a socket that is in use or not for this user ({error}); name another with --socket",
            path.display()
        ))
    })?;
    match owner {
        Some(pid) => Err(Unfit::new(is_served(path, &pid))),
        None => unlinkat(folder, name, AtFlags::empty())
            .map_err(|error| Unfit::io(path, "removed", error)),
    }
}

/// The process that listens on a socket; `None` if nobody does.
fn owner(path: &Path) -> io::Result<Option<String>> {
    let address = SocketAddrUnix::new(path)?;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    match connect(&socket, &address) {
        Ok(()) => Ok(Some(match socket_peercred(socket.as_fd()) {
            Ok(peer) => peer.pid.as_raw_nonzero().to_string(),
            Err(_) => "unknown".to_owned(),
        })),
        // So many wait for it that it must be alive, or stopped.
        Err(Errno::AGAIN) => Ok(Some("unknown: it answers nobody".to_owned())),
        Err(Errno::CONNREFUSED | Errno::NOENT) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// With the mode from the start, rather than changed at a path afterwards.
fn bind(path: &Path) -> io::Result<OwnedFd> {
    let path: PathBuf = path.to_owned();
    let before = umask(Mode::from_raw_mode(0o111));
    let bound = UnixListener::bind(path);
    umask(before);
    Ok(bound?.into())
}
