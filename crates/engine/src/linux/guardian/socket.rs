//! The socket on which clients are served, in its place. Cleaners of `/tmp` remove it, and people do; nobody would reach
//! the manager any more. The kernel tells the guardian, which makes it again under the lock that it holds. An engine gets
//! its socket when it starts, so the one there is is replaced, which no service notices.
//!
//! A folder that is gone too is made only when somebody asks for it (SIGHUP): who removes all that a manager has does not
//! want it back at once.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;

use relance_scm::ScmError;
use rustix::event::epoll;
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use rustix::io::Errno;

use super::super::kept::Kept;
use super::super::place;
use super::super::process::log;
use super::{Guardian, TOKEN_SOCKET};

/// Room for several events.
const BUFFER_LEN: usize = 1024;

/// What is known of the socket's file.
#[derive(Default)]
pub(super) struct SocketWatch {
    /// Where the kernel says that it was removed; `None` where it gives no more watches.
    fd: Option<OwnedFd>,
    /// Set when it was made again, until an engine has put that on record.
    pub(super) was_removed: bool,
}

impl Guardian {
    /// Watches the file of the socket. It alone is watched, and not its folder, where others may be busy.
    pub(super) fn watch_socket(&mut self) {
        self.socket.fd = None;
        match watch(&self.epoll, &self.setup.socket) {
            Ok(fd) => self.socket.fd = Some(fd),
            Err(error) => log(&format!("its socket is not watched: {error}")),
        }
    }

    /// Something has happened to the file.
    pub(super) fn socket_changed(&mut self) {
        if let Some(fd) = &self.socket.fd {
            let mut buffer = [MaybeUninit::uninit(); BUFFER_LEN];
            let mut reader = inotify::Reader::new(fd, &mut buffer);
            while reader.next().is_ok() {}
        }
        if self.setup.socket.parent().is_some_and(Path::exists) {
            self.restore_socket();
        }
    }

    /// Makes the socket again if nothing is in its place.
    pub(super) fn restore_socket(&mut self) {
        let is_gone = matches!(rustix::fs::lstat(&self.setup.socket), Err(Errno::NOENT));
        if !is_gone || self.shutdown.is_asked() || self.is_upgrading {
            return;
        }
        let path = self.setup.socket.display().to_string();
        match self.listen_anew() {
            Ok(()) => {
                self.socket.was_removed = true;
                self.watch_socket();
                self.drop_engine(&format!("its socket {path} was removed and made again"));
            }
            Err(error) => log(&format!(
                "its socket {path} was removed and cannot be made again: {error}"
            )),
        }
    }

    fn listen_anew(&mut self) -> Result<(), ScmError> {
        let [_, lock] = &mut self.setup.locks;
        let held = lock.try_clone().map_err(|error| refused(&error))?;
        let mut kept = Kept::new(vec![held], None);
        let made = place::listen(&self.setup.socket, &mut kept)?;
        let before = std::mem::replace(&mut self.setup.listener, made.listener);
        *lock = made.lock;
        // The engine has it too, so that it does not leave by itself. Not watched yet: nothing to remove.
        let _ = epoll::delete(&self.epoll, &before);
        Ok(())
    }
}

fn refused(error: &io::Error) -> ScmError {
    ScmError::new(
        relance_scm::system::code(error),
        relance_scm::system::reason(error),
    )
}

fn watch(epoll: &OwnedFd, path: &Path) -> io::Result<OwnedFd> {
    let fd = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
    // Who serves it keeps the file, so what comes when its name is removed is ATTRIB: it has a link less.
    let what = WatchFlags::ATTRIB | WatchFlags::MOVE_SELF | WatchFlags::DELETE_SELF;
    inotify::add_watch(&fd, path, what | WatchFlags::DONT_FOLLOW)?;
    let data = epoll::EventData::new_u64(TOKEN_SOCKET);
    epoll::add(epoll, &fd, data, epoll::EventFlags::IN)?;
    Ok(fd)
}
