//! Files that are lost under an open database: whether those that are open are still those in the
//! state folder, and writing the database again when they are not.
//!
//! A file that was deleted or replaced is still complete for the process that has it open, and is copied. Of
//! one that was emptied or overwritten, only what passes SQLite's check is copied; services and remembered
//! values come from memory (`known`). The files in the state folder are put aside, never deleted.

use std::fs::{self, File};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use rustix::fs::{CWD, Mode, OFlags};

use super::aside::{SUFFIXES, is_anything_there, put_aside, sync_folder, with_suffix};
use super::epoch::CommitError;
use super::open_error::{OpenError, is_damage};
use super::{Database, Meta, backup, read_meta, schema, write_meta};
use crate::identity::{Identity, Stage};

/// What has happened to the files of an open database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// A file was deleted or replaced by another one; those that are open are whole.
    Gone(PathBuf),
    /// What is in the files is damaged.
    Damaged(String),
}

/// Why a database could not be written again.
#[derive(Debug)]
pub enum SaveError {
    /// What stands in its place is the database of an engine that came later.
    Fenced,
    /// Anything else, in a sentence.
    Other(String),
}

/// What every database of SQLite begins with.
const HEAD: &[u8; 16] = b"SQLite format 3\0";

/// The files of an open database. The descriptors in `held` are of the kind that opens nothing, because closing
/// any other one gives up the locks that SQLite has on the file.
pub(super) struct Files {
    path: PathBuf,
    id: String,
    held: Vec<Held>,
    head: Head,
}

/// The beginning of the database, without which no later engine can read it, although this one still can (and
/// one that finds the first page in the log, too). Its file stays open as long as the database is.
struct Head(File);

impl Head {
    fn hold(path: &Path) -> std::io::Result<Self> {
        let mut options = File::options();
        options.read(true).custom_flags(libc::O_NOFOLLOW);
        options.open(path).map(Self)
    }

    fn look(&self, path: &Path) -> Option<Loss> {
        let mut head = [0; HEAD.len()];
        let read = self.0.read_exact_at(&mut head, 0);
        let is_other = read.is_ok() && head != *HEAD;
        is_other.then(|| Loss::Damaged(format!("{} was overwritten", path.display())))
    }
}

struct Held {
    path: PathBuf,
    fd: OwnedFd,
    /// The size that it had at least at the last look.
    len: u64,
}

impl Files {
    /// Notes the files that were just opened.
    pub(super) fn hold(path: &Path, id: &str) -> std::io::Result<Self> {
        let hold = |suffix| {
            let path = with_suffix(path, suffix);
            let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let fd = rustix::fs::openat(CWD, &path, flags, Mode::empty())?;
            // What is emptied before the first look is noticed by it.
            let len = u64::try_from(rustix::fs::fstat(&fd)?.st_size).unwrap_or(0);
            Ok(Held { path, fd, len })
        };
        Ok(Self {
            path: path.to_owned(),
            id: id.to_owned(),
            held: SUFFIXES
                .into_iter()
                .map(hold)
                .collect::<std::io::Result<_>>()?,
            head: Head::hold(path)?,
        })
    }

    /// Check for damage before loss: damaged files are never copied.
    fn look(&mut self) -> Option<Loss> {
        let mut found = None;
        for held in &mut self.held {
            match held.look() {
                damage @ Some(Loss::Damaged(_)) => return damage,
                other => found = found.or(other),
            }
        }
        self.head.look(&self.path).or(found)
    }
}

impl Held {
    fn look(&mut self) -> Option<Loss> {
        let open = rustix::fs::fstat(&self.fd).ok()?;
        let len = u64::try_from(open.st_size).unwrap_or(0);
        if len < self.len {
            let path = self.path.display();
            return Some(Loss::Damaged(format!("{path} was emptied or cut short")));
        }
        self.len = len;
        let is_it = |there: &fs::Metadata| there.dev() == open.st_dev && there.ino() == open.st_ino;
        match self.path.symlink_metadata() {
            Ok(there) if is_it(&there) => None,
            _ => Some(Loss::Gone(self.path.clone())),
        }
    }
}

impl Database {
    /// Whether something has happened to the files. It costs some system calls, and no reading.
    pub fn look(&mut self) -> Option<Loss> {
        self.files.as_mut()?.look()
    }

    /// Writes the database again, puts it in its place and goes on with it; what was done, in a sentence.
    ///
    /// # Errors
    /// When the state folder cannot be written, or belongs to somebody else by now. What is open stays
    /// open, and the next try begins from the start.
    pub fn save(&mut self, loss: &Loss) -> Result<String, SaveError> {
        let files = self.files.as_ref();
        let (path, id) = files
            .map(|files| (files.path.clone(), files.id.clone()))
            .ok_or_else(|| SaveError::Other("it is in memory".to_owned()))?;
        self.save_to(&path, &id, loss).map_err(|error| match error {
            SaveError::Other(reason) => {
                SaveError::Other(format!("{loss}, and cannot be written again: {reason}"))
            }
            SaveError::Fenced => SaveError::Fenced,
        })
    }

    fn save_to(&mut self, path: &Path, id: &str, loss: &Loss) -> Result<String, SaveError> {
        check_folder(path, id)?;
        if self.has_successor(path, id) {
            return Err(SaveError::Fenced);
        }
        let new = with_suffix(path, ".saving");
        let has_log = self.write_copy(&new, id, loss).inspect_err(|_| {
            let _ = fs::remove_file(&new);
        })?;
        let word = match loss {
            Loss::Gone(_) => "replaced",
            Loss::Damaged(_) => "damaged",
        };
        let aside = is_anything_there(path)
            .then(|| put_aside(path, word))
            .transpose()?;
        fs::rename(&new, path)?;
        sync_folder(path)?;
        let opened = Self::try_open(path, id, Stage::Bound)?;
        self.files = Some(Files::hold(path, id)?);
        // What was open is closed here; it leaves the log in its place alone.
        self.connection = opened.connection;
        self.epoch = opened.epoch;
        self.durable = false;
        Ok(told(loss, aside.as_deref(), has_log))
    }

    /// Writes a whole database beside the place; whether it has the event log.
    fn write_copy(&self, new: &Path, id: &str, loss: &Loss) -> Result<bool, SaveError> {
        let has_log = self.is_whole(loss) && self.copy_what_is_open(new)?;
        if !has_log {
            drop(backup::new_file(new)?);
        }
        let mut connection = backup::open(new)?;
        if !has_log {
            schema::create(&connection, id)?;
        }
        let transaction = connection.transaction()?;
        self.known.write(&transaction)?;
        write_meta(&transaction, Meta::Identity, id)?;
        write_meta(&transaction, Meta::Epoch, &self.epoch.number().to_string())?;
        transaction.commit()?;
        drop(connection);
        File::open(new)?.sync_all()?;
        Ok(has_log)
    }

    fn is_whole(&self, loss: &Loss) -> bool {
        let verdict = || -> rusqlite::Result<String> {
            self.connection
                .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        };
        match loss {
            Loss::Gone(_) => true,
            Loss::Damaged(_) => verdict().is_ok_and(|verdict| verdict == "ok"),
        }
    }

    /// Copies what is open; whether that could be read to its end.
    fn copy_what_is_open(&self, new: &Path) -> Result<bool, SaveError> {
        drop(backup::new_file(new)?);
        let copied = self
            .connection
            .execute("VACUUM INTO ?1", [new.to_string_lossy()]);
        match copied {
            Ok(_) => Ok(true),
            Err(error) if is_damage(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether another file in the place is the database of this folder in a later epoch: then this
    /// engine was frozen, and its successor has written the database again.
    fn has_successor(&self, path: &Path, id: &str) -> bool {
        let is_ours = self.files.as_ref().is_some_and(|files| {
            let held = rustix::fs::fstat(&files.held[0].fd);
            let there = path.symlink_metadata();
            held.ok().zip(there.ok()).is_some_and(|(held, there)| {
                (held.st_dev, held.st_ino) == (there.dev(), there.ino())
            })
        });
        let epoch = || -> Option<u64> {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
                | OpenFlags::SQLITE_OPEN_NO_MUTEX
                | OpenFlags::SQLITE_OPEN_NOFOLLOW;
            path.symlink_metadata().ok().filter(fs::Metadata::is_file)?;
            let connection = Connection::open_with_flags(path, flags).ok()?;
            let meta = |key| read_meta(&connection, key).ok().flatten();
            meta(Meta::Identity).filter(|found| found == id)?;
            meta(Meta::Epoch)?.parse().ok()
        };
        !is_ours && epoch().is_some_and(|epoch| epoch > self.epoch.number())
    }
}

/// A folder that has come in the place of the state folder is not written when it is another one's, or
/// when others may write it.
fn check_folder(path: &Path, id: &str) -> Result<(), SaveError> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let meta = folder.symlink_metadata()?;
    if !meta.is_dir()
        || meta.mode() & 0o022 != 0
        || meta.uid() != rustix::process::geteuid().as_raw()
    {
        let folder = folder.display();
        return Err(SaveError::Other(format!(
            "{folder} is not a folder that the daemon's user alone may write"
        )));
    }
    if Identity::load(folder)?.is_some_and(|known| known.id != id) {
        return Err(OpenError::OtherFolder(folder.to_owned()).into());
    }
    Ok(())
}

fn told(loss: &Loss, aside: Option<&Path>, has_log: bool) -> String {
    let place = aside.map_or(String::new(), |aside| {
        format!("; what was there was put aside as {}", aside.display())
    });
    let log = if has_log {
        "; nothing is lost"
    } else {
        "; services and their counters are complete, the entries of the event log before this one are not"
    };
    format!("{loss} while the manager ran{log}{place}")
}

impl std::fmt::Display for Loss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Gone(path) => write!(f, "{} was deleted or replaced", path.display()),
            Self::Damaged(what) => f.write_str(what),
        }
    }
}

impl From<SaveError> for CommitError {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Fenced => Self::Fenced,
            SaveError::Other(reason) => Self::Lost(reason),
        }
    }
}

impl From<std::io::Error> for SaveError {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<rusqlite::Error> for SaveError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<OpenError> for SaveError {
    fn from(error: OpenError) -> Self {
        Self::Other(error.to_string())
    }
}

#[cfg(test)]
mod tests;
