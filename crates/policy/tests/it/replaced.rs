//! An engine that was replaced is told again what the one before had learnt, and perhaps not written
//! down: an input that is repeated changes nothing, and one that was lost is made up for.

use relance_policy::{Action, ActionId, Answer, Input, RunPhase};
use relance_scm::config::ServiceConfig;
use relance_scm::status::ProcessExit;
use relance_scm::{ServiceKind, ServiceState};

use crate::support::{Host, service};

fn with_command(actions: &str) -> ServiceConfig {
    let mut config = service(actions);
    config.failure_actions.command = "notify %1%".into();
    config
}

#[test]
fn a_report_before_the_hello_is_not_taken_then_or_later() {
    let mut host = Host::new(service("restart/0"));
    host.start();
    let run = host.run();
    host.spawned(run, 77);
    assert_eq!(host.report(ServiceState::Running, 0), Answer::Accepted);
    assert_eq!(host.record.state, ServiceState::StartPending);
    // Its hello comes, and the report is read again: it is as late as it was.
    host.connected(run, 77);
    let last_report = host.record.run.as_ref().expect("it runs").last_report;
    assert_eq!(last_report, 1);
    assert_eq!(host.record.state, ServiceState::StartPending);
}

#[test]
fn a_stopped_report_that_is_read_again_is_as_good_as_taken() {
    let mut host = Host::running(1);
    let run = host.run();
    let number = host.record.run.as_ref().expect("it runs").last_report + 1;
    host.report(ServiceState::Stopped, 0);
    assert_eq!(
        host.record
            .previous
            .as_ref()
            .expect("it lingers")
            .last_report,
        number
    );
    let again = Input::StatusReported {
        run,
        number,
        report: relance_scm::StatusReport {
            state: ServiceState::Stopped,
            controls_accepted: relance_scm::ControlsAccepted::NONE,
            exit_code: relance_scm::ExitCode::SUCCESS,
            checkpoint: 0,
            wait_hint: std::time::Duration::ZERO,
        },
    };
    assert_eq!(host.input(again), Answer::Stale);
}

#[test]
fn a_process_is_found_although_its_run_still_waits_on_record() {
    let mut config = service("restart/0");
    config.kind = ServiceKind::Service;
    let mut host = Host::new(config);
    host.start();
    let run = host.run();
    // On record before the dependencies were resolved.
    let mut record = host.record.clone();
    let waiting = record.run.as_mut().expect("it was started");
    waiting.phase = RunPhase::WaitingForDependencies;
    host.record = record;
    host.input(Input::ProcessFound {
        run,
        pid: 9,
        birth: 7,
    });
    let phase = host.record.run.as_ref().expect("it runs").phase;
    assert!(matches!(phase, RunPhase::Connecting(_)), "{phase:?}");
    // It ends before it connects: a failed start, and no failure (R8.8).
    host.exited(run, ProcessExit::Exited(1));
    assert_eq!(host.record.failure_count, 0);
}

#[test]
fn a_command_that_was_carried_out_is_not_carried_out_again() {
    let mut host = Host::new(with_command("run/60000"));
    let run = host.start_and_connect();
    host.exited(run, ProcessExit::Signaled(9));
    let id = host.record.pending_actions[0].id;
    // The engine before had run it: the delay was shorter when it counted the failure.
    let done = Input::ActionDone { id, result: Ok(()) };
    assert_eq!(host.input(done), Answer::Accepted);
    assert_eq!(host.record.next_deadline(), None);
    assert!(
        !host
            .actions
            .iter()
            .any(|action| matches!(action, Action::RunCommand { .. }))
    );
}

#[test]
fn a_restart_that_is_pending_is_nobody_elses_to_do() {
    for actions in ["restart/60000", "own_restart/60000"] {
        let mut host = Host::new(service(actions));
        let run = host.start_and_connect();
        host.exited(run, ProcessExit::Signaled(9));
        let id: ActionId = host.record.pending_actions[0].id;
        let done = Input::ActionDone { id, result: Ok(()) };
        assert_eq!(host.input(done), Answer::Stale, "{actions}");
        assert_eq!(host.record.pending_actions.len(), 1, "{actions}");
    }
}
