//! Services bound to processors.

use std::fs;

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;
use rustix::thread::sched_getaffinity;

use crate::support::{name, relance};

/// The first of 64 processors that this process may use, or that it may not.
fn processor(usable: bool) -> String {
    let allowed = sched_getaffinity(None).expect("our own processors");
    let found = (0..64).find(|processor| allowed.is_set(*processor) == usable);
    found
        .expect("a machine with less than 64 processors")
        .to_string()
}

#[test]
fn a_program_runs_on_the_processors_it_is_bound_to() {
    let daemon = Daemon::start(relance());
    let processor = processor(true);
    let file = daemon.folder().join("processors");
    let print = format!(
        "grep Cpus_allowed_list /proc/self/status > {}",
        file.display()
    );
    let command = ["--", "/bin/sh", "-c", &print];
    let words = [&["create", "bound", "--affinity", &processor], &command[..]].concat();
    assert!(daemon.relance(&words).status.success());
    assert!(daemon.relance(&["start", "bound"]).status.success());
    daemon.wait_for_state(&name("bound"), ServiceState::Stopped);
    let printed = fs::read_to_string(file).expect("it has run");
    assert_eq!(printed.split_whitespace().last(), Some(processor.as_str()));
    let shown = daemon.relance(&["config", "bound"]).stdout;
    assert!(String::from_utf8_lossy(&shown).contains("Processors *"));
}

#[test]
fn processors_that_are_not_there_refuse_the_start() {
    let daemon = Daemon::start(relance());
    let missing = processor(false);
    let words = ["create", "bound", "--affinity", &missing, "--", "/bin/true"];
    assert!(daemon.relance(&words).status.success());
    let started = daemon.relance(&["start", "bound"]);
    let text = String::from_utf8_lossy(&started.stderr).into_owned();
    assert!(text.contains("87") && text.contains("(affinity)"), "{text}");
    let status = daemon.query(&name("bound")).status;
    assert_eq!(status.state, ServiceState::Stopped);
    // Back to all of them.
    let all = daemon.relance(&["config", "bound", "--affinity", ""]);
    assert!(all.status.success());
    assert!(daemon.relance(&["start", "bound"]).status.success());
}
