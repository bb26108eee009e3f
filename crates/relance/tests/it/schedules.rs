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

/// Simulates without a manager, in UTC.
fn simulated(words: &[&str]) -> std::process::Output {
    let mut command = std::process::Command::new(relance());
    command.args(["simulate", "--program", "--begin", "2026-03-27T20:00:00Z"]);
    command
        .env("TZ", "UTC")
        .args(words)
        .output()
        .expect("it runs")
}

#[test]
fn x72_simulate_starts_it_by_the_clock_and_names_the_next_starts() {
    // In Berlin clocks go forward on March 29.
    let schedule = "Sat..Mon 02:30 UTC";
    let words = ["--schedule", schedule, "--script", "lasts 40m, quiet 1d"];
    let output = simulated(&words);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = [
        "2026-03-28 02:30:00.000  7036 the service is now running.",
        "2026-03-28 03:10:00.000  the run ends by itself",
        "2026-03-28 20:00:00.000  STOPPED, failures counted: 0",
        "next starts: 2026-03-29 02:30:00.000, 2026-03-30 02:30:00.000, 2026-04-04 02:30:00.000",
    ];
    for line in lines {
        assert!(text.contains(line), "{line}: {text}");
    }
    let output = simulated(&[&words[..], &["--json"]].concat());
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["begins_at_ms"], 1_774_641_600_000_i64);
    assert_eq!(json["next_starts_at_ms"][0], 1_774_751_400_000_i64);
}

#[test]
fn x75_simulate_refuses_what_the_manager_refuses() {
    for (schedule, expected) in [
        ("*-02-31", "never comes"),
        ("02:30 Nowhere/Land", "Nowhere/Land"),
        ("soon", "soon"),
    ] {
        let output = simulated(&["--schedule", schedule, "--script", "quiet 1d"]);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(expected), "{text}");
    }
    let over = simulated(&["--schedule", "2020-01-01", "--script", "quiet 1d"]);
    let text = String::from_utf8_lossy(&over.stdout).into_owned();
    assert!(text.contains("no start follows by its schedule"), "{text}");
}
