//! Standard error apart from the output, and log files where somebody wants them (X65).

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use relance_scm::manager::{OutputStream, next_output};
use relance_scm::{Caller, ServiceManager, ServiceState};
use relance_testkit::daemon::Daemon;

use crate::support::{name, printed, refused, relance};

/// A program that prints a line to each stream for each line that it is sent.
struct Echo {
    orders: fs::File,
}

const SCRIPT: &str = r#"while read -r line; do echo "out $line"; echo "err $line" >&2; done"#;

impl Echo {
    fn start(daemon: &Daemon, options: &[&str]) -> Self {
        let path = daemon.folder().join("orders");
        let made = Command::new("mkfifo").arg(&path).status();
        assert!(made.expect("mkfifo").success());
        let orders = fs::File::options().read(true).write(true).open(&path);
        let script = format!("{SCRIPT} <{}", path.display());
        let command = ["--", "/bin/sh", "-c", &script];
        let create = [&["create", "a"], options, &command].concat();
        printed(daemon, &create);
        printed(daemon, &["start", "a"]);
        Self {
            orders: orders.expect("a pipe"),
        }
    }

    /// Has it print a line to both, and waits until the manager has them.
    fn say(&mut self, daemon: &Daemon, line: &str) {
        writeln!(self.orders, "{line}").expect("the service has it open");
        wait_for_output(daemon, OutputStream::Output, &format!("out {line}\n"));
        wait_for_output(daemon, OutputStream::Errors, &format!("err {line}\n"));
    }
}

/// Waits until a stream of `a` has this in its file.
fn wait_for_output(daemon: &Daemon, stream: OutputStream, expected: &str) {
    let follow = daemon
        .manager()
        .follow_output(&Caller::system(), &name("a"), stream, 0);
    let mut follow = follow.expect("it is followed");
    let mut text = String::new();
    while !text.contains(expected) {
        let part = next_output(&mut *follow).expect("the manager goes on");
        text += &String::from_utf8_lossy(&part.bytes);
    }
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn logs(daemon: &Daemon) -> [PathBuf; 2] {
    ["a.log", "a+stderr.log"].map(|file| daemon.folder().join("logs").join(file))
}

#[test]
fn x65_standard_error_is_apart_and_stays_so_when_all_managers_are_killed() {
    let mut daemon = Daemon::start(relance());
    let mut echo = Echo::start(&daemon, &["--stderr", "file"]);
    echo.say(&daemon, "1");
    daemon.kill_engine();
    echo.say(&daemon, "2");
    daemon.kill_guardian();
    writeln!(echo.orders, "3").expect("the service has it open");
    daemon.start_again();
    echo.say(&daemon, "4");
    daemon
        .control(&name("a"), relance_scm::Control::Stop)
        .expect("it is told");
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    let [output, errors] = logs(&daemon).map(|path| text(&path));
    assert_eq!(output, "out 1\nout 2\nout 3\nout 4\n");
    assert_eq!(errors, "err 1\nerr 2\nerr 3\nerr 4\n");
}

#[test]
fn x65_logs_shows_both_streams_or_one() {
    let daemon = Daemon::start(relance());
    let mut echo = Echo::start(&daemon, &["--stderr", "file"]);
    echo.say(&daemon, "1");
    assert_eq!(printed(&daemon, &["logs", "a", "--stderr"]), "err 1\n");
    assert_eq!(printed(&daemon, &["logs", "a", "--stdout"]), "out 1\n");
    assert_eq!(
        printed(&daemon, &["logs", "a"]),
        "stdout | out 1\nstderr | err 1\n"
    );
    let json = printed(&daemon, &["logs", "a", "--stderr", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("an object");
    assert_eq!(json["stream"], "stderr");
    // The reason of a failure has the last lines of both, standard error at the end.
    printed(&daemon, &["config", "a", "--stderr", "output"]);
    let said = refused(&daemon, &["logs", "a", "--stderr"]);
    assert!(said.contains("--stderr file"), "{said}");
}

#[test]
fn x65_the_last_lines_of_a_failure_are_those_of_both_streams() {
    let daemon = Daemon::start(relance());
    let script = "echo working; echo 'out of luck' >&2; exit 3";
    let command = ["--", "/bin/sh", "-c", script];
    let create = ["create", "a", "--stderr", "file", "--actions", "none/0"];
    printed(&daemon, &[&create[..], &command].concat());
    let _ = daemon.relance(&["start", "a"]);
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    let why = printed(&daemon, &["why", "a"]);
    let (output, errors) = (why.find("working"), why.find("out of luck"));
    assert!(output.is_some() && output < errors, "{why}");
}

#[test]
fn x65_log_files_are_where_an_administrator_wants_them() {
    let daemon = Daemon::start(relance());
    let folder = daemon.folder().join("site/logs");
    let paths = ["out.log", "err.log"].map(|file| folder.join(file));
    let [output, errors] = paths.each_ref().map(|path| path.to_str().expect("text"));
    let options = ["--stdout-file", output, "--stderr-file", errors];
    let mut echo = Echo::start(&daemon, &options);
    echo.say(&daemon, "1");
    assert_eq!(
        paths.each_ref().map(|path| text(path)),
        ["out 1\n", "err 1\n"]
    );
    assert_eq!(printed(&daemon, &["logs", "a", "--stderr"]), "err 1\n");
    assert!(!logs(&daemon)[0].exists());
    // Moved by logrotate: the next line is in a new file.
    fs::rename(&paths[1], folder.join("err.log.1")).expect("our folder");
    echo.say(&daemon, "2");
    assert_eq!(text(&paths[1]), "err 2\n");
}

#[test]
fn x65_one_file_for_both_has_every_line_in_its_order() {
    let daemon = Daemon::start(relance());
    let path = daemon.folder().join("site/both.log");
    let file = path.to_str().expect("text");
    let script =
        "for n in $(seq 200); do printf 'out '; echo $n; printf 'err ' >&2; echo $n >&2; done";
    let files = ["create", "a", "--stdout-file", file, "--stderr-file", file];
    printed(
        &daemon,
        &[&files[..], &["--", "/bin/sh", "-c", script]].concat(),
    );
    let _ = daemon.relance(&["start", "a"]);
    wait_for_output(&daemon, OutputStream::Output, "err 200\n");
    let lines: Vec<_> = (1..=200).map(|n| format!("out {n}\nerr {n}\n")).collect();
    assert_eq!(text(&path), lines.concat());
    let said = refused(&daemon, &["logs", "a", "--stderr"]);
    assert!(said.contains("--stderr file"), "{said}");
}

#[test]
fn x65_a_file_that_nothing_goes_into_or_that_is_not_safe_is_refused() {
    let daemon = Daemon::start(relance());
    printed(&daemon, &["create", "a", "--", "/bin/true"]);
    let file = daemon.folder().join("x.log");
    let file = file.to_str().expect("text");
    let said = refused(
        &daemon,
        &["config", "a", "--stderr", "null", "--stderr-file", file],
    );
    assert!(
        said.contains("stderr_file") && said.contains("stderr = file"),
        "{said}"
    );
    let said = refused(
        &daemon,
        &["config", "a", "--output", "journal", "--stdout-file", file],
    );
    assert!(said.contains("stdout_file"), "{said}");
    let said = refused(&daemon, &["config", "a", "--stdout-file", "/tmp/x.log"]);
    assert!(said.contains("everybody may write"), "{said}");
    let said = refused(&daemon, &["config", "a", "--stdout-file", "/dev/null"]);
    assert!(said.contains("/dev/null"), "{said}");
    let [own, errors] = logs(&daemon).map(|path| path.to_str().expect("text").to_owned());
    let said = refused(&daemon, &["config", "a", "--stderr-file", &own]);
    assert!(
        said.contains("is the file that the output goes to"),
        "{said}"
    );
    let apart = ["config", "a", "--stderr", "file", "--stdout-file", &errors];
    assert!(refused(&daemon, &apart).contains("stderr_file"));
}
