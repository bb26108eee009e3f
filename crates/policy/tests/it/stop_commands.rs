//! Programs that are stopped by a command (X25).

use relance_policy::{Action, Input, RunId, Timer};
use relance_scm::failure_actions::ActionList;
use relance_scm::settings::STOP_COMMAND;
use relance_scm::status::ProcessExit;
use relance_scm::{Control, ResetPeriod, ServiceState};

use crate::support::{Host, config};

/// A program that was told to stop.
fn stopping() -> (Host, RunId) {
    let actions: ActionList = "restart/0".parse().unwrap();
    let mut config = config(&actions.0, ResetPeriod::Seconds(60));
    config
        .extensions
        .set(STOP_COMMAND, Some("redis-cli shutdown".into()));
    let mut host = Host::program(config);
    let run = host.run();
    host.input(Input::ControlRequested {
        control: Control::Stop,
        dependents_active: false,
    });
    assert!(host.did(&Action::RunStopCommand(run)));
    assert!(!host.did(&Action::SignalStop(run)));
    assert_eq!(host.log(), [7035]);
    (host, run)
}

fn ended(host: &mut Host, run: RunId, problem: Option<&str>) {
    let problem = problem.map(Into::into);
    host.input(Input::StopCommandEnded { run, problem });
}

#[test]
fn x25_a_command_that_succeeds_leaves_the_program_its_whole_grace() {
    let (mut host, run) = stopping();
    let asked = host.now;
    ended(&mut host, run, None);
    assert_eq!(host.next_timer(), Timer::Kill(run));
    assert_eq!((host.now - asked).as_secs(), 10);
    assert!(!host.did(&Action::SignalStop(run)));
    assert_eq!(host.log(), [1003]);
    host.exited(run, ProcessExit::Signaled(9));
    assert_eq!(host.record.failure_count, 0);
}

#[test]
fn x25_the_signal_follows_a_command_that_fails() {
    let (mut host, run) = stopping();
    ended(&mut host, run, Some("it ended with status 1"));
    assert!(host.did(&Action::SignalStop(run)));
    assert_eq!(host.log(), [1026]);
    ended(&mut host, run, Some("told again"));
    assert_eq!(host.log(), Vec::<u32>::new(), "once");
    assert_eq!(host.next_timer(), Timer::Kill(run));
}

#[test]
fn x25_the_signal_follows_a_command_that_takes_half_of_the_grace() {
    let (mut host, run) = stopping();
    let asked = host.now;
    assert_eq!(host.next_timer(), Timer::StopCommand(run));
    assert_eq!((host.now - asked).as_secs(), 5);
    assert!(host.did(&Action::SignalStop(run)));
    assert_eq!(host.log(), [1026]);
    assert_eq!(host.next_timer(), Timer::Kill(run));
    assert_eq!((host.now - asked).as_secs(), 10);
}

#[test]
fn x25_another_engine_has_it_run_if_it_may_not_have_been() {
    let (mut host, run) = stopping();
    host.actions.clear();
    let found = |host: &mut Host| {
        host.input(Input::ProcessFound {
            run,
            pid: 100,
            birth: 0,
        })
    };
    found(&mut host);
    assert!(host.did(&Action::RunStopCommand(run)));
    ended(&mut host, run, None);
    host.actions.clear();
    found(&mut host);
    assert!(!host.did(&Action::RunStopCommand(run)));
    host.exited(run, ProcessExit::Exited(0));
    assert_eq!(host.record.state, ServiceState::Stopped);
    assert_eq!(host.record.next_deadline(), None);
}
