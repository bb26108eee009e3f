//! The files of the services' output: opened, kept open, found again after somebody has moved, removed or
//! truncated them, and put aside when they are long.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::SystemTime;

use relance_scm::Sentence;
use rustix::fs::{AtFlags, CWD, SeekFrom, seek, statat};
use rustix::io::{Errno, ReadWriteFlags, pwritev2};
use rustix::pipe::{SpliceFlags, splice};
use rustix::process::{Resource, getrlimit};

use super::LogSettings;
use super::path::FileKey;
use super::plan::{OutputPlan, Rotation};
use super::problem::not_given;
use super::rotation::put_aside;
use crate::linux::place::{FileRights, OutputPlace, append_to, check_logs};
use crate::output::{Mark, OutputSignals};

/// Files kept open, at most so many ...
const OPEN_MAX: usize = 128;
/// ... and this part of what the process may have open.
const OPEN_PART: u64 = 16;

/// How much longer than it should be a file gets in order to end with a whole line.
const LINE_ROOM: u64 = 64 * 1024;

/// The files that are open, the least recently used of which are closed.
pub(super) struct Files {
    pub(super) settings: LogSettings,
    pub(super) signals: Arc<OutputSignals>,
    open: HashMap<FileKey, Output>,
    open_max: usize,
    compressing: HashMap<FileKey, JoinHandle<()>>,
    turn: u64,
}

/// A file that is open.
pub(super) struct Output {
    pub(super) file: File,
    place: OutputPlace,
    /// Device and inode.
    identity: (u64, u64),
    length: u64,
    /// Its first bytes; those that are not there are 0.
    first: [u8; 8],
    /// When it was begun, as far as is known.
    begun: SystemTime,
    used: u64,
    /// Why it is not whose it is to be.
    not_given: Option<io::Error>,
}

impl Output {
    pub(super) fn open(place: OutputPlace, rights: FileRights) -> io::Result<Self> {
        let appended = append_to(&place, rights).or_else(|error| {
            match (error.kind(), place.log_folder()) {
                // The whole folder was removed.
                (io::ErrorKind::NotFound, Some(folder)) => {
                    check_logs(folder).map_err(io::Error::other)?;
                    append_to(&place, rights)
                }
                _ => Err(error),
            }
        })?;
        let metadata = appended.file.metadata()?;
        let mut output = Self {
            file: appended.file,
            place,
            identity: (metadata.dev(), metadata.ino()),
            length: metadata.len(),
            first: [0; 8],
            // If the file system does not tell, counted from now on.
            begun: metadata.created().unwrap_or_else(|_| SystemTime::now()),
            used: 0,
            not_given: appended.not_given,
        };
        output.first = output.first_bytes();
        Ok(output)
    }

    /// Whether it is still the file of that name. One that is longer or shorter than it was left is
    /// written from where it ends now.
    fn is_in_place(&mut self) -> bool {
        let Ok(found) = statat(CWD, self.place.shown(), AtFlags::SYMLINK_NOFOLLOW) else {
            return false;
        };
        if self.identity != (found.st_dev, found.st_ino) {
            return false;
        }
        let length = found.st_size.cast_unsigned();
        if length < self.length {
            self.first = [0; 8];
        }
        self.length = length;
        true
    }

    /// Takes what a pipe holds, up to a budget, to the end of the file, without copying it: what is not in
    /// the file is still in the pipe, whenever this process is killed. The kernel does that at a given place
    /// only, not at "the end"; so it is looked whether the file was truncated in this moment.
    pub(super) fn append(&mut self, pipe: &OwnedFd, budget: usize) -> io::Result<usize> {
        let before = self.length;
        let mut end = before;
        let flags = SpliceFlags::NONBLOCK | SpliceFlags::MOVE;
        let length = splice(pipe, None, &self.file, Some(&mut end), budget, flags)?;
        self.length = end;
        let first = self.first_bytes();
        // What stands at the beginning of a file changes only when it is truncated.
        let known = usize::try_from(before).unwrap_or(8).min(8);
        let was_zero = self.first[..known] == [0; 8][..known];
        let is_zero = first[..known] == [0; 8][..known];
        if is_zero && (!was_zero || self.data_begins()? > 0) {
            self.close_hole()?;
        } else {
            self.first = first;
        }
        Ok(length)
    }

    fn first_bytes(&self) -> [u8; 8] {
        let mut bytes = [0; 8];
        // What cannot be read stays 0, which is looked at.
        let _ = self.file.read_at(&mut bytes, 0);
        bytes
    }

    /// Where the first page is that was written to.
    fn data_begins(&self) -> io::Result<u64> {
        match seek(&self.file, SeekFrom::Data(0)) {
            // The file is empty now.
            Err(Errno::NXIO) => Ok(0),
            begins => Ok(begins?),
        }
    }

    /// Brings what was written behind the end of a file that was truncated meanwhile to its beginning.
    fn close_hole(&mut self) -> io::Result<()> {
        let begins = self.data_begins()?;
        let end = self.file.metadata()?.len();
        let mut bytes = vec![0; usize::try_from(end.saturating_sub(begins)).unwrap_or(0)];
        let length = self.file.read_at(&mut bytes, begins)?;
        let bytes = &bytes[..length];
        let zeros = bytes.iter().position(|byte| *byte != 0).unwrap_or(length);
        self.file.write_all_at(&bytes[zeros..], 0)?;
        self.length = (length - zeros) as u64;
        self.file.set_len(self.length)?;
        self.first = self.first_bytes();
        Ok(())
    }

    /// Writes to the end of the file, wherever that is now; how much of it.
    pub(super) fn write(&mut self, mut bytes: &[u8]) -> (usize, io::Result<()>) {
        let whole = bytes.len();
        while !bytes.is_empty() {
            let slices = [io::IoSlice::new(bytes)];
            match pwritev2(&self.file, &slices, 0, ReadWriteFlags::APPEND) {
                Ok(length) => bytes = &bytes[length..],
                Err(Errno::INTR) => {}
                Err(error) => return (whole - bytes.len(), Err(error.into())),
            }
        }
        self.length += whole as u64;
        (whole, Ok(()))
    }

    /// Whether it is to be put aside before more is written: at the end of a line, unless that does not come.
    pub(super) fn is_due(&self, rotation: &Rotation) -> bool {
        let is_old = rotation.age_max.is_some_and(|most| {
            let age = self.begun.elapsed();
            self.length > 0 && age.is_ok_and(|age| age >= most)
        });
        let is_long = self.length >= rotation.bytes_max;
        let is_overlong = self.length >= rotation.bytes_max.saturating_add(LINE_ROOM);
        (is_old || is_long) && (is_overlong || self.ends_a_line())
    }

    fn ends_a_line(&self) -> bool {
        let mut last = [b'\n'];
        if let Some(at) = self.length.checked_sub(1) {
            // What cannot be read is taken for the end of a line.
            let _ = self.file.read_at(&mut last, at);
        }
        last == *b"\n"
    }

    /// The place so many bytes before its end.
    pub(super) fn mark(&self, before_end: u64) -> Mark {
        Mark {
            file: self.identity,
            position: self.length.saturating_sub(before_end),
        }
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Where a mark is in this file.
    pub(super) fn position(&self, mark: Mark) -> u64 {
        mark.within(self.identity, self.length)
    }
}

impl Files {
    pub(super) fn new(settings: LogSettings, signals: Arc<OutputSignals>) -> Self {
        Self {
            settings,
            signals,
            open: HashMap::new(),
            open_max: open_max(),
            compressing: HashMap::new(),
            turn: 0,
        }
    }

    /// The file that output goes to, opened if it is not.
    pub(super) fn output(&mut self, key: FileKey, plan: &OutputPlan) -> io::Result<&mut Output> {
        self.turn += 1;
        if !self.open.contains_key(&key) {
            self.close_oldest();
            let output = Output::open(plan.file.to_write()?, plan.rights)?;
            self.open.insert(key, output);
        }
        let turn = self.turn;
        let output = self.open.get_mut(&key).expect("it was just opened");
        output.used = turn;
        Ok(output)
    }

    /// Looks where the file of a service is now. One that was moved or removed is closed, so that the
    /// next line goes into a new one; `true` if it was.
    pub(super) fn look(&mut self, key: FileKey) -> bool {
        let gone = self
            .open
            .get_mut(&key)
            .is_some_and(|output| !output.is_in_place());
        if gone {
            self.open.remove(&key);
        }
        gone
    }

    /// Whether a file is open, and what is wrong with it although it is written to.
    pub(super) fn state(&self, key: FileKey) -> (bool, Option<Sentence>) {
        let Some(output) = self.open.get(&key) else {
            return (false, None);
        };
        let error = output.not_given.as_ref();
        let path = output.place.shown();
        (true, error.map(|error| not_given(path, error)))
    }

    /// Closes the file of a service, so that it is opened with other settings.
    pub(super) fn close(&mut self, key: FileKey) {
        self.open.remove(&key);
    }

    fn close_oldest(&mut self) {
        if self.open.len() >= self.open_max
            && let Some(oldest) = self
                .open
                .iter()
                .min_by_key(|(_, output)| output.used)
                .map(|(key, _)| *key)
        {
            self.open.remove(&oldest);
        }
    }

    /// Puts the file of a service aside; the next line begins another one.
    pub(super) fn rotate(&mut self, key: FileKey, plan: &OutputPlan) -> io::Result<()> {
        let Some(old) = self.open.remove(&key) else {
            return Ok(());
        };
        // Two threads at a time would disturb each other.
        if let Some(thread) = self.compressing.remove(&key) {
            let _ = thread.join();
        }
        if let Some(thread) = put_aside(old.place, &plan.rotation, plan.rights)? {
            self.compressing.retain(|_, thread| !thread.is_finished());
            self.compressing.insert(key, thread);
        }
        Ok(())
    }
}

fn open_max() -> usize {
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(limit / OPEN_PART).map_or(OPEN_MAX, |part| part.clamp(1, OPEN_MAX))
}
