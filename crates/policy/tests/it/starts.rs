//! Starts: S14 to S16, S35, S42, S43, S50, R8.8 to R8.13, R36, dependencies, deletion.

use std::sync::Arc;
use std::time::Duration;

use relance_policy::input::DependencyFailure;
use relance_policy::{
    Action, Answer, Input, RunId, RunPhase, ServiceId, SpawnFailure, StartCause, Timer,
};
use relance_scm::config::{Dependency, PriorityClass, StartType};
use relance_scm::event::Event;
use relance_scm::settings::{MEMORY_MAX, UMASK};
use relance_scm::status::ProcessExit;
use relance_scm::{ExitCode, ServiceConfig, ServiceName, ServiceState, Win32Error};

use crate::support::{Host, host, service};

#[test]
fn s1_a_new_service_reads_1077() {
    assert_eq!(host("").record.exit_code.win32().to_raw(), 1077);
}

#[test]
fn s14_what_is_on_record_when_a_start_begins() {
    let mut host = host("");
    assert_eq!(host.start(), Answer::Start(host.run()));
    let record = &host.record;
    assert_eq!(record.state, ServiceState::StartPending);
    assert_eq!(record.controls_accepted.to_raw(), 0);
    assert_eq!((record.checkpoint, record.wait_hint.as_millis()), (0, 2000));
    assert_eq!(record.exit_code, ExitCode::SUCCESS);
    let run = host.run();
    host.spawned(run, 77);
    assert_eq!(host.record.pid(), 77);
}

#[test]
fn s15_a_start_is_answered_when_the_service_has_connected() {
    let mut host = host("");
    host.start();
    let run = host.run();
    host.spawned(run, 77);
    let answered = Action::CompleteStart {
        run,
        result: Ok(()),
    };
    assert!(!host.did(&answered));
    host.connected(run, 77);
    assert!(host.did(&answered));
    assert_eq!(
        host.record.state,
        ServiceState::StartPending,
        "still: the service says RUNNING"
    );
}

#[test]
fn s35_the_order_of_refusals() {
    let refused = |host: &mut Host| match host.start() {
        Answer::Denied(reason) => reason.code().to_raw(),
        other => panic!("{other:?}"),
    };
    let mut host = host("");
    host.start();
    assert_eq!(refused(&mut host), 1056, "pending states included");
    let disabled = ServiceConfig {
        start_type: StartType::Disabled,
        ..service("")
    };
    host.input(Input::ConfigChanged(Arc::new(disabled)));
    assert_eq!(refused(&mut host), 1058);
    host.input(Input::DeleteRequested);
    assert_eq!(refused(&mut host), 1072);
    host.input(Input::ShutdownRequested {
        limits: Default::default(),
        needed: false,
    });
    assert_eq!(refused(&mut host), 1115);
}

#[test]
fn r8_9_a_process_that_cannot_be_created() {
    let mut host = host("restart/0");
    host.start();
    let run = host.run();
    let failure = SpawnFailure {
        error: Win32Error::FILE_NOT_FOUND,
        logon: false,
    };
    host.input(Input::SpawnFailed { run, failure });
    let error = Err(Win32Error::FILE_NOT_FOUND);
    assert!(host.did(&Action::CompleteStart { run, result: error }));
    assert_eq!(host.log(), [7000]);
    assert_eq!(host.record.state, ServiceState::Stopped);
    assert_eq!(host.record.exit_code.win32().to_raw(), 2);
    assert_eq!(host.record.failure_count, 0);
    assert!(host.record.pending_actions.is_empty());
}

#[test]
fn an_account_that_cannot_be_used_is_7038_and_7000() {
    let mut host = host("");
    host.start();
    let run = host.run();
    let failure = SpawnFailure {
        error: Win32Error::SERVICE_LOGON_FAILED,
        logon: true,
    };
    host.input(Input::SpawnFailed { run, failure });
    assert_eq!(host.log(), [7038, 7000]);
}

#[test]
fn r8_8_after_30_s_without_a_connection_the_process_is_ended_and_waited_for() {
    let mut host = host("restart/0");
    host.start();
    let run = host.run();
    host.spawned(run, 77);
    host.actions.clear();
    assert_eq!(host.next_timer(), Timer::Connect(run));
    assert_eq!(host.log(), [7009, 7000]);
    assert_eq!(host.next_timer(), Timer::Linger(run));
    assert!(host.did(&Action::Terminate(run)));
    assert_eq!(host.log(), [0; 0], "the failed start has its own entries");
    host.start();
    assert!(
        !host.did(&Action::Spawn(host.run())),
        "never two processes at a time"
    );
    host.exited(run, ProcessExit::Signaled(9));
    assert!(host.did(&Action::Spawn(host.run())));
}

#[test]
fn s50_a_process_that_outlives_its_stopped_report_is_killed_after_20_s_and_that_is_no_failure() {
    let mut host = host("restart/0");
    let run = host.start_and_connect();
    host.report(ServiceState::Stopped, 0);
    host.actions.clear();
    let before = host.now;
    assert_eq!(host.next_timer(), Timer::Linger(run));
    assert_eq!((host.now - before).as_secs(), 20);
    assert_eq!(host.log(), [1004]);
    host.next_timer();
    assert_eq!(
        host.log(),
        [0; 0],
        "a kill that is repeated is not logged again"
    );
    host.exited(run, ProcessExit::Signaled(9));
    assert_eq!(host.record.failure_count, 0, "R8.13");
    assert_eq!(host.record.next_deadline(), None);
}

#[test]
fn s42_an_automatic_start_that_hangs_is_logged_once_and_left_alone() {
    let mut host = host("");
    host.input(Input::StartRequested {
        cause: StartCause::Auto,
        arguments: [].into(),
    });
    let run = host.run();
    host.spawned(run, 1);
    host.connected(run, 1);
    host.report_with(ServiceState::StartPending, 0, ExitCode::SUCCESS, 1, 10_000);
    host.actions.clear();
    let before = host.now;
    assert_eq!(host.next_timer(), Timer::Mute(run), "X17");
    host.actions.clear();
    assert_eq!(host.next_timer(), Timer::StartHang(run));
    assert_eq!((host.now - before).as_secs(), 90, "80 s plus the wait hint");
    assert_eq!(host.log(), [7022]);
    assert_eq!(host.record.next_deadline(), None);
    assert_eq!(host.record.state, ServiceState::StartPending);
}

#[test]
fn s42_a_demand_start_may_take_as_long_as_it_likes() {
    let mut host = host("");
    let run = host.start_and_connect();
    assert_eq!(host.next_timer(), Timer::Mute(run), "it is named (X17)");
    assert_eq!(host.record.next_deadline(), None);
}

#[test]
fn e_7039_another_process_than_the_launched_one_connects() {
    let mut host = host("");
    host.start();
    let run = host.run();
    host.spawned(run, 10);
    host.actions.clear();
    host.connected(run, 11);
    assert_eq!(host.log(), [7039]);
}

fn dependent() -> Host {
    let db = Dependency::Service(ServiceName::new("db").unwrap());
    Host::new(ServiceConfig {
        dependencies: [db].into(),
        ..service("restart/0")
    })
}

#[test]
fn d2_dependencies_are_resolved_before_the_process_is_created() {
    let mut host = dependent();
    host.start();
    let run = host.run();
    assert_eq!(host.actions, [Action::ResolveDependencies(run)]);
    assert_eq!(host.record.state, ServiceState::StartPending);
    host.input(Input::DependenciesResolved {
        run,
        result: Ok(()),
    });
    assert!(host.did(&Action::Spawn(run)));
}

#[test]
fn d3_how_a_start_fails_by_its_dependencies() {
    let db = || ServiceName::new("db").unwrap();
    let rows = [
        (DependencyFailure::Missing(db()), 7003, 1075),
        (
            DependencyFailure::Failed(db(), Win32Error::SERVICE_DISABLED),
            7001,
            1068,
        ),
        (DependencyFailure::Group("net".into()), 7002, 1068),
        (DependencyFailure::Loop, 7017, 1059),
    ];
    for (failure, id, code) in rows {
        let mut host = dependent();
        host.start();
        let run = host.run();
        host.input(Input::DependenciesResolved {
            run,
            result: Err(failure),
        });
        let result = Err(Win32Error::from_raw(code));
        assert!(host.did(&Action::CompleteStart { run, result }));
        assert_eq!(host.log(), [id]);
        assert_eq!(host.record.exit_code.win32().to_raw(), code);
        assert_eq!(host.record.failure_count, 0, "R8.9");
    }
}

#[test]
fn x114_a_start_that_waits_in_vain_for_what_never_runs_is_told_once() {
    let mut host = dependent();
    let mut fails_with = |error| {
        host.start();
        let run = host.run();
        host.now = host.now + Duration::from_secs(82);
        let db = ServiceName::new("db").unwrap();
        host.input(Input::DependenciesResolved {
            run,
            result: Err(DependencyFailure::Failed(db, error)),
        });
        let told = host
            .events()
            .contains(&Event::NeededHangs("db".into(), 82_000));
        (host.log().len(), told)
    };
    let hangs = Win32Error::SERVICE_START_HANG;
    assert_eq!(fails_with(hangs), (2, true), "beside 7001");
    assert_eq!(fails_with(hangs), (1, false));
    assert_eq!(fails_with(Win32Error::SERVICE_DISABLED), (1, false));
    assert_eq!(
        fails_with(hangs),
        (2, true),
        "something else was the matter"
    );
}

#[test]
fn terminate_also_ends_a_start_that_waits() {
    let mut host = dependent();
    host.start();
    let run = host.run();
    host.input(Input::TerminateRequested);
    assert_eq!(host.record.state, ServiceState::Stopped);
    let result = Err(Win32Error::CANCELLED);
    assert!(host.did(&Action::CompleteStart { run, result }));
}

#[test]
fn facts_about_runs_that_are_over_are_stale() {
    let mut host = host("");
    host.start_and_connect();
    let old = RunId {
        service: ServiceId(1),
        number: 99,
    };
    let facts = [
        Input::ProcessSpawned {
            run: old,
            pid: 1,
            birth: 7,
        },
        Input::SpawnFailed {
            run: old,
            failure: SpawnFailure {
                error: Win32Error::FILE_NOT_FOUND,
                logon: false,
            },
        },
        Input::ServiceConnected { run: old, pid: 1 },
        Input::ProcessExited {
            run: old,
            exit: ProcessExit::Exited(0),
        },
        Input::DependenciesResolved {
            run: old,
            result: Ok(()),
        },
        Input::TimerFired(Timer::Connect(old)),
        Input::TimerFired(Timer::Kill(old)),
        Input::TimerFired(Timer::Linger(old)),
        Input::TimerFired(Timer::StartHang(old)),
        Input::TimerFired(Timer::Control(old)),
        Input::TimerFired(Timer::Preshutdown(old)),
        Input::TimerFired(Timer::Recycle(old)),
    ];
    for fact in facts {
        assert_eq!(host.input(fact), Answer::Stale);
    }
}

#[test]
fn a_process_whose_start_was_never_committed_is_put_on_record() {
    let mut host = host("");
    let run = RunId {
        service: ServiceId(1),
        number: 5,
    };
    host.input(Input::ProcessFound {
        run,
        pid: 9,
        birth: 7,
    });
    assert_eq!((host.run(), host.record.pid()), (run, 9));
    assert!(matches!(
        host.record.run.as_ref().unwrap().phase,
        RunPhase::Connecting(_)
    ));
    assert_eq!(host.log(), [1005]);
    assert_eq!(
        host.input(Input::ProcessFound {
            run,
            pid: 9,
            birth: 7
        }),
        Answer::Accepted,
    );
}

#[test]
fn b32_a_new_priority_reaches_the_running_process_only() {
    let with = |priority| {
        let mut config = service("");
        config.priority = Some(priority);
        Input::ConfigChanged(Arc::new(config))
    };
    let sets = |host: &Host| {
        let is = |action: &&Action| matches!(action, Action::SetPriority(_));
        host.actions.iter().filter(is).count()
    };
    let mut host = host("");
    host.input(with(PriorityClass::Idle));
    assert_eq!(sets(&host), 0, "nothing runs");
    host.start_and_connect();
    host.input(with(PriorityClass::High));
    host.input(with(PriorityClass::High));
    assert!(host.did(&Action::SetPriority(host.run())));
    assert_eq!(sets(&host), 1, "and what stays the same is left alone");
}

#[test]
fn x76_a_changed_limit_reaches_the_running_process_and_other_settings_do_not() {
    let with = |memory: Option<u64>, umask: Option<u64>| {
        let mut config = service("");
        config.extensions.set(MEMORY_MAX, memory);
        config.extensions.set(UMASK, umask);
        Input::ConfigChanged(Arc::new(config))
    };
    let sets = |host: &Host| {
        let is = |action: &&Action| matches!(action, Action::SetLimits { .. });
        host.actions.iter().filter(is).count()
    };
    let mut host = host("");
    host.input(with(Some(1 << 20), None));
    assert_eq!(sets(&host), 0, "nothing runs");
    host.start_and_connect();
    host.input(with(Some(1 << 20), Some(0o27)));
    assert_eq!(sets(&host), 0, "no limit has changed");
    host.input(with(Some(2 << 20), Some(0o27)));
    host.input(with(None, Some(0o27)));
    assert_eq!(sets(&host), 2, "also when it is taken away");
}
