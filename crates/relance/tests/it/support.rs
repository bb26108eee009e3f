//! What these tests share.

use std::path::Path;

use relance_scm::failure_actions::ActionList;
use relance_scm::{ServiceConfig, ServiceName};
use relance_testkit::puppet::Stage;

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
    let mut config = ServiceConfig::new(name(service), stage.command_line());
    let actions: ActionList = actions.parse().expect("actions");
    config.failure_actions.actions = actions.0.into();
    config
}
