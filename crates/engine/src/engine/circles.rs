//! Whether services need one another in a circle (D4).

use std::collections::BTreeSet;

use relance_scm::config::{Dependency, ServiceConfig};
use relance_scm::{ScmError, ServiceName, Win32Error};
use relance_texts::{error, shown};

use super::Engine;
use crate::processes::Processes;
use crate::storage::Storage;

impl<P: Processes, S: Storage> Engine<P, S> {
    /// D4: a circle is refused, a service that is missing is not.
    pub(super) fn refuse_loop(&self, config: &ServiceConfig) -> Result<(), ScmError> {
        if self.needs_in_turn(config, &config.service_name) {
            return Err(ScmError::new(
                Win32Error::CIRCULAR_DEPENDENCY,
                error::DependsOnItself {
                    name: shown(&config.service_name),
                },
            ));
        }
        Ok(())
    }

    /// Whether a service needs another one, directly or by others; members of groups do not count.
    pub(super) fn needs_in_turn(&self, config: &ServiceConfig, wanted: &ServiceName) -> bool {
        let mut todo: Vec<&ServiceName> = needed_by(config).collect();
        let mut seen = BTreeSet::new();
        while let Some(name) = todo.pop() {
            if name == wanted {
                return true;
            }
            if let Some(id) = self.names.find(name)
                && seen.insert(id)
            {
                todo.extend(needed_by(&self.services[&id].record.config));
            }
        }
        false
    }
}

fn needed_by(config: &ServiceConfig) -> impl Iterator<Item = &ServiceName> {
    config
        .dependencies
        .iter()
        .filter_map(|dependency| match dependency {
            Dependency::Service(name) => Some(name),
            Dependency::Group(_) => None,
        })
}
