//! A [`Store`] in one file that its owner alone may read, for the one process that uses it.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use relance_scm::{ScmError, Win32Error};

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
            Err(_) => Vec::new(),
        };
        Self {
            file,
            entries: Mutex::new(entries),
        }
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes beside the file and renames, so that there is always a whole one.
    fn save(&self, entries: &[Entry]) -> Result<(), ScmError> {
        let write = || -> std::io::Result<()> {
            let new = self.file.with_extension("new");
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&new)?;
            file.write_all(&serde_json::to_vec(entries)?)?;
            file.sync_all()?;
            fs::rename(&new, &self.file)
        };
        write().map_err(|error| {
            ScmError::new(
                Win32Error::WRITE_FAULT,
                format!(
                    "{} cannot be written ({error}); is the disk full?",
                    self.file.display()
                ),
            )
        })
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
        entries.push(entry);
        self.save(&entries)
    }

    fn remove(&self, hash: &str) -> Result<bool, ScmError> {
        let mut entries = self.entries();
        let before = entries.len();
        entries.retain(|entry| entry.hash != hash);
        if entries.len() == before {
            return Ok(false);
        }
        self.save(&entries)?;
        Ok(true)
    }
}
