//! `start` tells the truth: programs that die at once, services that never say RUNNING.

use std::process::{Command, Stdio};
use std::thread;

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::{Puppet, Stage};

use crate::support::{done, name, output_with, printed, puppets, relance};

fn create(daemon: &Daemon, options: &[&str], line: &str) {
    let command = ["--", "/bin/sh", "-c", line];
    done(&daemon.relance(&[&["create", "a"], options, &command].concat()));
}

/// What `start` with these options says on its error output when it fails.
fn refused(daemon: &Daemon, options: &[&str]) -> String {
    let output = daemon.relance(&[&["start", "a"], options].concat());
    assert!(!output.status.success(), "it has ended at once");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn x113_start_tells_of_a_program_that_dies_at_once_with_its_last_lines() {
    let daemon = Daemon::start(relance());
    create(&daemon, &[], "echo no vendor folder; exit 3");
    let said = refused(&daemon, &["--ready-after", "1h"]);
    for part in ["exit status 3", "| no vendor folder", "relance why a"] {
        assert!(said.contains(part), "{said}");
    }
    let why = daemon.relance(&["why", "a"]);
    let why = String::from_utf8_lossy(&why.stdout);
    assert!(why.contains("| no vendor folder"), "{why}");
}

#[test]
fn last_lines_stand_alone_below_what_is_said_of_one_service_and_of_several() {
    let daemon = Daemon::start(relance());
    create(&daemon, &[], "echo no vendor folder; exit 3");
    let twin = ["create", "b", "--", "/bin/sh", "-c", "echo no key; exit 3"];
    done(&daemon.relance(&twin));
    for names in [&["a"][..], &["a", "b"]] {
        let output = daemon.relance(&[&["start"], names, &["--ready-after", "1h"]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let lines: Vec<&str> = said.lines().collect();
        assert!(lines.contains(&"  | no vendor folder"), "{said}");
        assert_eq!(lines.contains(&"  | no key"), names.len() == 2, "{said}");
        let codes = lines.iter().filter(|line| line.contains("(1066 "));
        assert_eq!(codes.count(), names.len(), "{said}");
    }
}

#[test]
fn lines_of_earlier_runs_are_not_those_of_one_that_printed_nothing() {
    let daemon = Daemon::start(relance());
    let file = daemon.folder().join("been");
    let file = file.display();
    let line = format!("[ -e {file} ] || echo no vendor folder; touch {file}; exit 3");
    create(&daemon, &[], &line);
    let options = ["--ready-after", "1h"];
    assert!(refused(&daemon, &options).contains("| no vendor folder"));
    let said = refused(&daemon, &options);
    assert!(
        said.contains("exit status 3") && !said.contains("vendor"),
        "{said}"
    );
    let why = daemon.relance(&["why", "a"]);
    let why = String::from_utf8_lossy(&why.stdout);
    assert!(!why.contains("vendor"), "{why}");
}

#[test]
fn why_shows_no_lines_of_earlier_runs_after_a_clean_stop_with_a_status() {
    let daemon = Daemon::start(relance());
    let file = daemon.folder().join("been");
    let file = file.display();
    let line = format!(
        "[ -e {file} ] || echo no vendor folder; touch {file}; \
         trap 'exit 143' TERM; echo up >&3; sleep 1000 & wait"
    );
    create(&daemon, &["--ready", "fd:3"], &line);
    let why_of_next_run = |printed: Option<&str>| {
        done(&daemon.relance(&["start", "a"]));
        if let Some(printed) = printed {
            output_with(&daemon, "a", printed);
        }
        done(&daemon.relance(&["stop", "a"]));
        let why = daemon.relance(&["why", "a"]);
        String::from_utf8_lossy(&why.stdout).into_owned()
    };
    let why = why_of_next_run(Some("no vendor folder"));
    assert!(why.contains("| no vendor folder"), "{why}");
    let why = why_of_next_run(None);
    assert!(
        !why.contains("vendor"),
        "the second run printed nothing: {why}"
    );
}

#[test]
fn start_tells_of_a_death_although_a_restart_follows() {
    let daemon = Daemon::start(relance());
    let recovery = ["--actions", "restart/1h", "--reset", "2h"];
    create(&daemon, &recovery, "exit 3");
    let said = refused(&daemon, &["--ready-after", "1h"]);
    assert!(said.contains("a restart is pending"), "{said}");
}

#[test]
fn x113_a_program_that_has_done_its_work_was_started() {
    let daemon = Daemon::start(relance());
    create(&daemon, &[], "exit 0");
    done(&daemon.relance(&["start", "a", "--ready-after", "1h"]));
}

/// A program whose first run asks for another (75), and whose second does this.
fn twice(daemon: &Daemon, second: &str) {
    let file = daemon.folder().join("been");
    let file = file.display();
    let line = format!("[ -e {file} ] && {second}; touch {file}; exit 75");
    create(daemon, &["--restart-on-exit", "75"], &line);
}

#[test]
fn x113_a_program_that_asks_to_be_started_again_was_started() {
    let daemon = Daemon::start(relance());
    twice(&daemon, "exec sleep 1000");
    done(&daemon.relance(&["start", "a"]));
    daemon.wait_for_state(&name("a"), ServiceState::Running);
}

#[test]
fn x113_the_run_that_a_program_asks_for_is_watched_as_well() {
    let daemon = Daemon::start(relance());
    twice(&daemon, "exit 3");
    let said = refused(&daemon, &["--ready-after", "1h"]);
    assert!(said.contains("exit status 3"), "{said}");
}

#[test]
fn x113_a_program_whose_status_is_none_of_its_failures_was_started() {
    let daemon = Daemon::start(relance());
    create(&daemon, &["--fail-on-exit", "1"], "exit 3");
    done(&daemon.relance(&["start", "a", "--ready-after", "1h"]));
}

#[test]
fn x113_what_somebody_stops_before_it_runs_has_not_started() {
    let daemon = Daemon::start(relance());
    create(&daemon, &["--ready", "notify"], "exec sleep 1000");
    let start = Command::new(relance())
        .env("RELANCE_SOCKET", daemon.socket())
        .args(["start", "a"])
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    daemon.wait_until(&name("a"), |info| info.status.process_id != 0);
    done(&daemon.relance(&["stop", "a"]));
    let output = start.wait_with_output().expect("our child");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("somebody has stopped it"), "{said}");
}

#[test]
fn x15_a_program_that_has_to_stay_up_is_start_pending_meanwhile() {
    let daemon = Daemon::with_manual_clock(relance());
    create(&daemon, &["--ready-after", "1m"], "exec sleep 1000");
    done(&daemon.relance(&["start", "a", "--no-wait"]));
    daemon.wait_until(&name("a"), |info| {
        info.status.state == ServiceState::StartPending && info.status.process_id != 0
    });
    daemon.advance(std::time::Duration::from_secs(60));
    daemon.wait_for_state(&name("a"), ServiceState::Running);
}

#[test]
fn start_and_stop_may_be_said_twice() {
    let daemon = Daemon::start(relance());
    create(&daemon, &[], "exec sleep 1000");
    done(&daemon.relance(&["stop", "a", "--if-needed"]));
    done(&daemon.relance(&["start", "a", "--ready-after", "0s"]));
    done(&daemon.relance(&["start", "a", "--if-needed"]));
    assert!(!daemon.relance(&["start", "a"]).status.success());
    done(&daemon.relance(&["stop", "a", "--if-needed"]));
}

#[test]
fn a_program_that_is_not_there_is_noticed_when_it_is_created() {
    let daemon = Daemon::start(relance());
    let output = daemon.relance(&["create", "a", "--", "/nowhere/worker"]);
    done(&output);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("/nowhere/worker is not there"), "{said}");
}

/// X63: what makes a daemon of itself is named, and does not run on unsupervised.
#[test]
fn x63_a_program_that_goes_into_the_background_is_named() {
    let Some(daemon) = Daemon::with_cgroups(relance()) else {
        return eprintln!("not run: needs control groups");
    };
    is_named(&daemon);
}

/// The same where the run is all that its processes have in common.
#[test]
fn x63_without_control_groups_it_is_named_too() {
    is_named(&Daemon::with(relance(), &["--cgroups", "off"]));
}

fn is_named(daemon: &Daemon) {
    // It leaves the session, as a daemon does. Its parent ends after that: one that is still in the session then is
    // killed with its parent, and has not gone anywhere.
    let left = daemon.folder().join("left").display().to_string();
    let stays = format!("setsid sh -c 'echo >{left}; exec sleep 1000'");
    let line = format!("mkfifo {left}; {stays} & read -r _ <{left}; exit 0");
    create(daemon, &[], &line);
    let said = refused(daemon, &["--ready-after", "1h"]);
    for part in ["went into the background", "daemon off;"] {
        assert!(said.contains(part), "{said}");
    }
    let entries = daemon.relance(&["events", "--service", "a", "--id", "1045"]);
    let entries = String::from_utf8_lossy(&entries.stdout);
    assert_eq!(entries.matches("left processes behind, which").count(), 1);
    let why = daemon.relance(&["why", "a"]);
    let why = String::from_utf8_lossy(&why.stdout);
    for part in ["left processes behind: 1 process", "X63)"] {
        assert!(why.contains(part), "{why}");
    }
    let doctor = daemon.relance(&["doctor"]);
    let doctor = String::from_utf8_lossy(&doctor.stdout);
    assert!(
        doctor.contains("problem  a: it went into the background"),
        "{doctor}"
    );
}

#[test]
fn a_file_that_may_be_missing_is_an_option_of_its_own_word() {
    let daemon = Daemon::start(relance());
    create(
        &daemon,
        &["--env-file", "-/nowhere/.env"],
        "exec sleep 1000",
    );
    done(&daemon.relance(&["start", "a", "--ready-after", "0s"]));
}

#[test]
fn why_names_the_file_without_which_a_start_fails() {
    let daemon = Daemon::start(relance());
    create(&daemon, &["--env-file", "/nowhere/.env"], "exec sleep 1000");
    let _ = refused(&daemon, &[]);
    let why = daemon.relance(&["why", "a"]);
    let why = String::from_utf8_lossy(&why.stdout);
    assert!(why.contains("/nowhere/.env cannot be read"), "{why}");
    assert!(!why.contains("could not be started:"), "{why}");
}

#[test]
fn x114_a_service_that_is_needed_and_never_says_running_is_named_and_told_of_once() {
    let daemon = Daemon::with_manual_clock(relance());
    let stage = Stage::new(daemon.folder(), "db");
    daemon.create(puppets(&stage, "db", ""));
    create(&daemon, &["--depend", "db"], "exec sleep 100000");
    let starts_in_vain = |puppet: Option<Puppet>| {
        thread::scope(|scope| {
            let start = scope.spawn(|| daemon.relance(&["start", "a"]));
            let puppet = puppet.unwrap_or_else(|| {
                let mut puppet = stage.next_run();
                puppet.hello();
                puppet.report(ServiceState::StartPending);
                puppet
            });
            daemon.wait_for_state(&name("a"), ServiceState::StartPending);
            let why = printed(&daemon, &["why", "a"]);
            assert!(
                why.contains("It needs db, which has been starting"),
                "{why}"
            );
            while daemon.query(&name("a")).status.state != ServiceState::Stopped {
                daemon.advance_to_next();
            }
            let output = start.join().expect("no panic");
            assert!(!output.status.success(), "{output:?}");
            puppet
        })
    };
    let mut puppet = starts_in_vain(None);
    puppet = starts_in_vain(Some(puppet));
    let told = |id: u32| daemon.all_events(&name("a"), &[id]).len();
    assert_eq!((told(7001), told(1142)), (2, 1));
    let why = printed(&daemon, &["why", "a"]);
    assert!(why.contains("relance why db says what it lacks"), "{why}");
    let doctor = daemon.relance(&["doctor"]);
    let doctor = String::from_utf8_lossy(&doctor.stdout);
    assert!(
        doctor.contains("a: its last start failed with 1068: it needs db, which is START_PENDING"),
        "{doctor}"
    );
    puppet.report(ServiceState::Running);
    done(&daemon.relance(&["start", "a"]));
}
