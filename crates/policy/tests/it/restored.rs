//! Records from a backup that is older than what runs.

use std::time::Duration;

use relance_policy::{Answer, Input, RunId, RunPhase, ServiceId};
use relance_scm::ServiceState;
use relance_scm::status::ProcessExit;

use crate::support::{Host, host};

fn run(number: u32) -> RunId {
    RunId {
        service: ServiceId(1),
        number,
    }
}

/// A backup is brought back a minute later, when the host has these runs.
fn restore(host: &mut Host, last: u32, has: &[u32]) {
    host.now = host.now + Duration::from_secs(60);
    let has = |of: RunId| has.contains(&of.number);
    host.record = host.record.restored(host.now, last, has);
    host.record.check_laws().expect("the laws hold");
    host.actions.clear();
}

/// The host tells of a run that it has.
fn found(host: &mut Host, number: u32) -> Answer {
    host.input(Input::ProcessFound {
        run: run(number),
        pid: 99,
        birth: 7,
    })
}

#[test]
fn a_run_that_began_after_the_backup_goes_on_and_no_failure_is_counted() {
    let mut host = host("restart/1000");
    host.start_and_connect();
    host.report(ServiceState::Running, 1);
    restore(&mut host, 3, &[3]);
    assert_eq!(found(&mut host, 3), Answer::Accepted);
    assert_eq!((host.run(), host.record.pid()), (run(3), 99));
    assert_eq!(host.record.failure_count, 0);
    assert_eq!(host.log(), [1005]);
    // It says again how it is, when it comes back with another channel.
    host.connected(run(3), 99);
    host.report(ServiceState::Running, 1);
    host.exited(run(3), ProcessExit::Exited(1));
    assert_eq!(host.record.failure_count, 1, "its end counts");
}

#[test]
fn a_run_that_the_host_has_still_is_the_same() {
    let mut host = host("restart/1000");
    host.start_and_connect();
    host.report(ServiceState::Running, 1);
    let controls = host.record.run.as_ref().unwrap().controls_sent;
    restore(&mut host, 1, &[1]);
    assert_eq!(found(&mut host, 1), Answer::Accepted);
    let current = host.record.run.as_ref().unwrap();
    assert_eq!((current.id, current.phase), (run(1), RunPhase::Active));
    assert!(
        current.controls_sent > controls + 1000,
        "none is sent twice"
    );
}

#[test]
fn numbers_of_runs_that_are_over_are_not_given_again() {
    let mut host = host("");
    host.start_and_connect();
    restore(&mut host, 7, &[]);
    assert_eq!(host.record.state, ServiceState::Stopped);
    assert_eq!(host.record.failure_count, 0);
    host.start();
    assert_eq!(host.run(), run(8));
}

#[test]
fn of_old_recovery_actions_only_a_restart_is_carried_out_and_only_while_nothing_runs() {
    for (actions, last, has, kept) in [
        ("restart/90000", 1, &[][..], 1),
        ("restart/90000", 2, &[2], 0),
        ("run/90000", 1, &[], 0),
        ("reboot/90000", 1, &[], 0),
    ] {
        let mut host = host(actions);
        host.start_and_connect();
        host.crash();
        assert_eq!(host.record.pending_actions.len(), 1);
        restore(&mut host, last, has);
        let pending = host.record.pending_actions.len();
        assert_eq!(pending, kept, "{actions}, {has:?}");
    }
}

/// The host has not told yet that the one before has ended.
#[test]
fn a_newer_run_that_the_host_has_shows_that_the_one_before_has_ended() {
    let mut host = host("");
    host.start_and_connect();
    host.report(ServiceState::Stopped, 0);
    assert_eq!(host.record.previous.as_ref().unwrap().run, run(1));
    restore(&mut host, 2, &[1, 2]);
    assert_eq!(found(&mut host, 2), Answer::Accepted);
    assert_eq!(host.run(), run(2));
    assert_eq!(
        host.exited(run(1), ProcessExit::Exited(0)),
        Answer::Stale,
        "nothing waits for it"
    );
}
