//! `relance sc`: the words of Windows' `sc.exe`.

use std::os::unix::fs::symlink;
use std::process::Command;

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;
use tempfile::TempDir;

use crate::support::{name, relance};

/// What it says, and how it ends.
fn sc(daemon: &Daemon, words: &[&str]) -> (String, Option<i32>) {
    let output = daemon.relance(&[&["sc"], words].concat());
    let said = [&output.stdout[..], &output.stderr].concat();
    (
        String::from_utf8_lossy(&said).into_owned(),
        output.status.code(),
    )
}

fn says(daemon: &Daemon, words: &[&str], wanted: &[&str]) {
    let (said, status) = sc(daemon, words);
    assert_eq!(status, Some(0), "{words:?}: {said}");
    for wanted in wanted {
        assert!(
            said.contains(wanted),
            "{words:?}: {wanted:?} is not in {said}"
        );
    }
}

#[test]
fn r73_to_r76_a_service_is_made_changed_shown_run_and_deleted() {
    let daemon = Daemon::start(relance());
    let line = "/bin/sleep 1000";
    says(
        &daemon,
        &[
            "create",
            "a",
            "binPath=",
            line,
            "type=",
            "program",
            "start=",
            "delayed-auto",
            "DisplayName=",
            "The A",
        ],
        &["[SC] CreateService SUCCESS"],
    );
    says(
        &daemon,
        &["qc", "a"],
        &[
            "2   AUTO_START  (DELAYED)",
            line,
            "1   NORMAL",
            "LocalSystem",
        ],
    );
    says(
        &daemon,
        &["config", "a", "start=demand", "depend=", ""],
        &["[SC] ChangeServiceConfig SUCCESS"],
    );
    says(&daemon, &["qc", "A"], &["3   DEMAND_START"]);
    says(
        &daemon,
        &["description", "a", "for tests"],
        &["[SC] ChangeServiceConfig2 SUCCESS"],
    );
    says(
        &daemon,
        &["qdescription", "a"],
        &["DESCRIPTION:  for tests"],
    );
    let actions = "restart/60000/run/5000/\"\"/0";
    says(
        &daemon,
        &[
            "failure",
            "a",
            "reset=",
            "86400",
            "actions=",
            actions,
            "command=",
            "/bin/true",
        ],
        &["[SC] ChangeServiceConfig2 SUCCESS"],
    );
    let (said, _) = sc(&daemon, &["qfailure", "a"]);
    assert!(
        said.contains("RESET_PERIOD (in seconds)    : 86400"),
        "{said}"
    );
    assert!(
        said.contains(": RESTART -- Delay = 60000 milliseconds."),
        "{said}"
    );
    assert_eq!(said.matches("Delay = ").count(), 2, "R74: {said}");
    says(&daemon, &["failureflag", "a", "0"], &["SUCCESS"]);
    says(
        &daemon,
        &["qfailureflag", "a"],
        &["FAILURE_ACTIONS_ON_NONCRASH_FAILURES: FALSE"],
    );
    says(&daemon, &["GetKeyName", "the a"], &["Name = a"]);
    says(&daemon, &["GetDisplayName", "a"], &["Name = The A"]);
    says(&daemon, &["start", "a"], &["STATE              : ", "PID"]);
    daemon.wait_for_state(&name("a"), ServiceState::Running);
    says(
        &daemon,
        &["query", "a"],
        &["4  RUNNING", "(STOPPABLE, NOT_PAUSABLE,"],
    );
    says(&daemon, &["query"], &["DISPLAY_NAME: The A"]);
    says(
        &daemon,
        &["queryex", "type=", "service", "state=", "all"],
        &["PID", "SERVICE_NAME: a"],
    );
    says(
        &daemon,
        &["create", "b", "binPath=/bin/true", "depend=", "a"],
        &["SUCCESS"],
    );
    says(
        &daemon,
        &["EnumDepend", "a"],
        &["entriesRead  = 1", "SERVICE_NAME: b"],
    );
    says(&daemon, &["sdshow", "a"], &["D:"]);
    let sddl = "D:(A;;CCLCSWRPWPDTLOCRSDRCWDWO;;;BA)";
    says(
        &daemon,
        &["sdset", "a", sddl],
        &["[SC] SetServiceObjectSecurity SUCCESS"],
    );
    says(&daemon, &["sdshow", "a"], &["BA"]);
    says(&daemon, &["interrogate", "a"], &["4  RUNNING"]);
    says(&daemon, &["stop", "a"], &["STATE"]);
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    says(&daemon, &["delete", "b"], &["[SC] DeleteService SUCCESS"]);
}

#[test]
fn r76_what_fails_is_said_with_the_call_and_the_code() {
    let daemon = Daemon::start(relance());
    let (said, status) = sc(&daemon, &["query", "none"]);
    assert!(
        said.starts_with("[SC] EnumQueryServicesStatus:OpenService FAILED 1060:"),
        "{said}"
    );
    assert_eq!(status, Some(4));
    let refused = |words: &[&str], wanted: &str| {
        let (said, status) = sc(&daemon, words);
        assert!(
            said.contains(wanted) && status != Some(0),
            "{words:?}: {said}"
        );
    };
    refused(&["query", "state=", "none"], "active, inactive, all");
    refused(&["start", "none"], "[SC] StartService FAILED 1060:");
    refused(&["failure", "none", "reset=", "0"], "actions=");
    refused(&["create", "x", "start=", "auto"], "binPath=");
    refused(
        &["create", "x", "binpath=", "/x", "colour=", "red"],
        "colour=",
    );
    refused(
        &["create", "x", "binpath=", "/x", "kind=", "program"],
        "kind=",
    );
    refused(&["frobnicate"], "frobnicate");
    refused(&["qc"], "qc NAME");
    refused(&[r"\\far", "query"], "far");
}

#[test]
fn a_link_named_sc_works_alone() {
    let daemon = Daemon::start(relance());
    let folder = TempDir::new().expect("a folder");
    let link = folder.path().join("sc");
    symlink(relance(), &link).expect("a link");
    let output = Command::new(&link)
        .args(["query", "state=", "all"])
        .env("RELANCE_SOCKET", daemon.socket())
        .output()
        .expect("the program");
    assert!(output.status.success(), "{output:?}");
    let output = Command::new(&link).output().expect("the program");
    assert!(String::from_utf8_lossy(&output.stdout).contains("sc qfailure NAME"));
}

#[test]
fn verbs_about_what_only_windows_has_say_so_in_one_line() {
    let daemon = Daemon::start(relance());
    says(&daemon, &["create", "a", "binpath=", "/bin/true"], &[]);
    says(
        &daemon,
        &["qtriggerinfo", "a"],
        &["The service a has not registered for any"],
    );
    says(&daemon, &["QSidType", "a"], &["SERVICE_SID_TYPE:  NONE"]);
    says(&daemon, &["qprivs", "a"], &["PRIVILEGES         : "]);
    for words in [
        &["boot", "ok"][..],
        &["querylock"],
        &["sidtype", "a", "restricted"],
    ] {
        let (said, status) = sc(&daemon, words);
        assert!(
            said.contains("only Windows") && said.lines().count() == 1,
            "{said}"
        );
        assert_eq!(status, Some(3), "{said}");
    }
    let (said, status) = sc(&daemon, &["qtriggerinfo", "nobody"]);
    assert!(said.contains("FAILED 1060") && status == Some(4), "{said}");
}

#[test]
fn what_an_administrator_of_windows_types_blindly_is_taken() {
    let daemon = Daemon::start(relance());
    let create = [
        "CREATE",
        "a",
        "binPath=",
        "/bin/true",
        "START",
        "=",
        "Auto",
        "error= ",
        "IGNORE",
    ];
    let (said, _) = sc(&daemon, &create);
    assert!(said.contains("error"), "a blank in the name: {said}");
    let create = [
        "CREATE",
        "a",
        "binPath=",
        "/bin/true",
        "START",
        "=Auto",
        "error=",
        "IGNORE",
        "group=",
        "G",
    ];
    says(&daemon, &create, &["[SC] CreateService SUCCESS"]);
    says(&daemon, &["qc", "a"], &["2   AUTO_START", "0   IGNORE"]);
    says(&daemon, &["description", "a", "a text"], &[]);
    // Without a text nothing is modified.
    says(&daemon, &["description", "a"], &["SUCCESS"]);
    says(&daemon, &["qdescription", "a"], &["a text"]);
    says(&daemon, &["description", "a", ""], &["SUCCESS"]);
    assert!(!sc(&daemon, &["qdescription", "a"]).0.contains("a text"));
    says(
        &daemon,
        &[
            "failure",
            "a",
            "actions=",
            "Restart/5000",
            "reset=",
            "INFINITE",
        ],
        &[],
    );
    says(
        &daemon,
        &["qfailure", "a"],
        &["INFINITE", "RESTART -- Delay = 5000"],
    );
    let all = [
        "query", "type=", "own", "state=", "all", "bufsize=", "4096", "group=", "g",
    ];
    says(&daemon, &all, &["SERVICE_NAME: a"]);
    for nothing in [["type=", "driver"], ["group=", "other"]] {
        let (said, status) = sc(
            &daemon,
            &[&["query", "state=", "all"], &nothing[..]].concat(),
        );
        assert_eq!((said.as_str(), status), ("", Some(0)), "{nothing:?}");
    }
    says(&daemon, &["/?"], &["binPath= LINE", "sc qfailure NAME"]);
    says(&daemon, &["create", "/?"], &["binPath= LINE"]);
    says(&daemon, &["query", "-?"], &["[type= service"]);
    for verb in ["create", "config", "failure"] {
        let (said, status) = sc(&daemon, &[verb, "a"]);
        assert!(said.contains(verb) && status == Some(2), "{said}");
    }
    let host = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    says(
        &daemon,
        &[&format!(r"\\{host}"), "qc", "a"],
        &["BINARY_PATH_NAME"],
    );
}
