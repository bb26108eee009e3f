//! What is wrong is seen where people look: output that is not kept as it is to be (X26), and services that
//! could not be loaded (X27).

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;

use relance_scm::manager::ServiceInfo;
use relance_testkit::daemon::Daemon;

use crate::log_files::{Echo, wait_for_file};
use crate::support::{name, relance};

/// A program that prints what it is told through a named pipe.
struct Talker {
    daemon: Daemon,
    echo: Echo,
}

impl Talker {
    /// It is not started yet.
    fn new() -> Self {
        let daemon = Daemon::start(relance());
        let echo = Echo::create(&daemon);
        Self { daemon, echo }
    }

    fn start(&self) {
        let started = self.daemon.start_service(&name("a"));
        started.expect("it starts");
    }

    fn say(&mut self, line: &str) {
        writeln!(self.echo.orders, "{line}").expect("the service has it open");
    }

    fn wait_for_problem(&self, is_wanted: bool) -> ServiceInfo {
        self.daemon.wait_until(&name("a"), |info| {
            info.output_problem.is_some() == is_wanted
        })
    }

    fn said(&self, arguments: &[&str]) -> String {
        let output = self.daemon.relance(arguments);
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    /// Whether the problem is told wherever people look.
    fn is_told(&self, problem: &str) {
        for command in ["status", "why", "doctor"] {
            let arguments: &[&str] = match command {
                "doctor" => &[command],
                _ => &[command, "a"],
            };
            let said = self.said(arguments);
            assert!(said.contains(problem), "{command}: {said}");
        }
        let list = self.said(&["list"]);
        assert!(list.contains("RUNNING, output not kept"), "{list}");
        let json = self.said(&["status", "a", "--json"]);
        assert!(json.contains("output_problem"), "{json}");
    }

    fn is_not_told(&self) {
        for arguments in [&["status", "a"][..], &["why", "a"], &["list"], &["doctor"]] {
            let said = self.said(arguments);
            assert!(
                !said.contains("lost") && !said.contains("not kept"),
                "{said}"
            );
        }
    }
}

#[test]
fn x26_output_that_is_lost_is_told_wherever_people_look_until_it_is_kept_again() {
    let mut talker = Talker::new();
    talker.start();
    wait_for_file(&talker.echo.log);
    fs::remove_file(&talker.echo.log).expect("a file");
    fs::create_dir(&talker.echo.log).expect("a folder in its place");
    talker.say("lost");
    talker.wait_for_problem(true);
    talker.is_told("a.log is not a file of its own");
    fs::remove_dir(&talker.echo.log).expect("an empty folder");
    talker.say("kept");
    talker.wait_for_problem(false);
    talker.is_not_told();
}

#[test]
fn x26_a_file_that_is_refused_is_told_before_anything_is_printed_and_tried_again() {
    let talker = Talker::new();
    let folder = talker.echo.log.parent().expect("it is in a folder");
    fs::create_dir_all(folder).expect("a folder");
    symlink("/dev/null", &talker.echo.log).expect("a planted link");
    talker.start();
    talker.wait_for_problem(true);
    talker.is_told("a.log is not a file of its own");
    fs::remove_file(&talker.echo.log).expect("a link");
    // Nothing is printed: the manager looks by itself.
    talker.wait_for_problem(false);
    talker.is_not_told();
    assert!(talker.echo.log.is_file(), "it was made");
}

/// That `steady` could not be loaded is said, also where it is asked for by name.
pub(crate) fn x27_it_is_said_where_people_look(daemon: &Daemon, column: &str) {
    let said = |arguments: &[&str]| {
        let output = daemon.relance(arguments);
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let asked = [
        &["list"][..],
        &["status", "--all"],
        &["status", "steady"],
        &["why", "STEADY"],
        &["doctor"],
    ];
    for arguments in asked {
        let said = said(arguments);
        let is_told = said.contains("not loaded: the column") && said.contains(column);
        assert!(is_told, "{arguments:?}: {said}");
    }
    let start = said(&["start", "steady"]);
    assert!(start.contains("cannot be read"), "{start}");
}
