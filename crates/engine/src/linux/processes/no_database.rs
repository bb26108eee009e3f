//! What the engine's side of the guardian does while there is no database.

use std::sync::Arc;

use relance_scm::{ServiceConfig, ServiceName};

use super::LinuxProcesses;
use crate::linux::protocol::{GuardianRequest, VERSION_JOURNAL};

impl LinuxProcesses {
    /// Nothing but errors can be served: there is no database. Output is collected all the same, under
    /// the names of services that the guardian knows.
    pub(crate) fn cannot_serve(&mut self) {
        for (run, known) in &mut self.runs {
            if let Some(output) = known.output.take() {
                let name = known.service.take();
                let name = name.and_then(|name| ServiceName::new(name).ok());
                // Its settings are in the database.
                let config = name.map(|name| Arc::new(ServiceConfig::new(name, "")));
                self.logs.add(*run, config, output, true);
            }
        }
        self.logs.wake();
        if self.version >= VERSION_JOURNAL {
            self.ask(&GuardianRequest::CannotServe);
        }
    }

    /// Takes what the guardian tells, and does nothing about it.
    pub(crate) fn only_listen(&mut self) {
        self.read_link();
        self.logs.wake();
        self.facts.clear();
    }
}
