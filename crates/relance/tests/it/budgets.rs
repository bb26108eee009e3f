//! Budgets of recovery (X95 to X99) with the manager's settings, real processes and the command line.

use std::process::Output;

use relance_scm::ServiceState;
use relance_scm::budget::Budget;
use relance_testkit::daemon::Daemon;

use crate::support::{name, printed, relance};

fn create(daemon: &Daemon, service: &str, options: &[&str]) {
    let words = ["create", service, "--actions", "restart/0", "--reset", "1h"];
    let program = ["--", "/bin/sleep", "1000"];
    printed(daemon, &[&words, options, &program].concat());
    daemon.start_service(&name(service)).expect("it starts");
    daemon.wait_for_state(&name(service), ServiceState::Running);
}

/// Its process is killed; from the kernel's view by somebody else.
fn kill(daemon: &Daemon, service: &str) {
    let pid = daemon.query(&name(service)).status.process_id;
    let pid = i32::try_from(pid).expect("a process");
    let pid = rustix::process::Pid::from_raw(pid).expect("it runs");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("it is ours");
}

fn words(output: &Output) -> String {
    let both = [&*output.stdout, &*output.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}

#[test]
fn x95_a_restart_that_the_machine_has_no_place_for_is_named_everywhere() {
    let daemon = Daemon::with_settings(relance(), "recovery_restarts = \"1 in 1h\"\n");
    for service in ["one", "two"] {
        create(&daemon, service, &[]);
    }
    kill(&daemon, "one");
    daemon.wait_until(&name("one"), |info| {
        info.recovery.failure_count == 1 && info.status.state == ServiceState::Running
    });
    kill(&daemon, "two");
    let delayed = |info: &relance_scm::manager::ServiceInfo| {
        let mut pending = info.recovery.pending.iter();
        pending.any(|pending| pending.delayed_by == Some(Budget::RecoveryRestarts))
    };
    daemon.wait_until(&name("two"), delayed);
    // The next engine knows of the restart of the other, and of the place that this one has.
    daemon.kill_engine();
    daemon.wait_until(&name("two"), delayed);
    for command in ["why", "status", "events"] {
        let arguments: &[&str] = match command {
            "events" => &["events", "--service", "two"],
            _ => &[command, "two"],
        };
        let shown = printed(&daemon, arguments);
        assert!(shown.contains("recovery_restarts"), "{command}: {shown}");
    }
    let json = printed(&daemon, &["status", "two", "--json"]);
    assert!(json.contains("\"delayed_by\""), "{json}");
    // Somebody who starts it does not wait.
    printed(&daemon, &["start", "two"]);
    daemon.wait_for_state(&name("two"), ServiceState::Running);
}

#[test]
fn x96_quiet_hours_of_the_service_and_of_the_machine_hold_a_restart() {
    // Between them they are the whole day, so that the hour of the test does not matter.
    let daemon = Daemon::with_settings(relance(), "recovery_quiet_hours = \"12:00-00:00\"\n");
    create(&daemon, "worker", &["--quiet-hours", "00:00-12:00"]);
    kill(&daemon, "worker");
    let info = daemon.wait_until(&name("worker"), |info| {
        let mut pending = info.recovery.pending.iter();
        pending.any(|pending| pending.delayed_by.is_some_and(Budget::is_quiet_hours))
    });
    assert_eq!(info.status.state, ServiceState::Stopped);
    let shown = printed(&daemon, &["failure", "worker"]);
    assert!(shown.contains("00:00-12:00"), "{shown}");
}

#[test]
fn x96_x97_x98_what_cannot_be_read_is_named() {
    let daemon = Daemon::start(relance());
    create(&daemon, "worker", &["--restart-group", "db"]);
    let refused = daemon.relance(&["failure", "worker", "--quiet-hours", "25:00-26:00"]);
    assert!(
        words(&refused).contains("02:00-04:00"),
        "{}",
        words(&refused)
    );
    let file = daemon.folder().join("wrong.toml");
    std::fs::write(&file, "log_files = 2\nrecovery_reboots = \"often\"\n").expect("our folder");
    let file = file.to_str().expect("a plain path");
    let refused = daemon.relance(&["daemon", "--config", file]);
    let words = words(&refused);
    assert!(
        words.contains("wrong.toml:2:") && words.contains("30 in 1m"),
        "{words}"
    );
}

#[test]
fn x96_a_test_of_a_policy_has_a_clock() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |file: &str| folder.path().join(file);
    let definition = "[[service]]\nname = \"worker\"\ncommand = [\"/bin/true\"]\n\
                      recovery.actions = \"restart/1s\"\nextensions.quiet_hours = \"02:00-04:00\"\n";
    std::fs::write(path("worker.toml"), definition).expect("our folder");
    let scenarios = "services = [\"worker.toml\"]\n\n[[scenario]]\nname = \"in quiet hours it stays down\"\n\
                     script = \"clock 03:00, crash @1m\"\ndown_at_most = \"59m\"\n\n[[scenario]]\n\
                     name = \"before them it is back at once\"\nscript = \"clock 01:00, crash @1m\"\n\
                     down_at_most = \"1s\"\n";
    std::fs::write(path("worker.test.toml"), scenarios).expect("our folder");
    let output = std::process::Command::new(relance())
        .arg("test")
        .arg(path("worker.test.toml"))
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", words(&output));
}
