//! Control groups: what leaves its session on purpose still ends with its service, anyone who was killed
//! meanwhile; and what happens without them.

use std::collections::BTreeSet;
use std::fs;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use relance_scm::{Control, ServiceConfig, ServiceKind, ServiceState};
use relance_testkit::cgroups::{Folder, process, wait_for_end};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::{Puppet, Stage};
use rustix::process::Signal;

use crate::support::{name, puppets, relance};

/// A program of puppets each of which is preceded by a process that leaves its session and its
/// parent, as a classic Unix daemon does.
struct Escaping {
    stage: Stage,
    /// A pipe with a name, in which the process that escaped says who it is.
    pipe: PathBuf,
}

/// One run of it.
struct Run {
    puppet: Puppet,
    escaped: Escaped,
}

struct Escaped {
    pid: u32,
    pidfd: OwnedFd,
}

impl Escaping {
    /// Makes the service `a` of it.
    fn create(daemon: &Daemon, actions: &str) -> Self {
        let stage = Stage::new(daemon.folder(), "a");
        let pipe = daemon.folder().join("escaped");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo").success());
        let mut config = puppets(&stage, "a", actions);
        config.kind = ServiceKind::Program;
        let script = daemon.folder().join("escape.sh");
        let text = format!(
            "setsid --fork sh -c 'echo $$ >{}; exec sleep 100000'\nexec {}\n",
            pipe.display(),
            config.command_line
        );
        fs::write(&script, text).expect("a writable folder");
        config.command_line = format!("/bin/sh {}", script.display()).into();
        daemon.create(config);
        Self { stage, pipe }
    }

    /// Starts it.
    fn start(&self, daemon: &Daemon) -> Run {
        daemon.start_service(&name("a")).expect("it starts");
        self.next_run()
    }

    /// A run that somebody else has started.
    fn next_run(&self) -> Run {
        let text = fs::read_to_string(&self.pipe).expect("it says who it is");
        let escaped = Escaped {
            pid: text.trim().parse().expect("a process id"),
            pidfd: process(&text),
        };
        let puppet = self.stage.next_run();
        Run { puppet, escaped }
    }
}

impl Run {
    /// Waits until nothing is left of it.
    fn wait_for_end(mut self) {
        self.puppet.wait_for_end();
        wait_for_end(&self.escaped.pidfd);
    }

    fn group(&self) -> String {
        group_of(self.puppet.pid)
    }
}

fn group_of(pid: u32) -> String {
    let text = fs::read_to_string(format!("/proc/{pid}/cgroup")).expect("it runs");
    let line = text.lines().find(|line| line.starts_with("0::"));
    line.expect("a line of the unified hierarchy").to_owned()
}

/// A daemon whose services have control groups; a test without one says so and ends.
fn daemon() -> Option<Daemon> {
    let daemon = Daemon::with_cgroups(relance());
    if daemon.is_none() {
        eprintln!("not run: needs root");
    }
    daemon
}

/// Waits until there are only so many groups, of the runs and the one that is kept ready.
fn wait_for_groups(daemon: &Daemon, count: usize) -> BTreeSet<String> {
    let folder = daemon.cgroups().expect("its services have groups");
    Folder::watch(&folder).wait_until(|names| names.len() == count)
}

fn stop(daemon: &Daemon) {
    daemon.control(&name("a"), Control::Stop).expect("it obeys");
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
}

#[test]
fn what_leaves_its_session_ends_with_its_service() {
    let Some(daemon) = daemon() else { return };
    let service = Escaping::create(&daemon, "restart/0");
    let run = service.start(&daemon);
    assert_eq!(run.group(), group_of(run.escaped.pid));
    assert_ne!(run.group(), group_of(daemon.guardian_pid()));
    stop(&daemon);
    run.wait_for_end();
    assert!(daemon.events_with_ids(&name("a"), &[7031]).is_empty());
    wait_for_groups(&daemon, 1);
}

#[test]
fn s45_a_daemon_that_is_asked_to_stop_leaves_no_group_behind() {
    let Some(mut daemon) = daemon() else { return };
    let service = Escaping::create(&daemon, "restart/0");
    let run = service.start(&daemon);
    let folder = daemon.cgroups().expect("its services have groups");
    assert!(daemon.stop().success());
    run.wait_for_end();
    assert!(!folder.exists());
}

#[test]
fn r31_what_a_crash_leaves_behind_is_killed_before_the_next_run() {
    let Some(daemon) = daemon() else { return };
    let service = Escaping::create(&daemon, "restart/0");
    let run = service.start(&daemon);
    let group = run.group();
    run.puppet.kill(Signal::KILL);
    run.wait_for_end();
    let next = service.next_run();
    assert_ne!(next.group(), group, "a group for each run");
    wait_for_groups(&daemon, 2);
    let info = daemon.query(&name("a"));
    assert_eq!(info.recovery.failure_count, 1);
}

#[test]
fn terminate_ends_the_whole_tree() {
    let Some(daemon) = daemon() else { return };
    let service = Escaping::create(&daemon, "restart/0");
    let run = service.start(&daemon);
    assert!(daemon.relance(&["terminate", "a"]).status.success());
    run.wait_for_end();
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
}

#[test]
fn groups_outlive_the_engine() {
    let Some(daemon) = daemon() else { return };
    let service = Escaping::create(&daemon, "restart/0");
    let run = service.start(&daemon);
    let group = run.group();
    daemon.kill_engine();
    let info = daemon.query(&name("a"));
    assert_eq!(info.run.expect("it runs").id.number, 1);
    assert_eq!(run.group(), group);
    stop(&daemon);
    run.wait_for_end();
    wait_for_groups(&daemon, 1);
}

#[test]
fn groups_outlive_the_guardian() {
    let Some(mut daemon) = daemon() else { return };
    let service = Escaping::create(&daemon, "restart/0");
    let run = service.start(&daemon);
    let group = run.group();
    daemon.kill_guardian();
    daemon.start_again();
    // And the engine that has adopted it.
    daemon.kill_engine();
    let info = daemon.query(&name("a"));
    assert_eq!(
        info.status.process_id, run.puppet.pid,
        "never started twice"
    );
    assert_eq!(run.group(), group);
    stop(&daemon);
    run.wait_for_end();
    wait_for_groups(&daemon, 1);
}

#[test]
fn what_outlived_its_run_while_no_guardian_was_there_is_killed() {
    let Some(mut daemon) = daemon() else { return };
    let service = Escaping::create(&daemon, "restart/0");
    let mut run = service.start(&daemon);
    daemon.kill_guardian();
    run.puppet.kill(Signal::KILL);
    run.puppet.wait_for_end();
    daemon.start_again();
    wait_for_end(&run.escaped.pidfd);
    // An end that nobody saw is a failure, and recovered.
    let next = service.next_run();
    assert_ne!(group_of(next.escaped.pid), group_of(daemon.guardian_pid()));
    wait_for_groups(&daemon, 2);
    assert!(daemon.messages().contains("outlived their run"));
}

#[test]
fn a_service_may_divide_its_group() {
    let Some(daemon) = daemon() else { return };
    let stage = Stage::new(daemon.folder(), "a");
    let mut config = puppets(&stage, "a", "");
    config.kind = ServiceKind::Program;
    daemon.create(config);
    daemon.start_service(&name("a")).expect("it starts");
    let mut puppet = stage.next_run();
    let group = group_of(puppet.pid);
    let own = group.rsplit('/').next().expect("a name");
    let inner = daemon.cgroups().expect("groups").join(own).join("inner");
    fs::create_dir(&inner).expect("as a container's run time does");
    fs::write(inner.join("cgroup.procs"), puppet.pid.to_string()).expect("as root");
    assert_eq!(usage(&daemon).processes, 1);
    stop(&daemon);
    puppet.wait_for_end();
    wait_for_groups(&daemon, 1);
}

#[test]
fn usage_is_that_of_the_group() {
    let Some(daemon) = daemon() else { return };
    let service = Escaping::create(&daemon, "restart/0");
    let run = service.start(&daemon);
    let usage = usage(&daemon);
    assert_eq!(usage.processes, 2, "with the one that has left its session");
    assert!(usage.memory_bytes > 0);
    stop(&daemon);
    run.wait_for_end();
}

fn usage(daemon: &Daemon) -> relance_scm::manager::Usage {
    let usage = daemon.ask(|scm, caller, reply| scm.query_usage(caller, None, reply));
    usage.expect("it runs")[0]
}

#[test]
fn a_process_that_is_killed_for_want_of_memory_is_told_as_such() {
    let Some(daemon) = daemon() else { return };
    let folder = daemon.cgroups().expect("its services have groups");
    let controllers = fs::read_to_string(folder.join("cgroup.subtree_control"));
    if !controllers.is_ok_and(|names| names.contains("memory")) {
        eprintln!("not run: needs the memory controller of the unified hierarchy");
        return;
    }
    let pipe = daemon.folder().join("go");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let script = daemon.folder().join("greedy.sh");
    let text = format!("read go <{}\nx=$(tr '\\0' x </dev/zero)\n", pipe.display());
    fs::write(&script, text).expect("a writable folder");
    let mut config = ServiceConfig::new(name("a"), format!("/bin/sh {}", script.display()));
    config.kind = ServiceKind::Program;
    config.failure_actions_on_non_crash_failures = true;
    daemon.create(config);
    daemon.start_service(&name("a")).expect("it starts");
    let pid = daemon.query(&name("a")).status.process_id;
    let group = group_of(pid);
    let own = group.rsplit('/').next().expect("a name");
    fs::write(folder.join(own).join("memory.max"), "8M").expect("as root");
    fs::write(&pipe, "go\n").expect("it waits");
    let info = daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    assert!(info.last_end.is_some());
    let failures = daemon.events_with_ids(&name("a"), &[7034]);
    let cause = failures[0].details.cause.as_deref().unwrap_or_default();
    // The kernel chooses: the process that took the memory, and sometimes the shell too.
    assert!(
        cause.starts_with("out of memory: the kernel killed "),
        "{cause}"
    );
}

#[test]
fn without_groups_what_leaves_its_session_outlives_its_service() {
    let daemon = Daemon::with(relance(), &["--cgroups", "off"]);
    let service = Escaping::create(&daemon, "restart/0");
    let mut run = service.start(&daemon);
    assert_eq!(run.group(), group_of(daemon.guardian_pid()));
    stop(&daemon);
    run.puppet.wait_for_end();
    assert!(is_alive(&run.escaped), "ADR 33");
    assert!(daemon.cgroups().is_none_or(|folder| !Path::exists(&folder)));
}

fn is_alive(process: &Escaped) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.pid));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}
