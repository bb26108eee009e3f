//! A file of somebody that gets another text: whole or not at all, also if this process is killed meanwhile,
//! and only if nobody else has changed it since it was read.
//!
//! The new text is on the disk beside the file before anything else is done, and then takes its name. So
//! the file has the old text or the new one, never a part, and keeps its mode and its owner. Where no file can be
//! made beside it, or none of its owner, it is written in place.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use relance_scm::system::regular;

use crate::private_file;

/// What the name of the new file ends with, until it has that of the old one; no file of services ends so.
const UNFINISHED: &str = ".relance-edit";

/// See the module.
pub(crate) struct Rewriting<'a> {
    /// The file as it was read. On Unix another one that rewrites it waits for this.
    file: File,
    /// Where it is: a link that leads to it stays.
    path: PathBuf,
    old: &'a str,
    new: &'a str,
    /// Where the new text is; `None`: the file is written in place.
    staged: Option<Staged>,
}

/// The new text beside the file. It goes, unless it has taken the file's place.
struct Staged(PathBuf);

impl Drop for Staged {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl<'a> Rewriting<'a> {
    /// Makes everything ready. `None`: the file does not say that any more, or somebody else is writing it.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub(crate) fn begin(path: &Path, old: &'a str, new: &'a str) -> io::Result<Option<Self>> {
        let path = path.canonicalize()?;
        // A pipe that somebody puts there is not waited for.
        drop(regular::open(&path)?);
        let file = open(&path)?;
        if !file.metadata()?.is_file() || !is_ours_alone(&file)? {
            return Ok(None);
        }
        let mut this = Self {
            file,
            path,
            old,
            new,
            staged: None,
        };
        if !this.is_as_it_was()? {
            return Ok(None);
        }
        match this.stage() {
            Err(error) if error.kind() != ErrorKind::PermissionDenied => return Err(error),
            _ => {}
        }
        Ok(Some(this))
    }

    /// Gives the file its text; `false`: somebody has changed it since the beginning, and it is left so.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn finish(mut self) -> io::Result<bool> {
        if !self.is_as_it_was()? {
            return Ok(false);
        }
        let Some(staged) = self.staged else {
            self.file.rewind()?;
            self.file.write_all(self.new.as_bytes())?;
            self.file.set_len(self.new.len() as u64)?;
            self.file.sync_all()?;
            return Ok(true);
        };
        // Windows replaces no file that is open. On Unix nobody else may begin before this is over.
        #[cfg(windows)]
        drop(self.file);
        fs::rename(&staged.0, &self.path)?;
        std::mem::forget(staged);
        #[cfg(unix)]
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(true)
    }

    /// Puts the new text beside the file.
    fn stage(&mut self) -> io::Result<()> {
        let name = self.path.file_name().unwrap_or_default();
        let mut staged = OsString::from(".");
        staged.push(name);
        staged.push(UNFINISHED);
        let staged = self.path.with_file_name(staged);
        // Left by one that was killed: who writes this file now is this process.
        let _ = fs::remove_file(&staged);
        let mut file = private_file::create(&staged)?;
        let staged = Staged(staged);
        file.write_all(self.new.as_bytes())?;
        give(&file, &self.file.metadata()?)?;
        file.sync_all()?;
        self.staged = Some(staged);
        Ok(())
    }

    /// Whether the file still has its old text, and its place.
    fn is_as_it_was(&mut self) -> io::Result<bool> {
        if !is_at(&self.file, &self.path)? {
            return Ok(false);
        }
        self.file.rewind()?;
        let mut text = Vec::new();
        let most = self.old.len() as u64 + 1;
        (&self.file).take(most).read_to_end(&mut text)?;
        Ok(text == self.old.as_bytes())
    }
}

#[cfg(unix)]
mod system {
    use std::fs::{self, File, Metadata};
    use std::io;
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
    use std::path::Path;

    use rustix::fs::{FlockOperation, OFlags, flock};
    use rustix::io::Errno;

    pub(super) fn open(path: &Path) -> io::Result<File> {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        let mut options = File::options();
        options.read(true).write(true);
        options.custom_flags(flags.bits().cast_signed()).open(path)
    }

    /// Whether nobody else rewrites the file, from now on until it is closed.
    pub(super) fn is_ours_alone(file: &File) -> io::Result<bool> {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(true),
            Err(Errno::WOULDBLOCK) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the file is the one with this name.
    pub(super) fn is_at(file: &File, path: &Path) -> io::Result<bool> {
        let (own, there) = (file.metadata()?, fs::symlink_metadata(path)?);
        Ok((own.dev(), own.ino()) == (there.dev(), there.ino()))
    }

    /// Gives a new file the owner and the mode of another.
    pub(super) fn give(file: &File, like: &Metadata) -> io::Result<()> {
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
            fchown(file, Some(like.uid()), Some(like.gid()))?;
        }
        file.set_permissions(fs::Permissions::from_mode(like.mode() & 0o7777))
    }
}

#[cfg(windows)]
mod system {
    use std::fs::{File, Metadata};
    use std::io;
    use std::path::Path;

    pub(super) fn open(path: &Path) -> io::Result<File> {
        File::options().read(true).write(true).open(path)
    }

    #[allow(clippy::unnecessary_wraps, reason = "elsewhere it is asked for")]
    pub(super) fn is_ours_alone(_: &File) -> io::Result<bool> {
        Ok(true)
    }

    #[allow(clippy::unnecessary_wraps, reason = "elsewhere it is asked for")]
    pub(super) fn is_at(_: &File, _: &Path) -> io::Result<bool> {
        Ok(true)
    }

    /// A new file has the rights that its folder gives.
    pub(super) fn give(file: &File, like: &Metadata) -> io::Result<()> {
        file.set_permissions(like.permissions())
    }
}

use system::{give, is_at, is_ours_alone, open};

#[cfg(all(test, unix))]
mod tests;
