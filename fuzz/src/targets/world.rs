//! The production engine over a simulated machine, with clients and services that send anything.

use std::time::Duration;

use relance_policy::RunId;
use relance_scm::status::ProcessExit;
use relance_scm::{ConfigChange, Control, ServiceConfig, ServiceName, Win32Error};
use relance_testkit::simulation::World;
use relance_testkit::simulation::world::Pending;
use relance_wire::api::{ChangeConfigRequest, ConfigBody};
use relance_wire::channel::Status;
use serde::Deserialize;

/// Most steps of one input.
const STEPS_MAX: usize = 40;
/// The longest time that passes at once: a service that restarts every millisecond does so often.
const PASSES_MAX_MS: u64 = 5_000;

/// What somebody does.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Create(Box<ConfigBody>),
    Change(String, Box<ChangeConfigRequest>),
    Delete(String),
    Start(String),
    Control(String, u32),
    Terminate(String),
    CancelRecovery(String),
    Hello(String),
    Report(String, Status),
    Rubbish(String),
    Exit(String, i32),
    Signal(String, i32),
    Pass(u64),
    KillEngine(usize),
    KillGuardian(usize),
    Reboot,
}

/// Lines of JSON, one step each. Everything is answered, what was refused changes nothing, and memory and
/// database agree whenever the world is at rest.
pub(super) fn play(input: &[u8]) {
    let mut world = World::new();
    world.settle();
    let steps = input.split(|byte| *byte == b'\n');
    let steps = steps.filter_map(|line| serde_json::from_slice::<Step>(line).ok());
    for step in steps.take(STEPS_MAX) {
        take(&mut world, step);
        world.settle();
        if let Err(difference) = world.database_matches() {
            panic!("{difference}");
        }
    }
    world.kill_engine(0);
    world.behave();
    if let Err(difference) = world.database_matches() {
        panic!("after a restart: {difference}");
    }
}

fn take(world: &mut World, step: Step) {
    match step {
        Step::Create(body) => {
            if let Ok(config) = ServiceConfig::try_from(&*body) {
                configured(world, |world| world.create(config));
            }
        }
        Step::Change(name, body) => {
            if let (Some(name), Ok(change)) = (known(world, &name), ConfigChange::try_from(&*body))
            {
                configured(world, |world| world.change(&name, change));
            }
        }
        Step::Delete(name) => asked(world, &name, |world, name| {
            let _ = world.delete(name);
        }),
        Step::Start(name) => asked(world, &name, |world, name| {
            let _ = world.start(name);
        }),
        Step::Control(name, code) => asked(world, &name, |world, name| {
            if let Some(control) = Control::from_raw(code) {
                let _ = world.control(name, control);
            }
        }),
        Step::Terminate(name) => asked(world, &name, |world, name| {
            let _ = world.terminate(name);
        }),
        Step::CancelRecovery(name) => asked(world, &name, |world, name| {
            let _ = world.cancel_recovery(name);
        }),
        Step::Hello(name) => said(world, &name, |world, run| world.machine().say_hello(run)),
        Step::Report(name, status) => said(world, &name, |world, run| {
            world.machine().report(run, status.report());
        }),
        Step::Rubbish(name) => said(world, &name, |world, run| {
            world.machine().write_rubbish(run);
        }),
        Step::Exit(name, status) => said(world, &name, |world, run| {
            world.machine().exit(run, ProcessExit::Exited(status));
        }),
        Step::Signal(name, signal) => said(world, &name, |world, run| {
            world.machine().exit(run, ProcessExit::Signaled(signal));
        }),
        Step::Pass(ms) => world.advance(Duration::from_millis(ms.min(PASSES_MAX_MS))),
        Step::KillEngine(sent) => world.kill_engine(sent),
        Step::KillGuardian(begun) => {
            world.kill_guardian(begun, || false);
            world.start_daemon();
        }
        Step::Reboot => world.reboot(),
    }
}

/// Changes configurations; a refusal changes nothing.
fn configured<T>(world: &mut World, change: impl FnOnce(&mut World) -> Pending<T>) {
    if !world.is_ready() {
        return;
    }
    let before: Vec<_> = world.records().cloned().collect();
    let answer = change(world);
    world.settle();
    if let Err(error) = answer.take().expect("an answer, once the world is at rest") {
        let after: Vec<_> = world.records().cloned().collect();
        assert_eq!(after, before, "changed although {error}");
        assert_ne!(
            error.code(),
            Win32Error::DISK_FULL,
            "a disk with room: {error}"
        );
    }
}

fn asked(world: &mut World, name: &str, ask: impl FnOnce(&mut World, &ServiceName)) {
    if let Some(name) = known(world, name).filter(|_| world.is_ready()) {
        ask(world, &name);
    }
}

fn said(world: &mut World, name: &str, say: impl FnOnce(&mut World, RunId)) {
    let record = known(world, name).and_then(|name| world.record(&name));
    let run = record.and_then(|record| world.machine().alive_of(record.id));
    if let Some(run) = run {
        say(world, run);
    }
}

fn known(world: &World, name: &str) -> Option<ServiceName> {
    let name = ServiceName::new(name).ok()?;
    world.record(&name).map(|_| name)
}
