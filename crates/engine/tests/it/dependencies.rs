//! Services that mind what they need (X70, X71), across engines and daemons.

use std::time::Duration;

use relance_policy::simulate::StartOutcome;
use relance_policy::{RunId, StartCause};
use relance_scm::config::{Dependency, ExtensionsChange, StartType};
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::settings::WHEN_DEPENDENCY_FAILS;
use relance_scm::status::ProcessExit;
use relance_scm::{
    ConfigChange, Control, RecoveryActionKind, ServiceConfig, ServiceKind, ServiceName,
    ServiceState, Win32Error,
};
use relance_testkit::simulation::World;

/// How long `db` stays down.
const DOWN: Duration = Duration::from_secs(5);
/// Longer than any wait after it is back.
const BACK: Duration = Duration::from_secs(30);

fn name(text: &str) -> ServiceName {
    ServiceName::new(text).expect("a legal name")
}

/// A program that restarts after `DOWN`.
fn program(text: &str, mode: &'static str, needs: &[&str]) -> ServiceConfig {
    let mut config = ServiceConfig::new(name(text), "/bin/service");
    config.kind = ServiceKind::Program;
    let delay = u32::try_from(DOWN.as_millis()).expect("a short time");
    config.failure_actions.actions =
        [RecoveryAction::new(RecoveryActionKind::Restart, delay)].into();
    let needs = needs.iter().map(|text| Dependency::Service(name(text)));
    config.dependencies = needs.collect();
    config.extensions.set(WHEN_DEPENDENCY_FAILS, mode);
    config
}

/// A world in which these run.
fn running(configs: &[ServiceConfig]) -> World {
    let mut world = World::new();
    for config in configs {
        let created = world.create(config.clone());
        world.behave();
        created.take().expect("answered").expect("it is created");
    }
    for config in configs {
        let _ = world.start(&config.service_name);
        world.behave();
    }
    for config in configs {
        assert_eq!(world.state(&config.service_name), ServiceState::Running);
    }
    world
}

fn run_of(world: &World, text: &str) -> RunId {
    let record = world.record(&name(text)).expect("it is there");
    record.run.as_ref().expect("it runs").id
}

fn dies(world: &mut World, text: &str) {
    let run = run_of(world, text);
    world.machine().exit(run, ProcessExit::Signaled(9));
    world.behave();
}

fn is_held(world: &World, text: &str) -> bool {
    let record = world.record(&name(text)).expect("it is there");
    record.held().is_some()
}

fn is_up(world: &World, text: &str) -> bool {
    world.state(&name(text)) == ServiceState::Running
}

fn entries(world: &World, id: u32) -> Vec<String> {
    let log = world.log();
    let entries = log.iter().filter(|entry| entry.event_id == id);
    entries.map(|entry| entry.parameters[0].clone()).collect()
}

#[test]
fn x70_a_database_that_dies_burns_no_counter_of_forty_workers() {
    let workers: Vec<String> = (1..=40).map(|number| format!("worker{number}")).collect();
    let mut configs = vec![program("db", "alone", &[])];
    configs.extend(workers.iter().map(|text| program(text, "held", &["db"])));
    let mut world = running(&configs);
    dies(&mut world, "db");
    for worker in &workers {
        assert!(is_up(&world, worker), "they are left running");
        dies(&mut world, worker);
        assert!(is_held(&world, worker));
    }
    world.advance(DOWN);
    world.behave();
    assert!(is_up(&world, "db"));
    // Not all of them in the same moment.
    let up = workers.iter().filter(|worker| is_up(&world, worker));
    assert_eq!(up.count(), 1);
    world.advance(BACK);
    world.behave();
    for worker in &workers {
        assert!(is_up(&world, worker), "{worker}");
        let record = world.record(&name(worker)).expect("it is there");
        assert_eq!(record.failure_count, 0);
        assert_eq!(
            record.run.as_ref().map(|run| (run.cause, run.id.number)),
            Some((StartCause::DependencyBack, 2))
        );
    }
    assert_eq!(entries(&world, 1071).len(), 40);
    assert_eq!(entries(&world, 1072).len(), 40);
    assert_eq!(entries(&world, 7031), ["db"]);
}

#[test]
fn x70_a_chain_and_a_diamond_come_back_in_order() {
    let mut world = running(&[
        program("db", "alone", &[]),
        program("cache", "held", &["db"]),
        program("queue", "held", &["db"]),
        program("web", "held", &["cache", "queue"]),
    ]);
    for text in ["db", "cache", "queue", "web"] {
        dies(&mut world, text);
    }
    world.advance(DOWN);
    world.advance(BACK);
    world.behave();
    assert_eq!(entries(&world, 1072), ["cache", "queue", "web"]);
    assert!(is_up(&world, "web"));
}

#[test]
fn x70_one_that_gives_up_for_good_keeps_them_until_somebody_starts_it() {
    let mut db = program("db", "alone", &[]);
    db.failure_actions.actions = [].into();
    let mut world = running(&[db, program("web", "held", &["db"])]);
    dies(&mut world, "db");
    dies(&mut world, "web");
    world.advance(Duration::from_secs(3600));
    world.behave();
    assert!(is_held(&world, "web"));
    let started = world.start(&name("db"));
    world.behave();
    started.take().expect("answered").expect("it starts");
    assert!(is_up(&world, "web"));
}

#[test]
fn x70_what_was_stopped_by_request_holds_too_and_a_stop_ends_the_wait() {
    let mut world = running(&[
        program("db", "alone", &[]),
        program("web", "held", &["db"]),
        program("api", "held", &["db"]),
    ]);
    // A stop is refused (D6); force is not.
    let _ = world.terminate(&name("db"));
    world.behave();
    for text in ["web", "api"] {
        dies(&mut world, text);
        assert!(is_held(&world, text));
    }
    let stopped = world.control(&name("api"), Control::Stop);
    world.behave();
    stopped
        .take()
        .expect("answered")
        .expect("it waits no longer");
    let _ = world.start(&name("db"));
    world.behave();
    assert!(is_up(&world, "web"));
    assert!(!is_up(&world, "api"));
    assert_eq!(entries(&world, 1074), ["api"]);
}

#[test]
fn x70_a_wait_survives_engine_and_daemon() {
    for phase in 0..4 {
        for daemon in [false, true] {
            let mut world = running(&[
                program("db", "alone", &[]),
                program("web", "held", &["db"]),
                program("api", "held", &["db"]),
            ]);
            let killed_at = |world: &mut World, at: usize| {
                if at != phase {
                } else if daemon {
                    world.kill_guardian(usize::MAX, || true);
                    world.start_daemon();
                } else {
                    world.kill_engine(0);
                }
                world.behave();
            };
            let runs = ["db", "web", "api"].map(|text| run_of(&world, text));
            // 0: everything dies in one moment, unseen.
            for run in runs {
                world.machine().exit(run, ProcessExit::Signaled(9));
            }
            killed_at(&mut world, 0);
            // 1: all are down.
            killed_at(&mut world, 1);
            world.advance(DOWN);
            // 2: db is back, the last waits for its turn.
            killed_at(&mut world, 2);
            world.advance(BACK);
            killed_at(&mut world, 3);
            for text in ["db", "web", "api"] {
                let what = format!("{text}, phase {phase}, daemon: {daemon}");
                assert!(is_up(&world, text), "{what}");
                assert_eq!(run_of(&world, text).number, 2, "{what}");
            }
        }
    }
}

#[test]
fn x71_they_stop_and_start_in_order() {
    let mut world = running(&[
        program("db", "alone", &[]),
        program("app", "restart", &["db"]),
        program("web", "restart", &["app"]),
    ]);
    let [app, web] = ["app", "web"].map(|text| run_of(&world, text));
    world.machine().set_ignores_stop(web, true);
    dies(&mut world, "db");
    assert_eq!(world.state(&name("web")), ServiceState::StopPending);
    assert_eq!(run_of(&world, "app"), app, "it stops behind web");
    assert!(is_up(&world, "app"));
    world.kill_engine(0);
    world.behave();
    assert!(is_up(&world, "app"));
    world.machine().exit(web, ProcessExit::Exited(0));
    world.behave();
    assert!(is_held(&world, "app") && is_held(&world, "web"));
    assert_eq!(entries(&world, 1073), ["app", "web"]);
    world.advance(DOWN);
    world.advance(BACK);
    world.behave();
    assert!(is_up(&world, "web"));
    assert_eq!(entries(&world, 1072), ["app", "web"]);
    for text in ["app", "web"] {
        let record = world.record(&name(text)).expect("it is there");
        assert_eq!((record.failure_count, record.runs), (0, 2));
    }
}

#[test]
fn x70_at_boot_they_follow_what_comes_up_later() {
    let auto = |mut config: ServiceConfig| {
        config.start_type = StartType::Auto;
        config
    };
    let mut world = running(&[
        auto(program("db", "alone", &[])),
        auto(program("web", "held", &["db"])),
    ]);
    world.machine().next_start = StartOutcome::FailsWith(Win32Error::FILE_NOT_FOUND);
    world.reboot();
    world.behave();
    assert!(is_held(&world, "web"));
    world.machine().next_start = StartOutcome::Runs;
    let _ = world.start(&name("db"));
    world.behave();
    assert!(is_up(&world, "web"));
}

#[test]
fn x70_a_changed_setting_and_a_removed_dependency_end_the_wait() {
    let mut db = program("db", "alone", &[]);
    db.failure_actions.actions = [].into();
    let no_needs = ConfigChange {
        dependencies: Some([].into()),
        ..ConfigChange::default()
    };
    let mut extensions = ExtensionsChange::default();
    extensions.set(WHEN_DEPENDENCY_FAILS, "alone");
    let alone = ConfigChange {
        extensions,
        ..ConfigChange::default()
    };
    for change in [no_needs, alone] {
        let mut world = running(&[db.clone(), program("web", "held", &["db"])]);
        dies(&mut world, "db");
        dies(&mut world, "web");
        let changed = world.change(&name("web"), change);
        world.behave();
        changed.take().expect("answered").expect("it is changed");
        assert!(is_up(&world, "web"));
    }
    // One that is deleted stays down, until there is one of that name again.
    let mut world = running(&[db.clone(), program("web", "held", &["db"])]);
    dies(&mut world, "web");
    world.behave();
    dies(&mut world, "db");
    let _ = world.delete(&name("db"));
    world.advance(BACK);
    world.behave();
    assert!(is_held(&world, "web"));
    let _ = world.create(db);
    world.behave();
    let _ = world.start(&name("db"));
    world.behave();
    assert!(is_up(&world, "web"));
}
