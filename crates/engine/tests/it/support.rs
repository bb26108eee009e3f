//! What tests of several files begin with.

use relance_scm::failure_actions::RecoveryAction;
use relance_scm::{RecoveryActionKind, ServiceConfig, ServiceKind, ServiceName};
use relance_testkit::simulation::World;

/// Creates and starts programs of these names, each restarted after a second.
pub(crate) fn start_programs(
    world: &mut World,
    names: impl Iterator<Item = ServiceName>,
    change: impl Fn(&mut ServiceConfig),
) {
    for name in names {
        let mut config = ServiceConfig::new(name.clone(), "/bin/worker");
        config.kind = ServiceKind::Program;
        config.failure_actions.actions =
            [RecoveryAction::new(RecoveryActionKind::Restart, 1000)].into();
        change(&mut config);
        let _created = world.create(config);
        world.behave();
        let _started = world.start(&name);
        world.behave();
    }
}
