//! What follows an end: counting, the queue of actions, what they do, and how all that is ended.

use std::sync::Arc;

use relance_policy::{Action, Answer, DenyReason, EndReason, Input, StartCause, Time};
use relance_scm::config::StartType;
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::status::ProcessExit;
use relance_scm::{ExitCode, RecoveryActionKind, ResetPeriod, ServiceState, Win32Error};

use crate::support::{Host, config, host, service};

#[test]
fn r10_one_end_is_at_most_one_failure() {
    let mut with_flag = service("restart/60000");
    with_flag.failure_actions_on_non_crash_failures = true;
    let mut host = Host::new(with_flag);
    let run = host.start_and_connect();
    host.report_with(ServiceState::Stopped, 0, ExitCode::ServiceSpecific(3), 0, 0);
    host.exited(run, ProcessExit::Exited(1));
    assert_eq!(host.record.failure_count, 1);
    assert_eq!(host.record.pending_actions.len(), 1);
    assert_eq!(host.record.exit_code, ExitCode::ServiceSpecific(3));
}

#[test]
fn e7_order_of_the_entries_of_an_error_stop() {
    let mut with_flag = service("restart/60000");
    with_flag.failure_actions_on_non_crash_failures = true;
    let mut host = Host::new(with_flag);
    host.start_and_connect();
    host.actions.clear();
    host.report_with(ServiceState::Stopped, 0, ExitCode::ServiceSpecific(3), 0, 0);
    assert_eq!(host.log(), [7024, 7031, 7036], "E8: 7036 always");
}

#[test]
fn r9_after_a_crash_the_record_reads_1067() {
    let mut host = host("");
    host.start_and_connect();
    host.report_with(ServiceState::StopPending, 0, ExitCode::SUCCESS, 4, 500);
    let run = host.run();
    host.exited(run, ProcessExit::Exited(0));
    let record = &host.record;
    assert_eq!(
        (
            record.exit_code.win32().to_raw(),
            record.exit_code.specific()
        ),
        (1067, 0)
    );
    assert_eq!(
        (
            record.pid(),
            record.checkpoint,
            record.wait_hint.as_millis()
        ),
        (0, 0, 0)
    );
}

#[test]
fn r8_3_death_in_start_pending_after_connecting_counts() {
    let mut host = host("restart/60000");
    host.start_and_connect();
    host.crash();
    assert_eq!(host.record.failure_count, 1);
}

#[test]
fn r8_1_a_death_counts_in_every_running_state_with_any_exit_status() {
    let states = [
        ServiceState::Running,
        ServiceState::Paused,
        ServiceState::PausePending,
        ServiceState::ContinuePending,
    ];
    let exits = [
        ProcessExit::Exited(0),
        ProcessExit::Exited(1),
        ProcessExit::Signaled(9),
    ];
    for (state, exit) in states.into_iter().flat_map(|s| exits.map(|exit| (s, exit))) {
        for flag in [false, true] {
            let mut config = service("restart/60000");
            config.failure_actions_on_non_crash_failures = flag;
            let mut host = Host::new(config);
            let run = host.start_and_connect();
            host.report(state, 0);
            host.actions.clear();
            host.exited(run, exit);
            assert_eq!(host.record.failure_count, 1, "{state:?} {exit:?} {flag}");
            assert_eq!(host.log(), [7031, 7036]);
        }
    }
}

#[test]
fn r8_7_an_error_reported_during_the_start_counts_with_the_flag_only() {
    for flag in [false, true] {
        let mut config = service("restart/60000");
        config.failure_actions_on_non_crash_failures = flag;
        let mut host = Host::new(config);
        host.start_and_connect();
        assert_eq!(host.record.state, ServiceState::StartPending);
        host.report_with(ServiceState::Stopped, 0, ExitCode::ServiceSpecific(3), 0, 0);
        assert_eq!(host.record.failure_count, u32::from(flag));
    }
}

#[test]
fn r6_a_changed_flag_applies_to_the_next_end() {
    let mut host = host("restart/60000");
    host.start_and_connect();
    let mut with_flag = service("restart/60000");
    with_flag.failure_actions_on_non_crash_failures = true;
    host.input(Input::ConfigChanged(Arc::new(with_flag)));
    host.report_with(ServiceState::Stopped, 0, ExitCode::ServiceSpecific(3), 0, 0);
    assert_eq!(host.record.failure_count, 1);
}

#[test]
fn r17_starts_stops_and_the_flag_do_not_lower_the_counter() {
    let mut host = host("none/0");
    host.start_and_connect();
    host.crash();
    let run = host.start_and_connect();
    host.report(ServiceState::Running, 0);
    let mut with_flag = service("none/0");
    with_flag.failure_actions_on_non_crash_failures = true;
    host.input(Input::ConfigChanged(Arc::new(with_flag)));
    host.report(ServiceState::Stopped, 0);
    host.exited(run, ProcessExit::Exited(0));
    assert_eq!(host.record.failure_count, 1);
    host.start_and_connect();
    host.crash();
    assert_eq!(host.record.failure_count, 2);
}

#[test]
fn r26_own_restart_restarts_and_keeps_its_number() {
    let own = RecoveryAction::new(RecoveryActionKind::OwnRestart, 0);
    let mut host = Host::new(config(&[own], ResetPeriod::Seconds(60)));
    host.start_and_connect();
    host.crash();
    assert_eq!(host.record.pending_actions[0].action.kind.to_raw(), 4);
    host.next_timer();
    assert_eq!(host.record.state, ServiceState::StartPending);
}

#[test]
fn r36_a_recovery_start_has_no_arguments() {
    let mut host = host("restart/0");
    let arguments = ["a".to_owned(), "b".to_owned()].into();
    host.input(Input::StartRequested {
        cause: StartCause::Demand,
        arguments,
    });
    assert_eq!(host.record.run.as_ref().unwrap().arguments.len(), 2);
    let run = host.run();
    host.spawned(run, 1);
    host.connected(run, 1);
    host.exited(run, ProcessExit::Exited(0));
    host.next_timer();
    let run = host.record.run.as_ref().unwrap();
    assert!(matches!(run.cause, StartCause::Recovery(..)));
    assert!(run.arguments.is_empty());
}

#[test]
fn c30_c31_deletion_of_a_stopped_service_is_at_once_of_a_running_one_when_it_has_stopped() {
    let mut stopped = host("");
    assert_eq!(stopped.input(Input::DeleteRequested), Answer::Accepted);
    assert!(stopped.did(&Action::Remove));

    let mut host = host("restart/1000");
    let run = host.start_and_connect();
    host.input(Input::DeleteRequested);
    assert_eq!(host.record.config.start_type, StartType::Disabled, "C30");
    let again = host.input(Input::DeleteRequested);
    assert_eq!(again, Answer::Denied(DenyReason::MarkedForDelete));
    host.report(ServiceState::Stopped, 0);
    assert!(!host.did(&Action::Remove), "its process has not ended");
    host.exited(run, ProcessExit::Exited(0));
    assert!(host.did(&Action::Remove));
}

#[test]
fn r34_a_pending_restart_of_a_service_marked_for_deletion_is_refused_with_1072() {
    let mut host = host("restart/1000");
    host.start_and_connect();
    host.crash();
    host.start_and_connect();
    host.input(Input::DeleteRequested);
    host.actions.clear();
    host.next_timer();
    assert_eq!(host.log(), [7032]);
}

#[test]
fn r18_r39_a_change_of_settings_keeps_the_counter_and_the_queue() {
    let mut host = host("restart/1000/restart/2000");
    host.start_and_connect();
    host.crash();
    host.input(Input::ConfigChanged(Arc::new(service("none/0"))));
    assert_eq!(host.record.failure_count, 1, "R18");
    host.next_timer();
    assert_eq!(
        host.record.state,
        ServiceState::StartPending,
        "R39: frozen at the failure"
    );
}

#[test]
fn r42_every_percent_1_percent_is_the_count() {
    let mut config = service("run/0");
    config.failure_actions.command = "notify %1% /fail=%1% %2 %".into();
    let mut host = Host::new(config);
    for count in 1..=2 {
        let run = host.start_and_connect();
        host.actions.clear();
        host.exited(run, ProcessExit::Exited(0));
        host.next_timer();
        let expected = format!("notify {count} /fail={count} %2 %");
        let ran = host.actions.iter().any(
            |action| matches!(action, Action::RunCommand { command, .. } if **command == *expected),
        );
        assert!(ran, "{:?}", host.actions);
        assert_eq!(host.record.state, ServiceState::Stopped, "R41");
    }
}

#[test]
fn r44_r46_an_action_that_cannot_be_carried_out_is_7032() {
    let mut host = host("reboot/0");
    host.start_and_connect();
    host.crash();
    host.next_timer();
    let id = host.record.pending_actions[0].id;
    assert!(
        host.did(&Action::Reboot { id }),
        "kept until its outcome is known"
    );
    assert_eq!(host.record.next_deadline(), None);
    host.actions.clear();
    let result = Err(Win32Error::PRIVILEGE_NOT_HELD);
    host.input(Input::ActionDone { id, result });
    assert_eq!(host.log(), [7032]);
    assert!(host.record.pending_actions.is_empty());
    assert_eq!(host.input(Input::ActionDone { id, result }), Answer::Stale);
}

#[test]
fn r45_the_reboot_message_is_broadcast_before_the_delay() {
    let mut config = service("reboot/5000");
    config.failure_actions.reboot_message = "going down".into();
    let mut host = Host::new(config);
    host.start_and_connect();
    host.crash();
    assert!(
        host.actions
            .iter()
            .any(|action| matches!(action, Action::Broadcast { .. }))
    );
    let before = host.now;
    host.next_timer();
    assert!(
        host.actions
            .iter()
            .any(|action| matches!(action, Action::Reboot { .. }))
    );
    assert_eq!((host.now - before).as_secs(), 5);
}

#[test]
fn pending_actions_are_bounded_and_one_too_many_is_logged() {
    let mut host = host("restart/4294967295");
    for _ in 0..65 {
        host.start_and_connect();
        host.actions.clear();
        host.crash();
    }
    assert_eq!(host.record.pending_actions.len(), 64);
    assert_eq!(host.log(), [7031, 7032, 7036]);
}

#[test]
fn a_pending_action_can_be_cancelled_by_an_explicit_word() {
    let mut host = host("restart/60000");
    let none = host.input(Input::CancelRecoveryRequested(None));
    assert_eq!(none, Answer::Denied(DenyReason::NoPendingAction));
    host.start_and_connect();
    host.crash();
    host.actions.clear();
    host.input(Input::CancelRecoveryRequested(None));
    assert_eq!(host.log(), [1009]);
    assert_eq!(host.record.next_deadline(), None);
}

#[test]
fn terminate_ends_a_service_for_good_and_is_no_failure() {
    let mut host = host("restart/0");
    let idle = host.input(Input::TerminateRequested);
    assert_eq!(idle, Answer::Denied(DenyReason::NotActive));
    let run = host.start_and_connect();
    host.input(Input::TerminateRequested);
    assert!(host.did(&Action::Terminate(run)));
    host.actions.clear();
    host.exited(run, ProcessExit::Signaled(9));
    assert_eq!(host.log(), [1002, 7036]);
    assert_eq!(host.record.failure_count, 0);
    assert_eq!(host.record.last_end.unwrap().reason, EndReason::Terminated);
}

#[test]
fn r19_c31_a_boot_forgets_everything_but_the_numbering() {
    let mut host = host("restart/60000");
    host.start_and_connect();
    host.crash();
    let booted = host.record.at_boot();
    assert_eq!(booted.exit_code, ExitCode::NEVER_STARTED);
    assert_eq!((booted.failure_count, booted.last_failure_at), (0, None));
    assert!(booted.pending_actions.is_empty());
    assert_eq!((booted.runs, booted.actions_queued), (1, 1));
    booted.check_laws().unwrap();
}

#[test]
fn r13_the_visible_counter_is_0_once_the_period_is_over() {
    let mut host = host("restart/60000");
    host.start_and_connect();
    host.crash();
    let at = host.now;
    assert_eq!(host.record.failure_count_at(at), 1);
    let resets_at = host.record.resets_at().unwrap();
    assert_eq!(resets_at - at, std::time::Duration::from_secs(60));
    assert_eq!(host.record.failure_count_at(resets_at), 0);
    assert!(
        host.record
            .failure_count_at(Time::from_nanos(resets_at.as_nanos() - 1))
            == 1
    );
}
