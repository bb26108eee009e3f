//! Settings that a process can see of itself.

use std::fs;

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;

use crate::support::{done, name, relance};

/// Runs a line of shell with these options, and gives what it wrote to `$OUT`.
pub(crate) fn run(daemon: &Daemon, options: &[&str], line: &str) -> String {
    let file = daemon.folder().join("out");
    let line = format!("OUT={}; {line}", file.display());
    let command = ["--output", "null", "--", "/bin/sh", "-c", &line];
    done(&daemon.relance(&[&["create", "a"], options, &command[..]].concat()));
    done(&daemon.relance(&["start", "a"]));
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    fs::read_to_string(file).expect("it has run")
}

#[test]
fn a_process_has_the_umask_that_was_set() {
    let daemon = Daemon::start(relance());
    assert_eq!(
        run(&daemon, &["--umask", "077"], "umask > $OUT").trim(),
        "0077"
    );
    // Back to the default.
    done(&daemon.relance(&["config", "a", "--umask", ""]));
    done(&daemon.relance(&["start", "a"]));
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    let again = fs::read_to_string(daemon.folder().join("out")).expect("it has run");
    assert_eq!(again.trim(), "0022");
    let bad = daemon.relance(&["config", "a", "--umask", "999"]);
    assert_eq!(bad.status.code(), Some(2));
}

#[test]
fn a_process_may_open_as_many_files_as_was_set() {
    let daemon = Daemon::start(relance());
    let shown = run(
        &daemon,
        &["--limit-nofile", "99"],
        "ulimit -Sn > $OUT; ulimit -Hn >> $OUT",
    );
    assert_eq!(shown, "99\n99\n");
}

#[test]
fn every_limit_reaches_the_process_soft_and_hard() {
    let daemon = Daemon::start(relance());
    let options = [
        "--limit-nofile=50:60",
        "--limit-nproc=5000",
        "--limit-core=0",
        "--limit-fsize=1G",
        "--limit-as=8G:16G",
        "--limit-data=7G",
        "--limit-stack=16M",
        "--limit-memlock=64K",
        "--limit-cpu=1h",
        "--limit-nice=0",
        "--limit-rtprio=0",
        "--limit-rttime=5s",
        "--limit-sigpending=100",
        "--limit-msgqueue=64K",
    ];
    let shown = run(&daemon, &options, "cat /proc/self/limits > $OUT");
    let values = |what: &str| -> Vec<u64> {
        let line = shown.lines().find(|line| line.starts_with(what));
        let line = line.unwrap_or_else(|| panic!("{what} in {shown}"));
        let words = line[what.len()..].split_whitespace();
        words.take(2).filter_map(|word| word.parse().ok()).collect()
    };
    for (what, soft, hard) in [
        ("Max open files", 50, 60),
        ("Max processes", 5000, 5000),
        ("Max core file size", 0, 0),
        ("Max file size", 1 << 30, 1 << 30),
        ("Max address space", 8 << 30, 16 << 30),
        ("Max data size", 7 << 30, 7 << 30),
        ("Max stack size", 16 << 20, 16 << 20),
        ("Max locked memory", 64 << 10, 64 << 10),
        ("Max cpu time", 3600, 3600),
        ("Max nice priority", 0, 0),
        ("Max realtime priority", 0, 0),
        ("Max realtime timeout", 5_000_000, 5_000_000),
        ("Max pending signals", 100, 100),
        ("Max msgqueue size", 64 << 10, 64 << 10),
    ] {
        assert_eq!(values(what), [soft, hard], "{what}");
    }
    let text = String::from_utf8_lossy(&daemon.relance(&["config", "a"]).stdout).into_owned();
    assert!(text.contains("8G:16G") && text.contains("50:60"), "{text}");
}

/// The kernel says so when the program is executed, and the program is not to blame. When a process
/// changes its user, the kernel compares the limit with the user's other processes only: with a limit
/// of 1 a second process still starts, and a third does not.
#[test]
fn an_account_with_too_many_processes_is_told_as_such() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("not run: needs root");
        return;
    }
    let daemon = Daemon::start(relance());
    let program = ["--kind", "program", "--account", "nobody", "--limit-nproc"];
    let sleep = ["--", "/bin/sleep", "1000"];
    for (service, limit) in [("first", "5000"), ("second", "5000"), ("third", "1")] {
        let create = [&["create", service], &program[..], &[limit], &sleep[..]].concat();
        done(&daemon.relance(&create));
    }
    for service in ["first", "second"] {
        done(&daemon.relance(&["start", service]));
    }
    let refused = daemon.relance(&["start", "third"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success());
    assert!(
        said.contains("the account nobody has as many processes as it may have"),
        "{said}"
    );
    assert!(said.contains("1455 ERROR_COMMITMENT_LIMIT"), "{said}");
}

#[test]
fn the_kind_can_be_changed() {
    let daemon = Daemon::start(relance());
    done(&daemon.relance(&["create", "a", "--kind", "service", "--", "/bin/true"]));
    done(&daemon.relance(&["config", "a", "--kind", "program"]));
    done(&daemon.relance(&["start", "a"]));
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
}

#[test]
fn a_limit_that_cannot_be_set_refuses_the_start() {
    let daemon = Daemon::start(relance());
    let words = [
        "create",
        "a",
        "--limit-nofile",
        "1073741824",
        "--",
        "/bin/true",
    ];
    done(&daemon.relance(&words));
    let refused = daemon.relance(&["start", "a"]);
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        text.contains("1314") && text.contains("limit_nofile"),
        "{text}"
    );
    done(&daemon.relance(&["config", "a", "--limit-nofile", ""]));
    done(&daemon.relance(&["start", "a"]));
}

#[test]
fn x10_variables_come_from_files_and_the_services_own_win() {
    let daemon = Daemon::start(relance());
    let file = daemon.folder().join("app.env");
    fs::write(&file, "A=file\nB='two words'\nC=${A}-${USER}\n").expect("a file");
    let (path, missing) = (file.display().to_string(), "--env-file=-/nowhere/local.env");
    let options = ["--env-file", &path, missing, "--env", "A=own"];
    let shown = run(&daemon, &options, "echo \"$A|$B|${C%%-*}\" > $OUT");
    assert_eq!(shown.trim(), "own|two words|file");
}

#[test]
fn x10_a_file_that_cannot_be_read_refuses_the_start_and_says_where() {
    let daemon = Daemon::start(relance());
    let file = daemon.folder().join("app.env");
    let path = file.display().to_string();
    done(&daemon.relance(&["create", "a", "--env-file", &path, "--", "/bin/true"]));
    let refused = |parts: &[&str]| {
        let text = String::from_utf8_lossy(&daemon.relance(&["start", "a"]).stderr).into_owned();
        assert!(parts.iter().all(|part| text.contains(part)), "{text}");
    };
    refused(&[&path, "create it", "2 "]);
    fs::write(&file, "A=1\nnonsense\n").expect("a file");
    refused(&[&path, "line 2", "NAME=value"]);
    fs::write(&file, "A=1\n").expect("a file");
    done(&daemon.relance(&["start", "a"]));
}

#[test]
fn x10_a_bad_line_is_told_when_a_service_is_created_changed_applied_or_examined() {
    let daemon = Daemon::start(relance());
    let file = daemon.folder().join("app.env");
    let path = file.display().to_string();
    let said = |words: &[&str]| {
        let output = daemon.relance(words);
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let is_told = |words: &[&str]| {
        let said = said(words);
        let parts = ["line 2", "NAME=value", &path];
        assert!(
            parts.iter().all(|part| said.contains(part)),
            "{words:?}: {said}"
        );
        assert_eq!(said.matches("line 2").count(), 1, "{words:?}: {said}");
    };
    let relative = said(&["create", "a", "--env-file", ".env", "--", "/bin/true"]);
    assert!(relative.contains("must be an absolute path"), "{relative}");
    let missing = said(&["create", "a", "--env-file", &path, "--", "/bin/true"]);
    assert!(
        missing.contains("a start fails") && missing.contains("create it"),
        "{missing}"
    );
    fs::write(&file, "A=1\nnonsense\n").expect("a file");
    is_told(&["create", "b", "--env-file", &path, "--", "/bin/true"]);
    is_told(&[
        "create",
        "c@",
        "--instances",
        "3",
        "--env-file",
        &path,
        "--",
        "/bin/true",
    ]);
    is_told(&["config", "c@", "--env-file", &path]);
    let services = daemon.folder().join("services.toml");
    let text = format!(
        "[[service]]\nname = 'd'\ncommand_line = '/bin/true'\nextensions.environment_files = ['{path}']\n"
    );
    fs::write(&services, text).expect("a file");
    let services = services.display().to_string();
    is_told(&["apply", "--file", &services, "--dry-run"]);
    is_told(&["apply", "--file", &services]);
    is_told(&["apply", "--file", &services]);
    let doctor = said(&["doctor"]);
    assert!(
        doctor.contains("problem  d: its environment file"),
        "{doctor}"
    );
    fs::write(&file, "A=1\n").expect("a file");
    for words in [&["apply", "--file", &services][..], &["doctor"]] {
        let said = said(words);
        assert!(!said.contains("environment file"), "{said}");
    }
}
