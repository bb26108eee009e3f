//! The shutdown of the system (S45 to S48, R8.12, R40, B17).

use relance_policy::{Action, Answer, ControlId, Input, ShutdownLimits, Timer};
use relance_scm::event::Event;
use relance_scm::failure_actions::ActionList;
use relance_scm::status::ProcessExit;
use relance_scm::{Control, ExitCode, ResetPeriod, ServiceState, Win32Error};

use crate::support::{Host, config};

fn begin(host: &mut Host) {
    host.actions.clear();
    asked(host, false);
}

fn asked(host: &mut Host, needed: bool) {
    let limits = ShutdownLimits::default();
    host.input(Input::ShutdownRequested { limits, needed });
}

/// A program that runs.
fn program() -> Host {
    Host::program(config(&[], ResetPeriod::default()))
}

fn delivered(host: &Host) -> Vec<Control> {
    let controls = host.actions.iter().filter_map(|action| match action {
        Action::DeliverControl { control, .. } => Some(*control),
        _ => None,
    });
    controls.collect()
}

#[test]
fn b17_preshutdown_then_stop_then_the_kill() {
    let mut host = Host::running(0x7FF);
    let run = host.run();
    begin(&mut host);
    assert_eq!(delivered(&host), [Control::Preshutdown]);
    let before = host.now;
    host.actions.clear();
    assert_eq!(host.next_timer(), Timer::Preshutdown(run));
    assert_eq!((host.now - before).as_secs(), 10, "S47");
    assert_eq!(delivered(&host), [Control::Stop]);
    assert_eq!(host.log(), [7043, 7035]);
    let before = host.now;
    assert_eq!(host.next_timer(), Timer::Kill(run));
    assert_eq!((host.now - before).as_secs(), 5, "S45");
    assert!(host.did(&Action::Terminate(run)));
}

#[test]
fn a_service_that_takes_only_shutdown_gets_shutdown() {
    let mut host = Host::running(0x4);
    begin(&mut host);
    assert_eq!(delivered(&host), [Control::Shutdown]);
}

#[test]
fn a_service_that_takes_nothing_is_killed_in_the_end() {
    let mut host = Host::running(0);
    let run = host.run();
    begin(&mut host);
    assert_eq!(delivered(&host), []);
    host.actions.clear();
    assert_eq!(host.next_timer(), Timer::Kill(run));
    assert_eq!(host.log(), [1021], "why it was killed, once");
    assert_eq!(host.next_timer(), Timer::Kill(run));
    assert_eq!(host.log(), [0; 0]);
}

#[test]
fn r8_12_nothing_that_ends_in_a_shutdown_is_a_failure() {
    let actions: ActionList = "restart/0".parse().unwrap();
    for by_report in [false, true] {
        let mut settings = config(&actions.0, ResetPeriod::Seconds(60));
        settings.failure_actions_on_non_crash_failures = true;
        let mut host = Host::new(settings);
        host.start_and_connect();
        host.report(ServiceState::Running, 0x1);
        let run = host.run();
        begin(&mut host);
        if by_report {
            host.report_with(ServiceState::Stopped, 0, ExitCode::ServiceSpecific(9), 0, 0);
        }
        host.exited(run, ProcessExit::Signaled(9));
        assert_eq!(host.record.failure_count, 0);
        assert_eq!(host.record.next_deadline(), None);
    }
}

#[test]
fn r40_a_shutdown_drops_pending_actions_silently() {
    let actions: ActionList = "restart/60000".parse().unwrap();
    let mut host = Host::new(config(&actions.0, ResetPeriod::Seconds(60)));
    let run = host.start_and_connect();
    host.exited(run, ProcessExit::Signaled(9));
    begin(&mut host);
    assert!(host.record.pending_actions.is_empty());
    assert_eq!(host.log(), [0; 0]);
}

#[test]
fn x20_a_program_gets_its_signal_and_its_own_grace() {
    let mut host = program();
    let run = host.run();
    begin(&mut host);
    assert!(host.did(&Action::SignalStop(run)));
    let before = host.now;
    assert_eq!(host.next_timer(), Timer::Kill(run));
    assert_eq!((host.now - before).as_secs(), 10);
    let events = host.events();
    assert!(
        events.contains(&Event::StopGraceExpired(10_000)),
        "{events:?}"
    );
}

#[test]
fn x20_what_others_need_is_told_to_stop_behind_them() {
    let mut host = program();
    let run = host.run();
    asked(&mut host, true);
    assert!(!host.did(&Action::SignalStop(run)));
    assert_eq!(host.record.state, ServiceState::Running);
    assert_eq!(
        host.record.next_deadline(),
        None,
        "its time does not run yet"
    );
    asked(&mut host, true);
    assert!(!host.did(&Action::SignalStop(run)));
    asked(&mut host, false);
    assert!(host.did(&Action::SignalStop(run)));
    host.actions.clear();
    asked(&mut host, false);
    assert!(host.actions.is_empty(), "it is told once");
}

#[test]
fn x20_nothing_is_started_or_counted_while_it_waits() {
    let mut host = program();
    asked(&mut host, true);
    let run = host.run();
    host.exited(run, ProcessExit::Signaled(11));
    assert_eq!(host.record.failure_count, 0);
    assert!(matches!(host.start(), Answer::Denied(_)));
    asked(&mut host, false);
    assert_eq!(host.record.state, ServiceState::Stopped);
}

#[test]
fn a_service_that_has_not_connected_is_killed_at_once() {
    let mut host = Host::new(config(&[], ResetPeriod::default()));
    host.start();
    let run = host.run();
    host.spawned(run, 3);
    begin(&mut host);
    assert!(host.did(&Action::Terminate(run)));
    assert_eq!(host.log(), [1022]);
}

#[test]
fn a_stop_that_was_sent_before_is_not_sent_again() {
    let mut host = Host::running(0x7FF);
    let stop = Input::ControlRequested {
        control: Control::Stop,
        dependents_active: false,
    };
    host.input(stop);
    begin(&mut host);
    assert_eq!(delivered(&host), []);
}

#[test]
fn the_control_of_a_shutdown_is_on_record_and_overtakes_what_is_not_answered() {
    let mut host = Host::running(0x7FF);
    let run = host.run();
    host.input(Input::ControlRequested {
        control: Control::Pause,
        dependents_active: false,
    });
    begin(&mut host);
    let sent = host.record.run.as_ref().unwrap().control.expect("kept");
    assert_eq!(sent.control, Control::Preshutdown);
    assert!(host.did(&Action::CompleteControl {
        run,
        id: ControlId(1),
        result: Err(Win32Error::SHUTDOWN_IN_PROGRESS),
    }));
    // The late answer to the first changes nothing.
    let answer = host.input(Input::ControlAnswered {
        run,
        id: ControlId(1),
        code: Win32Error::SUCCESS,
    });
    assert_eq!(answer, Answer::Stale);
}
