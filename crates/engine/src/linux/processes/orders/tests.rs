//! The engine's side of standing orders, with a guardian that the test plays.

use std::os::fd::AsFd;
use std::thread;

use relance_policy::ServiceId;
use relance_scm::config::{AccountName, EnvironmentVariable};
use relance_scm::status::ProcessExit;

use super::super::tests::processes;
use super::*;
use crate::linux::link::Link;
use crate::linux::protocol::{Exit, GuardianReport, KnownRun, OrderedStart};
use crate::processes::{Fact, Processes, Started};

const ENDS: StandingOrder = StandingOrder {
    after_statuses: true,
};

fn run(number: u32) -> RunId {
    RunId {
        service: ServiceId(1),
        number,
    }
}

fn known(number: u32) -> KnownRun {
    KnownRun {
        run: run(number).into(),
        pid: 100 + number,
        birth: 7,
        secret: Secret::NONE,
        channel: false,
        output: false,
        notify: false,
        ready: false,
        errors: false,
        exit: None,
        memory_kills: 0,
        left: 0,
        service: None,
    }
}

fn ended(number: u32, next: Option<u32>) -> GuardianReport {
    GuardianReport::Exited {
        run: run(number).into(),
        exit: Exit::Signal(9),
        at_ns: 1,
        memory_kills: 0,
        left: 0,
        next: next.map(|next| Box::new(known(next))),
    }
}

fn program() -> ServiceConfig {
    let name = relance_scm::ServiceName::new("a").unwrap();
    let mut config = ServiceConfig::new(name, "/bin/true");
    config.kind = ServiceKind::Program;
    config
}

/// A run that is there, and the order for what follows it: its place and ticket.
fn given(processes: &mut LinuxProcesses, guardian: &mut Link) -> (Board, u32, u64) {
    guardian
        .send(&GuardianReport::Spawned(known(1)), vec![])
        .unwrap();
    processes.read_link();
    assert!(matches!(processes.next_fact(), Some(Fact::Spawned { .. })));
    assert!(processes.order(run(1), ENDS, &Arc::new(program())));
    assert!(guardian.fill().unwrap());
    assert!(matches!(
        guardian.next().unwrap(),
        Some(GuardianRequest::Orders)
    ));
    let board = Board::open(&guardian.take_fd().unwrap()).unwrap();
    let Some(GuardianRequest::Order { order, .. }) = guardian.next().unwrap() else {
        panic!("the order")
    };
    let start: OrderedStart = serde_json::from_str(order.start.get()).unwrap();
    assert_eq!(start.spec.program, &*program().command_line);
    (board, order.place, order.ticket)
}

#[test]
fn x111_an_order_is_recalled_without_the_guardian() {
    let folder = tempfile::tempdir().unwrap();
    let (mut processes, mut guardian) = processes(folder.path());
    let (board, place, ticket) = given(&mut processes, &mut guardian);
    assert!(matches!(processes.recall(run(1)), Recalled::InTime));
    assert!(!board.take(place, ticket), "the guardian comes too late");
    assert!(matches!(processes.recall(run(1)), Recalled::InTime));
    // The next order may have the same place, and never the same ticket.
    assert!(processes.order(run(1), ENDS, &Arc::new(program())));
    assert!(!board.take(place, ticket));
}

#[test]
fn x111_a_recall_that_comes_too_late_waits_for_what_was_done() {
    let folder = tempfile::tempdir().unwrap();
    let (mut processes, mut guardian) = processes(folder.path());
    let (board, place, ticket) = given(&mut processes, &mut guardian);
    assert!(board.take(place, ticket));
    let other = guardian.as_fd().try_clone_to_owned().unwrap();
    let recalled = thread::scope(|scope| {
        scope.spawn(|| {
            let mut guardian = Link::new(other).unwrap();
            guardian.send(&GuardianReport::Shutdown, vec![]).unwrap();
            guardian.send(&ended(1, Some(2)), vec![]).unwrap();
        });
        processes.recall(run(1))
    });
    let Recalled::TooLate(facts) = recalled else {
        panic!("{recalled:?}")
    };
    let next = Started {
        run: run(2),
        pid: 102,
        birth: 7,
    };
    let is_end = |fact: &Fact| {
        matches!(fact, Fact::Exited { run: of, exit: ProcessExit::Signaled(9), next: Some(started), .. }
            if *of == run(1) && *started == next)
    };
    assert!(facts.last().is_some_and(is_end), "{facts:?}");
    // What is about nothing of that comes as always, and the end not again.
    assert!(matches!(processes.next_fact(), Some(Fact::ShutdownAsked)));
    assert!(processes.next_fact().is_none());
    assert_eq!(processes.process_of(run(2)), Some((102, 7)));
}

#[test]
fn x111_a_guardian_that_is_gone_leaves_the_order_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let (mut processes, mut guardian) = processes(folder.path());
    let (board, place, ticket) = given(&mut processes, &mut guardian);
    assert!(board.take(place, ticket));
    drop(guardian);
    assert!(matches!(processes.recall(run(1)), Recalled::Unknown));
    assert!(processes.is_orphaned());
}

#[test]
fn x111_an_end_that_was_not_ordered_voids_the_order() {
    let folder = tempfile::tempdir().unwrap();
    let (mut processes, mut guardian) = processes(folder.path());
    let (board, place, ticket) = given(&mut processes, &mut guardian);
    guardian.send(&ended(1, None), vec![]).unwrap();
    processes.read_link();
    assert!(!board.take(place, ticket));
    assert!(matches!(processes.recall(run(1)), Recalled::InTime));
    assert!(matches!(
        processes.next_fact(),
        Some(Fact::Exited { next: None, .. })
    ));
}

#[test]
fn x111_what_may_change_outside_the_manager_is_not_given_in_advance() {
    let folder = tempfile::tempdir().unwrap();
    let (mut processes, mut guardian) = processes(folder.path());
    let _given = given(&mut processes, &mut guardian);
    assert!(matches!(processes.recall(run(1)), Recalled::InTime));
    type Change = fn(&mut ServiceConfig);
    let changes: [Change; 6] = [
        |config| config.kind = ServiceKind::Service,
        |config| config.account_name = AccountName::new("nobody"),
        |config| config.command_line = "true".into(),
        |config| {
            config
                .extensions
                .set(ENVIRONMENT_FILES, ["/etc/a".into()].into());
        },
        |config| {
            config
                .extensions
                .set(WATCHDOG, Some(std::time::Duration::from_secs(5)));
        },
        |config| {
            config
                .extensions
                .set(SUPPLEMENTARY_GROUPS, ["video".into()].into());
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut config = program();
        change(&mut config);
        assert!(
            !processes.order(run(1), ENDS, &Arc::new(config)),
            "{number}"
        );
    }
    let mut config = program();
    config.environment = [EnvironmentVariable::new("A", "1").unwrap()].into();
    assert!(processes.order(run(1), ENDS, &Arc::new(config)));
    processes.give_no_orders();
    assert!(matches!(processes.recall(run(1)), Recalled::InTime));
    assert!(!processes.order(run(1), ENDS, &Arc::new(program())));
}
