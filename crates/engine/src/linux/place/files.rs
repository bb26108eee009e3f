//! How files are opened in a folder where others may have put something.

use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, OFlags, Stat, fchmod, fchown, fstat, openat};
use rustix::io::Errno;
use rustix::process::{Gid, Uid};

use super::OutputPlace;
use super::trust::kind;

/// Mode of a file of output: the group of its folder may be one that reads logs.
const OUTPUT_MODE: u32 = 0o640;

/// The owner and mode of a file of output; what is not set is the manager's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileRights {
    pub(crate) owner: Option<u32>,
    pub(crate) group: Option<u32>,
    pub(crate) mode: Option<u32>,
}

impl FileRights {
    /// Gives a file the configured owner and mode; without these a new one gets the usual mode.
    fn give(self, fd: &OwnedFd, is_new: bool) -> io::Result<()> {
        if self.owner.is_some() || self.group.is_some() {
            let (owner, group) = (self.owner.map(Uid::from_raw), self.group.map(Gid::from_raw));
            fchown(fd, owner, group)?;
        }
        // After the owner: a change of that takes bits away.
        match self.mode.or(is_new.then_some(OUTPUT_MODE)) {
            Some(mode) => Ok(fchmod(fd, Mode::from_raw_mode(mode & 0o666))?),
            None => Ok(()),
        }
    }
}

/// A file that was opened to be written to.
pub(crate) struct Appended {
    pub(crate) file: File,
    /// Why it is not whose it is to be.
    pub(crate) not_given: Option<io::Error>,
}

/// Something else is in the place of a file.
#[derive(Debug)]
pub(crate) struct NotAFile(Box<Path>);

/// Opens a file in a folder: never through a link.
pub(super) fn open_in(folder: &OwnedFd, name: &OsStr, flags: OFlags) -> io::Result<File> {
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let fd = openat(folder, name, flags, Mode::from_raw_mode(0o600))?;
    Ok(fd.into())
}

/// Opens the file of a service's output to write to it, and makes it if it is missing. The folder may
/// belong to another account: a link, a second name of another file, a pipe or a device that was put
/// there is refused, and nothing is truncated.
///
/// # Errors
/// When it is refused, or cannot be opened.
pub(crate) fn append_to(place: &OutputPlace, rights: FileRights) -> io::Result<Appended> {
    let path = place.path();
    let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mode = Mode::from_raw_mode(0o600);
    let made = openat(CWD, path, flags | OFlags::CREATE | OFlags::EXCL, mode);
    let is_new = made.is_ok();
    let fd = match made {
        Err(Errno::EXIST) => openat(CWD, path, flags, mode),
        made => made,
    };
    let file = OwnedFd::from(only_a_file(place, fd?)?);
    let not_given = rights.give(&file, is_new).err();
    if let Some(error) = &not_given {
        tracing::warn!(path = %place.shown().display(), %error, "a log file cannot be given away");
    }
    Ok(Appended {
        file: file.into(),
        not_given,
    })
}

/// Opens the file of a service's output to read it, under the same conditions.
///
/// # Errors
/// When it is refused, or cannot be opened.
pub(crate) fn open_output(place: &OutputPlace) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    only_a_file(place, openat(CWD, place.path(), flags, Mode::empty())?)
}

/// Whether a file that an administrator has named can be used for output; it need not exist.
///
/// # Errors
/// See [`OutputPlace::named`], and when something else has the name.
pub(crate) fn check_output(path: &Path) -> io::Result<()> {
    match OutputPlace::found(path).and_then(|place| open_output(&place)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn only_a_file(place: &OutputPlace, fd: OwnedFd) -> io::Result<File> {
    if is_plain(&fstat(fd.as_fd())?) {
        return Ok(fd.into());
    }
    let error = NotAFile(place.shown().into());
    Err(io::Error::new(io::ErrorKind::InvalidInput, error))
}

impl fmt::Display for NotAFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is not a file of its own (a link, a pipe, a second name of another file); remove it",
            self.0.display()
        )
    }
}

impl std::error::Error for NotAFile {}

fn is_plain(stat: &Stat) -> bool {
    kind(stat) == FileType::RegularFile && stat.st_nlink == 1
}
