//! Soft ceilings: a run that has reached one is recycled (X55 to X57).

use std::time::Duration;

use relance_policy::record::RecyclePhase;
use relance_policy::simulate::{Script, simulate};
use relance_policy::{Action, Answer, EndReason, Input, Notice, StartCause, Timer};
use relance_scm::ceiling::Ceiling;
use relance_scm::settings::{
    RECYCLE_ABOVE, RECYCLE_AFTER, RECYCLE_JITTER, STOP_DEADLINE, STOP_GRACE,
};
use relance_scm::status::ProcessExit;
use relance_scm::{Control, ServiceConfig, ServiceKind, ServiceState};

use crate::support::{Host, service};

const MEMORY: Ceiling = Ceiling::Memory(300 << 20);
const GRACE: Duration = Duration::from_secs(10);

/// A program that runs.
fn program(change: impl FnOnce(&mut ServiceConfig)) -> Host {
    let mut config = service("restart/60000");
    config.failure_actions_on_non_crash_failures = true;
    config.extensions.set(STOP_GRACE, GRACE);
    change(&mut config);
    Host::program(config)
}

fn reached(host: &mut Host, ceiling: Ceiling) -> Answer {
    let run = host.run();
    host.input(Input::CeilingReached { run, ceiling })
}

fn turn(host: &mut Host) -> Answer {
    let run = host.run();
    host.input(Input::RecycleTurn { run, in_use: false })
}

fn stop(host: &mut Host) -> Answer {
    host.input(Input::ControlRequested {
        control: Control::Stop,
        dependents_active: false,
    })
}

/// A program that was asked to stop because it has reached a ceiling.
fn stopping() -> Host {
    let mut host = program(|_| {});
    reached(&mut host, MEMORY);
    turn(&mut host);
    assert_eq!(host.record.state, ServiceState::StopPending);
    host
}

#[test]
fn x55_a_run_that_reaches_a_ceiling_is_stopped_and_started_again_and_nothing_counts() {
    for status in [0, 1, 143] {
        let mut host = program(|_| {});
        let run = host.run();
        assert_eq!(reached(&mut host, MEMORY), Answer::Accepted);
        assert_eq!(host.record.state, ServiceState::Running, "until its turn");
        assert!(host.record.waits_for_recycling());
        assert_eq!(
            reached(&mut host, Ceiling::TimeOfDay),
            Answer::Stale,
            "once"
        );
        assert_eq!(turn(&mut host), Answer::Accepted);
        assert!(host.did(&Action::SignalStop(run)));
        host.exited(run, ProcessExit::Exited(status));
        let next = host.record.run.clone().expect("it starts again");
        assert_eq!(next.id.number, run.number + 1);
        assert_eq!(next.cause, StartCause::Ceiling(MEMORY));
        assert_eq!(host.record.failure_count, 0, "status {status}");
        assert!(host.record.pending_actions.is_empty());
        let end = host.record.last_end.clone().expect("it has ended");
        assert_eq!(end.ceiling, Some(MEMORY));
        assert!(host.log().contains(&1047));
    }
}

#[test]
fn x55_a_service_is_recycled_by_its_control() {
    let mut host = Host::new(service("restart/60000"));
    let run = host.start_and_connect();
    host.report(ServiceState::Running, 1);
    reached(&mut host, Ceiling::Jobs(1000));
    turn(&mut host);
    let sent = host.actions.iter().any(|action| {
        matches!(
            action,
            Action::DeliverControl {
                control: Control::Stop,
                ..
            }
        )
    });
    assert!(sent);
    host.report(ServiceState::Stopped, 0);
    host.exited(run, ProcessExit::Exited(0));
    let next = host.record.run.clone().expect("it starts again");
    assert_eq!(next.cause, StartCause::Ceiling(Ceiling::Jobs(1000)));
    assert_eq!(host.record.failure_count, 0);
}

#[test]
fn x55_an_age_is_reached_by_itself() {
    let hour = Duration::from_secs(3600);
    let mut host = program(|config| config.extensions.set(RECYCLE_AFTER, Some(hour)));
    let run = host.run();
    assert_eq!(host.next_timer(), Timer::TooOld(run));
    let recycle = host.record.run.as_ref().and_then(|run| run.recycle);
    let recycle = recycle.expect("it is an hour old");
    assert_eq!(recycle.ceiling, Ceiling::age(hour));
    assert_eq!(recycle.phase, RecyclePhase::Turn);
}

#[test]
fn x55_an_age_of_nothing_is_no_ceiling_and_a_tiny_one_no_loop() {
    let mut host = program(|config| config.extensions.set(RECYCLE_AFTER, Some(Duration::ZERO)));
    assert_eq!(host.record.next_deadline(), None);
    let tiny = Duration::from_millis(1);
    host = program(|config| config.extensions.set(RECYCLE_AFTER, Some(tiny)));
    let (at, _) = host.record.next_deadline().expect("it is a ceiling");
    assert_eq!(at, host.now + Duration::from_secs(1));
    let huge = Duration::from_millis(u64::MAX);
    host = program(|config| config.extensions.set(RECYCLE_AFTER, Some(huge)));
    assert!(host.record.next_deadline().is_some());
}

#[test]
fn x55_jitter_spreads_runs_and_is_the_same_for_each() {
    let minute = Duration::from_secs(60);
    let mut host = program(|config| config.extensions.set(RECYCLE_JITTER, minute));
    let mut waits = Vec::new();
    for _ in 0..4 {
        let began = host.now;
        reached(&mut host, MEMORY);
        let run = host.run();
        assert_eq!(
            turn(&mut host),
            Answer::Stale,
            "not before its jitter is over"
        );
        assert_eq!(host.next_timer(), Timer::Spread(run));
        waits.push(host.now - began);
        turn(&mut host);
        host.exited(run, ProcessExit::Exited(0));
        let next = host.run();
        host.spawned(next, 4);
    }
    assert!(waits.iter().all(|wait| *wait < minute), "{waits:?}");
    waits.dedup();
    assert_eq!(waits.len(), 4, "{waits:?}");
}

#[test]
fn x57_it_is_not_killed_for_taking_long_and_that_is_said_once() {
    let mut host = stopping();
    let run = host.run();
    assert_eq!(host.next_timer(), Timer::SlowRecycle(run));
    assert!(host.log().contains(&1049));
    assert_eq!(host.record.next_deadline(), None, "it has all the time");
    assert!(!host.did(&Action::Terminate(run)));
    host.exited(run, ProcessExit::Exited(0));
    assert!(host.record.run.is_some());
}

#[test]
fn x57_a_stop_deadline_does_not_end_a_service_that_is_recycled() {
    let mut config = service("restart/60000");
    config.extensions.set(STOP_DEADLINE, Some(GRACE));
    let mut host = Host::new(config);
    let run = host.start_and_connect();
    host.report(ServiceState::Running, 1);
    reached(&mut host, MEMORY);
    turn(&mut host);
    host.report(ServiceState::StopPending, 0);
    let run_now = host.record.run.clone().expect("it stops");
    assert_eq!(run_now.kill_at, None);
    assert_eq!(host.next_timer(), Timer::SlowRecycle(run));
}

#[test]
fn x57_somebody_who_stops_it_gets_the_usual_stop() {
    let mut host = stopping();
    let run = host.run();
    assert!(matches!(stop(&mut host), Answer::Control(..)));
    assert_eq!(host.next_timer(), Timer::Kill(run));
    host.exited(run, ProcessExit::Signaled(9));
    assert_eq!(host.record.state, ServiceState::Stopped, "and no restart");
    assert_eq!(host.record.failure_count, 0);
}

#[test]
fn x57_somebody_who_restarts_it_gets_the_usual_restart() {
    let mut host = stopping();
    let run = host.run();
    let answer = host.input(Input::RestartRequested {
        dependents_active: false,
        with_dependents: false,
        after: None,
    });
    assert_eq!(answer, Answer::Accepted);
    assert_eq!(host.next_timer(), Timer::Kill(run));
    host.exited(run, ProcessExit::Signaled(9));
    let next = host.record.run.clone().expect("it starts again");
    assert_eq!(next.cause, StartCause::Restart);
}

#[test]
fn x57_the_managers_own_stop_ends_it_in_its_grace() {
    let mut host = stopping();
    let run = host.run();
    host.input(Input::ShutdownRequested {
        limits: relance_policy::ShutdownLimits::default(),
        needed: false,
    });
    assert_eq!(host.next_timer(), Timer::Kill(run));
}

#[test]
fn x57_terminate_ends_it_and_it_starts_again() {
    let mut host = stopping();
    let run = host.run();
    host.input(Input::TerminateRequested);
    assert!(host.did(&Action::Terminate(run)));
    host.exited(run, ProcessExit::Signaled(9));
    let end = host.record.last_end.clone().expect("it has ended");
    assert_eq!((end.reason, end.failure), (EndReason::Terminated, None));
    assert!(host.record.run.is_some());
}

/// It has failed, and its stop would not be gentle any more.
#[test]
fn x57_one_that_hangs_while_it_waits_is_not_recycled() {
    let mut host = program(|_| {});
    let run = host.run();
    reached(&mut host, MEMORY);
    let notice = Notice::Hung;
    host.input(Input::Noticed { run, notice });
    assert_eq!(turn(&mut host), Answer::Stale);
    host.exited(run, ProcessExit::Signaled(9));
    assert_eq!(host.record.failure_count, 1);
}

#[test]
fn x56_one_that_cannot_be_stopped_is_not_asked_again_in_this_run() {
    let mut host = program(|_| {});
    let run = host.run();
    reached(&mut host, MEMORY);
    let busy = Input::RecycleTurn { run, in_use: true };
    host.input(busy);
    assert!(host.log().contains(&1048), "services that need it run");
    assert_eq!(host.record.state, ServiceState::Running);
    assert_eq!(turn(&mut host), Answer::Stale);
    assert_eq!(reached(&mut host, MEMORY), Answer::Stale);
}

#[test]
fn x55_a_run_that_nobody_wants_to_go_on_reaches_nothing() {
    let mut host = program(|config| config.extensions.set(RECYCLE_ABOVE, Some(1)));
    stop(&mut host);
    assert_eq!(reached(&mut host, MEMORY), Answer::Stale);
    let mut host = program(|_| {});
    host.input(Input::DeleteRequested);
    assert_eq!(reached(&mut host, MEMORY), Answer::Stale);
    let mut host = program(|_| {});
    reached(&mut host, MEMORY);
    let run = host.run();
    host.exited(run, ProcessExit::Signaled(11));
    assert_eq!(
        host.record.failure_count, 1,
        "a crash while it waits is one"
    );
}

#[test]
fn x55_the_simulator_recycles_by_age() {
    let mut config = service("restart/60000");
    config.kind = ServiceKind::Program;
    let hour = Duration::from_secs(3600);
    config.extensions.set(RECYCLE_AFTER, Some(hour));
    let script: Script = "quiet 150m, crash".parse().expect("a legal script");
    let timeline = simulate(&config, &script);
    assert_eq!(timeline.failure_count, 1, "the crash alone");
    let told = timeline.to_string();
    assert_eq!(told.matches("is to be recycled").count(), 2, "{told}");
}

#[test]
fn x55_why_says_what_was_reached_and_what_it_waits_for() {
    let text = |host: &Host| {
        let sentences = relance_policy::explain::explain(&host.record, host.now);
        let words: Vec<String> = sentences
            .into_iter()
            .map(|text| text.of(relance_texts::Lang::En))
            .collect();
        words.join(" ")
    };
    let mut host = program(|_| {});
    reached(&mut host, MEMORY);
    let waits = text(&host);
    assert!(waits.contains("it uses 300.0 MiB of memory"), "{waits}");
    turn(&mut host);
    let stops = text(&host);
    assert!(stops.contains("as long as its job needs"), "{stops}");
    let run = host.run();
    host.exited(run, ProcessExit::Exited(0));
    let after = text(&host);
    assert!(
        after.contains("to be recycled: it uses 300.0 MiB"),
        "{after}"
    );
    assert!(after.contains("had reached a soft ceiling"), "{after}");
}
