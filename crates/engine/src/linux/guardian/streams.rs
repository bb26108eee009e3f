//! What services print into: one named pipe (FIFO) a run, two where standard error is kept apart, in a
//! private folder.
//!
//! The service's own descriptor is open for reading and writing, so there is always a reader: a write
//! cannot fail or send SIGPIPE because a manager died. While no manager reads, the pipe fills and the
//! writer waits. A new manager opens the pipe by its name and goes on.
//!
//! A stream may outlive its run, because a child of the service holds it. It is kept until nobody can
//! write and its rest has been read; the number of these is bounded for each service.
//!
//! Where no named pipe can be made (a full disk, a file system without them) the stream has no name: it
//! is lost with the guardian, but still hurts nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use relance_policy::RunId;
use relance_scm::manager::OutputStream;
use rustix::event::{PollFd, PollFlags, Timespec, epoll};
use rustix::fs::{CWD, FileType, Mode, OFlags, fchown, fstat, mkfifoat, open};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::Uid;

use super::super::process::log;
use super::super::protocol::{RunKey, STREAMS_AFTER_RUNS_MAX, StreamKey, stream_token};

/// The name of the pipe that is ready for the next run.
const SPARE: &str = "next";
/// What the name of a pipe for standard error ends with.
const ERRORS: &str = ".err";
/// A reader never waits, neither for the name to have a writer nor for something to read.
const READ: OFlags = OFlags::RDONLY
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);
const READ_WRITE: OFlags = OFlags::RDWR.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// See the module.
pub(super) struct Streams {
    folder: PathBuf,
    open: BTreeMap<StreamKey, Stream>,
    /// One that is ready for the next run, so that a start need not make it.
    spare: Option<Ends>,
    /// Whether a run could have used one.
    wants_spare: bool,
    /// Streams whose run is over, to be looked at when nothing else is to be done.
    over: Vec<StreamKey>,
    /// Streams whose run is over, and into which somebody may still print.
    released: BTreeSet<StreamKey>,
    /// Those of them that nobody can write into, but whose rest the engine has still to read.
    unread: BTreeSet<StreamKey>,
    /// Whether it was said that streams have no names.
    complained: bool,
}

/// A pipe: its reader, and a descriptor that reads and writes.
type Ends = (OwnedFd, OwnedFd);

struct Stream {
    reader: Rc<OwnedFd>,
    /// Whether it has a name in the file system.
    has_name: bool,
}

impl Streams {
    /// Opens the streams that an earlier guardian has left in this folder.
    pub(super) fn take_over(folder: PathBuf) -> Self {
        let mut streams = Self {
            folder,
            open: BTreeMap::new(),
            spare: None,
            wants_spare: false,
            over: Vec::new(),
            released: BTreeSet::new(),
            unread: BTreeSet::new(),
            complained: false,
        };
        let Ok(entries) = fs::read_dir(&streams.folder) else {
            return streams;
        };
        streams.remove_spare();
        for entry in entries.flatten() {
            let path = entry.path();
            let Some(key) = path.file_name().and_then(|name| key_of(name.to_str()?)) else {
                continue;
            };
            match reopen(&path) {
                Ok(reader) => streams.insert(key, reader, true),
                Err(error) => log(&format!(
                    "the output in {} cannot be read any more: {error}",
                    path.display()
                )),
            }
        }
        streams
    }

    /// Makes the stream of a run, and returns what its process prints into. It belongs to the account
    /// of the service, so that the service can open `/dev/stdout`.
    pub(super) fn make(&mut self, key: StreamKey, owner: Option<u32>) -> io::Result<OwnedFd> {
        self.wants_spare = true;
        let path = self.path(key);
        let made = self.use_spare(&path);
        let (reader, writer, has_name) = match made.map_or_else(|| named(&self.folder, &path), Ok) {
            Ok((reader, writer)) => (reader, writer, true),
            Err(error) => {
                self.complain(&error);
                let (reader, writer) = unnamed()?;
                (reader, writer, false)
            }
        };
        if let Some(owner) = owner {
            // Where this is refused (a quota), the service can still print, but not open its output by name.
            let _ = fchown(&writer, Some(Uid::from_raw(owner)), None);
        }
        self.insert(key, reader, has_name);
        Ok(writer)
    }

    /// Another descriptor into which a process of a run can print, if the stream has a name.
    pub(super) fn writer(&self, key: StreamKey) -> Option<OwnedFd> {
        let has_name = self.open.get(&key)?.has_name;
        let open = || open(self.path(key), READ_WRITE, Mode::empty()).ok();
        has_name.then(open)?
    }

    /// What the pipe of a run is called.
    fn path(&self, key: StreamKey) -> PathBuf {
        let StreamKey(RunKey(service, number), stream) = key;
        let end = match stream {
            OutputStream::Output => "",
            OutputStream::Errors => ERRORS,
        };
        self.folder.join(format!("{service}.{number}{end}"))
    }

    fn use_spare(&mut self, path: &Path) -> Option<Ends> {
        let ends = self.spare.take()?;
        fs::rename(self.folder.join(SPARE), path).ok()?;
        Some(ends)
    }

    pub(super) fn insert(&mut self, key: StreamKey, reader: OwnedFd, has_name: bool) {
        self.released.remove(&key);
        self.unread.remove(&key);
        let reader = Rc::new(reader);
        self.open.insert(key, Stream { reader, has_name });
    }

    fn complain(&mut self, error: &io::Error) {
        if !std::mem::replace(&mut self.complained, true) {
            log(&format!(
                "no pipe can be made in {}, so what services print while no daemon runs is lost: {error}",
                self.folder.display()
            ));
        }
    }

    /// The reading end of a run's output.
    pub(super) fn reader(&self, key: StreamKey) -> Option<&Rc<OwnedFd>> {
        self.open.get(&key).map(|stream| &stream.reader)
    }

    /// Those that the next program cannot open by a name.
    pub(super) fn without_names(&self) -> impl Iterator<Item = (StreamKey, &Rc<OwnedFd>)> {
        let unnamed = self.open.iter().filter(|(_, stream)| !stream.has_name);
        unnamed.map(|(key, stream)| (*key, &stream.reader))
    }

    /// All streams there are.
    pub(super) fn keys(&self) -> impl Iterator<Item = StreamKey> {
        self.open.keys().copied()
    }

    /// How many there are for standard error.
    pub(super) fn of_errors(&self) -> usize {
        let mut keys = self.open.keys();
        // Usually there are none. They are in the order of the runs.
        keys.by_ref()
            .filter(|key| key.1 == OutputStream::Errors)
            .count()
    }

    /// How many there are whose run is over.
    pub(super) fn after_their_runs(&self) -> usize {
        self.over.len() + self.released.len()
    }

    /// The run is over: its streams go when nobody can write and all is read.
    pub(super) fn release(&mut self, run: RunKey) {
        let streams = StreamKey::of(run).into_iter();
        let there = streams.filter(|key| self.open.contains_key(key));
        self.over.extend(there.collect::<Vec<_>>());
    }

    fn let_go(&mut self, key: StreamKey, epoll: &OwnedFd) {
        let Some(stream) = self.open.get(&key) else {
            return;
        };
        if has_ended(&stream.reader) {
            return self.forget_when_read(key);
        }
        if self.released.insert(key) {
            let data = epoll::EventData::new_u64(stream_token(key.0.into(), key.1));
            // Waits for the end only, which epoll always reports.
            let _ = epoll::add(epoll, &*stream.reader, data, epoll::EventFlags::ET);
            self.bound(key.0.0);
        }
    }

    /// Nobody can write into a stream any more.
    pub(super) fn ended(&mut self, key: StreamKey) {
        if self.released.contains(&key) {
            self.forget_when_read(key);
        }
    }

    /// In each turn of the loop, before it waits: lets streams go, and makes one ready. `epoll` will tell
    /// with the token of a run when nobody can write into its stream any more.
    pub(super) fn tidy(&mut self, epoll: &OwnedFd) {
        for key in std::mem::take(&mut self.over) {
            self.let_go(key, epoll);
        }
        if self.wants_spare && self.spare.is_none() {
            // Where this fails, so does the next run, which says so.
            self.spare = named(&self.folder, &self.folder.join(SPARE)).ok();
        }
        for key in std::mem::take(&mut self.unread) {
            self.forget_when_read(key);
        }
    }

    fn forget_when_read(&mut self, key: StreamKey) {
        match self.open.get(&key) {
            Some(stream) if !is_empty(&stream.reader) => {
                self.unread.insert(key);
            }
            _ => self.forget(key),
        }
    }

    /// Forgets the streams of a run that could not be started.
    pub(super) fn forget_run(&mut self, run: RunKey) {
        for key in StreamKey::of(run) {
            self.forget(key);
        }
    }

    /// Forgets a stream with its name.
    pub(super) fn forget(&mut self, key: StreamKey) {
        self.released.remove(&key);
        self.unread.remove(&key);
        if self.open.remove(&key).is_some_and(|stream| stream.has_name) {
            // If the name stays, the next guardian looks at it.
            let _ = fs::remove_file(self.path(key));
        }
    }

    /// The daemon ends: names that are no longer needed are removed.
    pub(super) fn close(&mut self, epoll: &OwnedFd) {
        self.wants_spare = false;
        self.tidy(epoll);
        if self.spare.take().is_some() {
            self.remove_spare();
        }
    }

    fn remove_spare(&self) {
        // If it stays, the next guardian makes it again.
        let _ = fs::remove_file(self.folder.join(SPARE));
    }

    /// A service must not be able to use up the daemon's descriptors.
    fn bound(&mut self, service: u32) {
        let (first, last) = (RunKey(service, 0), RunKey(service, u32::MAX));
        let of_service =
            StreamKey(first, OutputStream::Output)..=StreamKey(last, OutputStream::Errors);
        if self.released.range(of_service.clone()).count() > STREAMS_AFTER_RUNS_MAX
            && let Some(oldest) = self.released.range(of_service).next().copied()
        {
            self.forget(oldest);
        }
    }
}

/// The stream of a name in the folder.
fn key_of(name: &str) -> Option<StreamKey> {
    let (run, stream) = match name.strip_suffix(ERRORS) {
        Some(run) => (run, OutputStream::Errors),
        None => (name, OutputStream::Output),
    };
    let run: RunId = run.parse().ok()?;
    Some(StreamKey(run.into(), stream))
}

/// A pipe with this name.
fn named(folder: &Path, path: &Path) -> io::Result<Ends> {
    make_fifo(path).or_else(|error| match error {
        // Left by a guardian that was killed.
        Errno::EXIST => fs::remove_file(path).and_then(|()| Ok(make_fifo(path)?)),
        Errno::NOENT => fs::DirBuilder::new()
            .mode(0o700)
            .create(folder)
            .and_then(|()| Ok(make_fifo(path)?)),
        error => Err(error.into()),
    })?;
    let ends = open(path, READ, Mode::empty())
        .and_then(|reader| Ok((reader, open(path, READ_WRITE, Mode::empty())?)));
    if ends.is_err() {
        let _ = fs::remove_file(path);
    }
    Ok(ends?)
}

fn make_fifo(path: &Path) -> Result<(), Errno> {
    mkfifoat(CWD, path, Mode::RUSR | Mode::WUSR)
}

/// The same without a name.
pub(super) fn unnamed() -> io::Result<Ends> {
    let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
    rustix::io::ioctl_fionbio(&reader, true)?;
    let own = format!("/proc/self/fd/{}", writer.as_raw_fd());
    let flags = OFlags::RDWR | OFlags::CLOEXEC;
    // Without /proc a plain pipe end is better than no start.
    let both = open(own, flags, Mode::empty()).unwrap_or(writer);
    Ok((reader, both))
}

/// Opens the pipe of an earlier guardian for reading.
fn reopen(path: &Path) -> io::Result<OwnedFd> {
    let reader = open(path, READ, Mode::empty())?;
    if FileType::from_raw_mode(fstat(&reader)?.st_mode) != FileType::Fifo {
        return Err(io::Error::other("it is not a pipe"));
    }
    // The kernel reports a missing writer only to a reader that has seen one: open and close a
    // writer.
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    drop(open(path, flags, Mode::empty())?);
    Ok(reader)
}

/// Whether nobody can write into the pipe any more.
fn has_ended(reader: &OwnedFd) -> bool {
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let mut poll = [PollFd::from_borrowed_fd(reader.as_fd(), PollFlags::empty())];
    let polled = rustix::event::poll(&mut poll, Some(&at_once));
    polled.is_ok() && poll[0].revents().contains(PollFlags::HUP)
}

fn is_empty(reader: &OwnedFd) -> bool {
    rustix::io::ioctl_fionread(reader).is_ok_and(|length| length == 0)
}

#[cfg(test)]
mod tests;
