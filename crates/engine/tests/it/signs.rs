//! What runs say of themselves (X41, X42): what it costs, and that nothing of it is lost with an engine.

use std::time::Duration;

use relance_policy::{Notice, RunId};
use relance_scm::config::Readiness;
use relance_scm::settings::READY;
use relance_scm::{ServiceConfig, ServiceKind, ServiceName, ServiceState};
use relance_testkit::simulation::World;

fn name() -> ServiceName {
    ServiceName::new("worker").expect("a legal name")
}

/// A world with a program that says when it is ready, and has not.
fn world() -> World {
    let mut config = ServiceConfig::new(name(), "/bin/worker");
    config.kind = ServiceKind::Program;
    config.extensions.set(READY, Some(Readiness::Notify));
    let mut world = World::new();
    let _created = world.create(config);
    world.settle();
    let _started = world.start(&name());
    world.settle();
    assert_eq!(world.state(&name()), ServiceState::StartPending);
    world
}

fn run(world: &World) -> RunId {
    let record = world.record(&name()).expect("it was created");
    record.run.as_ref().expect("it runs").id
}

fn say(world: &mut World, notice: Notice) {
    let run = run(world);
    world.machine().say(run, notice);
}

#[test]
fn x41_what_is_said_is_not_lost_with_an_engine_that_has_not_committed_it() {
    let mut world = world();
    say(&mut world, Notice::Ready);
    world.end_turn();
    // It was told, and nothing of it is in the database.
    world.kill_engine(usize::MAX);
    world.settle();
    assert_eq!(world.state(&name()), ServiceState::Running);
}

#[test]
fn x41_who_could_not_be_heard_is_taken_for_ready() {
    let mut world = world();
    world.kill_guardian(usize::MAX, || false);
    world.start_daemon();
    world.settle();
    assert_eq!(world.state(&name()), ServiceState::Running);
}

#[test]
fn x41_an_engine_that_is_replaced_goes_on_waiting_until_the_deadline() {
    let mut world = world();
    world.jump(Duration::from_secs(60));
    world.kill_engine(usize::MAX);
    world.settle();
    assert_eq!(world.state(&name()), ServiceState::StartPending);
    world.jump(Duration::from_secs(30));
    world.settle();
    assert_eq!(world.state(&name()), ServiceState::Stopped);
}

#[test]
fn x42_saying_it_again_costs_no_commit() {
    let mut world = world();
    say(&mut world, Notice::Ready);
    world.settle();
    assert_eq!(world.state(&name()), ServiceState::Running);
    let commits = world.disk().commits();
    let entries = world.log().len();
    for _ in 0..100 {
        say(&mut world, Notice::Ready);
        world.settle();
    }
    assert_eq!(world.disk().commits(), commits);
    assert_eq!(world.log().len(), entries);
}
