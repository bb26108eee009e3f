//! Asks a PHP what it is, and whether it loads the extension.

use std::path::{Path, PathBuf};
use std::process::Command;

use relance_scm::system::Told;
use relance_scm::{ScmError, Win32Error};
use relance_texts::{Sentence, php};
use serde::Deserialize;

/// What a PHP says of itself.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Php {
    /// `8.2.36`
    pub(super) version: String,
    /// Its program.
    pub(super) program: PathBuf,
    /// Folder of its extensions.
    pub(super) extension_folder: PathBuf,
    /// Folder whose ini files it reads; empty: none.
    pub(super) scan_folder: PathBuf,
    /// Its php.ini; empty: none.
    pub(super) ini_file: PathBuf,
}

/// Without any extension: one that is broken must not keep PHP from answering.
const QUESTION: &str = r#"
$scan = getenv("PHP_INI_SCAN_DIR");
$folders = array_filter(explode(PATH_SEPARATOR, $scan === false ? PHP_CONFIG_FILE_SCAN_DIR : $scan));
echo json_encode([
    "version" => PHP_VERSION,
    "program" => PHP_BINARY,
    "extension_folder" => ini_get("extension_dir"),
    "scan_folder" => (string) (end($folders) ?: PHP_CONFIG_FILE_SCAN_DIR),
    "ini_file" => PHP_CONFIG_FILE_PATH . "/php.ini",
]);
"#;

/// Loads as a service would: with all ini files.
const LOAD: &str = r#"
if (!extension_loaded("win32service")) {
    exit(3);
}
$blocked = array_filter(get_extension_funcs("win32service"), fn ($f) => !function_exists($f));
echo phpversion("win32service"), $blocked ? " " . implode(", ", $blocked) : "";
"#;

/// Oldest PHP that the extension runs on.
const OLDEST: (u32, u32) = (8, 1);

/// What a PHP is.
///
/// # Errors
/// When it does not run, or is too old.
pub(super) fn ask(program: &Path) -> Result<Php, ScmError> {
    let output = Command::new(program)
        .args(["-n", "-r", QUESTION])
        .output()
        .told(|reason| php::NotRun { reason })?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut php: Php = serde_json::from_str(&text).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let sentence: Sentence = if said.is_empty() {
            php::NOT_A_PHP.into()
        } else {
            php::NotAPhpSays { said }.into()
        };
        ScmError::new(Win32Error::BAD_EXE_FORMAT, sentence)
    })?;
    // The name it was called by may set its environment (a wrapper).
    program.clone_into(&mut php.program);
    let mut numbers = php
        .version
        .split('.')
        .map(|number| number.parse().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if version < OLDEST {
        let sentence = php::TooOld {
            version: php.version,
            oldest: format!("{}.{}", OLDEST.0, OLDEST.1),
        };
        return Err(ScmError::new(Win32Error::NOT_SUPPORTED, sentence));
    }
    Ok(php)
}

/// Checks that PHP loads the extension.
///
/// # Errors
/// What is wrong, and what to do about it.
pub(super) fn load(php: &Php) -> Result<Sentence, ScmError> {
    let output = Command::new(&php.program)
        .args([
            "-d",
            "display_startup_errors=1",
            "-d",
            "display_errors=stderr",
            "-r",
            LOAD,
        ])
        .output()
        .told(|reason| php::NotRun { reason })?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if !output.status.success() {
        let said = [complaint, said].into_iter().find(|text| !text.is_empty());
        let why = said.map_or(php::SAYS_NOTHING.into(), Sentence::foreign);
        return Err(ScmError::new(
            Win32Error::BAD_EXE_FORMAT,
            php::NotLoaded { why },
        ));
    }
    Ok(match said.split_once(' ') {
        None => php::Loaded { version: said }.into(),
        Some((version, functions)) => php::LoadedBut { version, functions }.into(),
    })
}
