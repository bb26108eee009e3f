//! Which of several services a scenario or a promise is about.

use relance_scm::ServiceConfig;
use relance_texts::{Sentence, command, quoted};

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
