//! Services that wait for what they need (X70) and for their time (X72), with real processes.

use relance_scm::config::Dependency;
use relance_scm::settings::{SCHEDULE, WHEN_DEPENDENCY_FAILS, WHEN_STILL_RUNNING};
use relance_scm::{ServiceConfig, ServiceKind, ServiceState};
use relance_testkit::daemon::Daemon;

use crate::support::{name, relance};

fn program(text: &str, command_line: &str) -> ServiceConfig {
    let mut config = ServiceConfig::new(name(text), command_line);
    config.kind = ServiceKind::Program;
    config
}

fn output(daemon: &Daemon, arguments: &[&str]) -> String {
    let output = daemon.relance(arguments);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn x70_a_worker_is_held_until_its_database_runs_again() {
    let daemon = Daemon::start(relance());
    daemon.create(program("db", "/bin/sleep 1000"));
    let mut worker = program("worker", "/bin/sleep 1000");
    worker.dependencies = [Dependency::Service(name("db"))].into();
    worker.extensions.set(WHEN_DEPENDENCY_FAILS, "held");
    daemon.create(worker);
    daemon.start_service(&name("worker")).expect("it starts");
    for text in ["db", "worker"] {
        let info = daemon.wait_for_state(&name(text), ServiceState::Running);
        let pid = i32::try_from(info.status.process_id).expect("a process id");
        let pid = rustix::process::Pid::from_raw(pid).expect("a process");
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("it is ours");
        daemon.wait_for_state(&name(text), ServiceState::Stopped);
    }
    let info = daemon.wait_until(&name("worker"), |info| info.held.is_some());
    assert_eq!(info.recovery.failure_count, 0);
    let why = output(&daemon, &["why", "worker"]);
    assert!(why.contains("db, which it needs, is down"), "{why}");
    let list = output(&daemon, &["list"]);
    assert!(list.contains("start with db"), "{list}");
    daemon.start_service(&name("db")).expect("it starts");
    let info = daemon.wait_for_state(&name("worker"), ServiceState::Running);
    assert_eq!(info.run.expect("it runs").cause, "dependency back");
}

#[test]
fn x72_the_clock_starts_it_and_its_next_time_is_shown() {
    let daemon = Daemon::start(relance());
    let mut tick = program("tick", "/bin/true");
    tick.extensions.set(SCHEDULE, Some("*:*:* UTC".into()));
    tick.extensions.set(WHEN_STILL_RUNNING, "queue");
    daemon.create(tick);
    let info = daemon.wait_until(&name("tick"), |info| {
        let run = info.last_end.as_ref().map_or(0, |end| end.run.number);
        run >= 2
    });
    assert!(info.next_start.is_some());
    let status = output(&daemon, &["status", "tick"]);
    assert!(status.contains("(*:*:* UTC)"), "{status}");
    // A start that will not happen is not announced.
    output(&daemon, &["disable", "tick"]);
    daemon.wait_until(&name("tick"), |info| info.next_start.is_none());
    output(&daemon, &["enable", "--demand", "tick"]);
    // What an engine has planned, the next one keeps.
    daemon.kill_engine();
    daemon.wait_until(&name("tick"), |info| {
        info.last_end
            .as_ref()
            .is_some_and(|end| end.run.number >= 4)
    });
}
