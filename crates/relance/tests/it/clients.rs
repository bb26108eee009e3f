//! Clients of systemd's protocol that others wrote (X41, X42): systemd-notify, the libraries of Python and Go, and
//! php-fpm. Each also says what it should not: from another process, too much, too often, too late.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use relance_scm::ServiceState;
use relance_scm::manager::ServiceInfo;
use relance_testkit::daemon::Daemon;
use rustix::fs::{CWD, Mode, mkfifoat};

use crate::support::{done, name, output_once, output_with, relance};

/// A program that says each line of a file by its library; `|` stands for the end of a line.
struct Client<'a> {
    command: Vec<String>,
    /// How many messages are a flood.
    flood: usize,
    daemon: &'a Daemon,
}

/// Whether these are installed; says so if not.
fn are_there(needed: &[&Path], packages: &str) -> bool {
    let are_there = needed.iter().all(|file| file.exists());
    if !are_there {
        eprintln!("not run: needs {packages}");
    }
    are_there
}

impl Client<'_> {
    fn file(&self, name: &str) -> String {
        self.daemon.folder().join(name).display().to_string()
    }

    /// Creates it as a service that reads its lines from a pipe, and gives the writing end and its socket.
    fn start(&self) -> (File, String) {
        let lines = self.file("lines");
        mkfifoat(CWD, &lines, Mode::RWXU).expect("a pipe");
        let create = ["create", "client", "--ready=notify", "--watchdog=1h", "--"];
        let command = self.command.iter().map(String::as_str);
        let words: Vec<&str> = create.into_iter().chain(command).chain([&*lines]).collect();
        done(&self.daemon.relance(&words));
        done(&self.daemon.relance(&["start", "--no-wait", "client"]));
        let said = output_once(self.daemon, "client", |text| {
            text.contains("socket ") && text.ends_with('\n')
        });
        let (_, socket) = said.split_once("socket ").expect("it was waited for");
        let lines = File::options().write(true).open(lines).expect("it reads");
        (lines, socket.lines().next().expect("a line").to_owned())
    }

    /// Says one thing to that socket from a process that is none of the service.
    fn say_as_a_stranger(&self, socket: &str, text: &str) {
        let lines = self.file("stranger");
        fs::write(&lines, format!("{text}\n")).expect("a folder of the test's own");
        let mut command = Command::new(&self.command[0]);
        let command = command.args(&self.command[1..]).arg(&lines);
        let output = command.env("NOTIFY_SOCKET", socket).output();
        assert!(output.expect("it runs").status.success());
    }

    /// Says lines as the service.
    fn say(lines: &mut File, said: &[&str]) {
        let text = said.iter().map(|line| format!("{line}\n"));
        let text: String = text.collect();
        lines.write_all(text.as_bytes()).expect("it reads");
    }

    /// The same, with a wish for more time at the end, and waits until it is granted. Nobody is told of a status
    /// alone, but everything is taken in its order.
    fn say_and_wait(&self, lines: &mut File, said: &[&str], hours: u64) -> ServiceInfo {
        let wish = format!("EXTEND_TIMEOUT_USEC={}", hours * 3_600_000_000);
        Self::say(lines, &[said, &[&*wish]].concat());
        self.daemon.wait_until(&name("client"), |info| {
            info.status.wait_hint == Duration::from_secs(hours * 3600)
        })
    }

    /// All that is right and wrong.
    fn play(&self) {
        let status = |info: ServiceInfo| info.run.expect("it runs").status_text;
        let (mut lines, socket) = self.start();
        self.say_as_a_stranger(&socket, "READY=1|STATUS=stranger");
        let long = format!("READY=1|STATUS={}", "x".repeat(5000));
        let info = self.say_and_wait(&mut lines, &[&long], 1);
        assert_eq!(info.status.state, ServiceState::StartPending);
        assert_eq!(status(info), None);
        let flood = (0..self.flood).map(|number| format!("STATUS=flood {number}"));
        let flood: Vec<String> = flood.collect();
        let flood: Vec<&str> = flood.iter().map(String::as_str).collect();
        let info = self.say_and_wait(&mut lines, &flood, 2);
        assert_eq!(info.status.state, ServiceState::StartPending);
        assert_eq!(
            status(info).as_deref(),
            flood[self.flood - 1].strip_prefix("STATUS=")
        );
        Self::say(&mut lines, &["STATUS=serving|READY=1"]);
        let info = (self.daemon).wait_for_state(&name("client"), ServiceState::Running);
        assert_eq!(status(info).as_deref(), Some("serving"));
        let late = ["WATCHDOG=1", "STOPPING=1", "STATUS=late|READY=1"];
        let info = self.say_and_wait(&mut lines, &late, 3);
        assert_eq!(info.status.state, ServiceState::StopPending);
        assert_eq!(status(info).as_deref(), Some("late"));
        drop(lines);
        (self.daemon).wait_for_state(&name("client"), ServiceState::Stopped);
        let failed = self.daemon.events_with_ids(&name("client"), &[7031, 7034]);
        assert!(failed.is_empty(), "it ended well: {failed:?}");
    }
}

/// The daemon's clock stands still, so that no time-out comes.
fn daemon() -> Daemon {
    Daemon::with_manual_clock(relance())
}

#[test]
fn x42_systemd_notify_is_believed_as_far_as_it_goes() {
    if !are_there(&[Path::new("/usr/bin/systemd-notify")], "systemd") {
        return;
    }
    let daemon = daemon();
    let script = "echo \"socket $NOTIFY_SOCKET\"
        while IFS= read -r line; do
            IFS='|'; set -f; set -- $line; unset IFS; systemd-notify \"$@\" || exit 1
        done < \"$0\"";
    let command = ["/bin/sh", "-c", script].map(str::to_owned).into();
    Client {
        command,
        flood: 50,
        daemon: &daemon,
    }
    .play();
}

/// A program of Python, which says a line by this expression.
fn python(import: &str, say: &str, file: &str, package: &str) {
    let python = Path::new("/usr/bin/python3");
    let packages = Path::new("/usr/lib/python3/dist-packages");
    if !are_there(&[python, &packages.join(file)], package) {
        return;
    }
    let daemon = daemon();
    let program = format!(
        "import os, sys
{import}
print('socket ' + os.environ['NOTIFY_SOCKET'], flush=True)
for line in open(sys.argv[1]):
    line = line.rstrip().replace('|', '\\n')
    {say}
"
    );
    let command = ["/usr/bin/python3", "-c", &program].map(str::to_owned);
    Client {
        command: command.into(),
        flood: 2000,
        daemon: &daemon,
    }
    .play();
}

#[test]
fn x42_the_library_of_systemd_for_python_is_believed_as_far_as_it_goes() {
    let say = "assert daemon.notify(line)";
    python(
        "from systemd import daemon",
        say,
        "systemd",
        "python3-systemd",
    );
}

#[test]
fn x42_sdnotify_for_python_is_believed_as_far_as_it_goes() {
    let import = "import sdnotify\nnotifier = sdnotify.SystemdNotifier(debug=True)";
    python(
        import,
        "notifier.notify(line)",
        "sdnotify",
        "python3-sdnotify",
    );
}

/// Where Go finds its libraries.
fn gopath() -> PathBuf {
    std::env::var_os("GOPATH").map_or_else(|| "/usr/share/gocode".into(), PathBuf::from)
}

#[test]
fn x42_go_systemd_is_believed_as_far_as_it_goes() {
    let gopath = gopath();
    let library = gopath.join("src/github.com/coreos/go-systemd/daemon");
    let packages = "golang-go and golang-github-coreos-go-systemd-dev";
    if !are_there(&[Path::new("/usr/bin/go"), &library], packages) {
        return;
    }
    let daemon = daemon();
    let folder = daemon.folder().join("go");
    fs::create_dir(&folder).expect("a folder of the test's own");
    fs::write(folder.join("main.go"), GO).expect("a folder of the test's own");
    let program = folder.join("client").display().to_string();
    let mut build = Command::new("/usr/bin/go");
    let build = build.args(["build", "-o", &program, "main.go"]);
    let build = build.current_dir(&folder).env("GOPATH", &gopath);
    let build = build
        .env("GO111MODULE", "off")
        .env("GOCACHE", folder.join("cache"));
    let built = build.output().expect("it is there");
    assert!(built.status.success(), "{built:?}");
    Client {
        command: vec![program],
        flood: 2000,
        daemon: &daemon,
    }
    .play();
}

const GO: &str = r#"package main

import (
    "bufio"
    "fmt"
    "github.com/coreos/go-systemd/daemon"
    "os"
    "strings"
)

func main() {
    fmt.Println("socket " + os.Getenv("NOTIFY_SOCKET"))
    file, _ := os.Open(os.Args[1])
    lines := bufio.NewScanner(file)
    for lines.Scan() {
        line := strings.ReplaceAll(lines.Text(), "|", "\n")
        if sent, err := daemon.SdNotify(false, line); !sent || err != nil {
            os.Exit(1)
        }
    }
}
"#;

#[test]
fn x42_php_fpm_says_when_it_is_ready_reads_its_settings_and_stops() {
    let program = Path::new("/usr/sbin/php-fpm8.2");
    if !are_there(&[program], "php8.2-fpm") {
        return;
    }
    let daemon = daemon();
    let folder = daemon.folder().display().to_string();
    let file = format!("{folder}/fpm.conf");
    let settings = format!(
        "[global]\nerror_log = /dev/stderr\nsystemd_interval = 0\n[www]\nlisten = {folder}/fpm.sock\n\
         pm = static\npm.max_children = 1\nuser = root\n"
    );
    fs::write(&file, settings).expect("a folder of the test's own");
    let create = ["create", "fpm", "--ready=notify", "--reload-signal=USR2"];
    let command = [
        "--stop-signal=QUIT",
        "--",
        "/usr/sbin/php-fpm8.2",
        "-R",
        "-F",
        "-y",
        &file,
    ];
    done(&daemon.relance(&[&create[..], &command].concat()));
    done(&daemon.relance(&["start", "fpm"]));
    let info = daemon.wait_for_state(&name("fpm"), ServiceState::Running);
    let (run, pid) = (info.run.expect("it runs"), info.status.process_id);
    assert_eq!(
        run.status_text.as_deref(),
        Some("Ready to handle connections")
    );
    // It executes itself again, and says that it is ready again.
    done(&daemon.relance(&["reload", "fpm"]));
    output_with(&daemon, "fpm", "using inherited socket");
    let info = daemon.query(&name("fpm"));
    assert_eq!(info.status.process_id, pid);
    assert_eq!(info.status.state, ServiceState::Running);
    done(&daemon.relance(&["stop", "fpm"]));
    let info = daemon.wait_for_state(&name("fpm"), ServiceState::Stopped);
    assert_eq!(info.recovery.failure_count, 0);
}
