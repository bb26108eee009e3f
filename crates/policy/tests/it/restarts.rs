//! Restarts that somebody asks for (X22).

use std::sync::Arc;

use relance_policy::{Action, Answer, DenyReason, Input, RunPhase, ServiceId, StartCause};
use relance_scm::config::StartType;
use relance_scm::event::Event;
use relance_scm::status::ProcessExit;
use relance_scm::{Control, ExitCode, ServiceConfig, ServiceState, Win32Error};

use crate::support::{Host, service};

/// A service that runs and accepts STOP and PAUSE.
fn running() -> Host {
    let mut host = Host::new(service("restart/60000"));
    host.start_and_connect();
    host.report(ServiceState::Running, 0x3);
    host.actions.clear();
    host
}

/// A program that runs.
fn program() -> Host {
    Host::program(service("restart/60000"))
}

fn restart(host: &mut Host) -> Answer {
    ask(host, false, false, None)
}

fn ask(host: &mut Host, active: bool, with: bool, after: Option<ServiceId>) -> Answer {
    host.input(Input::RestartRequested {
        dependents_active: active,
        with_dependents: with,
        after,
    })
}

fn stop(host: &mut Host) -> Answer {
    host.input(Input::ControlRequested {
        control: Control::Stop,
        dependents_active: false,
    })
}

fn stop_sent(host: &Host) -> bool {
    let mut actions = host.actions.iter();
    actions.any(|action| {
        matches!(
            action,
            Action::DeliverControl {
                control: Control::Stop,
                ..
            }
        )
    })
}

/// The service says that it has stopped, and its process ends.
fn stops(host: &mut Host) {
    let run = host.run();
    host.report(ServiceState::Stopped, 0);
    host.exited(run, ProcessExit::Exited(0));
}

fn is_starting_again(host: &Host, before: u32) -> bool {
    let run = host.record.run.as_ref().expect("it starts");
    run.id.number == before + 1 && run.cause == StartCause::Restart
}

#[test]
fn x22_it_is_told_to_stop_and_started_again_however_long_that_takes() {
    let mut host = running();
    assert_eq!(restart(&mut host), Answer::Accepted);
    assert!(stop_sent(&host));
    assert_eq!(host.log(), [1023, 7035]);
    host.report(ServiceState::StopPending, 0);
    // The control was not answered in time; the wish stays.
    host.next_timer();
    host.now = host.now + std::time::Duration::from_secs(3600);
    host.actions.clear();
    stops(&mut host);
    assert!(is_starting_again(&host, 1));
    assert_eq!(host.record.restart, None);
    assert_eq!(host.record.failure_count, 0);
}

#[test]
fn x22_the_new_process_waits_for_the_old_one() {
    let mut host = running();
    restart(&mut host);
    let old = host.run();
    host.report(ServiceState::Stopped, 0);
    assert_eq!(
        host.record.run.as_ref().unwrap().phase,
        RunPhase::WaitingForPrevious
    );
    host.exited(old, ProcessExit::Exited(0));
    assert!(host.did(&Action::Spawn(host.run())));
}

#[test]
fn x22_a_program_is_signalled_and_started_again_whatever_its_end() {
    let ends = [
        ProcessExit::Exited(0),
        ProcessExit::Exited(1),
        ProcessExit::Signaled(9),
    ];
    for exit in ends {
        let mut host = program();
        let run = host.run();
        restart(&mut host);
        assert!(host.did(&Action::SignalStop(run)));
        host.exited(run, exit);
        assert!(is_starting_again(&host, 1), "{exit}");
        assert_eq!(host.record.failure_count, 0, "{exit}");
    }
}

#[test]
fn x22_one_that_does_not_run_is_started() {
    let mut host = Host::new(service("restart/60000"));
    assert_eq!(restart(&mut host), Answer::Accepted);
    assert!(is_starting_again(&host, 0));
}

#[test]
fn x22_one_that_is_stopping_already_starts_again() {
    let mut host = running();
    stop(&mut host);
    assert_eq!(restart(&mut host), Answer::Accepted);
    stops(&mut host);
    assert!(is_starting_again(&host, 1));
}

#[test]
fn x22_a_death_instead_of_the_stop_counts_as_ever_and_the_restart_happens() {
    let mut host = running();
    restart(&mut host);
    host.crash();
    assert_eq!(host.record.failure_count, 1, "R8.2");
    assert_eq!(host.record.pending_actions.len(), 1, "R31");
    assert!(is_starting_again(&host, 1));
}

#[test]
fn x22_a_stop_takes_it_back() {
    let mut host = running();
    restart(&mut host);
    host.actions.clear();
    assert!(matches!(stop(&mut host), Answer::Control(..)));
    assert_eq!(host.log(), [1025]);
    assert_eq!(stop(&mut host), Answer::Denied(DenyReason::StopDelivered));
    stops(&mut host);
    assert_eq!(host.record.state, ServiceState::Stopped);
}

#[test]
fn x22_force_hurries_it_up() {
    let mut host = program();
    restart(&mut host);
    let run = host.run();
    host.input(Input::TerminateRequested);
    host.exited(run, ProcessExit::Signaled(9));
    assert!(is_starting_again(&host, 1));
}

#[test]
fn x22_a_second_one_and_a_start_change_nothing() {
    let mut host = running();
    restart(&mut host);
    host.actions.clear();
    assert_eq!(restart(&mut host), Answer::Accepted);
    assert!(host.actions.is_empty());
    assert!(matches!(
        host.start(),
        Answer::Denied(DenyReason::AlreadyRunning)
    ));
}

#[test]
fn x22_deletion_and_shutdown_end_it() {
    let mut host = running();
    restart(&mut host);
    host.input(Input::DeleteRequested);
    stops(&mut host);
    assert_eq!(host.record.state, ServiceState::Stopped);
    let mut host = running();
    restart(&mut host);
    host.input(Input::ShutdownRequested {
        limits: Default::default(),
        needed: false,
    });
    stops(&mut host);
    assert_eq!(host.record.state, ServiceState::Stopped);
}

#[test]
fn x22_what_cannot_be_started_again_is_not_stopped_and_says_so_later() {
    let disabled = ServiceConfig {
        start_type: StartType::Disabled,
        ..service("")
    };
    let mut host = running();
    host.input(Input::ConfigChanged(Arc::new(disabled.clone())));
    assert_eq!(restart(&mut host), Answer::Denied(DenyReason::Disabled));
    let mut host = running();
    restart(&mut host);
    host.input(Input::ConfigChanged(Arc::new(disabled)));
    host.actions.clear();
    stops(&mut host);
    assert!(
        host.events()
            .contains(&Event::RestartDropped(Win32Error::SERVICE_DISABLED))
    );
    assert_eq!(host.record.state, ServiceState::Stopped);
}

#[test]
fn x22_a_service_that_does_not_take_stop_refuses_it() {
    let mut host = Host::running(0);
    assert_eq!(
        restart(&mut host),
        Answer::Denied(DenyReason::ControlNotAccepted)
    );
}

#[test]
fn x22_a_stop_that_waits_behind_another_control_and_is_refused_drops_it() {
    let mut host = running();
    let run = host.run();
    host.input(Input::ControlRequested {
        control: Control::Pause,
        dependents_active: false,
    });
    restart(&mut host);
    assert!(!stop_sent(&host), "S32");
    host.report(ServiceState::Paused, 0);
    host.actions.clear();
    let id = host.record.run.as_ref().unwrap().control.unwrap().id;
    host.input(Input::ControlAnswered {
        run,
        id,
        code: Win32Error::SUCCESS,
    });
    assert_eq!(host.record.restart, None);
    assert!(host.log().contains(&1024));
}

#[test]
fn x22_dependents_are_in_the_way_or_go_first() {
    let mut host = program();
    let run = host.run();
    let refused = ask(&mut host, true, false, None);
    assert_eq!(refused, Answer::Denied(DenyReason::DependentsRunning));
    assert_eq!(ask(&mut host, true, true, None), Answer::Accepted);
    assert!(!host.did(&Action::SignalStop(run)));
    host.input(Input::RestartDue);
    assert!(host.did(&Action::SignalStop(run)));
    host.exited(run, ProcessExit::Exited(0));
    assert!(is_starting_again(&host, 1));
}

#[test]
fn x22_a_program_that_recycles_itself_meanwhile_is_restarted_all_the_same() {
    let mut config = service("restart/60000");
    config
        .extensions
        .set(relance_scm::settings::RESTART_ON_EXIT, [0].into());
    let mut host = Host::program(config);
    let run = host.run();
    ask(&mut host, true, true, None);
    host.exited(run, ProcessExit::Exited(0));
    let run = host.run();
    host.spawned(run, 4);
    host.input(Input::RestartDue);
    assert!(host.did(&Action::SignalStop(run)));
}

#[test]
fn x22_a_dependent_starts_when_what_it_needs_has_been_started_again() {
    let mut host = program();
    let run = host.run();
    ask(&mut host, false, true, Some(ServiceId(9)));
    host.exited(run, ProcessExit::Exited(0));
    assert_eq!(host.record.state, ServiceState::Stopped);
    host.input(Input::RestartDue);
    assert!(is_starting_again(&host, 1));
    // Or a start by hand does it, or a stop takes it back.
    for by_hand in [true, false] {
        let mut host = program();
        let run = host.run();
        ask(&mut host, false, true, Some(ServiceId(9)));
        host.exited(run, ProcessExit::Exited(0));
        if by_hand {
            host.start();
        } else {
            assert_eq!(stop(&mut host), Answer::Accepted);
        }
        assert_eq!(host.record.restart, None);
        assert_eq!(host.input(Input::RestartDue), Answer::Stale);
    }
}

#[test]
fn x22_a_failed_stop_of_a_service_with_an_error_does_not_keep_it_down() {
    let mut host = running();
    restart(&mut host);
    let run = host.run();
    host.report_with(ServiceState::Stopped, 0, ExitCode::ServiceSpecific(3), 0, 0);
    host.exited(run, ProcessExit::Exited(0));
    assert!(is_starting_again(&host, 1));
}
