//! Rights in words: the one table from what people say to bits of an access mask.

use relance_texts::{error, quoted, shown};

use crate::error::ScmError;
use crate::rights::AccessRights;
use crate::win32::Win32Error;

/// A word for rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// `start`
    pub word: &'static str,
    /// The bits it stands for.
    pub rights: AccessRights,
    /// What the right allows.
    pub meaning: &'static str,
}

const fn word(word: &'static str, rights: AccessRights, meaning: &'static str) -> Word {
    Word {
        word,
        rights,
        meaning,
    }
}

/// Seeing a service; who may do anything with it may do this.
pub const QUERY: AccessRights = AccessRights::GENERIC_READ.map_generic();

/// All words; those that stand for several others last.
pub const WORDS: [Word; 11] = [
    word(
        "query",
        QUERY,
        "see its state and configuration, and who may do what",
    ),
    word("start", AccessRights::START, "start it"),
    word("stop", AccessRights::STOP, "stop it"),
    word(
        "pause",
        AccessRights::PAUSE_CONTINUE,
        "pause it and let it go on",
    ),
    word(
        "control",
        AccessRights::USER_DEFINED_CONTROL,
        "send it controls of its own (128 to 255)",
    ),
    word(
        "logs",
        AccessRights::READ_OUTPUT,
        "read what it prints, and the texts of its failures",
    ),
    word(
        "config",
        AccessRights::CHANGE_CONFIG,
        "change it, its program and account too, and read its output and environment",
    ),
    word("delete", AccessRights::DELETE, "delete it"),
    word(
        "rights",
        AccessRights::WRITE_DAC.union(AccessRights::WRITE_OWNER),
        "say who may do what",
    ),
    word(
        "restart",
        AccessRights::START.union(AccessRights::STOP),
        "start and stop it",
    ),
    word("all", AccessRights::ALL_ACCESS, "everything"),
];

/// The rights with which anything can be run under the account of the manager: a user who may
/// change a service's program and account, or who may give himself that right, has the power of
/// that account (A27).
pub const POWERFUL: AccessRights = AccessRights::CHANGE_CONFIG
    .union(AccessRights::WRITE_DAC)
    .union(AccessRights::WRITE_OWNER);

/// The rights that words name.
///
/// # Errors 87 for a word that is not a right; the sentence names those there
/// are.
pub fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<AccessRights, ScmError> {
    let mut rights = AccessRights::NONE;
    for given in words {
        let given = given.trim();
        let word = WORDS
            .iter()
            .find(|word| word.word.eq_ignore_ascii_case(given))
            .ok_or_else(|| no_word(given))?;
        rights = rights.union(word.rights);
    }
    Ok(rights)
}

fn no_word(given: &str) -> ScmError {
    let words: Vec<&str> = WORDS.iter().map(|word| word.word).collect();
    ScmError::new(
        Win32Error::INVALID_PARAMETER,
        error::NoRight {
            given: quoted(given),
            rights: shown(words.join(", ")),
        },
    )
}

/// Rights as words, as few as there are: `all`, or single ones. A bit that no word stands for alone is
/// named as Windows names it.
#[must_use]
pub fn of(rights: AccessRights) -> Vec<String> {
    let mut left = rights.map_generic();
    if left.contains(AccessRights::ALL_ACCESS) {
        return vec!["all".to_owned()];
    }
    let mut words = Vec::new();
    let single = |word: &&Word| !matches!(word.word, "restart" | "all");
    for word in WORDS.iter().filter(single) {
        if left.contains(word.rights) {
            words.push(word.word.to_owned());
            left = left.without(word.rights);
        }
    }
    let named = left.to_string();
    if !named.is_empty() {
        words.extend(named.split(", ").map(ToOwned::to_owned));
    } else if left != AccessRights::NONE {
        words.push(format!("{left:?}"));
    }
    words
}
