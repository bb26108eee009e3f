//! Programs that `relance host` keeps.

use std::time::{Duration, Instant};

use super::support::{CMD, RELANCE, Service};

impl Service {
    fn exit_codes(&self) -> (u64, u64) {
        let status = self.wait_until_stopped();
        let number = |name: &str| status["status"][name].as_u64().unwrap_or_default();
        (
            number("win32_exit_code"),
            number("service_specific_exit_code"),
        )
    }
}

#[test]
fn the_exit_code_is_the_service_specific_code() {
    let service = Service::program(
        "exit",
        &["--env", "GREETING=hello"],
        &[CMD, "/c", "echo %GREETING%& exit 3"],
    );
    let _ = service.run("start", &[]);
    assert_eq!(service.exit_codes(), (1066, 3));
    assert_eq!(
        service.done("logs", &[]),
        "hello\n",
        "the environment, and the output"
    );
}

#[test]
fn a_program_that_ends_well_is_a_clean_stop() {
    let service = Service::program("clean", &[], &[CMD, "/c", "exit 0"]);
    let _ = service.run("start", &[]);
    assert_eq!(service.exit_codes(), (0, 0));
}

#[test]
fn a_program_that_is_not_there_says_so() {
    let service = Service::program("missing", &[], &[r"C:\no-such-program.exe"]);
    let _ = service.run("start", &[]);
    assert_eq!(service.exit_codes().0, 2);
}

#[test]
fn a_program_and_what_it_started_end_with_a_stop() {
    // The grandchild holds the pipe of the output open, so the host only ends when it has.
    let command = [CMD, "/c", RELANCE, "events", "--follow"];
    let service = Service::program("tree", &["--stop-grace", "2s"], &command);
    service.done("start", &[]);
    assert_eq!(service.status()["status"]["state"], "RUNNING");
    let begin = Instant::now();
    service.done("stop", &[]);
    assert_eq!(service.exit_codes(), (0, 0));
    assert!(
        begin.elapsed() < Duration::from_secs(30),
        "{:?}",
        begin.elapsed()
    );
}

#[test]
fn recycling_starts_the_program_again() {
    let folder = std::env::temp_dir().join(format!("relance-recycle-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mark = folder.join("mark");
    let script = format!(
        "if exist {0} (exit 4) else (echo x>{0}& exit 75)",
        mark.display()
    );
    let service = Service::program(
        "recycle",
        &["--restart-on-exit", "75"],
        &[CMD, "/c", &script],
    );
    let _ = service.run("start", &[]);
    assert_eq!(
        service.exit_codes(),
        (1066, 4),
        "the second run has found the mark"
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn errors_name_the_code_of_windows() {
    let service = Service("relance-host-unknown".into());
    let output = service.run("status", &[]);
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stderr).contains("1060"));
}

#[test]
fn what_the_manager_does_not_know_leaves_no_half_service() {
    // Wine answers 124 to the flag; a real Windows takes it.
    let service = Service(format!("relance-host-flag-{}", std::process::id()));
    let created = service.run("create", &["--on-error-stop", "--", CMD]);
    let exists = service.run("status", &[]).status.success();
    assert_eq!(created.status.success(), exists);
}

#[test]
fn host_outside_the_manager_says_who_starts_it() {
    let service = Service("relance-host-nobody".into());
    let output = service.run("host", &[]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        text.contains("1063") && text.contains("relance start"),
        "{text}"
    );
}

#[test]
fn a_program_is_bound_to_processors() {
    let service = Service::program("bound", &["--affinity", "0"], &[CMD, "/c", "exit 7"]);
    let config = service.done("config", &["--json"]);
    assert!(config.contains("\"affinity\": \"0\""), "{config}");
    let _ = service.run("start", &[]);
    assert_eq!(service.exit_codes(), (1066, 7));
    // Of processors that are not there, Windows hears when the program is to start: 87.
    service.done("config", &["--affinity", "63"]);
    let _ = service.run("start", &[]);
    assert_eq!(service.exit_codes().0, 87);
}

#[test]
fn c22_settings_of_windows_alone_are_all_or_nothing() {
    // Wine answers 124 to these levels; a real Windows takes them.
    let service = Service(format!("relance-host-sid-{}", std::process::id()));
    let options = ["--sid-type", "unrestricted"];
    let options = [
        &options[..],
        &["--required-privilege", "SeChangeNotifyPrivilege"],
    ]
    .concat();
    let words = [&["--on-error-stop", "no"], &options[..], &["--", CMD]].concat();
    let created = service.run("create", &words);
    let exists = service.run("status", &[]).status.success();
    assert_eq!(created.status.success(), exists);
    if exists {
        let config = service.done("config", &[]);
        assert!(config.contains("SeChangeNotifyPrivilege"), "{config}");
    } else {
        let text = String::from_utf8_lossy(&created.stderr).into_owned();
        assert!(text.contains("124"), "{text}");
    }
}

#[test]
fn a_program_with_windows_is_asked_to_close_them() {
    // It takes no Ctrl-Break: without WM_CLOSE it would run until its grace is over.
    let notepad = r"C:\windows\system32\notepad.exe";
    let service = Service::program("window", &["--stop-grace", "90s"], &[notepad]);
    service.done("start", &[]);
    let begin = Instant::now();
    service.done("stop", &["--timeout", "80s"]);
    assert_eq!(service.exit_codes(), (0, 0));
    assert!(
        begin.elapsed() < Duration::from_secs(80),
        "{:?}",
        begin.elapsed()
    );
}

#[test]
fn x123_failures_are_followed_by_the_policy_and_then_it_gives_up() {
    let folder = std::env::temp_dir().join(format!("relance-policy-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mark = folder.join("runs");
    let script = format!("echo x>>{}& exit 1", mark.display());
    // Wine forgets the list of actions, so a rule has one of its own.
    let policy = ["--on", "exit:1=restart/200", "--backoff", "exponential"];
    let options = [&policy[..], &["--restart-limit", "2"]].concat();
    let service = Service::recovering("policy", &options, &[CMD, "/c", &script]);
    let config = service.done("config", &[]);
    assert!(config.contains("exit:1=restart"), "{config}");
    let _ = service.run("start", &[]);
    assert_eq!(service.exit_codes(), (1066, 1));
    let runs = std::fs::read_to_string(&mark).unwrap();
    assert_eq!(runs.lines().count(), 3, "the first run, and two restarts");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn x123_while_a_restart_waits_it_is_paused_and_can_be_continued_and_stopped() {
    let service = Service::recovering(
        "waits",
        &["--on", "exit:1=restart/1h"],
        &[CMD, "/c", "echo ran& exit 1"],
    );
    let _ = service.run("start", &[]);
    service.done("wait", &["--state", "paused"]);
    let ran = || service.done("logs", &[]).lines().count();
    assert_eq!(ran(), 1);
    for runs in 2..=4 {
        // It has seen the program run, or that it waits again: never that nothing happens.
        let continued = service.run("continue", &[]);
        let said = String::from_utf8_lossy(&continued.stderr).into_owned();
        assert!(
            continued.status.success() || said.contains("is PAUSED instead"),
            "{said}"
        );
        service.done("wait", &["--state", "paused"]);
        assert_eq!(ran(), runs, "{said}");
    }
    service.done("stop", &[]);
    assert_eq!(service.exit_codes(), (1066, 1));
}

#[test]
fn x123_what_a_host_cannot_do_is_refused_by_name() {
    let rows: [(&[&str], &str); 3] = [
        (&["--restart-group", "db"], "leave it out"),
        (&["--on", "signal:SEGV=restart/1s"], "signal:SEGV"),
        (
            &["--backoff", "linear", "--actions", "reboot/1m"],
            "take reboot out",
        ),
    ];
    for (options, reason) in rows {
        let service = Service(format!("relance-host-refused-{}", std::process::id()));
        let output = service.run("create", &[options, &["--", CMD]].concat());
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(text.contains("50") && text.contains(reason), "{text}");
    }
}

#[test]
fn r41_a_recovery_command_is_run_and_not_waited_for() {
    let mark = std::env::temp_dir().join(format!("relance-command-{}", std::process::id()));
    let command = format!("{CMD} /c echo done>{}", mark.display());
    relance_windows::host::run_command(&command).unwrap();
    let begin = Instant::now();
    while !mark.exists() {
        assert!(begin.elapsed() < Duration::from_secs(60));
        std::thread::yield_now();
    }
    std::fs::remove_file(mark).unwrap();
    let missing = relance_windows::host::run_command(r"C:\no-such-program.exe");
    assert_eq!(missing.unwrap_err().to_raw(), 2);
}
