//! The state folder: the daemon's own user alone reads it, and nothing in it leads elsewhere.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use relance_scm::{ScmError, Win32Error};
use relance_texts::{place, shown};
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, fchmod, stat, statat};
use rustix::io::Errno;

use super::files::open_in;
use super::refused;
use super::trust::{Trust, kind};
use super::walk::{Check, Found, Last, Walk};
use crate::linux::clock::boot_id;
use crate::linux::kept::Kept;
use crate::linux::lock;

/// The file that says which folder this is.
const PLACE: &str = "place";

/// The state folder, for this daemon alone.
#[derive(Debug)]
pub struct State {
    /// Held for the life of the daemon.
    pub lock: OwnedFd,
    /// The folder as the kernel knows it: another number for a copy.
    pub device_and_inode: (u64, u64),
}

/// Makes the folder if it is missing, checks it and all that is in it, and takes its lock.
///
/// # Errors
/// When others may read or write it or put another in its place, when something in it is not the
/// daemon's, or when another daemon uses it.
pub fn open_state(path: &Path, kept: &mut Kept) -> Result<State, ScmError> {
    let found = find(path)?;
    check_entries(&found)?;
    let lock = lock(&found.fd, path, kept)?;
    Ok(State {
        lock,
        device_and_inode: (found.stat.st_dev, found.stat.st_ino),
    })
}

/// Checks a state folder that a command is about to read or write, if it is there: other users who may write to it could
/// have the command read and write elsewhere.
///
/// # Errors
/// When others may read or write it or put another in its place.
pub fn check_state(path: &Path) -> Result<(), ScmError> {
    let last = |trust: &Trust, path: &Path, stat: &Stat| trust.check_state(path, stat);
    walk(None, &last).find(path).map(drop)
}

fn find(path: &Path) -> Result<Found, ScmError> {
    let last = |trust: &Trust, path: &Path, stat: &Stat| trust.check_state(path, stat);
    walk(Some(0o700), &last).open(path)
}

fn walk<'a>(make: Option<u32>, last: &'a Check<'a>) -> Walk<'a> {
    Walk {
        to: place::STATE_FOLDER,
        make,
        system_groups: false,
        shared_folders: true,
        any_owner: false,
        last: Last::Folder(last),
    }
}

/// What other users could do with the folder of a running daemon, and the command that repairs it; `None` if
/// nothing, or if the folder does not exist.
pub(crate) fn opened_to_others(path: &Path) -> Option<String> {
    let root = stat("/").ok()?;
    let folder = statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW).ok()?;
    let checked = Trust::of_this_process(&root).check_state(path, &folder);
    checked.err().map(|unfit| unfit.to_string())
}

/// Whether the folder is a copy of one that was used since the machine's boot, or was moved to another disk:
/// what it says about running processes may then be about those of another daemon.
///
/// # Errors
/// When the folder cannot be looked at.
pub fn is_copy(folder: &Path) -> io::Result<bool> {
    let now = Place::of(folder)?;
    let text = match fs::read_to_string(folder.join(PLACE)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let before = Place::parse(&text);
    Ok(before.is_some_and(|before| before.boot == now.boot && before != now))
}

/// Records that the state is that of this folder, for [`is_copy`].
///
/// # Errors
/// When that cannot be written.
pub fn settle(folder: &Path) -> io::Result<()> {
    let text = Place::of(folder)?.to_string();
    let file = folder.join(PLACE);
    if fs::read_to_string(&file).is_ok_and(|before| before == text) {
        return Ok(());
    }
    let new = folder.join("place.new");
    fs::write(&new, text)?;
    fs::rename(new, file)
}

/// Which folder this is to the kernel, in this boot of the machine: device numbers change with it.
#[derive(PartialEq, Eq)]
struct Place {
    device: u64,
    inode: u64,
    boot: String,
}

impl Place {
    fn of(folder: &Path) -> io::Result<Self> {
        let meta = fs::metadata(folder)?;
        Ok(Self {
            device: meta.dev(),
            inode: meta.ino(),
            boot: boot_id()?,
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        Some(Self {
            device: words.next()?.parse().ok()?,
            inode: words.next()?.parse().ok()?,
            boot: words.next()?.to_owned(),
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {} {}", self.device, self.inode, self.boot)
    }
}

fn check_entries(found: &Found) -> Result<(), ScmError> {
    let unreadable = |error| refused(&found.path, "read", error);
    let folder = open_in(
        &found.fd,
        OsStr::new("."),
        OFlags::RDONLY | OFlags::DIRECTORY,
    )
    .map_err(|error| refused(&found.path, "read", error))?;
    for entry in Dir::read_from(&folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name != "." && name != ".." {
            check_entry(found, name)?;
        }
    }
    Ok(())
}

/// Files that others could read if the folder let them are closed: earlier versions made them so. One that is gone
/// by now was that of a command (a backup).
fn check_entry(found: &Found, name: &OsStr) -> Result<(), ScmError> {
    let path: PathBuf = found.path.join(name);
    let stat = match statat(&found.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => stat,
        Err(Errno::NOENT) => return Ok(()),
        Err(error) => return Err(refused(&path, "looked-at", error)),
    };
    found.trust.check_state_entry(&path, &stat)?;
    if kind(&stat) == FileType::RegularFile && stat.st_mode & 0o077 != 0 {
        let close = || -> std::io::Result<()> {
            let file = open_in(&found.fd, name, OFlags::RDONLY | OFlags::NONBLOCK)?;
            Ok(fchmod(&file, Mode::from_raw_mode(stat.st_mode & 0o700))?)
        };
        match close() {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(refused(&path, "closed", error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// One daemon for one folder.
fn lock(folder: &OwnedFd, path: &Path, kept: &mut Kept) -> Result<OwnedFd, ScmError> {
    let file_path = path.join("lock");
    let file = open_in(folder, OsStr::new("lock"), OFlags::RDWR | OFlags::CREATE)
        .map_err(|error| refused(&file_path, "opened", error))?;
    take(file, &file_path, kept, |pid| {
        let path = shown(path.display());
        let code = Win32Error::SERVICE_ALREADY_RUNNING;
        ScmError::new(code, place::IsUsed { path, pid })
    })
}

/// Takes a lock and writes its holder into it; `held` is the error if somebody else holds it.
pub(super) fn take(
    mut file: File,
    path: &Path,
    kept: &mut Kept,
    held: impl FnOnce(&str) -> ScmError,
) -> Result<OwnedFd, ScmError> {
    // The same process has it, and its id is in the file.
    if let Some(lock) = kept.lock_of(&file) {
        return Ok(lock);
    }
    lock::take(&mut file).map_err(|pid| held(&pid))?;
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(|error| refused(path, "written", error))?;
    Ok(file.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_gone_before_it_is_looked_at_keeps_no_daemon_from_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let found = find(&folder.path().join("state")).unwrap();
        check_entry(&found, OsStr::new("relance.db.backup-journal")).unwrap();
    }
}
