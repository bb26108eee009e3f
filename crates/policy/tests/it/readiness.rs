//! From the process to RUNNING: programs that have to stay up, deadlines, services that never say it.

use std::time::Duration;

use relance_policy::{Action, Answer, EndReason, Input, Timer};
use relance_scm::settings::{READY_AFTER, START_DEADLINE, STOP_DEADLINE};
use relance_scm::status::ProcessExit;
use relance_scm::{Control, ResetPeriod, ServiceConfig, ServiceKind, ServiceState};

use crate::support::{Host, config};

const SECOND: Duration = Duration::from_secs(1);

fn program(settings: impl Fn(&mut ServiceConfig)) -> Host {
    let mut config = config(&[], ResetPeriod::Seconds(60));
    config.kind = ServiceKind::Program;
    config.failure_actions_on_non_crash_failures = true;
    settings(&mut config);
    let mut host = Host::new(config);
    host.start();
    let run = host.run();
    host.actions.clear();
    host.spawned(run, 100);
    host
}

/// A service that has connected and says nothing.
fn mute(settings: impl Fn(&mut ServiceConfig)) -> Host {
    let mut config = config(&[], ResetPeriod::Seconds(60));
    settings(&mut config);
    let mut host = Host::new(config);
    host.start_and_connect();
    host.actions.clear();
    host
}

fn stop(host: &mut Host) -> Answer {
    host.input(Input::ControlRequested {
        control: Control::Stop,
        dependents_active: false,
    })
}

fn last_reason(host: &Host) -> EndReason {
    host.record.last_end.as_ref().expect("it has ended").reason
}

#[test]
fn x15_a_program_is_running_once_it_has_stayed_up() {
    let mut host = program(|config| config.extensions.set(READY_AFTER, SECOND));
    assert_eq!(host.record.state, ServiceState::StartPending);
    assert_eq!(host.log(), [0_u32; 0]);
    let (before, run) = (host.now, host.run());
    assert_eq!(host.next_timer(), Timer::Ready(run));
    assert_eq!(host.now - before, SECOND);
    assert_eq!(host.record.state, ServiceState::Running);
    assert_eq!(host.log(), [7036]);
    assert_eq!(host.record.next_deadline(), None);
}

#[test]
fn x15_an_early_death_is_an_end_like_any_other() {
    let mut host = program(|config| {
        config.extensions.set(READY_AFTER, SECOND);
        config.failure_actions.actions = [relance_scm::RecoveryAction::new(
            relance_scm::RecoveryActionKind::Restart,
            1000,
        )]
        .into();
    });
    host.now = host.now + SECOND / 2;
    let run = host.run();
    host.exited(run, ProcessExit::Exited(3));
    assert_eq!(host.log(), [7024, 7031, 7036]);
    let end = host.record.last_end.clone().expect("it has ended");
    assert_eq!(end.from, ServiceState::StartPending);
    assert_eq!(end.lived, Some(SECOND / 2));
}

#[test]
fn x15_it_may_be_stopped_before() {
    let mut host = program(|config| config.extensions.set(READY_AFTER, SECOND));
    let run = host.run();
    assert!(matches!(stop(&mut host), Answer::Control(..)));
    assert_eq!(
        host.next_timer(),
        Timer::Kill(run),
        "it does not become RUNNING"
    );
    host.exited(run, ProcessExit::Signaled(15));
    assert_eq!(host.record.state, ServiceState::Stopped);
}

#[test]
fn x16_a_start_that_misses_its_deadline_is_killed_and_a_failure() {
    let mut host = mute(|config| config.extensions.set(START_DEADLINE, Some(SECOND * 5)));
    let (before, run) = (host.now, host.run());
    assert_eq!(host.next_timer(), Timer::StartDeadline(run));
    assert_eq!(host.now - before, SECOND * 5);
    assert!(host.did(&Action::Terminate(run)));
    assert_eq!(host.log(), [1033]);
    host.exited(run, ProcessExit::Signaled(9));
    assert_eq!(host.log(), [7034, 7036]);
    assert_eq!(last_reason(&host), EndReason::StartOverdue);
    assert_eq!(host.record.exit_code.win32().to_raw(), 1053);
}

#[test]
fn x16_who_says_running_has_no_deadline() {
    let mut host = mute(|config| config.extensions.set(START_DEADLINE, Some(SECOND * 5)));
    host.report(ServiceState::Running, 1);
    assert_eq!(host.record.next_deadline(), None);
}

#[test]
fn x16_a_stop_that_misses_its_deadline_is_killed_and_no_failure() {
    let mut host = mute(|config| config.extensions.set(STOP_DEADLINE, Some(SECOND * 5)));
    host.report(ServiceState::Running, 1);
    host.actions.clear();
    stop(&mut host);
    let run = host.run();
    host.report(ServiceState::StopPending, 0);
    host.actions.clear();
    assert_eq!(host.next_timer(), Timer::Kill(run));
    assert!(host.did(&Action::Terminate(run)));
    assert_eq!(host.log(), [1003]);
    host.exited(run, ProcessExit::Signaled(9));
    assert_eq!(last_reason(&host), EndReason::StopOverdue);
    assert_eq!(host.record.failure_count, 0);
}

#[test]
fn s49_without_a_deadline_nobody_is_killed() {
    let mut host = mute(|_| {});
    host.report(ServiceState::Running, 1);
    stop(&mut host);
    let run = host.run();
    assert_eq!(host.next_timer(), Timer::Control(run));
    assert!(!host.did(&Action::Terminate(run)));
}

#[test]
fn x17_a_service_that_never_says_running_is_named_once() {
    let mut host = mute(|_| {});
    let (before, run) = (host.now, host.run());
    assert_eq!(host.next_timer(), Timer::Mute(run));
    assert_eq!(host.now - before, SECOND * 30);
    assert_eq!(host.log(), [1034]);
    assert_eq!(host.record.next_deadline(), None);
    let Answer::Denied(reason) = stop(&mut host) else {
        panic!("it takes no stop")
    };
    assert_eq!(reason.code().to_raw(), 1052);
    let said = reason.error(&host.record.config.service_name);
    assert!(said.sentence().contains("WIN32_SERVICE_RUNNING"), "{said}");
}

#[test]
fn x17_a_service_that_reports_progress_has_as_long_as_it_says() {
    let mut host = mute(|_| {});
    host.now = host.now + SECOND * 20;
    host.report_with(
        ServiceState::StartPending,
        0,
        relance_scm::ExitCode::SUCCESS,
        1,
        60_000,
    );
    let before = host.now;
    host.next_timer();
    assert_eq!(host.now - before, SECOND * 60);
}

#[test]
fn the_time_of_a_state_begins_with_it() {
    let mut host = mute(|_| {});
    host.report(ServiceState::Running, 3);
    host.now = host.now + SECOND * 60;
    host.report(ServiceState::Paused, 3);
    assert_eq!(host.record.state_since, Some(host.now));
    let paused = host.now;
    host.now = host.now + SECOND;
    host.report(ServiceState::Paused, 3);
    assert_eq!(host.record.state_since, Some(paused));
}
