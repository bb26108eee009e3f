//! What scenarios and promises have in common: which of several services they are about, and how their times are wrong.

use relance_scm::ServiceConfig;
use relance_texts::{Sentence, command, quoted};

use crate::cli::CommandFailure;

/// Which service is meant: the one of this name, or the only one.
pub(super) fn service_of(
    name: Option<&str>,
    services: &[ServiceConfig],
) -> Result<usize, Sentence> {
    let Some(name) = name else {
        let is_one = services.len() == 1;
        return is_one
            .then_some(0)
            .ok_or(command::TEST_WHICH_SERVICE.into());
    };
    let mut services = services.iter();
    let found = services.position(|config| config.service_name.as_str() == name);
    found.ok_or_else(|| command::TestNoService { name: quoted(name) }.into())
}

/// What is wrong with a time, in words about what it is of.
pub(super) fn of_failure(
    failure: CommandFailure,
    of: impl Fn(Sentence) -> CommandFailure,
) -> CommandFailure {
    match failure {
        CommandFailure::Scm(error) => of(error.to_sentence()),
        other => other,
    }
}
