//! What services print: nothing that happens to the manager hurts who prints, and what is printed while
//! nobody reads is in the file afterwards.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Command;

use relance_scm::config::AccountName;
use relance_scm::{ServiceConfig, ServiceKind};
use relance_testkit::cgroups::{process, wait_for_end};
use relance_testkit::daemon::Daemon;

use crate::support::{name, output_of, output_with, relance};

/// Prints each line it is told, and says that it has; ends with 3 when told to fail.
const SHELL: &str = "while read -r line <&8; do\n\
    case $line in\n\
    fail) exit 3;;\n\
    much) head -c 300000 /dev/zero | tr '\\0' x; echo;;\n\
    *) echo \"$line\";;\n\
    esac\n\
    echo said >&9\n\
    done\n";
const PHP: &str = "$in = fopen($argv[1], 'r+'); $out = fopen($argv[2], 'r+');\n\
    while (($line = fgets($in)) !== false) { echo $line; fwrite($out, \"said\\n\"); }\n";

/// A service that prints what the test tells it.
struct Printer {
    service: &'static str,
    orders: File,
    answers: BufReader<File>,
}

impl Printer {
    /// A shell.
    fn shell(daemon: &Daemon, service: &'static str) -> Self {
        Self::with(daemon, service, |body| {
            format!("exec sh {}", body.display())
        })
    }

    /// The same in a process that has left its service, whose own process ends when it may.
    fn left_behind(daemon: &Daemon, service: &'static str) -> (Self, File) {
        let path = daemon.folder().join("may-end");
        let may_end = fifo(&path);
        let printer = Self::with(daemon, service, |body| {
            let (body, may_end) = (body.display(), path.display());
            format!("setsid --fork env -i /bin/sh {body}; read -r _ <{may_end}")
        });
        (printer, may_end)
    }

    fn with(daemon: &Daemon, service: &'static str, run: impl FnOnce(&Path) -> String) -> Self {
        let path = |what: &str| daemon.folder().join(format!("{service}.{what}"));
        let (orders, answers, body) = (path("orders"), path("answers"), path("sh"));
        fs::write(&body, SHELL).expect("a writable folder");
        let (from, to, run) = (orders.display(), answers.display(), run(&body));
        let line = format!("/bin/sh -c \"exec 8<>{from} 9<>{to}; {run}\"");
        Self::create(daemon, service, &line, &orders, &answers)
    }

    fn php(daemon: &Daemon, service: &'static str) -> Self {
        let path = |what: &str| daemon.folder().join(format!("{service}.{what}"));
        let (orders, answers, body) = (path("orders"), path("answers"), path("php"));
        fs::write(&body, format!("<?php\n{PHP}")).expect("a writable folder");
        let (script, from, to) = (body.display(), orders.display(), answers.display());
        let line = format!("php {script} {from} {to}");
        Self::create(daemon, service, &line, &orders, &answers)
    }

    fn create(
        daemon: &Daemon,
        service: &'static str,
        line: &str,
        orders: &Path,
        answers: &Path,
    ) -> Self {
        let mut config = ServiceConfig::new(name(service), line);
        config.kind = ServiceKind::Program;
        let printer = Self {
            service,
            orders: fifo(orders),
            answers: BufReader::new(fifo(answers)),
        };
        daemon.create(config);
        daemon.start_service(&name(service)).expect("it starts");
        printer
    }

    fn order(&mut self, line: &str) {
        writeln!(self.orders, "{line}").expect("the service has it open");
    }

    /// Has it print a line, and waits until it has.
    fn say(&mut self, line: &str) {
        self.order(line);
        self.wait_until_said();
    }

    fn wait_until_said(&mut self) {
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("it answers");
        assert_eq!(answer, "said\n");
    }

    fn pid(&self, daemon: &Daemon) -> u32 {
        daemon.query(&name(self.service)).status.process_id
    }
}

/// A named pipe, open at both ends, so that nobody waits for the other.
fn fifo(path: &Path) -> File {
    let made = Command::new("mkfifo")
        .args(["-m", "666"])
        .arg(path)
        .status();
    assert!(made.expect("mkfifo").success());
    let mut options = OpenOptions::new();
    options.read(true).write(true).open(path).expect("a pipe")
}

/// How many runs have a pipe.
fn streams(daemon: &Daemon) -> usize {
    let entries = fs::read_dir(daemon.folder().join("state/streams")).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names.filter(|name| name != "next").count()
}

#[test]
fn printing_services_do_not_notice_that_the_whole_manager_is_killed() {
    let mut daemon = Daemon::start(relance());
    let mut printers = [
        Printer::shell(&daemon, "shell"),
        Printer::php(&daemon, "php"),
    ];
    for printer in &mut printers {
        printer.say("one");
    }
    let pids = printers.each_ref().map(|printer| printer.pid(&daemon));
    // The second time the services are those of another manager already.
    for round in ["two", "three"] {
        daemon.kill_guardian();
        for printer in &mut printers {
            for part in ["", "\u{a0}and a half"] {
                printer.say(&format!("{round}{part}"));
            }
        }
        daemon.start_again();
        // When this is answered it is on record, and what happened before it.
        daemon.create(ServiceConfig::new(name(round), "/bin/true"));
    }
    for (printer, pid) in printers.iter_mut().zip(pids) {
        printer.say("four");
        let text = output_with(&daemon, printer.service, "four\n");
        assert_eq!(
            text, "one\ntwo\ntwo\u{a0}and a half\nthree\nthree\u{a0}and a half\nfour\n",
            "{}",
            printer.service
        );
        assert_eq!(printer.pid(&daemon), pid, "{}", printer.service);
    }
    assert_eq!(streams(&daemon), 2);
    let events = daemon.relance(&["events", "--id", "1109", "--json"]);
    let events = String::from_utf8(events.stdout).expect("JSON");
    assert_eq!(
        events.lines().count(),
        2,
        "each death is on record: {events}"
    );
}

#[test]
fn who_prints_more_than_the_pipe_holds_waits_for_a_manager() {
    let mut daemon = Daemon::start(relance());
    let mut printer = Printer::shell(&daemon, "a");
    printer.say("before");
    daemon.kill_guardian();
    printer.order("much");
    let mut flags = OpenOptions::new();
    let answers = daemon.folder().join("a.answers");
    let mut answers = flags
        .read(true)
        .custom_flags(libc_nonblock())
        .open(answers)
        .expect("a pipe");
    assert!(answers.read(&mut [0]).is_err(), "it cannot have printed it");
    daemon.start_again();
    printer.wait_until_said();
    printer.say("after");
    let text = output_with(&daemon, "a", "after\n");
    assert_eq!(text.len(), "before\n".len() + 300_001 + "after\n".len());
}

#[test]
fn what_is_known_of_a_run_that_ended_unseen_is_in_its_entry() {
    let mut daemon = Daemon::start(relance());
    let mut printer = Printer::shell(&daemon, "a");
    printer.say("the last word");
    output_with(&daemon, "a", "the last word\n");
    let running = process(&printer.pid(&daemon).to_string());
    daemon.kill_guardian();
    printer.order("fail");
    wait_for_end(&running);
    daemon.start_again();
    daemon.wait_until(&name("a"), |info| info.run.is_none());
    // 7024 where the kernel could still tell its exit status.
    let failed = daemon.events_with_ids(&name("a"), &[7024, 7034]);
    assert_eq!(failed[0].details.output.as_deref(), Some("the last word"));
    // The next engine is told of what is left after its predecessor's last request.
    daemon.kill_engine();
    let _ = daemon.query(&name("a"));
    assert_eq!(streams(&daemon), 0);
}

#[test]
fn the_last_words_of_a_shutdown_are_in_the_file() {
    let mut daemon = Daemon::start(relance());
    let line = "/bin/sh -c \"trap 'echo last words; exit 0' TERM; echo first; while :; do sleep 100000 & wait; done\"";
    let mut config = ServiceConfig::new(name("a"), line);
    config.kind = ServiceKind::Program;
    daemon.create(config);
    daemon.start_service(&name("a")).expect("it starts");
    output_with(&daemon, "a", "first\n");
    assert_eq!(daemon.stop().code(), Some(0));
    let log = fs::read_to_string(daemon.folder().join("logs/a.log")).expect("the file");
    assert_eq!(log, "first\nlast words\n");
    assert!(!daemon.folder().join("state/streams/next").exists());
}

#[test]
fn what_a_run_has_left_behind_prints_on_whoever_is_killed() {
    let mut daemon = Daemon::with(relance(), &["--cgroups", "off"]);
    let (mut printer, mut may_end) = Printer::left_behind(&daemon, "a");
    printer.say("one");
    writeln!(may_end, "now").expect("the service reads it");
    daemon.wait_until(&name("a"), |info| info.run.is_none());
    daemon.kill_engine();
    printer.say("two");
    output_with(&daemon, "a", "two\n");
    daemon.kill_guardian();
    printer.say("three");
    daemon.start_again();
    printer.say("four");
    let text = output_with(&daemon, "a", "four\n");
    assert_eq!(text, "one\ntwo\nthree\nfour\n");
}

#[test]
fn a_service_under_another_account_can_open_its_output_by_name() {
    if !rustix::process::getuid().is_root() {
        eprintln!("not run: needs root");
        return;
    }
    let daemon = Daemon::start(relance());
    let script = "echo plain; echo by name >/dev/stdout; echo error >/dev/stderr; sleep 100000";
    let mut config = ServiceConfig::new(name("a"), format!("/bin/sh -c \"{script}\""));
    config.kind = ServiceKind::Program;
    config.account_name = AccountName::new("nobody");
    daemon.create(config);
    daemon.start_service(&name("a")).expect("it starts");
    let text = output_with(&daemon, "a", "error\n");
    assert_eq!(text, "plain\nby name\nerror\n");
}

#[test]
fn what_a_service_prints_is_harmless_on_a_terminal_unless_the_bytes_are_asked_for() {
    let daemon = Daemon::start(relance());
    let bytes = b"\x1b]0;owned\x07\x1b[2Jred\ttab\n\xff\xc3\xa9\r\nend\n";
    let path = daemon.folder().join("bytes");
    fs::write(&path, bytes).expect("a writable folder");
    let line = format!("/bin/sh -c \"cat {}; exit 3\"", path.display());
    let mut config = ServiceConfig::new(name("a"), line);
    config.kind = ServiceKind::Program;
    daemon.create(config);
    daemon.start_service(&name("a")).expect("it starts");
    output_of(&daemon, "a", bytes);
    daemon.wait_until(&name("a"), |info| info.run.is_none());
    let said = |arguments: &[&str]| daemon.relance(arguments).stdout;
    assert_eq!(
        String::from_utf8(said(&["logs", "a"])).expect("text"),
        "\\u{1b}]0;owned\\u{7}\\u{1b}[2Jred\ttab\n\\xffé\nend\n"
    );
    assert_eq!(said(&["logs", "a", "--raw"]), bytes);
    for command in [
        "status a",
        "why a",
        "list",
        "events --service a",
        "failure a",
    ] {
        let words: Vec<&str> = command.split(' ').collect();
        let text = String::from_utf8(said(&words)).expect("text");
        let odd = |c: char| c.is_control() && c != '\n';
        assert!(
            !text.is_empty() && !text.contains(odd),
            "{command}: {text:?}"
        );
    }
}

fn libc_nonblock() -> i32 {
    rustix::fs::OFlags::NONBLOCK.bits().cast_signed()
}
