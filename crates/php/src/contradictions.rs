//! Settings that do nothing because of others (X47), as notices of PHP: the service is created or changed all the
//! same. Only what was given in `extensions` can contradict.

use relance_scm::ServiceConfig;
use relance_scm::contradictions::{Naming, of};

use crate::zend::outcome::Value;

/// Null, with a notice for each.
pub(crate) fn noticed(config: &ServiceConfig) -> Value {
    let found = of(config, Naming::Keys).into_iter();
    Value::noticed(found.map(|found| {
        let name = &config.service_name;
        format!("{name}: {}; {}", found.problem, found.advice)
    }))
}
