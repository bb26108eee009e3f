//! What became of a service or a policy, as a word.

use relance_scm::ScmError;
use relance_scm::manager::Outcome;

use super::reading::unreadable;

/// An outcome as a word.
pub(super) fn word_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Created => "created",
        Outcome::Changed => "changed",
        Outcome::Unchanged => "unchanged",
        Outcome::Deleted => "deleted",
    }
}

/// The other way.
pub(super) fn outcome_of(word: &str) -> Result<Outcome, ScmError> {
    match word {
        "created" => Ok(Outcome::Created),
        "changed" => Ok(Outcome::Changed),
        "unchanged" => Ok(Outcome::Unchanged),
        "deleted" => Ok(Outcome::Deleted),
        _ => Err(unreadable("an outcome")),
    }
}
