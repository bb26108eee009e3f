//! The way in for the fuzz target of `fuzz/`: a file that a guardian finds at its start.

use std::io;
use std::path::Path;

use super::{ActionKey, Entry, Journal};

/// The runs and commands that a guardian finds in this file, in words; so many commands more are put on
/// record then, and none of them is executed.
///
/// # Errors
/// When the file cannot hold a journal.
pub(in super::super::super) fn read(
    path: &Path,
    boot: &str,
    commands: u32,
) -> io::Result<Vec<String>> {
    let (mut journal, found, _) = Journal::look(path, boot)?;
    for number in 1..=commands {
        journal.command(ActionKey(u32::MAX, number));
    }
    let words = |entry: &Entry| format!("{entry:?}");
    Ok(found.iter().map(words).collect())
}
