//! A [`Store`] in one file that its owner alone may read, for the one process that uses it.
//!
//! Nothing counts before it is on disk: the file is written first, then what is in memory changes, and
//! then the caller is answered. What could not be written did not happen, neither now nor for the next
//! engine: a token whose revocation was refused is still listed, and one that was revoked stays so.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use relance_scm::{ScmError, Win32Error};
use relance_texts::{error, shown};

use crate::{Entry, Store};

/// See the module.
#[derive(Debug)]
pub struct FileStore {
    file: PathBuf,
    entries: Mutex<Vec<Entry>>,
}

impl FileStore {
    /// Reads the file, which need not exist.
    ///
    /// A file that cannot be read signs everybody out, which is safe, and is said in the log.
    #[must_use]
    pub fn load(file: PathBuf) -> Self {
        let entries = match fs::read(&file) {
            Ok(text) => serde_json::from_slice(&text).unwrap_or_else(|error| {
                tracing::error!(file = %file.display(), %error, "sessions are forgotten");
                Vec::new()
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                tracing::error!(file = %file.display(), %error, "sessions are forgotten");
                Vec::new()
            }
        };
        Self {
            file,
            entries: Mutex::new(entries),
        }
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces all entries: in the file, and once they are there for good, in memory.
    fn replace(&self, current: &mut Vec<Entry>, next: Vec<Entry>) -> Result<(), ScmError> {
        self.save(&next).map_err(|error| {
            ScmError::new(
                Win32Error::WRITE_FAULT,
                error::SessionsNotWritten {
                    file: shown(self.file.display()),
                    error: shown(&error),
                },
            )
        })?;
        *current = next;
        Ok(())
    }

    /// Writes beside the file and renames, so that there is always a whole one, and makes both survive a
    /// loss of power.
    fn save(&self, entries: &[Entry]) -> io::Result<()> {
        let new = self.file.with_extension("new");
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&new)?;
        let folder = self.file.parent().unwrap_or(Path::new("/"));
        let written = file
            .write_all(&serde_json::to_vec(entries)?)
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&new, &self.file));
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written.and_then(|()| File::open(folder)?.sync_all())
    }
}

impl Store for FileStore {
    fn find(&self, hash: &str) -> Result<Option<Entry>, ScmError> {
        let entries = self.entries();
        Ok(entries.iter().find(|entry| entry.hash == hash).cloned())
    }

    fn list(&self) -> Result<Vec<Entry>, ScmError> {
        Ok(self.entries().clone())
    }

    fn add(&self, entry: Entry) -> Result<(), ScmError> {
        let mut entries = self.entries();
        let mut next = entries.clone();
        next.push(entry);
        self.replace(&mut entries, next)
    }

    fn remove(&self, hash: &str) -> Result<bool, ScmError> {
        let mut entries = self.entries();
        let others = entries.iter().filter(|entry| entry.hash != hash);
        let next: Vec<Entry> = others.cloned().collect();
        if next.len() == entries.len() {
            return Ok(false);
        }
        self.replace(&mut entries, next)?;
        Ok(true)
    }
}
