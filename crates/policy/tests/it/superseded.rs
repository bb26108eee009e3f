//! Starts and stops beside a pending restart (X21, R31, R38).

use relance_policy::{Action, Answer, DenyReason, EndReason, Input};
use relance_scm::status::ProcessExit;
use relance_scm::{Control, ServiceKind, ServiceState};

use crate::support::{Host, host, service};

/// It runs, and dies.
fn failed(kind: ServiceKind, actions: &str) -> Host {
    let mut config = service(actions);
    config.kind = kind;
    let mut host = Host::new(config);
    host.start_and_connect();
    crash(&mut host);
    host.actions.clear();
    host
}

fn crash(host: &mut Host) {
    let run = host.run();
    host.exited(run, ProcessExit::Signaled(11));
}

fn stop(host: &mut Host) -> Answer {
    host.input(Input::ControlRequested {
        control: Control::Stop,
        dependents_active: false,
    })
}

#[test]
fn x21_a_stop_of_a_program_cancels_the_restart_that_was_to_come() {
    let mut host = failed(ServiceKind::Program, "restart/60000");
    assert_eq!(stop(&mut host), Answer::Accepted);
    assert_eq!(host.record.next_deadline(), None);
    assert_eq!(host.log(), [1009]);
    assert_eq!(stop(&mut host), Answer::Denied(DenyReason::NotActive));
}

#[test]
fn x21_what_does_not_start_the_program_stays() {
    let mut host = failed(ServiceKind::Program, "run/60000");
    assert_eq!(stop(&mut host), Answer::Denied(DenyReason::NotActive));
    assert_eq!(host.record.pending_actions.len(), 1);
}

#[test]
fn x21_a_program_has_one_chain_of_restarts() {
    let mut host = failed(ServiceKind::Program, "restart/60000");
    host.start();
    assert!(host.record.pending_actions.is_empty());
    assert_eq!(host.events().len(), 1, "1009 says what became of it");
    let run = host.run();
    host.spawned(run, 5);
    crash(&mut host);
    assert_eq!(host.record.pending_actions.len(), 1);
    host.next_timer();
    let run = host.run();
    host.spawned(run, 6);
    stop(&mut host);
    assert!(host.did(&Action::SignalStop(run)));
}

#[test]
fn r31_a_service_keeps_each_of_its_restarts_and_the_refusal_says_so() {
    let mut host = host("restart/60000");
    host.start_and_connect();
    host.crash();
    let answer = stop(&mut host);
    assert_eq!(answer, Answer::Denied(DenyReason::RestartPending));
    let error = DenyReason::RestartPending.error(&host.record.config.service_name);
    assert_eq!(error.code().to_raw(), 1062);
    let text = error.to_string();
    assert!(text.contains("relance cancel-recovery mailer"), "{text}");
    // Windows' law: a start by hand has a chain of its own.
    host.start_and_connect();
    host.crash();
    assert_eq!(host.record.pending_actions.len(), 2, "R38");
    let end = host.record.last_end.as_ref().expect("it ended");
    assert_eq!(end.reason, EndReason::Crashed);
    assert_eq!(host.record.state, ServiceState::Stopped);
}

#[test]
fn x14_the_number_of_an_action_that_was_lost_with_its_failure_is_not_used_again() {
    let mut host = host("run/0");
    let id = relance_policy::ActionId {
        service: host.record.id,
        number: 1,
    };
    let done = Input::ActionDone { id, result: Ok(()) };
    assert_eq!(host.input(done.clone()), Answer::Accepted);
    assert_eq!(host.input(done), Answer::Stale);
    host.start_and_connect();
    host.crash();
    assert_eq!(host.record.pending_actions[0].id.number, 2);
}
