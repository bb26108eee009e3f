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

use std::io::{self, ErrorKind};
use std::path::Path;

use relance_scm::system::{self, regular};
use relance_scm::{ScmError, Win32Error};
use relance_texts::{Sentence, place, shown};
use rustix::fs::{Mode, OFlags, Stat};
use rustix::process::umask;

pub(crate) use files::{FileRights, NotAFile, append_to, check_output, open_output};
pub(crate) use output::OutputPlace;
pub use socket::{Listening, listen};
pub(crate) use state::opened_to_others;
pub use state::{State, check_state, is_copy, open_state, settle};
use trust::Trust;
use walk::{Last, Walk};

/// A file of settings has a few KiB.
const SETTINGS_BYTES_MAX: u64 = 1 << 20;

/// Why a place is not used: what is wrong with it, and the command that mends it.
fn unfit(sentence: impl Into<Sentence>) -> ScmError {
    ScmError::new(Win32Error::ACCESS_DENIED, sentence)
}

/// The operation that the system refused there, and what would help. `what` is a choice of
/// `place-cannot`.
fn refused(path: &Path, what: &str, error: impl Into<io::Error>) -> ScmError {
    let error = error.into();
    let path = shown(path.display());
    let reason = system::reason(&error);
    let problem = place::Cannot { path, what, reason };
    let sentence = match error.kind() {
        ErrorKind::ReadOnlyFilesystem => place::AdviceReadOnly { problem }.into(),
        ErrorKind::StorageFull => place::AdviceFull { problem }.into(),
        ErrorKind::PermissionDenied => place::AdviceDenied { problem }.into(),
        _ => Sentence::from(problem),
    };
    ScmError::new(system::code(&error), sentence)
}

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
pub fn check_logs(path: &Path) -> Result<(), ScmError> {
    let last = |_: &Trust, path: &Path, stat: &Stat| trust::check_logs(path, stat);
    let walk = Walk {
        to: place::LOG_FOLDER,
        make: Some(0o751),
        system_groups: true,
        shared_folders: true,
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
pub fn read_settings(path: &Path) -> Result<Option<String>, ScmError> {
    // `/dev/null` is the usual way to give no settings at all. It is always empty, so it needs no
    // check.
    if path == Path::new("/dev/null") {
        return Ok(Some(String::new()));
    }
    let walk = Walk {
        to: place::SETTINGS,
        make: None,
        system_groups: false,
        shared_folders: true,
        any_owner: false,
        last: Last::File,
    };
    let Some(found) = walk.find(path)? else {
        return Ok(None);
    };
    let flags = OFlags::RDONLY | OFlags::NONBLOCK;
    let file = files::open_in(&found.folder, &found.name, flags)
        .map_err(|error| refused(path, "read", error))?;
    let stat = rustix::fs::fstat(&file).map_err(|error| refused(path, "looked-at", error))?;
    found.trust.check_file(path, &stat, place::SETTINGS)?;
    let read = regular::bounded(file, SETTINGS_BYTES_MAX).and_then(regular::text);
    read.map(Some).map_err(|error| refused(path, "read", error))
}

/// Checks a script that this process is about to have executed: nobody but root and its own user may write to it, to
/// what lies beside it, or to what its interpreter looks for in the folders above.
///
/// # Errors
/// When somebody else may, or it cannot be looked at.
pub fn check_script(path: &Path) -> Result<(), ScmError> {
    let whole = std::path::absolute(path).map_err(|error| refused(path, "found", error))?;
    let walk = Walk {
        to: place::SCRIPT,
        make: None,
        system_groups: false,
        shared_folders: false,
        any_owner: false,
        last: Last::File,
    };
    let found = walk.open(&whole)?;
    found
        .trust
        .check_file(&found.path, &found.stat, place::SCRIPT)
}

/// What others could do with a program that is started as root: whether somebody beside root may write
/// to it or put another in its place, and where.
#[must_use]
pub fn who_else_may_replace(program: &Path) -> Option<String> {
    let walk = Walk {
        to: place::PROGRAM,
        make: None,
        system_groups: false,
        shared_folders: true,
        any_owner: false,
        last: Last::File,
    };
    let found = match walk.find(program) {
        Ok(found) => found?,
        Err(error) => return Some(error.to_string()),
    };
    let checked = found
        .trust
        .check_file(&found.path, &found.stat, place::PROGRAM);
    checked.err().map(|error| error.to_string())
}

#[cfg(test)]
mod tests;
