//! Heartbeats (X40): what they cost, and what follows when they fail to come.

use std::time::Duration;

use relance_policy::RunId;
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::settings::WATCHDOG;
use relance_scm::{
    ConfigChange, RecoveryActionKind, ServiceConfig, ServiceKind, ServiceName, ServiceState,
};
use relance_testkit::simulation::World;
use relance_testkit::simulation::machine::paused;

const TIME: Duration = Duration::from_secs(10);

fn name() -> ServiceName {
    ServiceName::new("worker").expect("a legal name")
}

/// A world with a running service that has a watchdog and is restarted after a failure.
fn world(kind: ServiceKind) -> World {
    let mut config = ServiceConfig::new(name(), "/bin/worker");
    config.kind = kind;
    config.extensions.set(WATCHDOG, Some(TIME));
    config.failure_actions.actions =
        [RecoveryAction::new(RecoveryActionKind::Restart, 1000)].into();
    let mut world = World::new();
    let _created = world.create(config);
    world.behave();
    let _started = world.start(&name());
    world.behave();
    assert_eq!(world.state(&name()), ServiceState::Running);
    world
}

fn run(world: &World) -> RunId {
    let record = world.record(&name()).expect("it was created");
    record.run.as_ref().expect("it runs").id
}

fn ids(world: &World) -> Vec<u32> {
    world.log().iter().map(|entry| entry.event_id).collect()
}

fn hang(world: &mut World) -> RunId {
    let run = run(world);
    world.machine().hang(run);
    run
}

#[test]
fn x40_a_run_without_heartbeats_is_killed_counted_and_restarted() {
    for kind in [ServiceKind::Program, ServiceKind::Service] {
        let mut world = world(kind);
        let hung = hang(&mut world);
        world.advance(TIME.checked_sub(Duration::from_millis(1)).expect("longer"));
        assert_eq!(run(&world), hung, "not before its time");
        world.advance(Duration::from_millis(1));
        let record = world.record(&name()).expect("it is there");
        assert_eq!(
            (record.state, record.failure_count),
            (ServiceState::Stopped, 1)
        );
        let cause = record.last_end.as_ref().and_then(|end| end.cause.clone());
        assert_eq!(
            cause.map(|cause| cause.to_string()).as_deref(),
            Some("hung: no heartbeat for 10 s")
        );
        let log = ids(&world);
        assert!(log.ends_with(&[1012, 7031, 7036]), "{log:?}");
        world.advance(Duration::from_secs(1));
        assert_ne!(run(&world), hung);
        assert_eq!(world.state(&name()), ServiceState::Running);
    }
}

#[test]
fn x40_a_hundred_heartbeats_are_one_deadline_and_no_commit() {
    let mut world = world(ServiceKind::Program);
    let commits = world.disk().commits();
    let entries = world.log().len();
    for _ in 0..100 {
        world.advance(TIME / 2);
    }
    assert_eq!(world.state(&name()), ServiceState::Running);
    assert_eq!(world.disk().commits(), commits);
    assert_eq!(world.log().len(), entries);
}

#[test]
fn x40_a_paused_service_and_one_that_is_stopping_need_none() {
    let mut world = world(ServiceKind::Service);
    let run = hang(&mut world);
    world.machine().report(run, paused());
    world.settle();
    world.advance(10 * TIME);
    assert_eq!(world.state(&name()), ServiceState::Paused);
    // And a program that takes its time to stop is killed by its grace, not by the watchdog.
    let mut world = self::world(ServiceKind::Program);
    let run = hang(&mut world);
    world.machine().set_ignores_stop(run, true);
    let _stopped = world.control(&name(), relance_scm::Control::Stop);
    world.advance(10 * TIME);
    assert_eq!(world.state(&name()), ServiceState::Stopped);
    let log = ids(&world);
    assert!(log.contains(&1003) && !log.contains(&1012), "{log:?}");
}

#[test]
fn x40_a_new_engine_gives_a_whole_time_and_still_notices() {
    let mut world = world(ServiceKind::Program);
    let hung = hang(&mut world);
    world.advance(TIME / 2);
    world.kill_engine(usize::MAX);
    world.advance(TIME / 2);
    assert_eq!(run(&world), hung);
    world.advance(TIME / 2);
    assert_eq!(world.state(&name()), ServiceState::Stopped);
}

#[test]
fn x40_the_kill_is_not_lost_with_the_engine_that_asked_for_it() {
    let mut world = world(ServiceKind::Program);
    hang(&mut world);
    world.jump(TIME);
    world.end_turn();
    let waiting = world.disk().waiting();
    world.disk().write(waiting);
    world.kill_engine(0);
    world.advance(Duration::from_secs(5));
    let record = world.record(&name()).expect("it is there");
    assert_eq!(
        (record.state, record.failure_count),
        (ServiceState::Stopped, 1)
    );
}

#[test]
fn x40_a_watchdog_that_is_set_while_the_service_runs_holds_from_its_next_start() {
    let mut config = ServiceConfig::new(name(), "/bin/worker");
    config.kind = ServiceKind::Program;
    let mut world = World::new();
    let _created = world.create(config);
    world.behave();
    let _started = world.start(&name());
    world.behave();
    let mut change = ConfigChange::default();
    change.extensions.set(WATCHDOG, Some(TIME));
    let _changed = world.change(&name(), change);
    world.behave();
    hang(&mut world);
    world.advance(10 * TIME);
    assert_eq!(world.state(&name()), ServiceState::Running);
}
