//! The socket on which clients are served: one daemon for one socket, and nothing removed that is not
//! the socket of a daemon that has ended.
//!
//! The holder of the lock beside a socket may replace it. It still checks that the socket is dead, by
//! connecting: the daemon behind it may be of a version without this lock, or another program.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::Duration;

use relance_scm::{ScmError, Win32Error, system};
use relance_texts::{Sentence, place, shown};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, fstat, statat, unlinkat};
use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use rustix::process::{Pid, PidfdFlags, pidfd_open, umask};

use super::super::kept::Kept;
use super::super::peer::credentials;
use super::files::open_in;
use super::state::take;
use super::trust::kind;
use super::walk::{Found, Last, Walk};
use super::{refused, unfit};

/// How long it waits to see whether a process serves a socket.
const PATIENCE: Duration = Duration::from_secs(2);

/// Stands for the process id of a daemon that does not answer.
const SILENT: &str = "silent";

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
pub fn listen(path: &Path, kept: &mut Kept) -> Result<Listening, ScmError> {
    let (Some(folder_path), Some(name)) = (path.parent(), path.file_name()) else {
        let path = shown(path.display());
        return Err(unfit(place::NoSocket { path }));
    };
    let walk = Walk {
        to: place::SOCKET,
        make: Some(0o755),
        system_groups: false,
        shared_folders: true,
        any_owner: false,
        last: Last::FolderOnTheWay,
    };
    let found = walk.open(folder_path)?;
    let lock = lock(&found, path, name, kept)?;
    if let Some(listener) = kept.listener_at(path) {
        return Ok(Listening { listener, lock });
    }
    remove_dead(&found.fd, path, name)?;
    let listener = bind(path).map_err(|error| refused(path, "made", error))?;
    Ok(Listening { listener, lock })
}

fn lock(found: &Found, path: &Path, name: &OsStr, kept: &mut Kept) -> Result<OwnedFd, ScmError> {
    let mut lock_name = OsString::from(name);
    lock_name.push(".lock");
    let lock_path = path.with_file_name(&lock_name);
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NONBLOCK;
    let file = open_in(&found.fd, &lock_name, flags)
        .map_err(|error| refused(&lock_path, "opened", error))?;
    let stat = fstat(&file).map_err(|error| refused(&lock_path, "looked-at", error))?;
    found.trust.check_lock(&lock_path, &stat)?;
    take(file, &lock_path, kept, |pid| is_served(path, pid))
}

fn is_served(path: &Path, pid: &str) -> ScmError {
    let path = shown(path.display());
    let sentence: Sentence = if pid == SILENT {
        place::ServedSilent { path }.into()
    } else {
        place::Served { path, pid }.into()
    };
    ScmError::new(Win32Error::SERVICE_ALREADY_RUNNING, sentence)
}

fn remove_dead(folder: &OwnedFd, path: &Path, name: &OsStr) -> Result<(), ScmError> {
    let stat = match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => stat,
        Err(Errno::NOENT) => return Ok(()),
        Err(error) => return Err(refused(path, "looked-at", error)),
    };
    let what = match kind(&stat) {
        FileType::Socket => return remove_if_dead(folder, path, name),
        FileType::RegularFile => "file",
        FileType::Directory => "folder",
        FileType::Symlink => "link",
        _ => "other",
    };
    let path = shown(path.display());
    Err(unfit(place::InTheWay { path, what }))
}

fn remove_if_dead(folder: &OwnedFd, path: &Path, name: &OsStr) -> Result<(), ScmError> {
    let owner = owner(path).map_err(|error| {
        let (path, reason) = (shown(path.display()), system::reason(&error));
        unfit(place::SocketInUse { path, reason })
    })?;
    match owner {
        Some(pid) => Err(is_served(path, &pid)),
        None => unlinkat(folder, name, AtFlags::empty())
            .map_err(|error| refused(path, "removed", error)),
    }
}

/// Who listens on a socket, in words; `None` if nobody does.
///
/// The engine of a killed guardian, and with it the socket, lives on for a moment: wait for its end.
fn owner(path: &Path) -> io::Result<Option<String>> {
    let address = SocketAddrUnix::new(path)?;
    loop {
        let socket = socket_with(
            AddressFamily::UNIX,
            SocketType::STREAM,
            SocketFlags::CLOEXEC,
            None,
        )?;
        set_socket_timeout(&socket, Timeout::Send, Some(PATIENCE))?;
        match connect(&socket, &address) {
            Ok(()) => {}
            // Its queue is full, so it is alive, or stopped.
            Err(Errno::AGAIN) => return Ok(Some(SILENT.to_owned())),
            Err(Errno::INTR) => continue,
            Err(Errno::CONNREFUSED | Errno::NOENT) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let pid = listener_of(&socket)?;
        if is_alive(pid) || !wait_for_end(&socket)? {
            return Ok(Some(pid.to_string()));
        }
    }
}

/// The process that had called `listen`; 0 if it is in another namespace.
fn listener_of(socket: &OwnedFd) -> io::Result<i32> {
    Ok(credentials(socket.as_fd())?.pid)
}

fn is_alive(pid: i32) -> bool {
    let Some(pid) = Pid::from_raw(pid) else {
        return true;
    };
    let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else {
        return false;
    };
    let mut ended = [PollFd::new(&process, PollFlags::IN)];
    poll(&mut ended, Some(&Timespec::default())) == Ok(0)
}

/// Waits until the other end is gone; `false` if it stays.
fn wait_for_end(socket: &OwnedFd) -> io::Result<bool> {
    let patience = Timespec::try_from(PATIENCE).ok();
    let mut ended = [PollFd::new(socket, PollFlags::RDHUP)];
    Ok(poll(&mut ended, patience.as_ref())? > 0)
}

/// With the mode from the start, rather than changed at a path afterwards.
fn bind(path: &Path) -> io::Result<OwnedFd> {
    let before = umask(Mode::from_raw_mode(0o111));
    let bound = UnixListener::bind(path);
    umask(before);
    Ok(bound?.into())
}
