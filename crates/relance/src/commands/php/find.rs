//! Finds the PHPs of this machine, and the extension that came with this program.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use relance_scm::system::Told;
use relance_scm::{ScmError, Win32Error};
use relance_texts::{php, shown};

use crate::cli::own_program;

/// Folders of PHPs that need not be in `PATH`.
const FOLDERS: [&str; 4] = [
    "/usr/bin",
    "/usr/local/bin",
    "/usr/local/php/bin",
    "/opt/php/bin",
];

/// Every PHP for the command line, once, whatever its links are called.
pub(super) fn programs() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(FOLDERS.iter().map(PathBuf::from));
    let mut found = BTreeMap::new();
    for folder in folders {
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        for path in entries
            .map(|entry| entry.path())
            .filter(|path| is_php(path))
        {
            if let Ok(real) = path.canonicalize() {
                found.entry(real).or_insert(path);
            }
        }
    }
    found.into_keys().collect()
}

/// `php`, `php8.2`, `php82`: no `php-cgi`, `php-fpm`, `phpize`.
fn is_php(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return false;
    };
    let is_version = |rest: &str| rest.chars().all(|c| c.is_ascii_digit() || c == '.');
    let executable = || {
        fs::metadata(path)
            .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    };
    name.strip_prefix("php").is_some_and(is_version) && executable()
}

/// The extension that came with this program, for a PHP.
///
/// # Errors
/// When there is none.
pub(super) fn extension(php: &Path) -> Result<PathBuf, ScmError> {
    let program = own_program()?;
    let folder = program.parent().unwrap_or(Path::new("/"));
    let candidates = candidates(folder, is_for_musl(php)?);
    match candidates.iter().find(|candidate| candidate.is_file()) {
        Some(found) => Ok(found.clone()),
        None => {
            let path = shown(candidates[0].display());
            let code = Win32Error::FILE_NOT_FOUND;
            Err(ScmError::new(code, php::NoExtension { path }))
        }
    }
}

/// Where it may lie: as the archive and the packages have it, and where cargo puts it.
fn candidates(folder: &Path, for_musl: bool) -> Vec<PathBuf> {
    let places: &[&str] = if for_musl {
        &["../lib/relance/win32service-musl.so"]
    } else {
        &[
            "../lib/relance/win32service.so",
            "win32service.so",
            "libwin32service.so",
        ]
    };
    places.iter().map(|place| folder.join(place)).collect()
}

/// Whether a program is of Alpine and the like. The path of its loader, which is musl, stands behind the
/// headers at the beginning of the file.
fn is_for_musl(program: &Path) -> Result<bool, ScmError> {
    const HEAD_BYTES: u64 = 8192;
    let mut head = Vec::new();
    fs::File::open(program)
        .and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head))
        .reading(program)?;
    let loader = b"/ld-musl-";
    Ok(head.windows(loader.len()).any(|bytes| bytes == loader))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_programs_are_php() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str, mode| {
            let path = folder.path().join(name);
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            path
        };
        for name in ["php", "php8.2", "php84"] {
            assert!(is_php(&make(name, 0o755)), "{name}");
        }
        for name in ["phpize", "php-cgi8.2", "php-config", "xphp"] {
            assert!(!is_php(&make(name, 0o755)), "{name}");
        }
        assert!(!is_php(&make("php7", 0o644)), "not executable");
    }

    #[test]
    fn a_php_gets_the_extension_for_its_system() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let alpine = make("a", "\x7fELF\0/lib/ld-musl-x86_64.so.1\0");
        let debian = make("d", "\x7fELF\0/lib64/ld-linux-x86-64.so.2\0");
        assert!(is_for_musl(&alpine).unwrap());
        assert!(!is_for_musl(&debian).unwrap());
        assert!(is_for_musl(&folder.path().join("missing")).is_err());
        let bin = Path::new("/opt/relance/bin");
        let of_alpine = candidates(bin, true);
        assert_eq!(of_alpine, [bin.join("../lib/relance/win32service-musl.so")]);
        assert!(!candidates(bin, false).contains(&of_alpine[0]));
    }
}
