//! Packs folders. The same files make the same archive.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

use crate::apt;
use crate::cargo::output;

/// The time of every file: 1980-01-02, which every kind of archive can store.
pub(super) const TIME: Duration = Duration::from_secs(315_619_200);

/// Packs a folder, by its name, as `.tar.gz`.
pub(super) fn tar(folder: &Path, to: &Path) -> Result<()> {
    let name = folder.file_name().context("a folder has a name")?;
    let file = to.join(format!("{}.tar.gz", name.display()));
    let parent = folder.parent().context("a folder lies in one")?;
    let mut tar = Command::new("tar");
    tar.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner"]);
    tar.arg(format!("--mtime=@{}", TIME.as_secs()));
    tar.arg("-czf").arg(file).arg("-C").arg(parent).arg(name);
    output(&mut tar).map(drop)
}

/// Packs a folder, by its name, as a zip.
pub(super) fn zip(folder: &Path, archive: &Path) -> Result<()> {
    let parent = folder.parent().context("a folder lies in one")?;
    let name = folder.file_name().context("a folder has a name")?;
    set_times(folder)?;
    pack(parent, archive, &[&name.to_string_lossy()])
}

/// Packs what lies in a folder as a zip.
pub(super) fn zip_files(folder: &Path, archive: &Path, names: &[&str]) -> Result<()> {
    set_times(folder)?;
    pack(folder, archive, names)
}

fn pack(folder: &Path, archive: &Path, names: &[&str]) -> Result<()> {
    apt::require_program("python3", &["python3"])?;
    let mut zip = Command::new("python3");
    zip.args(["-m", "zipfile", "-c"])
        .arg(archive)
        .args(names)
        // The times are of this zone.
        .env("TZ", "UTC")
        .current_dir(folder);
    output(&mut zip).map(drop)
}

/// Files and folders alike.
fn set_times(path: &Path) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            set_times(&entry?.path())?;
        }
    }
    File::open(path)?.set_modified(SystemTime::UNIX_EPOCH + TIME)?;
    Ok(())
}
