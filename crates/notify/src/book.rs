//! Targets and messages on record, for the manager's answers.

use std::io;
use std::path::PathBuf;

use relance_scm::manager::{NoticeBook, Notices};

use crate::store;

/// Reads the queue that the notifier writes.
#[derive(Clone, Debug)]
pub struct Book(PathBuf);

impl Book {
    /// That of this file.
    #[must_use]
    pub fn of(store: PathBuf) -> Self {
        Self(store)
    }
}

impl NoticeBook for Book {
    fn read(&self) -> io::Result<Notices> {
        if !self.0.exists() {
            return Ok(Notices::default());
        }
        store::read(&self.0).map_err(io::Error::other)
    }
}
