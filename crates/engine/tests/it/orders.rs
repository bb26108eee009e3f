//! Standing orders (X111): what races with a restart that the host carries out by itself.

use std::time::Duration;

use relance_engine::command::ConfigRequest;
use relance_policy::{EndReason, RunId, StartCause};
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::status::ProcessExit;
use relance_scm::{
    ConfigChange, Control, RecoveryActionKind, ResetPeriod, ServiceConfig, ServiceKind,
    ServiceName, ServiceState,
};
use relance_testkit::simulation::World;

fn name() -> ServiceName {
    ServiceName::new("worker").expect("a legal name")
}

/// A program that is restarted at once.
fn config(name: ServiceName) -> ServiceConfig {
    let mut config = ServiceConfig::new(name, "/bin/worker");
    config.kind = ServiceKind::Program;
    config.failure_actions.actions = [RecoveryAction::new(RecoveryActionKind::Restart, 0)].into();
    config.failure_actions.reset_period = ResetPeriod::Infinite;
    config
}

/// A world with such a program, which has failed once and has a standing order.
fn world() -> World {
    let mut world = World::new();
    let _created = world.create(config(name()));
    world.behave();
    let _started = world.start(&name());
    world.behave();
    crash(&mut world);
    assert_eq!(ordered(&world), 0, "it has run for less than a second");
    world.behave();
    assert_eq!(number(&world), 2);
    world
}

fn run(world: &World) -> RunId {
    let record = world.record(&name()).expect("it was created");
    record.run.as_ref().expect("it runs").id
}

fn number(world: &World) -> u32 {
    run(world).number
}

fn ordered(world: &World) -> usize {
    world.machine().history.ordered
}

/// The run ends; the engine is not told yet.
fn crash(world: &mut World) {
    let run = run(world);
    world.machine().exit(run, ProcessExit::Signaled(9));
}

/// The same, and the host has started the next run.
fn crash_ordered(world: &mut World) {
    let before = ordered(world);
    crash(world);
    assert_eq!(ordered(world), before + 1, "as it was ordered");
}

/// How often the end of each run was counted (7031).
fn counted(world: &World) -> Vec<u32> {
    let log = world.log();
    let failures = log.iter().filter(|entry| entry.event_id == 7031);
    let runs = failures.filter_map(|entry| entry.details.run);
    runs.map(|run| run.number).collect()
}

fn alive(world: &World) -> Vec<u32> {
    let machine = world.machine();
    machine.alive().map(|process| process.run.number).collect()
}

/// The host has shown nothing that must not be.
fn check(world: &World) {
    assert_eq!(world.machine().history.violations, Vec::<String>::new());
}

#[test]
fn x111_each_end_is_counted_once_and_runs_follow_each_other() {
    let mut world = world();
    for round in 2..12 {
        crash_ordered(&mut world);
        world.behave();
        assert_eq!(
            (number(&world), alive(&world)),
            (round + 1, vec![round + 1])
        );
    }
    assert_eq!(counted(&world), (1..12).collect::<Vec<_>>());
    let record = world.record(&name()).expect("it is there");
    assert_eq!(
        (record.failure_count, record.state),
        (11, ServiceState::Running)
    );
    let run = record.run.as_ref().expect("it runs");
    assert!(matches!(run.cause, StartCause::Recovery(..)), "{run:?}");
    assert_eq!(
        record.last_end.as_ref().map(|end| end.reason),
        Some(EndReason::Crashed)
    );
    check(&world);
}

#[test]
fn x111_a_stop_that_comes_after_the_restart_stops_the_new_run() {
    let mut world = world();
    crash_ordered(&mut world);
    let stopped = world.control(&name(), Control::Stop);
    world.behave();
    assert!(stopped.take().expect("an answer").is_ok());
    assert_eq!(world.state(&name()), ServiceState::Stopped);
    assert_eq!((alive(&world), counted(&world)), (vec![], vec![1, 2]));
    let record = world.record(&name()).expect("it is there");
    assert_eq!(record.runs, 3, "the restart came first");
    assert!(record.pending_actions.is_empty());
    check(&world);
}

#[test]
fn x111_after_a_stop_nothing_is_started() {
    let mut world = world();
    let _stopped = world.control(&name(), Control::Stop);
    crash(&mut world);
    assert_eq!(ordered(&world), 0, "it was recalled");
    world.behave();
    assert_eq!(world.state(&name()), ServiceState::Stopped);
    assert_eq!((alive(&world), counted(&world)), (vec![], vec![1]));
    check(&world);
}

#[test]
fn x111_terminate_restart_and_delete_meet_the_new_run() {
    let mut world = world();
    crash_ordered(&mut world);
    let terminated = world.terminate(&name());
    world.behave();
    assert!(terminated.take().expect("an answer").is_ok());
    assert_eq!((alive(&world), counted(&world)), (vec![], vec![1, 2]));

    let mut world = self::world();
    crash_ordered(&mut world);
    let restarted = world.restart(&name(), false);
    world.behave();
    assert!(restarted.take().expect("an answer").is_ok());
    assert_eq!((alive(&world), counted(&world)), (vec![4], vec![1, 2]));

    let mut world = self::world();
    crash_ordered(&mut world);
    let deleted = world.delete(&name());
    world.behave();
    assert!(deleted.take().expect("an answer").is_ok());
    assert_eq!((alive(&world), counted(&world)), (vec![3], vec![1, 2]));
    let _stopped = world.control(&name(), Control::Stop);
    world.behave();
    assert_eq!(alive(&world), Vec::<u32>::new());
    assert!(world.record(&name()).is_none(), "it is gone with its run");
    check(&world);
}

#[test]
fn x111_a_change_of_the_configuration_takes_the_order_back_and_gives_another() {
    let mut world = world();
    let actions = relance_scm::failure_actions::FailureActionsChange {
        actions: Some(vec![RecoveryAction::new(RecoveryActionKind::None, 0)]),
        ..Default::default()
    };
    let change = ConfigChange {
        failure_actions: Some(actions),
        ..ConfigChange::default()
    };
    crash_ordered(&mut world);
    let changed = world.change(&name(), change);
    world.behave();
    assert!(changed.take().expect("an answer").is_ok());
    assert_eq!((alive(&world), counted(&world)), (vec![3], vec![1, 2]));
    crash(&mut world);
    world.behave();
    assert_eq!(
        world.state(&name()),
        ServiceState::Stopped,
        "as it is configured now"
    );

    let mut world = self::world();
    let change = ConfigChange {
        display_name: Some("another".into()),
        ..ConfigChange::default()
    };
    let _changed = world.change(&name(), change);
    world.end_turn();
    crash(&mut world);
    assert_eq!(ordered(&world), 0, "the change waits for its commit");
    world.behave();
    crash_ordered(&mut world);
    world.behave();
    assert_eq!((alive(&world), counted(&world)), (vec![4], vec![1, 2, 3]));
    check(&world);
}

#[test]
fn x111_a_change_that_cannot_be_written_loses_no_end() {
    let mut world = world();
    world.disk().set_full(true);
    crash_ordered(&mut world);
    let change = ConfigChange {
        display_name: Some("another".into()),
        ..ConfigChange::default()
    };
    let changed = world.configure(vec![ConfigRequest::Change(name(), Box::new(change))]);
    world.behave();
    assert!(changed.take().expect("an answer").is_err());
    world.disk().set_full(false);
    crash(&mut world);
    world.behave();
    assert_eq!(counted(&world), [1, 2, 3]);
    check(&world);
}

#[test]
fn x111_a_new_engine_is_told_of_what_its_predecessor_had_ordered() {
    let mut world = world();
    crash_ordered(&mut world);
    world.kill_engine(0);
    crash_unordered(&mut world);
    world.behave();
    assert_eq!((alive(&world), counted(&world)), (vec![4], vec![1, 2, 3]));
    let ids: Vec<u32> = world.log().iter().map(|entry| entry.event_id).collect();
    assert!(!ids.contains(&7032) && !ids.contains(&1005), "{ids:?}");
    let record = world.record(&name()).expect("it is there");
    let run = record.run.as_ref().expect("it runs");
    assert!(matches!(run.cause, StartCause::Recovery(..)), "{run:?}");
    check(&world);
}

/// Orders end with the engine that gave them.
fn crash_unordered(world: &mut World) {
    let before = ordered(world);
    let run = *alive(world).first().expect("it runs");
    let id = world.id(&name());
    let run = RunId {
        service: id,
        number: run,
    };
    world.machine().exit(run, ProcessExit::Signaled(9));
    assert_eq!(ordered(world), before);
}

#[test]
fn x111_a_new_daemon_is_told_of_it_too() {
    let mut world = world();
    crash_ordered(&mut world);
    world.kill_guardian(0, || false);
    world.start_daemon();
    world.behave();
    assert_eq!((alive(&world), counted(&world)), (vec![3], vec![1, 2]));
    check(&world);
}

#[test]
fn x111_a_shutdown_leaves_nothing_behind() {
    let mut world = world();
    crash_ordered(&mut world);
    world.machine().ask_for_shutdown();
    world.advance(Duration::from_secs(30));
    assert_eq!(alive(&world), Vec::<u32>::new());
    assert!(world.machine().is_shut_down);
    check(&world);
}

/// A world in which so many such programs were started, and none has failed.
fn fleet(count: u32) -> World {
    let mut world = World::new();
    for number in 0..count {
        let name = ServiceName::new(format!("w{number}")).expect("a legal name");
        let _created = world.create(config(name.clone()));
        world.behave();
        let _started = world.start(&name);
        world.behave();
    }
    world
}

/// All that run end at once; how many of them follow an order.
fn storm(world: &mut World) -> usize {
    let before = ordered(world);
    let alive: Vec<RunId> = world.machine().alive().map(|process| process.run).collect();
    for run in alive {
        world.machine().exit(run, ProcessExit::Signaled(9));
    }
    ordered(world) - before
}

#[test]
fn x111_what_has_never_failed_gets_one_when_nothing_was_started_for_a_second() {
    let mut world = fleet(100);
    world.advance(Duration::from_millis(999));
    let mut busy = fleet(100);
    assert_eq!(storm(&mut busy), 0);
    assert!(world.machine().history.ordered == 0);
    world.advance(Duration::from_secs(1));
    assert_eq!(storm(&mut world), 100);
    world.behave();
    assert_eq!((alive(&world).len(), counted(&world).len()), (100, 100));
    check(&world);
}

#[test]
fn x111_a_new_engine_gives_them_again_when_it_has_time() {
    let mut world = fleet(3);
    world.kill_engine(0);
    world.behave();
    assert!(!world.advance_to_next(world.now().time), "not at once");
    world.advance(Duration::from_secs(2));
    assert_eq!(storm(&mut world), 3);
    world.behave();
    assert_eq!(counted(&world), [1, 1, 1]);
    check(&world);
}

#[test]
fn x111_orders_cost_no_wake_up_while_nothing_happens() {
    let mut world = fleet(3);
    world.advance(Duration::from_secs(2));
    let until = world.now().time + Duration::from_secs(365 * 86_400);
    assert!(!world.advance_to_next(until), "nothing is due in a year");
}
