//! What a run says of itself: that it is ready (X41), and the rest of systemd's protocol (X42).

use std::time::Duration;

use relance_policy::explain::explain;
use relance_policy::{Action, Answer, EndReason, Input, Notice, Timer};
use relance_scm::config::Readiness;
use relance_scm::settings::{
    READY, READY_AFTER, START_DEADLINE, STOP_GRACE, WATCHDOG, WATCHDOG_SIGNAL,
};
use relance_scm::status::ProcessExit;
use relance_scm::{Control, EndCause, EndCauseKind, ServiceConfig, ServiceState};

use crate::support::{Host, service};

const SECOND: Duration = Duration::from_secs(1);

/// A program that says when it is ready, whose process was just created.
fn signing(settings: impl Fn(&mut ServiceConfig)) -> Host {
    let mut config = service("restart/60000");
    config.failure_actions_on_non_crash_failures = true;
    config.extensions.set(READY, Some(Readiness::Notify));
    settings(&mut config);
    Host::program(config)
}

fn say(host: &mut Host, notice: Notice) -> Answer {
    let run = host.run();
    host.input(Input::Noticed { run, notice })
}

fn is_pending(host: &Host) -> bool {
    host.record.state == ServiceState::StartPending
}

#[test]
fn x41_a_program_is_running_when_it_says_that_it_is_ready() {
    let mut host = signing(|_| {});
    assert!(is_pending(&host));
    let why = explain(&host.record, host.now)[0].of(relance_texts::Lang::En);
    assert!(
        why.contains("has not said that it is ready (notify)"),
        "{why}"
    );
    assert_eq!(say(&mut host, Notice::Ready), Answer::Accepted);
    assert_eq!(host.record.state, ServiceState::Running);
    assert_eq!(host.log(), [7036]);
    assert_eq!(host.record.next_deadline(), None);
    let before = host.record.clone();
    assert_eq!(say(&mut host, Notice::Ready), Answer::Stale, "again");
    assert_eq!(host.record, before, "nothing to commit");
}

#[test]
fn x41_without_a_word_it_is_killed_after_90_s_or_at_its_own_deadline() {
    for (own, expected) in [(None, SECOND * 90), (Some(SECOND * 5), SECOND * 5)] {
        let mut host = signing(|config| config.extensions.set(START_DEADLINE, own));
        let (before, run) = (host.now, host.run());
        assert_eq!(host.next_timer(), Timer::StartDeadline(run));
        assert_eq!(host.now - before, expected);
        assert!(host.did(&Action::Terminate(run)));
        assert_eq!(say(&mut host, Notice::Ready), Answer::Stale, "too late");
        host.exited(run, ProcessExit::Signaled(9));
        let end = host.record.last_end.clone().expect("it has ended");
        assert_eq!(
            (end.reason, end.failure),
            (EndReason::StartOverdue, Some(1))
        );
    }
}

#[test]
fn x41_it_may_have_to_stay_up_after_it_has_said_so() {
    let mut host = signing(|config| config.extensions.set(READY_AFTER, SECOND));
    let (before, run) = (host.now, host.run());
    say(&mut host, Notice::Ready);
    assert!(is_pending(&host));
    assert_eq!(host.next_timer(), Timer::Ready(run));
    assert_eq!(host.now - before, SECOND);
    assert_eq!(host.record.state, ServiceState::Running);
}

#[test]
fn x41_what_a_service_or_another_run_says_makes_nothing_running() {
    let mut host = Host::new(service("restart/60000"));
    host.start_and_connect();
    assert_eq!(say(&mut host, Notice::Ready), Answer::Stale);
    assert!(is_pending(&host), "it says RUNNING over its channel");
    let mut host = signing(|_| {});
    let mut run = host.run();
    run.number += 1;
    let notice = Notice::Ready;
    assert_eq!(host.input(Input::Noticed { run, notice }), Answer::Stale);
    assert!(is_pending(&host));
}

#[test]
fn x42_who_says_that_it_stops_has_its_grace_and_its_end_is_judged_as_ever() {
    let grace = |config: &mut ServiceConfig| config.extensions.set(STOP_GRACE, SECOND * 7);
    for (exit, failures) in [
        (ProcessExit::Exited(0), 0),
        (ProcessExit::Exited(1), 1),
        (ProcessExit::Signaled(11), 1),
    ] {
        let mut host = signing(grace);
        say(&mut host, Notice::Ready);
        say(&mut host, Notice::Stopping);
        assert_eq!(host.record.state, ServiceState::StopPending);
        assert_eq!(say(&mut host, Notice::Ready), Answer::Stale);
        assert_eq!(host.record.state, ServiceState::StopPending);
        let run = host.run();
        host.exited(run, exit);
        assert_eq!(host.record.failure_count, failures, "{exit:?}");
    }
    let mut host = signing(grace);
    let (before, run) = (host.now, host.run());
    say(&mut host, Notice::Stopping);
    assert_eq!(
        host.next_timer(),
        Timer::Kill(run),
        "also before it is ready"
    );
    assert_eq!(host.now - before, SECOND * 7);
    assert!(host.did(&Action::Terminate(run)));
}

#[test]
fn x42_a_start_and_a_stop_take_longer_if_it_says_so() {
    let mut host = signing(|_| {});
    let start = host.now;
    host.now = start + SECOND * 80;
    say(&mut host, Notice::Extend(SECOND * 30));
    let run = host.run();
    assert_eq!(
        host.record.next_deadline(),
        Some((start + SECOND * 110, Timer::StartDeadline(run)))
    );
    let before = host.record.clone();
    say(&mut host, Notice::Extend(SECOND * 30));
    say(&mut host, Notice::Extend(SECOND));
    assert_eq!(
        host.record, before,
        "not shortened, and not moved by nothing"
    );
    say(&mut host, Notice::Ready);
    say(&mut host, Notice::Extend(SECOND * 30));
    assert_eq!(host.record.next_deadline(), None, "there is none to move");
    host.input(Input::ControlRequested {
        control: Control::Stop,
        dependents_active: false,
    });
    say(&mut host, Notice::Extend(Duration::MAX));
    let day = Duration::from_secs(86_400);
    assert_eq!(
        host.record.next_deadline(),
        Some((host.now + day, Timer::Kill(run)))
    );
    host.input(Input::TerminateRequested);
    let before = host.record.clone();
    say(&mut host, Notice::Extend(day * 2));
    assert_eq!(host.record, before, "not the end by force");
}

#[test]
fn x42_it_may_have_another_watchdog_or_take_itself_for_hung() {
    let mut host = signing(|config| config.extensions.set(WATCHDOG, Some(SECOND * 30)));
    assert_eq!(host.record.watched(), None);
    say(&mut host, Notice::Ready);
    let run = host.run();
    say(&mut host, Notice::Watchdog(SECOND * 5));
    assert_eq!(host.record.watched(), Some((run, SECOND * 5)));
    host.actions.clear();
    assert_eq!(say(&mut host, Notice::Hung), Answer::Accepted);
    assert!(host.did(&Action::Terminate(run)));
    assert_eq!(host.log(), [1014]);
    assert_eq!(say(&mut host, Notice::Hung), Answer::Stale, "once");
    host.exited(run, ProcessExit::Signaled(9));
    let end = host.record.last_end.clone().expect("it has ended");
    assert_eq!(end.cause.expect("it was told").kind, EndCauseKind::Hung);
    assert_eq!(end.failure, Some(1));
}

#[test]
fn x42_why_it_ends_is_on_record() {
    let mut host = signing(|_| {});
    say(&mut host, Notice::Error("no such file, as it said".into()));
    let run = host.run();
    host.exited(run, ProcessExit::Exited(1));
    let end = host.record.last_end.clone().expect("it has ended");
    assert_eq!(
        end.cause.expect("it was told").to_string(),
        "fatal error: no such file, as it said"
    );
}

#[test]
fn x42_what_is_not_given_is_in_the_log() {
    let mut host = signing(|_| {});
    say(
        &mut host,
        Notice::Refused("descriptors to be kept (FDSTORE=1)"),
    );
    assert_eq!(host.log(), [1013]);
}

#[test]
fn x43_a_run_that_fails_its_probes_hangs_and_one_that_is_over_does_not() {
    let mut host = signing(|config| config.extensions.set(READY, None));
    let run = host.run();
    assert_eq!(host.record.state, ServiceState::Running);
    let notice = Notice::Unwell("tcp:[::1]:1: refused".into());
    assert_eq!(say(&mut host, notice.clone()), Answer::Accepted);
    assert!(host.did(&Action::Terminate(run)));
    assert_eq!(host.log(), [1014]);
    assert_eq!(say(&mut host, notice), Answer::Stale, "it is ended already");
    host.exited(run, ProcessExit::Signaled(9));
    assert_eq!(host.record.failure_count, 1);
}

#[test]
fn x44_a_hung_run_may_leave_a_dump_before_it_is_killed() {
    for (exit, after) in [
        (ProcessExit::Exited(0), Duration::ZERO),
        (ProcessExit::Signaled(6), Duration::ZERO),
        (ProcessExit::Signaled(9), SECOND * 7),
    ] {
        let mut host = signing(|config| {
            config.extensions.set(READY, None);
            config.extensions.set(WATCHDOG, Some(SECOND * 30));
            config.extensions.set(WATCHDOG_SIGNAL, Some(6));
            config.extensions.set(STOP_GRACE, SECOND * 7);
        });
        let run = host.run();
        host.actions.clear();
        host.input(Input::Hung { run });
        assert!(host.did(&Action::Signal { run, signal: 6 }));
        assert!(!host.did(&Action::Terminate(run)));
        assert_eq!(host.log(), [1012]);
        if !after.is_zero() {
            let before = host.now;
            assert_eq!(host.next_timer(), Timer::Kill(run));
            assert_eq!(host.now - before, after);
            assert!(host.did(&Action::Terminate(run)));
        }
        say(&mut host, Notice::Error("aborted".into()));
        let cause = EndCause::new(EndCauseKind::OutOfMemory, "").into();
        host.input(Input::CauseTold { run, cause });
        host.exited(run, exit);
        let end = host.record.last_end.clone().expect("it has ended");
        assert_eq!((end.reason, end.failure), (EndReason::Crashed, Some(1)));
        assert_eq!(end.cause.expect("it hung").kind, EndCauseKind::Hung);
    }
}
