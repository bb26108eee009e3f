//! Reports when files of the database are deleted, replaced or written, or when the rights of its folder
//! change, so that an idle engine notices it too. The engine's own writing causes no report: it keeps its files
//! open, and the kernel reports a written file when it is closed.

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::event::epoll;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};

use super::processes::TOKEN_STORE;

/// Room for several events.
const BUFFER_LEN: usize = 4096;

/// What has happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Happened {
    /// To the files, or to their folder.
    pub(super) to_files: bool,
    /// To the rights of the folder.
    pub(super) to_rights: bool,
}

/// See the module.
pub(super) struct StoreWatch {
    /// `None` where the kernel gives no more watches: then only commits and checkpoints look.
    fd: Option<OwnedFd>,
    folder: PathBuf,
    names: [String; 3],
}

impl StoreWatch {
    pub(super) fn new(epoll: &OwnedFd, database: &Path) -> Self {
        let name = database.file_name().unwrap_or_default().to_string_lossy();
        let folder = database.parent().unwrap_or(Path::new("/"));
        Self {
            fd: watch(epoll, folder).ok(),
            folder: folder.to_owned(),
            names: ["", "-wal", "-shm"].map(|suffix| format!("{name}{suffix}")),
        }
    }

    /// The folder of the files.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What has happened since the last call.
    pub(super) fn take(&self) -> Happened {
        let mut happened = Happened::default();
        let Some(fd) = &self.fd else {
            return happened;
        };
        let mut buffer = [MaybeUninit::uninit(); BUFFER_LEN];
        let mut reader = inotify::Reader::new(fd, &mut buffer);
        while let Ok(event) = reader.next() {
            let name = event.file_name().map(|name| name.to_string_lossy());
            let is_ours = |name: &str| self.names.iter().any(|ours| ours == name);
            let what = event.events();
            if what.intersects(ReadFlags::ATTRIB | ReadFlags::QUEUE_OVERFLOW) {
                happened.to_rights |= name.is_none();
            }
            let is_of_folder =
                ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF | ReadFlags::QUEUE_OVERFLOW;
            let is_of_file = !what.intersects(ReadFlags::ATTRIB);
            happened.to_files |= what.intersects(is_of_folder)
                || is_of_file && name.is_some_and(|name| is_ours(&name));
        }
        happened
    }
}

fn watch(epoll: &OwnedFd, folder: &Path) -> rustix::io::Result<OwnedFd> {
    let fd = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
    let what = WatchFlags::DELETE
        | WatchFlags::MOVED_FROM
        | WatchFlags::MOVED_TO
        | WatchFlags::CLOSE_WRITE
        | WatchFlags::DELETE_SELF
        | WatchFlags::MOVE_SELF
        | WatchFlags::ATTRIB;
    inotify::add_watch(&fd, folder, what)?;
    let data = epoll::EventData::new_u64(TOKEN_STORE);
    epoll::add(epoll, &fd, data, epoll::EventFlags::IN)?;
    Ok(fd)
}
