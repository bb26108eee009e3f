//! Files of a command line that are in the folder of the one who types, and not in the one where the service starts.

use std::path::Path;

use relance_scm::settings::{ROOT_DIRECTORY, WORKING_DIRECTORY};
use relance_scm::{ServiceConfig, command_line};
use relance_texts::{Message, Text, command};

use crate::plain::plain;

/// Where a service starts that has no folder of its own.
const START: &str = "/";

/// Says that of a service that was just created.
pub(super) fn note(config: &ServiceConfig) -> Option<Text> {
    let set = &config.extensions;
    let has_folder = set.get(WORKING_DIRECTORY).is_some() || set.get(ROOT_DIRECTORY).is_some();
    if cfg!(windows) || has_folder {
        return None;
    }
    let folder = std::env::current_dir().ok()?;
    let file = only_in(&folder, &config.command_line)?;
    let (name, file) = (&config.service_name, plain(&file));
    let folder = plain(&folder.to_string_lossy());
    Some(command::StartsElsewhere { name, file, folder }.text())
}

/// The first word that names a file in this folder, and none where the service starts.
fn only_in(folder: &Path, line: &str) -> Option<String> {
    let words = command_line::split(line).into_iter().enumerate();
    let is_relative = |word: &str| !word.is_empty() && !word.starts_with(['/', '-']);
    // A program without a folder is looked for in the search path.
    let mut files = words.filter(|(at, word)| is_relative(word) && (*at > 0 || word.contains('/')));
    let is_here =
        |word: &str| folder.join(word).is_file() && !Path::new(START).join(word).is_file();
    files.find_map(|(_, word)| is_here(&word).then_some(word))
}
