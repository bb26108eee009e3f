//! What concerns several services together: boots, replaced engines, shutdowns, dependencies.

use std::sync::Arc;
use std::time::Duration;

use relance_engine::command::ConfigRequest;
use relance_policy::simulate::StartOutcome;
use relance_scm::config::{Dependency, Secret, StartType};
use relance_scm::event_log::LogEntry;
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::manager::NewService;
use relance_scm::status::ProcessExit;
use relance_scm::{
    ConfigChange, RecoveryActionKind, ServiceConfig, ServiceKind, ServiceName, ServiceState,
    Win32Error,
};
use relance_testkit::simulation::World;
use relance_testkit::simulation::machine::{paused, pending};

fn name(text: &str) -> ServiceName {
    ServiceName::new(text).expect("a legal name")
}

fn config(text: &str) -> ServiceConfig {
    ServiceConfig::new(name(text), "/bin/service")
}

/// A world with these services, just booted.
fn booted(configs: &[ServiceConfig]) -> World {
    let mut world = World::new();
    for config in configs {
        let created = world.create(config.clone());
        world.behave();
        created
            .take()
            .expect("answered")
            .expect("a service that can be created");
    }
    world.reboot();
    world.behave();
    world
}

fn delayed(text: &str) -> ServiceConfig {
    let mut config = config(text);
    config.start_type = StartType::Auto;
    config.delayed_auto_start = true;
    config
}

#[test]
fn c16_a_delayed_start_survives_the_engine() {
    let mut world = booted(&[delayed("first"), delayed("second")]);
    world.advance(Duration::from_secs(60));
    world.kill_engine(usize::MAX);
    // The time is that of the boot, not of the engine.
    world.advance(Duration::from_millis(59_999));
    assert_eq!(world.state(&name("first")), ServiceState::Stopped);
    world.advance(Duration::from_millis(1));
    assert_eq!(world.state(&name("first")), ServiceState::Running);
    assert_eq!(world.state(&name("second")), ServiceState::Stopped);
    // And in the middle of it; what had its turn has none again.
    world.kill_engine(usize::MAX);
    world.advance(Duration::from_secs(1));
    assert_eq!(world.state(&name("second")), ServiceState::Running);
    let runs = |text| world.record(&name(text)).expect("it is there").runs;
    assert_eq!((runs("first"), runs("second")), (1, 1));
}

#[test]
fn nothing_is_begun_before_the_boot_is_on_record() {
    let mut auto = config("auto");
    auto.start_type = StartType::Auto;
    let mut world = booted(&[auto]);
    world.behave();
    let runs = |world: &World| world.record(&name("auto")).expect("it is there").runs;
    let before = runs(&world);
    // Two engines die before they have written, the third before what it wrote is carried out.
    world.reboot();
    for _ in 0..2 {
        assert!(world.disk().waiting() > 0);
        assert_eq!(world.machine().requests_len(), 0);
        world.kill_engine(usize::MAX);
        world.end_turn();
    }
    let waiting = world.disk().waiting();
    world.disk().write(waiting);
    world.kill_engine(0);
    world.behave();
    assert_eq!(world.state(&name("auto")), ServiceState::Running);
    assert_eq!(runs(&world), before + 1);
    let booted = world
        .log()
        .into_iter()
        .filter(|entry| entry.event_id == 1101);
    assert_eq!(booted.count(), 3, "the machine booted three times");
}

#[test]
fn a_start_that_waits_for_the_record_of_the_boot_can_be_ended() {
    let mut auto = config("auto");
    auto.start_type = StartType::Auto;
    let mut world = booted(&[auto]);
    world.reboot();
    let ended = world.terminate(&name("auto"));
    world.machine().ask_for_shutdown();
    world.behave();
    assert!(ended.is_answered());
    assert_eq!(world.state(&name("auto")), ServiceState::Stopped);
    assert!(world.machine().is_shut_down);
}

#[test]
fn c16_what_was_delayed_at_the_boot_before_is_not_started_at_this_one() {
    let mut world = booted(&[delayed("service")]);
    let demand = ConfigChange {
        start_type: Some(StartType::Demand),
        delayed_auto_start: Some(false),
        ..ConfigChange::default()
    };
    let changed = world.change(&name("service"), demand);
    world.behave();
    changed.take().expect("answered").expect("a legal change");
    world.reboot();
    world.behave();
    world.kill_engine(usize::MAX);
    world.advance(Duration::from_secs(300));
    assert_eq!(world.state(&name("service")), ServiceState::Stopped);
}

#[test]
fn r53_a_shutdown_refuses_changes_of_the_configuration() {
    let mut world = booted(&[config("stays")]);
    let started = world.start(&name("stays"));
    world.behave();
    started.take().expect("answered").expect("it starts");
    let run = world
        .record(&name("stays"))
        .unwrap()
        .run
        .as_ref()
        .unwrap()
        .id;
    world.machine().set_ignores_stop(run, true);
    world.machine().ask_for_shutdown();
    world.settle();

    let asked = [
        world.create(config("new")),
        world.change(&name("stays"), ConfigChange::default()),
        world.delete(&name("stays")),
    ];
    world.settle();
    for answer in asked {
        let error = answer.take().expect("answered").unwrap_err();
        assert_eq!(error.code(), Win32Error::SHUTDOWN_IN_PROGRESS);
    }
    assert!(world.record(&name("new")).is_none());
    // What does not stop is killed, and nothing holds the shutdown up.
    world.advance(Duration::from_secs(60));
    assert!(world.machine().is_shut_down);
}

#[test]
fn r53_what_comes_back_because_its_deletion_could_not_be_written_is_shut_down_too() {
    let mut world = booted(&[config("a")]);
    let deleted = world.delete(&name("a"));
    world.end_turn();
    world.machine().ask_for_shutdown();
    world.give_fact();
    world.disk().set_full(true);
    world.disk().write(1);
    world.behave();
    assert!(deleted.take().expect("answered").is_err());
    let started = world.start(&name("a"));
    world.behave();
    let error = started
        .take()
        .expect("answered")
        .expect_err("it is refused");
    assert_eq!(error.code(), Win32Error::SHUTDOWN_IN_PROGRESS);
}

#[test]
fn e_7020_who_needs_a_later_group_is_named_at_boot_and_started_all_the_same() {
    let in_group = |text: &str, group: &str| ServiceConfig {
        start_type: StartType::Auto,
        load_order_group: group.into(),
        ..config(text)
    };
    let mut first = in_group("first", "a");
    first.dependencies = [Dependency::Group("b".into())].into();
    let world = booted(&[first, in_group("second", "b")]);
    let log = world.log();
    let entries: Vec<_> = log.iter().filter(|entry| entry.event_id == 7020).collect();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].parameters, ["first"]);
    for text in ["first", "second"] {
        assert_eq!(world.state(&name(text)), ServiceState::Running, "{text}");
    }
}

#[test]
fn d4_a_circle_is_refused_direct_or_indirect_and_a_missing_service_is_not() {
    let needs = |text: &str, needed: &str| {
        let mut config = config(text);
        config.dependencies = [Dependency::Service(name(needed))].into();
        config
    };
    let mut world = World::new();
    let mut code = |config: ServiceConfig| {
        let answer = world.create(config);
        world.behave();
        let error = answer.take().expect("answered").err();
        error.map(|error| error.code())
    };
    assert_eq!(code(needs("a", "b")), None, "b does not exist yet");
    assert_eq!(code(needs("c", "a")), None);
    let circle = Some(Win32Error::CIRCULAR_DEPENDENCY);
    assert_eq!(code(needs("b", "c")), circle);
    assert_eq!(code(needs("d", "D")), circle);
    assert_eq!(code(config("b")), None);
}

#[test]
fn d4_a_start_of_what_waits_for_itself_fails_at_once_and_one_other_member_is_enough() {
    let member = |text: &str, needed: Option<&str>| {
        let mut config = config(text);
        config.load_order_group = "g".into();
        let needed = needed.map(|needed| Dependency::Service(name(needed)));
        config.dependencies = needed.into_iter().collect();
        config
    };
    let mut needs_group = config("a");
    needs_group.dependencies = [Dependency::Group("g".into())].into();
    let mut needs_it = config("c");
    needs_it.dependencies = [Dependency::Service(name("a"))].into();
    let mut world = booted(&[needs_group, member("b", Some("a")), needs_it]);
    let began = world.now().time;
    for text in ["a", "b", "c"] {
        let started = world.start(&name(text));
        world.behave();
        let error = started.take().expect("at once").expect_err("a circle");
        assert_eq!(error.code(), Win32Error::CIRCULAR_DEPENDENCY, "{text}");
        assert_eq!(world.state(&name(text)), ServiceState::Stopped, "{text}");
    }
    assert_eq!(world.now().time, began, "nothing waited");
    let log = world.log();
    let told = log.iter().filter(|entry| entry.event_id == 7017).count();
    assert_eq!(told, 3);
    // Another member of the group breaks the circle.
    let created = world.create(member("d", None));
    world.behave();
    created.take().expect("answered").expect("it is created");
    let started = world.start(&name("c"));
    world.behave();
    started.take().expect("answered").expect("it starts");
    assert_eq!(world.state(&name("a")), ServiceState::Running);
}

#[test]
fn an_automatic_service_that_does_not_start_at_a_boot_has_an_entry_that_says_why() {
    let outcomes = [
        StartOutcome::FailsWith(Win32Error::FILE_NOT_FOUND),
        StartOutcome::FailsWith(Win32Error::NOT_ENOUGH_MEMORY),
        StartOutcome::NeverConnects,
        StartOutcome::ExitsBeforeConnecting,
    ];
    for outcome in outcomes {
        let mut auto = config("a");
        auto.start_type = StartType::Auto;
        is_stopped_and_said(&[auto], outcome);
    }
    let needs = |dependency: Dependency| {
        let mut config = config("a");
        config.start_type = StartType::Auto;
        config.dependencies = [dependency].into();
        config
    };
    let mut disabled = config("b");
    disabled.start_type = StartType::Disabled;
    let mut circle = config("b");
    circle.load_order_group = "g".into();
    circle.dependencies = [Dependency::Service(name("a"))].into();
    let on_b = || Dependency::Service(name("b"));
    let cases = [
        vec![needs(on_b())],
        vec![needs(on_b()), disabled],
        vec![needs(Dependency::Group("empty".into()))],
        vec![needs(Dependency::Group("g".into())), circle],
    ];
    for configs in cases {
        is_stopped_and_said(&configs, StartOutcome::Runs);
    }
    // What it needs cannot be started.
    let fails = StartOutcome::FailsWith(Win32Error::FILE_NOT_FOUND);
    is_stopped_and_said(&[needs(on_b()), config("b")], fails);
}

/// Whether "a" is down after a boot in which the next start goes so, and an entry about it was written in that boot.
#[track_caller]
fn is_stopped_and_said(configs: &[ServiceConfig], outcome: StartOutcome) {
    for engine_dies in [false, true] {
        let mut world = World::new();
        for config in configs {
            let created = world.create(config.clone());
            world.behave();
            created.take().expect("answered").expect("it is created");
        }
        let before = world.log().len();
        world.machine().next_start = outcome;
        world.reboot();
        if engine_dies {
            world.kill_engine(0);
        }
        world.behave();
        world.advance(Duration::from_secs(300));
        assert_eq!(
            world.state(&name("a")),
            ServiceState::Stopped,
            "{configs:?}"
        );
        let log = world.log();
        let is_why = |entry: &&Arc<LogEntry>| {
            let about = entry.service.as_ref().map(|(_, name)| &**name);
            (7000..=7046).contains(&entry.event_id) && about == Some("a")
        };
        let said = log[before..].iter().find(is_why);
        assert!(said.is_some(), "{configs:?}, {outcome:?}: {log:?}");
    }
}

#[test]
fn r1_a_run_that_the_kernel_had_no_memory_for_says_so() {
    let mut world = booted(&[config("greedy")]);
    let started = world.start(&name("greedy"));
    world.behave();
    started.take().expect("answered").expect("it starts");
    let record = world.record(&name("greedy")).expect("it is there");
    let run = record.run.as_ref().expect("it runs").id;
    world.machine().run_out_of_memory(run);
    // The engine that is told may be killed before it is on record.
    world.kill_engine(usize::MAX);
    world.behave();
    let log = world.log();
    let failures: Vec<_> = log.iter().filter(|entry| entry.event_id == 7034).collect();
    assert_eq!(failures.len(), 1);
    let cause = failures[0].details.cause.as_deref();
    assert_eq!(
        cause,
        Some("out of memory: the kernel killed 1 of its processes")
    );
}

/// A world in which `web` runs and depends on `db`, which restarts after a second.
fn web_needs_db() -> World {
    let mut db = config("db");
    db.failure_actions.actions = [RecoveryAction::new(RecoveryActionKind::Restart, 1000)].into();
    let mut web = config("web");
    web.dependencies = [Dependency::Service(name("db"))].into();
    let mut world = booted(&[db, web]);
    let started = world.start(&name("web"));
    world.behave();
    started.take().expect("answered").expect("it starts");
    world
}

fn run_of(world: &World, text: &str) -> relance_policy::RunId {
    let record = world.record(&name(text)).expect("it is there");
    record.run.as_ref().expect("it runs").id
}

#[test]
fn d9_r37_neither_a_crash_nor_a_recovery_touches_dependents() {
    let mut world = web_needs_db();
    let (db, web) = (run_of(&world, "db"), run_of(&world, "web"));
    world.machine().exit(db, ProcessExit::Signaled(11));
    world.behave();
    assert_eq!(world.state(&name("db")), ServiceState::Stopped);
    assert_eq!(run_of(&world, "web"), web);
    world.advance(Duration::from_secs(1));
    world.behave();
    assert_eq!(world.state(&name("db")), ServiceState::Running);
    assert_ne!(run_of(&world, "db"), db);
    assert_eq!(run_of(&world, "web"), web);
}

#[test]
fn d5_a_paused_dependency_is_enough_and_one_that_starts_is_waited_for() {
    let mut web = config("web");
    web.dependencies = [Dependency::Service(name("db"))].into();
    let mut world = booted(&[config("db"), web]);
    let started = world.start(&name("db"));
    world.behave();
    started.take().expect("answered").expect("it starts");
    let db = run_of(&world, "db");
    world
        .machine()
        .report(db, pending(ServiceState::StartPending, 1));
    world.behave();
    let web = world.start(&name("web"));
    world.settle();
    assert!(!web.is_answered(), "db does not run yet");
    world.machine().report(db, paused());
    world.behave();
    web.take().expect("answered").expect("paused is enough");
}

#[test]
fn d10_s48_a_shutdown_stops_a_dependency_before_its_dependents() {
    let mut world = web_needs_db();
    let web = run_of(&world, "web");
    world.machine().set_ignores_stop(web, true);
    world.machine().ask_for_shutdown();
    world.behave();
    assert_eq!(world.state(&name("db")), ServiceState::Stopped);
    assert_eq!(run_of(&world, "web"), web, "it is waited for");
}

#[test]
fn x22_dependents_are_restarted_with_what_they_need_across_engines() {
    let mut world = web_needs_db();
    let before = ["db", "web"].map(|text| run_of(&world, text));
    let refused = world.restart(&name("db"), false);
    world.behave();
    let error = refused.take().expect("answered").expect_err("web is up");
    assert_eq!(error.code(), Win32Error::DEPENDENT_SERVICES_RUNNING);
    assert!(error.to_string().contains("web"), "{error}");
    world.machine().set_ignores_stop(before[1], true);
    let asked = world.restart(&name("db"), true);
    world.behave();
    asked.take().expect("answered").expect("it is on record");
    assert_eq!(run_of(&world, "db"), before[0], "web goes first");
    world.kill_engine(usize::MAX);
    world.behave();
    assert_eq!(run_of(&world, "db"), before[0]);
    world.machine().exit(before[1], ProcessExit::Exited(0));
    world.behave();
    for (text, before) in ["db", "web"].into_iter().zip(before) {
        assert_eq!(world.state(&name(text)), ServiceState::Running, "{text}");
        assert_ne!(run_of(&world, text), before, "{text}");
        let record = world.record(&name(text)).expect("it is there");
        assert_eq!(record.restart, None);
    }
}

#[test]
fn x20_a_program_stops_behind_those_that_need_it() {
    let program = |text: &str, needs: &[&str]| {
        let mut config = config(text);
        config.kind = ServiceKind::Program;
        let needs = needs.iter().map(|text| Dependency::Service(name(text)));
        config.dependencies = needs.collect();
        config
    };
    let mut world = booted(&[
        program("disk", &[]),
        program("db", &["disk"]),
        program("web", &["db"]),
    ]);
    let started = world.start(&name("web"));
    world.behave();
    started.take().expect("answered").expect("it starts");
    let runs = ["disk", "db", "web"].map(|text| run_of(&world, text));
    world.machine().set_ignores_stop(runs[2], true);
    world.machine().ask_for_shutdown();
    world.behave();
    let state = |world: &World, text: &str| world.state(&name(text));
    assert_eq!(state(&world, "web"), ServiceState::StopPending);
    assert_eq!(state(&world, "db"), ServiceState::Running);
    // An engine that takes over waits for the same.
    world.kill_engine(usize::MAX);
    world.machine().ask_for_shutdown();
    world.behave();
    assert_eq!(state(&world, "db"), ServiceState::Running);
    world.machine().exit(runs[2], ProcessExit::Exited(0));
    world.behave();
    for text in ["web", "db", "disk"] {
        assert_eq!(state(&world, text), ServiceState::Stopped, "{text}");
    }
}

#[test]
fn a_request_that_is_refused_uses_no_numbers() {
    let mut world = booted(&[config("first")]);
    let entries = world.log().len();
    let new = |text: &str| {
        ConfigRequest::Create(Box::new(NewService {
            config: config(text),
            password: Secret::new(""),
        }))
    };
    // The second one makes the first one void.
    let refused = world.configure(vec![new("second"), new("first")]);
    world.behave();
    let error = refused.take().expect("answered").unwrap_err();
    assert_eq!(error.code(), Win32Error::SERVICE_EXISTS);
    let _created = world.create(config("second"));
    world.behave();
    assert_eq!(world.id(&name("second")).0, world.id(&name("first")).0 + 1);
    let log = world.log();
    let numbers: Vec<u64> = log.iter().map(|entry| entry.number).collect();
    assert!(log.len() > entries);
    assert!(
        numbers.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "{numbers:?}"
    );
}
