//! Starts by the clock (X72 to X74).

use std::time::Duration;

use relance_policy::simulate::{Clock, Timeline, simulate_by};
use relance_policy::{Answer, Input, StartCause, Time};
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

/// 2026-01-01, at midnight.
const BEGIN: i64 = 1_767_225_600;

/// A time line of a service that is to start at each full hour.
fn hourly(missed: &'static str, running: &'static str, script: &str) -> Timeline {
    let mut config = nightly();
    config.extensions.set(SCHEDULE, Some("*:0".into()));
    config.extensions.set(WHEN_START_MISSED, missed);
    config.extensions.set(WHEN_STILL_RUNNING, running);
    let clock = Clock::new(BEGIN, |after| Some((after.div_euclid(3600) + 1) * 3600));
    simulate_by(clock, &config, &script.parse().expect("a script"))
}

/// The entries, with their minutes since the beginning.
fn entries(timeline: &Timeline) -> Vec<(u64, String)> {
    let entries = timeline.entries.iter().map(|entry| {
        let minute = (entry.at - Time::ZERO).as_secs() / 60;
        (minute, entry.what.sentence("it"))
    });
    entries.collect()
}

fn minutes_of(timeline: &Timeline, text: &str) -> Vec<u64> {
    let entries = entries(timeline).into_iter();
    entries
        .filter_map(|(minute, sentence)| sentence.contains(text).then_some(minute))
        .collect()
}

#[test]
fn x72_the_simulator_starts_it_by_the_clock_and_names_the_next_starts() {
    let timeline = hourly("skip", "skip", "lasts 40m, quiet 150m");
    assert_eq!(minutes_of(&timeline, "now running"), [60, 120]);
    assert_eq!(minutes_of(&timeline, "ends by itself"), [100]);
    assert_eq!(timeline.begin, Some(BEGIN));
    let hours = [3, 4, 5].map(|hour| BEGIN + hour * 3600);
    assert_eq!(timeline.next_starts, hours);
    assert_eq!(timeline.totals().down, Duration::ZERO, "its work was done");
}

#[test]
fn x72_a_failure_without_a_time_happens_in_the_run_that_the_clock_starts() {
    let timeline = hourly("skip", "skip", "crash");
    assert_eq!(minutes_of(&timeline, "failed unexpectedly"), [60]);
    assert_eq!(minutes_of(&timeline, "now running"), [60, 61]);
}

#[test]
fn x73_the_simulator_shows_what_a_sleep_misses() {
    let timeline = hourly("skip", "skip", "lasts 5m, asleep 190m, quiet 60m");
    assert_eq!(minutes_of(&timeline, "now running"), [240]);
    let missed = minutes_of(&timeline, "1075");
    assert_eq!(missed, [190], "however many there were");
    let made_good = hourly("run", "skip", "lasts 5m, asleep 190m, quiet 60m");
    assert_eq!(minutes_of(&made_good, "now running"), [190, 240]);
}

#[test]
fn x74_the_simulator_shows_a_start_that_is_refused_or_waits() {
    let script = "lasts 70m, quiet 4h";
    let skipped = hourly("skip", "skip", script);
    assert_eq!(minutes_of(&skipped, "1076"), [120, 240]);
    assert_eq!(minutes_of(&skipped, "now running"), [60, 180]);
    let queued = hourly("skip", "queue", script);
    assert_eq!(minutes_of(&queued, "1077"), [120, 180, 240]);
    assert_eq!(minutes_of(&queued, "now running"), [60, 130, 200]);
}

#[test]
fn an_automatic_service_with_a_schedule_runs_from_the_beginning_and_a_second_is_no_loop() {
    let mut config = nightly();
    config.start_type = StartType::Auto;
    let clock = || Clock::new(BEGIN, |after| Some(after + 1));
    let script = "quiet 400d".parse().unwrap();
    let timeline = simulate_by(clock(), &config, &script);
    assert_eq!(minutes_of(&timeline, "now running")[0], 0);
    assert!(timeline.truncated);
    config.extensions.set(SCHEDULE, None);
    let plain = simulate_by(clock(), &config, &"quiet 1h".parse().unwrap());
    assert!(plain.next_starts.is_empty());
}

#[test]
fn x74_a_restart_is_the_start_that_waited() {
    let mut config = nightly();
    config.extensions.set(WHEN_STILL_RUNNING, "queue");
    let mut host = planned(config);
    host.start();
    let run = host.run();
    host.spawned(run, 7);
    due(&mut host, false);
    assert!(host.record.scheduled.unwrap().is_queued);
    host.input(Input::RestartRequested {
        dependents_active: false,
        with_dependents: false,
        after: None,
    });
    host.exited(run, ProcessExit::Signaled(15));
    assert_ne!(host.run(), run, "it was restarted");
    assert!(!host.record.scheduled.unwrap().is_queued);
}
