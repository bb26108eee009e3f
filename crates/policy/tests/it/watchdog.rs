//! A run without heartbeats (X40).

use std::time::Duration;

use relance_policy::simulate::{Script, simulate};
use relance_policy::{Action, Answer, EndReason, Input};
use relance_scm::settings::WATCHDOG;
use relance_scm::status::ProcessExit;
use relance_scm::{EndCauseKind, ServiceKind, ServiceState};

use crate::support::{Host, service};

fn watched(kind: ServiceKind) -> Host {
    let mut config = service("restart/60000");
    config.kind = kind;
    config
        .extensions
        .set(WATCHDOG, Some(Duration::from_secs(30)));
    Host::new(config)
}

#[test]
fn x40_only_a_run_that_runs_is_watched() {
    let mut host = watched(ServiceKind::Service);
    host.start();
    assert_eq!(host.record.watched(), None, "it has no process yet");
    let run = host.run();
    host.spawned(run, 7);
    host.connected(run, 7);
    assert_eq!(host.record.watched(), None, "it has not reported RUNNING");
    host.report(ServiceState::Running, 1);
    assert_eq!(host.record.watched(), Some((run, Duration::from_secs(30))));
    host.report(ServiceState::Paused, 1);
    assert_eq!(host.record.watched(), None);
}

#[test]
fn x40_its_end_is_a_crash_with_a_cause_of_its_own() {
    let mut host = watched(ServiceKind::Program);
    let run = host.start_and_connect();
    assert_eq!(host.input(Input::Hung { run }), Answer::Accepted);
    assert!(host.did(&Action::Terminate(run)));
    assert_eq!(
        host.record.state,
        ServiceState::Running,
        "until it has ended"
    );
    assert_eq!(host.input(Input::Hung { run }), Answer::Stale, "once");
    host.exited(run, ProcessExit::Signaled(9));
    let end = host.record.last_end.clone().expect("it has ended");
    assert_eq!((end.reason, end.failure), (EndReason::Crashed, Some(1)));
    let cause = end.cause.expect("one is known");
    assert_eq!(cause.kind, EndCauseKind::Hung);
    assert!(host.log().contains(&1012));
}

#[test]
fn x40_an_old_run_and_one_that_is_being_stopped_do_not_hang() {
    let mut host = watched(ServiceKind::Program);
    let run = host.start_and_connect();
    host.input(Input::TerminateRequested);
    assert_eq!(host.input(Input::Hung { run }), Answer::Stale);
    host.exited(run, ProcessExit::Signaled(9));
    assert_eq!(host.input(Input::Hung { run }), Answer::Stale);
    assert_eq!(host.record.failure_count, 0);
}

#[test]
fn x40_the_simulator_shows_what_follows_when_a_service_hangs() {
    let mut config = service("restart/60000");
    config.kind = ServiceKind::Program;
    let script: Script = "hang @10s".parse().expect("a legal script");
    assert_eq!(script.moments[0].what.to_string(), "hang");
    assert_eq!(
        simulate(&config, &script).failure_count,
        0,
        "nobody notices"
    );
    config
        .extensions
        .set(WATCHDOG, Some(Duration::from_secs(30)));
    let timeline = simulate(&config, &script);
    assert_eq!(
        (timeline.failure_count, timeline.final_state),
        (1, ServiceState::Running)
    );
    assert_eq!(timeline.end.as_nanos(), 100_000_000_000);
    let (_, first) = timeline.logged().next().expect("an entry");
    assert_eq!(first.id(), 1012, "the cause before what it brings");
}
