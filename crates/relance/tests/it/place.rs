//! One manager for one place, and places that other users of the machine could have tampered with.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use relance_scm::{Control, ServiceConfig, ServiceKind, ServiceState};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::{Puppet, Stage};

use crate::support::{name, puppets, relance, running};

/// Where a daemon that is expected to refuse keeps its things.
struct Places {
    config: PathBuf,
    state: PathBuf,
    logs: PathBuf,
    socket: PathBuf,
}

impl Places {
    /// In a folder that the test has to itself.
    fn in_folder(folder: &Path) -> Self {
        let config = folder.join("settings.toml");
        fs::write(&config, "").expect("a writable folder");
        Self {
            config,
            state: folder.join("state"),
            logs: folder.join("logs"),
            socket: folder.join("s"),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(relance());
        command.arg("daemon");
        let options = [
            ("--config", &self.config),
            ("--state", &self.state),
            ("--logs", &self.logs),
            ("--socket", &self.socket),
        ];
        for (option, path) in options {
            command.arg(option).arg(path);
        }
        command
    }

    /// Starts a daemon that ends by itself; what it says.
    #[track_caller]
    fn refused(&self, why: &str) {
        let output = self
            .command()
            .stdin(Stdio::null())
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{said}");
        assert!(said.contains(why), "{said}");
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
}

/// A daemon, with control groups where they are to be had, and a service that runs.
fn with_puppet() -> (Daemon, Puppet) {
    let daemon = Daemon::with_cgroups(relance()).unwrap_or_else(|| Daemon::start(relance()));
    let stage = Stage::new(daemon.folder(), "a");
    daemon.create(puppets(&stage, "a", "restart/0"));
    let puppet = running(&daemon, &stage, "a");
    (daemon, puppet)
}

/// The service runs as the process that it was, and answers.
#[track_caller]
fn is_undisturbed(daemon: &Daemon, puppet: &mut Puppet) {
    puppet.report(ServiceState::Running);
    let info = daemon.query(&name("a"));
    assert_eq!(info.status.process_id, puppet.pid);
    assert_eq!(info.run.expect("it runs").id.number, 1);
}

#[test]
fn a_second_daemon_on_the_same_socket_is_refused_and_disturbs_nothing() {
    let (daemon, mut puppet) = with_puppet();
    let folder = tempfile::tempdir().expect("a folder");
    let second = Places {
        socket: daemon.socket(),
        ..Places::in_folder(folder.path())
    };
    second.refused(&format!("process {}", daemon.guardian_pid()));
    // A lock that somebody has removed changes nothing.
    fs::remove_file(daemon.folder().join("relance.sock.lock")).expect("the lock");
    second.refused(&format!("process {}", daemon.guardian_pid()));
    is_undisturbed(&daemon, &mut puppet);
}

#[test]
fn services_of_a_daemon_that_was_killed_outlive_another_one_on_its_socket() {
    let (mut daemon, mut puppet) = with_puppet();
    daemon.kill_guardian();
    let folder = tempfile::tempdir().expect("a folder");
    let mut second = Daemon::on(relance(), &folder.path().join("state"), &daemon.socket());
    assert!(second.relance(&["list"]).status.success());
    // It ends in good order, with everything that is its own.
    assert!(second.stop().success());
    daemon.start_again();
    is_undisturbed(&daemon, &mut puppet);
}

#[test]
fn a_copied_state_folder_does_not_take_over_the_services_of_the_original() {
    let (daemon, mut puppet) = with_puppet();
    let folder = tempfile::tempdir().expect("a folder");
    let copy = Places::in_folder(folder.path());
    let copied = Command::new("cp")
        .arg("--archive")
        .arg(daemon.folder().join("state"))
        .arg(&copy.state)
        .status();
    assert!(copied.expect("cp").success());
    copy.refused(&format!("process {}", puppet.pid));
    copy.refused("is a copy of a state folder whose services run");
    is_undisturbed(&daemon, &mut puppet);
    // Once they have ended the copy is as good as any.
    daemon.control(&name("a"), Control::Stop).expect("it obeys");
    puppet.stopped(0, 0);
    puppet.wait_for_end();
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    let mut second = Daemon::on(relance(), &copy.state, &copy.socket);
    assert!(second.relance(&["status", "a"]).status.success());
    assert!(second.stop().success());
}

#[test]
fn what_is_not_a_dead_socket_is_left_where_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let places = Places::in_folder(folder.path());
    fs::write(&places.socket, "precious").expect("a file");
    places.refused("is a file");
    let victim = folder.path().join("victim");
    fs::rename(&places.socket, &victim).expect("a file");
    symlink(&victim, &places.socket).expect("a link");
    places.refused("is a link");
    assert_eq!(fs::read_to_string(&victim).expect("a file"), "precious");
}

#[test]
fn a_state_folder_that_others_may_enter_is_refused_with_what_mends_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let places = Places::in_folder(folder.path());
    fs::create_dir(&places.state).expect("a new folder");
    for mode in [0o755, 0o770, 0o777] {
        set_mode(&places.state, mode);
        places.refused(&format!("chmod 700 {}", places.state.display()));
    }
    set_mode(&places.state, 0o700);
    if !rustix::process::geteuid().is_root() {
        eprintln!("not run: needs root");
        return;
    }
    chown(&places.state, Some(1234), None).expect("as root");
    places.refused(&format!("chown root {}", places.state.display()));
    assert!(
        fs::read_dir(&places.state)
            .expect("a folder")
            .next()
            .is_none(),
        "nothing was put there"
    );
}

#[test]
fn a_planted_database_is_not_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let places = Places::in_folder(folder.path());
    fs::create_dir(&places.state).expect("a new folder");
    set_mode(&places.state, 0o700);
    let victim = folder.path().join("victim");
    fs::write(&victim, "").expect("a file");
    let database = places.state.join("relance.db");
    symlink(&victim, &database).expect("a link");
    places.refused("is a link");
    fs::remove_file(&database).expect("a link");
    fs::hard_link(&victim, &database).expect("a link");
    places.refused("has a second name");
    fs::remove_file(&database).expect("a link");
    fs::write(&database, "").expect("a file");
    set_mode(&database, 0o606);
    places.refused("may be written to by others");
    assert_eq!(fs::read(&victim).expect("a file"), b"");
}

#[test]
fn settings_that_others_may_write_are_not_obeyed() {
    let folder = tempfile::tempdir().expect("a folder");
    let places = Places::in_folder(folder.path());
    set_mode(&places.config, 0o666);
    places.refused(&format!("chmod go-w {}", places.config.display()));
}

#[test]
fn output_is_not_written_through_a_planted_link() {
    let daemon = Daemon::start(relance());
    let logs = daemon.folder().join("logs");
    // As a service account that owns the folder could.
    if rustix::process::geteuid().is_root() {
        chown(&logs, Some(1234), Some(1234)).expect("as root");
    }
    let victim = daemon.folder().join("victim");
    fs::write(&victim, "precious").expect("a file");
    symlink(&victim, logs.join("a.log")).expect("a link");
    let mut config = ServiceConfig::new(name("a"), "/bin/echo overwritten");
    config.kind = ServiceKind::Program;
    daemon.create(config);
    daemon.start_service(&name("a")).expect("it starts");
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    let shown = daemon.relance(&["logs", "a"]);
    assert!(!String::from_utf8_lossy(&shown.stdout).contains("precious"));
    assert_eq!(fs::read_to_string(&victim).expect("a file"), "precious");
}

#[test]
fn what_the_daemon_makes_is_for_its_user_alone() {
    let daemon = Daemon::start(relance());
    let state = daemon.folder().join("state");
    for entry in fs::read_dir(&state).expect("a folder") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", entry.path().display());
    }
}

#[test]
fn services_keep_the_umask_of_a_login() {
    let daemon = Daemon::start(relance());
    let mut config = ServiceConfig::new(name("a"), "/bin/sh -c umask");
    config.kind = ServiceKind::Program;
    daemon.create(config);
    daemon.start_service(&name("a")).expect("it starts");
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    let shown = daemon.relance(&["logs", "a"]);
    assert_eq!(String::from_utf8_lossy(&shown.stdout).trim(), "0022");
}
