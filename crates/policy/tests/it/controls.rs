//! States and controls: which report and which control is taken in which state (S8, S9, S24 to S27).

use relance_policy::{Action, Answer, ControlId, Input, Timer};
use relance_scm::status::ProcessExit;
use relance_scm::{Control, ExitCode, ServiceState, Win32Error};

use crate::support::Host;

const STATES: [ServiceState; 6] = [
    ServiceState::StartPending,
    ServiceState::StopPending,
    ServiceState::Running,
    ServiceState::ContinuePending,
    ServiceState::PausePending,
    ServiceState::Paused,
];

fn control(host: &mut Host, code: u32, dependents_active: bool) -> u32 {
    let control = Control::from_sendable(code).unwrap();
    match host.input(Input::ControlRequested {
        control,
        dependents_active,
    }) {
        Answer::Denied(reason) => reason.code().to_raw(),
        Answer::Control(..) => 0,
        other => panic!("{other:?}"),
    }
}

fn in_state(state: ServiceState, accepted: u32) -> Host {
    let mut host = Host::running(accepted);
    host.report(state, accepted);
    host.actions.clear();
    host
}

/// S24 to S27, written out by hand as they stand in the reference.
fn expected(state: ServiceState, code: u32, accepted: u32, dependents: bool) -> u32 {
    let bit = match code {
        1 => 1,
        2 | 3 => 2,
        6 => 8,
        7..=10 => 0x10,
        _ => 0,
    };
    let taken = accepted & bit == bit;
    match state {
        ServiceState::Stopped => 1062,
        ServiceState::StartPending if code == 1 && !taken => 1052,
        ServiceState::StartPending if code != 1 => 1061,
        ServiceState::StopPending => 1061,
        _ if !taken => 1052,
        _ if code == 1 && dependents => 1051,
        _ => 0,
    }
}

#[test]
fn s24_to_s27_every_state_against_every_control() {
    for state in STATES {
        for code in [1, 2, 3, 4, 6, 7, 8, 9, 10, 128, 200, 255] {
            for accepted in [0, 1, 2, 3, 8, 0x10, 0x7FF] {
                for dependents in [false, true] {
                    let mut host = in_state(state, accepted);
                    assert_eq!(
                        control(&mut host, code, dependents),
                        expected(state, code, accepted, dependents),
                        "{state} control {code} accepted {accepted:#x} dependents {dependents}"
                    );
                }
            }
        }
    }
}

#[test]
fn s24_a_stopped_service_takes_nothing() {
    for code in [1, 2, 3, 4, 6, 200] {
        let mut host = Host::new(crate::support::config(&[], Default::default()));
        assert_eq!(control(&mut host, code, false), 1062);
    }
}

#[test]
fn s9_every_transition_is_recorded() {
    for from in STATES {
        for to in STATES {
            let mut host = in_state(from, 0x7FF);
            assert_eq!(host.report(to, 0x3), Answer::Accepted);
            assert_eq!(host.record.state, to);
            assert_eq!(host.record.controls_accepted.to_raw(), 0x3);
        }
    }
}

#[test]
fn s11_after_stopped_the_handle_is_closed() {
    let mut host = Host::running(1);
    let run = host.run();
    host.report(ServiceState::Stopped, 0);
    let report = relance_scm::status::RawStatusReport {
        state: 4,
        ..Default::default()
    };
    let answer = host.input(Input::StatusReported {
        run,
        number: 9,
        report: report.check().unwrap(),
    });
    let Answer::Denied(reason) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(reason.code(), Win32Error::INVALID_HANDLE);
    host.exited(run, ProcessExit::Exited(0));
    let answer = host.input(Input::StatusReported {
        run,
        number: 9,
        report: report.check().unwrap(),
    });
    assert_eq!(answer, Answer::Stale);
}

#[test]
fn a_report_that_is_read_again_changes_nothing() {
    let mut host = Host::running(1);
    let run = host.run();
    let report = |state| relance_scm::status::RawStatusReport {
        state,
        ..Default::default()
    };
    for (number, state, answer) in [
        (2, 7, Answer::Accepted),
        (1, 2, Answer::Stale),
        (2, 7, Answer::Stale),
        (3, 4, Answer::Accepted),
    ] {
        let report = report(state).check().unwrap();
        assert_eq!(
            host.input(Input::StatusReported {
                run,
                number,
                report
            }),
            answer
        );
    }
    assert_eq!(host.record.state, ServiceState::Running);
}

#[test]
fn s13_checkpoint_and_wait_hint_read_0_outside_pending_states() {
    for state in STATES {
        let mut host = Host::running(1);
        host.report_with(state, 1, ExitCode::SUCCESS, 7, 5000);
        let expected = if state.is_pending() { (7, 5) } else { (0, 0) };
        assert_eq!(
            (host.record.checkpoint, host.record.wait_hint.as_secs()),
            expected,
            "{state}"
        );
    }
}

#[test]
fn s30_pause_on_a_paused_service_is_delivered() {
    let mut host = in_state(ServiceState::Paused, 2);
    assert_eq!(control(&mut host, 2, false), 0);
}

#[test]
fn s31_after_stop_nothing_else_is_sent_whatever_the_service_reports() {
    let mut host = Host::running(0x7FF);
    let run = host.run();
    control(&mut host, 1, false);
    host.input(Input::ControlAnswered {
        run,
        id: ControlId(1),
        code: Win32Error::SUCCESS,
    });
    host.report(ServiceState::Running, 0x7FF);
    for code in [1, 2, 4, 6, 200] {
        assert_eq!(control(&mut host, code, false), 1061, "control {code}");
    }
}

#[test]
fn s32_controls_go_out_one_at_a_time_and_in_order() {
    let mut host = Host::running(0x7FF);
    let run = host.run();
    for code in [200, 201, 1, 202] {
        assert_eq!(control(&mut host, code, false), 0);
    }
    let delivered = |host: &Host| {
        let controls = host.actions.iter().filter_map(|action| match action {
            Action::DeliverControl { control, .. } => Some(control.to_raw()),
            _ => None,
        });
        controls.collect::<Vec<_>>()
    };
    assert_eq!(delivered(&host), [200]);
    for id in 1..=3 {
        host.input(Input::ControlAnswered {
            run,
            id: ControlId(id),
            code: Win32Error::SUCCESS,
        });
    }
    assert_eq!(delivered(&host), [200, 201, 1]);
    let refused = Action::CompleteControl {
        run,
        id: ControlId(4),
        result: Err(Win32Error::SERVICE_CANNOT_ACCEPT_CTRL),
    };
    assert!(
        host.did(&refused),
        "S31: what waited behind STOP is refused"
    );
}

#[test]
fn s33_the_caller_of_a_service_that_dies_gets_109() {
    let mut host = Host::running(0x7FF);
    let run = host.run();
    control(&mut host, 1, false);
    host.exited(run, ProcessExit::Signaled(11));
    let answer = Action::CompleteControl {
        run,
        id: ControlId(1),
        result: Err(Win32Error::BROKEN_PIPE),
    };
    assert!(host.did(&answer));
    assert_eq!(host.record.failure_count, 1, "R8.2");
}

#[test]
fn s44_no_answer_in_30_s_is_1053_and_7011_and_nobody_is_killed() {
    let mut host = Host::running(0x7FF);
    let run = host.run();
    control(&mut host, 200, false);
    control(&mut host, 201, false);
    host.actions.clear();
    let before = host.now;
    assert_eq!(host.next_timer(), Timer::Control(run));
    assert_eq!((host.now - before).as_secs(), 30);
    let answer = Action::CompleteControl {
        run,
        id: ControlId(1),
        result: Err(Win32Error::SERVICE_REQUEST_TIMEOUT),
    };
    assert!(host.did(&answer));
    assert_eq!(host.log(), [7011, 7035], "and the next control is tried");
    assert_eq!(host.record.state, ServiceState::Running);
    let late = host.input(Input::ControlAnswered {
        run,
        id: ControlId(1),
        code: Win32Error::SUCCESS,
    });
    assert_eq!(late, Answer::Stale);
}

#[test]
fn e9_7035_for_every_control_but_interrogate() {
    let mut host = Host::running(0x7FF);
    control(&mut host, 4, false);
    assert_eq!(host.log(), [0; 0]);
    let run = host.run();
    host.input(Input::ControlAnswered {
        run,
        id: ControlId(1),
        code: Win32Error::SUCCESS,
    });
    control(&mut host, 200, false);
    assert_eq!(host.log(), [7035]);
}

#[test]
fn a_handlers_error_reaches_the_caller() {
    let mut host = Host::running(0x7FF);
    let run = host.run();
    control(&mut host, 200, false);
    let code = Win32Error::from_raw(120);
    host.input(Input::ControlAnswered {
        run,
        id: ControlId(1),
        code,
    });
    assert!(host.did(&Action::CompleteControl {
        run,
        id: ControlId(1),
        result: Err(code)
    }));
}

#[test]
fn s10_an_impossible_state_is_logged_and_changes_nothing() {
    let mut host = Host::running(1);
    let run = host.run();
    host.input(Input::ImpossibleStateReported { run, state: 120 });
    assert_eq!(host.log(), [7016]);
    assert_eq!(host.record.state, ServiceState::Running);
}

#[test]
fn waiting_controls_are_bounded() {
    let mut host = Host::running(0x7FF);
    let refused = (0..100)
        .map(|_| control(&mut host, 200, false))
        .find(|code| *code != 0);
    assert_eq!(refused, Some(1053));
}

#[test]
fn s40_s49_a_stop_without_progress_is_left_alone_for_ever() {
    let mut host = Host::running(1);
    host.report_with(ServiceState::StopPending, 0, ExitCode::SUCCESS, 1, 100);
    host.actions.clear();
    assert_eq!(host.record.next_deadline(), None);
    assert_eq!(host.record.state, ServiceState::StopPending);
}
