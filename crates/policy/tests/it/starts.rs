//! Starts: S14 to S16, S35, S42, S43, S50, R8.8 to R8.13, R36, dependencies, deletion.

use std::sync::Arc;

use relance_policy::input::DependencyFailure;
use relance_policy::{
    Action, Answer, DenyReason, EndReason, Input, RunId, RunPhase, ServiceId, SpawnFailure,
    StartCause, Time, Timer,
};
use relance_scm::config::{Dependency, PriorityClass, StartType};
use relance_scm::failure_actions::ActionList;
use relance_scm::status::ProcessExit;
use relance_scm::{ExitCode, ResetPeriod, ServiceConfig, ServiceName, ServiceState, Win32Error};

use crate::support::{Host, config};

fn service(actions: &str) -> ServiceConfig {
    config(
        &actions.parse::<ActionList>().unwrap().0,
        ResetPeriod::Seconds(60),
    )
}

fn host(actions: &str) -> Host {
    Host::new(service(actions))
}

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
    host.input(Input::ProcessSpawned {
        run,
        pid: 77,
        birth: 7,
    });
    assert_eq!(host.record.pid(), 77);
}

#[test]
fn s15_a_start_is_answered_when_the_service_has_connected() {
    let mut host = host("");
    host.start();
    let run = host.run();
    host.input(Input::ProcessSpawned {
        run,
        pid: 77,
        birth: 7,
    });
    let answered = Action::CompleteStart {
        run,
        result: Ok(()),
    };
    assert!(!host.did(&answered));
    host.input(Input::ServiceConnected { run, pid: 77 });
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
    host.input(Input::ShutdownRequested(Default::default()));
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
    host.input(Input::ProcessSpawned {
        run,
        pid: 77,
        birth: 7,
    });
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
    host.input(Input::ProcessExited {
        run,
        exit: ProcessExit::Signaled(9),
    });
    assert!(host.did(&Action::Spawn(host.run())));
}

#[test]
fn s50_a_process_that_outlives_its_stopped_report_is_killed_after_20_s_and_that_is_no_failure() {
    let mut host = host("restart/0");
    host.start_and_connect();
    let run = host.run();
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
    host.input(Input::ProcessExited {
        run,
        exit: ProcessExit::Signaled(9),
    });
    assert_eq!(host.record.failure_count, 0, "R8.13");
    assert_eq!(host.record.next_deadline(), None);
}

#[test]
fn r10_one_end_is_at_most_one_failure() {
    let mut with_flag = service("restart/60000");
    with_flag.failure_actions_on_non_crash_failures = true;
    let mut host = Host::new(with_flag);
    host.start_and_connect();
    let run = host.run();
    host.report_with(ServiceState::Stopped, 0, ExitCode::ServiceSpecific(3), 0, 0);
    host.input(Input::ProcessExited {
        run,
        exit: ProcessExit::Exited(1),
    });
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
    assert_eq!(host.log(), [7024, 7031, 7036]);
}

#[test]
fn r9_after_a_crash_the_record_reads_1067() {
    let mut host = host("");
    host.start_and_connect();
    host.report_with(ServiceState::StopPending, 0, ExitCode::SUCCESS, 4, 500);
    let run = host.run();
    host.input(Input::ProcessExited {
        run,
        exit: ProcessExit::Exited(0),
    });
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
    let run = host.run();
    host.input(Input::ProcessExited {
        run,
        exit: ProcessExit::Exited(0),
    });
    assert_eq!(host.record.failure_count, 1);
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
    host.input(Input::ProcessSpawned {
        run,
        pid: 1,
        birth: 7,
    });
    host.input(Input::ServiceConnected { run, pid: 1 });
    host.input(Input::ProcessExited {
        run,
        exit: ProcessExit::Exited(0),
    });
    host.next_timer();
    let run = host.record.run.as_ref().unwrap();
    assert!(matches!(run.cause, StartCause::Recovery(..)));
    assert!(run.arguments.is_empty());
}

#[test]
fn s42_an_automatic_start_that_hangs_is_logged_once_and_left_alone() {
    let mut host = host("");
    host.input(Input::StartRequested {
        cause: StartCause::Auto,
        arguments: [].into(),
    });
    let run = host.run();
    host.input(Input::ProcessSpawned {
        run,
        pid: 1,
        birth: 7,
    });
    host.input(Input::ServiceConnected { run, pid: 1 });
    host.report_with(ServiceState::StartPending, 0, ExitCode::SUCCESS, 1, 10_000);
    host.actions.clear();
    let before = host.now;
    assert_eq!(host.next_timer(), Timer::StartHang(run));
    assert_eq!((host.now - before).as_secs(), 90, "80 s plus the wait hint");
    assert_eq!(host.log(), [7022]);
    assert_eq!(host.record.next_deadline(), None);
    assert_eq!(host.record.state, ServiceState::StartPending);
}

#[test]
fn s42_a_demand_start_may_take_as_long_as_it_likes() {
    let mut host = host("");
    host.start_and_connect();
    assert_eq!(host.record.next_deadline(), None);
}

#[test]
fn e_7039_another_process_than_the_launched_one_connects() {
    let mut host = host("");
    host.start();
    let run = host.run();
    host.input(Input::ProcessSpawned {
        run,
        pid: 10,
        birth: 7,
    });
    host.actions.clear();
    host.input(Input::ServiceConnected { run, pid: 11 });
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
fn c30_c31_deletion_of_a_stopped_service_is_at_once_of_a_running_one_when_it_has_stopped() {
    let mut stopped = host("");
    assert_eq!(stopped.input(Input::DeleteRequested), Answer::Accepted);
    assert!(stopped.did(&Action::Remove));

    let mut host = host("restart/1000");
    host.start_and_connect();
    let run = host.run();
    host.input(Input::DeleteRequested);
    assert_eq!(host.record.config.start_type, StartType::Disabled, "C30");
    let again = host.input(Input::DeleteRequested);
    assert_eq!(again, Answer::Denied(DenyReason::MarkedForDelete));
    host.report(ServiceState::Stopped, 0);
    assert!(!host.did(&Action::Remove), "its process has not ended");
    host.input(Input::ProcessExited {
        run,
        exit: ProcessExit::Exited(0),
    });
    assert!(host.did(&Action::Remove));
}

#[test]
fn r34_a_pending_restart_of_a_service_marked_for_deletion_is_refused_with_1072() {
    let mut host = host("restart/1000");
    host.start_and_connect();
    let run = host.run();
    host.input(Input::ProcessExited {
        run,
        exit: ProcessExit::Exited(0),
    });
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
    let run = host.run();
    host.input(Input::ProcessExited {
        run,
        exit: ProcessExit::Exited(0),
    });
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
        host.start_and_connect();
        let run = host.run();
        host.actions.clear();
        host.input(Input::ProcessExited {
            run,
            exit: ProcessExit::Exited(0),
        });
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
    let run = host.run();
    host.input(Input::ProcessExited {
        run,
        exit: ProcessExit::Exited(0),
    });
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
    let run = host.run();
    host.input(Input::ProcessExited {
        run,
        exit: ProcessExit::Exited(0),
    });
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
        let run = host.run();
        host.actions.clear();
        host.input(Input::ProcessExited {
            run,
            exit: ProcessExit::Exited(0),
        });
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
    let run = host.run();
    host.input(Input::ProcessExited {
        run,
        exit: ProcessExit::Exited(0),
    });
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
    host.start_and_connect();
    let run = host.run();
    host.input(Input::TerminateRequested);
    assert!(host.did(&Action::Terminate(run)));
    host.actions.clear();
    host.input(Input::ProcessExited {
        run,
        exit: ProcessExit::Signaled(9),
    });
    assert_eq!(host.log(), [1002, 7036]);
    assert_eq!(host.record.failure_count, 0);
    assert_eq!(host.record.last_end.unwrap().reason, EndReason::Terminated);
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
fn r19_c31_a_boot_forgets_everything_but_the_numbering() {
    let mut host = host("restart/60000");
    host.start_and_connect();
    let run = host.run();
    host.input(Input::ProcessExited {
        run,
        exit: ProcessExit::Exited(0),
    });
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
    let run = host.run();
    host.input(Input::ProcessExited {
        run,
        exit: ProcessExit::Exited(0),
    });
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
