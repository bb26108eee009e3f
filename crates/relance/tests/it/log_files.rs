//! Log files as people treat them: moved, truncated, rotated by others, while services print.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use relance_scm::config::AccountName;
use relance_scm::manager::next_output;
use relance_scm::{Caller, ServiceConfig, ServiceKind, ServiceManager};
use relance_testkit::daemon::Daemon;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{copy_of_relance, entry, name, relance};

/// A program that prints a line for each line of a named pipe.
pub(crate) struct Echo {
    pub(crate) orders: fs::File,
    pub(crate) log: PathBuf,
}

impl Echo {
    fn start(daemon: &Daemon) -> Self {
        let echo = Self::create(daemon);
        daemon.start_service(&name("a")).expect("it starts");
        echo
    }

    /// As the service `a`, which is not started yet.
    pub(crate) fn create(daemon: &Daemon) -> Self {
        let path = daemon.folder().join("orders");
        let made = Command::new("mkfifo").arg(&path).status();
        assert!(made.expect("mkfifo").success());
        let mut options = fs::OpenOptions::new();
        let orders = options.read(true).write(true).open(&path).expect("a pipe");
        let line = format!("/bin/sh -c \"exec cat <{}\"", path.display());
        daemon.create(config_of("a", &line));
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

fn config_of(service: &str, line: &str) -> ServiceConfig {
    let mut config = ServiceConfig::new(name(service), line);
    config.kind = ServiceKind::Program;
    config
}

fn program(daemon: &Daemon, service: &str, line: &str) {
    daemon.create(config_of(service, line));
    daemon.start_service(&name(service)).expect("it starts");
}

fn follow(
    daemon: &Daemon,
    service: &str,
    from: u64,
) -> Box<dyn relance_scm::manager::FollowOutput> {
    let manager = daemon.manager();
    manager
        .follow_output(
            &Caller::system(),
            &name(service),
            relance_scm::manager::OutputStream::Output,
            from,
        )
        .expect("output can be followed")
}

/// Where the output of a service ends now.
fn end(daemon: &Daemon, service: &str) -> u64 {
    let range = relance_scm::manager::OutputRange::LastLines(0);
    let part = daemon.ask(|scm, caller, reply| {
        let stream = relance_scm::manager::OutputStream::Output;
        scm.read_output(caller, &name(service), stream, range, reply);
    });
    part.map_or(0, |part| part.end)
}

fn signal(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(pid.cast_signed()).expect("a process");
    kill_process(pid, signal).expect("it is there");
}

/// Waits until a file is there again.
pub(crate) fn wait_for_file(path: &std::path::Path) {
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

/// Runs a command of a user that administers nothing: `www-data` of Debian.
fn as_user(uid: u32, command: &mut Command) -> std::process::Output {
    use std::os::unix::process::CommandExt;
    command.uid(uid).gid(uid).output().expect("it runs")
}

#[test]
fn x62_the_account_of_a_service_reads_its_output_and_its_file_if_that_is_given_to_it() {
    const USER: u32 = 65534;
    if !rustix::process::getuid().is_root() {
        eprintln!("not run: needs root");
        return;
    }
    let daemon = Daemon::start(relance());
    let mut config = ServiceConfig::new(name("a"), "/bin/sh -c \"echo mine; exec sleep 100000\"");
    config.kind = ServiceKind::Program;
    config.account_name = AccountName::new("nobody");
    daemon.create(config);
    let log = daemon.folder().join("logs/a.log");
    let start = || {
        let from = end(&daemon, "a");
        daemon.start_service(&name("a")).expect("it starts");
        next_output(&mut *follow(&daemon, "a", from)).expect("it prints");
    };
    start();
    let cat = || as_user(USER, Command::new("cat").arg(&log)).stdout;
    // Folders of tests are private.
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o711);
    fs::set_permissions(daemon.folder(), open).expect("our folder");
    assert_eq!(cat(), b"", "the file is the manager's");
    let logs = |uid| {
        let mut command = Command::new(copy_of_relance(daemon.folder()));
        let command = command.env("RELANCE_SOCKET", daemon.socket());
        as_user(uid, command.args(["logs", "a"]))
    };
    let said = logs(USER);
    assert_eq!(String::from_utf8_lossy(&said.stdout), "mine\n", "{said:?}");
    let other = logs(1);
    assert_eq!(other.status.code(), Some(3), "{other:?}");
    let given = daemon.relance(&["config", "a", "--log-owner", "nobody", "--log-mode", "600"]);
    assert!(given.status.success(), "{given:?}");
    daemon
        .control(&name("a"), relance_scm::Control::Stop)
        .expect("it is told");
    daemon.wait_for_state(&name("a"), relance_scm::ServiceState::Stopped);
    start();
    assert_eq!(cat(), b"mine\nmine\n");
}

#[test]
fn x62_nobody_to_give_a_log_file_to_is_refused_where_it_is_set() {
    let daemon = Daemon::start(relance());
    program(&daemon, "a", "/bin/true");
    let refused = daemon.relance(&["config", "a", "--log-group", "no-such-group"]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success());
    assert!(
        said.contains("log_group") && said.contains("no-such-group"),
        "{said}"
    );
}

#[test]
fn x60_a_container_shows_what_services_print_with_their_names() {
    let mut daemon = Daemon::with(relance(), &["--output-copy", "stdout"]);
    program(&daemon, "a", "/bin/echo from-a");
    daemon.wait_for_state(&name("a"), relance_scm::ServiceState::Stopped);
    let log = daemon.relance(&["logs", "a"]);
    assert_eq!(String::from_utf8_lossy(&log.stdout), "from-a\n");
    for to in ["none", "journal"] {
        let service = format!("to-{to}");
        let command = [
            "create",
            &service,
            "--output-copy",
            to,
            "--",
            "/bin/echo",
            "from-it",
        ];
        assert!(daemon.relance(&command).status.success());
        assert!(daemon.relance(&["start", &service]).status.success());
    }
    daemon.stop();
    let printed = daemon.messages();
    assert!(
        printed.lines().any(|line| line == "a | from-a"),
        "{printed}"
    );
    assert!(!printed.contains("from-it"), "{printed}");
}

#[test]
fn lines_of_several_services_are_chosen_and_merged_and_odd_bytes_stay() {
    let daemon = Daemon::start(relance());
    let logs = daemon.folder().join("logs");
    for (service, text) in [
        (
            "a1",
            &b"2026-11-28T09:00:00.000Z one\n2026-11-28T09:02:00.000Z three\n  more of it\n"[..],
        ),
        ("a2", b"2026-11-28T09:01:00.000Z two \xff\n"),
        ("b", b"no time"),
    ] {
        daemon.create(ServiceConfig::new(name(service), "/bin/true"));
        fs::write(logs.join(format!("{service}.log")), text).expect("a file");
    }
    let said = |arguments: &[&str]| {
        let output = daemon.relance(&[&["logs"], arguments].concat());
        String::from_utf8_lossy(&if output.status.success() {
            output.stdout
        } else {
            output.stderr
        })
        .into_owned()
    };
    assert_eq!(
        said(&["a*"]),
        "a1 | 2026-11-28T09:00:00.000Z one\na2 | 2026-11-28T09:01:00.000Z two \\xff\n\
         a1 | 2026-11-28T09:02:00.000Z three\na1 |   more of it\n"
    );
    assert_eq!(said(&["a1", "--grep", "more"]), "  more of it\n");
    assert_eq!(
        said(&["a1", "--since", "2026-11-28T09:01Z"]),
        "2026-11-28T09:02:00.000Z three\n  more of it\n"
    );
    assert_eq!(
        said(&["a1", "--until", "2026-11-28T09:01Z", "--grep", "three"]),
        ""
    );
    assert_eq!(
        said(&["b", "--json"]),
        "{\"line\":\"no time\",\"service\":\"b\",\"stream\":\"stdout\"}\n"
    );
    let odd = said(&["a2", "--json"]);
    assert!(
        odd.contains("[50,48,50,54,") && odd.contains(",32,255]"),
        "{odd}"
    );
    assert!(said(&["b", "--since", "1h"]).contains("--log-timestamps yes"));
}

#[test]
fn x64_output_that_is_lost_is_in_the_event_log_and_its_end_too() {
    use std::io::Write;
    let daemon = Daemon::start(relance());
    let mut echo = Echo::start(&daemon);
    echo.say(&daemon, "one");
    fs::remove_file(&echo.log).expect("a file");
    fs::create_dir(&echo.log).expect("a folder in its place");
    for _ in 0..3 {
        echo.orders.write_all(b"lost\n").expect("it reads");
    }
    let lost = entry(&daemon, "a", "1063");
    assert!(lost.contains("a.log is not a file of its own"), "{lost}");
    fs::remove_dir(&echo.log).expect("an empty folder");
    echo.orders.write_all(b"kept\n").expect("it reads");
    let kept = entry(&daemon, "a", "1064");
    assert!(kept.contains(" bytes were lost"), "{kept}");
    assert!(echo.text().ends_with("kept\n"), "{}", echo.text());
    assert_eq!(
        daemon.query(&name("a")).status.state,
        relance_scm::ServiceState::Running
    );
}

#[test]
fn the_log_file_of_another_service_cannot_be_named() {
    let daemon = Daemon::start(relance());
    daemon.create(config_of("a", "/bin/true"));
    daemon.create(config_of("b", "/bin/true"));
    let logs = daemon.folder().join("logs");
    let around = logs.join("../logs");
    for (option, path) in [
        ("--stdout-file", logs.join("a.log")),
        ("--stderr-file", logs.join("a+stderr.log")),
        ("--stdout-file", around.join("a.log")),
        // A rotation would overwrite it, and it would be read as the output of b.
        ("--stdout-file", logs.join("a.log.1.gz")),
    ] {
        let path = path.to_string_lossy().into_owned();
        for words in [
            ["config", "b", option, &path].as_slice(),
            &["create", "c", option, &path, "--command-line", "/bin/true"],
        ] {
            let refused = daemon.relance(words);
            let text = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert!(!refused.status.success(), "{words:?}");
            assert!(text.contains("log file of a;"), "{text}");
        }
    }
    // Their own, a name that is nobody's, and a file that somebody named for two on purpose.
    let shared = daemon.folder().join("shared/both.log");
    for (service, path) in [
        ("a", logs.join("a.log")),
        ("b", logs.join("ab.log")),
        ("a", shared.clone()),
        ("b", shared),
    ] {
        let path = path.to_string_lossy().into_owned();
        let set = daemon.relance(&["config", service, "--stdout-file", &path]);
        let text = String::from_utf8_lossy(&set.stderr).into_owned();
        assert!(set.status.success(), "{text}");
    }
}
