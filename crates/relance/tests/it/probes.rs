//! Programs that are looked at from outside: whether they are ready (X41), whether they live (X43), and what a
//! hung one is told (X44). The test itself is what the probes find.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::thread;
use std::time::Duration;

use relance_scm::config::{Address, Probe, Readiness};
use relance_scm::settings::{
    PROBE, PROBE_FAILURES, PROBE_INTERVAL, PROBE_TIMEOUT, READY, WATCHDOG, WATCHDOG_SIGNAL,
};
use relance_scm::{ServiceConfig, ServiceKind, ServiceState};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::{Puppet, Stage};
use rustix::fs::{CWD, Mode, OFlags, mkfifoat};

use crate::support::{done, name, output_with, relance};

/// A program on strings that was just started, restarted long after a failure.
fn started(
    daemon: &Daemon,
    service: &str,
    settings: impl Fn(&mut ServiceConfig),
) -> (Stage, Puppet) {
    let stage = Stage::new(daemon.folder(), service);
    let mut config = stage.service(service, "restart/3600000");
    config.kind = ServiceKind::Program;
    settings(&mut config);
    daemon.create(config);
    daemon.start_service(&name(service)).expect("it starts");
    let puppet = stage.next_run();
    (stage, puppet)
}

/// Probed as often as possible.
fn probed(config: &mut ServiceConfig, probe: Probe, failures: u64) {
    config.extensions.set(PROBE, Some(probe));
    config
        .extensions
        .set(PROBE_INTERVAL, Duration::from_millis(100));
    config.extensions.set(PROBE_FAILURES, Some(failures));
}

/// Answers with these statuses, one a request, the last one again and again. Ends with the test.
fn serve(statuses: &'static [u16]) -> Probe {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("it has one");
    thread::spawn(move || {
        for index in 0.. {
            let Ok((mut stream, _)) = listener.accept() else {
                return;
            };
            let _ = stream.read(&mut [0; 1024]);
            let status = statuses[index.min(statuses.len() - 1)];
            let _ = stream.write_all(format!("HTTP/1.1 {status} X\r\n\r\n").as_bytes());
        }
    });
    let path = "/".into();
    Probe::Http { address, path }
}

fn has_failed(daemon: &Daemon, service: &str) -> String {
    daemon.wait_until(&name(service), |info| {
        info.recovery.failure_count == 1 && info.status.state == ServiceState::Stopped
    });
    let output = daemon.relance(&["events", "--id", "1014"]);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn x41_a_program_is_ready_when_its_socket_takes_connections() {
    let daemon = Daemon::start(relance());
    let path = daemon.folder().join("app.sock");
    let sign = Readiness::Connect(Address::Unix(path.display().to_string().into()));
    let (_stage, _puppet) = started(&daemon, "app", |config| {
        config.extensions.set(READY, Some(sign.clone()));
    });
    let info = daemon.wait_for_state(&name("app"), ServiceState::StartPending);
    assert!(info.run.is_some());
    // Another engine looks as well.
    daemon.kill_engine();
    let _listener = UnixListener::bind(&path).expect("a socket");
    daemon.wait_for_state(&name("app"), ServiceState::Running);
}

#[test]
fn x43_a_program_that_fails_its_probes_in_a_row_is_ended_and_a_failure() {
    let daemon = Daemon::start(relance());
    // One that fails and recovers is left alone.
    let probe = serve(&[200, 500, 503, 200, 500, 200, 404]);
    let (_stage, mut puppet) = started(&daemon, "app", |config| probed(config, probe.clone(), 3));
    puppet.wait_for_end();
    let said = has_failed(&daemon, "app");
    assert!(
        said.contains("failed 3 times in a row: status 404"),
        "{said}"
    );
    let why = daemon.relance(&["why", "app"]);
    let why = String::from_utf8_lossy(&why.stdout).into_owned();
    assert!(why.contains("hung"), "{why}");
}

#[test]
fn x43_a_target_that_is_silent_keeps_no_other_waiting() {
    let daemon = Daemon::start(relance());
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("it has one");
    let (_slow_stage, _slow) = started(&daemon, "slow", |config| {
        let path = "/".into();
        probed(config, Probe::Http { address, path }, 1);
        config
            .extensions
            .set(PROBE_TIMEOUT, Duration::from_secs(3600));
    });
    let (_connection, _) = silent.accept().expect("it is probed");
    let nobody = daemon.folder().join("nobody.sock");
    let nobody = Address::Unix(nobody.display().to_string().into());
    let (_stage, mut puppet) = started(&daemon, "quick", |config| {
        probed(config, Probe::Connect(nobody.clone()), 1);
    });
    puppet.wait_for_end();
    assert!(has_failed(&daemon, "quick").contains("nobody.sock"));
    let slow = daemon.query(&name("slow"));
    assert_eq!(slow.status.state, ServiceState::Running);
}

#[test]
fn x44_a_hung_program_may_leave_a_dump() {
    let daemon = Daemon::with_manual_clock(relance());
    let line = "trap 'echo dumped; exit 0' ABRT; echo up; sleep 3600 & wait";
    let mut config = ServiceConfig::new(name("app"), format!("/bin/sh -c \"{line}\""));
    config.kind = ServiceKind::Program;
    config
        .extensions
        .set(WATCHDOG, Some(Duration::from_secs(60)));
    config.extensions.set(WATCHDOG_SIGNAL, Some(6));
    daemon.create(config);
    daemon.start_service(&name("app")).expect("it starts");
    output_with(&daemon, "app", "up");
    assert_eq!(daemon.advance_to_next(), Duration::from_secs(60));
    daemon.wait_until(&name("app"), |info| {
        info.recovery.failure_count == 1 && info.status.state == ServiceState::Stopped
    });
    output_with(&daemon, "app", "dumped");
}

#[test]
fn x41_a_program_is_ready_when_the_command_says_so() {
    let daemon = Daemon::start(relance());
    let (asked, sign) = (daemon.folder().join("asked"), daemon.folder().join("up"));
    let (stage, _puppet) = started(&daemon, "app", |config| {
        let script = format!(
            "echo $MAINPID > {}; test -e {}",
            asked.display(),
            sign.display()
        );
        let sign = Readiness::Command(format!("/bin/sh -c \"{script}\"").into());
        config.extensions.set(READY, Some(sign));
    });
    let state = daemon.query(&name("app")).status.state;
    assert_eq!(state, ServiceState::StartPending);
    std::fs::write(&sign, "").expect("a folder of ours");
    let info = daemon.wait_for_state(&name("app"), ServiceState::Running);
    let pid = std::fs::read_to_string(&asked).expect("it was asked");
    assert_eq!(pid.trim(), info.status.process_id.to_string());
    drop(stage);
}

#[test]
fn x41_a_program_is_ready_when_it_prints_its_line() {
    let daemon = Daemon::start(relance());
    let (_stage, mut puppet) = started(&daemon, "app", |config| {
        let sign = Readiness::Output("listening on".into());
        config.extensions.set(READY, Some(sign));
    });
    puppet
        .order("print starting; not listening yet")
        .expect("printed");
    output_with(&daemon, "app", "not listening yet");
    let state = daemon.query(&name("app")).status.state;
    assert_eq!(state, ServiceState::StartPending);
    puppet.order("print now listening on 80").expect("printed");
    daemon.wait_for_state(&name("app"), ServiceState::Running);
    puppet.order("print serving").expect("printed");
    output_with(&daemon, "app", "now listening on 80\nserving");
}

#[test]
fn x41_a_line_that_never_comes_is_named_when_the_start_is_given_up() {
    let daemon = Daemon::with_manual_clock(relance());
    let (_stage, mut puppet) = started(&daemon, "app", |config| {
        let sign = Readiness::Output("never printed".into());
        config.extensions.set(READY, Some(sign));
    });
    puppet.order("print starting").expect("printed");
    assert_eq!(daemon.advance_to_next(), Duration::from_secs(90));
    puppet.wait_for_end();
    daemon.wait_until(&name("app"), |info| !info.recovery.pending.is_empty());
    let why = daemon.relance(&["why", "app"]);
    let why = String::from_utf8_lossy(&why.stdout).into_owned();
    assert!(
        why.contains("say that it is ready (output:never printed), and was killed"),
        "{why}"
    );
}

#[test]
fn x43_probes_and_times_that_make_no_sense_are_refused_with_what_does() {
    let daemon = Daemon::start(relance());
    for (options, expected) in [
        (
            &["--probe", "http://no-such-host.invalid/"][..],
            "with a number for the address",
        ),
        (&["--probe", "tcp:127.0.0.1:99999"], "is not a probe"),
        (&["--probe", "unix:relative"], "is not a probe"),
        (&["--probe-interval", "0"], "give at least 0.1 s"),
        (&["--probe-interval", "9999d"], "give at most 30 d"),
        (&["--probe-failures", "0"], "a number from 1 to 1000"),
        (&["--watchdog", "999999d"], "give at most 3650 d"),
        (&["--ready", "output:"], "output:TEXT"),
        (&["--ready", "tcp:127.0.0.1:0"], "tcp:127.0.0.1:8080"),
        (
            &["--schedule", "*-02-30"],
            "never comes: there is no such day",
        ),
        (&["--schedule", "2020-01-01"], "its years are in the past"),
        (&["--schedule", "sometimes"], "is not a schedule"),
        (&["--instances", "10000"], "a number from 1 to 1000"),
    ] {
        let words = [&["create", "a"], options, &["--", "/bin/true"]].concat();
        let refused = daemon.relance(&words);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains(expected), "{options:?}: {said}");
        assert_eq!(refused.status.code(), Some(2), "{options:?}");
    }
    let listed = daemon.relance(&["list", "--json"]);
    assert_eq!(String::from_utf8_lossy(&listed.stdout).trim(), "[]");
}

#[test]
fn x41_an_engine_that_may_have_missed_the_line_takes_the_program_for_ready() {
    let daemon = Daemon::start(relance());
    let (_stage, _puppet) = started(&daemon, "app", |config| {
        let sign = Readiness::Output("listening on".into());
        config.extensions.set(READY, Some(sign));
    });
    daemon.wait_for_state(&name("app"), ServiceState::StartPending);
    daemon.kill_engine();
    daemon.wait_for_state(&name("app"), ServiceState::Running);
}

#[test]
fn x43_a_program_that_prints_nothing_for_too_long_hangs() {
    let daemon = Daemon::start(relance());
    let (_talking_stage, mut talking) = started(&daemon, "talking", |config| {
        probed(config, Probe::Output, 1000);
    });
    let (_stage, mut puppet) = started(&daemon, "silent", |config| {
        probed(config, Probe::Output, 2);
    });
    puppet.order("print the last word").expect("printed");
    while daemon.query(&name("silent")).recovery.failure_count == 0 {
        talking.order("print something").expect("printed");
    }
    let said = has_failed(&daemon, "silent");
    assert!(
        said.contains("output failed 2 times in a row: it printed nothing"),
        "{said}"
    );
    let info = daemon.query(&name("talking"));
    assert_eq!(info.status.state, ServiceState::Running);
}

#[test]
fn x43_what_is_thrown_away_cannot_be_looked_at() {
    let daemon = Daemon::start(relance());
    for (option, value) in [("--ready", "output:up"), ("--probe", "output")] {
        let arguments = [
            "create",
            "a",
            option,
            value,
            "--output",
            "null",
            "--",
            "/bin/true",
        ];
        let output = daemon.relance(&arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let setting = option.trim_start_matches('-');
        let advice = format!("{setting} looks at what the program prints");
        assert!(!output.status.success() && said.contains(&advice), "{said}");
    }
}

#[test]
fn x43_a_command_may_show_whether_a_program_lives() {
    let daemon = Daemon::start(relance());
    let (healthy, seen) = (
        daemon.folder().join("healthy"),
        daemon.folder().join("seen"),
    );
    fs::write(&healthy, "").expect("written");
    // The file stands there whole, or not at all.
    let line = format!(
        "/bin/sh -c \"echo $MAINPID $RELANCE_SERVICE > {seen}.new; mv {seen}.new {seen}; test -e {healthy}\"",
        seen = seen.display(),
        healthy = healthy.display(),
    );
    let probe = Probe::Command(line.into());
    let (_stage, mut puppet) = started(&daemon, "app", |config| probed(config, probe.clone(), 2));
    let pid = daemon.query(&name("app")).status.process_id;
    while !seen.exists() {
        puppet.order("print it is not probed yet").expect("printed");
    }
    assert_eq!(
        fs::read_to_string(&seen).expect("text"),
        format!("{pid} app\n")
    );
    assert_eq!(daemon.query(&name("app")).recovery.failure_count, 0);
    fs::remove_file(&healthy).expect("it is there");
    puppet.wait_for_end();
    let said = has_failed(&daemon, "app");
    assert!(
        said.contains("failed 2 times in a row: it ended with status 1"),
        "{said}"
    );
}

#[test]
fn x43_a_command_that_takes_too_long_is_a_bad_answer_and_killed() {
    let daemon = Daemon::start(relance());
    let gate = daemon.folder().join("gate");
    mkfifoat(CWD, &gate, Mode::RWXU).expect("a pipe");
    // It has the pipe open for as long as it lives; if it lives too shortly for that, nobody has.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let pipe = rustix::fs::open(&gate, flags, Mode::empty()).expect("nobody is waited for");
    rustix::io::ioctl_fionbio(&pipe, false).expect("reading waits");
    let line = format!("/bin/sh -c \"exec 3> {}; sleep 3600\"", gate.display());
    let probe = Probe::Command(line.into());
    let (_stage, mut puppet) = started(&daemon, "app", |config| {
        probed(config, probe.clone(), 1);
        config
            .extensions
            .set(PROBE_TIMEOUT, Duration::from_millis(100));
    });
    puppet.wait_for_end();
    let said = has_failed(&daemon, "app");
    assert!(said.contains("no answer in"), "{said}");
    fs::File::from(pipe)
        .read_to_end(&mut Vec::new())
        .expect("nobody has it open any more");
}

#[test]
fn x43_a_program_of_a_probe_that_is_missing_is_named() {
    let daemon = Daemon::start(relance());
    let probe = Probe::Command("/no/such/program --check".into());
    let (_stage, mut puppet) = started(&daemon, "app", |config| probed(config, probe.clone(), 1));
    puppet.wait_for_end();
    let said = has_failed(&daemon, "app");
    assert!(said.contains("/no/such/program"), "{said}");
}

#[test]
fn x41_a_line_on_standard_error_alone_is_a_sign_too() {
    let daemon = Daemon::start(relance());
    let line = "echo now listening >&2; exec sleep 3600";
    let settings = [
        "--output",
        "null",
        "--stderr",
        "file",
        "--ready",
        "output:listening",
    ];
    let create = [
        &["create", "app"],
        &settings[..],
        &["--", "/bin/sh", "-c", line],
    ]
    .concat();
    done(&daemon.relance(&create));
    daemon.start_service(&name("app")).expect("it starts");
    daemon.wait_for_state(&name("app"), ServiceState::Running);
}
