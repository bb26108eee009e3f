//! Programs that are stopped by a command (X25).

use std::fs;
use std::time::Duration;

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;

use crate::support::{done, name, output_with, relance};

const SERVICE: &str = "s";
/// The entry that a stop command failed.
const FAILED: u32 = 1026;
/// Ends at USR1 and at TERM, and says which it was.
const PROGRAM: &str = "trap 'echo usr1; exit 0' USR1; trap 'echo term; exit 0' TERM; echo ready; \
                       while :; do sleep 100000 & wait; done";

fn start(daemon: &Daemon, options: &[&str], line: &str) {
    let command = ["--", "/bin/sh", "-c", line];
    done(&daemon.relance(&[&["create", SERVICE], options, &command[..]].concat()));
    done(&daemon.relance(&["start", SERVICE]));
    output_with(daemon, SERVICE, "ready");
}

fn daemons() -> impl Iterator<Item = Daemon> {
    let without = Daemon::with(relance(), &["--cgroups", "off"]);
    Daemon::with_cgroups(relance()).into_iter().chain([without])
}

#[test]
fn x25_a_program_is_stopped_by_its_command_with_its_environment() {
    for daemon in daemons() {
        let command = r#"/bin/sh -c "echo $RELANCE_SERVICE $APP; kill -USR1 $MAINPID""#;
        let options = ["--env", "APP=shop", "--stop-command", command];
        start(&daemon, &options, PROGRAM);
        done(&daemon.relance(&["stop", SERVICE]));
        let printed = output_with(&daemon, SERVICE, "usr1");
        assert!(printed.contains("s shop\n"), "{printed}");
        assert!(!printed.contains("term"), "{printed}");
        let failed = daemon.all_events(&name(SERVICE), &[FAILED]);
        assert!(failed.is_empty(), "{failed:?}");
    }
}

#[test]
fn x25_the_signal_follows_a_command_that_fails_and_one_that_cannot_be_run() {
    for daemon in daemons() {
        start(&daemon, &["--stop-command", "/bin/false"], PROGRAM);
        for said in ["it ended with status 1", "/nowhere/stop"] {
            done(&daemon.relance(&["stop", SERVICE]));
            output_with(&daemon, SERVICE, "term");
            let failed = daemon.all_events(&name(SERVICE), &[FAILED]);
            let last = failed.last().expect("it failed");
            assert!(last.parameters[1].contains(said), "{:?}", last.parameters);
            done(&daemon.relance(&["config", SERVICE, "--stop-command", "/nowhere/stop"]));
            done(&daemon.relance(&["start", SERVICE]));
        }
    }
}

#[test]
fn x25_the_signal_follows_a_command_that_does_not_end_in_half_of_the_grace() {
    let without = ["--clock", "manual", "--cgroups", "off"];
    for daemon in [
        Daemon::with_manual_clock(relance()),
        Daemon::with(relance(), &without),
    ] {
        let command = r#"/bin/sh -c "echo waits; sleep 100000""#;
        let options = ["--stop-command", command, "--stop-grace", "1h"];
        start(&daemon, &options, PROGRAM);
        done(&daemon.relance(&["stop", "--no-wait", SERVICE]));
        output_with(&daemon, SERVICE, "waits");
        daemon.advance(Duration::from_secs(1800));
        output_with(&daemon, SERVICE, "term");
        daemon.wait_for_state(&name(SERVICE), ServiceState::Stopped);
        let failed = daemon.all_events(&name(SERVICE), &[FAILED]);
        let text = &failed.first().expect("it failed").parameters[1];
        assert_eq!(&**text, "it did not end within half of the stop grace");
        assert!(daemon.all_events(&name(SERVICE), &[1003]).is_empty());
    }
}

/// A service whose stop command is at work: it waits until something is written to the file `gate`, and then
/// does this. The grace is long.
fn stopping_by_a_command_that(daemon: &Daemon, then: &str) {
    let gate = daemon.folder().join("gate");
    let kind = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, &gate, kind, rustix::fs::Mode::RWXU, 0).expect("a fifo");
    let gate = gate.display();
    let command = format!(r#"/bin/sh -c "echo begins; read line <{gate}; {then}""#);
    let options = ["--stop-command", &command, "--stop-grace", "1h"];
    start(daemon, &options, PROGRAM);
    done(&daemon.relance(&["stop", "--no-wait", SERVICE]));
    output_with(daemon, SERVICE, "begins");
}

/// Whether the kernel tells how a process ended that is nobody's child here (6.15).
fn kernel_tells() -> bool {
    let system = rustix::system::uname();
    let release = system.release().to_string_lossy();
    let mut numbers = release.split(['.', '-']).map(str::parse::<u32>);
    let mut next = || numbers.next().and_then(Result::ok);
    (next(), next()) >= (Some(6), Some(15))
}

#[test]
fn x25_a_command_that_fails_after_the_guardian_was_killed_is_followed_by_the_signal() {
    if !kernel_tells() {
        return eprintln!("not run: needs Linux 6.15");
    }
    for mut daemon in daemons() {
        stopping_by_a_command_that(&daemon, "exit 3");
        daemon.kill_guardian();
        daemon.start_again();
        daemon.wait_for_state(&name(SERVICE), ServiceState::StopPending);
        fs::write(daemon.folder().join("gate"), "go\n").expect("a command that waits");
        // Not at half of an hour.
        output_with(&daemon, SERVICE, "term");
        daemon.wait_for_state(&name(SERVICE), ServiceState::Stopped);
        let failed = daemon.all_events(&name(SERVICE), &[FAILED]);
        let [failed] = &failed[..] else {
            panic!("{failed:?}");
        };
        assert!(failed.parameters[1].contains("it ended with status 3"));
    }
}

#[test]
fn x25_a_command_is_run_once_and_goes_on_while_engine_and_guardian_are_killed() {
    for mut daemon in daemons() {
        stopping_by_a_command_that(&daemon, "kill -USR1 $MAINPID");
        daemon.kill_engine();
        daemon.wait_for_state(&name(SERVICE), ServiceState::StopPending);
        daemon.kill_guardian();
        daemon.start_again();
        daemon.wait_for_state(&name(SERVICE), ServiceState::StopPending);
        fs::write(daemon.folder().join("gate"), "go\n").expect("a command that waits");
        daemon.wait_for_state(&name(SERVICE), ServiceState::Stopped);
        let printed = output_with(&daemon, SERVICE, "usr1");
        assert_eq!(printed.matches("begins").count(), 1, "{printed}");
        assert!(!printed.contains("term"), "{printed}");
    }
}

#[test]
fn x25_at_the_managers_own_stop_it_is_stopped_by_its_command_too() {
    for mut daemon in daemons() {
        let command = r#"/bin/sh -c "kill -USR1 $MAINPID""#;
        start(&daemon, &["--stop-command", command], PROGRAM);
        assert_eq!(daemon.stop().code(), Some(0));
        let log = fs::read_to_string(daemon.folder().join("logs/s.log")).expect("a log file");
        assert!(log.ends_with("usr1\n"), "{log}");
    }
}
