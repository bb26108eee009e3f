//! Starts by the clock (X72 to X75), across engines, daemons and boots. The world's wall clock counts from
//! its beginning, in UTC.

use std::time::Duration;

use relance_scm::config::ExtensionsChange;
use relance_scm::settings::{SCHEDULE, WHEN_START_MISSED};
use relance_scm::status::ProcessExit;
use relance_scm::{
    ConfigChange, ServiceConfig, ServiceKind, ServiceName, ServiceState, Win32Error,
};
use relance_testkit::simulation::World;

const HOUR: Duration = Duration::from_secs(3600);

fn name() -> ServiceName {
    ServiceName::new("nightly").expect("a legal name")
}

fn config(schedule: &str) -> ServiceConfig {
    let mut config = ServiceConfig::new(name(), "/bin/service");
    config.kind = ServiceKind::Program;
    config.extensions.set(SCHEDULE, Some(schedule.into()));
    config
}

fn world(config: ServiceConfig) -> World {
    let mut world = World::new();
    let created = world.create(config);
    world.behave();
    created.take().expect("answered").expect("it is created");
    world
}

fn runs(world: &World) -> u32 {
    world.record(&name()).expect("it is there").runs
}

fn ends(world: &mut World) {
    let record = world.record(&name()).expect("it is there");
    let run = record.run.as_ref().expect("it runs").id;
    world.machine().exit(run, ProcessExit::Exited(0));
    world.behave();
}

fn has_entry(world: &World, id: u32) -> bool {
    world.log().iter().any(|entry| entry.event_id == id)
}

#[test]
fn x72_it_starts_at_each_time_also_with_another_engine() {
    // The world begins at 00:16:40.
    let mut world = world(config("*:30 UTC"));
    world.advance(HOUR);
    assert_eq!(world.state(&name()), ServiceState::Running);
    ends(&mut world);
    for started in 2..5 {
        world.kill_engine(usize::MAX);
        world.advance(HOUR);
        assert_eq!(runs(&world), started);
        ends(&mut world);
        world.kill_guardian(usize::MAX, || true);
        world.start_daemon();
        world.behave();
        assert_eq!(runs(&world), started, "no time is taken twice");
    }
}

#[test]
fn x72_without_a_schedule_nothing_is_waited_for() {
    let mut plain = config("daily UTC");
    plain.extensions.set(SCHEDULE, None);
    let mut world = world(plain);
    assert_eq!(world.next_scheduled(), None);
    let mut extensions = ExtensionsChange::default();
    extensions.set(SCHEDULE, Some("daily UTC".into()));
    let change = ConfigChange {
        extensions,
        ..ConfigChange::default()
    };
    let _ = world.change(&name(), change);
    world.behave();
    assert!(world.next_scheduled().is_some());
    let _ = world.delete(&name());
    world.behave();
    assert_eq!(world.next_scheduled(), None);
}

#[test]
fn x73_what_the_manager_slept_through_is_skipped_or_made_good_once() {
    for (when, started) in [("skip", 0), ("run", 1)] {
        let mut config = config("*:30 UTC");
        config.extensions.set(WHEN_START_MISSED, when);
        let mut world = world(config);
        // Nobody looks for five hours; then it is not 30 past.
        world.jump(5 * HOUR);
        world.reboot();
        world.behave();
        world.advance(Duration::ZERO);
        assert_eq!(runs(&world), started, "{when}");
        assert_eq!(has_entry(&world, 1075), started == 0);
        assert!(world.next_scheduled() > Some(world.now().wall));
    }
}

#[test]
fn x75_what_cannot_be_kept_is_refused_when_it_is_set() {
    for schedule in ["02:30 Nowhere/Land", "1970-01-01 00:00:01 UTC"] {
        let mut world = World::new();
        let created = world.create(config(schedule));
        world.behave();
        let error = created.take().expect("answered").expect_err(schedule);
        assert_eq!(error.code(), Win32Error::INVALID_PARAMETER, "{schedule}");
    }
}

#[test]
fn x75_a_clock_that_is_set_plans_anew_and_repeats_nothing_that_was_a_correction() {
    let mut world = world(config("*:30 UTC"));
    world.advance(HOUR);
    assert_eq!(runs(&world), 1);
    ends(&mut world);
    let next = world.next_scheduled();
    // Back by ten minutes, before the time that came.
    world.set_wall(-50 * 60 * 1000);
    assert_eq!(world.next_scheduled(), next);
    // Forward by years.
    world.set_wall(400 * 86_400_000);
    let planned = world.next_scheduled().expect("a next time");
    assert!(planned > world.now().wall && planned.0 < world.now().wall.0 + 3_600_000);
    assert!(has_entry(&world, 1075), "what it jumped over was missed");
    // And back: it does not wait for years.
    world.set_wall(0);
    let planned = world.next_scheduled().expect("a next time");
    assert!(planned.0 < world.now().wall.0 + 3_600_000);
}

#[test]
fn x72_a_schedule_that_was_taken_away_starts_nothing_although_the_engine_was_killed_then() {
    let mut world = world(config("*:30 UTC"));
    let mut extensions = ExtensionsChange::default();
    extensions.set(SCHEDULE, None);
    let change = ConfigChange {
        extensions,
        ..ConfigChange::default()
    };
    let _ = world.change(&name(), change);
    world.end_turn();
    let waiting = world.disk().waiting();
    world.disk().write(waiting);
    // It is on disk, and the engine dies before it can plan.
    world.kill_engine(0);
    world.behave();
    assert_eq!(world.next_scheduled(), None);
    world.advance(2 * HOUR);
    assert_eq!(runs(&world), 0);
}

#[test]
fn x72_a_schedule_that_could_not_be_written_leaves_the_plan_on_disk_as_it_was() {
    let mut world = world(config("*:30 UTC"));
    let started = world.start(&name());
    world.behave();
    started.take().expect("answered").expect("it starts");
    let mut extensions = ExtensionsChange::default();
    extensions.set(SCHEDULE, Some("daily UTC".into()));
    let change = ConfigChange {
        extensions,
        ..ConfigChange::default()
    };
    let changed = world.change(&name(), change);
    world.end_turn();
    // Something else is put on record before it is known that the disk has no space for the change.
    let run = world
        .record(&name())
        .and_then(|record| Some(record.run.as_ref()?.id));
    world
        .machine()
        .exit(run.expect("it runs"), ProcessExit::Exited(0));
    world.give_fact();
    world.give_fact();
    world.end_turn();
    world.disk().set_full(true);
    world.disk().write(1);
    world.disk().set_full(false);
    world.behave();
    let refused = changed.take().expect("answered");
    assert!(refused.is_err(), "{refused:?}");
    world
        .database_matches()
        .expect("what is planned is on disk");
}

#[test]
fn x75_a_schedule_that_could_not_be_written_is_planned_by_the_clock_as_it_is_now() {
    let mut world = world(config("*:30 UTC"));
    let ten_days = 10 * 24 * 3600 * 1000;
    world.set_wall(ten_days);
    let mut extensions = ExtensionsChange::default();
    extensions.set(SCHEDULE, Some("daily UTC".into()));
    let change = ConfigChange {
        extensions,
        ..ConfigChange::default()
    };
    let _refused = world.change(&name(), change);
    world.end_turn();
    world.move_wall(0, true);
    world.disk().set_full(true);
    world.disk().write(1);
    world.disk().set_full(false);
    world.behave();
    let next = world.next_scheduled().expect("it comes again");
    let wait = next.0 - world.now().wall.0;
    assert!((0..=3_600_000).contains(&wait), "{wait}");
}

#[test]
fn x75_a_clock_that_was_set_back_while_no_engine_ran_delays_nothing() {
    let mut world = world(config("*:30 UTC"));
    let ten_days = 10 * 24 * 3600 * 1000;
    world.set_wall(ten_days);
    world.move_wall(0, false);
    for is_boot in [false, true] {
        if is_boot {
            world.reboot();
        } else {
            world.kill_engine(0);
        }
        world.behave();
        let next = world.next_scheduled().expect("it comes again");
        let wait = next.0 - world.now().wall.0;
        assert!((0..=3_600_000).contains(&wait), "{wait}");
    }
}
