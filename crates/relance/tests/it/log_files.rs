//! Log files as people treat them: moved, truncated, rotated by others, while services print.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use relance_scm::manager::next_output;
use relance_scm::{Caller, ServiceConfig, ServiceKind, ServiceManager};
use relance_testkit::daemon::Daemon;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{name, relance};

/// A program that prints a line for each line of a named pipe.
struct Echo {
    orders: fs::File,
    log: PathBuf,
}

impl Echo {
    fn start(daemon: &Daemon) -> Self {
        let path = daemon.folder().join("orders");
        let made = Command::new("mkfifo").arg(&path).status();
        assert!(made.expect("mkfifo").success());
        let mut options = fs::OpenOptions::new();
        let orders = options.read(true).write(true).open(&path).expect("a pipe");
        let line = format!("/bin/sh -c \"exec cat <{}\"", path.display());
        program(daemon, "a", &line);
        Self {
            orders,
            log: daemon.folder().join("logs/a.log"),
        }
    }

    /// Has it print a line, and waits until the manager has it.
    fn say(&mut self, daemon: &Daemon, line: &str) {
        use std::io::Write;
        let mut output = follow(daemon, "a", end(daemon, "a"));
        let line = format!("{line}\n");
        self.orders
            .write_all(line.as_bytes())
            .expect("the service has it open");
        next_output(&mut *output).expect("the manager goes on");
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

fn program(daemon: &Daemon, service: &str, line: &str) {
    let mut config = ServiceConfig::new(name(service), line);
    config.kind = ServiceKind::Program;
    daemon.create(config);
    daemon.start_service(&name(service)).expect("it starts");
}

fn follow(
    daemon: &Daemon,
    service: &str,
    from: u64,
) -> Box<dyn relance_scm::manager::FollowOutput> {
    let manager = daemon.manager();
    manager
        .follow_output(&Caller::system(), &name(service), from)
        .expect("output can be followed")
}

/// Where the output of a service ends now.
fn end(daemon: &Daemon, service: &str) -> u64 {
    let range = relance_scm::manager::OutputRange::LastLines(0);
    let part = daemon.ask(|scm, caller, reply| {
        scm.read_output(caller, &name(service), range, reply);
    });
    part.map_or(0, |part| part.end)
}

fn signal(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(pid.cast_signed()).expect("a process");
    kill_process(pid, signal).expect("it is there");
}

/// Waits until a file is there again.
fn wait_for_file(path: &std::path::Path) {
    while !path.exists() {
        std::thread::yield_now();
    }
}

#[test]
fn x30_a_signal_to_guardian_or_engine_makes_moved_files_again() {
    let daemon = Daemon::start(relance());
    let mut echo = Echo::start(&daemon);
    echo.say(&daemon, "one");
    let engine = daemon.engine_pid();
    let signals = [Signal::HUP, Signal::USR1, Signal::USR2];
    for (pid, of) in [(daemon.guardian_pid(), "guardian"), (engine, "engine")] {
        for told in signals {
            let aside = daemon.folder().join(format!("aside-{of}-{told:?}"));
            fs::rename(&echo.log, &aside).expect("a file");
            signal(pid, told);
            wait_for_file(&echo.log);
            echo.say(&daemon, &format!("{of} {told:?}"));
            assert_eq!(echo.text(), format!("{of} {told:?}\n"));
        }
    }
    assert_eq!(daemon.engine_pid(), engine, "nobody was killed by that");
}

#[test]
fn x30_a_file_that_is_truncated_again_and_again_has_no_zeros_in_it() {
    let daemon = Daemon::start(relance());
    program(&daemon, "a", "/usr/bin/yes");
    let mut output = follow(&daemon, "a", 0);
    let log = daemon.folder().join("logs/a.log");
    for _ in 0..200 {
        next_output(&mut *output).expect("the manager goes on");
        let file = fs::OpenOptions::new().write(true).open(&log);
        // Between two files when it is rotated.
        if let Ok(file) = file {
            file.set_len(0).expect("a file");
        }
    }
    let (stop, stopped) = (
        relance_scm::Control::Stop,
        relance_scm::ServiceState::Stopped,
    );
    daemon.control(&name("a"), stop).expect("it is told");
    daemon.wait_for_state(&name("a"), stopped);
    let bytes = fs::read(&log).expect("a file");
    assert!(!bytes.contains(&0), "a hole");
}
