//! Soft ceilings (X55 to X57): what looking costs, whose turn it is, and that nothing of it is lost with an engine or
//! a guardian.

use std::time::Duration;

use relance_policy::RunId;
use relance_scm::settings::{RECYCLE_ABOVE, RECYCLE_AFTER, RECYCLE_AT};
use relance_scm::status::ProcessExit;
use relance_scm::{ServiceConfig, ServiceName, ServiceState};
use relance_testkit::simulation::World;

use crate::support::start_programs;

const LINE: u64 = 100 << 20;
const LOOK: Duration = Duration::from_secs(10);

fn name(number: u32) -> ServiceName {
    ServiceName::new(format!("worker@{number}")).expect("a legal name")
}

/// A world with so many running instances of one template.
fn world(count: u32, change: impl Fn(&mut ServiceConfig)) -> World {
    let mut world = World::new();
    start_programs(&mut world, (1..=count).map(name), change);
    for number in 1..=count {
        assert_eq!(world.state(&name(number)), ServiceState::Running);
    }
    world
}

fn with_line(config: &mut ServiceConfig) {
    config.extensions.set(RECYCLE_ABOVE, Some(LINE));
}

fn run(world: &World, number: u32) -> RunId {
    let record = world.record(&name(number)).expect("it was created");
    record.run.as_ref().expect("it runs").id
}

/// Its run uses more than its line from now on.
fn grow(world: &World, number: u32) -> RunId {
    let run = run(world, number);
    world.machine().use_memory(run, LINE + 1);
    run
}

fn entries(world: &World, id: u32) -> usize {
    let log = world.log();
    log.iter().filter(|entry| entry.event_id == id).count()
}

#[test]
fn x55_a_run_that_grows_is_recycled_and_nothing_counts() {
    let mut world = world(1, with_line);
    let grown = grow(&world, 1);
    world.advance(LOOK);
    world.behave();
    assert_ne!(run(&world, 1), grown);
    let record = world.record(&name(1)).expect("it is there");
    assert_eq!(
        (record.state, record.failure_count),
        (ServiceState::Running, 0)
    );
    assert_eq!(entries(&world, 1047), 1);
    assert_eq!(entries(&world, 7031) + entries(&world, 7034), 0);
}

#[test]
fn x55_looking_is_rare_and_writes_nothing() {
    let mut world = world(3, with_line);
    let commits = world.disk().commits();
    let end = world.now().time + Duration::from_secs(3600);
    let mut looks = 0;
    while world.advance_to_next(end) {
        looks += 1;
    }
    assert!(looks <= 3600 / 30 + 1, "all three at once: {looks}");
    assert_eq!(world.disk().commits(), commits);
    // And without ceilings nobody looks at all.
    let mut world = self::world(3, |_| {});
    let end = world.now().time + Duration::from_secs(3600);
    assert!(!world.advance_to_next(end));
}

#[test]
fn x56_instances_are_recycled_one_at_a_time() {
    let mut world = world(3, with_line);
    let grown: Vec<RunId> = (1..=3).map(|number| grow(&world, number)).collect();
    for run in &grown {
        world.machine().set_ignores_stop(*run, true);
    }
    world.advance(LOOK);
    let stopping = |world: &World| -> Vec<u32> {
        let is_away = |number: &u32| world.state(&name(*number)) != ServiceState::Running;
        (1..=3).filter(is_away).collect()
    };
    assert_eq!(stopping(&world), [1], "the others wait");
    world.advance(Duration::from_secs(600));
    assert_eq!(stopping(&world), [1], "it takes long, and is not killed");
    for (number, run) in (1..).zip(&grown) {
        assert_eq!(stopping(&world), [number]);
        world.machine().exit(*run, ProcessExit::Exited(0));
        world.behave();
        assert_eq!(world.state(&name(number)), ServiceState::Running);
    }
    assert_eq!(stopping(&world), [] as [u32; 0]);
    assert_eq!(entries(&world, 1047), 3);
}

#[test]
fn x56_nobody_is_recycled_while_another_instance_waits_for_its_restart() {
    let mut world = world(2, with_line);
    let crashed = run(&world, 2);
    world.machine().exit(crashed, ProcessExit::Signaled(11));
    world.settle();
    assert_eq!(world.state(&name(2)), ServiceState::Stopped);
    let grown = grow(&world, 1);
    // Its restart comes after 1 s; the look after 10.
    world.advance(LOOK);
    world.behave();
    assert_ne!(run(&world, 1), grown, "once the other is back");
    assert_eq!(world.state(&name(2)), ServiceState::Running);
}

#[test]
fn x55_the_time_of_day_comes_once_a_day() {
    let mut world = world(1, |config| {
        config.extensions.set(RECYCLE_AT, Some("00:00".into()));
    });
    let first = run(&world, 1);
    for day in 1..=3 {
        world.advance(Duration::from_secs(24 * 3600));
        world.behave();
        assert_eq!(run(&world, 1).number, first.number + day);
    }
    assert_eq!(entries(&world, 1047), 3);
}

/// The engine, or the guardian with it, is killed after each number of steps of a recycling; it ends all the same.
#[test]
fn x57_nothing_is_lost_with_an_engine_or_a_guardian_in_any_phase() {
    for kills_guardian in [false, true] {
        for is_written_first in [false, true] {
            for steps in 0..40 {
                let at = format!("{steps} steps, {is_written_first}, guardian {kills_guardian}");
                interrupted(steps, is_written_first, kills_guardian, &at);
            }
        }
    }
}

fn interrupted(steps: u32, is_written_first: bool, kills_guardian: bool, at: &str) {
    let minute = Duration::from_secs(60);
    let mut world = world(2, |config| {
        config.extensions.set(RECYCLE_AFTER, Some(minute));
    });
    let grown = run(&world, 1);
    world.jump(minute);
    let write = |world: &mut World| {
        let waiting = world.disk().waiting();
        world.disk().write(waiting);
        world.give_commit();
    };
    for step in 0..steps {
        match (step % 4, is_written_first) {
            (0, _) => world.end_turn(),
            (1, true) | (2, false) => write(&mut world),
            (1, false) | (2, true) => {
                world.machine().carry_out();
            }
            _ => {
                world.give_fact();
            }
        }
    }
    if kills_guardian {
        world.kill_guardian(0, || false);
        world.start_daemon();
    } else {
        world.kill_engine(0);
    }
    world.behave();
    world.advance(minute / 2);
    world.behave();
    for number in 1..=2 {
        let record = world.record(&name(number)).expect("it is there");
        assert_eq!(record.state, ServiceState::Running, "{number}, {at}");
        assert_eq!(record.failure_count, 0, "{number}, {at}");
    }
    assert_ne!(run(&world, 1), grown, "{at}");
}
