//! `relance upgrade`: another program takes over, and services run on.

use std::fs;
use std::os::fd::AsFd;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use relance_engine::linux::guardian::ask_to_exchange;
use relance_policy::RunId;
use relance_scm::manager::ServiceInfo;
use relance_scm::status::ProcessExit;
use relance_scm::{Control, ServiceState};
use relance_testkit::cgroups::process;
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::Stage;
use relance_wire::channel::WAIT_VARIABLE;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{name, puppets, relance, running, write_program};

/// A program in a folder of its own that is replaced as packages replace it. A process of its own makes the
/// copy: what another test starts meanwhile would have the file open for writing, and nobody could execute it.
fn install(folder: &Path) -> PathBuf {
    let (new, program) = (folder.join("relance.new"), folder.join("relance"));
    let copy = Command::new("cp").arg(relance()).arg(&new).status();
    assert!(copy.expect("cp").success());
    fs::rename(&new, &program).expect("a name");
    program
}

fn text(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}

fn guardian(daemon: &Daemon) -> u32 {
    let lock = fs::read_to_string(daemon.folder().join("state/lock")).expect("a lock");
    lock.trim().parse().expect("a process id")
}

/// A daemon with a service that runs on, and one that fails all the time.
fn at_work(daemon: &Daemon) {
    let crashing = "create crashing --actions restart/0 --reset 0 -- /bin/sh -c";
    let crashing = crashing.split(' ').chain(["sleep 0.2; exit 1"]);
    let crashing: Vec<_> = crashing.collect();
    for words in [
        &["create", "steady", "--", "sleep", "1000"][..],
        &["start", "steady"],
        &crashing,
        // It may have crashed before anybody looks whether it runs.
        &["start", "--no-wait", "crashing"],
    ] {
        let output = daemon.relance(words);
        assert!(output.status.success(), "{words:?}: {}", text(&output));
    }
}

/// Recovery goes on.
fn goes_on(daemon: &Daemon) {
    let number = |info: &ServiceInfo| info.run.as_ref().map_or(0, |run| run.id.number);
    let count = number(&daemon.query(&name("crashing")));
    daemon.wait_until(&name("crashing"), |info| number(info) > count + 2);
}

/// So many entries of a kind.
fn entries(daemon: &Daemon, id: &str) -> usize {
    let output = daemon.relance(&["events", "--id", id]);
    text(&output).matches(id).count()
}

fn run_of(info: &ServiceInfo) -> (u32, Option<RunId>) {
    let id = info.run.as_ref().map(|run| run.id);
    (info.status.process_id, id)
}

#[test]
fn services_run_on_while_another_program_goes_on_in_the_managers_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = install(folder.path());
    let mut daemon = Daemon::with(&program, &["--pass-env", "NOTHING_*"]);
    at_work(&daemon);
    let stage = Stage::new(daemon.folder(), "hosted");
    daemon.create(puppets(&stage, "hosted", "restart/1000"));
    let mut puppet = running(&daemon, &stage, "hosted");
    let before = ["steady", "hosted"].map(|service| run_of(&daemon.query(&name(service))));
    let guardian = guardian(&daemon);
    for _ in 0..2 {
        install(folder.path());
        let output = daemon.relance(&["upgrade"]);
        assert!(output.status.success(), "{}", text(&output));
        assert!(text(&output).contains("takes over"), "{}", text(&output));
        assert_eq!(self::guardian(&daemon), guardian);
        let exe = fs::read_link(format!("/proc/{guardian}/exe")).expect("it runs");
        assert_eq!(exe, program, "the file that lies there now");
        let now = ["steady", "hosted"].map(|service| run_of(&daemon.query(&name(service))));
        assert_eq!(now, before);
        goes_on(&daemon);
    }
    // The channel was not broken, and the end that is seen now is the true one.
    daemon
        .control(&name("hosted"), Control::Pause)
        .expect("delivered");
    assert_eq!(puppet.next_control(), Control::Pause.to_raw());
    puppet.tell("exit 7");
    let ended = daemon.wait_until(&name("hosted"), |info| info.last_end.is_some());
    let exit = ended.last_end.and_then(|end| end.exit);
    assert_eq!(exit, Some(ProcessExit::Exited(7)));
    assert_eq!(entries(&daemon, "1143"), 2);
    let unseen = ["1007", "1109"].map(|id| entries(&daemon, id));
    assert_eq!(
        unseen,
        [0, 0],
        "every end was seen, and no service had to come back"
    );
    assert!(daemon.stop().success());
}

#[test]
fn services_run_on_while_another_manager_takes_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = install(folder.path());
    let mut daemon = Daemon::with(&program, &[]);
    at_work(&daemon);
    let before = run_of(&daemon.query(&name("steady")));
    // Its parent starts it again.
    let command = daemon
        .client(&["upgrade", "--no-start"])
        .stdout(Stdio::piped())
        .spawn();
    let _ = daemon.wait_for_end();
    daemon.start_again();
    let output = command
        .expect("it is executed")
        .wait_with_output()
        .expect("it ends");
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(run_of(&daemon.query(&name("steady"))), before);
    goes_on(&daemon);
    assert_eq!(entries(&daemon, "1109"), 1);
}

/// A program that makes the daemon the first process of a container; other commands run beside it.
fn in_a_container(folder: &Path, program: &Path) -> PathBuf {
    let script = folder.join("container");
    let (unshare, nsenter) = if rustix::process::geteuid().is_root() {
        ("", "")
    } else {
        ("--map-root-user", "--user --preserve-credentials")
    };
    let text = format!(
        "#!/bin/sh\nif [ \"$1\" = daemon ]; then\n\
         echo $$ > {folder}/outside\n\
         exec unshare {unshare} --pid --fork --kill-child --mount-proc {program} \"$@\"\nfi\n\
         outside=$(cat {folder}/outside)\n\
         read -r inside < /proc/$outside/task/$outside/children\n\
         exec nsenter --target $inside {nsenter} --pid --mount {program} \"$@\"\n",
        folder = folder.display(),
        program = program.display(),
    );
    fs::write(&script, text).expect("a file");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&script, mode).expect("our file");
    script
}

#[test]
fn in_a_container_the_first_process_exchanges_its_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = install(folder.path());
    let container = in_a_container(folder.path(), &program);
    let mut daemon = Daemon::with(&container, &[]);
    at_work(&daemon);
    let before = run_of(&daemon.query(&name("steady")));
    for _ in 0..2 {
        install(folder.path());
        let output = daemon.relance(&["upgrade"]);
        assert!(output.status.success(), "{}", text(&output));
        assert!(text(&output).contains("takes over"), "{}", text(&output));
        assert_eq!(guardian(&daemon), 1);
        assert_eq!(run_of(&daemon.query(&name("steady"))), before);
        goes_on(&daemon);
    }
    // The container has not begun again, and no end was missed.
    let counts = ["1143", "1101", "1007"].map(|id| entries(&daemon, id));
    assert_eq!(counts, [2, 1, 0]);
    let refused = daemon.relance(&["upgrade", "--no-start"]);
    assert!(text(&refused).contains("process 1"), "{}", text(&refused));
    goes_on(&daemon);
    let children = format!("/proc/{0}/task/{0}/children", daemon.guardian_pid());
    let inside = fs::read_to_string(children).expect("it runs");
    let inside = Pid::from_raw(inside.trim().parse().expect("one child")).expect("a process id");
    kill_process(inside, Signal::TERM).expect("ours");
    assert!(daemon.wait_for_end().success());
}

/// Started by `cargo xtask upgrade`, at night: building an older program takes long.
#[test]
fn from_an_older_version() {
    let Some(old) = std::env::var_os("RELANCE_OLD") else {
        eprintln!(
            "not run: needs RELANCE_OLD, the program of an older version (cargo xtask upgrade)"
        );
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("relance");
    let copied = Command::new("cp").arg(old).arg(&program).status();
    assert!(copied.expect("cp").success());
    let daemon = Daemon::with(&program, &[]);
    let pid = folder.path().join("pid");
    let steady = format!(
        "echo $$ > {0}.new; mv {0}.new {0}; exec sleep 1000",
        pid.display()
    );
    let crash = ["/bin/sh", "-c", "sleep 0.2; exit 1"];
    let words = "create crashing --actions restart/0 --reset 0 --";
    let crashing: Vec<_> = words.split(' ').chain(crash).collect();
    for words in [
        &["create", "steady", "--", "/bin/sh", "-c", &steady][..],
        &["start", "steady"],
        &crashing,
    ] {
        let output = daemon.relance(words);
        assert!(output.status.success(), "{words:?}: {}", text(&output));
    }
    // It ends at once, which may be said as an error.
    let _ = daemon.relance(&["start", "crashing"]);
    while !pid.exists() {
        std::thread::yield_now();
    }
    let pid = fs::read_to_string(&pid).expect("it is there");
    install(folder.path());
    let output = daemon.relance(&["upgrade"]);
    assert!(output.status.success(), "{}", text(&output));
    let steady = daemon.query(&name("steady"));
    assert_eq!(steady.status.process_id.to_string(), pid.trim());
    goes_on(&daemon);
    assert_eq!(entries(&daemon, "1109") + entries(&daemon, "1143"), 1);
}

/// The signal without the questions before it.
#[test]
fn a_program_that_cannot_be_executed_leaves_the_manager_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = install(folder.path());
    let daemon = Daemon::with(&program, &[]);
    at_work(&daemon);
    let before = run_of(&daemon.query(&name("steady")));
    let guardian = process(&daemon.guardian_pid().to_string());
    let [new, old] = ["relance.new", "relance.old"].map(|name| folder.path().join(name));
    fs::write(&new, "rubbish").expect("a file");
    fs::rename(&program, &old).expect("a name");
    fs::rename(&new, &program).expect("a name");
    ask_to_exchange(guardian.as_fd()).expect("ours");
    // It goes on, and tries to start its engine from the same file.
    while !daemon
        .messages()
        .contains("the engine could not be started")
    {
        std::thread::yield_now();
    }
    fs::rename(&old, &program).expect("a name");
    assert_eq!(run_of(&daemon.query(&name("steady"))), before);
    goes_on(&daemon);
    let messages = daemon.messages();
    assert!(messages.contains("cannot be exchanged"), "{messages}");
}

#[test]
fn a_program_that_cannot_take_over_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = install(folder.path());
    let daemon = Daemon::with(&program, &[]);
    assert!(
        daemon
            .relance(&["create", "a", "--", "sleep", "1000"])
            .status
            .success()
    );
    assert!(daemon.relance(&["start", "a"]).status.success());
    daemon.wait_for_state(&name("a"), ServiceState::Running);
    let (old, new) = (guardian(&daemon), folder.path().join("relance.new"));
    for (script, part) in [
        ("#!/bin/sh\necho relance 0.0.1\n", "older than the manager"),
        ("#!/bin/sh\nexit 1\n", "does not say its version"),
        ("#!/no/such/interpreter\n", "cannot be executed"),
        (
            "#!/bin/sh\n[ $1 = --version ] && echo relance 99.0.0 && exit\necho 'error: no option --x' >&2; exit 2\n",
            "cannot take over: no option --x",
        ),
    ] {
        write_program(&new, script.as_bytes());
        fs::rename(&new, &program).expect("a name");
        let output = std::process::Command::new(relance())
            .args(["upgrade", "--socket"])
            .arg(daemon.socket())
            .output()
            .expect("it is executed");
        assert!(
            !output.status.success() && text(&output).contains(part),
            "{}",
            text(&output)
        );
        assert_eq!(guardian(&daemon), old);
    }
    install(folder.path());
}

#[test]
fn the_program_of_another_users_manager_is_not_executed() {
    if !rustix::process::getuid().is_root() {
        eprintln!("not run: needs root");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let program = install(folder.path());
    let (state, socket) = (folder.path().join("state"), folder.path().join("socket"));
    chown(folder.path(), Some(65534), Some(65534)).expect("root may");
    let mut daemon = Command::new("setpriv");
    daemon
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg("env")
        .arg(format!("HOME={}", folder.path().display()))
        .arg(&program)
        .args(["daemon", "--config", "/dev/null", "--state"])
        .arg(&state)
        .arg("--socket")
        .arg(&socket)
        .stderr(Stdio::null());
    let mut daemon = daemon.spawn().expect("setpriv");
    let ask = |words: &[&str]| {
        let mut command = Command::new(relance());
        command.arg("--socket").arg(&socket).args(words);
        command
            .env(WAIT_VARIABLE, "30000")
            .output()
            .expect("relance")
    };
    let there = ask(&["list"]);
    let ran = folder.path().join("ran");
    let script = format!("#!/bin/sh\ntouch {}\necho relance 99.0.0\n", ran.display());
    let new = folder.path().join("relance.new");
    write_program(&new, script.as_bytes());
    fs::rename(&new, &program).expect("a name");
    let refused = ask(&["upgrade"]);
    let pid = Pid::from_child(&daemon);
    kill_process(pid, Signal::TERM).expect("ours");
    daemon.wait().expect("an end");
    assert!(there.status.success(), "{}", text(&there));
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused));
    assert!(text(&refused).contains("user 65534"), "{}", text(&refused));
    assert!(!ran.exists(), "as root");
}
