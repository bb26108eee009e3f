//! Workers that a wrapper has started (`sh -c 'cd …; php worker.php'`, npm, a script): a stop reaches them when
//! the wrapper ends at the signal, and they have the whole grace (X24).

use std::fs;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use relance_scm::ServiceState;
use relance_testkit::cgroups::{process, wait_for_end};
use relance_testkit::daemon::Daemon;

use crate::support::{done, name, output_with, relance};

const WORKER: &str = "w";
/// The entry that a program was killed at the end of its grace.
const KILLED: u32 = 1003;

/// The two ways in which a daemon knows what belongs to a run.
fn daemons() -> impl Iterator<Item = Daemon> {
    let with = Daemon::with_cgroups(relance());
    if with.is_none() {
        eprintln!("not run: needs root");
    }
    let without = Daemon::with(relance(), &["--cgroups", "off"]);
    with.into_iter().chain([without])
}

/// A worker behind a shell, which ends at the signal at once. When it is told to stop it waits for its gate.
struct Wrapped {
    told_at: PathBuf,
    gate: PathBuf,
    pid: u32,
    wrapper: OwnedFd,
}

impl Wrapped {
    fn start(daemon: &Daemon, options: &[&str], told: &str) -> Self {
        let told_at = fifo(daemon, "told");
        let gate = fifo(daemon, "gate");
        let script = daemon.folder().join("worker.sh");
        let text = format!(
            "trap '{told}' TERM\necho ready\nwhile :; do sleep 100000 & wait; done\n",
            told = told
                .replace("TOLD", &told_at.display().to_string())
                .replace("GATE", &gate.display().to_string()),
        );
        fs::write(&script, text).expect("a folder");
        let line = format!("cd /; /bin/sh {}; exit 1", script.display());
        let command = ["--", "/bin/sh", "-c", &line];
        done(&daemon.relance(&[&["create", WORKER], options, &command[..]].concat()));
        done(&daemon.relance(&["start", WORKER]));
        output_with(daemon, WORKER, "ready");
        let pid = daemon.query(&name(WORKER)).status.process_id;
        let wrapper = process(&pid.to_string());
        Self {
            told_at,
            gate,
            pid,
            wrapper,
        }
    }

    /// The wrapper has ended, and the worker has been told.
    fn wait_until_told(&self) {
        // Blocks until somebody writes.
        fs::File::open(&self.told_at).expect("a worker that was told");
        // Not until its number is gone: an init that reaps nothing leaves a zombie.
        wait_for_end(&self.wrapper);
    }

    fn let_go(&self) {
        let gate = fs::OpenOptions::new().write(true).open(&self.gate);
        let mut gate = gate.expect("a worker that waits");
        gate.write_all(b"go\n").expect("a worker that waits");
    }
}

const PATIENT: &str = "echo told; : >TOLD; read line <GATE; echo finished; exit 0";
const DEAF: &str = "echo told";

fn fifo(daemon: &Daemon, name: &str) -> PathBuf {
    let path = daemon.folder().join(name);
    let kind = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, &path, kind, rustix::fs::Mode::RWXU, 0).expect("a fifo");
    path
}

fn was_killed(daemon: &Daemon) -> bool {
    !daemon.all_events(&name(WORKER), &[KILLED]).is_empty()
}

fn ends_well(daemon: &Daemon, worker: &Wrapped) {
    let state = daemon.query(&name(WORKER)).status.state;
    assert_eq!(state, ServiceState::StopPending);
    worker.let_go();
    let stopped = daemon.wait_for_state(&name(WORKER), ServiceState::Stopped);
    assert_eq!(stopped.recovery.failure_count, 0);
    let printed = output_with(daemon, WORKER, "finished");
    assert_eq!(printed.matches("told").count(), 1, "{printed}");
    assert!(!was_killed(daemon));
}

#[test]
fn x24_a_worker_behind_a_wrapper_is_told_and_may_finish() {
    for daemon in daemons() {
        let worker = Wrapped::start(&daemon, &[], PATIENT);
        done(&daemon.relance(&["stop", "--no-wait", WORKER]));
        worker.wait_until_told();
        ends_well(&daemon, &worker);
        done(&daemon.relance(&["start", WORKER]));
    }
}

#[test]
fn x24_its_time_goes_on_while_engine_and_guardian_are_killed() {
    for mut daemon in daemons() {
        let worker = Wrapped::start(&daemon, &[], PATIENT);
        done(&daemon.relance(&["stop", "--no-wait", WORKER]));
        worker.wait_until_told();
        daemon.kill_engine();
        daemon.wait_for_state(&name(WORKER), ServiceState::StopPending);
        daemon.kill_guardian();
        daemon.start_again();
        daemon.wait_for_state(&name(WORKER), ServiceState::StopPending);
        ends_well(&daemon, &worker);
    }
}

#[test]
fn x24_a_wrapper_that_ends_under_another_guardian_leaves_its_worker_the_same_time() {
    for mut daemon in daemons() {
        let worker = Wrapped::start(&daemon, &[], PATIENT);
        daemon.kill_guardian();
        daemon.start_again();
        done(&daemon.relance(&["stop", "--no-wait", WORKER]));
        worker.wait_until_told();
        ends_well(&daemon, &worker);
    }
}

#[test]
fn x24_what_does_not_end_in_its_grace_is_killed_and_the_log_says_so() {
    for daemon in daemons() {
        let _worker = Wrapped::start(&daemon, &["--stop-grace", "300ms"], DEAF);
        done(&daemon.relance(&["stop", WORKER]));
        output_with(&daemon, WORKER, "told");
        assert!(was_killed(&daemon));
        let left = daemon.query(&name(WORKER));
        assert_eq!(left.status.state, ServiceState::Stopped);
        assert_eq!(left.recovery.failure_count, 0);
    }
}

#[test]
fn x24_at_the_managers_own_stop_it_has_its_time_too() {
    for mut daemon in daemons() {
        let worker = Wrapped::start(&daemon, &[], PATIENT);
        let pid = rustix::process::Pid::from_raw(daemon.guardian_pid().cast_signed());
        rustix::process::kill_process(pid.expect("a process"), rustix::process::Signal::TERM)
            .expect("a guardian");
        worker.wait_until_told();
        worker.let_go();
        assert_eq!(daemon.wait_for_end().code(), Some(0));
        daemon.start_again();
        assert!(!was_killed(&daemon));
        let log = fs::read_to_string(daemon.folder().join("logs/w.log")).expect("a log file");
        assert!(log.ends_with("finished\n"), "{log}");
    }
}

#[test]
fn x24_a_wrapper_that_dies_unasked_takes_its_worker_with_it() {
    for daemon in daemons() {
        let worker = Wrapped::start(
            &daemon,
            &["--actions", "restart/1h", "--reset", "2h"],
            PATIENT,
        );
        let pid = rustix::process::Pid::from_raw(worker.pid.cast_signed());
        rustix::process::kill_process(pid.expect("a process"), rustix::process::Signal::KILL)
            .expect("a wrapper");
        let stopped = daemon.wait_for_state(&name(WORKER), ServiceState::Stopped);
        assert_eq!(stopped.recovery.failure_count, 1);
        let printed = output_with(&daemon, WORKER, "ready");
        assert!(!printed.contains("told"), "{printed}");
    }
}
