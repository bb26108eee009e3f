//! Files for one reader: what is exported may hold the secrets of an environment, a page the way into the console.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// A file that was not there, which on Unix its owner alone may read.
///
/// # Errors
/// Something is there already, a link too, or the file cannot be made.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The same, with this text.
///
/// # Errors
/// As [`create`], or the text cannot be written.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    create(path)?.write_all(text.as_bytes())
}
