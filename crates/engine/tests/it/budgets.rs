//! Budgets of recovery over several services (X95 to X99): who waits for whom, what it costs, and that engines which
//! are killed forget nothing.

use std::time::Duration;

use relance_policy::budget::MachineBudgets;
use relance_policy::{StartCause, Time};
use relance_scm::failure_actions::ActionList;
use relance_scm::settings::{QUIET_HOURS, READY_AFTER, RESTART_GROUP};
use relance_scm::status::ProcessExit;
use relance_scm::{ServiceConfig, ServiceName, ServiceState};
use relance_testkit::simulation::World;
use relance_testkit::simulation::disk::Disk;

use crate::support::start_programs;

/// When a world begins, on both clocks.
const BEGIN: u64 = 1_000_000;

fn budgets(quiet: Option<&str>, restarts: Option<&str>, reboots: Option<&str>) -> MachineBudgets {
    MachineBudgets {
        quiet_hours: quiet.map(|text| text.parse().expect("quiet hours")),
        restarts: restarts.map(|text| text.parse().expect("a limit")),
        reboots: reboots.map(|text| text.parse().expect("a limit")),
    }
}

fn name(number: u32) -> ServiceName {
    ServiceName::new(format!("s{number}")).expect("a legal name")
}

/// A world with so many programs that run.
fn world(budgets: MachineBudgets, count: u32, change: impl Fn(&mut ServiceConfig)) -> World {
    let mut world = World::with_budgets(Disk::default(), budgets);
    start_programs(&mut world, (1..=count).map(name), change);
    world
}

fn crash(world: &mut World, number: u32) {
    let record = world.record(&name(number)).expect("it was created");
    let run = record.run.as_ref().expect("it runs").id;
    world.machine().exit(run, ProcessExit::Signaled(11));
    world.behave();
}

/// When each was restarted after a failure, in seconds since the world began, in order.
fn restarts(world: &World) -> Vec<u64> {
    let runs = world.records().filter_map(|record| record.run.as_ref());
    let runs = runs.filter(|run| matches!(run.cause, StartCause::Recovery(..)));
    let since = |at: Time| (at - Time::from_millis(BEGIN)).as_secs();
    let mut times: Vec<u64> = runs.map(|run| since(run.started_at)).collect();
    times.sort_unstable();
    times
}

fn entries(world: &World, id: u32) -> usize {
    let log = world.log();
    log.iter().filter(|entry| entry.event_id == id).count()
}

#[test]
fn x98_workers_that_lost_one_database_come_back_at_the_rate_of_the_machine() {
    let mut world = world(budgets(None, Some("2 in 10s"), None), 7, |_| {});
    for number in 1..=7 {
        crash(&mut world, number);
    }
    world.advance(Duration::from_secs(60));
    assert_eq!(restarts(&world), [1, 1, 11, 11, 21, 21, 31]);
    assert_eq!(
        entries(&world, 1176),
        5,
        "each that waits is in the log, once"
    );
}

#[test]
fn x98_a_full_budget_outlives_engines_and_daemons_and_begins_again_at_a_boot() {
    let mut world = world(budgets(None, Some("1 in 10s"), None), 4, |_| {});
    for number in 1..=3 {
        crash(&mut world, number);
    }
    world.advance(Duration::from_secs(2));
    world.kill_engine(usize::MAX);
    world.behave();
    world.advance(Duration::from_secs(2));
    world.kill_guardian(usize::MAX, || false);
    world.start_daemon();
    world.behave();
    crash(&mut world, 4);
    world.advance(Duration::from_secs(60));
    assert_eq!(restarts(&world), [1, 11, 21, 31]);
    world.reboot();
    world.behave();
    let _started = world.start(&name(1));
    world.behave();
    crash(&mut world, 1);
    world.advance(Duration::from_secs(1));
    assert_eq!(world.state(&name(1)), ServiceState::Running);
}

#[test]
fn x98_a_service_that_somebody_starts_does_not_wait() {
    let mut world = world(budgets(None, Some("1 in 1h"), None), 2, |_| {});
    crash(&mut world, 1);
    crash(&mut world, 2);
    world.advance(Duration::from_secs(2));
    assert_eq!(world.state(&name(2)), ServiceState::Stopped);
    let _started = world.start(&name(2));
    world.behave();
    assert_eq!(world.state(&name(2)), ServiceState::Running);
}

#[test]
fn x122_a_place_that_is_not_wanted_any_more_goes_to_the_next() {
    let mut world = world(budgets(None, Some("1 in 10s"), None), 6, |_| {});
    for number in 1..=6 {
        crash(&mut world, number);
    }
    world.advance(Duration::from_secs(2));
    // 1 came back after 1 s; 2 to 6 have the places 11, 21, 31, 41 and 51.
    let _cancelled = world.cancel_recovery(&name(2));
    world.behave();
    // What an engine has moved up, the next one has as well.
    world.kill_engine(usize::MAX);
    world.behave();
    let _started = world.start(&name(4));
    world.behave();
    let _gone = world.delete(&name(6));
    world.behave();
    world.advance(Duration::from_secs(60));
    assert_eq!(
        restarts(&world),
        [1, 11, 21],
        "3 and 5 came up to 11 and 21"
    );
    assert_eq!(world.state(&name(2)), ServiceState::Stopped);
    assert_eq!(
        entries(&world, 1176),
        5,
        "one that moves up is not told again"
    );
}

#[test]
fn x122_those_that_are_cancelled_together_cost_one_turn() {
    let count = 40;
    let mut world = world(budgets(None, Some("1 in 10s"), None), count, |_| {});
    for number in 1..=count {
        crash(&mut world, number);
    }
    world.advance(Duration::from_secs(2));
    let before = world.disk().commits();
    let cancelled: Vec<_> = (2..count)
        .map(|number| world.cancel_recovery(&name(number)))
        .collect();
    world.behave();
    assert!(cancelled.iter().all(|pending| pending.take().is_some()));
    assert!(
        world.disk().commits() - before <= 2,
        "one turn, written once"
    );
    world.advance(Duration::from_secs(20));
    assert_eq!(restarts(&world), [1, 11]);
}

#[test]
fn x98_a_restart_costs_no_commit_more() {
    let commits = |budgets| {
        let mut world = world(budgets, 1, |_| {});
        let before = world.disk().commits();
        crash(&mut world, 1);
        world.advance(Duration::from_secs(2));
        world.disk().commits() - before
    };
    let without = commits(MachineBudgets::default());
    assert_eq!(commits(budgets(None, Some("5 in 1m"), None)), without);
}

#[test]
fn x99_a_second_reboot_is_refused_even_after_the_first() {
    let mut world = world(budgets(None, None, Some("1 in 1d")), 1, |config| {
        let list: ActionList = "reboot/0".parse().expect("actions");
        config.failure_actions.actions = list.0.into();
    });
    crash(&mut world, 1);
    let rebooted = world.machine().history.commands.len();
    assert_eq!(rebooted, 1);
    for _ in 0..2 {
        world.reboot();
        world.behave();
        let _started = world.start(&name(1));
        world.behave();
        crash(&mut world, 1);
    }
    assert_eq!(world.machine().history.commands.len(), 0, "none since");
    assert_eq!(entries(&world, 1177), 2);
    let record = world.record(&name(1)).expect("it is there");
    assert!(record.pending_actions.is_empty() && record.run.is_none());
}

/// Programs of one group that run once they have stayed up for so long.
fn group(count: u32, ready_after: u64) -> World {
    let time = Duration::from_secs(ready_after);
    let mut world = world(MachineBudgets::default(), count, |config| {
        let group = if config.service_name == name(2) {
            "DATABASE"
        } else {
            "database"
        };
        config.extensions.set(RESTART_GROUP, Some(group.into()));
        config.extensions.set(READY_AFTER, time);
    });
    world.advance(time);
    for number in 1..=count {
        assert_eq!(world.state(&name(number)), ServiceState::Running);
        crash(&mut world, number);
    }
    world
}

#[test]
fn x97_of_a_group_one_is_restarted_at_a_time() {
    let mut world = group(3, 20);
    let states = |world: &World| [1, 2, 3].map(|number| world.state(&name(number)));
    use ServiceState::{Running, StartPending, Stopped};
    world.advance(Duration::from_secs(10));
    assert_eq!(states(&world), [StartPending, Stopped, Stopped]);
    // What is known of it is known to the next engine.
    world.kill_engine(usize::MAX);
    world.behave();
    assert_eq!(states(&world), [StartPending, Stopped, Stopped]);
    world.advance(Duration::from_secs(20));
    assert_eq!(states(&world), [Running, StartPending, Stopped]);
    // One that fails on its way lets the next one go first.
    crash(&mut world, 2);
    assert_eq!(states(&world), [Running, Stopped, StartPending]);
    world.advance(Duration::from_secs(50));
    assert_eq!(states(&world), [Running; 3]);
    assert_eq!(entries(&world, 1176), 3);
}

#[test]
fn x97_a_start_that_hangs_keeps_its_group_waiting_for_five_minutes() {
    let mut world = group(2, 3600);
    world.advance(Duration::from_secs(300));
    assert_eq!(world.state(&name(2)), ServiceState::Stopped);
    world.advance(Duration::from_secs(2));
    assert_eq!(world.state(&name(2)), ServiceState::StartPending);
}

/// 00:16:40 is when a world begins.
fn quiet(config: &mut ServiceConfig) {
    config
        .extensions
        .set(QUIET_HOURS, Some("00:10-02:00".into()));
}

#[test]
fn x96_in_quiet_hours_nothing_follows_until_they_end() {
    for own in [true, false] {
        let machine = budgets((!own).then_some("00:10-02:00"), None, None);
        let mut world = world(machine, 1, |config| {
            if own {
                quiet(config);
            }
        });
        crash(&mut world, 1);
        world.advance(Duration::from_secs(3600));
        world.kill_engine(usize::MAX);
        world.behave();
        assert_eq!(world.state(&name(1)), ServiceState::Stopped);
        world.advance(Duration::from_secs(3600));
        assert_eq!(restarts(&world), [2 * 3600 - BEGIN / 1000]);
        assert_eq!(entries(&world, 1176), 1);
    }
}

#[test]
fn x96_a_clock_that_is_set_ends_them_or_makes_them_longer() {
    let hour = 3_600_000;
    let mut world = world(MachineBudgets::default(), 1, quiet);
    crash(&mut world, 1);
    world.advance(Duration::from_secs(10));
    world.set_wall(2 * hour);
    assert_eq!(world.state(&name(1)), ServiceState::Running);
    world.set_wall(0);
    crash(&mut world, 1);
    world.advance(Duration::from_secs(3600));
    // Back to where they begin: the end is an hour further away.
    world.set_wall(-hour);
    world.advance(Duration::from_secs(3600));
    assert_eq!(world.state(&name(1)), ServiceState::Stopped);
    world.advance(Duration::from_secs(3600));
    assert_eq!(world.state(&name(1)), ServiceState::Running);
    assert_eq!(entries(&world, 1176), 2, "once for each failure");
}

/// The wall clock would wake the engine for them again and again, if their end meant nothing to it.
#[test]
fn x96_a_clock_that_was_set_without_an_engine_ends_them_too() {
    let mut world = world(MachineBudgets::default(), 1, quiet);
    crash(&mut world, 1);
    world.advance(Duration::from_secs(10));
    world.move_wall(2 * 3_600_000, false);
    world.kill_engine(usize::MAX);
    world.behave();
    assert_eq!(world.next_scheduled(), None);
    assert_eq!(world.state(&name(1)), ServiceState::Running);
}
