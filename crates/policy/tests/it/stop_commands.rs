//! Programs that are stopped by a command (X25).

use std::time::Duration;

use proptest::prelude::*;
use relance_policy::{Action, Input, RunId, Timer};
use relance_scm::failure_actions::ActionList;
use relance_scm::settings::{STOP_COMMAND, STOP_GRACE};
use relance_scm::status::ProcessExit;
use relance_scm::{Control, ResetPeriod, ServiceState};

use crate::support::{Host, config};

/// A program that was told to stop.
fn stopping() -> (Host, RunId) {
    stopping_within(10_000)
}

fn stopping_within(grace_ms: u64) -> (Host, RunId) {
    let actions: ActionList = "restart/0".parse().unwrap();
    let mut config = config(&actions.0, ResetPeriod::Seconds(60));
    config
        .extensions
        .set(STOP_COMMAND, Some("redis-cli shutdown".into()));
    config
        .extensions
        .set(STOP_GRACE, Duration::from_millis(grace_ms));
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

/// How a stop of a program with a stop command goes, in milliseconds after it was asked for.
#[derive(Clone, Copy, Debug)]
struct Course {
    /// When the command ends, and whether well; `None`: not by itself.
    command: Option<(u64, bool)>,
    /// How long the program takes once its command has succeeded, or once it has got the signal.
    obeys: [Option<u64>; 2],
}

/// The grace of these stops.
const GRACE_MS: u64 = 1000;

/// A second reading of X25: when the run ends, and what is logged meanwhile. A command that ends after half of the
/// grace was ended by the manager before. A program that ends in the moment in which it would be killed has ended by
/// itself.
fn told(course: Course) -> (u64, Vec<u32>) {
    let half = GRACE_MS / 2;
    let (asked, is_signal) = match course.command {
        Some((at, is_well)) if at < half => (at, !is_well),
        Some(_) | None => (half, true),
    };
    let [by_command, by_signal] = course.obeys;
    let takes = if is_signal { by_signal } else { by_command };
    let mut log = if is_signal { vec![1026] } else { Vec::new() };
    let obeyed = takes
        .map(|takes| asked + takes)
        .filter(|at| *at <= GRACE_MS);
    if obeyed.is_none() {
        log.push(1003);
    }
    (obeyed.unwrap_or(GRACE_MS), log)
}

/// The same by steps of the policy.
fn played(course: Course) -> (u64, Vec<u32>) {
    let (mut host, run) = stopping_within(GRACE_MS);
    let begin = host.now;
    let mut command = course.command.filter(|(at, _)| *at < GRACE_MS / 2);
    let (mut obeyed, mut was_told) = (None, false);
    loop {
        let due = host.record.next_deadline().map(|(at, _)| at);
        let ends = command.map(|(at, _)| begin + Duration::from_millis(at));
        let next = [due, ends, obeyed].into_iter().flatten().min();
        host.now = host.now.max(next.expect("something comes"));
        if obeyed == next {
            host.exited(run, ProcessExit::Exited(0));
        } else if ends == next {
            let (_, is_well) = command.take().expect("it ends");
            let problem = (!is_well).then_some("it failed");
            ended(&mut host, run, problem);
            if is_well {
                obeyed = course.obeys[0].map(|takes| host.now + Duration::from_millis(takes));
            }
        } else {
            host.next_timer();
        }
        if host.did(&Action::Terminate(run)) {
            host.exited(run, ProcessExit::Signaled(9));
        }
        if host.did(&Action::SignalStop(run)) && !std::mem::replace(&mut was_told, true) {
            obeyed = course.obeys[1].map(|takes| host.now + Duration::from_millis(takes));
        }
        if host.record.state == ServiceState::Stopped {
            assert_eq!(host.record.failure_count, 0, "{course:?}");
            let took = (host.now - begin).as_millis().try_into();
            let log = host
                .log()
                .into_iter()
                .filter(|id| [1003, 1026].contains(id));
            return (took.expect("within the grace"), log.collect());
        }
    }
}

proptest! {
    #[test]
    fn x25_a_stop_goes_as_a_plain_reading_of_the_rule_says(
        command in prop::option::of((0_u64..2000, any::<bool>())),
        obeys in [prop::option::of(0_u64..2000), prop::option::of(0_u64..2000)],
    ) {
        let course = Course { command, obeys };
        prop_assert_eq!(played(course), told(course));
    }
}
