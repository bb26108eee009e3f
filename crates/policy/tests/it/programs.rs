//! Programs: services that do not speak to the manager.

use std::time::Duration;

use relance_policy::{Action, Answer, DenyReason, EndReason, Input, RunPhase, Timer};
use relance_scm::failure_actions::ActionList;
use relance_scm::settings::{CONTROL_SIGNALS, RELOAD_SIGNAL, RESTART_ON_EXIT};
use relance_scm::status::ProcessExit;
use relance_scm::{Control, ExitCode, ResetPeriod, ServiceKind, ServiceState};

use crate::support::{Host, config};

fn program(actions: &str, restart_on_exit: &[u8]) -> Host {
    let actions: ActionList = actions.parse().unwrap();
    let mut config = config(&actions.0, ResetPeriod::Seconds(60));
    config.kind = ServiceKind::Program;
    config.failure_actions_on_non_crash_failures = true;
    config
        .extensions
        .set(RESTART_ON_EXIT, restart_on_exit.into());
    let mut host = Host::new(config);
    start(&mut host);
    host
}

fn start(host: &mut Host) {
    host.start();
    spawned(host);
}

fn spawned(host: &mut Host) {
    let run = host.run();
    host.spawned(run, 100);
}

fn exits(host: &mut Host, exit: ProcessExit) {
    let run = host.run();
    host.exited(run, exit);
}

fn control(host: &mut Host, control: Control) -> Answer {
    host.input(Input::ControlRequested {
        control,
        dependents_active: false,
    })
}

#[test]
fn a_program_runs_once_it_is_started() {
    let mut host = program("", &[]);
    assert_eq!(host.record.state, ServiceState::Running);
    assert!(host.did(&Action::CompleteStart {
        run: host.run(),
        result: Ok(())
    }));
    assert_eq!(host.log(), [7036]);
}

#[test]
fn x1_its_exit_status_is_its_report() {
    let mut clean = program("restart/60000", &[]);
    exits(&mut clean, ProcessExit::Exited(0));
    assert_eq!(clean.record.exit_code, ExitCode::SUCCESS);
    assert_eq!(clean.record.failure_count, 0);

    let mut error = program("restart/60000", &[]);
    error.actions.clear();
    exits(&mut error, ProcessExit::Exited(3));
    assert_eq!(error.record.exit_code, ExitCode::ServiceSpecific(3));
    assert_eq!(error.log(), [7024, 7031, 7036]);

    let mut crash = program("restart/60000", &[]);
    exits(&mut crash, ProcessExit::Signaled(11));
    assert_eq!(crash.record.exit_code, ExitCode::PROCESS_ABORTED);
    assert_eq!(crash.record.failure_count, 1);
}

#[test]
fn r8_5_without_the_flag_an_error_status_is_no_failure() {
    let mut host = program("restart/0", &[]);
    let config = relance_scm::ServiceConfig {
        failure_actions_on_non_crash_failures: false,
        ..(*host.record.config).clone()
    };
    host.input(Input::ConfigChanged(config.into()));
    exits(&mut host, ProcessExit::Exited(3));
    assert_eq!(host.record.last_end.unwrap().reason, EndReason::FlagNotSet);
    assert_eq!(host.record.failure_count, 0);
}

#[test]
fn stop_is_a_signal_then_a_grace_then_the_kill() {
    let mut host = program("restart/0", &[]);
    let run = host.run();
    host.actions.clear();
    assert!(matches!(
        control(&mut host, Control::Stop),
        Answer::Control(..)
    ));
    assert!(host.did(&Action::SignalStop(run)));
    assert_eq!(host.record.state, ServiceState::StopPending);
    assert_eq!(host.record.wait_hint, Duration::from_secs(10));
    assert_eq!(host.log(), [7035]);
    let before = host.now;
    assert_eq!(host.next_timer(), Timer::Kill(run));
    assert_eq!((host.now - before).as_secs(), 10);
    assert!(host.did(&Action::Terminate(run)));
    assert_eq!(host.log(), [1003]);
    exits(&mut host, ProcessExit::Signaled(9));
    assert_eq!(
        (host.record.state, host.record.failure_count),
        (ServiceState::Stopped, 0)
    );
    assert_eq!(host.record.exit_code, ExitCode::SUCCESS);
}

#[test]
fn a_requested_stop_of_a_program_is_no_failure_however_it_ends() {
    let ends = [
        ProcessExit::Exited(0),
        ProcessExit::Exited(143),
        ProcessExit::Signaled(15),
        ProcessExit::Signaled(11),
        ProcessExit::Exited(1),
        ProcessExit::Unknown,
    ];
    for exit in ends {
        let mut host = program("restart/0", &[0, 1]);
        control(&mut host, Control::Stop);
        exits(&mut host, exit);
        assert_eq!(host.record.failure_count, 0, "{exit}");
        assert_eq!(host.record.state, ServiceState::Stopped, "{exit}");
        let clean = exit != ProcessExit::Exited(1);
        assert_eq!(
            host.record.exit_code.is_success(),
            clean,
            "{exit}: the status stays visible"
        );
    }
}

#[test]
fn a_program_takes_stop_and_interrogate_only() {
    let mut host = program("", &[]);
    for code in [2, 3, 6, 128, 255] {
        let answer = control(&mut host, Control::from_sendable(code).unwrap());
        let Answer::Denied(reason) = answer else {
            panic!("control {code}: {answer:?}")
        };
        assert_eq!(reason.code().to_raw(), 1052, "control {code}");
    }
    assert!(matches!(
        control(&mut host, Control::Interrogate),
        Answer::Control(..)
    ));
}

#[test]
fn x23_a_program_gets_the_signals_that_are_set_for_controls() {
    let mut config = config(&[], ResetPeriod::default());
    config.kind = ServiceKind::Program;
    config.extensions.set(RELOAD_SIGNAL, Some(1));
    let signals = "200=USR1".parse().unwrap();
    config.extensions.set(CONTROL_SIGNALS, Some(signals));
    let mut host = Host::new(config);
    start(&mut host);
    let run = host.run();
    host.actions.clear();
    for (code, signal) in [(6, 1), (200, 10)] {
        let sent = control(&mut host, Control::from_sendable(code).unwrap());
        assert!(matches!(sent, Answer::Control(..)), "{code}");
        assert!(host.did(&Action::Signal { run, signal }), "{code}");
    }
    assert_eq!(host.log(), [7035, 7035]);
    let other = control(&mut host, Control::from_sendable(201).unwrap());
    assert_eq!(other, Answer::Denied(DenyReason::ControlNotAccepted));
    // Once it was told to stop it gets no other signal.
    control(&mut host, Control::Stop);
    let late = control(&mut host, Control::ParamChange);
    assert_eq!(late, Answer::Denied(DenyReason::StopDelivered));
}

#[test]
fn a_stop_while_the_process_is_created_follows_it() {
    let mut host = program("", &[]);
    control(&mut host, Control::Stop);
    exits(&mut host, ProcessExit::Signaled(15));
    host.start();
    control(&mut host, Control::Stop);
    assert_eq!(host.record.state, ServiceState::StopPending);
    host.actions.clear();
    spawned(&mut host);
    assert!(host.did(&Action::SignalStop(host.run())));
    assert_eq!(host.record.state, ServiceState::StopPending);
}

#[test]
fn x2_planned_recycling_restarts_at_once_and_does_not_count() {
    let mut host = program("none/0", &[0, 75]);
    for status in [0, 75, 0] {
        host.now = host.now + Duration::from_secs(2);
        host.actions.clear();
        exits(&mut host, ProcessExit::Exited(status));
        assert!(host.did(&Action::Spawn(host.run())), "status {status}");
        assert_eq!(host.log(), [1001]);
        spawned(&mut host);
    }
    assert_eq!(host.record.failure_count, 0);
    exits(&mut host, ProcessExit::Exited(1));
    assert_eq!(
        host.record.failure_count, 1,
        "another status is a failure as ever"
    );
}

#[test]
fn recycling_again_and_again_is_slowed_down_to_once_a_second() {
    let mut host = program("", &[0]);
    for _ in 0..4 {
        exits(&mut host, ProcessExit::Exited(0));
        assert!(host.did(&Action::Spawn(host.run())));
        spawned(&mut host);
    }
    for _ in 0..3 {
        exits(&mut host, ProcessExit::Exited(0));
        let run = host.run();
        assert!(!host.did(&Action::Spawn(run)));
        let before = host.now;
        assert_eq!(host.next_timer(), Timer::Recycle(run));
        assert_eq!((host.now - before).as_secs(), 1);
        spawned(&mut host);
    }
    host.now = host.now + Duration::from_secs(1);
    exits(&mut host, ProcessExit::Exited(0));
    assert!(
        host.did(&Action::Spawn(host.run())),
        "a longer run ends the slow-down"
    );
}

#[test]
fn a_stop_while_recycling_waits_ends_it() {
    let mut host = program("", &[0]);
    for _ in 0..5 {
        exits(&mut host, ProcessExit::Exited(0));
        if host.record.run.as_ref().unwrap().phase == RunPhase::Spawning {
            spawned(&mut host);
        }
    }
    assert!(matches!(
        control(&mut host, Control::Stop),
        Answer::Control(..)
    ));
    assert_eq!(host.record.state, ServiceState::Stopped);
    assert_eq!(host.record.next_deadline(), None);
}

#[test]
fn x3_an_end_that_nobody_saw_is_a_crash_and_says_so() {
    let mut host = program("restart/60000", &[]);
    host.actions.clear();
    exits(&mut host, ProcessExit::Unknown);
    assert_eq!(host.log(), [1007, 7031, 7036]);
}
