//! What these tests share.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use relance_scm::manager::next_output;
use relance_scm::{Caller, ServiceConfig, ServiceManager, ServiceName};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::{Puppet, Stage};

/// The program under test.
pub(crate) fn relance() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_relance"))
}

/// Runs the program with these words, which must succeed; what it prints.
pub(crate) fn printed(daemon: &Daemon, arguments: &[&str]) -> String {
    let output = daemon.relance(arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The same, which must be refused; what it says then.
pub(crate) fn refused(daemon: &Daemon, arguments: &[&str]) -> String {
    let output = daemon.relance(arguments);
    assert!(!output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A copy of the program in a folder, for users who cannot reach the one it was built in (a clone in /root), and
/// for tests that replace it. Made once for each folder, and not by this process: what other tests start
/// meanwhile would have it open for writing, and so it could not be executed.
pub(crate) fn copy_of_relance(folder: &Path) -> PathBuf {
    let program = folder.join("relance");
    if !program.exists() {
        let copied = Command::new("cp").arg(relance()).arg(&program).status();
        assert!(copied.expect("cp runs").success());
    }
    program
}

/// A file that can be executed, with this content. Not written by this process: what other tests start meanwhile
/// would have it open for writing, and so it could not be executed (`ETXTBSY`).
pub(crate) fn write_program(path: &Path, content: &[u8]) {
    let mut shell = Command::new("/bin/sh")
        .args(["-c", "cat >\"$1\" && chmod 755 \"$1\"", "sh"])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut input = shell.stdin.take().expect("a pipe");
    input.write_all(content).expect("it reads");
    drop(input);
    assert!(shell.wait().expect("our child").success());
}

/// A row of the table of `cargo xtask faults`: what was done, and what came of it. Said once that was checked.
pub(crate) fn fault(what: &str, outcome: &str) {
    // Written in one piece, because others write there too.
    let line = format!("FAULT\t{what}\t{outcome}\n");
    eprint!("{line}");
}

/// The command of a Redis that listens on a socket and keeps each write in a folder.
pub(crate) fn redis<'a>(socket: &'a str, folder: &'a str) -> [&'a str; 11] {
    [
        "redis-server",
        "--port",
        "0",
        "--unixsocket",
        socket,
        "--dir",
        folder,
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
    ]
}

/// A legal service name.
pub(crate) fn name(text: &str) -> ServiceName {
    ServiceName::new(text).expect("a legal name")
}

/// A service of puppets with these recovery actions.
pub(crate) fn puppets(stage: &Stage, service: &str, actions: &str) -> ServiceConfig {
    stage.service(service, actions)
}

/// Starts a service of puppets and waits until it runs.
pub(crate) fn running(daemon: &Daemon, stage: &Stage, service: &str) -> Puppet {
    daemon.run_puppet(stage, &name(service))
}

/// A command that must have succeeded.
pub(crate) fn done(output: &Output) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}

/// All that a service has printed, once it contains a text.
pub(crate) fn output_with(daemon: &Daemon, service: &str, wanted: &str) -> String {
    output_once(daemon, service, |text| text.contains(wanted))
}

/// All that a service has printed, once it is as the test wants it.
pub(crate) fn output_once(daemon: &Daemon, service: &str, wanted: impl Fn(&str) -> bool) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&bytes_once(daemon, service, |bytes| wanted(&text(bytes))))
}

/// The same as bytes.
pub(crate) fn output_of(daemon: &Daemon, service: &str, wanted: &[u8]) -> Vec<u8> {
    bytes_once(daemon, service, |bytes| {
        bytes.windows(wanted.len()).any(|part| part == wanted)
    })
}

fn bytes_once(daemon: &Daemon, service: &str, wanted: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let manager = daemon.manager();
    let mut output = manager
        .follow_output(
            &Caller::system(),
            &name(service),
            relance_scm::manager::OutputStream::Output,
            0,
        )
        .expect("output can be followed");
    let mut bytes: Vec<u8> = Vec::new();
    while !wanted(&bytes) {
        let part = next_output(&mut *output).expect("the manager goes on");
        bytes.extend(part.bytes);
    }
    bytes
}

/// The first line about an entry of this kind, whenever it comes.
pub(crate) fn entry(daemon: &Daemon, service: &str, event_id: &str) -> String {
    use std::io::BufRead;
    let mut events = Command::new(relance())
        .env("RELANCE_SOCKET", daemon.socket())
        .args(["events", "--service", service, "--follow", "--id", event_id])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut line = String::new();
    let mut told = std::io::BufReader::new(events.stdout.take().expect("a pipe"));
    told.read_line(&mut line).expect("it prints");
    events.kill().expect("it goes on until somebody has enough");
    events.wait().expect("a child of ours");
    line
}
