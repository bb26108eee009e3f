//! A service goes on while no manager is there: what it calls waits, what it said is said again, and a
//! control reaches it once.

use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use relance_scm::config::EnvironmentVariable;
use relance_scm::{Control, ServiceState};
use relance_testkit::cgroups::{process, wait_for_end};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::{Puppet, Stage};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{name, puppets, relance, running};

/// A service that accepts STOP and says that it is paused.
const PAUSED: &str = "report 7 1";
const STOPPED: &str = "report 1 0";

/// Kills guardian and engine: the engine may answer a little longer than its guardian lives.
fn kill(daemon: &mut Daemon) {
    let engine = process(&daemon.engine_pid().to_string());
    daemon.kill_guardian();
    wait_for_end(&engine);
}

struct Service {
    daemon: Daemon,
    puppet: Puppet,
    /// Where its next process would come.
    _stage: Stage,
}

impl Service {
    fn running() -> Self {
        let daemon = Daemon::start(relance());
        let stage = Stage::new(daemon.folder(), "a");
        daemon.create(puppets(&stage, "a", "restart/0"));
        let puppet = running(&daemon, &stage, "a");
        Self {
            daemon,
            puppet,
            _stage: stage,
        }
    }

    fn is_stopped_and_never_failed(&self) {
        let info = self
            .daemon
            .wait_for_state(&name("a"), ServiceState::Stopped);
        assert_eq!(info.recovery.failure_count, 0);
        assert_eq!(self.daemon.events_with_ids(&name("a"), &[7031, 7034]), []);
        assert_eq!(info.last_end.expect("it has run").run.number, 1);
    }
}

#[test]
fn a_loop_that_asks_and_reports_at_every_turn_survives_the_guardian() {
    let mut service = Service::running();
    for _ in 0..3 {
        let user = Control::from_raw(200).expect("a control of the service's own");
        let sent = service.daemon.control(&name("a"), user);
        sent.expect("it is accepted");
        assert_eq!(service.puppet.next_control(), 200);
        kill(&mut service.daemon);
        service.puppet.tell("query");
        service.puppet.tell(PAUSED);
        service.daemon.start_again();
        service.puppet.obeyed().expect("the manager is back");
        service.puppet.obeyed().expect("the report is on record");
        let info = service.daemon.query(&name("a"));
        assert_eq!(info.status.state, ServiceState::Paused);
        assert_eq!(info.status.process_id, service.puppet.pid);
        service.puppet.report(ServiceState::Running);
    }
    let sent = service.daemon.control(&name("a"), Control::Stop);
    sent.expect("it is accepted");
    // Nothing that it got before the gaps came again.
    assert_eq!(service.puppet.next_control(), Control::Stop.to_raw());
    service.puppet.stopped(0, 0);
    service.is_stopped_and_never_failed();
}

#[test]
fn a_stop_that_is_reported_while_no_manager_is_there_is_no_crash() {
    let mut service = Service::running();
    kill(&mut service.daemon);
    service.puppet.tell(STOPPED);
    service.puppet.tell("exit 0");
    service.daemon.start_again();
    service.is_stopped_and_never_failed();
}

#[test]
fn a_service_is_told_after_its_time_that_no_manager_is_there() {
    let mut daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "a");
    let mut config = puppets(&stage, "a", "restart/0");
    let wait = EnvironmentVariable::new("RELANCE_WAIT_MS", "1").expect("a legal variable");
    config.environment = [wait].into();
    daemon.create(config);
    let mut puppet = running(&daemon, &stage, "a");
    kill(&mut daemon);
    let error = puppet.order("query").expect_err("no manager is there");
    assert!(error.contains("no service manager is running"), "{error}");
    puppet.order(PAUSED).expect("the report is kept");
    daemon.start_again();
    daemon.wait_for_state(&name("a"), ServiceState::Paused);
}

/// The daemon is a shell with its words until the test lets it go on.
#[test]
fn a_command_waits_for_a_daemon_that_was_started_a_moment_ago() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let socket = path("relance.sock");
    let mut daemon = Command::new("/bin/sh")
        .arg0("relance")
        .args(["-c", "read _; exec \"$0\" \"$@\""])
        .arg(relance())
        .args(["daemon", "--config", "/dev/null", "--state", &path("state")])
        .args(["--logs", &path("logs"), "--socket", &socket])
        .stdin(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut command = Command::new(relance())
        .args(["list", "--socket", &socket])
        .stdout(Stdio::null())
        .spawn()
        .expect("the program runs");
    wait_until_it_watches(&mut command);
    let go_on = daemon.stdin.as_mut().expect("a pipe").write_all(b"\n");
    go_on.expect("the shell reads");
    let status = command.wait().expect("a child of ours");
    let pid = Pid::from_child(&daemon);
    kill_process(pid, Signal::TERM).expect("it runs");
    daemon.wait().expect("a child of ours");
    assert!(status.success(), "{status}");
}

/// Until it has a watch over the folder of the socket.
fn wait_until_it_watches(command: &mut Child) {
    let descriptors = format!("/proc/{}/fd", command.id());
    let is_watch = |path: PathBuf| {
        fs::read_link(path).is_ok_and(|link| link == Path::new("anon_inode:inotify"))
    };
    loop {
        let entries = fs::read_dir(&descriptors).into_iter().flatten().flatten();
        if entries.map(|entry| entry.path()).any(is_watch) {
            return;
        }
        assert_eq!(
            command.try_wait().expect("a child of ours"),
            None,
            "it does not wait"
        );
        std::thread::yield_now();
    }
}
