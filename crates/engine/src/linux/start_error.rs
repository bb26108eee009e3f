//! Why an engine cannot begin.

use std::fmt;
use std::io;

use relance_scm::system;
use relance_texts::Sentence;

use crate::database::OpenError;

/// Why the engine cannot begin.
#[derive(Debug)]
pub enum StartError {
    /// The database.
    Database(OpenError),
    /// Anything else.
    Io(io::Error),
}

impl From<io::Error> for StartError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<rustix::io::Errno> for StartError {
    fn from(error: rustix::io::Errno) -> Self {
        Self::Io(error.into())
    }
}

impl From<rusqlite::Error> for StartError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(OpenError::Other(error))
    }
}

impl StartError {
    /// What is wrong, for clients.
    #[must_use]
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::Database(error) => error.sentence(),
            Self::Io(error) => system::reason(error),
        }
    }
}

/// In English, for the diagnostics.
impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence().fmt(f)
    }
}

impl std::error::Error for StartError {}
