//! Starts by the clock (X72 to X74).

use relance_policy::{Answer, Input, StartCause};
use relance_scm::config::StartType;
use relance_scm::settings::{SCHEDULE, WHEN_START_MISSED, WHEN_STILL_RUNNING};
use relance_scm::status::ProcessExit;
use relance_scm::{Control, ServiceConfig, ServiceKind, ServiceState};
use relance_texts::Lang;

use crate::support::{Host, service};

const DAY: i64 = 86_400;

fn nightly() -> ServiceConfig {
    let mut config = service("restart/60000");
    config.kind = ServiceKind::Program;
    config.extensions.set(SCHEDULE, Some("02:30 UTC".into()));
    config
}

fn planned(config: ServiceConfig) -> Host {
    let mut host = Host::new(config);
    host.input(Input::SchedulePlanned { next: Some(DAY) });
    host
}

fn due(host: &mut Host, missed: bool) -> Answer {
    let at = host.record.scheduled.unwrap().next.unwrap();
    let next = Some(at + DAY);
    host.input(Input::ScheduleDue { at, next, missed })
}

fn ends(host: &mut Host, exit: ProcessExit) {
    let run = host.run();
    host.exited(run, exit);
}

#[test]
fn x72_it_is_started_at_its_time_and_the_next_one_is_known() {
    let mut host = planned(nightly());
    due(&mut host, false);
    let run = host.record.run.as_ref().expect("it starts");
    assert_eq!(run.cause, StartCause::Schedule);
    let scheduled = host.record.scheduled.unwrap();
    assert_eq!((scheduled.last, scheduled.next), (Some(DAY), Some(2 * DAY)));
    assert_eq!(host.record.at_boot().scheduled, Some(scheduled));
}

#[test]
fn x72_a_failure_is_counted_and_recovered_as_ever_and_a_start_by_the_clock_comes_first() {
    let mut host = planned(nightly());
    due(&mut host, false);
    let run = host.run();
    host.spawned(run, 7);
    ends(&mut host, ProcessExit::Signaled(11));
    assert_eq!(host.record.failure_count, 1);
    assert_eq!(host.record.pending_actions.len(), 1);
    due(&mut host, false);
    assert!(host.record.run.is_some() && host.record.pending_actions.is_empty());
}

#[test]
fn x72_why_says_that_it_is_started_by_the_clock() {
    let mut config = nightly();
    let said = |config: &ServiceConfig| {
        let host = planned(config.clone());
        let sentences = relance_policy::explain::explain(&host.record, host.now);
        let sentences = sentences.iter().map(|said| said.of(Lang::En));
        sentences.collect::<Vec<_>>().join(" ")
    };
    let schedule = config.extensions.get(SCHEDULE).unwrap().to_string();
    let starts = format!("Its schedule starts it: {schedule}.");
    assert!(said(&config).contains(&starts), "{}", said(&config));
    config.start_type = StartType::Disabled;
    assert!(!said(&config).contains(&starts), "{}", said(&config));
}

#[test]
fn x72_a_disabled_one_is_not_started() {
    let mut config = nightly();
    config.start_type = StartType::Disabled;
    let mut host = planned(config);
    due(&mut host, false);
    assert!(host.record.run.is_none());
    assert_eq!(host.record.scheduled.unwrap().next, Some(2 * DAY));
}

#[test]
fn x73_what_was_missed_is_skipped_or_made_good_once() {
    let mut host = planned(nightly());
    due(&mut host, true);
    assert!(host.record.run.is_none());
    assert_eq!(host.log(), [1075]);
    let mut config = nightly();
    config.extensions.set(WHEN_START_MISSED, "run");
    let mut host = planned(config);
    due(&mut host, true);
    assert!(host.record.run.is_some());
}

#[test]
fn x74_one_that_still_runs_is_left_alone() {
    let mut host = planned(nightly());
    due(&mut host, false);
    let run = host.run();
    host.spawned(run, 7);
    host.actions.clear();
    due(&mut host, false);
    assert_eq!(host.log(), [1076]);
    ends(&mut host, ProcessExit::Exited(0));
    assert!(host.record.run.is_none());
}

/// One whose next start is queued behind the present run.
fn queued() -> Host {
    let mut config = nightly();
    config.extensions.set(WHEN_STILL_RUNNING, "queue");
    let mut host = planned(config);
    due(&mut host, false);
    let run = host.run();
    host.spawned(run, 7);
    assert_eq!(host.record.state, ServiceState::Running);
    host.actions.clear();
    due(&mut host, false);
    due(&mut host, false);
    assert_eq!(host.log(), [1077], "one waits at most");
    host
}

#[test]
fn x74_a_queued_one_is_started_when_it_has_stopped() {
    for exit in [ProcessExit::Exited(0), ProcessExit::Signaled(11)] {
        let mut host = queued();
        ends(&mut host, exit);
        assert_eq!(host.run().number, 2);
        let run = host.run();
        host.spawned(run, 8);
        ends(&mut host, ProcessExit::Exited(0));
        assert!(host.record.run.is_none());
    }
}

#[test]
fn x74_a_stop_a_shutdown_and_a_boot_take_a_queued_start_back() {
    let mut host = queued();
    host.input(Input::ControlRequested {
        control: Control::Stop,
        dependents_active: false,
    });
    ends(&mut host, ProcessExit::Exited(0));
    assert!(host.record.run.is_none());
    let mut host = queued();
    host.input(Input::ShutdownRequested {
        limits: relance_policy::ShutdownLimits::default(),
        needed: false,
    });
    ends(&mut host, ProcessExit::Exited(0));
    assert!(host.record.run.is_none());
    assert!(!queued().record.at_boot().scheduled.unwrap().is_queued);
}

#[test]
fn x72_without_a_schedule_there_is_no_plan() {
    let mut host = Host::new(service("restart/60000"));
    host.input(Input::SchedulePlanned { next: None });
    assert_eq!(host.record.scheduled, None);
    let input = Input::ScheduleDue {
        at: DAY,
        next: None,
        missed: false,
    };
    assert_eq!(host.input(input), Answer::Stale);
}
