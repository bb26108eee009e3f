//! What exit statuses may ask for: another start, none at all, or to be a failure; and starts that fail
//! where they count.

use std::time::Duration;

use proptest::prelude::*;
use relance_policy::input::DependencyFailure;
use relance_policy::{Action, EndReason, Input, SpawnFailure, StartCause, Timer};
use relance_scm::config::Dependency;
use relance_scm::failure_actions::ActionList;
use relance_scm::settings::{
    FAIL_ON_EXIT, NO_RESTART_ON_EXIT, RESTART_ON_EXIT, RESTART_ON_EXIT_DELAY,
    RESTART_ON_EXIT_LIMIT, RETRY_FAILED_STARTS,
};
use relance_scm::status::ProcessExit;
use relance_scm::{Control, ExitCode, ResetPeriod, ServiceConfig, ServiceState, Win32Error};

use crate::support::{Host, config};

fn program(actions: &str, settings: impl Fn(&mut ServiceConfig)) -> Host {
    let actions: ActionList = actions.parse().unwrap();
    let mut config = config(&actions.0, ResetPeriod::Seconds(60));
    config.failure_actions_on_non_crash_failures = true;
    settings(&mut config);
    Host::program(config)
}

/// A service that runs and says STOPPED itself.
fn service(settings: impl Fn(&mut ServiceConfig)) -> Host {
    let mut config = config(&[], ResetPeriod::Seconds(60));
    settings(&mut config);
    let mut host = Host::new(config);
    host.start_and_connect();
    host.report(ServiceState::Running, 1);
    host.actions.clear();
    host
}

fn spawned(host: &mut Host) {
    let run = host.run();
    host.spawned(run, 100);
}

fn ends(host: &mut Host, status: i32) {
    let run = host.run();
    host.exited(run, ProcessExit::Exited(status));
}

fn spawn_fails(host: &mut Host) {
    let failure = SpawnFailure {
        error: Win32Error::FILE_NOT_FOUND,
        logon: false,
    };
    let run = host.run();
    host.input(Input::SpawnFailed { run, failure });
}

fn reason(host: &Host) -> EndReason {
    host.record.last_end.as_ref().unwrap().reason
}

#[test]
fn x2_a_planned_restart_may_wait() {
    let delay = Duration::from_secs(5);
    let mut host = program("none/0", |config| {
        config.extensions.set(RESTART_ON_EXIT, [1].into());
        config.extensions.set(RESTART_ON_EXIT_DELAY, delay);
    });
    ends(&mut host, 1);
    assert_eq!(host.log(), [1001]);
    let (before, run) = (host.now, host.run());
    assert_eq!(host.next_timer(), Timer::Recycle(run));
    assert_eq!(host.now - before, delay);
    assert!(host.did(&Action::Spawn(run)));
    assert_eq!(host.record.failure_count, 0);
}

#[test]
fn x2_a_service_asks_with_the_code_of_its_stop() {
    let codes = [(0, ExitCode::SUCCESS), (75, ExitCode::ServiceSpecific(75))];
    for (status, code) in codes {
        let mut host = service(|config| config.extensions.set(RESTART_ON_EXIT, [status].into()));
        let first = host.run();
        host.report_with(ServiceState::Stopped, 0, code, 0, 0);
        assert_eq!(host.log(), [1001]);
        assert_eq!(host.record.state, ServiceState::StartPending);
        let run = host.run();
        assert!(
            !host.did(&Action::Spawn(run)),
            "the process before still runs"
        );
        host.exited(first, ProcessExit::Exited(0));
        assert!(host.did(&Action::Spawn(run)));
        assert_eq!(host.record.run.as_ref().unwrap().cause, StartCause::Recycle);
        assert_eq!(host.record.failure_count, 0);
    }
}

#[test]
fn x2_a_service_that_was_asked_to_stop_stays_stopped() {
    let mut host = service(|config| config.extensions.set(RESTART_ON_EXIT, [0].into()));
    host.input(Input::ControlRequested {
        control: Control::Stop,
        dependents_active: false,
    });
    host.report(ServiceState::Stopped, 0);
    assert_eq!(host.record.state, ServiceState::Stopped);
    assert_eq!(reason(&host), EndReason::Stopped);
}

#[test]
fn x11_one_planned_restart_too_many_is_a_failure() {
    let mut host = program("restart/60000", |config| {
        config.extensions.set(RESTART_ON_EXIT, [0].into());
        config.extensions.set(RESTART_ON_EXIT_LIMIT, Some(2));
    });
    for _ in 0..2 {
        host.now = host.now + Duration::from_secs(2);
        ends(&mut host, 0);
        assert_eq!(host.log(), [1001]);
        spawned(&mut host);
        host.actions.clear();
    }
    ends(&mut host, 0);
    assert_eq!(host.log(), [1031, 7031, 7036]);
    assert_eq!(reason(&host), EndReason::RecycledTooOften(0));
    assert_eq!(host.record.pending_actions.len(), 1);
}

#[test]
fn x11_the_limit_counts_within_its_period() {
    let mut host = program("restart/60000", |config| {
        config.extensions.set(RESTART_ON_EXIT, [0].into());
        config.extensions.set(RESTART_ON_EXIT_LIMIT, Some(1));
    });
    for _ in 0..3 {
        ends(&mut host, 0);
        assert_eq!(host.log(), [1001]);
        spawned(&mut host);
        host.actions.clear();
        host.now = host.now + Duration::from_secs(60);
    }
}

#[test]
fn x12_nothing_follows_a_final_status() {
    let mut host = program("restart/0", |config| {
        config.extensions.set(NO_RESTART_ON_EXIT, [78].into());
        config.extensions.set(RESTART_ON_EXIT, [78].into());
    });
    ends(&mut host, 78);
    assert_eq!(host.log(), [7024, 1032, 7036]);
    assert_eq!(host.record.state, ServiceState::Stopped);
    assert_eq!(host.record.exit_code, ExitCode::ServiceSpecific(78));
    assert_eq!(reason(&host), EndReason::Final(78));
    assert_eq!(host.record.failure_count, 0);
    assert_eq!(host.record.next_deadline(), None);
}

#[test]
fn x12_of_a_service_it_is_the_code_of_its_stop() {
    let mut host = service(|config| {
        config.failure_actions_on_non_crash_failures = true;
        config.failure_actions.actions = "restart/0".parse::<ActionList>().unwrap().0.into();
        config.extensions.set(NO_RESTART_ON_EXIT, [78].into());
    });
    host.report_with(
        ServiceState::Stopped,
        0,
        ExitCode::ServiceSpecific(78),
        0,
        0,
    );
    assert_eq!(host.log(), [7024, 1032, 7036]);
    assert_eq!(host.record.failure_count, 0);
}

#[test]
fn x13_only_the_listed_statuses_are_failures() {
    let only_1 = |config: &mut ServiceConfig| config.extensions.set(FAIL_ON_EXIT, [1].into());
    let mut host = program("restart/5000", only_1);
    ends(&mut host, 3);
    assert_eq!(host.log(), [7024, 7036]);
    assert_eq!(reason(&host), EndReason::NotListed);

    let mut host = program("restart/5000", only_1);
    ends(&mut host, 1);
    assert_eq!(host.log(), [7024, 7031, 7036]);

    let mut host = program("restart/5000", only_1);
    let run = host.run();
    host.exited(run, ProcessExit::Signaled(11));
    assert_eq!(host.record.failure_count, 1, "a signal is a crash as ever");
}

#[test]
fn x13_even_status_0_may_be_a_failure() {
    let mut host = program("restart/5000", |config| {
        config.extensions.set(FAIL_ON_EXIT, [0, 1].into());
    });
    ends(&mut host, 0);
    assert_eq!(host.log(), [7031, 7036]);
    assert_eq!(host.record.exit_code, ExitCode::SUCCESS);
}

/// What exit statuses mean to a program.
#[derive(Clone, Debug)]
struct Meant {
    fail: Vec<u8>,
    last: Vec<u8>,
    flag: bool,
    has_actions: bool,
}

/// A plain reading of R1, R3, R5, X12 and X13: what is logged of the end of a program that nobody has asked to stop, and
/// whether it counts.
fn told(meant: &Meant, exit: ProcessExit) -> (Vec<u32>, bool) {
    let failure = if meant.has_actions { 7031 } else { 7034 };
    let ProcessExit::Exited(status) = exit else {
        return (vec![failure], true);
    };
    let is_among = |list: &[u8]| list.iter().any(|listed| i32::from(*listed) == status);
    let mut log = Vec::new();
    if status != 0 {
        log.push(7024);
    }
    if is_among(&meant.last) {
        log.push(1032);
        return (log, false);
    }
    let is_error = if meant.fail.is_empty() {
        status != 0
    } else {
        is_among(&meant.fail)
    };
    let counts = is_error && meant.flag && meant.has_actions;
    if counts {
        log.push(failure);
    }
    (log, counts)
}

fn meant() -> impl Strategy<Value = Meant> {
    let fail = prop::sample::subsequence(vec![0_u8, 1, 3, 255], 0..=4);
    let last = prop::sample::subsequence(vec![0_u8, 3, 78], 0..=3);
    let flags = (any::<bool>(), any::<bool>());
    (fail, last, flags).prop_map(|(fail, last, (flag, has_actions))| Meant {
        fail,
        last,
        flag,
        has_actions,
    })
}

fn an_end() -> impl Strategy<Value = ProcessExit> {
    let status = prop::sample::select(vec![0, 1, 2, 3, 78, 255]);
    let signal = prop::sample::select(vec![9, 11]);
    prop_oneof![
        3 => status.prop_map(ProcessExit::Exited),
        1 => signal.prop_map(ProcessExit::Signaled),
    ]
}

proptest! {
    #[test]
    fn x13_ends_of_programs_are_judged_as_a_plain_reading_of_the_rules_says(
        meant in meant(),
        ends in prop::collection::vec(an_end(), 1..10),
    ) {
        let actions = if meant.has_actions { "restart/1000" } else { "" };
        let mut host = program(actions, |config| {
            config.failure_actions_on_non_crash_failures = meant.flag;
            config.extensions.set(FAIL_ON_EXIT, meant.fail.iter().copied().collect());
            config.extensions.set(NO_RESTART_ON_EXIT, meant.last.iter().copied().collect());
        });
        let mut count = 0;
        for end in ends {
            let run = host.run();
            host.exited(run, end);
            let (log, counts) = told(&meant, end);
            count += u32::from(counts);
            let judged = host.log().into_iter().filter(|id| *id != 7036);
            prop_assert_eq!(judged.collect::<Vec<_>>(), log, "{:?} of {:?}", end, &meant);
            prop_assert_eq!(host.record.failure_count, count);
            // All of this happens within the reset period.
            if counts && meant.has_actions {
                host.next_timer();
            } else {
                host.start();
            }
            spawned(&mut host);
            host.actions.clear();
        }
    }
}

#[test]
fn x14_a_start_that_fails_counts_where_it_is_wanted() {
    let mut host = program("restart/1000/restart/2000", |config| {
        config.extensions.set(RETRY_FAILED_STARTS, true);
    });
    let run = host.run();
    host.exited(run, ProcessExit::Signaled(9));
    host.next_timer();
    host.actions.clear();
    // The folder is away when the first restart comes.
    spawn_fails(&mut host);
    assert_eq!(host.log(), [7000, 7032, 7031]);
    let end = host.record.last_end.clone().unwrap();
    assert_eq!(end.failure, Some(2));
    let before = host.now;
    host.next_timer();
    assert_eq!((host.now - before).as_secs(), 2);
    spawned(&mut host);
    assert_eq!(host.record.state, ServiceState::Running);
}

#[test]
fn x14_a_service_that_does_not_connect_is_retried_as_well() {
    let actions: ActionList = "restart/1000".parse().unwrap();
    let mut config = config(&actions.0, ResetPeriod::Seconds(60));
    config.extensions.set(RETRY_FAILED_STARTS, true);
    let mut host = Host::new(config);
    host.start();
    spawned(&mut host);
    ends(&mut host, 1);
    assert_eq!(host.log(), [7009, 7000, 7031]);
}

#[test]
fn x14_failed_starts_do_not_follow_one_another_without_a_pause() {
    let mut host = program("restart/0", |config| {
        config.extensions.set(RETRY_FAILED_STARTS, true);
    });
    ends(&mut host, 0);
    host.start();
    for _ in 0..3 {
        let before = host.now;
        spawn_fails(&mut host);
        host.next_timer();
        assert_eq!((host.now - before).as_secs(), 1);
    }
}

#[test]
fn x14_what_must_run_first_has_a_policy_of_its_own() {
    let mut host = program("restart/0", |config| {
        config.extensions.set(RETRY_FAILED_STARTS, true);
        let needed = relance_scm::ServiceName::new("db").unwrap();
        config.dependencies = [Dependency::Service(needed)].into();
    });
    let run = host.run();
    let result = Err(DependencyFailure::Loop);
    host.input(Input::DependenciesResolved { run, result });
    assert_eq!(host.log(), [7017]);
    assert_eq!(host.record.next_deadline(), None);
}

#[test]
fn x14_a_start_that_was_stopped_or_shut_down_is_not_retried() {
    let retried = |config: &mut ServiceConfig| config.extensions.set(RETRY_FAILED_STARTS, true);
    for input in [
        Input::ControlRequested {
            control: Control::Stop,
            dependents_active: false,
        },
        Input::ShutdownRequested {
            limits: relance_policy::ShutdownLimits::default(),
            needed: false,
        },
    ] {
        let mut host = program("restart/0", retried);
        ends(&mut host, 0);
        host.start();
        host.input(input);
        spawn_fails(&mut host);
        assert_eq!(host.record.failure_count, 0);
        assert_eq!(host.record.next_deadline(), None);
    }
}

#[test]
fn r8_9_without_it_a_failed_start_is_no_failure() {
    let mut host = program("restart/0", |_| {});
    ends(&mut host, 0);
    host.start();
    host.actions.clear();
    spawn_fails(&mut host);
    assert_eq!(host.log(), [7000]);
    assert_eq!(host.record.failure_count, 0);
}
