//! What the engine's side of the guardian does while there is no database.

use std::sync::Arc;

use relance_scm::config::OutputMode;
use relance_scm::settings::STDERR;
use relance_scm::{ServiceConfig, ServiceName};

use super::LinuxProcesses;
use crate::linux::protocol::{GuardianRequest, VERSION_JOURNAL};

impl LinuxProcesses {
    /// Without a database only errors can be served. Output is still collected, under the service names that
    /// the guardian knows.
    pub(crate) fn cannot_serve(&mut self) {
        for (run, known) in &mut self.runs {
            let name = known.service.take();
            let name = name.and_then(|name| ServiceName::new(name).ok());
            // Its settings are in the database.
            let config = name.map(|name| Arc::new(without_settings(name)));
            for (stream, pipe) in known.take_streams() {
                self.logs.add(*run, stream, config.clone(), pipe, true);
            }
        }
        self.logs.wake();
        if self.version >= VERSION_JOURNAL {
            self.ask(&GuardianRequest::CannotServe);
        }
    }

    /// Takes what the guardian tells, and ignores it.
    pub(crate) fn only_listen(&mut self) {
        self.read_link();
        self.logs.wake();
        self.facts.clear();
    }
}

/// A service of which only the name is known. What it prints to standard error apart stays apart.
fn without_settings(name: ServiceName) -> ServiceConfig {
    let mut config = ServiceConfig::new(name, "");
    config.extensions.set(STDERR, OutputMode::File.name());
    config
}
