//! What these tests share.

use std::path::Path;
use std::thread;

use relance_scm::failure_actions::{ActionList, ResetPeriod};
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
    let mut config = ServiceConfig::new(name(service), stage.command_line());
    let actions: ActionList = actions.parse().expect("actions");
    config.failure_actions.actions = actions.0.into();
    config.failure_actions.reset_period = ResetPeriod::Seconds(86_400);
    config
}

/// Starts a service of puppets and waits until it runs.
pub(crate) fn running(daemon: &Daemon, stage: &Stage, service: &str) -> Puppet {
    thread::scope(|scope| {
        let start = scope.spawn(|| daemon.start_service(&name(service)));
        let mut puppet = stage.next_run();
        puppet.run();
        start.join().expect("no panic").expect("it starts");
        puppet
    })
}
