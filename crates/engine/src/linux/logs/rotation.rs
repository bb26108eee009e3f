//! Files that are put aside: `NAME.log` becomes `NAME.log.1`, that one `NAME.log.2`, and so on; with `.gz`
//! where they are compressed, by a thread of its own.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::plan::Rotation;
use crate::linux::place::{FileRights, OutputPlace, append_to, open_output};

const COMPRESSED: &str = "gz";

/// Puts a file aside. The thread compresses it, if there is one.
pub(super) fn put_aside(
    place: OutputPlace,
    rotation: &Rotation,
    rights: FileRights,
) -> io::Result<Option<JoinHandle<()>>> {
    let path = place.path();
    if rotation.files_max == 0 {
        fs::remove_file(path)?;
        return Ok(None);
    }
    for name in [
        older(path, rotation.files_max),
        compressed(path, rotation.files_max),
    ] {
        // It is there only if so many were put aside already.
        let _ = fs::remove_file(name);
    }
    for n in (1..rotation.files_max).rev() {
        for name in [older, compressed] {
            let _ = fs::rename(name(path, n), name(path, n + 1));
        }
    }
    let aside = older(path, 1);
    fs::rename(path, &aside)?;
    if !rotation.compress {
        return Ok(None);
    }
    let target = compressed(path, 1);
    let thread = std::thread::Builder::new().name("compress".into());
    let thread = thread.spawn(move || {
        // Its folder is open as long as its place is there.
        if let Err(error) = compress(&aside, &target, rights) {
            let path = older(place.shown(), 1);
            tracing::warn!(path = %path.display(), %error, "a log file stays uncompressed");
        }
    });
    Ok(thread.ok())
}

fn older(path: &Path, n: u32) -> PathBuf {
    with_end(path, &n.to_string())
}

fn compressed(path: &Path, n: u32) -> PathBuf {
    with_end(path, &format!("{n}.{COMPRESSED}"))
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".");
    name.push(end);
    name.into()
}

/// The compressed file takes the place of the other when it is whole.
fn compress(from: &Path, to: &Path, rights: FileRights) -> io::Result<()> {
    let unfinished = with_end(to, "part");
    // Left by an engine that was killed.
    let _ = fs::remove_file(&unfinished);
    let place = |path: &Path| OutputPlace::in_log_folder(path.to_owned());
    let mut source = open_output(&place(from))?;
    let written = append_to(&place(&unfinished), rights).and_then(|appended| {
        let mut encoder = GzEncoder::new(appended.file, Compression::default());
        io::copy(&mut source, &mut encoder)?;
        encoder.finish()
    });
    match written.and_then(|_| fs::rename(&unfinished, to)) {
        Ok(()) => fs::remove_file(from),
        Err(error) => {
            let _ = fs::remove_file(&unfinished);
            Err(error)
        }
    }
}
