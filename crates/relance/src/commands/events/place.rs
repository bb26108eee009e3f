//! How far a reader of the event log came: the number of the last entry, in a file of the user's.
//!
//! It is written over in place after each entry was printed, so that a reader that is killed prints one entry
//! twice at most, and none is left out.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use relance_scm::ScmError;
use relance_scm::system::Told;
use relance_texts::{command, shown};

use crate::cli::{CommandFailure, usage};

/// The file, and what was in it.
pub(super) struct Place {
    file: File,
    path: PathBuf,
    last: Option<u64>,
}

impl Place {
    /// Opens the file, or makes it.
    pub(super) fn open(path: &Path) -> Result<Self, CommandFailure> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path).writing(path)?;
        let mut text = String::new();
        // More than this is another file.
        Read::by_ref(&mut file)
            .take(64)
            .read_to_string(&mut text)
            .reading(path)?;
        let last = match text.trim() {
            "" => None,
            number => Some(number.parse().map_err(|_| {
                usage(command::NoPlace {
                    path: shown(path.display()),
                })
            })?),
        };
        Ok(Self {
            file,
            path: path.to_owned(),
            last,
        })
    }

    pub(super) fn last(&self) -> Option<u64> {
        self.last
    }

    /// Keeps the number of an entry that was printed.
    pub(super) fn keep(&mut self, number: u64) -> Result<(), ScmError> {
        // Always as long, so that nothing of another number stays behind it.
        let line = format!("{number:020}\n");
        let written = self
            .file
            .seek(SeekFrom::Start(0))
            .and_then(|_| self.file.write_all(line.as_bytes()));
        written.writing(&self.path)
    }
}
