//! Files that are read by a path which somebody else may have written: in a configuration, or in another file.
//!
//! Opening a pipe waits until somebody writes to it, and `/dev/zero` has no end. So only regular files are read, the
//! opening waits for nobody, and what is longer than its reader expects is refused, not cut.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use relance_texts::file;

use crate::{ScmError, Win32Error};

/// Opens a regular file to read it.
///
/// # Errors
/// When the system refuses, or something else is there.
pub fn open(path: &Path) -> io::Result<File> {
    // Some devices begin to work when they are opened.
    only_a_file(&std::fs::metadata(path)?)?;
    let file = open_at_once(path)?;
    only_a_file(&file.metadata()?)?;
    Ok(file)
}

/// The bytes of a regular file.
///
/// # Errors
/// When it cannot be opened or read, or has more bytes than that.
pub fn read(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    bounded(open(path)?, bytes_max)
}

/// The text of a regular file.
///
/// # Errors
/// The same, and when it is not text in UTF-8.
pub fn read_text(path: &Path, bytes_max: u64) -> io::Result<String> {
    text(read(path, bytes_max)?)
}

/// All bytes of an input that is not longer than that.
///
/// # Errors
/// When it cannot be read, or is longer: a part of it would be another text.
pub fn bounded(from: impl Read, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let count = from.take(bytes_max + 1).read_to_end(&mut bytes)?;
    if count as u64 > bytes_max {
        return Err(ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

/// These bytes as text.
///
/// # Errors
/// When they are not UTF-8.
pub fn text(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes).map_err(|_| ErrorKind::InvalidData.into())
}

fn only_a_file(about: &std::fs::Metadata) -> io::Result<()> {
    if about.is_file() {
        return Ok(());
    }
    if about.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    let refused = ScmError::new(Win32Error::INVALID_DATA, file::NOT_REGULAR);
    Err(io::Error::other(refused))
}

/// Neither a pipe nor the holder of a lease is waited for.
#[cfg(unix)]
fn open_at_once(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    let flags = flags.bits().cast_signed();
    File::options().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open_at_once(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::FileTypeExt;
    use std::process::Command;

    use super::*;
    use crate::system::{code, reason};

    #[test]
    fn only_a_regular_file_is_read_and_nothing_is_waited_for() {
        let name = format!("relance-regular-{}", std::process::id());
        let pipe = std::env::temp_dir().join(name);
        let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo());
        let refused = open(&pipe);
        std::fs::remove_file(&pipe).unwrap();
        let error = refused.unwrap_err();
        assert_eq!(code(&error), Win32Error::INVALID_DATA);
        assert!(reason(&error).to_string().contains("not a regular file"));
        assert!(open(Path::new("/dev/zero")).is_err());
        assert_eq!(
            open(Path::new("/")).unwrap_err().kind(),
            ErrorKind::IsADirectory
        );
        let missing = open(Path::new("/dev/null/x")).unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotADirectory);
    }

    #[test]
    fn what_is_too_long_is_refused_and_not_cut() {
        let long = bounded(&b"12345"[..], 4).unwrap_err();
        assert_eq!(long.kind(), ErrorKind::FileTooLarge);
        assert_eq!(bounded(&b"1234"[..], 4).unwrap(), b"1234");
        let latin = text(vec![0xe9]).unwrap_err();
        assert_eq!(latin.kind(), ErrorKind::InvalidData);
    }
}
