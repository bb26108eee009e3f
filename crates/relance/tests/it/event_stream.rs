//! `relance events --follow` and `--resume`: nothing of the event log is left out when the manager or the reader is
//! killed.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Stdio};

use relance_scm::{ServiceConfig, ServiceKind};
use relance_testkit::daemon::Daemon;
use serde_json::Value as Json;

use crate::support::{done, name, relance};

/// A reader that follows.
struct Follower {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Follower {
    fn of(daemon: &Daemon, options: &[&str]) -> Self {
        let mut child = daemon
            .client(&[&["events", "--follow", "--json"], options].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        let stdout = child.stdout.take().expect("piped");
        Self {
            child,
            lines: BufReader::new(stdout).lines(),
        }
    }

    /// The numbers of entries up to the one that says that a service was made.
    fn until_made(&mut self, service: &str) -> Vec<u64> {
        let mut numbers = Vec::new();
        for line in &mut self.lines {
            let entry: Json = serde_json::from_str(&line.expect("text")).expect("JSON");
            numbers.push(number(&entry));
            if entry["event_id"] == 7045 && entry["service"] == service {
                return numbers;
            }
        }
        panic!("it has ended after {numbers:?}");
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn number(entry: &Json) -> u64 {
    entry["number"].as_u64().expect("a number")
}

fn make(daemon: &Daemon, service: &str) {
    let mut config = ServiceConfig::new(name(service), "/bin/true");
    config.kind = ServiceKind::Program;
    daemon.create(config);
}

/// The numbers of all entries of the log.
fn all(daemon: &Daemon) -> Vec<u64> {
    let output = daemon.relance(&["events", "--json", "--limit", "1000"]);
    done(&output);
    numbers(&output.stdout)
}

fn numbers(lines: &[u8]) -> Vec<u64> {
    let lines = String::from_utf8_lossy(lines).into_owned();
    let entries = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    entries.map(|entry: Json| number(&entry)).collect()
}

#[test]
fn a_follower_goes_on_when_the_manager_is_killed_replaced_or_away() {
    let mut daemon = Daemon::start(relance());
    make(&daemon, "first");
    let mut follower = Follower::of(&daemon, &[]);
    let mut seen = follower.until_made("first");
    daemon.kill_engine();
    make(&daemon, "second");
    seen.extend(follower.until_made("second"));
    daemon.stop();
    daemon.start_again();
    make(&daemon, "third");
    seen.extend(follower.until_made("third"));
    let mut all = all(&daemon);
    all.retain(|number| *number <= seen[seen.len() - 1]);
    assert_eq!(seen, all, "each once, in order");
}

#[test]
fn a_reader_that_is_killed_goes_on_where_it_was() {
    let daemon = Daemon::start(relance());
    make(&daemon, "first");
    let file = daemon.folder().join("number");
    let file = file.to_str().expect("a path");
    let mut follower = Follower::of(&daemon, &["--resume", file]);
    let mut seen = follower.until_made("first");
    drop(follower);
    make(&daemon, "second");
    let mut follower = Follower::of(&daemon, &["--resume", file]);
    let again = follower.until_made("second");
    // It may have been killed between the line and its number.
    assert!(again[0] >= seen[seen.len() - 1], "{seen:?} {again:?}");
    drop(follower);
    seen.extend(again);
    let rest = daemon.relance(&["events", "--json", "--resume", file]);
    done(&rest);
    seen.extend(numbers(&rest.stdout));
    seen.dedup();
    assert_eq!(seen, all(&daemon));
    let nothing = daemon.relance(&["events", "--json", "--resume", file]);
    done(&nothing);
    assert!(nothing.stdout.is_empty(), "{nothing:?}");
}

#[test]
fn another_log_is_read_from_its_beginning_and_another_file_is_refused() {
    let daemon = Daemon::start(relance());
    make(&daemon, "first");
    let file = daemon.folder().join("number");
    std::fs::write(&file, "999999999\n").expect("written");
    let file = file.to_str().expect("a path");
    let output = daemon.relance(&["events", "--json", "--resume", file]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("so it is another log"), "{said}");
    assert_eq!(numbers(&output.stdout), all(&daemon));
    std::fs::write(file, "[service]\n").expect("written");
    let output = daemon.relance(&["events", "--json", "--resume", file]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(
        std::fs::read_to_string(file).expect("it stays"),
        "[service]\n"
    );
}
