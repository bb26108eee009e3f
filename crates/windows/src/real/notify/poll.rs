//! Changes of a manager that does not tell them: the services are enumerated and compared.

use std::collections::BTreeMap;
use std::time::Duration;

use super::open_manager;
use crate::api::{Notice, RawStatus, Sink};
use crate::real::services;

/// Pause between two looks.
pub(super) const PAUSE: Duration = Duration::from_millis(200);

pub(super) struct Poller {
    machine: String,
    /// What was there at the last look.
    services: BTreeMap<String, RawStatus>,
}

impl Poller {
    pub(super) fn begin(machine: &str) -> Self {
        Self {
            machine: machine.to_owned(),
            services: enumerate(machine).unwrap_or_default(),
        }
    }

    pub(super) fn look(&mut self, sink: &mut Sink) {
        // A manager that is away for a moment has changed nothing.
        let Some(now) = enumerate(&self.machine) else {
            return;
        };
        for name in self.services.keys().filter(|name| !now.contains_key(*name)) {
            sink(Notice::Deleted(name.clone()));
        }
        for (name, status) in &now {
            if self.services.get(name) != Some(status) {
                sink(Notice::Changed(name.clone()));
            }
        }
        self.services = now;
    }
}

fn enumerate(machine: &str) -> Option<BTreeMap<String, RawStatus>> {
    let manager = open_manager(machine).ok()?;
    let services = services::enumerate(manager.0).ok()?;
    Some(
        services
            .into_iter()
            .map(|service| (service.name, service.status))
            .collect(),
    )
}
