//! What these tests share.

use std::path::Path;

use relance_scm::{ServiceConfig, ServiceName};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::{Puppet, Stage};

/// The program under test.
pub(crate) fn relance() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_relance"))
}

/// A legal service name.
pub(crate) fn name(text: &str) -> ServiceName {
    ServiceName::new(text).expect("a legal name")
}

/// A service of puppets with these recovery actions.
pub(crate) fn puppets(stage: &Stage, service: &str, actions: &str) -> ServiceConfig {
    stage.service(service, actions)
}

/// Starts a service of puppets and waits until it runs.
pub(crate) fn running(daemon: &Daemon, stage: &Stage, service: &str) -> Puppet {
    daemon.run_puppet(stage, &name(service))
}
