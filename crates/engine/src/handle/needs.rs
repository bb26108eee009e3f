//! What `why` says of the services that another one needs: its own record does not know how they are.

use relance_policy::explain::{lacks_needed, not_up};
use relance_policy::{ServiceRecord, Time};
use relance_scm::config::Dependency;
use relance_scm::{Caller, Sentence};

use crate::publisher::Publisher;
use crate::sight;

/// The needed services that are not up, in the order of the dependencies, if the service waits for them or its last
/// start has failed for them. Those that the caller does not see are left out (X110).
pub(super) fn sentences(
    publisher: &Publisher,
    caller: &Caller,
    record: &ServiceRecord,
    now: Time,
) -> Vec<Sentence> {
    if !lacks_needed(record) {
        return Vec::new();
    }
    let needed = record.config.dependencies.iter();
    let needed = needed.filter_map(|dependency| match dependency {
        Dependency::Service(name) => publisher.find(name),
        Dependency::Group(_) => None,
    });
    let needed = needed.filter(|needed| sight::is_visible(caller, needed));
    let said = needed.filter_map(|needed| not_up(&needed, now));
    said.map(Sentence::from).collect()
}
