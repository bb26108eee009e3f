//! The guardian ends everything in good order where the engine cannot: its database is damaged, it is
//! frozen, it does not start. And until then clients are told what is wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use relance_engine::linux::guardian::EXIT_WITHOUT_ENGINE;
use relance_scm::config::StartType;
use relance_scm::manager::{OutputStream, next_output};
use relance_scm::settings::STOP_GRACE;
use relance_scm::{Caller, ServiceConfig, ServiceKind, ServiceManager, ServiceState};
use relance_testkit::cgroups::{process, wait_for_end};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::Stage;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{copy_of_relance, name, puppets, relance, running, write_program};

/// A program that writes down that it was told to stop, and stops.
fn obeying(daemon: &Daemon) -> ServiceConfig {
    let folder = daemon.folder().display();
    let script = daemon.folder().join("obey.sh");
    let text = format!(
        "trap 'echo told >{folder}/told; exit 0' USR1\necho ready\nwhile :; do sleep 100000 & wait; done\n"
    );
    fs::write(&script, text).expect("a writable folder");
    let line = format!("/bin/sh {}", script.display());
    let mut config = ServiceConfig::new(name("obeying"), line);
    config.kind = ServiceKind::Program;
    config.start_type = StartType::Auto;
    config
        .extensions
        .set(relance_scm::settings::STOP_SIGNAL, 10);
    config
}

/// Starts it, and waits until it listens to its signal.
fn start_obeying(daemon: &Daemon) {
    daemon.create(obeying(daemon));
    daemon.start_service(&name("obeying")).expect("it starts");
    let manager = daemon.manager();
    let mut output = manager
        .follow_output(&Caller::system(), &name("obeying"), OutputStream::Output, 0)
        .expect("output can be followed");
    relance_scm::manager::next_output(&mut *output).expect("it prints");
}

fn told(daemon: &Daemon) -> bool {
    daemon.folder().join("told").exists()
}

fn signal(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(pid.cast_signed()).expect("a process id");
    kill_process(pid, signal).expect("it may be signalled");
}

/// Makes the next engine fail.
fn damage(daemon: &Daemon) {
    let database = daemon.folder().join("state/relance.db");
    fs::write(
        database,
        "this is not a database, whatever was in it before",
    )
    .expect("a file");
    for log in ["state/relance.db-wal", "state/relance.db-shm"] {
        let _ = fs::remove_file(daemon.folder().join(log));
    }
}

/// The guardian has ended everything alone, and says so.
fn ended_without_engine(daemon: &Daemon, status: ExitStatus) {
    let messages = daemon.messages();
    assert_eq!(status.code(), Some(EXIT_WITHOUT_ENGINE), "{messages}");
}

/// Copies of the database's files as they are now, each with the place of the original.
fn copied(daemon: &Daemon) -> Vec<(PathBuf, PathBuf)> {
    let copy = |name: &str| {
        let place = daemon.folder().join("state").join(name);
        let copy = daemon.folder().join(name);
        fs::copy(&place, &copy).expect("a file");
        (copy, place)
    };
    ["relance.db-wal", "relance.db"].map(copy).into()
}

/// The database last, so that nobody finds it without its log.
fn put_back(copies: &[(PathBuf, PathBuf)]) {
    for (copy, place) in copies {
        fs::rename(copy, place).expect("the same file system");
    }
}

#[test]
fn a_damaged_database_is_told_to_clients_and_disturbs_no_service_and_no_shutdown() {
    let mut daemon = Daemon::start(relance());
    start_obeying(&daemon);
    let pid = daemon.query(&name("obeying")).status.process_id;
    let stage = Stage::new(daemon.folder(), "connected");
    daemon.create(puppets(&stage, "connected", "restart/0"));
    let mut puppet = running(&daemon, &stage, "connected");

    let engine = process(&daemon.engine_pid().to_string());
    damage(&daemon);
    daemon.kill_engine();
    wait_for_end(&engine);
    let asked = daemon.ask(|scm, caller, reply| scm.enumerate(caller, reply));
    let error = asked.expect_err("there is no database");
    assert!([1009, 1065].contains(&error.code().to_raw()), "{error}");
    assert!(error.to_string().contains("restore"), "{error}");
    let listed = daemon.relance(&["list"]);
    assert_eq!(listed.status.code(), Some(1));
    let said = String::from_utf8_lossy(&listed.stderr);
    assert!(said.contains("database"), "{said}");
    let rights = daemon.relance(&["access", "obeying"]);
    let said = String::from_utf8_lossy(&rights.stderr);
    assert!(said.contains("database"), "{said}");
    assert!(Path::new(&format!("/proc/{pid}")).exists(), "it runs on");

    signal(daemon.guardian_pid(), Signal::TERM);
    // STOP came over the channel: its stop is its own.
    puppet.stopped(0, 0);
    let status = daemon.wait_for_end();
    ended_without_engine(&daemon, status);
    assert!(told(&daemon), "{}", daemon.messages());
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
}

#[test]
fn a_frozen_engine_does_not_hold_up_the_shutdown_and_the_next_start_is_a_boot() {
    let mut daemon = Daemon::start(relance());
    start_obeying(&daemon);
    signal(daemon.engine_pid(), Signal::STOP);
    let status = daemon.stop();
    ended_without_engine(&daemon, status);
    assert!(told(&daemon), "{}", daemon.messages());
    daemon.start_again();
    let info = daemon.wait_for_state(&name("obeying"), ServiceState::Running);
    assert_eq!(info.recovery.failure_count, 0);
    assert_eq!(info.run.expect("it runs").cause, "auto");
    assert_eq!(daemon.stop().code(), Some(0), "in good order this time");
}

#[test]
fn a_shutdown_that_could_not_be_put_on_record_is_no_failure_of_anybody() {
    let mut daemon = Daemon::start(relance());
    start_obeying(&daemon);
    // As a full disk leaves it.
    let saved = copied(&daemon);
    assert_eq!(daemon.stop().code(), Some(0));
    put_back(&saved);
    daemon.start_again();
    let info = daemon.wait_for_state(&name("obeying"), ServiceState::Running);
    assert_eq!(info.recovery.failure_count, 0);
    assert_eq!(info.run.expect("it runs").cause, "auto");
    assert!(!daemon.folder().join("state/stopped").exists());
}

/// A daemon that leaves services 1 ms at its own end.
fn in_a_hurry() -> Daemon {
    let mut daemon = Daemon::start(relance());
    let settings = daemon.folder().join("relance.toml");
    fs::write(settings, "wait_to_kill_ms = 1\n").expect("a writable folder");
    daemon.stop();
    daemon.start_again();
    daemon
}

#[test]
fn what_does_not_stop_is_killed_by_the_guardian_and_named() {
    let mut daemon = in_a_hurry();
    let mut config = ServiceConfig::new(
        name("stubborn"),
        "/bin/sh -c \"trap : TERM; echo; while :; do sleep 100000; done\"",
    );
    config.kind = ServiceKind::Program;
    config.extensions.set(STOP_GRACE, Duration::from_millis(1));
    daemon.create(config);
    daemon.start_service(&name("stubborn")).expect("it starts");
    let engine = process(&daemon.engine_pid().to_string());
    damage(&daemon);
    daemon.kill_engine();
    wait_for_end(&engine);
    let _ = daemon.ask(|scm, caller, reply| scm.enumerate(caller, reply));
    let status = daemon.stop();
    ended_without_engine(&daemon, status);
    let messages = daemon.messages();
    assert!(messages.contains("\"stubborn\" (process"), "{messages}");
}

/// The time of a shutdown is 1 ms here: each has its own grace, in the order of X20.
#[test]
fn x20_a_guardian_without_an_engine_keeps_order_grace_and_signal_of_each() {
    let mut daemon = in_a_hurry();
    let order = daemon.folder().join("order");
    for (service, need, before) in [
        ("base", None, ""),
        (
            "middle",
            Some("BASE"),
            "for i in 1 2 3 4 5 6 7 8 9; do /bin/sh -c :; done;",
        ),
        (
            "top",
            Some("middle"),
            "for i in 1 2 3 4 5 6 7 8 9; do /bin/sh -c :; done;",
        ),
    ] {
        let line = format!(
            "trap '{before} echo {service} >>{order}; exit 0' USR1; echo ready; \
             while :; do sleep 100000 & wait; done",
            order = order.display(),
        );
        let depend = need.map(|need| ["--depend", need]);
        let create = ["create", service, "--stop-signal", "USR1"];
        let command = ["--", "/bin/sh", "-c", &line];
        let arguments = [
            &create[..],
            depend.as_ref().map_or(&[], |d| &d[..]),
            &command,
        ]
        .concat();
        let created = daemon.relance(&arguments);
        assert!(created.status.success(), "{created:?}");
        let mut output = daemon
            .manager()
            .follow_output(&Caller::system(), &name(service), OutputStream::Output, 0)
            .expect("it is followed");
        daemon.start_service(&name(service)).expect("it starts");
        next_output(&mut *output).expect("it is ready");
    }
    let engine = process(&daemon.engine_pid().to_string());
    damage(&daemon);
    daemon.kill_engine();
    wait_for_end(&engine);
    let _ = daemon.ask(|scm, caller, reply| scm.enumerate(caller, reply));
    let status = daemon.stop();
    ended_without_engine(&daemon, status);
    let order = fs::read_to_string(order).expect("they have ended themselves");
    assert_eq!(order, "top\nmiddle\nbase\n", "{}", daemon.messages());
}

#[test]
fn an_engine_that_does_not_start_does_not_hold_up_the_shutdown() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = copy_of_relance(folder.path());
    let mut daemon = Daemon::start(&program);
    start_obeying(&daemon);
    let engine = daemon.engine_pid();
    let broken = folder.path().join("broken");
    write_program(&broken, b"#!/bin/sh\nexit 1\n");
    fs::rename(&broken, &program).expect("the same folder");
    signal(engine, Signal::KILL);
    let status = daemon.stop();
    ended_without_engine(&daemon, status);
    assert!(told(&daemon), "{}", daemon.messages());
}

#[test]
fn a_database_that_comes_back_is_taken_up_without_a_word_from_anybody() {
    let daemon = Daemon::start(relance());
    start_obeying(&daemon);
    let pid = daemon.query(&name("obeying")).status.process_id;
    let engine = process(&daemon.engine_pid().to_string());
    signal(daemon.engine_pid(), Signal::STOP);
    let saved = copied(&daemon);
    damage(&daemon);
    let pid_of_engine = rustix::process::pidfd_send_signal(&engine, Signal::KILL);
    pid_of_engine.expect("it is frozen");
    wait_for_end(&engine);
    let asked = daemon.ask(|scm, caller, reply| scm.enumerate(caller, reply));
    asked.expect_err("there is no database");
    put_back(&saved);
    while daemon
        .ask(|scm, caller, reply| scm.enumerate(caller, reply))
        .is_err()
    {}
    let info = daemon.query(&name("obeying"));
    assert_eq!(
        (info.status.process_id, info.recovery.failure_count),
        (pid, 0)
    );
}
