//! Waiting until a socket appears, or may be opened by others.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

/// A watch over the folders of sockets.
pub(crate) struct Arrival {
    sockets: Vec<PathBuf>,
    /// `None` if the kernel gives no watch: then the caller only waits for a time.
    watch: Option<OwnedFd>,
}

impl Arrival {
    /// Begins to watch.
    pub(crate) fn of(sockets: &[PathBuf]) -> Self {
        let watch = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok();
        let folders: BTreeSet<&Path> = sockets.iter().filter_map(|path| path.parent()).collect();
        if let Some(watch) = &watch {
            let wanted = WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::ATTRIB;
            for folder in folders {
                // A missing folder is tried again after a pause, like its socket.
                let _ = inotify::add_watch(watch, folder, wanted);
            }
        }
        Self {
            sockets: sockets.to_vec(),
            watch,
        }
    }

    /// The sockets.
    pub(crate) fn sockets(&self) -> &[PathBuf] {
        &self.sockets
    }

    /// Waits until such a change happens, or for this time.
    pub(crate) fn wait(&self, time: Duration) {
        let until = Instant::now() + time;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let left = Timespec::try_from(left).ok();
            let mut polled = self.watch.iter().map(|fd| PollFd::new(fd, PollFlags::IN));
            let seen = match polled.next() {
                Some(watch) => poll(&mut [watch], left.as_ref()),
                None => poll(&mut [], left.as_ref()),
            };
            if seen.is_ok_and(|seen| seen > 0) && self.has_come() {
                return;
            }
        }
    }

    /// Whether one of the sockets is among what happened.
    fn has_come(&self) -> bool {
        let Some(watch) = &self.watch else {
            return false;
        };
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut events = inotify::Reader::new(watch, &mut buffer);
        let mut has_come = false;
        while let Ok(event) = events.next() {
            let name = event
                .file_name()
                .map(|name| OsStr::from_bytes(name.to_bytes()));
            has_come |= self.sockets.iter().any(|path| path.file_name() == name);
        }
        has_come
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::thread;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_socket_that_appears_ends_the_wait() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("relance.sock");
        let arrival = Arrival::of(std::slice::from_ref(&socket));
        let begin = Instant::now();
        let waiting = thread::spawn(move || arrival.wait(LONG));
        std::fs::write(folder.path().join("another"), "").unwrap();
        let _listener = UnixListener::bind(&socket).unwrap();
        waiting.join().unwrap();
        assert!(begin.elapsed() < LONG);
    }

    #[test]
    fn what_happens_to_other_files_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let arrival = Arrival::of(&[folder.path().join("relance.sock")]);
        std::fs::write(folder.path().join("another"), "").unwrap();
        assert!(!arrival.has_come());
    }

    #[test]
    fn a_folder_that_is_not_there_costs_the_pause() {
        let arrival = Arrival::of(&["/nowhere/relance.sock".into()]);
        let (begin, pause) = (Instant::now(), Duration::from_millis(1));
        arrival.wait(pause);
        assert!(begin.elapsed() >= pause);
    }
}
