//! Delays that grow, are spread, and restarts that end (X80 to X83).

use std::collections::BTreeSet;
use std::time::Duration;

use relance_policy::{Answer, Input, StartCause, delays, explain};
use relance_scm::config::Extensions;
use relance_scm::event::Event;
use relance_scm::settings::{
    BACKOFF, BACKOFF_MAX, RESET_AFTER_RUN, RESTART_JITTER, RESTART_LIMIT, RESTART_LIMIT_PERIOD,
    RETRY_FAILED_STARTS,
};
use relance_scm::status::ProcessExit;
use relance_scm::{ServiceConfig, ServiceName};

use crate::support::{Host, service};

fn with(actions: &str, set: impl FnOnce(&mut Extensions)) -> ServiceConfig {
    let mut config = service(actions);
    set(&mut config.extensions);
    config.failure_actions_on_non_crash_failures = true;
    config
}

fn limited(limit: u64, period: u64) -> ServiceConfig {
    with("restart/1000", |extensions| {
        extensions.set(RESTART_LIMIT, Some(limit));
        extensions.set(RESTART_LIMIT_PERIOD, Duration::from_secs(period));
    })
}

/// The delays of the first restarts.
fn first(config: &ServiceConfig, count: u32) -> Vec<u32> {
    let action = |number| delays::action_for(config, number).unwrap();
    (1..=count)
        .map(|number| action(number).delay_ms())
        .collect()
}

fn fail(host: &mut Host) {
    let run = host.run();
    host.exited(run, ProcessExit::Exited(1));
}

/// The restart that is due comes, and its process is there.
fn recover(host: &mut Host) {
    host.next_timer();
    let run = host.run();
    host.spawned(run, 100);
}

fn why(host: &Host) -> String {
    let sentences = explain::explain(&host.record, host.now);
    let sentences = sentences
        .iter()
        .map(|text| text.of(relance_texts::Lang::En));
    sentences.collect::<Vec<_>>().join(" ")
}

#[test]
fn x80_the_last_delay_grows_while_it_repeats() {
    let config = with("restart/1000/restart/5000", |extensions| {
        extensions.set(BACKOFF, "exponential".parse().ok());
        extensions.set(BACKOFF_MAX, Duration::from_secs(30));
    });
    assert_eq!(
        first(&config, 6),
        [1000, 5000, 10_000, 20_000, 30_000, 30_000]
    );
    let linear = with("restart/2000/run/0/restart/2000", |extensions| {
        extensions.set(BACKOFF, "linear/500ms".parse().ok());
    });
    assert_eq!(first(&linear, 6), [2000, 0, 2000, 2500, 3000, 3500]);
}

#[test]
fn x80_actions_that_restart_nothing_wait_as_listed() {
    let config = with("restart/1000/none/7", |extensions| {
        extensions.set(BACKOFF, "exponential".parse().ok());
        extensions.set(RESTART_JITTER, Duration::from_secs(60));
    });
    assert_eq!(first(&config, 5)[1..], [7, 7, 7, 7]);
}

#[test]
fn x80_the_delay_that_is_logged_is_the_one_that_passes() {
    let config = with("restart/1000", |extensions| {
        extensions.set(BACKOFF, "exponential".parse().ok());
    });
    let mut host = Host::program(config);
    for expected in [1000, 2000, 4000, 8000] {
        host.actions.clear();
        fail(&mut host);
        let Some(Event::Failed {
            action: Some(action),
            ..
        }) = host.events().into_iter().find(|event| event.id() == 7031)
        else {
            panic!("no 7031");
        };
        assert_eq!(action.delay_ms(), expected);
        let failed_at = host.now;
        recover(&mut host);
        assert_eq!(host.now - failed_at, Duration::from_millis(expected.into()));
    }
}

#[test]
fn x81_forty_workers_that_failed_together_come_back_one_by_one() {
    let spread = |instance: u32| {
        let mut config = with("restart/1000", |extensions| {
            extensions.set(RESTART_JITTER, Duration::from_secs(40));
        });
        config.service_name = ServiceName::new(format!("worker@{instance}")).unwrap();
        first(&config, 1)[0]
    };
    let delays: Vec<u32> = (1..=40).map(spread).collect();
    assert!(
        delays.iter().all(|delay| (1000..41_000).contains(delay)),
        "{delays:?}"
    );
    let seconds: BTreeSet<u32> = delays.iter().map(|delay| delay / 1000).collect();
    assert!(
        seconds.len() >= 20,
        "they fall into few seconds: {delays:?}"
    );
    let again: Vec<u32> = (1..=40).map(spread).collect();
    assert_eq!(delays, again, "the same service and failure wait the same");
}

#[test]
fn x81_each_failure_of_a_service_waits_another_part() {
    let config = with("restart/0", |extensions| {
        extensions.set(RESTART_JITTER, Duration::from_secs(10));
    });
    let delays: BTreeSet<u32> = first(&config, 20).into_iter().collect();
    assert!(delays.len() >= 19, "{delays:?}");
}

#[test]
fn x82_a_run_of_no_time_is_none_and_the_reset_period_counts() {
    let config = with("restart/1000/none/0", |extensions| {
        extensions.set(RESET_AFTER_RUN, Some(Duration::ZERO));
    });
    let mut host = Host::program(config);
    fail(&mut host);
    recover(&mut host);
    fail(&mut host);
    assert_eq!(host.record.failure_count, 2);
}

#[test]
fn x82_the_counter_starts_again_after_a_run_that_lasted() {
    let config = with("restart/1000/none/0", |extensions| {
        extensions.set(RESET_AFTER_RUN, Some(Duration::from_secs(10)));
    });
    let mut host = Host::program(config);
    fail(&mut host);
    // The reset period of 60 s passes and says nothing.
    host.now = host.now + Duration::from_secs(500);
    recover(&mut host);
    host.now = host.now + Duration::from_secs(9);
    assert_eq!(host.record.failure_count_at(host.now), 1);
    assert!(
        why(&host).contains("after a run that lasts 10 s (X82)"),
        "{}",
        why(&host)
    );
    host.now = host.now + Duration::from_secs(1);
    assert_eq!(host.record.failure_count_at(host.now), 0);
    fail(&mut host);
    assert_eq!(host.record.failure_count, 1);
    recover(&mut host);
    fail(&mut host);
    assert_eq!(
        (host.record.failure_count, host.record.pending_actions.len()),
        (2, 0)
    );
}

#[test]
fn x83_one_failure_more_than_the_limit_and_it_gives_up() {
    let mut host = Host::program(limited(3, 600));
    for _ in 0..3 {
        fail(&mut host);
        recover(&mut host);
    }
    host.actions.clear();
    fail(&mut host);
    let told: Vec<u32> = host
        .events()
        .iter()
        .map(Event::id)
        .filter(|id| *id != 7036)
        .collect();
    // E7: what the status was, the failure, what follows.
    assert_eq!(told, [7024, 7034, 1155]);
    assert_eq!(host.record.gave_up(), Some((3, 600_000)));
    assert!(host.record.is_down_for_good());
    assert_eq!(host.record.next_deadline(), None);
    let why = why(&host);
    assert!(
        why.contains("It gave up: its limit of restarts, 3 within 10 min, is reached"),
        "{why}"
    );
}

#[test]
fn x83_restarts_that_are_older_than_the_period_do_not_count() {
    let mut host = Host::program(limited(2, 60));
    for _ in 0..20 {
        fail(&mut host);
        recover(&mut host);
        host.now = host.now + Duration::from_secs(30);
    }
    assert_eq!(host.record.gave_up(), None);
    let kept = host.record.tries.as_ref().unwrap().restarts.len();
    assert!(kept <= 2, "no more is kept than the limit needs: {kept}");
}

#[test]
fn x83_a_start_by_hand_begins_again() {
    let mut host = Host::program(limited(1, 600));
    fail(&mut host);
    recover(&mut host);
    fail(&mut host);
    assert!(host.record.gave_up().is_some());
    assert!(matches!(host.start(), Answer::Start(_)));
    assert_eq!(host.record.tries, None);
    let run = host.run();
    host.spawned(run, 7);
    fail(&mut host);
    assert_eq!(
        host.record.pending_actions.len(),
        1,
        "it has all its restarts again"
    );
}

#[test]
fn x83_the_schedule_begins_again_too() {
    let mut host = Host::program(limited(1, 600));
    fail(&mut host);
    recover(&mut host);
    fail(&mut host);
    let cause = StartCause::Schedule;
    let arguments = [].into();
    host.input(Input::StartRequested { cause, arguments });
    assert_eq!(host.record.gave_up(), None);
}

#[test]
fn x83_failed_starts_are_counted_like_other_failures() {
    let mut config = limited(2, 600);
    config.extensions.set(RETRY_FAILED_STARTS, true);
    let mut host = Host::program(config);
    fail(&mut host);
    for _ in 0..2 {
        host.next_timer();
        let run = host.run();
        let error = relance_scm::Win32Error::FILE_NOT_FOUND;
        let failure = relance_policy::SpawnFailure {
            error,
            logon: false,
        };
        host.input(Input::SpawnFailed { run, failure });
    }
    assert_eq!(host.record.gave_up(), Some((2, 600_000)));
}

#[test]
fn x83_a_service_without_a_limit_keeps_nothing() {
    let mut host = Host::program(with("restart/1000", |_| {}));
    fail(&mut host);
    recover(&mut host);
    assert_eq!(host.record.tries, None);
    assert_eq!(size_of_val(&host.record.tries), size_of::<usize>());
}
