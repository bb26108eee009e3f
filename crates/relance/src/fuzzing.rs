//! Ways in for the fuzz targets of `fuzz/`: files that people write.

use relance_scm::manager::ToApply;

use crate::service_files;

/// A file for `relance apply`.
///
/// # Errors
/// What is wrong with it, as the command says it.
pub fn apply_file(text: &str) -> Result<ToApply, String> {
    let name = if text.trim_start().starts_with('{') {
        "fuzz.json"
    } else {
        "fuzz.toml"
    };
    let read = service_files::read_one(name, text);
    let read = read.map_err(|problems| problems.error().to_string())?;
    Ok(read.into_to_apply())
}

/// A file of settings, and the same written again.
///
/// # Errors
/// What is wrong with it, as the daemon says it.
pub fn settings_file(text: &str) -> Result<String, String> {
    let file = crate::settings::parse(text).map_err(|error| error.to_string())?;
    serde_json::to_string(&file).map_err(|error| error.to_string())
}

/// Text as it is shown on a terminal.
#[must_use]
pub fn shown(text: &str) -> String {
    crate::plain::plain(text)
}
