//! What a process may do and sees of the machine, as it finds it itself (X50, X51).

use std::fs;
use std::os::unix::fs::PermissionsExt;

use relance_scm::{ExitCode, ServiceState};
use relance_testkit::daemon::Daemon;

use crate::process_settings::run;
use crate::support::{done, name, relance};

/// Whether the tests run as root; says so if not.
fn is_root() -> bool {
    let is_root = rustix::process::getuid().is_root();
    if !is_root {
        eprintln!("not run: needs root");
    }
    is_root
}

/// The value of a line of `/proc/self/status`.
fn status<'a>(text: &'a str, key: &str) -> &'a str {
    let mut lines = text.lines();
    let value = lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    value.unwrap_or_else(|| panic!("no {key}: {text}")).trim()
}

const STATUS: &str = "cat /proc/self/status > $OUT";

#[test]
fn x50_a_process_can_never_gain_rights() {
    let daemon = Daemon::start(relance());
    let shown = run(&daemon, &["--no-new-privileges", "yes"], STATUS);
    assert_eq!(status(&shown, "NoNewPrivs"), "1");
}

#[test]
fn x50_root_keeps_the_capabilities_that_were_set() {
    if !is_root() {
        return;
    }
    let daemon = Daemon::start(relance());
    let shown = run(&daemon, &["--capabilities", "chown,CAP_KILL"], STATUS);
    for set in ["CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        assert_eq!(status(&shown, set), "0000000000000021", "{set}");
    }
}

#[test]
fn x50_root_may_keep_none() {
    if !is_root() {
        return;
    }
    let daemon = Daemon::start(relance());
    let shown = run(&daemon, &["--capabilities", "none"], STATUS);
    assert_eq!(status(&shown, "CapEff"), "0000000000000000");
    assert_eq!(status(&shown, "CapBnd"), "0000000000000000");
}

#[test]
fn x50_another_account_gets_the_capabilities_and_groups_that_were_set() {
    if !is_root() {
        return;
    }
    let daemon = Daemon::start(relance());
    let options = [
        "--account",
        "nobody",
        "--capabilities",
        "net_bind_service",
        "--supplementary-group",
        "daemon",
        "--umask",
        "000",
    ];
    // The folder is the tests' own, so the file is there before.
    let file = daemon.folder().join("out");
    fs::write(&file, "").expect("a folder of the test's own");
    let open = fs::Permissions::from_mode(0o777);
    fs::set_permissions(&file, open.clone()).expect("a file of the test's own");
    fs::set_permissions(daemon.folder(), open).expect("a folder of the test's own");
    let shown = run(&daemon, &options, STATUS);
    assert_eq!(status(&shown, "CapEff"), "0000000000000400");
    assert!(status(&shown, "Uid").starts_with("65534"));
    assert!(
        status(&shown, "Groups").split(' ').any(|gid| gid == "1"),
        "{shown}"
    );
}

#[test]
fn x46_a_process_may_end_with_its_manager() {
    let mut daemon = Daemon::start(relance());
    let sleeps = ["--", "/bin/sleep", "3600"];
    let tied = ["create", "tied", "--parent-death-signal", "USR1"];
    done(&daemon.relance(&[&tied[..], &sleeps].concat()));
    done(&daemon.relance(&[&["create", "free"][..], &sleeps].concat()));
    done(&daemon.relance(&["start", "tied", "free"]));
    let pids = ["tied", "free"].map(|name_of| {
        let running = daemon.wait_for_state(&name(name_of), ServiceState::Running);
        running.status.process_id
    });
    // An engine is not the parent.
    daemon.kill_engine();
    assert_eq!(daemon.query(&name("tied")).status.process_id, pids[0]);
    daemon.kill_guardian();
    daemon.start_again();
    daemon.wait_for_state(&name("tied"), ServiceState::Stopped);
    let free = daemon.wait_for_state(&name("free"), ServiceState::Running);
    assert_eq!(free.status.process_id, pids[1]);
}

#[test]
fn a_process_is_scheduled_as_was_set() {
    let daemon = Daemon::start(relance());
    let options = [
        "--oom-score-adjust",
        "500",
        "--io-priority",
        "idle",
        "--scheduling",
        "batch",
    ];
    // The numbers of scheduling policies are the 41st field of `stat`; the name holds no blank here.
    let line = "{ cat /proc/self/oom_score_adj; cut -d' ' -f41 /proc/self/stat; ionice; } > $OUT";
    let shown = run(&daemon, &options, line);
    assert_eq!(shown, "500\n3\nidle\n");
}

#[test]
fn x51_a_process_has_a_tmp_of_its_own() {
    if !is_root() {
        return;
    }
    let daemon = Daemon::start(relance());
    // The test's own folder is in /tmp, so the answer is the exit status.
    let line = "for folder in /tmp /var/tmp; do
            test -z \"$(ls -A $folder)\" && test \"$(stat -c %a $folder)\" = 1777 || exit 1
        done; touch /tmp/relance-private-tmp-test";
    let words = [
        "create",
        "a",
        "--private-tmp",
        "yes",
        "--",
        "/bin/sh",
        "-c",
        line,
    ];
    done(&daemon.relance(&words));
    done(&daemon.relance(&["start", "a"]));
    let ended = daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    assert_eq!(ended.status.exit_code, ExitCode::SUCCESS);
    assert!(!fs::exists("/tmp/relance-private-tmp-test").expect("it can be looked for"));
}

#[test]
fn x51_a_process_cannot_change_what_is_read_only_for_it() {
    if !is_root() {
        return;
    }
    let daemon = Daemon::start(relance());
    let folder = daemon.folder().join("kept");
    fs::create_dir(&folder).expect("a folder of the test's own");
    let path = folder.display().to_string();
    let options = [
        "--read-only-path",
        &path,
        "--read-only-path=-/nowhere/at/all",
    ];
    let line = format!("touch {path}/x 2> $OUT || echo refused >> $OUT");
    let shown = run(&daemon, &options, &line);
    assert!(
        shown.contains("Read-only file system") && shown.contains("refused"),
        "{shown}"
    );
    assert!(!folder.join("x").exists());
    fs::write(folder.join("y"), "").expect("it is read-only for the process alone");
}

#[test]
fn x51_a_program_sees_the_root_that_was_set() {
    if !is_root() {
        return;
    }
    let daemon = Daemon::start(relance());
    let root = daemon.folder().join("root");
    fs::create_dir_all(root.join("bin")).expect("a folder of the test's own");
    let path = root.display().to_string();
    // A program without libraries: our own puppet needs some, so the start says what is missing in there.
    done(&daemon.relance(&[
        "create",
        "a",
        "--root-directory",
        &path,
        "--",
        "/bin/nothing",
    ]));
    let refused = daemon.relance(&["start", "a"]);
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(text.contains("/bin/nothing was not found"), "{text}");
    fs::remove_dir_all(&root).expect("a folder of the test's own");
    let refused = daemon.relance(&["start", "a"]);
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(text.contains("root_directory"), "{text}");
}

#[test]
fn what_does_not_exist_is_said_with_what_to_do() {
    let daemon = Daemon::start(relance());
    for (name, option, value, expected) in [
        (
            "a",
            "--supplementary-group",
            "no-such-group",
            "no-such-group",
        ),
        ("b", "--read-only-path", "/no/such/path", "/no/such/path"),
    ] {
        done(&daemon.relance(&["create", name, option, value, "--", "/bin/true"]));
        let refused = daemon.relance(&["start", name]);
        let text = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(text.contains(expected), "{text}");
    }
    for (option, value, expected) in [
        ("--capabilities", "root", "\"root\" is not a capability"),
        (
            "--read-only-path",
            "var/lib",
            "\"var/lib\" must be an absolute path",
        ),
        ("--read-only-path", "-etc", "with - before it"),
        ("--private-tmp", "maybe", "write yes or no"),
        ("--root-directory", "srv", "must be an absolute path"),
        ("--affinity", "2-1", "names no processors"),
        ("--affinity", "0-999", "numbers from 0 to 63"),
        ("--io-priority", "best-effort/8", "best-effort/7"),
        ("--scheduling", "fifo", "use other, batch, idle"),
    ] {
        let bad = daemon.relance(&["create", "c", option, value, "--", "/bin/true"]);
        let text = String::from_utf8_lossy(&bad.stderr).into_owned();
        assert!(text.contains(expected), "{option} {value}: {text}");
        assert_eq!(bad.status.code(), Some(2), "{option} {value}");
    }
}
