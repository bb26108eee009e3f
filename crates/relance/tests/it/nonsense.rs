//! Nonsense: each kind of it gets its Win32 code and a sentence that says what to do; nothing is
//! lost, nothing hangs.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use relance_scm::config::EnvironmentVariable;
use relance_scm::manager::ServiceInfo;
use relance_scm::{Control, ScmError, ServiceConfig, ServiceState, Win32Error};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::Stage;
use rustix::process::Signal;

use crate::support::{fault, name, puppets, relance, running, write_program};

/// The exit status and what was printed about it.
fn refusal(output: &Output) -> (Option<i32>, String) {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), text)
}

#[track_caller]
fn assert_refused(output: &Output, status: i32, parts: &[&str]) {
    let (code, text) = refusal(output);
    assert_eq!(code, Some(status), "{text}");
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in: {text}");
    }
}

fn start_error(daemon: &Daemon, command_line: &str) -> ScmError {
    let service = name("nonsense");
    daemon.create(ServiceConfig::new(service.clone(), command_line));
    let error = daemon.start_service(&service).expect_err("it cannot start");
    assert_eq!(daemon.query(&service).status.state, ServiceState::Stopped);
    let failed = daemon.events_with_ids(&service, &[7000]);
    assert_eq!(failed.len(), 1, "R8.9: one entry, and no failure");
    assert_eq!(daemon.query(&service).recovery.failure_count, 0);
    error
}

#[test]
fn a_service_that_does_not_exist() {
    let daemon = Daemon::start(relance());
    for command in [
        "start", "stop", "status", "why", "delete", "failure", "list", "failures",
    ] {
        let output = daemon.relance(&[command, "nobody"]);
        assert_refused(&output, 4, &["1060", "relance list"]);
    }
}

#[test]
fn a_number_below_zero_is_read_as_one() {
    let daemon = Daemon::start(relance());
    daemon.create(ServiceConfig::new(name("a"), "/bin/true"));
    let set = |option: &str, value: &str| daemon.relance(&["config", "a", option, value]);
    let taken = set("--oom-score-adjust", "-500");
    assert!(taken.status.success(), "{taken:?}");
    assert_refused(
        &set("--oom-score-adjust", "-5000"),
        2,
        &["87", "-1000 to 1000"],
    );
    assert_refused(&set("--recycle-jitter", "-1"), 2, &["87", "1h30m"]);
}

#[test]
fn c1_to_c4_names_that_are_none() {
    let daemon = Daemon::start(relance());
    let long = "x".repeat(257);
    for bad in ["", "a/b", "a\\b", &long] {
        let output = daemon.relance(&["create", bad, "--", "/bin/true"]);
        assert_refused(&output, 2, &["123 ERROR_INVALID_NAME"]);
    }
    let listed = daemon.relance(&["list", "--json"]);
    assert!(!String::from_utf8_lossy(&listed.stdout).contains("/bin/true"));
}

#[test]
fn lists_and_delays_that_are_too_long() {
    let daemon = Daemon::start(relance());
    daemon.create(ServiceConfig::new(name("a"), "/bin/true"));
    let actions = |count: usize| vec!["restart/1"; count].join("/");
    let set = |actions: &str| daemon.relance(&["failure", "a", "--actions", actions]);
    assert_refused(&set(&actions(1025)), 2, &["87", "at most 1024"]);
    assert_refused(&set("restart/-1"), 2, &["87", "0 to 4294967295"]);
    assert_refused(&set("restart/4294967296"), 2, &["87", "0 to 4294967295"]);
    assert_refused(&set("again/1"), 2, &["87", "restart, run, reboot or none"]);
    assert_refused(&set("again"), 2, &["87", "restart, run, reboot or none"]);
    assert!(
        daemon
            .query(&name("a"))
            .config
            .failure_actions
            .actions
            .is_empty(),
        "nothing of it was taken"
    );
    assert!(set(&actions(1024)).status.success());
    assert!(set("restart/4294967295").status.success());
}

#[test]
fn a_command_of_8_kib_is_kept_whole() {
    let daemon = Daemon::start(relance());
    let mut config = ServiceConfig::new(name("a"), format!("/bin/true {}", "x".repeat(8192)));
    config.failure_actions.command = "y".repeat(8192).into();
    daemon.create(config.clone());
    let kept = daemon.query(&name("a")).config;
    assert_eq!(kept.command_line, config.command_line);
    assert_eq!(kept.failure_actions.command, config.failure_actions.command);
}

#[test]
fn r8_9_a_program_that_does_not_exist() {
    let daemon = Daemon::start(relance());
    let error = start_error(&daemon, "/bin/no-such-program");
    assert_eq!(error.code(), Win32Error::FILE_NOT_FOUND);
    assert!(error.to_string().contains("/bin/no-such-program"));
}

#[test]
fn r8_9_a_program_that_may_not_be_executed() {
    let daemon = Daemon::start(relance());
    let file = daemon.folder().join("text");
    fs::write(&file, "no program").expect("a writable folder");
    let error = start_error(&daemon, &file.display().to_string());
    assert_eq!(error.code(), Win32Error::ACCESS_DENIED);
    assert!(error.to_string().contains("chmod +x"));
}

#[test]
fn r8_9_a_file_that_is_no_program() {
    let daemon = Daemon::start(relance());
    let file = daemon.folder().join("picture");
    write_program(&file, b"\x89PNG\r\n");
    let error = start_error(&daemon, &file.display().to_string());
    assert_eq!(error.code(), Win32Error::BAD_EXE_FORMAT);
}

#[test]
fn r8_8_a_program_that_ends_before_it_connects() {
    let daemon = Daemon::start(relance());
    let error = start_error(&daemon, "/bin/true");
    assert_eq!(error.code(), Win32Error::SERVICE_REQUEST_TIMEOUT);
    assert!(error.to_string().contains("kind = program"), "{error}");
}

#[test]
fn s41_a_service_that_connects_and_never_reports_is_left_alone() {
    let daemon = Daemon::with_manual_clock(relance());
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", "restart/0"));
    let mut puppet = std::thread::scope(|scope| {
        let start = scope.spawn(|| daemon.start_service(&name("a")));
        let mut puppet = stage.next_run();
        puppet.hello();
        start
            .join()
            .expect("no panic")
            .expect("S15: it has connected");
        puppet
    });
    daemon.advance(std::time::Duration::from_secs(3600));
    let info = daemon.query(&name("a"));
    assert_eq!(info.status.state, ServiceState::StartPending);
    assert_eq!(info.status.process_id, puppet.pid);
    let refused = daemon.control(&name("a"), Control::Pause).expect_err("S28");
    assert_eq!(refused.code(), Win32Error::SERVICE_CANNOT_ACCEPT_CTRL);
    let ended = daemon.relance(&["terminate", "a"]);
    assert!(ended.status.success(), "{ended:?}");
    puppet.wait_for_end();
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    assert_eq!(daemon.query(&name("a")).recovery.failure_count, 0);
}

/// What is not a frame breaks the channel, and nothing else: the service is not killed for it, it can
/// still be ended by force, and the manager goes on.
fn breaks_its_channel(order: &str) {
    let daemon = Daemon::with_manual_clock(relance());
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", ""));
    let manager = daemon.manager();
    let starting = std::thread::spawn(move || {
        relance_scm::manager::wait(|reply| {
            relance_scm::ServiceManager::start_service(
                &manager,
                &relance_scm::Caller::system(),
                &name("a"),
                Vec::new(),
                reply,
            );
        })
    });
    let mut puppet = stage.next_run();
    // The manager reads no more once it knows that it is rubbish; the writer may see that.
    let _ = puppet.order(order);
    daemon.wait_until(&name("a"), |info: &ServiceInfo| info.run.is_some());
    puppet.kill(Signal::KILL);
    let error = starting
        .join()
        .expect("no panic")
        .expect_err("it never connected");
    assert_eq!(error.code(), Win32Error::SERVICE_REQUEST_TIMEOUT);
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    // The manager is well.
    assert!(daemon.relance(&["list"]).status.success());
}

#[test]
fn rubbish_on_the_control_channel() {
    breaks_its_channel("rubbish");
}

#[test]
fn ten_megabytes_without_a_line_end_on_the_control_channel() {
    breaks_its_channel("long-frame");
}

#[test]
fn ten_megabytes_of_output_without_a_line_end() {
    let daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", ""));
    let mut puppet = running(&daemon, &stage, "a");
    puppet.order("flood 10485760").expect("all of it is taken");
    puppet.kill(Signal::KILL);
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    let failure = &daemon.events_with_ids(&name("a"), &[7034])[0];
    let output = failure.details.output.as_deref().expect("its last output");
    assert!(
        output.len() <= 64 * 1024,
        "{} bytes in an entry",
        output.len()
    );
    let written: u64 = fs::read_dir(daemon.folder().join("logs"))
        .expect("the folder")
        .map(|entry| entry.expect("a file").metadata().expect("a file").len())
        .sum();
    assert!(written <= 11 << 20, "rotated: {written} bytes");
}

#[test]
fn two_daemons_on_one_database() {
    let daemon = Daemon::start(relance());
    let output = daemon.command().output().expect("the program runs");
    assert_refused(&output, 78, &["another daemon", "--state"]);
    assert!(output.stderr.starts_with(b"error: "));
    // The first one is not disturbed.
    assert!(daemon.relance(&["list"]).status.success());
}

#[test]
fn a_state_folder_that_is_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("state"), "").expect("a writable folder");
    let output = std::process::Command::new(relance())
        .args(["daemon", "--state"])
        .arg(folder.path().join("state"))
        .arg("--socket")
        .arg(folder.path().join("socket"))
        .arg("--logs")
        .arg(folder.path().join("logs"))
        .output()
        .expect("the program runs");
    assert_refused(&output, 78, &["is not a folder", "name another"]);
}

/// A program that mounts a small disk where the daemon keeps its state, and then is the daemon; in a
/// mount namespace of its own, so that nothing of it is left.
fn on_a_disk(folder: &std::path::Path, options: &str) -> PathBuf {
    let script = folder.join("relance-on-a-disk");
    // Who is not root may mount as the root of a user namespace.
    let unshare = if rustix::process::geteuid().is_root() {
        "--mount"
    } else {
        "--map-root-user --mount"
    };
    let text = format!(
        "#!/bin/sh\nif [ \"$1\" != daemon ]; then exec {relance} \"$@\"; fi\n\
         mkdir -p \"$5\"\n\
         exec unshare {unshare} sh -c 'state=$5; mount -t tmpfs -o {options} tmpfs \"$state\" && exec {relance} \"$@\"' relance \"$@\"\n",
        relance = relance().display(),
    );
    write_program(&script, text.as_bytes());
    script
}

#[test]
fn a_read_only_state_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = on_a_disk(folder.path(), "ro,mode=700");
    let output = std::process::Command::new(program)
        .args(["daemon", "--config", "/dev/null", "--state"])
        .arg(folder.path().join("state"))
        .arg("--socket")
        .arg(folder.path().join("socket"))
        .arg("--logs")
        .arg(folder.path().join("logs"))
        .output()
        .expect("the program runs");
    assert_refused(
        &output,
        78,
        &["cannot be opened", "make its file system writable"],
    );
    fault(
        "a read-only state folder",
        "refused at the start, with what mends it",
    );
}

/// Fills the disk of a daemon, its database too; the file that has to go, and a service that was refused.
fn fill(daemon: &Daemon) -> (PathBuf, ServiceConfig) {
    // The daemon's own view of its folder.
    let filler = PathBuf::from(format!(
        "/proc/{}/root{}/state/filler",
        daemon.guardian_pid(),
        daemon.folder().display()
    ));
    let full = fs::write(&filler, vec![0; 8 << 20]).expect_err("the disk is small");
    assert_eq!(full.raw_os_error(), Some(28));

    // A change is refused, and says why, as soon as what the database holds already is used up.
    let create = |config: &ServiceConfig| {
        daemon.ask(|scm, caller, reply| {
            let service = relance_scm::manager::NewService {
                config: config.clone(),
                password: relance_scm::config::Secret::new(""),
            };
            scm.create_service(caller, service, reply);
        })
    };
    let refused = (0..1000).find_map(|number| {
        let mut other = ServiceConfig::new(name(&format!("b{number}")), "/bin/true");
        other.description = "x".repeat(8000).into();
        create(&other).err().map(|refused| (refused, other))
    });
    let (refused, other) = refused.expect("there is no room");
    assert_eq!(refused.code(), Win32Error::DISK_FULL);
    assert!(refused.to_string().contains("make space"), "{refused}");
    (filler, other)
}

#[test]
fn a_full_disk_loses_nothing_and_recovers() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = on_a_disk(folder.path(), "size=4m,mode=700");
    let daemon = Daemon::start(&program);
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", "restart/0"));
    let puppet = running(&daemon, &stage, "a");
    let (filler, other) = fill(&daemon);
    // Recovery goes on.
    puppet.kill(Signal::KILL);
    let mut again = stage.next_run();
    again.run();
    assert_eq!(daemon.query(&name("a")).recovery.failure_count, 1);

    fs::remove_file(&filler).expect("our file");
    daemon.create(other.clone());
    daemon.kill_engine();
    assert_eq!(daemon.events_with_ids(&name("a"), &[7031]).len(), 1);
    assert_eq!(daemon.query(&name("a")).status.process_id, again.pid);
    let state = daemon.query(&other.service_name).status.state;
    assert_eq!(state, ServiceState::Stopped);
    fault(
        "a full disk of 4 MiB",
        "changes refused with 112, recovery goes on; all is written when there is room",
    );
}

#[test]
fn a_full_disk_on_which_the_engine_is_killed_loses_nothing_either() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = on_a_disk(folder.path(), "size=6m,mode=700");
    let daemon = Daemon::start(&program);
    let [stage, lasting] = ["a", "lasting"].map(|service| {
        let stage = Stage::new(daemon.folder(), service);
        daemon.create(puppets(&stage, service, "restart/0"));
        stage
    });
    let puppet = running(&daemon, &stage, "a");
    let undisturbed = running(&daemon, &lasting, "lasting");
    let (filler, other) = fill(&daemon);
    daemon.kill_engine();
    puppet.kill(Signal::KILL);

    // With room the daemon recovers by itself. Until then its engine may have no database to answer from.
    fs::remove_file(&filler).expect("our file");
    let mut again = stage.next_run();
    again.run();
    let patience = Instant::now() + Duration::from_mins(1);
    let answers = || {
        let asked = daemon.ask(|scm, caller, reply| scm.query_manager(caller, reply));
        asked.inspect_err(|error| assert!(Instant::now() < patience, "{error}"))
    };
    while answers().is_err() {}
    let info = daemon.wait_until(&name("a"), |info| {
        info.status.state == ServiceState::Running && info.recovery.failure_count == 1
    });
    assert_eq!(info.status.process_id, again.pid);
    assert_eq!(daemon.all_events(&name("a"), &[7031, 7034]).len(), 1);
    let info = daemon.query(&name("lasting"));
    assert_eq!(info.status.process_id, undisturbed.pid);
    assert_eq!(info.recovery.failure_count, 0);
    daemon.create(other);
    fault(
        "a full disk of 6 MiB on which the engine is killed",
        "services run on; what failed meanwhile is counted once; recovers by itself when there is room",
    );
}

#[test]
fn c22_settings_of_windows_alone_are_refused_with_the_reason() {
    let daemon = Daemon::start(relance());
    for option in [
        ["--sid-type", "restricted"],
        ["--required-privilege", "SeX"],
    ] {
        let words = [&["create", "a"], &option[..], &["--", "/bin/true"]].concat();
        let output = daemon.relance(&words);
        assert_refused(&output, 3, &["50 ERROR_NOT_SUPPORTED", "--account"]);
    }
    let status = daemon.relance(&["status", "a"]);
    assert_refused(&status, 4, &["1060"]);
}

#[test]
fn output_that_nobody_reads_ends_a_command_and_output_that_cannot_be_written_is_an_error() {
    let help = |stdout: Stdio| {
        let mut command = Command::new(relance());
        let output = command.arg("help").stdout(stdout).output();
        refusal(&output.expect("it can be started"))
    };
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    assert_eq!(help(writer.into()), (Some(0), String::new()));
    let full = fs::File::options().write(true).open("/dev/full");
    let (code, text) = help(full.expect("a device").into());
    assert_eq!(code, Some(1));
    assert!(
        text.starts_with("error: the output cannot be written: No space"),
        "{text}"
    );
}

#[test]
fn sizes_are_refused_where_they_are_set_and_no_engine_ends() {
    let daemon = Daemon::start(relance());
    let engine = daemon.engine_pid();
    let with = |value: usize| {
        let mut config = ServiceConfig::new(name("large"), "/bin/true");
        let variable = EnvironmentVariable::new("A", &"x".repeat(value));
        config.environment = [variable.expect("legal characters")].into();
        config
    };
    let create = |config: ServiceConfig| {
        let service = relance_scm::manager::NewService {
            config,
            password: relance_scm::config::Secret::new(""),
        };
        daemon.ask(|scm, caller, reply| scm.create_service(caller, service, reply))
    };
    let refused = create(with(8 << 20)).expect_err("an environment of 8 MiB");
    assert_eq!(refused.code(), Win32Error::INVALID_PARAMETER);
    assert!(refused.to_string().contains("environment variable A"));
    create(with(30_000)).expect("a legal size");
    let start = |length: usize| {
        let arguments = vec!["x".repeat(length)];
        daemon.ask(|scm, caller, reply| scm.start_service(caller, &name("large"), arguments, reply))
    };
    let refused = start(1 << 20).expect_err("start arguments of 1 MiB");
    assert_eq!(refused.code(), Win32Error::INVALID_PARAMETER);
    assert!(refused.to_string().contains("start arguments"));
    start(30 << 20).expect_err("start arguments of 30 MiB");
    assert_eq!(daemon.engine_pid(), engine);
}
