//! Programs and services that must give heartbeats (X40), with real processes.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use relance_scm::settings::WATCHDOG;
use relance_scm::{ServiceKind, ServiceState};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::{Puppet, Stage};

use crate::support::{name, relance};

const TIME: Duration = Duration::from_secs(60);
/// Nearly the whole time.
const MOST: Duration = Duration::from_secs(59);

/// A program on strings with a watchdog, that was just started.
fn watched(daemon: &Daemon) -> (Stage, Puppet) {
    let stage = Stage::new(daemon.folder(), "worker");
    let mut config = stage.service("worker", "none/0");
    config.kind = ServiceKind::Program;
    config.extensions.set(WATCHDOG, Some(TIME));
    daemon.create(config);
    daemon.start_service(&name("worker")).expect("it starts");
    let puppet = stage.next_run();
    daemon.wait_for_state(&name("worker"), ServiceState::Running);
    (stage, puppet)
}

/// Lets time pass, over every deadline.
fn pass(daemon: &Daemon, mut time: Duration) {
    while !time.is_zero() {
        time -= daemon.advance(time);
    }
}

#[test]
fn x40_a_program_lives_by_its_heartbeats_and_is_ended_without() {
    let daemon = Daemon::with_manual_clock(relance());
    let (_stage, mut puppet) = watched(&daemon);
    for _ in 0..5 {
        pass(&daemon, MOST);
        puppet.order("beat").expect("it was sent");
    }
    let running = daemon.query(&name("worker"));
    assert_eq!(running.status.process_id, puppet.pid);
    pass(&daemon, TIME);
    let info = daemon.wait_for_state(&name("worker"), ServiceState::Stopped);
    assert_eq!(info.recovery.failure_count, 1);
    let events = daemon.relance(&["events", "--id", "1012"]);
    let events = String::from_utf8_lossy(&events.stdout).into_owned();
    assert!(
        events.contains("worker gave no heartbeat for 1 min"),
        "{events}"
    );
    let why = daemon.relance(&["why", "worker"]);
    let why = String::from_utf8_lossy(&why.stdout).into_owned();
    assert!(why.contains("hung: no heartbeat for 1 min"), "{why}");
}

#[test]
fn x40_a_stranger_keeps_no_run_alive() {
    let daemon = Daemon::with_manual_clock(relance());
    let (_stage, mut puppet) = watched(&daemon);
    let socket = puppet
        .order("environment NOTIFY_SOCKET")
        .expect_err("its value");
    let time = puppet
        .order("environment WATCHDOG_USEC")
        .expect_err("its value");
    assert_eq!(time, "60000000");
    pass(&daemon, MOST);
    let stranger = UnixDatagram::unbound().expect("a socket");
    stranger
        .send_to(b"WATCHDOG=1", socket)
        .expect("of the same account");
    pass(&daemon, Duration::from_secs(1));
    daemon.wait_for_state(&name("worker"), ServiceState::Stopped);
}

#[test]
fn x40_heartbeats_go_on_with_another_engine_and_with_another_daemon() {
    let mut daemon = Daemon::with_manual_clock(relance());
    let (_stage, mut puppet) = watched(&daemon);
    for round in 0..2 {
        match round {
            0 => daemon.kill_engine(),
            _ => {
                daemon.kill_guardian();
                daemon.start_again();
            }
        }
        daemon.wait_for_state(&name("worker"), ServiceState::Running);
        pass(&daemon, MOST);
        puppet.order("beat").expect("the socket is there again");
        pass(&daemon, MOST);
        let info = daemon.query(&name("worker"));
        assert_eq!(info.status.process_id, puppet.pid, "round {round}");
    }
    pass(&daemon, TIME);
    daemon.wait_for_state(&name("worker"), ServiceState::Stopped);
}
