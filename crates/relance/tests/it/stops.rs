//! How programs are stopped: beside a pending restart, in order, each within its own grace.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use relance_scm::{Caller, Control, ServiceManager, ServiceState};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::Stage;

use crate::support::{done, name, puppets, relance, running};

/// Makes a program of a line of shell.
fn create(daemon: &Daemon, service: &str, options: &[&str], line: &str) {
    let command = ["--", "/bin/sh", "-c", line];
    done(&daemon.relance(&[&["create", service], options, &command[..]].concat()));
}

/// Starts it, and waits until it has printed something.
fn start(daemon: &Daemon, service: &str) {
    done(&daemon.relance(&["start", service]));
    let manager = daemon.manager();
    let output = manager.follow_output(
        &Caller::system(),
        &name(service),
        relance_scm::manager::OutputStream::Output,
        0,
    );
    let mut output = output.expect("output can be followed");
    relance_scm::manager::next_output(&mut *output).expect("it prints");
}

#[test]
fn x21_a_stop_cancels_the_restart_of_a_program_that_waits() {
    let daemon = Daemon::with_manual_clock(relance());
    let options = ["--actions", "restart/1h", "--reset", "2h"];
    create(&daemon, "b", &options, "exit 1");
    // Whether it is seen running is a matter of luck.
    let _ = daemon.relance(&["start", "--no-wait", "b"]);
    let down = daemon.wait_for_state(&name("b"), ServiceState::Stopped);
    assert_eq!(down.recovery.pending.len(), 1);
    done(&daemon.relance(&["stop", "b"]));
    assert!(daemon.query(&name("b")).recovery.pending.is_empty());
    let again = daemon.relance(&["stop", "b"]);
    assert_eq!(again.status.code(), Some(3), "1062 as ever");
}

#[test]
fn r31_the_restart_of_a_service_goes_on_unless_it_is_cancelled_too() {
    let daemon = Daemon::with_manual_clock(relance());
    let stage = Stage::new(daemon.folder(), "p");
    daemon.create(puppets(&stage, "p", "restart/3600000"));
    let puppet = running(&daemon, &stage, "p");
    puppet.kill(rustix::process::Signal::KILL);
    daemon.wait_for_state(&name("p"), ServiceState::Stopped);
    let refused = daemon.relance(&["stop", "p"]);
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(text.contains("cancel-recovery p"), "{text}");
    assert_eq!(daemon.query(&name("p")).recovery.pending.len(), 1);
    done(&daemon.relance(&["stop", "--cancel", "p"]));
    assert!(daemon.query(&name("p")).recovery.pending.is_empty());
}

#[test]
fn x20_dependents_end_before_what_they_need_each_in_its_own_time() {
    let mut daemon = Daemon::start(relance());
    fs::write(
        daemon.folder().join("relance.toml"),
        "wait_to_kill_ms = 1\n",
    )
    .expect("a folder");
    daemon.stop();
    daemon.start_again();
    let order = daemon.folder().join("order");
    let line = |own: &str, before: &str| {
        format!(
            "trap '{before} echo {own} >>{order}; exit 0' TERM; echo ready; \
             while :; do sleep 100000 & wait; done",
            order = order.display(),
        )
    };
    create(&daemon, "zookeeper", &[], &line("zookeeper", ""));
    let slow = "for i in 1 2 3 4 5 6 7 8 9; do /bin/sh -c :; done;";
    create(
        &daemon,
        "kafka",
        &["--depend", "zookeeper"],
        &line("kafka", slow),
    );
    start(&daemon, "zookeeper");
    start(&daemon, "kafka");
    assert_eq!(daemon.stop().code(), Some(0));
    assert_eq!(
        fs::read_to_string(order).expect("both ended"),
        "kafka\nzookeeper\n"
    );
    daemon.start_again();
    for service in ["kafka", "zookeeper"] {
        let killed = daemon.all_events(&name(service), &[1003]);
        assert!(killed.is_empty(), "{killed:?}");
    }
}

#[test]
fn x23_a_program_is_told_by_signals() {
    let daemon = Daemon::start(relance());
    let order = daemon.folder().join("order");
    let line = format!(
        "trap 'echo hup >>{o}' HUP; trap 'echo usr1 >>{o}' USR1; echo ready; \
         while :; do sleep 100000 & wait; done",
        o = order.display(),
    );
    create(&daemon, "plain", &[], "echo ready; exec sleep 100000");
    start(&daemon, "plain");
    let refused = daemon.relance(&["reload", "plain"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("--reload-signal HUP"), "{said}");
    // Set while it runs; it takes effect at once.
    let options = ["--control-signals", "200=USR1"];
    create(&daemon, "a", &options, &line);
    start(&daemon, "a");
    done(&daemon.relance(&["config", "a", "--reload-signal", "HUP"]));
    done(&daemon.relance(&["reload", "a"]));
    let told = |text: &str| fs::read_to_string(&order).unwrap_or_default() == text;
    while !told("hup\n") {
        std::thread::yield_now();
    }
    done(&daemon.relance(&["control", "a", "200"]));
    while !told("hup\nusr1\n") {
        std::thread::yield_now();
    }
    let other = daemon.relance(&["control", "a", "201"]);
    assert_eq!(other.status.code(), Some(3), "1052");
}

#[test]
fn s20_controls_have_names_and_who_types_a_signal_is_told_how_to_send_it() {
    let daemon = Daemon::start(relance());
    create(&daemon, "a", &[], "echo ready; exec sleep 100000");
    start(&daemon, "a");
    let refused = |word: &str| {
        let refused = daemon.relance(&["control", "a", word]);
        assert!(!refused.status.success(), "{word}");
        String::from_utf8_lossy(&refused.stderr).into_owned()
    };
    for word in ["HUP", "sigusr1", "SIGTERM"] {
        let said = refused(word);
        let parts = ["--reload-signal", "--control-signals 200=", "stop a"];
        assert!(parts.iter().all(|part| said.contains(part)), "{said}");
    }
    assert!(refused("nonsense").contains("paramchange"));
    done(&daemon.relance(&["control", "a", "stop"]));
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
}

/// The answer to a control that may wait this long.
fn control_and_wait(
    daemon: &Daemon,
    service: &str,
    control: Control,
    within: Duration,
) -> ServiceState {
    let service = name(service);
    let status = daemon.ask(|scm, caller, reply| {
        scm.control_and_wait(caller, &service, control, within, reply);
    });
    status.expect("the control is taken").state
}

#[test]
fn a_wait_for_another_state_ends_when_the_service_stops_instead() {
    let daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "p");
    daemon.create(puppets(&stage, "p", ""));
    for (from, control) in [
        (ServiceState::Running, Control::Pause),
        (ServiceState::Paused, Control::Continue),
    ] {
        let mut puppet = running(&daemon, &stage, "p");
        puppet.report(from);
        let hour = Duration::from_secs(3600);
        let state = thread::scope(|scope| {
            let waits = scope.spawn(|| control_and_wait(&daemon, "p", control, hour));
            assert_eq!(puppet.next_control(), control.to_raw());
            puppet.stopped(0, 0);
            waits.join().expect("it is answered")
        });
        assert_eq!(state, ServiceState::Stopped, "{control}");
    }
}

#[test]
fn a_control_that_waits_is_answered_when_the_service_has_stopped() {
    let daemon = Daemon::start(relance());
    create(&daemon, "a", &[], "echo ready; exec sleep 100000");
    start(&daemon, "a");
    let state = control_and_wait(&daemon, "a", Control::Stop, Duration::from_secs(3600));
    assert_eq!(state, ServiceState::Stopped);
}

#[test]
fn a_control_that_waits_for_a_deleted_service_is_answered_when_it_is_gone() {
    let daemon = Daemon::start(relance());
    create(&daemon, "a", &[], "echo ready; exec sleep 100000");
    start(&daemon, "a");
    done(&daemon.relance(&["delete", "a"]));
    let state = control_and_wait(&daemon, "a", Control::Stop, Duration::from_secs(3600));
    assert_eq!(state, ServiceState::Stopped);
}

#[test]
fn a_control_does_not_wait_longer_than_it_is_asked_to() {
    let daemon = Daemon::start(relance());
    create(
        &daemon,
        "a",
        &[],
        "trap '' TERM; echo ready; while :; do sleep 100000; done",
    );
    start(&daemon, "a");
    let state = control_and_wait(&daemon, "a", Control::Stop, Duration::from_millis(1));
    assert_eq!(state, ServiceState::StopPending);
    done(&daemon.relance(&["terminate", "a"]));
}

#[test]
fn a_wait_that_is_given_up_names_the_time_that_was_given() {
    let daemon = Daemon::start(relance());
    let line = "trap '' TERM; echo ready; while :; do sleep 100000; done";
    create(&daemon, "a", &[], line);
    start(&daemon, "a");
    let given_up = daemon.relance(&["stop", "a", "--timeout", "600ms"]);
    let said = String::from_utf8_lossy(&given_up.stderr).into_owned();
    assert_eq!(given_up.status.code(), Some(5), "{said}");
    assert!(said.contains("after 0.6 s without progress"), "{said}");
    done(&daemon.relance(&["terminate", "a"]));
}

#[test]
fn a_stop_outlives_the_engine_that_waits_for_it() {
    let daemon = Daemon::start(relance());
    let gate = daemon.folder().join("gate");
    let made = Command::new("mkfifo").arg(&gate).status();
    assert!(made.expect("mkfifo is installed").success());
    let line = format!(
        "trap 'read line <{}; exit 0' TERM; echo ready; while :; do sleep 100000 & wait; done",
        gate.display()
    );
    create(&daemon, "a", &[], &line);
    start(&daemon, "a");
    let mut stop = daemon.client(&["stop", "a"]);
    let stop = stop
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    daemon.wait_for_state(&name("a"), ServiceState::StopPending);
    daemon.kill_engine();
    fs::write(&gate, "now\n").expect("the program waits at it");
    done(&stop.wait_with_output().expect("it ends"));
    assert_eq!(daemon.query(&name("a")).status.state, ServiceState::Stopped);
}
