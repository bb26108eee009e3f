//! Tells when somebody deletes, replaces or writes files of the database, so that an idle engine
//! notices it too. The engine's own writing wakes nobody: it keeps its files open, and only a file that is
//! closed after writing is told.

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::event::epoll;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};

use super::processes::TOKEN_STORE;

/// Room for several events.
const BUFFER_LEN: usize = 4096;

/// See the module.
pub(super) struct StoreWatch {
    /// `None` where the kernel gives no more watches: then commits and checkpoints look alone.
    fd: Option<OwnedFd>,
    names: [String; 3],
}

impl StoreWatch {
    pub(super) fn new(epoll: &OwnedFd, database: &Path) -> Self {
        let name = database.file_name().unwrap_or_default().to_string_lossy();
        Self {
            fd: watch(epoll, database.parent().unwrap_or(Path::new("/"))).ok(),
            names: ["", "-wal", "-shm"].map(|suffix| format!("{name}{suffix}")),
        }
    }

    /// Whether something has happened to the files, or to their folder, since the last call.
    pub(super) fn take(&self) -> bool {
        let Some(fd) = &self.fd else {
            return false;
        };
        let mut buffer = [MaybeUninit::uninit(); BUFFER_LEN];
        let mut reader = inotify::Reader::new(fd, &mut buffer);
        let mut has_happened = false;
        while let Ok(event) = reader.next() {
            let name = event.file_name().map(|name| name.to_string_lossy());
            let is_ours = |name: &str| self.names.iter().any(|ours| ours == name);
            let is_of_folder =
                ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF | ReadFlags::QUEUE_OVERFLOW;
            has_happened |=
                event.events().intersects(is_of_folder) || name.is_some_and(|name| is_ours(&name));
        }
        has_happened
    }
}

fn watch(epoll: &OwnedFd, folder: &Path) -> rustix::io::Result<OwnedFd> {
    let fd = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
    let what = WatchFlags::DELETE
        | WatchFlags::MOVED_FROM
        | WatchFlags::MOVED_TO
        | WatchFlags::CLOSE_WRITE
        | WatchFlags::DELETE_SELF
        | WatchFlags::MOVE_SELF;
    inotify::add_watch(&fd, folder, what)?;
    let data = epoll::EventData::new_u64(TOKEN_STORE);
    epoll::add(epoll, &fd, data, epoll::EventFlags::IN)?;
    Ok(fd)
}
