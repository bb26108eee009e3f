//! `relance why` of starts that fail or hang, of kills, and of times.

use std::time::Duration;

use relance_policy::explain::explain;
use relance_policy::{Input, Timer};
use relance_scm::settings::{
    READY_AFTER, RESTART_ON_EXIT, RESTART_ON_EXIT_DELAY, START_DEADLINE, STOP_DEADLINE,
};
use relance_scm::status::ProcessExit;
use relance_scm::{Control, ResetPeriod, ServiceConfig, ServiceKind, ServiceState};
use relance_texts::Lang;

use crate::support::{Host, config};

fn host(settings: impl Fn(&mut ServiceConfig)) -> Host {
    let mut config = config(&[], ResetPeriod::Seconds(60));
    settings(&mut config);
    let mut host = Host::new(config);
    host.start();
    let run = host.run();
    host.spawned(run, 100);
    host
}

fn program(config: &mut ServiceConfig) {
    config.kind = ServiceKind::Program;
}

fn why(host: &Host) -> String {
    let sentences = explain(&host.record, host.now);
    let sentences: Vec<_> = sentences.iter().map(|text| text.of(Lang::En)).collect();
    sentences.join(" ")
}

fn says(host: &Host, parts: &[&str]) {
    let told = why(host);
    for part in parts {
        assert!(told.contains(part), "{part}: {told}");
    }
}

fn connect(host: &mut Host) {
    let run = host.run();
    host.connected(run, 100);
}

fn passes(host: &mut Host, seconds: u64) {
    host.now = host.now + Duration::from_secs(seconds);
}

fn ends(host: &mut Host, exit: ProcessExit) {
    let run = host.run();
    host.exited(run, exit);
}

fn stop(host: &mut Host) {
    host.input(Input::ControlRequested {
        control: Control::Stop,
        dependents_active: false,
    });
}

#[test]
fn a_command_that_is_not_a_service_program_is_told_so() {
    let mut host = host(|_| {});
    passes(&mut host, 2);
    ends(&mut host, ProcessExit::Exited(3));
    says(
        &host,
        &[
            "its process ended with exit status 3 before it connected",
            "Its process had run for 2 s.",
            "--kind program",
        ],
    );
}

#[test]
fn x17_a_service_that_never_says_running_is_told_with_the_call_it_lacks() {
    let mut host = host(|_| {});
    connect(&mut host);
    says(&host, &["has not said RUNNING", "WIN32_SERVICE_RUNNING"]);
    host.report(ServiceState::Running, 1);
    assert!(!why(&host).contains("WIN32_SERVICE_RUNNING"));
}

#[test]
fn x15_a_program_that_has_to_stay_up_says_for_how_long() {
    let mut host = host(|config| {
        program(config);
        config.extensions.set(READY_AFTER, Duration::from_secs(5));
    });
    passes(&mut host, 2);
    says(&host, &["it is RUNNING if it stays up for 3 s more"]);
}

#[test]
fn x2_a_planned_restart_that_waits_says_for_how_long() {
    let mut host = host(|config| {
        program(config);
        config.extensions.set(RESTART_ON_EXIT, [75].into());
        config
            .extensions
            .set(RESTART_ON_EXIT_DELAY, Duration::from_secs(5));
    });
    let run = host.run();
    host.exited(run, ProcessExit::Exited(75));
    passes(&mut host, 2);
    says(&host, &["its process is created in 3 s"]);
}

#[test]
fn a_pause_is_measured_from_its_beginning() {
    let mut host = host(|_| {});
    connect(&mut host);
    host.report(ServiceState::Running, 3);
    passes(&mut host, 7200);
    host.report(ServiceState::Paused, 3);
    passes(&mut host, 4);
    says(&host, &["is PAUSED (for 4 s): run 1.1, started 2 h"]);
}

#[test]
fn who_was_killed_at_the_end_of_its_grace_has_not_reported_stopped() {
    let mut host = host(program);
    stop(&mut host);
    let run = host.run();
    assert_eq!(host.next_timer(), Timer::Kill(run));
    ends(&mut host, ProcessExit::Signaled(9));
    says(
        &host,
        &[
            "killed at the end of the 10 s that it was given",
            "may end as it likes",
        ],
    );
    assert!(!why(&host).contains("reported STOPPED"));
}

#[test]
fn x16_missed_deadlines_are_told() {
    let deadline = Some(Duration::from_secs(5));
    let mut overdue = host(|config| config.extensions.set(START_DEADLINE, deadline));
    connect(&mut overdue);
    overdue.next_timer();
    ends(&mut overdue, ProcessExit::Signaled(9));
    says(
        &overdue,
        &["by its start deadline", "That is the 1st failure"],
    );

    let mut overdue = host(|config| config.extensions.set(STOP_DEADLINE, deadline));
    connect(&mut overdue);
    overdue.report(ServiceState::Running, 1);
    stop(&mut overdue);
    overdue.next_timer();
    ends(&mut overdue, ProcessExit::Signaled(9));
    says(&overdue, &["by its stop deadline", "That is not a failure"]);
}

#[test]
fn a_program_that_is_done_has_not_reported_anything() {
    let mut host = host(program);
    passes(&mut host, 1);
    ends(&mut host, ProcessExit::Exited(0));
    says(&host, &["has done its work (X1)", "had run for 1 s"]);
}

#[test]
fn a_clean_stop_whose_process_ended_with_a_status_says_what_would_count_it() {
    let mut host = host(|_| {});
    connect(&mut host);
    host.report(ServiceState::Running, 1);
    let run = host.run();
    host.report(ServiceState::Stopped, 0);
    host.exited(run, ProcessExit::Exited(1));
    says(
        &host,
        &["exit status 1", "win32_set_service_exit_mode(false)"],
    );
}

#[test]
fn a_program_that_a_requested_stop_ends_is_told_with_its_signal() {
    let mut host = host(program);
    stop(&mut host);
    ends(&mut host, ProcessExit::Signaled(15));
    says(&host, &["signal 15 (TERM)", "after a stop was requested"]);
    assert!(!why(&host).contains("exit code 0"), "{}", why(&host));
}
