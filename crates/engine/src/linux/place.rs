//! Where the daemon keeps its things, and whether other users of the machine could have put something
//! else there.
//!
//! Every folder on the way to a place is looked at (`walk`): its kind, its owner, who may write to it
//! (`trust`). What is found is opened without following a link. `state` and `socket` say what is asked
//! of these two places, `files` how single files are opened; [`check_logs`] and [`read_settings`] are
//! the other two.

mod files;
mod output;
mod socket;
mod state;
mod trust;
mod walk;

use std::io::Read;
use std::path::Path;

use rustix::fs::{Mode, OFlags, Stat};
use rustix::process::umask;

pub(crate) use files::{FileRights, append_to, open_output};
pub(crate) use output::OutputPlace;
pub use socket::{Listening, listen};
pub(crate) use state::opened_to_others;
pub use state::{State, is_copy, open_state, settle};
use trust::Trust;
use walk::{Last, Walk};

/// Why a place is not used: what is wrong with it, and the command that mends it.
#[derive(Debug, PartialEq, Eq)]
pub struct Unfit(String);

impl Unfit {
    fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    fn io(path: &Path, what: &str, error: impl Into<std::io::Error>) -> Self {
        use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem, StorageFull};
        let error = error.into();
        let advice = match error.kind() {
            ReadOnlyFilesystem => "; make its file system writable, or name another place",
            StorageFull => "; make space",
            PermissionDenied => "; check who owns the folder, and its mode",
            _ => "",
        };
        Self(format!(
            "{} cannot be {what}: {error}{advice}",
            path.display()
        ))
    }
}

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unfit {}

/// From now on the files that this process makes are for its own user, unless they are opened to
/// others on purpose. Services have a umask of their own.
pub fn make_files_private() {
    umask(Mode::from_raw_mode(0o077));
}

/// Makes the folder of the services' output if it is missing, and checks it. It may belong to another
/// account, that of a service for example: the files in it are opened with care.
///
/// # Errors
/// When somebody else could put another folder in its place, or everybody may write to it.
pub fn check_logs(path: &Path) -> Result<(), Unfit> {
    let last = |_: &Trust, path: &Path, stat: &Stat| trust::check_logs(path, stat);
    let walk = Walk {
        to: "the log folder",
        make: Some(0o751),
        system_groups: true,
        any_owner: false,
        last: Last::Folder(&last),
    };
    walk.open(path).map(drop)
}

/// Reads a file of settings, which names commands that are run as the daemon's own user; `None` if
/// there is none.
///
/// # Errors
/// When others may write to it or put another in its place, or it cannot be read.
pub fn read_settings(path: &Path) -> Result<Option<String>, Unfit> {
    // The usual way to say: no settings at all. Nobody can put words into it.
    if path == Path::new("/dev/null") {
        return Ok(Some(String::new()));
    }
    let walk = Walk {
        to: "the settings",
        make: None,
        system_groups: false,
        any_owner: false,
        last: Last::File,
    };
    let Some(found) = walk.find(path)? else {
        return Ok(None);
    };
    let flags = OFlags::RDONLY | OFlags::NONBLOCK;
    let mut file = files::open_in(&found.folder, &found.name, flags)
        .map_err(|error| Unfit::io(path, "read", error))?;
    let stat = rustix::fs::fstat(&file).map_err(|error| Unfit::io(path, "looked at", error))?;
    found.trust.check_file(path, &stat, "the settings")?;
    let mut text = String::new();
    file.read_to_string(&mut text)
        .map_err(|error| Unfit::io(path, "read", error))?;
    Ok(Some(text))
}

/// What others could do with a program that is started as root: whether somebody beside root may write
/// to it or put another in its place, and where.
#[must_use]
pub fn who_else_may_replace(program: &Path) -> Option<String> {
    let walk = Walk {
        to: "the program",
        make: None,
        system_groups: false,
        any_owner: false,
        last: Last::File,
    };
    let found = match walk.find(program) {
        Ok(found) => found?,
        Err(unfit) => return Some(unfit.0),
    };
    let checked = found
        .trust
        .check_file(&found.path, &found.stat, "the program");
    checked.err().map(|unfit| unfit.0)
}

#[cfg(test)]
mod tests;
