//! Targets and messages on record, for the manager's answers.

use std::io;
use std::path::PathBuf;

use relance_scm::manager::{NoticeBook, Notices};

use crate::store;

/// Reads the queue that the notifier writes.
#[derive(Clone, Debug)]
pub struct Book {
    store: PathBuf,
    file: Option<PathBuf>,
}

impl Book {
    /// That of this queue, and where the file of targets is looked for.
    #[must_use]
    pub fn of(store: PathBuf, file: Option<PathBuf>) -> Self {
        Self { store, file }
    }
}

impl NoticeBook for Book {
    fn read(&self) -> io::Result<Notices> {
        let mut notices = if self.store.exists() {
            store::read(&self.store).map_err(io::Error::other)?
        } else {
            Notices::default()
        };
        notices.file = (self.file.as_ref()).map(|file| file.display().to_string());
        notices.file_is_missing = self.file.as_ref().is_some_and(|file| !file.exists());
        Ok(notices)
    }
}
