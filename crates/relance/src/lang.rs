//! The language of what commands say: `RELANCE_LANG`, `LC_ALL`, `LC_MESSAGES` or `LANG`, else English. What
//! `--json` prints is the same in each.

use std::sync::OnceLock;

use relance_texts::{Lang, Message};

/// The language of the terminal.
pub(crate) fn lang() -> Lang {
    static LANG: OnceLock<Lang> = OnceLock::new();
    *LANG.get_or_init(|| Lang::of_environment(|name| std::env::var(name).ok()))
}

/// What a message says in it.
pub(crate) fn say(message: impl Message) -> String {
    lang().say(message)
}
