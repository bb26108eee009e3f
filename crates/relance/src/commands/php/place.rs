//! Puts the extension where a PHP loads it: its file into the folder of extensions, a line into an ini
//! file of its own.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use relance_scm::system::Told;
use relance_scm::{ScmError, Win32Error};
use relance_texts::{Sentence, Value, php, shown};

use super::probe::Php;

/// Name of the extension's file.
const FILE: &str = "win32service.so";
/// Name of the ini file; the number is that of ordinary extensions.
const INI: &str = "20-win32service.ini";

/// Installs, or installs again.
///
/// # Errors
/// When a folder is missing or may not be written to.
pub(super) fn install(php: &Php, extension: &Path) -> Result<(), ScmError> {
    let Some(ini) = ini(php) else {
        let sentence = php::NoFolder {
            extension: shown(extension.display()),
            folder: shown(php.extension_folder.display()),
            ini: shown(php.ini_file.display()),
        };
        return Err(ScmError::new(Win32Error::PATH_NOT_FOUND, sentence));
    };
    let target = php.extension_folder.join(FILE);
    // Not over the old file: a PHP that still runs has it mapped.
    let fresh = target.with_extension("so.new");
    fs::copy(extension, &fresh)
        .and_then(|_| fs::rename(&fresh, &target))
        .told(cannot_write(&target))?;
    fs::write(
        &ini,
        "; written by relance php install\nextension=win32service\n",
    )
    .told(cannot_write(&ini))
}

/// Takes the extension out; whether there was something to take.
///
/// # Errors
/// When it may not be removed.
pub(super) fn uninstall(php: &Php) -> Result<bool, ScmError> {
    // The line first: a PHP that starts in between must find the file, or nothing.
    let mut removed = false;
    for path in ini(php)
        .into_iter()
        .chain([php.extension_folder.join(FILE)])
    {
        match fs::remove_file(&path) {
            Ok(()) => removed = true,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).told(cannot_write(&path)),
        }
    }
    Ok(removed)
}

/// What keeps this PHP from having the extension, if it can be seen from outside.
pub(super) fn missing(php: &Php) -> Option<Sentence> {
    let file = php.extension_folder.join(FILE);
    let ini = ini(php);
    match (file.exists(), ini.as_ref().is_some_and(|ini| ini.exists())) {
        (false, false) => Some(php::NOT_INSTALLED.into()),
        (false, true) => {
            let path = shown(file.display());
            Some(php::Missing { path }.into())
        }
        // Another ini file may name it; whether it does shows when it is loaded.
        (true, _) => None,
    }
}

fn ini(php: &Php) -> Option<PathBuf> {
    php.scan_folder.is_dir().then(|| php.scan_folder.join(INI))
}

fn cannot_write(path: &Path) -> impl FnOnce(Value) -> Sentence {
    let path = shown(path.display());
    |reason| php::NotWritten { path, reason }.into()
}
