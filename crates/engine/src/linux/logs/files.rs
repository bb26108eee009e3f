//! The files of the services' output: opened, kept open, found again after somebody has moved, removed or
//! truncated them, and put aside when they are long.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use relance_policy::ServiceId;
use relance_scm::ServiceName;
use rustix::fs::{AtFlags, CWD, statat};
use rustix::pipe::{SpliceFlags, splice};

use super::LogSettings;
use super::path::log_path;
use crate::linux::place::{append_to, check_logs};
use crate::output::OutputSignals;

/// Files kept open.
const OPEN_MAX: usize = 128;

/// The files that are open, the least recently used of which are closed.
pub(super) struct Files {
    pub(super) settings: LogSettings,
    pub(super) signals: Arc<OutputSignals>,
    open: HashMap<ServiceId, Output>,
    turn: u64,
}

/// A file that is open.
pub(super) struct Output {
    pub(super) file: File,
    path: Box<Path>,
    /// Device and inode.
    identity: (u64, u64),
    length: u64,
    /// Its last bytes.
    last: u64,
    used: u64,
}

/// A place in the output of a service: a file, and a position in it.
#[derive(Clone, Copy, Default)]
pub(super) struct Mark {
    file: (u64, u64),
    position: u64,
}

impl Output {
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let file = append_to(&path).or_else(|error| match (error.kind(), path.parent()) {
            // The whole folder was removed.
            (io::ErrorKind::NotFound, Some(folder)) => {
                check_logs(folder).map_err(io::Error::other)?;
                append_to(&path)
            }
            _ => Err(error),
        })?;
        let metadata = file.metadata()?;
        let mut output = Self {
            file,
            path: path.into(),
            identity: (metadata.dev(), metadata.ino()),
            length: metadata.len(),
            last: 0,
            used: 0,
        };
        output.last = output.word_before(output.length);
        Ok(output)
    }

    /// Whether it is still the file of that name. One that is longer or shorter than it was left is
    /// written from where it ends now.
    fn is_in_place(&mut self) -> bool {
        let Ok(found) = statat(CWD, &*self.path, AtFlags::SYMLINK_NOFOLLOW) else {
            return false;
        };
        if self.identity != (found.st_dev, found.st_ino) {
            return false;
        }
        let length = found.st_size.cast_unsigned();
        if length != self.length {
            self.length = length;
            self.last = self.word_before(length);
        }
        true
    }

    /// Takes what a pipe holds, up to a budget, to the end of the file, without copying it: what is not in
    /// the file is still in the pipe, whenever this process is killed. The kernel does that at a given place
    /// only, not at "the end"; so it is looked whether the file was truncated in this moment.
    pub(super) fn append(&mut self, pipe: &OwnedFd, budget: usize) -> io::Result<usize> {
        let end = self.length;
        let flags = SpliceFlags::NONBLOCK | SpliceFlags::MOVE;
        let length = splice(pipe, None, &self.file, Some(&mut { end }), budget, flags)?;
        self.length = end + length as u64;
        // Nothing but a truncation turns these bytes to zero.
        if self.last != 0 && self.word_before(end) == 0 {
            self.close_hole(end)?;
        }
        self.last = self.word_before(self.length);
        Ok(length)
    }

    /// The bytes before a position, as a number that is 0 if all of them are.
    fn word_before(&self, position: u64) -> u64 {
        let mut bytes = [0; 8];
        let from = position.saturating_sub(8);
        let length = usize::try_from(position - from).unwrap_or(8);
        match self.file.read_exact_at(&mut bytes[..length], from) {
            Ok(()) => u64::from_ne_bytes(bytes),
            Err(_) => 0,
        }
    }

    /// Brings what was written behind the end of a file that was truncated meanwhile to its beginning.
    fn close_hole(&mut self, written_at: u64) -> io::Result<()> {
        let length = usize::try_from(self.length - written_at).unwrap_or(0);
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, written_at)?;
        // It may have been truncated while it was written to.
        let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(length);
        self.file.write_all_at(&bytes[first..], 0)?;
        self.length = (length - first) as u64;
        self.file.set_len(self.length)
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

    /// Where a mark is in this file: at its beginning if the file is another one, or was truncated.
    pub(super) fn position(&self, mark: Mark) -> u64 {
        if mark.file == self.identity && mark.position <= self.length {
            mark.position
        } else {
            0
        }
    }
}

impl Files {
    pub(super) fn new(settings: LogSettings, signals: Arc<OutputSignals>) -> Self {
        Self {
            settings,
            signals,
            open: HashMap::new(),
            turn: 0,
        }
    }

    /// The file of a service, opened if it is not.
    pub(super) fn output(
        &mut self,
        service: ServiceId,
        name: Option<&ServiceName>,
    ) -> io::Result<&mut Output> {
        let name = name.ok_or(io::ErrorKind::NotFound)?;
        self.turn += 1;
        if !self.open.contains_key(&service) {
            self.close_oldest();
            let output = Output::open(log_path(&self.settings.folder, name))?;
            self.open.insert(service, output);
        }
        let turn = self.turn;
        let output = self.open.get_mut(&service).expect("it was just opened");
        output.used = turn;
        Ok(output)
    }

    /// Looks where the file of a service is now. One that was moved or removed is closed, so that the
    /// next line goes into a new one; `true` if it was.
    pub(super) fn look(&mut self, service: ServiceId) -> bool {
        let gone = self
            .open
            .get_mut(&service)
            .is_some_and(|output| !output.is_in_place());
        if gone {
            self.open.remove(&service);
        }
        gone
    }

    fn close_oldest(&mut self) {
        if self.open.len() >= OPEN_MAX
            && let Some(oldest) = self
                .open
                .iter()
                .min_by_key(|(_, output)| output.used)
                .map(|(id, _)| *id)
        {
            self.open.remove(&oldest);
        }
    }

    pub(super) fn rotate(&mut self, service: ServiceId) -> io::Result<()> {
        let Some(old) = self.open.remove(&service) else {
            return Ok(());
        };
        let path = &*old.path;
        let numbered = |n: u32| PathBuf::from(format!("{}.{n}", path.display()));
        for n in (1..self.settings.files_max).rev() {
            let _ = fs::rename(numbered(n), numbered(n + 1));
        }
        if self.settings.files_max > 0 {
            fs::rename(path, numbered(1))
        } else {
            fs::remove_file(path)
        }
    }
}
