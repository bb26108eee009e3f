//! Recovery with real processes where the scenarios of `compliance/` do not reach: the guardian, the
//! handover, programs, output.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use relance_scm::config::StartType;
use relance_scm::manager::ServiceInfo;
use relance_scm::{Control, ServiceConfig, ServiceKind, ServiceState};
use relance_testkit::cgroups::{process, wait_for_end};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::{Puppet, Stage};
use rustix::process::{Signal, pidfd_send_signal};

use crate::support::{fault, name, puppets, relance, running};

/// A crash is on record; what follows it later is not.
fn crash(daemon: &Daemon, service: &str, puppet: &Puppet) -> ServiceInfo {
    puppet.kill(Signal::KILL);
    daemon.wait_for_state(&name(service), ServiceState::Stopped)
}

#[test]
fn r31_a_recovery_outlives_the_engine_that_planned_it() {
    let daemon = Daemon::with_manual_clock(relance());
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", "restart/60000"));
    let puppet = running(&daemon, &stage, "a");
    crash(&daemon, "a", &puppet);
    daemon.kill_engine();
    let info = daemon.query(&name("a"));
    assert_eq!(info.recovery.pending.len(), 1);
    assert_eq!(info.recovery.failure_count, 1);
    daemon.advance(Duration::from_secs(60));
    let mut puppet = stage.next_run();
    puppet.run();
    let info = daemon.query(&name("a"));
    assert_eq!(info.run.expect("it runs").id.number, 2);
    assert_eq!(daemon.events_with_ids(&name("a"), &[7031]).len(), 1);
}

#[test]
fn r20_a_failure_while_no_engine_runs_is_counted_once() {
    let daemon = Daemon::with_manual_clock(relance());
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", "restart/0"));
    let puppet = running(&daemon, &stage, "a");
    daemon.kill_engine();
    puppet.kill(Signal::ABORT);
    let mut puppet = stage.next_run();
    puppet.run();
    let failures = daemon.events_with_ids(&name("a"), &[7031]);
    assert_eq!(failures.len(), 1);
    assert_eq!(
        failures[0].details.cause.as_deref(),
        Some("signal 6 (ABRT)")
    );
}

#[test]
fn services_outlive_the_guardian_and_are_adopted() {
    let mut daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", "restart/0"));
    let mut puppet = running(&daemon, &stage, "a");
    daemon.kill_guardian();
    daemon.start_again();
    let info = daemon.query(&name("a"));
    assert_eq!(info.status.process_id, puppet.pid, "never started twice");
    assert_eq!(info.run.expect("it runs").id.number, 1);
    // Its channel is mended over the socket.
    puppet.report(ServiceState::Running);
    daemon.control(&name("a"), Control::Stop).expect("it obeys");
    puppet.stopped(0, 0);
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    assert!(daemon.events_with_ids(&name("a"), &[7031, 7034]).is_empty());
}

#[test]
fn the_database_is_witness_enough_where_the_run_journal_is_lost_or_is_rubbish() {
    let mut daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", "restart/0"));
    let mut puppet = running(&daemon, &stage, "a");
    let journal = daemon.folder().join("state/runs");
    daemon.kill_guardian();
    fs::remove_file(&journal).expect("it was there");
    daemon.start_again();
    daemon.kill_engine();
    assert_eq!(daemon.query(&name("a")).status.process_id, puppet.pid);
    daemon.kill_guardian();
    fs::write(&journal, vec![b'x'; 5000]).expect("a writable folder");
    daemon.start_again();
    assert!(
        daemon
            .messages()
            .contains("state/runs is not a run journal")
    );
    let info = daemon.query(&name("a"));
    assert_eq!(info.status.process_id, puppet.pid, "never started twice");
    puppet.report(ServiceState::Running);
    daemon.control(&name("a"), Control::Stop).expect("it obeys");
    puppet.stopped(0, 0);
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    assert!(daemon.events_with_ids(&name("a"), &[7031, 7034]).is_empty());
    assert!(daemon.stop().success());
    assert!(!journal.exists(), "nobody has anything to take over");
}

#[test]
fn how_an_adopted_process_ended_is_told_where_the_kernel_knows() {
    let mut daemon = Daemon::with_manual_clock(relance());
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", "restart/60000"));
    let puppet = running(&daemon, &stage, "a");
    daemon.kill_guardian();
    daemon.start_again();
    puppet.kill(Signal::ABORT);
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    let failures = daemon.events_with_ids(&name("a"), &[7031]);
    assert_eq!(failures.len(), 1);
    if daemon.event_ids(&name("a")).contains(&1007) {
        return eprintln!("not run: needs Linux 6.15, or an init that is slow");
    }
    let cause = failures[0].details.cause.as_deref();
    assert_eq!(cause, Some("signal 6 (ABRT)"));
}

/// The engine that begins a boot may be killed at any moment of it, and so may the next one.
#[test]
fn a_boot_is_made_although_its_first_engines_are_killed_in_it() {
    const ROUNDS: u32 = 12;
    let mut daemon = Daemon::start(relance());
    let starts = daemon.folder().join("starts");
    let line = format!(
        "/bin/sh -c \"echo started >> {}; exec sleep 100000\"",
        starts.display()
    );
    let mut config = ServiceConfig::new(name("auto"), &line);
    config.kind = ServiceKind::Program;
    config.start_type = StartType::Auto;
    daemon.create(config);
    for round in 0..ROUNDS {
        assert!(daemon.stop().success());
        let mut command = daemon.command();
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut guardian = command.spawn().expect("the daemon starts");
        let mut killed = None;
        for _ in 0..2 {
            let engine = next_engine(guardian.id(), killed);
            // In another moment each time: so many times it is asked whether the engine is there.
            for _ in 0..round * round * 40 {
                let _ = fs::exists(format!("/proc/{engine}"));
            }
            kill(engine, Signal::KILL);
            killed = Some(engine);
        }
        let info = daemon.wait_for_state(&name("auto"), ServiceState::Running);
        assert!(info.run.is_some(), "round {round}");
        // Two boots a round. A number may be used up by a start that was on record and never asked for.
        let started = fs::read_to_string(&starts).unwrap_or_default();
        let most = 2 * usize::try_from(round).expect("a few") + 1;
        assert!(started.lines().count() <= most, "started again and again");
        kill(guardian.id(), Signal::TERM);
        assert!(guardian.wait().expect("our child").success());
        daemon.start_again();
        daemon.wait_for_state(&name("auto"), ServiceState::Running);
    }
    fault(
        "a boot in which the first two engines are killed",
        "it is made, each service started once",
    );
}

fn kill(pid: u32, signal: Signal) {
    let pid = rustix::process::Pid::from_raw(pid.cast_signed()).expect("a process id");
    let _ = rustix::process::kill_process(pid, signal);
}

/// Waits for an engine of a guardian that is not this one, which was killed.
fn next_engine(guardian: u32, killed: Option<u32>) -> u32 {
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        assert!(Instant::now() < patience, "no engine");
        let path = format!("/proc/{guardian}/task/{guardian}/children");
        let children = fs::read_to_string(path).unwrap_or_default();
        let is_engine = |pid: &u32| {
            let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            Some(*pid) != killed && words.ends_with(b"\0engine\0")
        };
        let pids = children
            .split_whitespace()
            .filter_map(|pid| pid.parse().ok());
        if let Some(engine) = pids.into_iter().find(is_engine) {
            return engine;
        }
    }
}

#[test]
fn a_frozen_engine_ends_with_its_guardian() {
    let mut daemon = Daemon::start(relance());
    let engine = process(&daemon.engine_pid().to_string());
    pidfd_send_signal(&engine, Signal::STOP).expect("it is there");
    daemon.kill_guardian();
    wait_for_end(&engine);
    daemon.start_again();
}

#[test]
fn an_engine_that_freezes_while_a_client_waits_is_replaced() {
    let daemon = Daemon::with_settings(relance(), "engine_answer_ms = 500");
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", "restart/0"));
    let puppet = running(&daemon, &stage, "a");
    let engine = daemon.engine_pid();
    let frozen = process(&engine.to_string());
    pidfd_send_signal(&frozen, Signal::STOP).expect("it is there");
    // It may answer once more before the signal arrives.
    while daemon.engine_pid() == engine {}
    wait_for_end(&frozen);
    let info = daemon.query(&name("a"));
    assert_eq!(info.status.process_id, puppet.pid, "nothing happened to it");
    let said = daemon.relance(&["events", "--id", "1110", "--json"]).stdout;
    assert_eq!(String::from_utf8_lossy(&said).lines().count(), 1);
}

#[test]
fn so_is_one_that_freezes_before_a_failure() {
    let daemon = Daemon::with_settings(relance(), "engine_answer_ms = 500");
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", "restart/0"));
    let puppet = running(&daemon, &stage, "a");
    let frozen = process(&daemon.engine_pid().to_string());
    pidfd_send_signal(&frozen, Signal::STOP).expect("it is there");
    puppet.kill(Signal::KILL);
    // Nobody asks anything: the end alone is a reason to look.
    let mut again = stage.next_run();
    again.run();
    wait_for_end(&frozen);
    assert_eq!(daemon.events_with_ids(&name("a"), &[7031]).len(), 1);
}

#[test]
fn x3_an_end_that_nobody_saw_is_a_failure_of_unknown_cause() {
    let mut daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", "restart/0"));
    let mut puppet = running(&daemon, &stage, "a");
    daemon.kill_guardian();
    puppet.kill(Signal::KILL);
    puppet.wait_for_end();
    daemon.start_again();
    let mut again = stage.next_run();
    again.run();
    let info = daemon.query(&name("a"));
    assert_eq!(info.recovery.failure_count, 1);
}

#[test]
fn s45_a_daemon_that_is_asked_to_stop_stops_its_services_first() {
    let mut daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", "restart/0"));
    let mut puppet = running(&daemon, &stage, "a");
    let stopping = std::thread::spawn(move || {
        // STOP rather than SHUTDOWN, where both are taken (B17).
        assert_eq!(puppet.next_control(), Control::Stop.to_raw());
        puppet.stopped(0, 0);
    });
    assert!(daemon.stop().success());
    stopping.join().expect("it was told");
    daemon.start_again();
    assert!(
        daemon.events_with_ids(&name("a"), &[7031, 7034]).is_empty(),
        "R40"
    );
}

#[test]
fn a_program_is_stopped_by_its_signal_and_its_tree_ends_with_it() {
    let daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "a");
    let pid_file = daemon.folder().join("child.pid");
    let mut config = puppets(&stage, "a", "restart/0");
    config.kind = ServiceKind::Program;
    let script = daemon.folder().join("tree.sh");
    let text = format!(
        "sleep 100000 &\necho $! >{}\nexec {}\n",
        pid_file.display(),
        config.command_line
    );
    fs::write(&script, text).expect("a writable folder");
    config.command_line = format!("/bin/sh {}", script.display()).into();
    daemon.create(config);
    daemon.start_service(&name("a")).expect("it starts");
    let mut puppet = stage.next_run();
    let child = fs::read_to_string(&pid_file).expect("the child was started");
    let child = process(&child);
    daemon.control(&name("a"), Control::Stop).expect("it stops");
    puppet.wait_for_end();
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    assert!(daemon.events_with_ids(&name("a"), &[7031]).is_empty());
    wait_for_end(&child);
}

#[test]
fn the_last_lines_of_output_stand_in_the_failure() {
    let daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", ""));
    let mut puppet = running(&daemon, &stage, "a");
    puppet.order("print first").expect("printed");
    puppet
        .order("print PHP Fatal error: no memory")
        .expect("printed");
    // Once another process was made, the guardian has no part in the pipe: its end is seen at once,
    // before the end of the process is told.
    let other = Stage::new(daemon.folder(), "b");
    daemon.create(puppets(&other, "b", ""));
    let _other = running(&daemon, &other, "b");
    crash(&daemon, "a", &puppet);
    let failures = daemon.events_with_ids(&name("a"), &[7034]);
    assert_eq!(
        failures[0].details.output.as_deref(),
        Some("first\nPHP Fatal error: no memory")
    );
    let output = daemon.relance(&["logs", "a"]);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "first\nPHP Fatal error: no memory\n"
    );
}

#[test]
fn r41_r42_a_command_is_run_with_the_counter_and_not_waited_for() {
    let daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "a");
    let note = daemon.folder().join("note");
    let script = daemon.folder().join("command.sh");
    let text = format!("echo \"$1\" >{0}.new\nmv {0}.new {0}\n", note.display());
    fs::write(&script, text).expect("a writable folder");
    let mut config = puppets(&stage, "a", "run/0");
    config.failure_actions.command = format!("/bin/sh {} count=%1%", script.display()).into();
    daemon.create(config);
    let watcher = Watcher::new(daemon.folder());
    let puppet = running(&daemon, &stage, "a");
    let info = crash(&daemon, "a", &puppet);
    watcher.wait_for("note");
    assert_eq!(fs::read_to_string(&note).expect("it ran"), "count=1\n");
    assert_eq!(
        info.status.state,
        ServiceState::Stopped,
        "R41: stays stopped"
    );
}

#[test]
fn r46_a_reboot_is_the_configured_command_and_needs_the_daemons_word() {
    let mut daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", "reboot/0"));
    let puppet = running(&daemon, &stage, "a");
    crash(&daemon, "a", &puppet);
    daemon.wait_until(&name("a"), |info| info.recovery.pending.is_empty());
    let refused = daemon.events_with_ids(&name("a"), &[7032]);
    let parameters: Vec<&str> = refused[0].parameters.iter().map(|p| &**p).collect();
    assert_eq!(parameters.last(), Some(&"%%1314"), "{parameters:?}");

    daemon.stop();
    let script = daemon.folder().join("reboot.sh");
    let note = daemon.folder().join("rebooted");
    let text = format!("echo >{0}.new\nmv {0}.new {0}\n", note.display());
    fs::write(&script, text).expect("a writable folder");
    let settings = format!(
        "allow_reboot = true\nreboot_command = \"/bin/sh {}\"\n",
        script.display()
    );
    fs::write(daemon.folder().join("relance.toml"), settings).expect("a writable folder");
    daemon.start_again();
    let watcher = Watcher::new(daemon.folder());
    let puppet = running(&daemon, &stage, "a");
    crash(&daemon, "a", &puppet);
    watcher.wait_for("rebooted");
}

/// Waits for a file to be moved into a folder.
struct Watcher(rustix::fd::OwnedFd);

impl Watcher {
    fn new(folder: &std::path::Path) -> Self {
        use rustix::fs::inotify;
        let fd = inotify::init(inotify::CreateFlags::CLOEXEC).expect("inotify");
        inotify::add_watch(&fd, folder, inotify::WatchFlags::MOVED_TO).expect("a watch");
        Self(fd)
    }

    fn wait_for(&self, file: &str) {
        let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
        let mut reader = rustix::fs::inotify::Reader::new(&self.0, &mut buffer);
        loop {
            let event = reader.next().expect("an event");
            if event
                .file_name()
                .is_some_and(|name| name.to_bytes() == file.as_bytes())
            {
                return;
            }
        }
    }
}
