//! Takes one hot path a number of times and does nothing else: `relance-paths PATH TIMES`. `cargo xtask paths` counts
//! the instructions of each with Valgrind.
//!
//! The engine is the one of production, over the simulated machine: one thread, virtual time, and the database in
//! memory, so that the same program takes the same instructions on every machine.

#![allow(clippy::print_stdout, reason = "a command-line tool prints")]

use std::env;
use std::process::ExitCode;
use std::sync::Arc;

use relance_engine::database::EventLog;
use relance_engine::sight::Sight;
use relance_policy::{Input, RunId, ServiceRecord, step};
use relance_scm::event_log::EventFilter;
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::manager::Interest;
use relance_scm::status::ProcessExit;
use relance_scm::{RecoveryActionKind, ServiceConfig, ServiceKind, ServiceName, ServiceState};
use relance_testkit::sample;
use relance_testkit::simulation::World;

/// Services that are there, and run.
const SERVICES: u32 = 10;
/// Entries in one transaction: a busy turn of the engine.
const GROUP: u64 = 100;

/// A path, and the function that takes it a number of times.
type HotPath = (&'static str, fn(u32));

const PATHS: &[HotPath] = &[
    ("decide", decide),
    ("restart", restart),
    ("storm", storm),
    ("write-entries", |times| drop(write_entries(times))),
    ("read-entries", read_entries),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let path = arguments
        .first()
        .and_then(|name| PATHS.iter().find(|(known, _)| known == name));
    let times = arguments.get(1).and_then(|times| times.parse().ok());
    let (Some((_, take)), Some(times)) = (path, times) else {
        let names: Vec<_> = PATHS.iter().map(|(name, _)| *name).collect();
        println!("usage: relance-paths {} TIMES", names.join("|"));
        return ExitCode::FAILURE;
    };
    take(times);
    ExitCode::SUCCESS
}

fn name(number: u32) -> ServiceName {
    ServiceName::new(format!("worker{number}")).expect("a legal name")
}

/// Programs that run, and are restarted at once each time they fail.
fn running(count: u32) -> World {
    let mut world = World::new();
    for number in 0..count {
        let mut config = ServiceConfig::new(name(number), "/bin/worker");
        config.kind = ServiceKind::Program;
        config.failure_actions.actions =
            [RecoveryAction::new(RecoveryActionKind::Restart, 0)].into();
        let _created = world.create(config);
        world.behave();
        let _started = world.start(&name(number));
        world.behave();
    }
    world
}

fn run_of(world: &World, number: u32) -> RunId {
    let record = world.record(&name(number)).expect("it was created");
    record.run.as_ref().expect("it runs").id
}

fn kill(world: &World, number: u32) {
    let run = run_of(world, number);
    world.machine().exit(run, ProcessExit::Signaled(9));
}

/// What the policy decides at the end of a run.
fn decide(times: u32) {
    let world = running(1);
    let record: Arc<ServiceRecord> = world.record(&name(0)).expect("it was created");
    let run = run_of(&world, 0);
    let now = world.now().time;
    for _ in 0..times {
        let exit = ProcessExit::Signaled(9);
        let decided = step(&record, now, Input::ProcessExited { run, exit });
        assert!(!decided.actions.is_empty(), "it is restarted");
    }
}

/// One of ten services fails and is restarted: decided, carried out, committed, logged.
fn restart(times: u32) {
    let mut world = running(SERVICES);
    for _ in 0..times {
        kill(&world, 7);
        world.behave();
    }
    assert_eq!(world.state(&name(7)), ServiceState::Running);
}

/// Ten services fail at once.
fn storm(times: u32) {
    let mut world = running(SERVICES);
    for _ in 0..times {
        for number in 0..SERVICES {
            kill(&world, number);
        }
        world.behave();
    }
    assert_eq!(world.state(&name(9)), ServiceState::Running);
}

/// A hundred entries go into the event log in one transaction.
fn write_entries(times: u32) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut database = sample::database(folder.path());
    for group in 0..u64::from(times) {
        let batch = sample::entries(group * GROUP + 1, GROUP);
        database.commit(&[&batch]).expect("space on the disk");
    }
    folder
}

/// The last hundred entries of a log of two thousand.
fn read_entries(times: u32) {
    let folder = write_entries(20);
    let log = EventLog::new(&sample::file(folder.path()));
    for _ in 0..times {
        let page = log.find(&EventFilter::default(), &Sight::All, Interest::default());
        assert_eq!(page.expect("a readable log").entries.len(), 100);
    }
}
