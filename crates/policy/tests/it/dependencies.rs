//! Services that mind what they need (X70, X71).

use std::time::Duration;

use relance_policy::input::DependencyFailure;
use relance_policy::{Action, Answer, Input, StartCause, Timer};
use relance_scm::config::Dependency;
use relance_scm::settings::WHEN_DEPENDENCY_FAILS;
use relance_scm::status::ProcessExit;
use relance_scm::{Control, ServiceConfig, ServiceKind, ServiceName, ServiceState, Win32Error};

use crate::support::{Host, service};

fn name() -> ServiceName {
    ServiceName::new("db").unwrap()
}

fn worker(mode: &'static str) -> ServiceConfig {
    let mut config = service("restart/60000");
    config.kind = ServiceKind::Program;
    config.dependencies = [Dependency::Service(name())].into();
    config.extensions.set(WHEN_DEPENDENCY_FAILS, mode);
    config
}

/// A program that needs `db`, and runs.
fn running(mode: &'static str) -> Host {
    let mut host = Host::new(worker(mode));
    host.start();
    comes_up(&mut host);
    host
}

/// What it needs is there, and its process is created.
fn comes_up(host: &mut Host) {
    let run = host.run();
    let result = Ok(());
    host.input(Input::DependenciesResolved { run, result });
    host.spawned(run, 7);
    assert_eq!(host.record.state, ServiceState::Running);
    host.actions.clear();
}

fn down(host: &mut Host, failed: bool) -> Answer {
    down_behind(host, failed, false)
}

fn down_behind(host: &mut Host, failed: bool, behind_dependents: bool) -> Answer {
    host.input(Input::DependencyDown {
        needed: "db".into(),
        failed,
        behind_dependents,
    })
}

fn back(host: &mut Host, wait: u64) -> Answer {
    let wait = Duration::from_millis(wait);
    host.input(Input::DependencyBack { wait })
}

fn stop(host: &mut Host) -> Answer {
    host.input(Input::ControlRequested {
        control: Control::Stop,
        dependents_active: false,
    })
}

fn crash(host: &mut Host) {
    let run = host.run();
    host.exited(run, ProcessExit::Signaled(11));
}

fn dies(host: &mut Host) {
    let run = host.run();
    host.exited(run, ProcessExit::Exited(1));
}

fn is_signalled(host: &Host) -> bool {
    let mut actions = host.actions.iter();
    actions.any(|action| matches!(action, Action::SignalStop(_)))
}

#[test]
fn x70_alone_it_is_counted_as_ever() {
    let mut host = running("alone");
    assert_eq!(down(&mut host, true), Answer::Stale);
    crash(&mut host);
    assert_eq!(host.record.failure_count, 1);
    assert_eq!(host.record.pending_actions.len(), 1);
}

#[test]
fn x70_its_ends_are_not_counted_while_what_it_needs_is_down() {
    let mut host = running("held");
    assert_eq!(down(&mut host, true), Answer::Accepted);
    assert!(host.record.run.is_some(), "it is left running");
    crash(&mut host);
    assert_eq!(
        (host.record.failure_count, host.record.last_failure_at),
        (0, None)
    );
    assert!(host.record.pending_actions.is_empty());
    assert!(host.record.held().is_some());
    assert!(!host.record.is_down_for_good());
    assert_eq!(host.log(), [1071, 7036]);
    back(&mut host, 0);
    let run = host.record.run.as_ref().unwrap();
    assert_eq!(run.cause, StartCause::DependencyBack);
    assert!(host.record.needed_down.is_none());
    assert!(host.log().contains(&1072));
    // From here on its ends count again.
    comes_up(&mut host);
    crash(&mut host);
    assert_eq!(host.record.failure_count, 1);
}

#[test]
fn x70_a_clean_end_is_clean_and_is_not_undone() {
    let mut host = running("held");
    down(&mut host, true);
    let run = host.run();
    host.exited(run, ProcessExit::Exited(0));
    assert!(host.record.held().is_none() && host.record.needed_down.is_none());
    assert_eq!(back(&mut host, 0), Answer::Stale);
    assert!(host.record.run.is_none());
}

#[test]
fn x70_one_that_lives_through_it_is_left_alone() {
    let mut host = running("held");
    down(&mut host, true);
    back(&mut host, 0);
    assert_eq!(host.run().number, 1);
    assert!(host.record.needed_down.is_none());
    assert!(host.log().is_empty());
}

#[test]
fn x70_a_restart_that_comes_due_waits_too() {
    let mut host = running("held");
    // It had died just before what it needs was seen to.
    crash(&mut host);
    down(&mut host, true);
    host.next_timer();
    assert!(host.record.run.is_none() && host.record.pending_actions.is_empty());
    assert!(host.record.held().is_some());
    back(&mut host, 0);
    assert!(host.record.run.is_some());
}

#[test]
fn x70_released_ones_start_one_after_the_other() {
    let mut host = running("held");
    down(&mut host, true);
    crash(&mut host);
    assert_eq!(back(&mut host, 150), Answer::Accepted);
    assert!(host.record.run.is_none());
    let (at, timer) = host.record.next_deadline().unwrap();
    assert_eq!(
        (at - host.now, timer),
        (Duration::from_millis(150), Timer::DependencyBack)
    );
    // It falls again before the turn has come.
    down(&mut host, true);
    assert_eq!(host.record.next_deadline(), None);
    assert_eq!(
        host.input(Input::TimerFired(Timer::DependencyBack)),
        Answer::Stale
    );
    back(&mut host, 150);
    host.next_timer();
    assert!(host.record.run.is_some());
}

#[test]
fn x70_a_start_that_its_dependency_spoils_is_made_good_unless_somebody_asked_for_it() {
    for (cause, held) in [
        (StartCause::Auto, true),
        (StartCause::Dependency, true),
        (StartCause::Demand, false),
    ] {
        let mut host = Host::new(worker("held"));
        let arguments = [].into();
        host.input(Input::StartRequested { cause, arguments });
        let run = host.run();
        let failure = DependencyFailure::Failed(name(), Win32Error::SERVICE_NOT_ACTIVE);
        let result = Err(failure);
        host.input(Input::DependenciesResolved { run, result });
        assert_eq!(host.record.held().is_some(), held, "{cause:?}");
    }
}

#[test]
fn x70_a_stop_a_start_a_deletion_and_a_shutdown_end_the_wait() {
    let held = || {
        let mut host = running("held");
        down(&mut host, true);
        crash(&mut host);
        host.actions.clear();
        host
    };
    let mut host = held();
    assert_eq!(stop(&mut host), Answer::Accepted);
    assert_eq!(host.log(), [1074]);
    assert_eq!(back(&mut host, 0), Answer::Stale);
    let mut host = held();
    let cancel = Input::CancelRecoveryRequested(None);
    assert_eq!(host.input(cancel), Answer::Accepted);
    assert!(host.record.needed_down.is_none());
    let mut host = held();
    host.start();
    assert!(host.record.run.is_some() && host.record.needed_down.is_none());
    let mut host = held();
    host.input(Input::DeleteRequested);
    assert!(host.record.needed_down.is_none());
    let mut host = held();
    host.input(Input::ShutdownRequested {
        limits: relance_policy::ShutdownLimits::default(),
        needed: false,
    });
    assert_eq!(back(&mut host, 0), Answer::Stale);
    assert_eq!(held().record.at_boot().needed_down, None);
}

#[test]
fn x71_it_is_stopped_with_what_it_needs_and_started_behind_it() {
    let mut host = running("restart");
    down(&mut host, true);
    assert!(is_signalled(&host));
    assert_eq!(host.log()[0], 1073);
    host.actions.clear();
    // Told twice, it is stopped once.
    down(&mut host, true);
    assert!(!is_signalled(&host));
    dies(&mut host);
    assert!(host.record.held().is_some());
    assert_eq!(host.record.failure_count, 0);
    back(&mut host, 0);
    assert!(host.record.run.is_some());
}

#[test]
fn x71_why_names_what_it_is_restarted_with() {
    let why = |host: &Host| {
        let sentences = relance_policy::explain::explain(&host.record, host.now);
        let said = sentences
            .iter()
            .map(|said| said.of(relance_texts::Lang::En));
        said.collect::<Vec<_>>().join(" ")
    };
    let mut host = running("restart");
    down(&mut host, true);
    let said = why(&host);
    assert!(
        said.contains("db, which it needs, failed") && said.contains("(X71)"),
        "{said}"
    );
    assert!(!said.contains("was asked for"), "nobody has asked: {said}");
    // It is up again before this one has stopped.
    back(&mut host, 0);
    dies(&mut host);
    let said = why(&host);
    assert!(
        said.contains("because db, which it needs, had failed (X71)"),
        "{said}"
    );
    assert!(
        said.contains("because db, which it needs, is back"),
        "{said}"
    );
}

#[test]
fn x71_those_that_need_it_stop_first() {
    let mut host = running("restart");
    down_behind(&mut host, true, true);
    assert!(!is_signalled(&host));
    assert_eq!(host.input(Input::RestartDue), Answer::Accepted);
    assert!(is_signalled(&host));
}

#[test]
fn x71_a_requested_stop_of_what_it_needs_stops_nothing() {
    let mut host = running("restart");
    down(&mut host, false);
    assert!(!is_signalled(&host));
    // But its end does not count then.
    crash(&mut host);
    assert!(host.record.held().is_some());
}

#[test]
fn x71_a_stop_takes_the_restart_back() {
    let mut host = running("restart");
    down(&mut host, true);
    assert!(matches!(stop(&mut host), Answer::Control(..)));
    dies(&mut host);
    assert!(host.record.held().is_none() && host.record.restart.is_none());
    assert_eq!(back(&mut host, 0), Answer::Stale);
}

#[test]
fn a_planned_restart_waits_too() {
    use relance_scm::settings::RESTART_ON_EXIT;
    let mut config = worker("held");
    config.extensions.set(RESTART_ON_EXIT, [1].into());
    let mut host = Host::new(config);
    host.start();
    comes_up(&mut host);
    down(&mut host, true);
    dies(&mut host);
    assert!(host.record.held().is_some() && host.record.run.is_none());
    assert_eq!(host.record.state, ServiceState::Stopped);
}

#[test]
fn while_it_waits_for_its_dependencies_it_is_not_told() {
    let mut host = Host::new(worker("restart"));
    host.start();
    assert_eq!(down(&mut host, true), Answer::Stale);
    // Nor while it is stopped for good.
    let mut host = Host::new(worker("held"));
    assert_eq!(down(&mut host, true), Answer::Stale);
}
