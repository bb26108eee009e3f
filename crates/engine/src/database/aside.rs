//! Files of a database that cannot be used are kept beside it, never deleted: the file and the two
//! that SQLite keeps with it move together, under the first free number.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// What SQLite adds to the name of a database.
pub(super) const SUFFIXES: [&str; 3] = ["", "-wal", "-shm"];

/// The name of a file with something added at its end.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Moves the files of a database that exist to `relance.db.WORD-N`; returns that name.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn put_aside(path: &Path, word: &str) -> io::Result<PathBuf> {
    let is_free = |aside: &PathBuf| SUFFIXES.iter().all(|suffix| !is_there(aside, suffix));
    let aside = (1..=u32::MAX)
        .map(|n| with_suffix(path, &format!(".{word}-{n}")))
        .find(is_free)
        .expect("some number is free");
    for suffix in SUFFIXES {
        match fs::rename(with_suffix(path, suffix), with_suffix(&aside, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    sync_folder(path)?;
    Ok(aside)
}

/// Whether there is anything of a database.
pub(super) fn is_anything_there(path: &Path) -> bool {
    SUFFIXES.iter().any(|suffix| is_there(path, suffix))
}

/// The newest one that was put aside as damaged.
pub(super) fn last_damaged(path: &Path) -> Option<PathBuf> {
    let asides = (1..=u32::MAX).map(|n| with_suffix(path, &format!(".damaged-{n}")));
    asides.take_while(|aside| is_there(aside, "")).last()
}

/// Flushes the folder of a file, so that the names in it survive a loss of power.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path.parent().unwrap_or(Path::new("/")))?.sync_all()
}

fn is_there(path: &Path, suffix: &str) -> bool {
    with_suffix(path, suffix).symlink_metadata().is_ok()
}
