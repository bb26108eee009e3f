//! Restarts (X22) with real processes: they outlive the caller, the engine and a long stop.

use std::fs;
use std::io::Read;
use std::process::{Command, Output, Stdio};

use relance_scm::manager::ServiceInfo;
use relance_scm::{RunId, ServiceKind, ServiceState};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::Stage;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{name, puppets, relance, running};

fn done(output: &Output) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}

/// Makes a program of a line of shell, and starts it.
fn program(daemon: &Daemon, service: &str, options: &[&str], line: &str) -> RunId {
    let command = ["--", "/bin/sh", "-c", line];
    done(&daemon.relance(&[&["create", service], options, &command[..]].concat()));
    done(&daemon.relance(&["start", service]));
    run_of(&daemon.query(&name(service)))
}

fn run_of(info: &ServiceInfo) -> RunId {
    info.run.as_ref().expect("it runs").id
}

/// Waits until a later run of it runs.
fn again(daemon: &Daemon, service: &str, before: RunId) -> ServiceInfo {
    daemon.wait_until(&name(service), |info| {
        let later = info.run.as_ref().is_some_and(|run| run.id != before);
        later && info.status.state == ServiceState::Running
    })
}

#[test]
fn x22_a_restart_survives_the_engine_and_the_guardian() {
    let mut daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "slow");
    daemon.create(puppets(&stage, "slow", "restart/0"));
    let mut puppet = running(&daemon, &stage, "slow");
    let before = run_of(&daemon.query(&name("slow")));
    done(&daemon.relance(&["restart", "--no-wait", "slow"]));
    assert_eq!(puppet.next_control(), 1, "STOP");
    daemon.kill_engine();
    let info = daemon.query(&name("slow"));
    assert!(info.restart_wanted.is_some());
    daemon.kill_guardian();
    daemon.start_again();
    let why = daemon.relance(&["why", "slow"]);
    let why = String::from_utf8_lossy(&why.stdout).into_owned();
    assert!(why.contains("A restart was asked for"), "{why}");
    puppet.stopped(0, 0);
    let mut next = stage.next_run();
    next.run();
    let info = again(&daemon, "slow", before);
    assert_eq!(info.run.expect("it runs").cause, "restart");
    assert_eq!(info.recovery.failure_count, 0);
}

#[test]
fn x22_a_program_restarts_itself_from_inside() {
    let daemon = Daemon::start(relance());
    let socket = daemon.socket();
    let (binary, once) = (relance().display(), daemon.folder().join("once"));
    // Its own restart ends it and its child, the command.
    let line = format!(
        "[ -e {once} ] || {{ : >{once}; {binary} restart --socket {socket} itself; }}; \
         while :; do sleep 100000; done",
        once = once.display(),
        socket = socket.display(),
    );
    let command = ["create", "itself", "--", "/bin/sh", "-c", &line];
    done(&daemon.relance(&command));
    done(&daemon.relance(&["start", "--no-wait", "itself"]));
    let info = daemon.wait_until(&name("itself"), |info| {
        let cause = info.run.as_ref().map(|run| run.cause);
        cause == Some("restart") && info.status.state == ServiceState::Running
    });
    assert!(info.restart_wanted.is_none());
}

#[test]
fn x22_an_interrupted_command_says_that_the_restart_goes_on() {
    let daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "slow");
    daemon.create(puppets(&stage, "slow", "restart/0"));
    let mut puppet = running(&daemon, &stage, "slow");
    let mut command = Command::new(relance());
    command.env("RELANCE_SOCKET", daemon.socket());
    let command = command.args(["restart", "slow"]).stderr(Stdio::piped());
    let mut command = command.spawn().expect("the command");
    puppet.next_control();
    // It has been asked for: the command is told, and waits.
    daemon.wait_until(&name("slow"), |info| info.restart_wanted.is_some());
    let mut said = String::new();
    let mut stderr = command.stderr.take().expect("a pipe");
    // It explains itself once it waits, which is when it may be interrupted.
    let mut byte = [0];
    while !said.ends_with('\n') {
        stderr.read_exact(&mut byte).expect("it explains itself");
        said.push(char::from(byte[0]));
    }
    assert!(said.contains("goes on if you interrupt"), "{said}");
    let pid = Pid::from_child(&command);
    kill_process(pid, Signal::INT).expect("a child of ours");
    stderr.read_to_string(&mut said).expect("text");
    assert_eq!(command.wait().expect("a child").code(), Some(130));
    assert!(said.contains("goes on without this command"), "{said}");
    puppet.stopped(0, 0);
    let mut next = stage.next_run();
    next.run();
}

#[test]
fn x22_a_command_that_gives_up_says_so_and_the_restart_happens() {
    let daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "slow");
    daemon.create(puppets(&stage, "slow", "restart/0"));
    let mut puppet = running(&daemon, &stage, "slow");
    let given_up = daemon.relance(&["restart", "--timeout", "1ms", "slow"]);
    let said = String::from_utf8_lossy(&given_up.stderr).into_owned();
    assert_eq!(given_up.status.code(), Some(5), "{said}");
    assert!(said.contains("goes on by itself"), "{said}");
    puppet.next_control();
    // A stop takes it back.
    done(&daemon.relance(&["stop", "--no-wait", "slow"]));
    puppet.stopped(0, 0);
    let info = daemon.wait_for_state(&name("slow"), ServiceState::Stopped);
    assert!(info.restart_wanted.is_none() && info.run.is_none());
}

#[test]
fn x22_dependents_are_named_or_stopped_and_started_in_order() {
    let daemon = Daemon::start(relance());
    let order = daemon.folder().join("order");
    let line = |own: &str| {
        format!(
            "trap 'echo {own} stops >>{o}; exit 0' TERM; echo {own} starts >>{o}; echo ready; \
             while :; do sleep 100000 & wait; done",
            o = order.display(),
        )
    };
    let db = program(&daemon, "db", &[], &line("db"));
    let web = program(&daemon, "web", &["--depend", "db"], &line("web"));
    let edge = program(&daemon, "edge", &["--depend", "web"], &line("edge"));
    // Each has its trap.
    let lines = || fs::read_to_string(&order).unwrap_or_default();
    while lines().lines().count() < 3 {
        std::thread::yield_now();
    }
    let refused = daemon.relance(&["restart", "db"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        said.contains("needed by web") && said.contains("--dependents"),
        "{said}"
    );
    let refused = daemon.relance(&["stop", "db"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        said.contains("needed by web") && said.contains("relance stop web"),
        "{said}"
    );
    fs::write(&order, "").expect("a file");
    done(&daemon.relance(&["restart", "--dependents", "db"]));
    again(&daemon, "db", db);
    again(&daemon, "web", web);
    again(&daemon, "edge", edge);
    while lines().lines().count() < 6 {
        std::thread::yield_now();
    }
    let told = lines();
    let at = |line: &str| {
        told.lines()
            .position(|told| told == line)
            .expect("it is there")
    };
    assert!(
        at("edge stops") < at("web stops") && at("web stops") < at("db stops"),
        "{told}"
    );
    for info in ["db", "web", "edge"].map(|service| daemon.query(&name(service))) {
        assert_eq!(info.config.kind, ServiceKind::Program);
        assert_eq!(info.recovery.failure_count, 0);
    }
}

#[test]
fn x113_a_restart_that_meets_no_folder_names_it_as_a_start_does() {
    let daemon = Daemon::start(relance());
    let folder = daemon.folder().join("release");
    fs::create_dir(&folder).expect("a folder");
    let folder = folder.display().to_string();
    let options = ["--working-directory", &folder];
    program(&daemon, "a", &options, "exec sleep 1000");
    fs::remove_dir(&folder).expect("it is empty");
    let said = crate::support::refused(&daemon, &["restart", "a"]);
    assert!(said.contains(&folder), "{said}");
    let said = crate::support::refused(&daemon, &["start", "a"]);
    assert!(said.contains(&folder), "{said}");
}
