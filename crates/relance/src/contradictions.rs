//! Says which settings do nothing because of others (X47); `relance_scm::contradictions` finds them.

use relance_scm::ServiceConfig;
use relance_scm::contradictions::{Contradiction, Naming, of};

use crate::lang::lang;
use crate::plain::plain;

/// Says them on stderr of a service that was just created or changed; `shown` is what the person has called it.
pub(crate) fn note(shown: &str, config: &ServiceConfig) {
    for found in of(config, Naming::Options) {
        tell(shown, &found);
    }
}

/// Says one of them on stderr.
pub(crate) fn tell(shown: &str, found: &Contradiction) {
    let (problem, advice) = (found.problem.of(lang()), found.advice.of(lang()));
    eprintln!("{}", plain(&format!("{shown}: {problem}; {advice}")));
}
