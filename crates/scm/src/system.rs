//! What the system refuses (a file that is not there, a program that cannot be executed), as a refusal with
//! Windows' code and a sentence of the catalogue. [`regular`] reads files that others named.

pub mod regular;

use std::io::{self, ErrorKind};
use std::path::Path;

use relance_texts::{Sentence, Value, file, shown};

use crate::{ScmError, Win32Error};

/// An outcome of the system's.
pub trait Told<T> {
    /// The refusal with a sentence of ours, which is made from the reason.
    ///
    /// # Errors
    /// If the system refused.
    fn told<S: Into<Sentence>>(self, sentence: impl FnOnce(Value) -> S) -> Result<T, ScmError>;

    /// Of a file that was to be read.
    ///
    /// # Errors
    /// If the system refused.
    fn reading(self, path: &Path) -> Result<T, ScmError>
    where
        Self: Sized,
    {
        let path = shown(path.display());
        self.told(|reason| file::NotRead { path, reason })
    }

    /// Of a file that was to be written.
    ///
    /// # Errors
    /// If the system refused.
    fn writing(self, path: &Path) -> Result<T, ScmError>
    where
        Self: Sized,
    {
        let path = shown(path.display());
        self.told(|reason| file::NotWritten { path, reason })
    }
}

impl<T, E: Into<io::Error>> Told<T> for Result<T, E> {
    fn told<S: Into<Sentence>>(self, sentence: impl FnOnce(Value) -> S) -> Result<T, ScmError> {
        self.map_err(|error| {
            let error = error.into();
            ScmError::new(code(&error), sentence(reason(&error).into()))
        })
    }
}

/// Why the system refused: the usual reasons in words of the catalogue, the others in its own. A refusal of ours
/// that came as an error of the system says what it says.
#[must_use]
pub fn reason(error: &io::Error) -> Sentence {
    if let Some(inner) = error.get_ref() {
        let ours = inner.downcast_ref().map(ScmError::to_sentence);
        return ours.unwrap_or_else(|| Sentence::foreign(inner.to_string()));
    }
    match error.kind() {
        ErrorKind::NotFound => file::NOT_THERE.into(),
        ErrorKind::PermissionDenied => file::DENIED.into(),
        ErrorKind::IsADirectory => file::IS_FOLDER.into(),
        ErrorKind::NotADirectory => file::NOT_IN_FOLDER.into(),
        ErrorKind::AlreadyExists => file::THERE_ALREADY.into(),
        ErrorKind::ReadOnlyFilesystem => file::READ_ONLY.into(),
        ErrorKind::StorageFull => file::DISK_FULL.into(),
        ErrorKind::InvalidData => file::NOT_TEXT.into(),
        ErrorKind::FileTooLarge => file::TOO_LARGE.into(),
        ErrorKind::ConnectionRefused => file::REFUSED.into(),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
            file::RESET.into()
        }
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => file::UNREACHABLE.into(),
        ErrorKind::TimedOut => file::NO_ANSWER.into(),
        _ => Sentence::foreign(error.to_string()),
    }
}

/// Windows' code for it.
#[must_use]
pub fn code(error: &io::Error) -> Win32Error {
    if let Some(ours) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<ScmError>())
    {
        return ours.code();
    }
    match error.kind() {
        ErrorKind::NotFound => Win32Error::FILE_NOT_FOUND,
        ErrorKind::NotADirectory => Win32Error::PATH_NOT_FOUND,
        ErrorKind::PermissionDenied => Win32Error::ACCESS_DENIED,
        ErrorKind::IsADirectory => Win32Error::DIRECTORY,
        ErrorKind::AlreadyExists => Win32Error::from_raw(183),
        ErrorKind::ReadOnlyFilesystem => Win32Error::from_raw(19),
        ErrorKind::StorageFull => Win32Error::DISK_FULL,
        ErrorKind::InvalidData => Win32Error::NO_UNICODE_TRANSLATION,
        ErrorKind::FileTooLarge => Win32Error::from_raw(223),
        _ => Win32Error::IO_DEVICE,
    }
}

#[cfg(test)]
mod tests {
    use relance_texts::Lang;

    use super::*;

    #[test]
    fn a_file_that_is_not_there_has_windows_code_and_is_said_in_both_languages() {
        let path = Path::new("/nowhere");
        let error = std::fs::read(path).reading(path).unwrap_err();
        assert_eq!(error.code(), Win32Error::FILE_NOT_FOUND);
        let said = |lang| error.sentence_in(lang).replace('\u{a0}', " ");
        assert_eq!(said(Lang::En), "/nowhere cannot be read: it does not exist");
        assert_eq!(
            said(Lang::Fr),
            "/nowhere ne peut pas être lu : il n’existe pas"
        );
    }
}
